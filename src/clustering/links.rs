//! Pairs a trainer said belong together, or never do, kept in a grouping whatever the texts say.
//!
//! Called by `group` after any method has found its groups. Without links nothing here runs.

use std::collections::{BTreeMap, BTreeSet};

/// What was said of pairs of items.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    pub together: Vec<(usize, usize)>,
    pub apart: Vec<(usize, usize)>,
}

impl Links {
    /// Tells whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.together.is_empty() && self.apart.is_empty()
    }

    /// Returns the pairs to be kept apart that other links put together; such a pair stays together.
    pub fn conflicts(&self) -> Vec<(usize, usize)> {
        let root = self.roots();
        let of = |item: usize| root.get(&item).copied().unwrap_or(item);
        self.apart.iter().copied().filter(|(a, b)| of(*a) == of(*b)).collect()
    }

    /// Returns the items of each bundle: those that belong together, and alone those that only stay apart from others.
    pub fn bundles(&self) -> Vec<Vec<usize>> {
        let mut bundles: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (item, root) in self.roots() {
            bundles.entry(root).or_default().push(item);
        }
        bundles.into_values().collect()
    }

    /// Returns the least item of each item's bundle.
    fn roots(&self) -> BTreeMap<usize, usize> {
        fn find(parent: &BTreeMap<usize, usize>, mut item: usize) -> usize {
            while let Some(up) = parent.get(&item).copied().filter(|up| *up != item) {
                item = up;
            }
            item
        }
        let both = |(a, b): &(usize, usize)| [*a, *b];
        let items: BTreeSet<usize> = self.together.iter().chain(&self.apart).flat_map(both).collect();
        let mut parent: BTreeMap<usize, usize> = items.iter().map(|item| (*item, *item)).collect();
        for (a, b) in &self.together {
            let (a, b) = (find(&parent, *a), find(&parent, *b));
            parent.insert(a.max(b), a.min(b));
        }
        items.into_iter().map(|item| (item, find(&parent, item))).collect()
    }
}

