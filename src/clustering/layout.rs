//! A layout of rows in a few dimensions where neighbours pull each other and strangers push each other away, so that
//! what belongs together gathers in a place of its own.
//!
//! The fuzzy neighbour graph and its stochastic layout of UMAP (McInnes, Healy, Melville 2018) with the kernel of
//! Cauchy, which needs no power function. One thread walks the edges in a fixed order with seeded strangers: the same
//! rows give the same bytes. Some ten thousand edges an epoch take a few milliseconds.

use std::collections::BTreeMap;

use multiversion::multiversion;
use ndarray::{Array2, ArrayView2, Axis, concatenate, s};
use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::clustering::dense::graph;
use crate::clustering::error::Error;
use crate::clustering::spectral;
use crate::clustering::steps::Steps;

/// Neighbours of each row.
const NEIGHBOURS: usize = 15;
/// Dimensions of a layout.
const DIMENSIONS: usize = 8;
/// Layouts with other strangers, side by side: what one of them tore apart by chance the others hold together.
const LAYOUTS: usize = 2;
/// Times every edge may pull.
const EPOCHS: usize = 200;
/// Strangers that push for each pull.
const STRANGERS: usize = 5;
/// How far one pull or push reaches at most.
const REACH: f32 = 4.0;
/// Width of the start.
const WIDTH: f32 = 10.0;

/// Where rows lie.
pub struct Laid {
    /// By the walk over the graph of neighbours, rows of length 1.
    pub walk: Array2<f32>,
    /// In the layouts, side by side.
    pub places: Array2<f32>,
}

/// Returns a place for each row of length 1.
pub fn lay_out(rows: ArrayView2<'_, f32>, seed: u64, steps: Steps<'_>) -> Result<Laid, Error> {
    if rows.nrows() <= NEIGHBOURS {
        return Ok(Laid { walk: rows.to_owned(), places: rows.to_owned() });
    }
    let near = graph(rows, NEIGHBOURS);
    steps.part(0, 3).at(1, 1)?;
    let walk = spectral::embed(&near, seed, steps.part(1, 3))?;
    if walk.ncols() <= DIMENSIONS {
        return Ok(Laid { places: walk.clone(), walk });
    }
    let edges = edges(&near);
    // The first direction is the same for all.
    let mut start = walk.slice(s![.., 1..=DIMENSIONS]).to_owned();
    let most = start.iter().fold(1e-9f32, |most, x| most.max(x.abs()));
    start *= WIDTH / most;
    let last = steps.part(2, 3);
    let layouts: Vec<Array2<f32>> = (0..LAYOUTS)
        .into_par_iter()
        .map(|nth| {
            // Equal rows must not start in one point: nothing would ever part them.
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed.wrapping_add(nth as u64));
            let mut places = start.mapv(|x| x + unit(&mut random) * 1e-3 * WIDTH);
            pull_and_push(&mut places, &edges, &mut random, last)?;
            Ok(places)
        })
        .collect::<Result<_, Error>>()?;
    let views: Vec<ArrayView2<'_, f32>> = layouts.iter().map(|places| places.view()).collect();
    let places = concatenate(Axis(1), &views).expect("all layouts have the same rows");
    Ok(Laid { walk, places })
}

fn unit(random: &mut Xoshiro256PlusPlus) -> f32 {
    (random.next_u32() >> 8) as f32 / (1 << 24) as f32 - 0.5
}

/// An edge with its weight, 0 to 1.
struct Edge {
    from: u32,
    to: u32,
    weight: f32,
}

