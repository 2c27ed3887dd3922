//! Groups where rows lie close together; what lies alone stays alone.
//!
//! `linfa-clustering`'s DBSCAN runs over a ladder of distances, from loose to tight, which the rows' own
//! neighbour distances give. Its groups nest, and the ones that hold most rows over the widest stretch of the
//! ladder are taken (the excess of mass of HDBSCAN, on steps). DBSCAN asks for neighbours through
//! `linfa-nn`'s trait; [`Known`] answers from a graph of nearest neighbours made once by blocked products.
//!
//! Costs grow with the square of rows: for up to about ten thousand. `group` samples above.

use std::sync::Arc;

use linfa::Float;
use linfa::ParamGuard;
use linfa::traits::Transformer;
use linfa_clustering::Dbscan;
use linfa_nn::distance::{Distance, L2Dist};
use linfa_nn::{BuildError, NearestNeighbour, NearestNeighbourIndex, NnError};
use ndarray::{Array2, ArrayBase, ArrayView1, ArrayView2, Data, Ix2};

use crate::clustering::dense::graph;
use crate::clustering::error::Error;
use crate::clustering::steps::Steps;

/// Neighbours kept of each row. More only make dense places denser.
const NEIGHBOURS: usize = 48;
/// Steps of the ladder: the share of rows that have enough neighbours there, loosest first.
const LADDER: [f64; 12] = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.05];

/// Returns the group of each row of length 1, `None` where it lies alone; no group has fewer than `min_size`.
pub fn fit(rows: ArrayView2<'_, f32>, min_size: usize, steps: Steps<'_>) -> Result<Vec<Option<u32>>, Error> {
    let (count, min_size) = (rows.nrows(), min_size.max(2));
    let enough = min_size.clamp(3, 6).min(count);
    if count < 2 || rows.ncols() == 0 {
        return Ok(vec![None; count]);
    }
    steps.at(0, LADDER.len() + 2)?;
    let known = Known::of(rows);
    let numbers = Array2::from_shape_fn((count, 1), |(i, _)| i as f64);
    let ladder = known.ladder(enough - 1);
    let mut levels: Vec<Vec<Option<usize>>> = Vec::new();
    for (i, distance) in ladder.iter().enumerate() {
        steps.at(2 + i, LADDER.len() + 2)?;
        let dbscan = Dbscan::params_with(enough.max(2), L2Dist, known.clone()).tolerance(*distance).check()?;
        levels.push(dbscan.transform(&numbers).to_vec());
    }
    let gains: Vec<f64> = ladder.iter().map(|d| 1.0 - d * d / 2.0).collect();
    Ok(Tree::of(&levels, &gains, min_size).chosen(count))
}

/// Nearest neighbours found beforehand; points are given to DBSCAN by number, as rows of one cell.
#[derive(Debug, Clone)]
struct Known {
    /// Distances and numbers, nearest first.
    neighbours: Arc<Vec<Vec<(f64, usize)>>>,
}

impl Known {
    fn of(rows: ArrayView2<'_, f32>) -> Self {
        let apart = |cosine: f32| (2.0 - 2.0 * f64::from(cosine)).max(0.0).sqrt();
        let near = graph(rows, NEIGHBOURS);
        let neighbours =
            near.into_iter().map(|row| row.into_iter().map(|(i, cosine)| (apart(cosine), i as usize)).collect());
        Self { neighbours: Arc::new(neighbours.collect()) }
    }

    /// Returns distances, falling, at which the ladder's shares of rows have `enough` neighbours.
    fn ladder(&self, enough: usize) -> Vec<f64> {
        let mut reach: Vec<f64> = self
            .neighbours
            .iter()
            .filter_map(|row| row.get(enough.max(1) - 1).map(|(distance, _)| *distance))
            .collect();
        reach.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| reach[((reach.len() - 1) as f64 * share) as usize];
        let mut ladder: Vec<f64> = LADDER.iter().filter(|_| !reach.is_empty()).map(|share| at(*share) + 1e-6).collect();
        // Above a right angle nothing is shared.
        ladder.retain(|distance| *distance < 1.4);
        ladder.dedup();
        ladder
    }
}

