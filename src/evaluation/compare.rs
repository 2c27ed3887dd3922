//! Do two runs differ by more than luck?
//!
//! Called by `workbench::evaluate` with which items each run got right, the same items in the same order.
//! McNemar's test asks whether the changes lean one way; a paired bootstrap says how large the difference may be.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

/// Two runs over the same items.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Items both scored.
    pub items: usize,
    /// Items the first run got right and the second wrong.
    pub lost: usize,
    /// Items the second run got right and the first wrong.
    pub won: usize,
    /// Accuracy of the second less that of the first.
    pub difference: f64,
    /// The 95 % interval of the difference.
    pub low: f64,
    pub high: f64,
    /// How often luck alone would lean this far either way, 0 to 1.
    pub p_value: f64,
}

/// Compares which items two runs got right; `None` when there is nothing to compare item by item.
pub fn compare(first: &[bool], second: &[bool], seed: u64) -> Option<Comparison> {
    if first.is_empty() || first.len() != second.len() {
        return None;
    }
    let pairs = || first.iter().zip(second);
    let lost = pairs().filter(|(a, b)| **a && !**b).count();
    let won = pairs().filter(|(a, b)| !**a && **b).count();
    let (low, high) = bootstrap(first.len(), lost, won, seed);
    let difference = (won as f64 - lost as f64) / first.len() as f64;
    Some(Comparison { items: first.len(), lost, won, difference, low, high, p_value: mcnemar(lost, won) })
}

/// Up to this many changes the binomial is summed term by term.
const EXACT: usize = 1000;

/// Returns McNemar's two-sided p-value: exact for up to a thousand changes, chi-squared beyond.
pub fn mcnemar(lost: usize, won: usize) -> f64 {
    let changes = lost + won;
    if changes == 0 {
        return 1.0;
    }
    if changes > EXACT {
        let gap = (lost.abs_diff(won) as f64 - 1.0).max(0.0);
        return upper_normal(gap / (changes as f64).sqrt()) * 2.0;
    }
    // Twice the smaller tail of Binomial(changes, 1/2), in logarithms against underflow.
    let mut log_term = -(changes as f64) * std::f64::consts::LN_2;
    let mut tail = 0.0;
    for k in 0..=lost.min(won) {
        tail += log_term.exp();
        log_term += ((changes - k) as f64).ln() - ((k + 1) as f64).ln();
    }
    (2.0 * tail).min(1.0)
}

/// Returns the area of the normal curve beyond `z`, `z` not below 0.
///
/// Abramowitz and Stegun 26.2.17, right to 7.5e-8.
fn upper_normal(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let series =
        t * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * series
}

/// Returns the middle 95 % of the difference over drawn sets of items.
fn bootstrap(items: usize, lost: usize, won: usize, seed: u64) -> (f64, f64) {
    const DRAWS: u64 = 1000;
    let mut differences: Vec<i64> = (0..DRAWS)
        .into_par_iter()
        .map(|draw| {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed ^ draw.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            // Which item was drawn matters only as far as it is lost, won or unchanged.
            (0..items)
                .map(|_| match random.gen_range(0..items) {
                    i if i < lost => -1,
                    i if i < lost + won => 1,
                    _ => 0,
                })
                .sum()
        })
        .collect();
    differences.sort_unstable();
    let at = |share: f64| differences[((DRAWS - 1) as f64 * share).round() as usize] as f64 / items as f64;
    (at(0.025), at(0.975))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_values_of_the_exact_test() {
        assert_eq!(mcnemar(0, 0), 1.0);
        assert_eq!(mcnemar(3, 3), 1.0);
        assert!((mcnemar(0, 5) - 0.0625).abs() < 1e-12);
        assert!((mcnemar(1, 9) - 22.0 / 1024.0).abs() < 1e-12);
    }

    #[test]
    fn both_tests_agree_where_they_meet() {
        let exact = mcnemar(450, 550);
        let gap = (100.0f64 - 1.0) / 1000f64.sqrt();
        assert!((exact - 2.0 * upper_normal(gap)).abs() < 2e-4, "{exact}");
    }

    proptest! {
        #[test]
        fn a_comparison_turned_round_is_its_mirror(pairs in prop::collection::vec((any::<bool>(), any::<bool>()), 1..60), seed: u64) {
            let (first, second): (Vec<bool>, Vec<bool>) = pairs.into_iter().unzip();
            let forth = compare(&first, &second, seed).unwrap();
            let back = compare(&second, &first, seed).unwrap();
            prop_assert_eq!((forth.lost, forth.won), (back.won, back.lost));
            prop_assert_eq!(forth.difference, -back.difference);
            prop_assert_eq!(forth.p_value, back.p_value);
            prop_assert!((0.0..=1.0).contains(&forth.p_value));
            prop_assert!(forth.low <= forth.high);
            // The spread of a difference of shares is at most 1 over the root of the items; 6 of them is beyond luck.
            let reach = 6.0 / (first.len() as f64).sqrt();
            prop_assert!((forth.low - forth.difference).abs() <= reach && (forth.high - forth.difference).abs() <= reach);
        }
    }

    #[test]
    fn a_clear_gain_stays_above_nothing() {
        let first = vec![false; 40];
        let second: Vec<bool> = (0..40).map(|i| i < 20).collect();
        let gain = compare(&first, &second, 7).unwrap();
        assert!(gain.low > 0.0 && gain.p_value < 1e-4, "{gain:?}");
        assert!(gain.low <= gain.difference && gain.difference <= gain.high);
        assert_eq!(compare(&first, &second[1..], 7), None);
    }
}