/// Returns the fuzzy graph: how sure a row is that another is its neighbour falls off from its nearest, so fast that
/// all together make up log2 of their number; of two opinions at least one must hold.
fn edges(near: &[Vec<(u32, f32)>]) -> Vec<Edge> {
    let mut directed: Vec<BTreeMap<u32, f32>> = Vec::with_capacity(near.len());
    for others in near {
        let apart: Vec<f32> = others.iter().map(|(_, cosine)| (1.0 - cosine).max(0.0)).collect();
        let nearest = apart.iter().copied().find(|d| *d > 1e-6).unwrap_or(0.0);
        let wanted = (others.len() as f32).log2();
        let (mut low, mut high) = (0f32, 4f32);
        for _ in 0..32 {
            let middle = (low + high) / 2.0;
            let sum: f32 = apart.iter().map(|d| (-(d - nearest).max(0.0) / middle.max(1e-6)).exp()).sum();
            if sum > wanted {
                high = middle;
            } else {
                low = middle;
            }
        }
        let width = ((low + high) / 2.0).max(1e-3 * apart.iter().sum::<f32>() / apart.len().max(1) as f32).max(1e-6);
        let sure = |d: &f32| (-(d - nearest).max(0.0) / width).exp();
        directed.push(others.iter().zip(&apart).map(|((other, _), d)| (*other, sure(d))).collect());
    }
    let mut edges = Vec::new();
    for (from, others) in directed.iter().enumerate() {
        for (to, one) in others {
            let other = directed[*to as usize].get(&(from as u32)).copied().unwrap_or(0.0);
            // Each pair once: from the smaller number, or from the only one that has it.
            if other == 0.0 || (from as u32) < *to {
                edges.push(Edge { from: from as u32, to: *to, weight: one + other - one * other });
            }
        }
    }
    edges
}

/// Moves the places: every edge pulls as often as its weight says, and for each pull some strangers push.
fn pull_and_push(
    places: &mut Array2<f32>,
    edges: &[Edge],
    random: &mut Xoshiro256PlusPlus,
    steps: Steps<'_>,
) -> Result<(), Error> {
    let most = edges.iter().fold(0f32, |most, edge| most.max(edge.weight)).max(1e-9);
    let every: Vec<f32> = edges.iter().map(|edge| most / edge.weight.max(1e-9)).collect();
    let mut next = every.clone();
    let (places, _) = places.as_slice_mut().expect("a new array lies row by row").as_chunks_mut();
    for epoch in 0..EPOCHS {
        if epoch % 8 == 0 {
            steps.at(epoch, EPOCHS)?;
        }
        let rate = 1.0 - epoch as f32 / EPOCHS as f32;
        one_epoch(places, edges, (&every, &mut next), epoch, rate, random);
    }
    steps.at(1, 1)
}

type Place = [f32; DIMENSIONS];

/// One epoch.
#[multiversion(targets("x86_64+avx2"))]
fn one_epoch(
    places: &mut [Place],
    edges: &[Edge],
    (every, next): (&[f32], &mut [f32]),
    epoch: usize,
    rate: f32,
    random: &mut Xoshiro256PlusPlus,
) {
    let rows = places.len() as u64;
    for (edge, (every, next)) in edges.iter().zip(every.iter().zip(next.iter_mut())) {
        if *next > (epoch + 1) as f32 {
            continue;
        }
        *next += every;
        let (from, to) = (edge.from as usize, edge.to as usize);
        let mut place = places[from];
        let (way, apart) = between(&place, &places[to]);
        if apart > 0.0 {
            let pull = -2.0 / (1.0 + apart);
            let step = way.map(|step| (pull * step).clamp(-REACH, REACH) * rate);
            (0..DIMENSIONS).for_each(|d| place[d] += step[d]);
            (0..DIMENSIONS).for_each(|d| places[to][d] -= step[d]);
        }
        // All of them push from where the pull left off, so that none waits for another.
        let mut pushed = [0f32; DIMENSIONS];
        for _ in 0..STRANGERS {
            let stranger = ((u64::from(random.next_u32()) * rows) >> 32) as usize;
            let (way, apart) = between(&place, &places[stranger]);
            let push = 2.0 / ((0.001 + apart) * (1.0 + apart));
            let push = if stranger == from { 0.0 } else { push };
            (0..DIMENSIONS).for_each(|d| pushed[d] += (push * way[d]).clamp(-REACH, REACH));
        }
        (0..DIMENSIONS).for_each(|d| place[d] += pushed[d] * rate);
        places[from] = place;
    }
}