impl NearestNeighbour for Known {
    fn from_batch_with_leaf_size<'a, F: Float, DT: Data<Elem = F>, D: 'a + Distance<F>>(
        &self,
        batch: &'a ArrayBase<DT, Ix2>,
        _leaf_size: usize,
        _distance: D,
    ) -> Result<Box<dyn 'a + Send + Sync + NearestNeighbourIndex<F>>, BuildError> {
        Ok(Box::new(KnownIndex { known: self.clone(), batch: batch.view() }))
    }
}

struct KnownIndex<'a, F> {
    known: Known,
    batch: ArrayView2<'a, F>,
}

impl<F: Float> KnownIndex<'_, F> {
    #[allow(clippy::type_complexity)] // the shape the crate's own trait returns
    fn row(&self, point: &ArrayView1<'_, F>) -> Result<(usize, &[(f64, usize)]), NnError> {
        let number = point.first().and_then(|n| n.to_usize()).ok_or(NnError::WrongDimension)?;
        let near = self.known.neighbours.get(number).ok_or(NnError::WrongDimension)?;
        Ok((number, near))
    }
}

impl<F: Float> NearestNeighbourIndex<F> for KnownIndex<'_, F> {
    fn k_nearest(&self, point: ArrayView1<'_, F>, k: usize) -> Result<Vec<(ArrayView1<'_, F>, usize)>, NnError> {
        let (number, near) = self.row(&point)?;
        Ok([number].into_iter().chain(near.iter().map(|(_, i)| *i)).take(k).map(|i| (self.batch.row(i), i)).collect())
    }

    fn within_range(&self, point: ArrayView1<'_, F>, range: F) -> Result<Vec<(ArrayView1<'_, F>, usize)>, NnError> {
        let (number, near) = self.row(&point)?;
        let range = range.to_f64().unwrap_or(0.0);
        let within = near.iter().take_while(|(distance, _)| *distance < range).map(|(_, i)| *i);
        Ok([number].into_iter().chain(within).map(|i| (self.batch.row(i), i)).collect())
    }
}

/// The groups of all levels, those of tighter levels inside those of looser ones.
struct Tree {
    nodes: Vec<Node>,
}

struct Node {
    level: usize,
    members: Vec<usize>,
    children: Vec<usize>,
    root: bool,
    /// Rows held × stretch of similarity over which this level holds them.
    mass: f64,
}

impl Tree {
    fn of(levels: &[Vec<Option<usize>>], gains: &[f64], min_size: usize) -> Self {
        let mut nodes: Vec<Node> = Vec::new();
        // The node each row belonged to on the level before.
        let mut above: Vec<Option<usize>> = vec![None; levels.first().map_or(0, Vec::len)];
        for (level, groups) in levels.iter().enumerate() {
            let mut members: Vec<Vec<usize>> = vec![Vec::new(); groups.iter().flatten().max().map_or(0, |m| m + 1)];
            groups.iter().enumerate().filter_map(|(i, g)| Some((i, (*g)?))).for_each(|(i, g)| members[g].push(i));
            let stretch = if level == 0 { 0.0 } else { gains[level] - gains[level - 1] };
            let mut here: Vec<Option<usize>> = vec![None; groups.len()];
            for members in members.into_iter().filter(|m| m.len() >= min_size) {
                let node = nodes.len();
                members.iter().for_each(|i| here[*i] = Some(node));
                let parent = most_common(members.iter().filter_map(|i| above[*i]));
                if let Some(parent) = parent {
                    let parent: &mut Node = &mut nodes[parent];
                    parent.children.push(node);
                }
                let mass = members.len() as f64 * stretch;
                nodes.push(Node { level, members, children: Vec::new(), root: parent.is_none(), mass });
            }
            above = here;
        }
        Self { nodes }
    }

