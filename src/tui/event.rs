//! Everything that can happen to the program while it is on screen. Closed: there is no other way in.
//!
//! Made by the key thread (`terminal`), the clock of the loop (`tui::open`) and the worker (`jobs`); taken by
//! `app` alone. Screens never see an event, only actions and answers.

use crate::jobs::job::JobEvent;
use crate::tui::key::Key;

/// One thing that happened.
#[derive(Debug)]
pub enum Event {
    Key(Key),
    /// Text pasted at once, lines ended by `\n`.
    Paste(String),
    /// The terminal has another size: columns, rows.
    Resize(u16, u16),
    /// A quarter of a second has passed.
    Tick,
    /// News of the long work.
    Job(JobEvent),
    /// Another process has changed the project.
    Changed,
    /// Somebody outside asked the process to sleep.
    Suspend,
    /// The process was woken up again.
    Resume,
    /// The terminal hung up, or the system asked the process to end; the signal's number.
    End(i32),
}
