//! How scores grow with examples: which texts to learn from at each size, and which to be tested on.
//!
//! Called by `workbench::growth`, which trains. Sizes are examples an intent; a smaller draw is part of the larger
//! one of the same seed, so a curve shows more examples and not other ones.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::domain::ids::IntentId;

/// Steps of a curve; the largest is always "all there are".
const SIZES: [usize; 9] = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/// Returns the sizes worth trying, rising: those the largest intent is beyond, then its own count.
pub fn sizes(labels: &[Option<IntentId>]) -> Vec<usize> {
    let mut counts: BTreeMap<Option<IntentId>, usize> = BTreeMap::new();
    labels.iter().for_each(|label| *counts.entry(*label).or_default() += 1);
    let largest = counts.into_values().max().unwrap_or(0);
    let mut sizes: Vec<usize> = SIZES.into_iter().filter(|size| *size < largest).collect();
    if largest > 0 {
        sizes.push(largest);
    }
    sizes
}

/// Returns the places of at most `many` examples of each label, rising, drawn by `seed`.
pub fn draw(labels: &[Option<IntentId>], many: usize, seed: u64) -> Vec<usize> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.shuffle(&mut random);
    let mut taken: BTreeMap<Option<IntentId>, usize> = BTreeMap::new();
    order.retain(|place| {
        let count = taken.entry(labels[*place]).or_default();
        *count += 1;
        *count <= many
    });
    order.sort_unstable();
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_draw_is_fair_repeatable_and_part_of_the_larger_one(
            labels in prop::collection::vec(0i64..5, 0..80), many in 0usize..12, seed: u64
        ) {
            let labels: Vec<_> = labels.into_iter().map(|n| (n > 0).then_some(IntentId(n))).collect();
            let drawn = draw(&labels, many, seed);
            prop_assert_eq!(&drawn, &draw(&labels, many, seed));
            let more = draw(&labels, many + 1, seed);
            prop_assert!(drawn.iter().all(|place| more.binary_search(place).is_ok()));
            for label in &labels {
                let of = |places: &[usize]| places.iter().filter(|place| labels[**place] == *label).count();
                let all = labels.iter().filter(|other| *other == label).count();
                prop_assert_eq!(of(&drawn), all.min(many));
            }
        }

        #[test]
        fn the_last_size_is_everything(labels in prop::collection::vec(0i64..4, 1..120)) {
            let labels: Vec<_> = labels.into_iter().map(|n| Some(IntentId(n))).collect();
            let sizes = sizes(&labels);
            prop_assert!(sizes.is_sorted_by(|a, b| a < b));
            prop_assert_eq!(draw(&labels, *sizes.last().unwrap(), 3).len(), labels.len());
        }
    }

    #[test]
    fn nothing_has_no_sizes() {
        assert!(sizes(&[]).is_empty());
        assert!(draw(&[], 5, 1).is_empty());
    }
}
