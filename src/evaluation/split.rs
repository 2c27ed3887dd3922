//! Dealing examples into folds, so that each is once held out and every intent is in every fold.
//!
//! Called before `nlu::train`. Equal texts always share a fold: a model must never be praised for remembering.

use std::collections::HashMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::domain::ids::IntentId;

/// Returns the fold, from 0, of each example: every intent spread as evenly as its equal texts allow.
///
/// `folds` of 0 and 1 both mean one fold. Texts are equal when they differ in case and outer blanks only.
pub fn stratified(texts: &[&str], labels: &[Option<IntentId>], folds: usize, seed: u64) -> Vec<u8> {
    let folds = folds.clamp(1, usize::from(u8::MAX) + 1);
    let mut groups: Vec<(Option<IntentId>, Vec<usize>)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (i, (text, &label)) in texts.iter().zip(labels).enumerate() {
        let at = *known.entry(text.trim().to_lowercase()).or_insert_with(|| {
            groups.push((label, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(i);
    }
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    groups.shuffle(&mut random);
    // Intent by intent, large groups of equal texts first, so that small ones can even them out.
    groups.sort_by_key(|(label, members)| (*label, usize::MAX - members.len()));
    let mut dealt = vec![0u8; texts.len()];
    let mut totals = vec![0usize; folds];
    let mut own: HashMap<Option<IntentId>, Vec<usize>> = HashMap::new();
    for (label, members) in groups {
        let counts = own.entry(label).or_insert_with(|| vec![0; folds]);
        let fold = (0..folds).min_by_key(|&f| (counts[f], totals[f])).expect("there is at least one fold");
        counts[fold] += members.len();
        totals[fold] += members.len();
        members.into_iter().for_each(|i| dealt[i] = fold as u8);
    }
    dealt
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_intent_is_spread_evenly(labels in prop::collection::vec(0i64..5, 1..80), folds in 1usize..7, seed: u64) {
            let texts: Vec<String> = (0..labels.len()).map(|i| format!("text {i}")).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let labels: Vec<_> = labels.into_iter().map(|l| (l > 0).then_some(IntentId(l))).collect();
            let dealt = stratified(&texts, &labels, folds, seed);
            prop_assert!(dealt.iter().all(|&f| usize::from(f) < folds));
            for label in &labels {
                let counts: Vec<usize> = (0..folds)
                    .map(|f| (0..labels.len()).filter(|&i| labels[i] == *label && usize::from(dealt[i]) == f).count())
                    .collect();
                prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{counts:?}");
            }
            let totals: Vec<usize> = (0..folds).map(|f| dealt.iter().filter(|&&d| usize::from(d) == f).count()).collect();
            prop_assert!(totals.iter().max().unwrap() - totals.iter().min().unwrap() <= 1, "{totals:?}");
        }

        #[test]
        fn equal_texts_share_a_fold(picks in prop::collection::vec((0usize..6, 0i64..3), 1..60), seed: u64) {
            let all = ["退款", " 退款", "Refund", "refund ", "开户", "贷款"];
            let texts: Vec<&str> = picks.iter().map(|p| all[p.0]).collect();
            let labels: Vec<_> = picks.iter().map(|p| Some(IntentId(p.1))).collect();
            let dealt = stratified(&texts, &labels, 4, seed);
            for i in 0..texts.len() {
                for j in 0..i {
                    if texts[i].trim().to_lowercase() == texts[j].trim().to_lowercase() {
                        prop_assert_eq!(dealt[i], dealt[j]);
                    }
                }
            }
        }
    }

    #[test]
    fn the_same_seed_deals_the_same() {
        let texts: Vec<String> = (0..40).map(|i| i.to_string()).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let labels: Vec<_> = (0..40).map(|i| Some(IntentId(i % 4))).collect();
        assert_eq!(stratified(&texts, &labels, 5, 3), stratified(&texts, &labels, 5, 3));
        assert_ne!(stratified(&texts, &labels, 5, 3), stratified(&texts, &labels, 5, 4));
    }
}
