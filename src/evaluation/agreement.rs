//! How far people agree who labelled the same texts without seeing each other's answers.
//!
//! Called by `workbench::label::agreement`. An item is a slice with a place for each rater, `None` where a rater said
//! nothing; categories are numbers without order. Methods: Cohen 1960 (two raters), Fleiss 1971 (equally many answers an
//! item), Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability" (nominal, any raters, gaps allowed); intervals
//! by drawing items again with replacement. Not here: how two groupings agree (`clustering::agreement`).

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

/// What one rater said of one item.
pub type Rating = Option<u32>;

/// Below this share of draws in which a measure is defined no interval is told.
const DEFINED: f64 = 0.5;

/// Returns the share of agreeing pairs among all pairs of answers to the same item, 0 to 1.
pub fn percent(items: &[&[Rating]]) -> Option<f64> {
    let (mut agreeing, mut all) = (0u64, 0u64);
    for item in items {
        let (counts, said) = counts(item);
        agreeing += counts.iter().map(|(_, n)| n * (n - 1)).sum::<u64>();
        all += said * said.saturating_sub(1);
    }
    (all > 0).then(|| agreeing as f64 / all as f64)
}

/// Returns Cohen's κ of two raters, by their places, over the items both answered.
///
/// `None` without such an item, and where both always gave one and the same answer: chance explains it all.
pub fn cohen(items: &[&[Rating]], first: usize, second: usize) -> Option<f64> {
    let mut sides: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    let (mut agreeing, mut all) = (0u64, 0u64);
    for item in items {
        let (Some(a), Some(b)) = (item[first], item[second]) else { continue };
        sides.entry(a).or_default().0 += 1;
        sides.entry(b).or_default().1 += 1;
        agreeing += u64::from(a == b);
        all += 1;
    }
    let by_chance: u64 = sides.values().map(|(a, b)| a * b).sum();
    beyond_chance(agreeing as f64 / all as f64, by_chance as f64 / (all * all) as f64)
}

/// Returns Fleiss' κ over the items with the commonest number of answers (the larger one of two as common), with how
/// many answers and items that is.
pub fn fleiss(items: &[&[Rating]]) -> Option<(f64, u64, usize)> {
    let counted: Vec<_> = items.iter().map(|item| counts(item)).filter(|(_, said)| *said > 1).collect();
    let mut sizes: BTreeMap<u64, usize> = BTreeMap::new();
    counted.iter().for_each(|(_, said)| *sizes.entry(*said).or_default() += 1);
    let (answers, number) = sizes.into_iter().max_by_key(|(said, number)| (*number, *said))?;
    let mut totals: BTreeMap<u32, u64> = BTreeMap::new();
    let mut agreeing = 0u64;
    for (counts, _) in counted.iter().filter(|(_, said)| *said == answers) {
        agreeing += counts.iter().map(|(_, n)| n * (n - 1)).sum::<u64>();
        counts.iter().for_each(|(category, n)| *totals.entry(*category).or_default() += n);
    }
    let observed = agreeing as f64 / (number as u64 * answers * (answers - 1)) as f64;
    let all = (number as u64 * answers) as f64;
    let by_chance = totals.values().map(|n| (*n as f64 / all).powi(2)).sum();
    beyond_chance(observed, by_chance).map(|kappa| (kappa, answers, number))
}

/// Returns Krippendorff's α for categories without order.
///
/// Items with fewer than two answers do not count. `None` when nothing can be compared or only one category was said.
pub fn alpha(items: &[&[Rating]]) -> Option<f64> {
    let mut totals: BTreeMap<u32, u64> = BTreeMap::new();
    let (mut matching, mut all) = (0f64, 0u64);
    for item in items {
        let (counts, said) = counts(item);
        if said < 2 {
            continue;
        }
        matching += counts.iter().map(|(_, n)| n * (n - 1)).sum::<u64>() as f64 / (said - 1) as f64;
        counts.iter().for_each(|(category, n)| *totals.entry(*category).or_default() += n);
        all += said;
    }
    let alike: u64 = totals.values().map(|n| n * (n - 1)).sum();
    let pairs = all * all.saturating_sub(1);
    (pairs > alike).then(|| ((all - 1) as f64 * matching - alike as f64) / (pairs - alike) as f64)
}

/// Returns the items with every answer as "this category" (1) or another (0), for the agreement on one intent.
pub fn on_category(items: &[&[Rating]], category: u32) -> Vec<Vec<Rating>> {
    let told = |item: &&[Rating]| item.iter().map(|said| said.map(|said| u32::from(said == category))).collect();
    items.iter().map(told).collect()
}

