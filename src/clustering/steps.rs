//! One scale of progress over the phases of a grouping.

use crate::clustering::error::Error;
use crate::progress::Progress;

/// The length of the whole scale.
pub const TOTAL: u64 = 1000;

/// A stretch of the scale, given to one phase.
#[derive(Clone, Copy)]
pub struct Steps<'p> {
    progress: &'p dyn Progress,
    from: u64,
    to: u64,
}

impl<'p> Steps<'p> {
    /// Returns the stretch `from..to` of the scale 0 to [`TOTAL`].
    pub fn new(progress: &'p dyn Progress, from: u64, to: u64) -> Self {
        Self { progress, from, to }
    }

    /// Reports that `done` of this phase's `parts` are behind us, or returns that the trainer asked to stop.
    pub fn at(&self, done: usize, parts: usize) -> Result<(), Error> {
        if self.progress.stopped() {
            return Err(Error::Stopped);
        }
        let share = (self.to - self.from) * done.min(parts) as u64 / parts.max(1) as u64;
        self.progress.at(self.from + share, TOTAL);
        Ok(())
    }

    /// Returns the `part`-th of `parts` equal stretches of this one.
    pub fn part(&self, part: usize, parts: usize) -> Self {
        let length = self.to - self.from;
        let cut = |i: usize| self.from + length * i as u64 / parts.max(1) as u64;
        Self { progress: self.progress, from: cut(part), to: cut(part + 1) }
    }
}
