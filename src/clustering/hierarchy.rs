//! One tree over rows by Ward's rule, from which any number of groups is cut.
//!
//! Each step joins the two groups whose union spreads least (nearest-neighbour chain, Murtagh 1983), so that asking for
//! 20, 50 or 300 groups costs one tree. How far two groups are apart is told by their middles and sizes, so nothing is
//! held of pairs: rows, which may stand for many others by their weight, are what the memory is for.

use multiversion::multiversion;
use ndarray::ArrayView2;

use crate::clustering::error::Error;
use crate::clustering::steps::Steps;

/// A tree of joins, loosest last.
#[derive(Debug, Clone, PartialEq)]
pub struct Hierarchy {
    leaves: usize,
    /// The two groups joined, each named by one of its leaves, and how much wider rows spread by it; ascending.
    joins: Vec<(u32, u32, f32)>,
}

impl Hierarchy {
    /// Returns the tree of rows, each standing for `weights` others.
    pub fn of(rows: ArrayView2<'_, f32>, weights: &[f32], steps: Steps<'_>) -> Result<Self, Error> {
        let leaves = rows.nrows();
        let mut left = Left::of(rows, weights);
        let (mut joins, mut chain) = (Vec::with_capacity(leaves.saturating_sub(1)), Vec::<u32>::new());
        while left.names.len() > 1 {
            if joins.len() % 64 == 0 {
                steps.at(joins.len(), leaves)?;
            }
            let tip = *chain.last().unwrap_or(&left.names[0]);
            if chain.is_empty() {
                chain.push(tip);
            }
            let before = chain.len().checked_sub(2).map(|at| chain[at]);
            let (apart, other) = left.nearest(tip, before);
            if Some(other) != before {
                match chain.iter().position(|met| *met == other) {
                    // Only rounding leads back; each step was nearer than the one before, so it leads on from there.
                    Some(at) => chain.truncate(at + 1),
                    None => chain.push(other),
                }
                continue;
            }
            chain.truncate(chain.len() - 2);
            joins.push((tip.min(other), tip.max(other), apart));
            left.join(tip.min(other), tip.max(other));
        }
        // A chain finds joins out of order; sorted (equals as found), a part never comes after its whole.
        joins.sort_by(|a, b| a.2.total_cmp(&b.2));
        steps.at(leaves, leaves)?;
        Ok(Self { leaves, joins })
    }

    /// Returns the group of each leaf when `k` groups are left; groups are numbered by their first leaf.
    pub fn cut(&self, k: usize) -> Vec<u32> {
        let mut parents: Vec<u32> = (0..self.leaves as u32).collect();
        let done = self.leaves.saturating_sub(k.max(1)).min(self.joins.len());
        for (a, b, _) in &self.joins[..done] {
            let (a, b) = (root(&mut parents, *a), root(&mut parents, *b));
            parents[a.max(b) as usize] = a.min(b);
        }
        let mut numbers = vec![u32::MAX; self.leaves];
        let mut next = 0;
        (0..self.leaves as u32)
            .map(|leaf| {
                let root = root(&mut parents, leaf) as usize;
                if numbers[root] == u32::MAX {
                    numbers[root] = next;
                    next += 1;
                }
                numbers[root]
            })
            .collect()
    }

    /// Returns how much wider rows spread by each join, the last join first.
    pub fn growths(&self) -> impl Iterator<Item = f32> + '_ {
        self.joins.iter().rev().map(|join| join.2)
    }
}

/// Axes looked at in one pass.
const AT_ONCE: usize = 4;

/// The groups not yet joined to another, side by side.
struct Left {
    /// The least leaf of each.
    names: Vec<u32>,
    /// Where the group of that name stands.
    places: Vec<usize>,
    sizes: Vec<f32>,
    /// The middles, axis by axis, so that all groups are looked at in one pass; filled up with axes of zeros.
    axes: Vec<Vec<f32>>,
    /// How far each is from the one asked about.
    apart: Vec<f32>,
}

impl Left {
    fn of(rows: ArrayView2<'_, f32>, weights: &[f32]) -> Self {
        let leaves = rows.nrows();
        let filling = (rows.ncols()..rows.ncols().next_multiple_of(AT_ONCE)).map(|_| vec![0.0; leaves]);
        Self {
            names: (0..leaves as u32).collect(),
            places: (0..leaves).collect(),
            sizes: weights.to_vec(),
            axes: rows.columns().into_iter().map(|column| column.to_vec()).chain(filling).collect(),
            apart: vec![0.0; leaves],
        }
    }

    /// Returns how much wider the rows of a group and of its nearest other spread when joined, and that other.
    ///
    /// The one before wins ties, so that the chain ends; then the one of the least name.
    fn nearest(&mut self, name: u32, before: Option<u32>) -> (f32, u32) {
        let at = self.places[name as usize];
        let apart = &mut self.apart[..self.names.len()];
        apart.fill(0.0);
        add_squares(&self.axes, at, apart);
        let own = self.sizes[at];
        apart.iter_mut().zip(&self.sizes).for_each(|(apart, size)| *apart *= own * size / (own + size).max(1e-12));
        apart[at] = f32::INFINITY;
        let mut least = before.map_or((f32::INFINITY, u32::MAX), |other| (apart[self.places[other as usize]], other));
        for (apart, name) in apart.iter().zip(&self.names) {
            if *apart <= least.0 && (*apart < least.0 || Some(least.1) != before && *name < least.1) {
                least = (*apart, *name);
            }
        }
        debug_assert!(least.1 != name, "another is left");
        least
    }

