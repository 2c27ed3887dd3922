//! How far the scores of each intent may be luck: precision and recall by Wilson, F1 by drawing again.
//!
//! Called by `workbench::evaluate`; `score` gives the figures themselves.

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::Serialize;

use crate::domain::ids::IntentId;
use crate::domain::report::{IntentScore, Report};
use crate::evaluation::score::interval;

/// Where the scores of one intent lie with 95 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// How often it was guessed.
    pub guessed: usize,
    pub precision: (f64, f64),
    pub recall: (f64, f64),
    pub f1: (f64, f64),
}

/// Draws for an interval of F1.
const DRAWS: usize = 400;

/// Returns the intervals of each intent, in the order of the report.
pub fn spreads(report: &Report, seed: u64) -> Vec<Spread> {
    let mut counts: BTreeMap<Option<IntentId>, Counts> = BTreeMap::new();
    for item in &report.items {
        let guess = item.prediction.best().and_then(|guess| guess.intent);
        if guess == item.gold {
            counts.entry(guess).or_default().right += 1;
        } else {
            counts.entry(guess).or_default().strangers += 1;
            counts.entry(item.gold).or_default().missed += 1;
        }
    }
    report
        .intents
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let count = counts.get(&row.intent).copied().unwrap_or_default();
            let guessed = count.right + count.strangers;
            Spread {
                guessed,
                precision: interval(count.right, guessed),
                recall: interval(count.right, count.right + count.missed),
                f1: count.f1(seed ^ (place as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            }
        })
        .collect()
}

/// Returns the mean recall of the intents that have examples: what recall means to people who learn classifiers.
pub fn class_recall(rows: &[IntentScore]) -> f64 {
    let known: Vec<f64> = rows.iter().filter(|row| row.support > 0).map(|row| row.recall).collect();
    if known.is_empty() { 0.0 } else { known.iter().sum::<f64>() / known.len() as f64 }
}

/// What became of the texts that have an intent or were taken for it.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    right: usize,
    /// Taken for it, truly another.
    strangers: usize,
    /// Truly it, taken for another.
    missed: usize,
}

impl Counts {
    fn f1(self, seed: u64) -> (f64, f64) {
        let all = self.right + self.strangers + self.missed;
        if all == 0 {
            return (0.0, 1.0);
        }
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut found: Vec<f64> = (0..DRAWS)
            .map(|_| {
                // Half a text that is right and half a one that is wrong are added, so that three right examples do not
                // look certain.
                let share = (self.right as f64 + 0.5) / (all + 1) as f64;
                let right = (0..all + 1).filter(|_| random.gen_bool(share)).count();
                2.0 * right as f64 / (all + 1 + right) as f64
            })
            .collect();
        found.sort_by(f64::total_cmp);
        let at = |share: f64| found[((DRAWS - 1) as f64 * share).round() as usize];
        (at(0.025), at(0.975))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::prediction::{Guess, Prediction};
    use crate::domain::report::ScoredItem;
    use crate::evaluation::score::report;
    use proptest::prelude::*;

    fn item(gold: i64, guess: i64) -> ScoredItem {
        let guesses = vec![Guess { intent: Some(IntentId(guess)), probability: 0.7 }];
        ScoredItem { utterance: None, text: None, gold: Some(IntentId(gold)), prediction: Prediction { guesses } }
    }

    proptest! {
        #[test]
        fn a_score_lies_in_its_interval(rows in prop::collection::vec((1i64..4, 1i64..4), 1..80)) {
            let report = report(rows.into_iter().map(|(gold, guess)| item(gold, guess)).collect(), &[]);
            for (row, spread) in report.intents.iter().zip(spreads(&report, 7)) {
                let inside = |x: f64, (low, high): (f64, f64)| low - 1e-9 <= x && x <= high + 1e-9;
                prop_assert!(spread.guessed == 0 || inside(row.precision, spread.precision), "{row:?} {spread:?}");
                prop_assert!(row.support == 0 || inside(row.recall, spread.recall), "{row:?} {spread:?}");
                prop_assert!(spread.f1.0 <= spread.f1.1 && spread.f1.0 >= 0.0 && spread.f1.1 <= 1.0);
            }
        }
    }

    #[test]
    fn more_examples_narrow_the_interval() {
        let of = |many: usize| {
            let mut items = vec![item(1, 1); 3 * many];
            items.extend(vec![item(1, 2); many]);
            spreads(&report(items, &[Some(IntentId(1))]), 1)[0]
        };
        let (few, many) = (of(3), of(300));
        let width = |(low, high): (f64, f64)| high - low;
        assert!(
            width(few.recall) > 3.0 * width(many.recall) && width(few.f1) > 3.0 * width(many.f1),
            "{few:?} {many:?}"
        );
        let f1 = 2.0 * 900.0 / (2.0 * 900.0 + 300.0);
        assert!(many.f1.0 < f1 && f1 < many.f1.1);
    }

    #[test]
    fn recall_of_classes_leaves_out_intents_without_examples() {
        let report = report(vec![item(1, 1), item(2, 1)], &[Some(IntentId(1)), Some(IntentId(2)), Some(IntentId(9))]);
        assert_eq!(class_recall(&report.intents), 0.5);
        assert_eq!(class_recall(&[]), 0.0);
    }
}