/// Returns which two answers stood against each other on the same item and how often, the most frequent first.
pub fn against(items: &[&[Rating]]) -> Vec<((u32, u32), u64)> {
    let mut pairs: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for item in items {
        let (counts, _) = counts(item);
        for (place, (a, n)) in counts.iter().enumerate() {
            counts[place + 1..].iter().for_each(|(b, m)| *pairs.entry((*a, *b)).or_default() += n * m);
        }
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by_key(|(pair, times)| (std::cmp::Reverse(*times), *pair));
    pairs
}

/// A measure over items.
pub type Measure = fn(&[&[Rating]]) -> Option<f64>;

/// Returns the 95 % interval of a measure: the percentiles over `draws` samples of as many items, with replacement.
pub fn interval(items: &[&[Rating]], measure: Measure, draws: usize, seed: u64) -> Option<(f64, f64)> {
    let sample = |draw: usize| {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed.wrapping_add(draw as u64));
        (0..items.len()).map(|_| random.gen_range(0..items.len())).collect::<Vec<usize>>()
    };
    if items.is_empty() {
        return None;
    }
    let values: Vec<Option<f64>> =
        (0..draws).into_par_iter().map(|draw| drawn(items, &sample(draw), measure)).collect();
    between(&values)
}

/// Returns a measure over the items at these places.
fn drawn(items: &[&[Rating]], places: &[usize], measure: Measure) -> Option<f64> {
    let sample: Vec<&[Rating]> = places.iter().map(|place| items[*place]).collect();
    measure(&sample)
}

/// Returns the 2.5th and 97.5th percentile of the draws in which the measure is defined.
fn between(draws: &[Option<f64>]) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = draws.iter().copied().flatten().collect();
    values.sort_by(f64::total_cmp);
    (!values.is_empty() && values.len() as f64 >= DEFINED * draws.len() as f64)
        .then(|| (percentile(&values, 0.025), percentile(&values, 0.975)))
}

/// Returns a percentile of sorted values, between two of them in proportion.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

/// Returns how far agreement goes beyond chance, of the way it could.
fn beyond_chance(observed: f64, by_chance: f64) -> Option<f64> {
    // Shares of counts: chance leaves nothing exactly when one category has all, but for rounding.
    (1.0 - by_chance > 1e-12).then(|| (observed - by_chance) / (1.0 - by_chance))
}

