//! How long work tells how far it is, and learns that it should stop.

/// A listener to long work. Crafts call it often; it must be cheap.
pub trait Progress: Sync {
    /// Says that `done` of `total` steps are behind us; `total` 0 means unknown.
    fn at(&self, done: u64, total: u64);

    /// Says how many rows that was so far, where the steps are bytes.
    fn rows(&self, _rows: u64) {}

    /// Says whose work this one waits for, and on what; called again and again while it waits.
    fn waits(&self, _whose: &str, _on: &str) {}

    /// Tells whether the trainer asked to stop; the work then returns early and changes nothing.
    fn stopped(&self) -> bool {
        false
    }
}

/// A listener that hears nothing, for tests and short work.
pub struct Quiet;

impl Progress for Quiet {
    fn at(&self, _done: u64, _total: u64) {}
}
