//! Whether a model that says 80 % is right eight times in ten: top guesses by how sure they are, bin by bin.
//!
//! Called by `workbench::evaluate` for the reliability diagram; the mean gap over the bins is the calibration error
//! `score` reports.

use serde::Serialize;

use crate::domain::report::ScoredItem;
use crate::evaluation::score::interval;

/// How many equal bins of probability there are.
pub const BINS: usize = 10;

/// The top guesses of one range of probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// From this probability on, up to but not including `high` (the last bin includes 1).
    pub low: f64,
    pub high: f64,
    pub count: usize,
    pub right: usize,
    /// Mean probability; the middle of the bin when it is empty.
    pub sure: f64,
}

impl Bin {
    /// Returns the share of right guesses; `None` when the bin is empty.
    pub fn accuracy(&self) -> Option<f64> {
        (self.count > 0).then(|| self.right as f64 / self.count as f64)
    }

    /// Returns where the share of right guesses lies with 95 % confidence.
    pub fn interval(&self) -> (f64, f64) {
        interval(self.right, self.count)
    }

    /// Returns how much surer than right it is; below 0 it is too modest.
    pub fn gap(&self) -> f64 {
        self.accuracy().map_or(0.0, |accuracy| self.sure - accuracy)
    }
}

/// The bins with their mean and greatest gap.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    pub bins: Vec<Bin>,
    /// Expected calibration error, 0 to 1.
    pub ece: f64,
    /// The greatest gap of a bin with at least [`FEW`] guesses.
    pub greatest: f64,
}

/// A bin with fewer guesses says little.
pub const FEW: usize = 10;

/// Returns the bins of `items`. No guess at all counts as "out of scope" with probability 0.
pub fn reliability(items: &[ScoredItem]) -> Reliability {
    let mut sums = [(0usize, 0usize, 0f64); BINS];
    for item in items {
        let best = item.prediction.best();
        let probability = best.map_or(0.0, |guess| guess.probability.clamp(0.0, 1.0));
        let bin = &mut sums[((probability * BINS as f32) as usize).min(BINS - 1)];
        bin.0 += 1;
        bin.1 += usize::from(best.and_then(|guess| guess.intent) == item.gold);
        bin.2 += f64::from(probability);
    }
    let edge = |n: usize| n as f64 / BINS as f64;
    let bins: Vec<Bin> = sums
        .iter()
        .enumerate()
        .map(|(n, &(count, right, sum))| {
            let sure = if count > 0 { sum / count as f64 } else { (edge(n) + edge(n + 1)) / 2.0 };
            Bin { low: edge(n), high: edge(n + 1), count, right, sure }
        })
        .collect();
    let ece = bins.iter().map(|bin| bin.gap().abs() * bin.count as f64).sum::<f64>() / items.len().max(1) as f64;
    let greatest = bins.iter().filter(|bin| bin.count >= FEW).map(|bin| bin.gap().abs()).fold(0.0, f64::max);
    Reliability { bins, ece, greatest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::IntentId;
    use crate::domain::prediction::{Guess, Prediction};
    use crate::evaluation::score::report;
    use proptest::prelude::*;

    fn item(right: bool, probability: f32) -> ScoredItem {
        let guesses = vec![Guess { intent: Some(IntentId(1)), probability }];
        ScoredItem {
            utterance: None,
            text: None,
            gold: Some(IntentId(if right { 1 } else { 2 })),
            prediction: Prediction { guesses },
        }
    }

    proptest! {
        #[test]
        fn the_mean_gap_is_the_calibration_error_of_the_report(
            rows in prop::collection::vec((any::<bool>(), 0f32..=1.0), 0..80)
        ) {
            let items: Vec<ScoredItem> = rows.into_iter().map(|(right, p)| item(right, p)).collect();
            let found = reliability(&items);
            prop_assert!((found.ece - report(items.clone(), &[]).calibration_error).abs() < 1e-6);
            prop_assert_eq!(found.bins.iter().map(|bin| bin.count).sum::<usize>(), items.len());
            for bin in &found.bins {
                prop_assert!(bin.low - 1e-6 <= bin.sure && bin.sure <= bin.high + 1e-6);
                let (low, high) = bin.interval();
                prop_assert!(bin.accuracy().is_none_or(|share| low <= share + 1e-9 && share <= high + 1e-9));
            }
        }
    }

    #[test]
    fn boasting_shows_above_nought_and_modesty_below() {
        let mut items = vec![item(true, 0.95); 10];
        items.extend(vec![item(false, 0.95); 10]);
        items.extend(vec![item(true, 0.35); 20]);
        let found = reliability(&items);
        assert!((found.bins[9].gap() - 0.45).abs() < 1e-6 && (found.bins[3].gap() + 0.65).abs() < 1e-6);
        assert!((found.greatest - 0.65).abs() < 1e-6);
        assert!((found.ece - 0.55).abs() < 1e-6);
        assert_eq!(found.bins[0].accuracy(), None);
    }
}
