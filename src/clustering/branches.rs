//! Rows to branches of one tree over the graph of their nearest neighbours.
//!
//! The tree is made over a sample; what lies beside it goes where its nearest go. Where rows carry meaning the sample is
//! laid out first.

use std::collections::BTreeMap;

use ndarray::{Array2, ArrayView2, Axis};

use crate::clustering::choose;
use crate::clustering::dense::{self, centres, sampled};
use crate::clustering::error::Error;
use crate::clustering::hierarchy::Hierarchy;
use crate::clustering::layout::{self, Laid};
use crate::clustering::options::Options;
use crate::clustering::reduce;
use crate::clustering::spectral;
use crate::clustering::steps::Steps;

/// The tree is made of at most this many rows.
const LEAVES: usize = 4_500;
/// Rows beside those go where the nearest branch of the tree goes; so many branches are looked at.
const FINE: usize = 600;
/// Where rows carry meaning, so many are laid out, whatever the tree is made of.
const LAID_OUT: usize = 12_000;
/// Rounds in which rows of a layout go to the group they lie nearest to.
const REFINED: usize = 20;
/// With more rows a trainer waits no longer for groups by meaning than for those by words.
pub const MANY: usize = 40_000;
/// So many of these are laid out.
const LAID_OUT_OF_MANY: usize = 8_000;
/// So many numbers of a row tell its neighbours then. With 128 instead of all 640 three to eight thousandths of mutual
/// information were lost on three public sets.
const COMPARED: usize = 128;

