//! What deserves a second look: predictions in doubt, and labels that look wrong.
//!
//! Called by `workbench::label` to order its queue and by `evaluate` for the list of suspects. Needs held-out
//! predictions: a model that saw a wrong label defends it.

use std::collections::BTreeMap;

use crate::domain::ids::IntentId;
use crate::domain::prediction::Prediction;
use crate::domain::report::ScoredItem;

/// Returns how much in doubt a prediction is, 0 to 1: how little the best guess is ahead of the next, where "none
/// of them", the probability no guess has, is a rival like any other.
pub fn doubt(prediction: &Prediction) -> f32 {
    let Some(best) = prediction.best() else { return 1.0 };
    let second = prediction.guesses.get(1).map_or(0.0, |guess| guess.probability);
    let rest = 1.0 - prediction.guesses.iter().map(|guess| guess.probability).sum::<f32>();
    (1.0 - (best.probability - second.max(rest))).clamp(0.0, 1.0)
}

/// Returns how much probability the best guess leaves to all others, 0 to 1.
pub fn unsure(prediction: &Prediction) -> f32 {
    (1.0 - prediction.best().map_or(0.0, |guess| guess.probability)).clamp(0.0, 1.0)
}

/// Returns how spread out a prediction is, 0 (one intent has it all) to 1 (all guesses alike): its entropy beside the
/// greatest it could have. What no guess has counts as one more rival.
pub fn spread(prediction: &Prediction) -> f32 {
    let rest = (1.0 - prediction.guesses.iter().map(|guess| guess.probability).sum::<f32>()).max(0.0);
    let shares = prediction.guesses.iter().map(|guess| guess.probability).chain([rest]);
    let entropy: f32 = shares.filter(|share| *share > 0.0).map(|share| -share * share.ln()).sum();
    let greatest = ((prediction.guesses.len() + 1) as f32).ln();
    if greatest > 0.0 { (entropy / greatest).clamp(0.0, 1.0) } else { 1.0 }
}

/// Returns how little of a prediction a vote of the nearest examples shares, 0 to 1.
///
/// `vote` holds intents with their shares, which add up to 1; without a vote there is nobody to disagree.
pub fn disagreement(prediction: &Prediction, vote: &[(Option<IntentId>, f32)]) -> f32 {
    if vote.is_empty() {
        return 0.0;
    }
    let shared: f32 = vote.iter().map(|(intent, share)| share.min(probability(prediction, *intent))).sum();
    (1.0 - shared).clamp(0.0, 1.0)
}

/// Below this many examples an intent's own probabilities say nothing about its labels.
const FEWEST: usize = 3;

/// Returns the items whose given intent looks wrong, with how wrong (0 to 1), most suspicious first.
///
/// Confident learning (Northcutt et al. 2021): another intent claims an item when it is at least as sure of it as
/// it is, on average, of its own items; the strongest claim must not be the given intent's. Items of an intent
/// with fewer than three examples are not judged.
pub fn suspects(items: &[ScoredItem]) -> Vec<(usize, f32)> {
    let mut own: BTreeMap<Option<IntentId>, (f64, usize)> = BTreeMap::new();
    for item in items {
        let (sum, count) = own.entry(item.gold).or_default();
        *sum += f64::from(probability(&item.prediction, item.gold));
        *count += 1;
    }
    let threshold = |intent| {
        own.get(&intent).filter(|(_, count)| *count >= FEWEST).map(|(sum, count)| (sum / *count as f64) as f32)
    };
    let mut found: Vec<(usize, f32)> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        if threshold(item.gold).is_none() {
            continue;
        }
        let claim = item
            .prediction
            .guesses
            .iter()
            .find(|guess| threshold(guess.intent).is_some_and(|least| guess.probability >= least));
        if claim.is_some_and(|claim| claim.intent != item.gold) {
            let given = probability(&item.prediction, item.gold);
            let others = item.prediction.guesses.iter().filter(|guess| guess.intent != item.gold);
            let other = others.map(|guess| guess.probability).fold(0.0, f32::max);
            found.push((i, (1.0 - (given - other)) / 2.0));
        }
    }
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    found
}

fn probability(prediction: &Prediction, intent: Option<IntentId>) -> f32 {
    prediction.guesses.iter().find(|guess| guess.intent == intent).map_or(0.0, |guess| guess.probability)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::prediction::Guess;
    use proptest::prelude::*;

    fn prediction(guesses: &[(i64, f32)]) -> Prediction {
        let guesses = guesses.iter().map(|&(id, probability)| Guess { intent: Some(IntentId(id)), probability });
        Prediction { guesses: guesses.collect() }
    }

    fn item(gold: i64, guesses: &[(i64, f32)]) -> ScoredItem {
        ScoredItem { utterance: None, text: None, gold: Some(IntentId(gold)), prediction: prediction(guesses) }
    }

    proptest! {
        #[test]
        fn doubt_falls_as_the_best_pulls_ahead(first in 0f32..1.0, share in 0f32..1.0, less in 0f32..1.0) {
            let second = (1.0 - first).min(first) * share;
            let close = doubt(&prediction(&[(1, first), (2, second)]));
            prop_assert!((0.0..=1.0).contains(&close));
            // Moving probability from the rival to the best can only lower doubt.
            let moved = second * less;
            let clear = doubt(&prediction(&[(1, first + moved), (2, second - moved)]));
            prop_assert!(clear <= close + 1e-5);
        }
    }

    #[test]
    fn certainty_and_ignorance_are_the_ends() {
        assert_eq!(doubt(&prediction(&[])), 1.0);
        assert_eq!(doubt(&prediction(&[(1, 1.0)])), 0.0);
        assert_eq!(doubt(&prediction(&[(1, 0.5), (2, 0.5)])), 1.0);
        assert_eq!(doubt(&prediction(&[(1, 0.2)])), 1.0, "none of them is likelier");
    }

    #[test]
    fn a_swapped_label_is_the_first_suspect() {
        let mut items = vec![item(1, &[(1, 0.9), (2, 0.1)]); 5];
        items.extend(vec![item(2, &[(2, 0.8), (1, 0.2)]); 5]);
        items.push(item(1, &[(2, 0.85), (1, 0.1)]));
        items.push(item(2, &[(1, 0.55), (2, 0.45)]));
        let found = suspects(&items);
        assert_eq!(found[0].0, 10);
        assert!(found.iter().all(|&(i, _)| i >= 10), "{found:?}");
        assert!(found.iter().all(|&(_, wrong)| (0.0..=1.0).contains(&wrong)));
    }

    #[test]
    fn an_intent_of_two_examples_is_not_judged() {
        let mut items = vec![item(1, &[(1, 0.9)]); 5];
        items.push(item(7, &[(1, 0.95)]));
        items.push(item(7, &[(1, 0.95)]));
        assert_eq!(suspects(&items), []);
    }
}
