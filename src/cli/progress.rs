//! Progress of long work on stderr, and the stop a Ctrl-C asks for.

use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::cli::print::Printer;
use crate::progress::Progress;

static STOP: AtomicBool = AtomicBool::new(false);

/// A line that is written over while work goes on; silent when nobody watches.
pub struct Line {
    watched: bool,
    begun: Instant,
    shown: Mutex<Option<Instant>>,
    rows: AtomicU64,
    out: Printer,
    /// Whose work was told to be waited for.
    waited: Mutex<Option<String>>,
}

impl Line {
    /// Returns a line, and lets Ctrl-C ask for a stop instead of killing.
    pub fn new(out: &Printer) -> Self {
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            // SAFETY: the handler only stores to an atomic, which is safe in a signal handler.
            let kept = unsafe { signal_hook::low_level::register(signal, || STOP.store(true, Ordering::Relaxed)) };
            // Without a handler the signal ends the program at once, which loses nothing either.
            drop(kept);
        }
        let (shown, rows, waited) = (Mutex::new(None), AtomicU64::new(0), Mutex::new(None));
        Self { watched: out.watched(), begun: Instant::now(), shown, rows, out: *out, waited }
    }
}

impl Progress for Line {
    fn at(&self, done: u64, total: u64) {
        if !self.watched {
            return;
        }
        let Ok(mut shown) = self.shown.try_lock() else { return };
        if shown.is_some_and(|last| last.elapsed() < Duration::from_millis(100)) && done < total {
            return;
        }
        *shown = Some(Instant::now());
        let seconds = self.begun.elapsed().as_secs_f64();
        let line = if total == 0 {
            format!("{done}")
        } else {
            let share = done as f64 / total as f64;
            let left = if share > 0.02 { format!("  -{:.0}s", seconds / share - seconds) } else { String::new() };
            let rows = self.rows.load(Ordering::Relaxed);
            let rate =
                if rows > 0 && seconds > 0.5 { format!("  {:.0}/s", rows as f64 / seconds) } else { String::new() };
            format!("{:3.0}%{rate}{left}", share * 100.0)
        };
        let _ = write!(std::io::stderr().lock(), "\r\x1b[K{line}");
    }

    fn rows(&self, rows: u64) {
        self.rows.store(rows, Ordering::Relaxed);
    }

    fn waits(&self, whose: &str, on: &str) {
        let Ok(mut waited) = self.waited.lock() else { return };
        // Once for each file that is waited for; a pipe hears it too, since it explains the silence.
        if waited.as_deref() != Some(on) {
            *waited = Some(on.to_owned());
            self.out.say(self.out.words.command.waits, &[("actor", whose), ("file", on)]);
        }
    }

    fn stopped(&self) -> bool {
        STOP.load(Ordering::Relaxed)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let shown = self.shown.get_mut().map(|shown| shown.is_some()).unwrap_or(false);
        if self.watched && shown {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
    }
}
