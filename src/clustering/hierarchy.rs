//! One tree over rows by Ward's rule, from which any number of groups is cut.
//!
//! Each step joins the two groups whose union spreads least (nearest-neighbour chain over Lance–Williams
//! distances, Murtagh 1983), so that asking for 20, 50 or 300 groups costs one tree. Distances of all pairs are
//! held: for up to a few thousand rows, which may stand for many others by their weight.

use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::clustering::dense::against;
use crate::clustering::error::Error;
use crate::clustering::steps::Steps;

/// Rows a thread looks at at least; with fewer, handing them over takes longer.
const SIDE_BY_SIDE: usize = 1024;

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
        let mut sizes = weights.to_vec();
        let lengths: Vec<f32> = rows.rows().into_iter().map(|row| row.dot(&row)).collect();
        // Row by row: the growth of spread when two groups are joined. A group that was joined into another is gone.
        let mut growth: Vec<Vec<f32>> = against(rows, rows, |i, products| {
            let apart = |j: usize| (lengths[i] + lengths[j] - 2.0 * products[j]).max(0.0);
            (0..leaves).map(|j| apart(j) * weights[i] * weights[j] / (weights[i] + weights[j]).max(1e-12)).collect()
        });
        let mut alive: Vec<u32> = (0..leaves as u32).collect();
        let (mut joins, mut chain) = (Vec::with_capacity(leaves.saturating_sub(1)), Vec::<u32>::new());
        while alive.len() > 1 {
            if joins.len() % 64 == 0 {
                steps.at(joins.len(), leaves)?;
            }
            let tip = *chain.last().unwrap_or(&alive[0]);
            if chain.is_empty() {
                chain.push(tip);
            }
            let before = chain.len().checked_sub(2).map(|at| chain[at]);
            // The one before wins ties, so that the chain ends.
            let mut nearest = before.map(|other| (growth[tip as usize][other as usize], other));
            for other in &alive {
                let apart = growth[tip as usize][*other as usize];
                if *other != tip && nearest.is_none_or(|(least, _)| apart < least) {
                    nearest = Some((apart, *other));
                }
            }
            let (apart, other) = nearest.expect("two groups are left");
            if Some(other) != before {
                chain.push(other);
                continue;
            }
            chain.truncate(chain.len() - 2);
            let (kept, gone) = (tip.min(other), tip.max(other));
            joins.push((kept, gone, apart));
            alive.remove(alive.binary_search(&gone).expect("it was left"));
            let (a, b) = (sizes[kept as usize], sizes[gone as usize]);
            let removed = std::mem::take(&mut growth[gone as usize]);
            let mut own = std::mem::take(&mut growth[kept as usize]);
            // Each of the others' rows is far from the next in memory: two threads wait half as long.
            let others = growth.par_iter_mut().zip(&mut own).zip(&removed).zip(&sizes).with_min_len(SIDE_BY_SIDE);
            others.for_each(|(((other, to_kept), to_gone), c)| {
                // Those that are gone have no row left.
                if let Some(from_other) = other.get_mut(kept as usize) {
                    let joined = ((a + c) * *to_kept + (b + c) * to_gone - c * apart) / (a + b + c).max(1e-12);
                    (*to_kept, *from_other) = (joined, joined);
                }
            });
            growth[kept as usize] = own;
            sizes[kept as usize] = a + b;
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
