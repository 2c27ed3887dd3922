//! Predictions against the truth: accuracy, precision, recall, F1, confusions, calibration error.
//!
//! Called by `workbench::train` and `evaluate`. The top guess is what is scored; a prediction without any guess
//! counts as "out of scope", since that is what a bot would answer. `None` is a row like any other.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::ids::IntentId;
use crate::domain::report::{Confusion, IntentScore, Report, ScoredItem};

/// How many equal bins of probability the calibration error looks at.
const BINS: usize = 10;

/// Returns the interval a share of `right` out of `all` lies in with 95 % confidence (Wilson), both 0 to 1.
pub fn interval(right: usize, all: usize) -> (f64, f64) {
    if all == 0 {
        return (0.0, 1.0);
    }
    let (n, z) = (all as f64, 1.96_f64);
    let share = right as f64 / n;
    let middle = share + z * z / (2.0 * n);
    let reach = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let of = 1.0 + z * z / n;
    (((middle - reach) / of).max(0.0), ((middle + reach) / of).min(1.0))
}

/// Scores `items`; the report has a row for each of `catalogue`, in its order, then for any other intent met.
pub fn report(items: Vec<ScoredItem>, catalogue: &[Option<IntentId>]) -> Report {
    let mut pairs: BTreeMap<(Option<IntentId>, Option<IntentId>), usize> = BTreeMap::new();
    for item in &items {
        *pairs.entry((item.gold, top(item))).or_default() += 1;
    }
    let mut rows: Vec<Option<IntentId>> = Vec::with_capacity(catalogue.len());
    let mut listed = BTreeSet::new();
    for intent in catalogue.iter().copied().chain(pairs.keys().flat_map(|&(gold, guess)| [gold, guess])) {
        if listed.insert(intent) {
            rows.push(intent);
        }
    }
    let mut support: BTreeMap<Option<IntentId>, usize> = BTreeMap::new();
    let mut guessed: BTreeMap<Option<IntentId>, usize> = BTreeMap::new();
    for (&(gold, guess), &count) in &pairs {
        *support.entry(gold).or_default() += count;
        *guessed.entry(guess).or_default() += count;
    }
    let count = |counts: &BTreeMap<_, usize>, intent| counts.get(&intent).copied().unwrap_or(0);
    let intents: Vec<IntentScore> = rows
        .into_iter()
        .map(|intent| {
            let right = pairs.get(&(intent, intent)).copied().unwrap_or(0);
            let (support, guessed) = (count(&support, intent), count(&guessed, intent));
            let (precision, recall) = (share(right, guessed), share(right, support));
            IntentScore { intent, support, precision, recall, f1: share(2 * right, support + guessed) }
        })
        .collect();
    let supported: Vec<f64> = intents.iter().filter(|row| row.support > 0).map(|row| row.f1).collect();
    let right: usize = pairs.iter().filter(|((gold, guess), _)| gold == guess).map(|(_, count)| count).sum();
    let mut confusions: Vec<Confusion> = pairs
        .into_iter()
        .filter(|((gold, guess), _)| gold != guess)
        .map(|((gold, predicted), count)| Confusion { gold, predicted, count })
        .collect();
    confusions.sort_by_key(|c| (usize::MAX - c.count, c.gold, c.predicted));
    Report {
        examples: items.len(),
        accuracy: share(right, items.len()),
        macro_f1: if supported.is_empty() { 0.0 } else { supported.iter().sum::<f64>() / supported.len() as f64 },
        calibration_error: calibration_error(&items),
        intents,
        confusions,
        items,
    }
}