/// Returns the way from one place to another, and its squared length.
#[inline(always)]
fn between(from: &Place, to: &Place) -> (Place, f32) {
    let mut way = [0f32; DIMENSIONS];
    (0..DIMENSIONS).for_each(|d| way[d] = from[d] - to[d]);
    let squares = way.map(|step| step * step);
    let mut fours = [0f32; 4];
    (0..4).for_each(|d| fours[d] = squares[d] + squares[d + 4]);
    (way, (fours[0] + fours[2]) + (fours[1] + fours[3]))
}

/// Moves each row to the group whose middle is nearest, until none moves or some rounds are over.
pub fn refine(rows: ArrayView2<'_, f32>, groups: &mut [u32], rounds: usize) {
    for _ in 0..rounds {
        let found = nearest(rows, middles(rows, groups).view());
        let moved = found != *groups;
        groups.copy_from_slice(&found);
        if !moved {
            return;
        }
    }
}

/// Returns the middle of each group.
pub fn middles(rows: ArrayView2<'_, f32>, groups: &[u32]) -> Array2<f32> {
    let count = groups.iter().max().map_or(0, |most| *most as usize + 1);
    let (mut middles, mut sizes) = (Array2::<f32>::zeros((count, rows.ncols())), vec![0f32; count]);
    for (row, group) in rows.rows().into_iter().zip(groups.iter()) {
        middles.row_mut(*group as usize).scaled_add(1.0, &row);
        sizes[*group as usize] += 1.0;
    }
    middles.axis_iter_mut(Axis(0)).zip(&sizes).for_each(|(mut middle, size)| middle /= size.max(1.0));
    middles
}

/// Returns the nearest of some middles for each row; of two equally near the first.
pub fn nearest(rows: ArrayView2<'_, f32>, middles: ArrayView2<'_, f32>) -> Vec<u32> {
    crate::clustering::dense::nearest(rows, middles).into_iter().map(|nearest| nearest.centre).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clustering::agreement::nmi;
    use crate::clustering::hierarchy::Hierarchy;
    use crate::clustering::kmeans::tests::around;
    use crate::progress::Quiet;

    #[test]
    fn subjects_gather_in_places_of_their_own_and_always_the_same() {
        let rows = around(12, 30, 24, 0.25);
        let steps = Steps::new(&Quiet, 0, 1);
        let places = lay_out(rows.view(), 7, steps).unwrap().places;
        let groups = Hierarchy::of(places.view(), &vec![1.0; places.nrows()], steps).unwrap().cut(12);
        let truth: Vec<usize> = (0..rows.nrows()).map(|i| i % 12).collect();
        let groups: Vec<usize> = groups.into_iter().map(|group| group as usize).collect();
        assert!(nmi(&groups, &truth) > 0.9, "{}", nmi(&groups, &truth));
        assert_eq!(places, lay_out(rows.view(), 7, steps).unwrap().places);
    }

    #[test]
    fn few_rows_and_equal_rows_are_no_trouble() {
        let steps = Steps::new(&Quiet, 0, 1);
        assert_eq!(lay_out(around(1, 3, 4, 0.1).view(), 1, steps).unwrap().places.nrows(), 3);
        let equal = Array2::from_shape_fn((60, 4), |(_, c)| if c == 0 { 1.0 } else { 0.0 });
        assert!(lay_out(equal.view(), 1, steps).unwrap().places.iter().all(|v| v.is_finite()));
    }

    #[test]
    fn a_row_in_the_wrong_group_goes_home() {
        let rows = ndarray::array![[0.0, 0.0], [0.1, 0.0], [0.2, 0.0], [9.0, 9.0], [9.1, 9.0], [9.2, 9.0]];
        let mut groups = vec![0, 0, 1, 1, 1, 1];
        refine(rows.mapv(|x: f64| x as f32).view(), &mut groups, 10);
        assert_eq!(groups, [0, 0, 0, 1, 1, 1]);
    }
}
