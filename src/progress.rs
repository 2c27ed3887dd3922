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

/// One part of a longer work: its own steps become the steps `from` to `to` of the whole's `total`.
pub struct Part<'p> {
    pub whole: &'p dyn Progress,
    pub from: u64,
    pub to: u64,
    pub total: u64,
    /// Rows of the parts before.
    pub rows: u64,
}

impl Progress for Part<'_> {
    fn at(&self, done: u64, total: u64) {
        let steps = u128::from(self.to - self.from) * u128::from(done.min(total)) / u128::from(total.max(1));
        self.whole.at(self.from + steps as u64, self.total);
    }

    fn rows(&self, rows: u64) {
        self.whole.rows(self.rows + rows);
    }

    fn waits(&self, whose: &str, on: &str) {
        self.whole.waits(whose, on);
    }

    fn stopped(&self) -> bool {
        self.whole.stopped()
    }
}

/// A listener that hears nothing, for tests and short work.
pub struct Quiet;

impl Progress for Quiet {
    fn at(&self, _done: u64, _total: u64) {}
}

/// A listener that asks to stop before anything is done, for tests of what stops.
#[cfg(test)]
pub struct Stop;

#[cfg(test)]
impl Progress for Stop {
    fn at(&self, _done: u64, _total: u64) {}

    fn stopped(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use proptest::prelude::*;

    use super::*;

    #[derive(Default)]
    struct Heard(Mutex<Vec<(u64, u64)>>);

    impl Progress for Heard {
        fn at(&self, done: u64, total: u64) {
            self.0.lock().unwrap().push((done, total));
        }

        fn stopped(&self) -> bool {
            true
        }
    }

    proptest! {
        #[test]
        fn a_part_stays_within_its_bounds_and_never_goes_back(
            from in 0u64..1_000, long in 0u64..1_000, mut done in prop::collection::vec(0u64..2_000, 1..6), total in 0u64..1_500,
        ) {
            let heard = Heard::default();
            let part = Part { whole: &heard, from, to: from + long, total: 3_000, rows: 0 };
            done.sort_unstable();
            done.iter().for_each(|done| part.at(*done, total));
            prop_assert!(part.stopped());
            let heard = heard.0.into_inner().unwrap();
            prop_assert!(heard.iter().all(|(at, total)| (from..=from + long).contains(at) && *total == 3_000));
            prop_assert!(heard.is_sorted());
        }
    }
}
