//! Which clusters of a new grouping are clusters of the one before, and what trainers put together by hand.
//!
//! Called by `workbench::group`. Not here: keeping identities (`store`).

use std::collections::{BTreeMap, HashMap};

use crate::clustering::links::Links;
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

/// Lets what belongs together follow those of it that are bound to a cluster; returns the pairs bound to two.
pub fn follow(pins: &mut HashMap<usize, i64>, links: &Links) -> Vec<(usize, usize)> {
    for bundle in links.bundles() {
        let mut votes: BTreeMap<i64, usize> = BTreeMap::new();
        bundle.iter().filter_map(|item| pins.get(item)).for_each(|cluster| *votes.entry(*cluster).or_default() += 1);
        let most = votes.into_iter().rev().max_by_key(|(_, times)| *times);
        if let Some((cluster, _)) = most {
            bundle.iter().for_each(|item| _ = pins.entry(*item).or_insert(cluster));
        }
    }
    links.together.iter().copied().filter(|(a, b)| pins.get(a) != pins.get(b)).collect()
}

/// Parts what links keep apart and hands have put into one cluster; returns the pairs that are both bound to it.
pub fn part(clusters: &mut Kept, links: &Links, pins: &HashMap<usize, i64>) -> Vec<(usize, usize)> {
    let contradicted = links.conflicts();
    let bundles = links.bundles();
    let mut bound = Vec::new();
    for (a, b) in links.apart.iter().filter(|pair| !contradicted.contains(pair)) {
        let holds = |members: &[(usize, f32)], item: usize| members.iter().any(|(member, _)| *member == item);
        let Some(at) = clusters.iter().position(|(_, members)| holds(members, *a) && holds(members, *b)) else {
            continue;
        };
        let Some(mover) = [*b, *a].into_iter().find(|item| !pins.contains_key(item)) else {
            bound.push((*a, *b));
            continue;
        };
        let with: Vec<usize> =
            bundles.iter().find(|bundle| bundle.contains(&mover)).cloned().unwrap_or_else(|| vec![mover]);
        let (gone, left) = std::mem::take(&mut clusters[at].1).into_iter().partition(|(item, _)| with.contains(item));
        clusters[at].1 = left;
        clusters.push((None, gone));
    }
    clusters.retain(|(_, members)| !members.is_empty());
    bound
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

    #[test]
    fn what_belongs_together_follows_the_one_that_is_bound_and_what_must_part_does() {
        let links = Links { together: vec![(0, 1), (2, 3)], apart: vec![(1, 4), (5, 6)] };
        let mut pins = HashMap::from([(0, 7), (2, 7), (3, 8), (5, 7), (6, 7)]);
        assert_eq!(follow(&mut pins, &links), [(2, 3)], "bound to two clusters");
        assert_eq!(pins.get(&1), Some(&7));
        let mut clusters: Kept =
            vec![(Some(7), [0, 1, 2, 4, 5, 6].map(|item| (item, 0.5)).to_vec()), (Some(8), vec![(3, 0.5)])];
        assert_eq!(part(&mut clusters, &links, &pins), [(5, 6)], "both are bound");
        assert_eq!(clusters[2], (None, vec![(4, 0.5)]));
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