    /// Joins two groups under the first's name.
    fn join(&mut self, kept: u32, gone: u32) {
        let (to, from) = (self.places[kept as usize], self.places[gone as usize]);
        let (own, other) = (self.sizes[to], self.sizes[from]);
        let share = other / (own + other).max(1e-12);
        for axis in &mut self.axes {
            axis[to] += (axis[from] - axis[to]) * share;
            axis.swap_remove(from);
        }
        self.sizes[to] = own + other;
        self.sizes.swap_remove(from);
        self.names.swap_remove(from);
        if let Some(moved) = self.names.get(from) {
            self.places[*moved as usize] = from;
        }
    }
}

/// Adds the squares of how far each middle is from one of them.
#[multiversion(targets("x86_64+avx2"))]
fn add_squares(axes: &[Vec<f32>], at: usize, apart: &mut [f32]) {
    let count = apart.len();
    for four in axes.as_chunks::<AT_ONCE>().0 {
        let own = four.each_ref().map(|axis| axis[at]);
        let [a, b, c, d] = four.each_ref().map(|axis| &axis[..count]);
        for (i, apart) in apart.iter_mut().enumerate() {
            let (x, y, z, w) = (a[i] - own[0], b[i] - own[1], c[i] - own[2], d[i] - own[3]);
            *apart += (x * x + y * y) + (z * z + w * w);
        }
    }
}

fn root(parents: &mut [u32], mut leaf: u32) -> u32 {
    while parents[leaf as usize] != leaf {
        let above = parents[parents[leaf as usize] as usize];
        parents[leaf as usize] = above;
        leaf = above;
    }
    leaf
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::agreement::nmi;
    use crate::clustering::kmeans::tests::around;
    use crate::progress::Quiet;
    use ndarray::array;
    use proptest::prelude::*;

    fn tree(rows: ArrayView2<'_, f32>) -> Hierarchy {
        Hierarchy::of(rows, &vec![1.0; rows.nrows()], Steps::new(&Quiet, 0, 1)).unwrap()
    }

    #[test]
    fn near_rows_are_joined_first() {
        let found = tree(array![[0.0, 0.0], [5.0, 0.0], [0.1, 0.0], [5.3, 0.0], [20.0, 0.0]].view());
        assert_eq!(found.cut(3), [0, 1, 0, 1, 2]);
        assert_eq!(found.cut(2), [0, 0, 0, 0, 1]);
        assert_eq!(found.cut(1), [0; 5]);
        assert_eq!(found.cut(9), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_heavy_row_counts_as_the_rows_it_stands_for() {
        let many = array![[0.0], [0.0], [0.0], [1.0], [2.2]];
        let few = array![[0.0], [1.0], [2.2]];
        let heavy = Hierarchy::of(few.view(), &[3.0, 1.0, 1.0], Steps::new(&Quiet, 0, 1)).unwrap();
        let (all, some): (Vec<f32>, Vec<f32>) = (tree(many.view()).growths().collect(), heavy.growths().collect());
        assert!(all.iter().zip(&some).all(|(a, b)| (a - b).abs() < 1e-5), "{all:?} {some:?}");
    }

    #[test]
    fn separate_subjects_are_the_branches() {
        let rows = around(12, 20, 16, 0.2);
        let labels: Vec<usize> = (0..rows.nrows()).map(|i| i % 12).collect();
        assert!(nmi(&tree(rows.view()).cut(12), &labels) > 0.99);
    }

    proptest! {
        #[test]
        fn each_join_is_the_one_that_spreads_rows_least(cells in prop::collection::vec(-40i8..40, 4..40)) {
            let rows = ndarray::Array2::from_shape_fn((cells.len() / 2, 2), |(i, c)| f32::from(cells[2 * i + c]));
            // The definition: of all pairs of groups the one whose union spreads least.
            let spread = |group: &[usize]| {
                let middle = rows.select(ndarray::Axis(0), group).mean_axis(ndarray::Axis(0)).unwrap();
                group.iter().map(|i| (&rows.row(*i) - &middle).mapv(|v| v * v).sum()).sum::<f32>()
            };
            let mut groups: Vec<Vec<usize>> = (0..rows.nrows()).map(|i| vec![i]).collect();
            for found in tree(rows.view()).joins {
                let pairs = (0..groups.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
                let grows = |(a, b): (usize, usize)| {
                    spread(&[&groups[a][..], &groups[b][..]].concat()) - spread(&groups[a]) - spread(&groups[b])
                };
                let least = pairs.map(grows).fold(f32::INFINITY, f32::min);
                prop_assert!((found.2 - least).abs() <= 1e-3 * least.max(1.0), "{} {}", found.2, least);
                let home = |leaf: u32| groups.iter().position(|group| group.contains(&(leaf as usize))).unwrap();
                let (a, b) = (home(found.0), home(found.1));
                prop_assert!(a != b);
                let gone = groups[b].clone();
                groups[a].extend(gone);
                groups.remove(b);
            }
        }

        #[test]
        fn fewer_groups_are_unions_of_more(cells in prop::collection::vec(-4i8..4, 2..40), k in 1usize..12) {
            let rows = ndarray::Array2::from_shape_fn((cells.len() / 2, 2), |(i, c)| f32::from(cells[2 * i + c]));
            let found = tree(rows.view());
            let (fine, coarse) = (found.cut(k + 1), found.cut(k));
            prop_assert_eq!(coarse.iter().max().map_or(0, |m| *m as usize + 1), k.min(rows.nrows()));
            let mut into = std::collections::BTreeMap::new();
            for (f, c) in fine.iter().zip(&coarse) {
                prop_assert_eq!(into.entry(f).or_insert(c), &c);
            }
        }
    }
}