/// Moves items between groups so that every link holds, but for [`Links::conflicts`].
///
/// `near` is the likeness of an item to a group as it was found. A bundle goes where most of it is already; what must
/// leave a group goes to the nearest it may be in, else to one of its own. What was in no group stays so, unless it
/// belongs with others.
pub fn arrange(groups: &mut Vec<Vec<usize>>, links: &Links, near: impl Fn(usize, usize) -> f32) {
    if links.is_empty() {
        return;
    }
    let bundles = links.bundles();
    let of: BTreeMap<usize, usize> =
        bundles.iter().enumerate().flat_map(|(nth, items)| items.iter().map(move |item| (*item, nth))).collect();
    let mut apart: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); bundles.len()];
    for (a, b) in &links.apart {
        let (a, b) = (of[a], of[b]);
        if a != b {
            apart[a].insert(b);
            apart[b].insert(a);
        }
    }
    // Where the items of each bundle are now.
    let mut homes: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); bundles.len()];
    for (group, members) in groups.iter().enumerate() {
        for bundle in members.iter().filter_map(|item| of.get(item)) {
            *homes[*bundle].entry(group).or_default() += 1;
        }
    }
    let found = groups.len();
    let likeness = |bundle: usize, group: usize| bundles[bundle].iter().map(|item| near(*item, group)).sum::<f32>();
    let home = |bundle: usize| {
        let best = |a: &(&usize, &usize), b: &(&usize, &usize)| {
            a.1.cmp(b.1).then(likeness(bundle, *a.0).total_cmp(&likeness(bundle, *b.0))).then(b.0.cmp(a.0))
        };
        homes[bundle].iter().max_by(best).map(|(group, _)| *group)
    };
    // Large bundles first, and of equals those that lie nearest to the core of their group.
    let mut order: Vec<(usize, f32, usize)> = (0..bundles.len())
        .map(|bundle| (bundles[bundle].len(), home(bundle).map_or(0.0, |group| likeness(bundle, group)), bundle))
        .collect();
    order.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    let mut placed: Vec<Option<usize>> = vec![None; bundles.len()];
    let mut own = found;
    for (_, _, bundle) in order {
        let Some(home) = home(bundle) else {
            if bundles[bundle].len() > 1 {
                placed[bundle] = Some(own);
                own += 1;
            }
            continue;
        };
        let may = |group: usize| apart[bundle].iter().all(|other| placed[*other] != Some(group));
        let nearest = || {
            let others = (0..found).filter(|group| may(*group));
            others.max_by(|a, b| likeness(bundle, *a).total_cmp(&likeness(bundle, *b)).then(b.cmp(a)))
        };
        placed[bundle] = Some(if may(home) { home } else { nearest().unwrap_or(own) });
        own += usize::from(placed[bundle] == Some(own));
    }
    groups.iter_mut().for_each(|members| members.retain(|item| !of.contains_key(item)));
    groups.resize(own, Vec::new());
    for (bundle, group) in placed.into_iter().enumerate() {
        if let Some(group) = group {
            groups[group].extend(&bundles[bundle]);
        }
    }
    groups.iter_mut().for_each(|members| members.sort_unstable());
    groups.retain(|members| !members.is_empty());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn arranged(groups: &[&[usize]], together: &[(usize, usize)], apart: &[(usize, usize)]) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = groups.iter().map(|members| members.to_vec()).collect();
        let links = Links { together: together.to_vec(), apart: apart.to_vec() };
        // Groups lie on a line like their numbers, and an item at its tenth.
        arrange(&mut groups, &links, |item, group| 1.0 - (item as f32 / 10.0 - group as f32).abs());
        groups
    }

    #[test]
    fn a_pair_comes_together_where_most_of_it_is() {
        assert_eq!(arranged(&[&[0, 1], &[10, 11]], &[(1, 10), (10, 11)], &[]), [vec![0], vec![1, 10, 11]]);
        assert_eq!(arranged(&[&[0, 1]], &[(7, 8)], &[]), [vec![0, 1], vec![7, 8]], "nobody's items have a group then");
    }

    #[test]
    fn what_must_part_goes_to_the_nearest_other_group_or_its_own() {
        assert_eq!(arranged(&[&[0, 1, 9], &[10], &[20]], &[], &[(0, 9)]), [vec![0, 1], vec![9, 10], vec![20]]);
        assert_eq!(arranged(&[&[0, 1]], &[], &[(0, 1)]), [vec![0], vec![1]]);
        assert_eq!(arranged(&[&[0]], &[], &[(0, 5)]), [vec![0]], "what is in no group is apart");
    }

    #[test]
    fn a_contradiction_is_told_and_the_pair_stays_together() {
        let links = Links { together: vec![(0, 1), (1, 2)], apart: vec![(2, 0), (2, 3)] };
        assert_eq!(links.conflicts(), [(2, 0)]);
        assert_eq!(arranged(&[&[0, 1, 2, 3]], &links.together, &links.apart), [vec![0, 1, 2], vec![3]]);
    }

    proptest! {
        #[test]
        fn every_link_that_can_hold_does_and_no_item_is_lost(
            homes in prop::collection::vec(prop::option::of(0usize..5), 2..40),
            together in prop::collection::vec((0usize..40, 0usize..40), 0..12),
            apart in prop::collection::vec((0usize..40, 0usize..40), 0..12),
        ) {
            let within = |pairs: Vec<(usize, usize)>| -> Vec<(usize, usize)> {
                pairs.into_iter().filter(|(a, b)| a != b && *a < homes.len() && *b < homes.len()).collect()
            };
            let links = Links { together: within(together), apart: within(apart) };
            let mut groups: Vec<Vec<usize>> =
                (0..5).map(|group| (0..homes.len()).filter(|item| homes[*item] == Some(group)).collect()).collect();
            arrange(&mut groups, &links, |item, group| ((item * 7 + group * 3) % 10) as f32);
            let home = |item: usize| groups.iter().position(|members| members.contains(&item));
            for (a, b) in &links.together {
                prop_assert!(home(*a).is_some() && home(*a) == home(*b));
            }
            let conflicts = links.conflicts();
            for (a, b) in links.apart.iter().filter(|pair| !conflicts.contains(pair)) {
                prop_assert!(home(*a).is_none() || home(*a) != home(*b));
            }
            let all: Vec<usize> = groups.iter().flatten().copied().collect();
            let once: BTreeSet<usize> = all.iter().copied().collect();
            prop_assert_eq!(all.len(), once.len());
            prop_assert!((0..homes.len()).all(|item| homes[item].is_none() || once.contains(&item)));
        }

        #[test]
        fn without_links_nothing_moves(homes in prop::collection::vec(0usize..4, 1..20)) {
            let mut groups: Vec<Vec<usize>> =
                (0..4).map(|group| (0..homes.len()).filter(|item| homes[*item] == group).collect()).collect();
            let before = groups.clone();
            arrange(&mut groups, &Links::default(), |_, _| unreachable!("nobody is compared"));
            prop_assert_eq!(groups, before);
        }
    }
}