/// Returns these rows of some items, by their numbers, with what else is known of them beside.
pub type Beside<'b> = &'b (dyn Fn(&[usize], Array2<f32>, Steps<'_>) -> Result<Array2<f32>, Error> + Sync);

/// How rows are placed before the tree is made over them.
#[derive(Clone, Copy)]
pub enum Place<'p> {
    /// By the walk over the graph of neighbours: quick.
    Walk,
    /// Laid out, which tells more apart where rows carry meaning.
    Layout,
    /// Laid out, of more than [`MANY`] rows so few that they can be looked at with all that is known of them.
    LayoutOfMany(Beside<'p>),
}

/// Returns the branch of each row of length 1.
pub fn of(rows: ArrayView2<'_, f32>, place: Place<'_>, options: &Options, steps: Steps<'_>) -> Result<Vec<u32>, Error> {
    match place {
        Place::Walk => by_walk(rows, options, steps),
        Place::Layout => by_layout(rows, None, (LAID_OUT, LEAVES), options, steps),
        Place::LayoutOfMany(beside) => by_layout(rows, Some(beside), (LAID_OUT_OF_MANY, LEAVES), options, steps),
    }
}

/// Returns how many branches the walk over the graph of neighbours tells apart.
pub fn number(rows: ArrayView2<'_, f32>, options: &Options, steps: Steps<'_>) -> Result<usize, Error> {
    let chosen = sampled(rows.nrows(), LEAVES, options.seed);
    Ok(walked(rows.select(Axis(0), &chosen).view(), options, steps)?.1)
}

fn by_walk(rows: ArrayView2<'_, f32>, options: &Options, steps: Steps<'_>) -> Result<Vec<u32>, Error> {
    let chosen = sampled(rows.nrows(), LEAVES, options.seed);
    let (tree, k) = walked(rows.select(Axis(0), &chosen).view(), options, steps.part(0, 2))?;
    let groups = tree.cut(k);
    if chosen.len() == rows.nrows() {
        return Ok(groups);
    }
    steps.part(1, 2).at(0, 1)?;
    Ok(spread(rows, &chosen, &tree.cut(k.max(FINE)), &groups))
}

/// Returns the tree over the walk of some rows, and how many branches it has.
fn walked(rows: ArrayView2<'_, f32>, options: &Options, steps: Steps<'_>) -> Result<(Hierarchy, usize), Error> {
    let walk = match rows.nrows() <= spectral::NEIGHBOURS {
        true => rows.to_owned(),
        false => {
            steps.at(0, 1)?;
            spectral::embed(&dense::graph(rows, spectral::NEIGHBOURS), options.seed, steps.part(0, 3))?
        }
    };
    let tree = tree(walk.view(), steps.part(1, 3))?;
    let k = chosen(&tree, walk.view(), options, steps.part(2, 3))?;
    Ok((tree, k))
}

/// Returns how many branches to take: as many as were asked for, else as many as the walk tells apart.
fn chosen(tree: &Hierarchy, walk: ArrayView2<'_, f32>, options: &Options, steps: Steps<'_>) -> Result<usize, Error> {
    match options.clusters {
        Some(k) => Ok(k),
        None => choose::clusters(tree, walk, options.min_size, steps),
    }
}

/// Lays out `many` rows and makes the tree of `leaves` of them. All that are laid out go where they lie nearest; the rest
/// go with the nearest small group of those.
fn by_layout(
    rows: ArrayView2<'_, f32>,
    beside: Option<Beside<'_>>,
    (many, leaves): (usize, usize),
    options: &Options,
    steps: Steps<'_>,
) -> Result<Vec<u32>, Error> {
    let laid = sampled(rows.nrows(), many, options.seed);
    let mut some = rows.select(Axis(0), &laid);
    if let Some(beside) = beside {
        some = reduce::principal(beside(&laid, some, steps.part(0, 5))?.view(), COMPARED, options.seed)?;
    }
    let Laid { walk, places } = layout::lay_out(some.view(), options.seed, steps.part(1, 5))?;
    let on_tree = sampled(places.nrows(), leaves, options.seed);
    // A layout draws what is related so near that a handful of groups would do; how many there are the walk tells, over as
    // many rows as the tree is made of: over more it tells more apart.
    let count = steps.part(2, 5);
    let k = match options.clusters {
        Some(k) => k,
        None if on_tree.len() < laid.len() => number(some.view(), options, count)?,
        None => chosen(&tree(walk.view(), count.part(0, 2))?, walk.view(), options, count.part(1, 2))?,
    };
    drop(some);
    let leaves = places.select(Axis(0), &on_tree);
    let tree = tree(leaves.view(), steps.part(3, 5))?;
    let gathered = |k: usize| {
        let mut groups = tree.cut(k);
        if on_tree.len() < laid.len() {
            groups = layout::nearest(places.view(), layout::middles(leaves.view(), &groups).view());
        }
        layout::refine(places.view(), &mut groups, REFINED);
        groups
    };
    let groups = gathered(k);
    if laid.len() == rows.nrows() {
        return Ok(groups);
    }
    steps.part(4, 5).at(0, 1)?;
    let fine = if k < FINE { gathered(FINE) } else { groups.clone() };
    match beside {
        None => Ok(spread(rows, &laid, &fine, &groups)),
        Some(_) => Ok(spread(reduce::principal(rows, COMPARED, options.seed)?.view(), &laid, &fine, &groups)),
    }
}

/// Returns the group of all rows where that of some is known: the others go with most of their nearest fine group.
fn spread(rows: ArrayView2<'_, f32>, known: &[usize], fine: &[u32], groups: &[u32]) -> Vec<u32> {
    let mut members = vec![Vec::new(); fine.iter().max().map_or(0, |m| *m as usize + 1)];
    let mut homes = vec![Vec::new(); members.len()];
    for ((row, branch), group) in known.iter().zip(fine).zip(groups) {
        members[*branch as usize].push(*row);
        homes[*branch as usize].push(*group);
    }
    // What refining emptied has no centre.
    members.retain(|members| !members.is_empty());
    homes.retain(|groups| !groups.is_empty());
    let homes: Vec<u32> = homes.into_iter().map(most).collect();
    let nearest = dense::nearest(rows, centres(rows, &members).view());
    let mut found: Vec<u32> = nearest.into_iter().map(|nearest| homes[nearest.centre as usize]).collect();
    known.iter().zip(groups).for_each(|(row, group)| found[*row] = *group);
    found
}

fn tree(rows: ArrayView2<'_, f32>, steps: Steps<'_>) -> Result<Hierarchy, Error> {
    Hierarchy::of(rows, &vec![1.0; rows.nrows()], steps)
}

/// Returns what comes most often, of several the least.
fn most(groups: Vec<u32>) -> u32 {
    let mut counts = BTreeMap::<u32, usize>::new();
    groups.into_iter().for_each(|group| *counts.entry(group).or_default() += 1);
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(0, |(group, _)| group)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clustering::agreement::nmi;
    use crate::clustering::kmeans::tests::around;
    use crate::progress::Quiet;

    #[test]
    fn rows_beside_the_tree_and_beside_the_layout_go_with_their_subject() {
        let rows = around(12, 60, 24, 0.25);
        let truth: Vec<usize> = (0..rows.nrows()).map(|i| i % 12).collect();
        let options = Options { clusters: Some(12), ..Options::default() };
        // What is known beside tells nothing apart here, and does no harm.
        let longer = |_: &[usize], rows: Array2<f32>, _: Steps<'_>| {
            Ok(ndarray::concatenate![Axis(1), rows, Array2::<f32>::ones((rows.nrows(), 1))])
        };
        for (many, beside) in [(720, None), (400, None), (400, Some(&longer as Beside<'_>))] {
            let on = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let steps = Steps::new(&Quiet, 0, 1);
                pool.install(|| by_layout(rows.view(), beside, (many, 200), &options, steps).unwrap())
            };
            let found = on(1);
            let groups: Vec<usize> = found.iter().map(|group| *group as usize).collect();
            assert!(nmi(&groups, &truth) > 0.95, "{many} of 720 laid out: {}", nmi(&groups, &truth));
            assert_eq!(found, on(4));
        }
    }

    proptest! {
        #[test]
        fn most_is_one_of_those_that_come_most_often(groups in prop::collection::vec(0u32..5, 1..20)) {
            let times = |group: u32| groups.iter().filter(|g| **g == group).count();
            let found = most(groups.clone());
            prop_assert!((0..5).all(|group| times(group) < times(found) || times(group) == times(found) && group >= found));
        }
    }
}
