//! Where long work runs: a job is a value, done on a worker thread with its own connection.
//!
//! Called by `tui`, which shows progress and never waits. A job reports, can be stopped, and leaves the store
//! whole: the verbs write in short transactions or at the end. Not here: what the work is (`workbench`), how its
//! end is told (`tui`, `explain`). The command line calls the verbs itself; it has nothing else to do meanwhile.

pub mod job;
pub mod runner;
