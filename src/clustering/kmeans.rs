//! K-means: a given number of groups, each row to its nearest centre.
//!
//! Seeds by greedy k-means++ and Lloyd's rounds by blocked products find the centres fast; `linfa-clustering`
//! starts from them (`KMeansInit::Precomputed`) and gives the model that is reported. Above [`SAMPLE`] rows all of
//! this happens on a sample, and the model's centres then make a few rounds over all rows.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::{Array2, ArrayView2, Axis, s};
use rand::{Rng, SeedableRng};
use rand_xoshiro::{Xoshiro256Plus, Xoshiro256PlusPlus};
use rayon::prelude::*;

use crate::clustering::dense::{Nearest, against, nearest, sampled};
use crate::clustering::error::Error;
use crate::clustering::steps::Steps;

/// Centres are sought on at most this many rows.
pub const SAMPLE: usize = 10_000;
/// Seeds are drawn from at most this many rows (more when many centres are asked for).
const SEED_ROWS: usize = 4_000;
/// Rounds of the own search, of the reported model, and over all rows after a sample.
const SEARCH_ROUNDS: usize = 40;
const MODEL_ROUNDS: u64 = 2;
const LAST_ROUNDS: usize = 3;
/// With so many distances (rows × centres) or fewer, the search starts several times and the tightest wins.
const CHEAP: usize = 1_500_000;
const STARTS: usize = 5;

/// Centres, and where every row belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub centres: Array2<f32>,
    pub nearest: Vec<Nearest>,
}

impl Model {
    /// Returns the mean squared distance of rows to their centres.
    pub fn inertia(&self) -> f64 {
        self.nearest.iter().map(|n| f64::from(n.distance)).sum::<f64>() / self.nearest.len().max(1) as f64
    }
}

/// Groups rows of length 1 around `k` centres (fewer when there are fewer rows).
pub fn fit(rows: ArrayView2<'_, f32>, k: usize, seed: u64, steps: Steps<'_>) -> Result<Model, Error> {
    let k = k.clamp(1, rows.nrows().max(1));
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let sampled = (rows.nrows() > SAMPLE).then(|| rows.select(Axis(0), &sampled(rows.nrows(), SAMPLE, seed)));
    let sample = sampled.as_ref().map_or(rows.reborrow(), |s| s.view());
    let starts = if sample.nrows() * k <= CHEAP { STARTS } else { 1 };
    let mut best: Option<Model> = None;
    for start in 0..starts {
        let seeds = seeds(thinned(sample, SEED_ROWS.max(20 * k)), k, &mut random);
        let found = lloyd(sample, seeds, SEARCH_ROUNDS, steps.part(start, starts + 2))?;
        if best.as_ref().is_none_or(|b| found.inertia() < b.inertia()) {
            best = Some(found);
        }
    }
    let centres = reported(sample, best.expect("there is at least one start").centres, seed)?;
    steps.part(starts, starts + 2).at(1, 1)?;
    let last = steps.part(starts + 1, starts + 2);
    match sampled {
        Some(_) => lloyd(rows, centres, LAST_ROUNDS, last),
        None => Ok(Model { nearest: nearest(rows, centres.view()), centres }),
    }
}