    /// Returns the group of each row: of a branch and those it splits into, whichever holds more.
    fn chosen(&self, count: usize) -> Vec<Option<u32>> {
        // What a branch holds from here down, and what the branches it splits into hold. A single child is the
        // same branch on a tighter level. Children stand behind their parents.
        let (mut own, mut below) = (vec![0.0; self.nodes.len()], vec![0.0; self.nodes.len()]);
        for (i, node) in self.nodes.iter().enumerate().rev() {
            (own[i], below[i]) = match node.children[..] {
                [child] => (node.mass + own[child], below[child]),
                _ => (node.mass, node.children.iter().map(|c| f64::max(own[*c], below[*c])).sum()),
            };
        }
        let mut taken: Vec<usize> = Vec::new();
        let mut open: Vec<usize> = (0..self.nodes.len()).filter(|i| self.nodes[*i].root).collect();
        while let Some(branch) = open.pop() {
            if below[branch] > own[branch] {
                let mut end = branch;
                while let [child] = self.nodes[end].children[..] {
                    end = child;
                }
                open.extend(&self.nodes[end].children);
            } else {
                taken.push(branch);
            }
        }
        // Tighter groups keep the rows on their edge.
        taken.sort_by_key(|i| (std::cmp::Reverse(self.nodes[*i].level), *i));
        let mut groups = vec![None; count];
        for (group, i) in taken.into_iter().enumerate() {
            for member in &self.nodes[i].members {
                groups[*member].get_or_insert(group as u32);
            }
        }
        groups
    }
}

fn most_common(items: impl Iterator<Item = usize>) -> Option<usize> {
    let mut sorted: Vec<usize> = items.collect();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).max_by_key(|same| (same.len(), std::cmp::Reverse(same[0]))).map(|same| same[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::kmeans::tests::around;
    use crate::progress::Quiet;
    use ndarray::{Axis, concatenate};

    fn groups(rows: &Array2<f32>) -> Vec<Option<u32>> {
        fit(rows.view(), 4, Steps::new(&Quiet, 0, 1)).unwrap()
    }

    /// The group most rows of a place are in.
    fn home(found: &[Option<u32>], place: usize) -> u32 {
        let groups = (place..found.len()).step_by(6).filter_map(|i| found[i]);
        most_common(groups.map(|g| g as usize)).expect("a place has a group") as u32
    }

    #[test]
    fn dense_places_are_groups_and_lonely_rows_stay_alone() {
        let dense = around(6, 25, 24, 0.1);
        let lonely = around(30, 1, 24, 0.0).slice_move(ndarray::s![6.., ..]);
        let found = groups(&concatenate(Axis(0), &[dense.view(), lonely.view()]).unwrap());
        let home: Vec<u32> = (0..6).map(|place| home(&found[..150], place)).collect();
        assert_eq!(home.iter().collect::<std::collections::BTreeSet<_>>().len(), 6, "six places, six groups");
        let strayed = (0..150).filter(|i| found[*i].is_some_and(|g| g != home[i % 6])).count();
        let left_out = found[..150].iter().filter(|g| g.is_none()).count();
        assert!(strayed == 0 && left_out <= 7, "{strayed} strayed, {left_out} left out");
        let alone = found[150..].iter().filter(|g| g.is_none()).count();
        assert!(alone >= 20, "{alone} of 24 stay alone");
    }

    #[test]
    fn places_of_different_density_are_found_together() {
        let rows = concatenate(Axis(0), &[around(4, 30, 24, 0.03).view(), around(9, 30, 24, 0.16).view()]).unwrap();
        let found = groups(&rows);
        let labels: Vec<usize> = (0..rows.nrows()).map(|i| if i < 120 { i % 4 } else { (i - 120) % 9 }).collect();
        assert!(crate::clustering::agreement::nmi(&found, &labels) > 0.85);
    }

    #[test]
    fn the_ladder_answers_as_a_linear_search_would() {
        let rows = around(5, 8, 6, 0.4);
        let known = Known::of(rows.view());
        let numbers = Array2::from_shape_fn((40, 1), |(i, _)| i as f64);
        let wide = rows.mapv(f64::from);
        for distance in [0.1, 0.3, 0.6] {
            let ours = Dbscan::params_with(3, L2Dist, known.clone()).tolerance(distance).check().unwrap();
            let theirs = Dbscan::params_with(3, L2Dist, linfa_nn::CommonNearestNeighbour::LinearSearch);
            let theirs = theirs.tolerance(distance).check().unwrap();
            assert_eq!(ours.transform(&numbers), theirs.transform(&wide), "at {distance}");
        }
    }
}
