//! Which clusters of a new grouping are clusters of the one before, and what trainers put together by hand.
//!
//! Called by `workbench::group`. Not here: keeping identities (`store`).

use std::collections::HashMap;

use crate::clustering::matching::best_pairs;

/// A pair is the same cluster when it shares this much of the smaller one.
const SHARED: f64 = 0.3;

/// Returns for each new cluster the old one it continues: one to one, sharing most members over all pairs.
///
/// `old` names the old cluster of each item, `new` holds the items of each new cluster.
pub fn continued(old: &[Option<usize>], new: &[Vec<usize>]) -> Vec<Option<usize>> {
    let olds = old.iter().flatten().max().map_or(0, |most| most + 1);
    let mut sizes = vec![0u64; olds];
    old.iter().flatten().for_each(|cluster| sizes[*cluster] += 1);
    let mut shared = vec![vec![0u64; olds]; new.len()];
    for (row, items) in shared.iter_mut().zip(new) {
        items.iter().filter_map(|item| old[*item]).for_each(|cluster| row[cluster] += 1);
    }
    let pairs = best_pairs(&shared);
    pairs
        .into_iter()
        .enumerate()
        .map(|(row, pair)| {
            pair.filter(|column| {
                shared[row][*column] as f64 >= SHARED * sizes[*column].min(new[row].len() as u64) as f64
            })
        })
        .collect()
}

/// Clusters with what they continue, and their members with how near each is to the core.
pub type Kept = Vec<(Option<i64>, Vec<(usize, f32)>)>;

/// Moves items that a trainer put into a cluster by hand into it, whatever the texts say.
///
/// `clusters` holds members with the identity they continue, `pins` the identity each item is bound to. A cluster
/// that is found no more stands again with the bound items; a cluster left without items is dropped.
pub fn hold(clusters: &mut Kept, pins: &HashMap<usize, i64>) {
    let mut bound: HashMap<i64, Vec<(usize, f32)>> = HashMap::new();
    let mut closeness: HashMap<usize, f32> = HashMap::new();
    for (_, members) in clusters.iter_mut() {
        members.retain(|(item, close)| match pins.get(item) {
            Some(_) => {
                closeness.insert(*item, *close);
                false
            }
            None => true,
        });
    }
    for (item, identity) in pins {
        bound.entry(*identity).or_default().push((*item, closeness.get(item).copied().unwrap_or(0.0)));
    }
    for (identity, members) in clusters.iter_mut() {
        members.extend(identity.and_then(|identity| bound.remove(&identity)).unwrap_or_default());
    }
    let mut left: Vec<(i64, Vec<(usize, f32)>)> = bound.into_iter().collect();
    left.sort_by_key(|(identity, _)| *identity);
    clusters.extend(left.into_iter().map(|(identity, members)| (Some(identity), members)));
    clusters.retain(|(_, members)| !members.is_empty());
    for (_, members) in clusters.iter_mut() {
        members.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_grown_cluster_is_the_same_and_strangers_are_new() {
        let old = [Some(0), Some(0), Some(0), Some(1), Some(1), None, None, None];
        assert_eq!(continued(&old, &[vec![3, 4, 5], vec![0, 1, 2], vec![6, 7]]), [Some(1), Some(0), None]);
    }

    #[test]
    fn of_two_halves_the_larger_keeps_the_identity() {
        assert_eq!(continued(&[Some(0); 7], &[vec![0, 1, 2], vec![3, 4, 5, 6]]), [None, Some(0)]);
    }

    #[test]
    fn what_was_put_together_stays_together_and_what_was_parted_stays_apart() {
        let mut clusters = vec![(Some(1), vec![(0, 0.9), (1, 0.8), (2, 0.7)]), (None, vec![(3, 0.6)])];
        hold(&mut clusters, &HashMap::from([(1, 5), (3, 1), (0, 1)]));
        assert_eq!(clusters, [(Some(1), vec![(0, 0.9), (2, 0.7), (3, 0.6)]), (Some(5), vec![(1, 0.8)])]);
    }

    proptest! {
        #[test]
        fn holding_loses_and_doubles_no_item(homes in prop::collection::vec(0usize..4, 1..30), pinned in prop::collection::vec(prop::option::of(1i64..5), 30)) {
            let mut clusters: Kept = (0..4)
                .map(|c| (Some(c as i64), (0..homes.len()).filter(|i| homes[*i] == c).map(|i| (i, 0.5)).collect()))
                .collect();
            let pins: HashMap<usize, i64> = (0..homes.len()).filter_map(|i| Some((i, pinned[i]?))).collect();
            hold(&mut clusters, &pins);
            let mut items: Vec<usize> = clusters.iter().flat_map(|c| c.1.iter().map(|m| m.0)).collect();
            items.sort_unstable();
            prop_assert_eq!(items, (0..homes.len()).collect::<Vec<_>>());
            for (identity, members) in &clusters {
                prop_assert!(members.iter().all(|(i, _)| pins.get(i).is_none_or(|pin| Some(*pin) == *identity)));
            }
        }
    }
}