/// Picks `k` rows far from each other: each next one by chance in proportion to its squared distance from those
/// picked, the best of a few such picks (greedy k-means++).
pub fn seeds(rows: ArrayView2<'_, f32>, k: usize, random: &mut Xoshiro256PlusPlus) -> Array2<f32> {
    let tries = 2 + (k as f64).ln() as usize;
    let first = random.gen_range(0..rows.nrows());
    let mut picked = vec![first];
    let mut distances: Vec<f32> = against(rows, rows.select(Axis(0), &[first]).view(), |_, p| apart(p[0]));
    while picked.len() < k {
        let total: f64 = distances.iter().map(|d| f64::from(*d)).sum();
        let candidates: Vec<usize> = (0..tries).map(|_| draw(&distances, random.r#gen::<f64>() * total)).collect();
        let nearer: Vec<Vec<f32>> = against(rows, rows.select(Axis(0), &candidates).view(), |i, products| {
            products.iter().map(|p| apart(*p).min(distances[i])).collect()
        });
        let left = |t: usize| nearer.iter().map(|n| f64::from(n[t])).sum::<f64>();
        let (best, _) = (0..tries).map(|t| (t, left(t))).min_by(|a, b| a.1.total_cmp(&b.1)).expect("two or more tries");
        picked.push(candidates[best]);
        distances.iter_mut().zip(&nearer).for_each(|(d, n)| *d = n[best]);
    }
    rows.select(Axis(0), &picked)
}

/// Returns every second, third, … row, so that not many more than `most` remain.
pub fn thinned(rows: ArrayView2<'_, f32>, most: usize) -> ArrayView2<'_, f32> {
    let step = (rows.nrows() / most.max(1)).max(1);
    rows.slice_move(s![..;step, ..])
}

/// Moves centres to the mean of their rows until rows stay, or for `rounds`.
pub fn lloyd(
    rows: ArrayView2<'_, f32>,
    mut centres: Array2<f32>,
    rounds: usize,
    steps: Steps<'_>,
) -> Result<Model, Error> {
    let mut belongs = nearest(rows, centres.view());
    let mut before = f64::INFINITY;
    for round in 0..rounds {
        steps.at(round, rounds)?;
        centres = means(rows, &belongs, centres);
        belongs = nearest(rows, centres.view());
        let spread: f64 = belongs.iter().map(|n| f64::from(n.distance)).sum();
        if spread >= before * (1.0 - 1e-4) {
            break;
        }
        before = spread;
    }
    steps.at(rounds, rounds)?;
    Ok(Model { centres, nearest: belongs })
}

/// Returns the mean of each centre's rows; a centre without rows moves to the row farthest from its own.
fn means(rows: ArrayView2<'_, f32>, belongs: &[Nearest], centres: Array2<f32>) -> Array2<f32> {
    let mut members = vec![Vec::new(); centres.nrows()];
    belongs.iter().enumerate().for_each(|(i, n)| members[n.centre as usize].push(i));
    let mut far: Vec<usize> = Vec::new();
    if members.iter().any(Vec::is_empty) {
        far = (0..belongs.len()).collect();
        far.sort_by(|a, b| belongs[*b].distance.total_cmp(&belongs[*a].distance).then(a.cmp(b)));
        far.truncate(centres.nrows());
    }
    let mut far = far.into_iter();
    for alone in members.iter_mut().filter(|m| m.is_empty()) {
        alone.extend(far.next());
    }
    let mut moved = centres;
    moved.axis_iter_mut(Axis(0)).into_par_iter().zip(&members).for_each(|(mut centre, members)| {
        if !members.is_empty() {
            centre.fill(0.0);
            members.iter().for_each(|i| centre += &rows.row(*i));
            centre /= members.len() as f32;
        }
    });
    moved
}

/// Lets `linfa-clustering` finish from the centres found.
fn reported(rows: ArrayView2<'_, f32>, centres: Array2<f32>, seed: u64) -> Result<Array2<f32>, Error> {
    let model = KMeans::params_with_rng(centres.nrows(), Xoshiro256Plus::seed_from_u64(seed))
        .init_method(KMeansInit::Precomputed(centres))
        .n_runs(1)
        .max_n_iterations(MODEL_ROUNDS)
        .tolerance(1e-3)
        .fit(&DatasetBase::from(rows.to_owned()))?;
    Ok(model.centroids().clone())
}

/// The squared distance of two rows of length 1.
fn apart(product: f32) -> f32 {
    (2.0 - 2.0 * product).max(0.0)
}

fn draw(distances: &[f32], mark: f64) -> usize {
    let mut sum = 0.0;
    for (i, d) in distances.iter().enumerate() {
        sum += f64::from(*d);
        if *d > 0.0 && sum >= mark {
            return i;
        }
    }
    // All rows are picked already, or rounding left the mark behind the last row.
    distances.iter().rposition(|d| *d > 0.0).unwrap_or(0)
}

#[cfg(test)]
pub(in crate::clustering) mod tests {
    use super::*;
    use crate::clustering::reduce::normalise;
    use crate::progress::Quiet;

    /// Rows around `subjects` random directions, one after the other in turn.
    pub fn around(subjects: usize, each: usize, dimensions: usize, noise: f32) -> Array2<f32> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut sign = |_| random.gen_range(-1.0..1.0f32);
        let mut directions = Array2::from_shape_fn((subjects, dimensions), &mut sign);
        normalise(&mut directions);
        let mut rows = Array2::from_shape_fn((subjects * each, dimensions), |at| sign(at) * noise);
        rows.axis_iter_mut(Axis(0)).enumerate().for_each(|(i, mut row)| row += &directions.row(i % subjects));
        normalise(&mut rows);
        rows
    }

    #[test]
    fn separate_subjects_are_found() {
        let rows = around(7, 30, 16, 0.15);
        let model = fit(rows.view(), 7, 1, Steps::new(&Quiet, 0, 1)).unwrap();
        for i in 7..rows.nrows() {
            assert_eq!(model.nearest[i].centre, model.nearest[i % 7].centre, "row {i}");
        }
        assert!(model.inertia() < 0.2);
    }

    #[test]
    fn identical_rows_and_too_many_centres_are_no_trouble() {
        let rows = Array2::from_shape_fn((5, 3), |(_, c)| if c == 0 { 1.0 } else { 0.0 });
        let model = fit(rows.view(), 9, 1, Steps::new(&Quiet, 0, 1)).unwrap();
        assert!(model.nearest.iter().all(|n| n.centre == model.nearest[0].centre && n.distance < 1e-5));
    }

    #[test]
    fn more_rounds_never_spread_rows_wider() {
        let rows = around(9, 40, 12, 0.8);
        let start = seeds(rows.view(), 9, &mut Xoshiro256PlusPlus::seed_from_u64(5));
        let spread = |rounds| lloyd(rows.view(), start.clone(), rounds, Steps::new(&Quiet, 0, 1)).unwrap().inertia();
        let spreads: Vec<f64> = [0, 1, 2, 4, 8].into_iter().map(spread).collect();
        assert!(spreads.windows(2).all(|w| w[1] <= w[0] + 1e-6), "{spreads:?}");
    }
}
