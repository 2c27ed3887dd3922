//! How well a grouping agrees with labels: normalised mutual information, the adjusted Rand index, accuracy.
//!
//! All compare partitions, so the names of groups do not matter. Called by the benchmark and by tests.

use std::collections::BTreeMap;

use crate::clustering::matching::best_pairs;

/// Returns the normalised mutual information (arithmetic mean of entropies), 0 to 1.
///
/// Two partitions that both have a single group agree fully. Panics when lengths differ.
pub fn nmi<A: Ord, B: Ord>(left: &[A], right: &[B]) -> f64 {
    let table = Table::of(left, right);
    let total = left.len() as f64;
    let entropy = |counts: &[f64]| -> f64 { counts.iter().map(|c| -(c / total) * (c / total).ln()).sum() };
    let (rows, columns) = (entropy(&table.rows), entropy(&table.columns));
    if rows + columns < 1e-12 {
        return 1.0;
    }
    let shared: f64 =
        table.cells.iter().map(|((r, c), n)| n / total * (n * total / (table.rows[*r] * table.columns[*c])).ln()).sum();
    (2.0 * shared / (rows + columns)).clamp(0.0, 1.0)
}

/// Returns the adjusted Rand index: 1 for the same partition, about 0 for chance, below 0 for less than chance.
///
/// Panics when lengths differ.
pub fn ari<A: Ord, B: Ord>(left: &[A], right: &[B]) -> f64 {
    let table = Table::of(left, right);
    let pairs = |n: f64| n * (n - 1.0) / 2.0;
    let together: f64 = table.cells.values().map(|n| pairs(*n)).sum();
    let rows: f64 = table.rows.iter().map(|n| pairs(*n)).sum();
    let columns: f64 = table.columns.iter().map(|n| pairs(*n)).sum();
    let chance = rows * columns / pairs(left.len() as f64).max(1.0);
    let most = (rows + columns) / 2.0;
    if (most - chance).abs() < 1e-12 { 1.0 } else { (together - chance) / (most - chance) }
}

/// Returns the share of things in the right place when groups are paired with labels one to one as well as can be.
///
/// Panics when lengths differ.
pub fn accuracy<A: Ord, B: Ord>(groups: &[A], labels: &[B]) -> f64 {
    let table = Table::of(groups, labels);
    let mut shared = vec![vec![0; table.columns.len()]; table.rows.len()];
    table.cells.iter().for_each(|((r, c), n)| shared[*r][*c] = *n as u64);
    let pairs = best_pairs(&shared);
    let right: u64 = pairs.iter().enumerate().filter_map(|(r, c)| Some(shared[r][(*c)?])).sum();
    right as f64 / groups.len().max(1) as f64
}

/// How often each pair of groups occurs; ordered, so that sums are the same every time.
struct Table {
    cells: BTreeMap<(usize, usize), f64>,
    rows: Vec<f64>,
    columns: Vec<f64>,
}

impl Table {
    fn of<A: Ord, B: Ord>(left: &[A], right: &[B]) -> Self {
        assert_eq!(left.len(), right.len(), "two partitions of the same things");
        let (left, right) = (numbered(left), numbered(right));
        let count = |groups: &[usize]| {
            let mut counts = vec![0.0; groups.iter().max().map_or(0, |m| m + 1)];
            groups.iter().for_each(|g| counts[*g] += 1.0);
            counts
        };
        let mut cells = BTreeMap::new();
        left.iter().zip(&right).for_each(|(l, r)| *cells.entry((*l, *r)).or_insert(0.0) += 1.0);
        Self { rows: count(&left), columns: count(&right), cells }
    }
}

fn numbered<T: Ord>(groups: &[T]) -> Vec<usize> {
    let mut numbers = BTreeMap::new();
    groups.iter().for_each(|g| {
        let next = numbers.len();
        numbers.entry(g).or_insert(next);
    });
    groups.iter().map(|g| numbers[g]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_values() {
        // scikit-learn: adjusted_rand_score and normalized_mutual_info_score of its documentation's examples.
        assert!((ari(&[0, 0, 1, 2], &[0, 0, 1, 1]) - 0.571_428_6).abs() < 1e-6);
        assert!((ari(&[0, 0, 1, 1], &[0, 1, 0, 1]) + 0.5).abs() < 1e-9);
        assert!((nmi(&[0, 0, 1, 2], &[0, 0, 1, 1]) - 0.8).abs() < 1e-6);
        assert!(nmi(&[0, 0, 0, 0], &[0, 1, 2, 3]) < 1e-9);
    }

    #[test]
    fn accuracy_pairs_each_label_with_one_group() {
        assert_eq!(accuracy(&[7, 7, 8, 8, 9], &["a", "a", "a", "b", "b"]), 0.6);
        assert_eq!(accuracy(&[1, 1, 1], &["a", "b", "c"]), 1.0 / 3.0);
    }

    proptest! {
        #[test]
        fn the_same_partition_under_other_names_agrees_fully(groups in prop::collection::vec(0u8..5, 1..40)) {
            let renamed: Vec<String> = groups.iter().map(|g| format!("group {}", 9 - g)).collect();
            prop_assert!((nmi(&groups, &renamed) - 1.0).abs() < 1e-9);
            prop_assert!((ari(&groups, &renamed) - 1.0).abs() < 1e-9);
            prop_assert_eq!(accuracy(&groups, &renamed), 1.0);
        }

        #[test]
        fn agreement_has_no_direction(pairs in prop::collection::vec((0u8..5, 0u8..5), 1..40)) {
            let (left, right): (Vec<u8>, Vec<u8>) = pairs.into_iter().unzip();
            prop_assert!((nmi(&left, &right) - nmi(&right, &left)).abs() < 1e-9);
            prop_assert!((ari(&left, &right) - ari(&right, &left)).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&nmi(&left, &right)) && ari(&left, &right) <= 1.0 + 1e-9);
        }
    }
}