/// Returns how often each category was said of an item, in order, and how many answers there are.
fn counts(item: &[Rating]) -> (Vec<(u32, u64)>, u64) {
    let mut said: Vec<u32> = item.iter().copied().flatten().collect();
    said.sort_unstable();
    let counts = said.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect();
    (counts, said.len() as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    fn views(items: &[Vec<Rating>]) -> Vec<&[Rating]> {
        items.iter().map(Vec::as_slice).collect()
    }

    /// Turns a line a rater into a row an item; `.` is no answer.
    fn by_item(raters: &[&str]) -> Vec<Vec<Rating>> {
        let rows: Vec<Vec<Rating>> = raters.iter().map(|row| row.chars().map(|c| c.to_digit(10)).collect()).collect();
        (0..rows[0].len()).map(|item| rows.iter().map(|row| row[item]).collect()).collect()
    }

    #[track_caller]
    fn near(found: Option<f64>, wanted: Option<f64>, gap: f64) {
        match (found, wanted) {
            (Some(found), Some(wanted)) => assert!((found - wanted).abs() <= gap, "{found} is not {wanted}"),
            (found, wanted) => assert_eq!(found, wanted),
        }
    }

    #[test]
    fn krippendorffs_own_example_has_his_alpha() {
        // Krippendorff 2011, part C: four observers, twelve units, nominal.
        let items = by_item(&["123321412...", "1233224125.3", ".3332342251.", "12332441251."]);
        near(alpha(&views(&items)), Some(0.743), 0.0005);
    }

    #[test]
    fn fleiss_example_has_his_kappa() {
        // Ten subjects, fourteen raters, five categories; the table Fleiss' kappa is usually explained by: 0.210.
        let table = [
            [0, 0, 0, 0, 14],
            [0, 2, 6, 4, 2],
            [0, 0, 3, 5, 6],
            [0, 3, 9, 2, 0],
            [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0],
            [2, 5, 3, 2, 2],
            [6, 5, 2, 1, 0],
            [0, 2, 2, 3, 7],
        ];
        let spread = |row: &[usize; 5]| (0u32..).zip(row).flat_map(|(c, n)| vec![Some(c); *n]).collect();
        let items: Vec<Vec<Rating>> = table.iter().map(spread).collect();
        let (kappa, answers, number) = fleiss(&views(&items)).unwrap();
        assert_eq!((answers, number), (14, 10));
        near(Some(kappa), Some(0.210), 0.0005);
    }

    #[test]
    fn two_readers_of_fifty_proposals_have_a_kappa_of_two_fifths() {
        // Both yes 20, only the first 5, only the second 10, both no 15: the textbook case of Cohen's kappa.
        let items: Vec<Vec<Rating>> = [(1, 1, 20), (1, 0, 5), (0, 1, 10), (0, 0, 15)]
            .iter()
            .flat_map(|(a, b, n)| vec![vec![Some(*a), Some(*b)]; *n])
            .collect();
        near(cohen(&views(&items), 0, 1), Some(0.4), 1e-12);
        near(percent(&views(&items)), Some(0.7), 1e-12);
        assert_eq!(against(&views(&items)), [((0, 1), 15)]);
    }

    /// Figures of other programs, written down by `tests/fixtures/agreement/reference.py`.
    #[derive(Deserialize)]
    struct Reference {
        items: Vec<Vec<Rating>>,
        percent: Option<f64>,
        cohen: Vec<(usize, usize, Option<f64>)>,
        fleiss: Option<f64>,
        alpha: Option<f64>,
        on_first: Option<f64>,
        draws: Vec<Vec<usize>>,
        interval: Option<(f64, f64)>,
    }

    #[test]
    fn every_measure_equals_the_reference_implementations() {
        let text = include_str!("../../tests/fixtures/agreement/reference.json");
        let cases: Vec<Reference> = serde_json::from_str(text).unwrap();
        assert!(cases.len() >= 8);
        for case in cases {
            let items = views(&case.items);
            near(percent(&items), case.percent, 1e-9);
            for (a, b, kappa) in case.cohen {
                near(cohen(&items, a, b), kappa, 1e-9);
            }
            near(fleiss(&items).map(|(kappa, _, _)| kappa), case.fleiss, 1e-9);
            near(alpha(&items), case.alpha, 1e-9);
            near(alpha(&views(&on_category(&items, 0))), case.on_first, 1e-9);
            let values: Vec<Option<f64>> = case.draws.iter().map(|places| drawn(&items, places, alpha)).collect();
            let found = between(&values);
            near(found.map(|(low, _)| low), case.interval.map(|(low, _)| low), 1e-9);
            near(found.map(|(_, high)| high), case.interval.map(|(_, high)| high), 1e-9);
        }
    }

    fn some_items() -> impl Strategy<Value = Vec<Vec<Rating>>> {
        prop::collection::vec(prop::collection::vec(prop::option::of(0u32..4), 3), 1..30)
    }

    proptest! {
        #[test]
        fn neither_the_order_of_raters_nor_the_names_of_answers_matter(items in some_items()) {
            let other = |item: &Vec<Rating>| item.iter().rev().map(|said| said.map(|said| 7 - said)).collect();
            let turned: Vec<Vec<Rating>> = items.iter().map(other).collect();
            for measure in [percent as Measure, alpha, |items| fleiss(items).map(|(kappa, _, _)| kappa)] {
                near(measure(&views(&items)), measure(&views(&turned)), 1e-12);
            }
            near(cohen(&views(&items), 0, 2), cohen(&views(&turned), 2, 0), 1e-12);
        }

        #[test]
        fn who_always_agree_have_one_and_its_interval_is_a_point(said in prop::collection::vec(0u32..4, 8..40)) {
            prop_assume!(said.iter().any(|one| *one != said[0]));
            let items: Vec<Vec<Rating>> = said.iter().map(|one| vec![Some(*one), None, Some(*one)]).collect();
            near(alpha(&views(&items)), Some(1.0), 1e-12);
            near(cohen(&views(&items), 0, 2), Some(1.0), 1e-12);
            if let Some((low, high)) = interval(&views(&items), alpha, 50, 1) {
                prop_assert!((low - 1.0).abs() < 1e-12 && (high - 1.0).abs() < 1e-12);
            }
        }

        #[test]
        fn the_same_seed_has_the_same_interval_on_any_number_of_threads(items in some_items(), seed: u64) {
            let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
            let alone = one.install(|| interval(&views(&items), percent, 40, seed));
            prop_assert_eq!(alone, interval(&views(&items), percent, 40, seed));
        }
    }

    #[test]
    fn nothing_to_compare_has_no_measure() {
        let alone = [vec![Some(1), None], vec![None, Some(2)], vec![None, None]];
        let items = views(&alone);
        assert_eq!((percent(&items), cohen(&items, 0, 1), fleiss(&items), alpha(&items)), (None, None, None, None));
        assert_eq!(interval(&items, alpha, 20, 1), None);
        assert_eq!(interval(&[], alpha, 20, 1), None);
    }
}