fn top(item: &ScoredItem) -> Option<IntentId> {
    item.prediction.best().and_then(|guess| guess.intent)
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Returns the mean distance between how sure and how right the top guesses are, bin by bin (ECE), 0 to 1.
fn calibration_error(items: &[ScoredItem]) -> f64 {
    // Probabilities are summed as whole numbers, so that the order of the items cannot change the last digit.
    const UNIT: f64 = 1e9;
    let mut bins = [(0i64, 0i64); BINS];
    for item in items {
        let probability = item.prediction.best().map_or(0.0, |guess| guess.probability.clamp(0.0, 1.0));
        let bin = &mut bins[((probability * BINS as f32) as usize).min(BINS - 1)];
        bin.0 += (f64::from(probability) * UNIT) as i64;
        bin.1 += i64::from(item.gold == top(item));
    }
    let gap: f64 = bins.iter().map(|&(sure, right)| (sure as f64 / UNIT - right as f64).abs()).sum();
    if items.is_empty() { 0.0 } else { gap / items.len() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::prediction::{Guess, Prediction};
    use proptest::prelude::*;

    fn item(gold: i64, guess: i64, probability: f32) -> ScoredItem {
        let id = |n: i64| (n > 0).then_some(IntentId(n));
        let guesses = if guess < 0 { vec![] } else { vec![Guess { intent: id(guess), probability }] };
        ScoredItem { utterance: None, text: None, gold: id(gold), prediction: Prediction { guesses } }
    }

    fn items() -> impl Strategy<Value = Vec<ScoredItem>> {
        prop::collection::vec((0i64..5, -1i64..5, 0f32..=1.0), 0..60)
            .prop_map(|rows| rows.into_iter().map(|(g, p, q)| item(g, p, q)).collect())
    }

    const CATALOGUE: [Option<IntentId>; 4] = [Some(IntentId(3)), Some(IntentId(1)), Some(IntentId(9)), None];

    proptest! {
        #[test]
        fn the_counts_add_up(items in items()) {
            let report = report(items.clone(), &CATALOGUE);
            prop_assert_eq!(report.examples, items.len());
            prop_assert_eq!(report.intents.iter().map(|row| row.support).sum::<usize>(), items.len());
            let wrong: usize = report.confusions.iter().map(|c| c.count).sum();
            let right: f64 = report.intents.iter().map(|row| row.recall * row.support as f64).sum();
            prop_assert!((right + wrong as f64 - items.len() as f64).abs() < 1e-6);
            if !items.is_empty() {
                prop_assert!((report.accuracy - right / items.len() as f64).abs() < 1e-9);
            }
            for figure in [report.accuracy, report.macro_f1, report.calibration_error] {
                prop_assert!((0.0..=1.0).contains(&figure));
            }
            prop_assert!(report.confusions.is_sorted_by(|a, b| a.count >= b.count));
            prop_assert_eq!(report.intents[..4].iter().map(|r| r.intent).collect::<Vec<_>>(), CATALOGUE);
        }

        #[test]
        fn the_order_of_items_changes_nothing_but_their_order(items in items()) {
            let forth = report(items.clone(), &CATALOGUE);
            let mut back = report(items.into_iter().rev().collect(), &CATALOGUE);
            back.items.reverse();
            prop_assert_eq!(forth, back);
        }
    }

    #[test]
    fn a_small_case_by_hand() {
        let report = report(vec![item(1, 1, 0.9), item(1, 1, 0.9), item(1, 3, 0.9), item(3, 3, 0.9)], &CATALOGUE);
        assert_eq!(report.accuracy, 0.75);
        let (three, one, nine) = (&report.intents[0], &report.intents[1], &report.intents[2]);
        assert_eq!((three.precision, three.recall), (0.5, 1.0));
        assert_eq!((one.precision, one.support), (1.0, 3));
        assert!((one.f1 - 0.8).abs() < 1e-12);
        assert_eq!(nine.support, 0);
        assert!((report.macro_f1 - (0.8 + 2.0 / 3.0) / 2.0).abs() < 1e-12, "an intent without support does not count");
        assert!((report.calibration_error - 0.15).abs() < 1e-6);
        assert_eq!(report.confusions, [Confusion { gold: Some(IntentId(1)), predicted: Some(IntentId(3)), count: 1 }]);
    }

    #[test]
    fn no_guess_is_out_of_scope() {
        assert_eq!(report(vec![item(0, -1, 0.0)], &[]).accuracy, 1.0);
        assert_eq!(report(vec![item(2, -1, 0.0)], &[]).accuracy, 0.0);
        assert_eq!(report(vec![], &[]).accuracy, 0.0);
    }
}
