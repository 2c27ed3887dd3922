//! The middles of what an intent's examples mean: a few for each intent, of which none stands for a single odd example.
//!
//! How near a text is to the nearest of them tells whether it is in scope. Measured on clinc150's questions out of scope
//! beside the margins: middles find as many as all 15,000 examples do, and more than as many examples as there are
//! middles.

use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_clustering::{KMeans, KMeansInit};
use linfa_nn::distance::L2Dist;
use ndarray::{Array1, Array2, Axis};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

use crate::domain::vector::Vectors;
use crate::nlu::names::ALWAYS;
use crate::nlu::neighbours::{MOST, Neighbours};

/// Middles an intent has at most, and [`MOST`] all together.
const EACH: usize = 8;
const ROUNDS: u64 = 10;
const TOLERANCE: f32 = 1e-3;

/// The middles of all examples, and how near each example was to those it had no part in.
pub(super) struct Near {
    pub neighbours: Neighbours,
    /// Of each example that was held out: to the nearest, and to the nearest of other classes.
    pub closeness: Vec<(f32, f32)>,
}

impl Near {
    /// Finds the middles of crowds of rows of length 1. A fold's examples are held against the middles of all others.
    pub fn of(rows: &Array2<f32>, crowds: &Crowds, truth: &[u16], folds: &[u8]) -> Self {
        let mut parts: Vec<u8> = folds.iter().copied().filter(|fold| *fold != ALWAYS).collect();
        parts.sort_unstable();
        parts.dedup();
        let mut closeness = vec![(0.0, 0.0); truth.len()];
        for part in parts {
            let others = neighbours(rows, crowds, |i| folds[i] != part);
            let held = closeness.par_iter_mut().enumerate().filter(|(i, _)| folds[*i] == part);
            held.for_each(|(i, closeness)| {
                let mut packed = Vectors::new(rows.ncols());
                packed.push(rows.row(i).to_slice().expect("rows lie in one piece"));
                let (scale, numbers) = packed.row(0);
                let cosines = others.cosines(scale, numbers);
                let strange = |at: usize| others.classes[at] != truth[i];
                *closeness = (others.closeness(&cosines, |_| true), others.closeness(&cosines, strange));
            });
        }
        Self { neighbours: neighbours(rows, crowds, |_| true), closeness }
    }
}

/// Where the examples of each class crowd: groups of what lies close, in the order of the classes.
pub(super) struct Crowds(Vec<(u16, Vec<usize>)>);

impl Crowds {
    /// Deals the examples of each class into a few groups; examples of few are groups of their own.
    pub fn of(rows: &Array2<f32>, truth: &[u16], intents: usize, seed: u64) -> Self {
        let each = (MOST / intents.max(1)).clamp(1, EACH);
        let mut of_class = vec![Vec::new(); intents];
        truth.iter().enumerate().for_each(|(i, class)| of_class[usize::from(*class)].push(i));
        let dealt: Vec<Vec<(u16, Vec<usize>)>> = of_class
            .into_par_iter()
            .enumerate()
            .map(|(class, examples)| {
                let parts = if examples.len() <= each { alone(&examples) } else { close(rows, &examples, each, seed) };
                parts.into_iter().map(|part| (class as u16, part)).collect()
            })
            .collect();
        Self(dealt.into_iter().flatten().collect())
    }

    /// Joins groups of a class that lie close until none has more than `each`.
    pub fn fewer(&self, rows: &Array2<f32>, each: usize, seed: u64) -> Self {
        let middles = self.middles(rows, |_| true);
        let joined: Vec<Vec<(u16, Vec<usize>)>> = self
            .0
            .par_chunk_by(|a, b| a.0 == b.0)
            .map(|groups| {
                let class = groups[0].0;
                let own: Vec<&Array1<f32>> = middles.iter().filter(|(of, _)| *of == class).map(|(_, m)| m).collect();
                if groups.len() <= each || own.len() != groups.len() {
                    return groups.to_vec();
                }
                let points = Array2::from_shape_fn((own.len(), rows.ncols()), |(at, number)| own[at][number]);
                let all: Vec<usize> = (0..groups.len()).collect();
                let join = |part: Vec<usize>| (class, part.into_iter().flat_map(|at| groups[at].1.clone()).collect());
                close(&points, &all, each, seed).into_iter().map(join).collect()
            })
            .collect();
        Self(joined.into_iter().flatten().collect())
    }

    /// Returns the direction of each group's mean, of the examples that are `in_it`; a group without any has none.
    pub fn middles(&self, rows: &Array2<f32>, in_it: impl Fn(usize) -> bool + Sync) -> Vec<(u16, Array1<f32>)> {
        let means: Vec<Option<(u16, Array1<f32>)>> = self
            .0
            .par_iter()
            .map(|(class, group)| {
                let mut sum = Array1::zeros(rows.ncols());
                group.iter().filter(|i| in_it(**i)).for_each(|i| sum += &rows.row(*i));
                let length = sum.dot(&sum).sqrt();
                (length > 1e-6).then(|| (*class, sum / length))
            })
            .collect();
        means.into_iter().flatten().collect()
    }
}

fn alone(examples: &[usize]) -> Vec<Vec<usize>> {
    examples.iter().map(|i| vec![*i]).collect()
}

fn close(rows: &Array2<f32>, examples: &[usize], count: usize, seed: u64) -> Vec<Vec<usize>> {
    let own = DatasetBase::from(rows.select(Axis(0), examples));
    let fitted = KMeans::params_with(count, Xoshiro256Plus::seed_from_u64(seed), L2Dist)
        .init_method(KMeansInit::KMeansPlusPlus)
        .n_runs(1)
        .max_n_iterations(ROUNDS)
        .tolerance(TOLERANCE)
        .fit(&own);
    // Numbers nothing can be made of are one group: their mean is as good as any.
    let Ok(fitted) = fitted else { return vec![examples.to_vec()] };
    let mut parts = vec![Vec::new(); count];
    fitted.predict(&own).iter().zip(examples).for_each(|(part, i)| parts[*part].push(*i));
    parts.retain(|part| !part.is_empty());
    parts
}

fn neighbours(rows: &Array2<f32>, crowds: &Crowds, in_it: impl Fn(usize) -> bool + Sync) -> Neighbours {
    let mut found = Neighbours { vectors: Vectors::new(rows.ncols()), classes: Vec::new() };
    for (class, middle) in crowds.middles(rows, in_it) {
        found.vectors.push(middle.as_slice().expect("a sum lies in one piece"));
        found.classes.push(class);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(numbers: &[[f32; 2]]) -> Array2<f32> {
        Array2::from_shape_fn((numbers.len(), 2), |(i, j)| {
            let [x, y] = numbers[i];
            numbers[i][j] / (x * x + y * y).sqrt()
        })
    }

    #[test]
    fn an_odd_example_is_held_against_those_it_had_no_part_in() {
        // Nine of one class along one axis, nine of the other along the other; one of the first is far from all.
        let mut numbers: Vec<[f32; 2]> = (0..9).map(|i| [1.0, 0.01 * i as f32]).collect();
        numbers.extend((0..9).map(|i| [0.01 * i as f32, 1.0]));
        numbers.push([-1.0, -1.0]);
        let truth: Vec<u16> = (0..19).map(|i| u16::from((9..18).contains(&i))).collect();
        let folds: Vec<u8> = (0..19).map(|i| (i % 3) as u8).collect();
        let rows = rows(&numbers);
        let near = Near::of(&rows, &Crowds::of(&rows, &truth, 2, 1), &truth, &folds);
        assert!(near.closeness[0].0 > 0.95 && near.closeness[0].1 < 0.3, "{:?}", near.closeness[0]);
        assert!(near.closeness[18].0 < 0.0, "{:?}", near.closeness[18]);
        assert!(near.neighbours.classes.len() <= 2 * EACH);
    }

    proptest! {
        #[test]
        fn every_class_keeps_a_few_middles_of_length_one(
            numbers in prop::collection::vec((prop::array::uniform2(0.1f32..1.0), 0u16..4), 1..60), seed: u64,
        ) {
            let (points, truth): (Vec<[f32; 2]>, Vec<u16>) = numbers.into_iter().unzip();
            let folds: Vec<u8> = (0..truth.len()).map(|i| (i % 4) as u8).collect();
            let rows = rows(&points);
            let found = || {
                let crowds = Crowds::of(&rows, &truth, 4, seed);
                (Near::of(&rows, &crowds, &truth, &folds), crowds)
            };
            let (near, crowds) = found();
            for class in 0..4u16 {
                let examples = truth.iter().filter(|t| **t == class).count();
                let middles = near.neighbours.classes.iter().filter(|c| **c == class).count();
                prop_assert!(middles <= examples.min(EACH) && (middles > 0) == (examples > 0));
            }
            for at in 0..near.neighbours.classes.len() {
                let length: f32 = near.neighbours.vectors.unpacked(at).iter().map(|x| x * x).sum();
                prop_assert!((length - 1.0).abs() < 0.05);
            }
            let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
            let (again, _) = alone.install(found);
            prop_assert_eq!(again.neighbours, near.neighbours);
            prop_assert_eq!(again.closeness, near.closeness);
            // Joined groups hold the same examples, each of its own class.
            for each in 1..4 {
                let fewer = crowds.fewer(&rows, each, seed);
                let mut all: Vec<usize> = fewer.0.iter().flat_map(|(_, group)| group.clone()).collect();
                all.sort_unstable();
                prop_assert_eq!(all, (0..truth.len()).collect::<Vec<_>>());
                prop_assert!(fewer.0.iter().all(|(class, group)| group.iter().all(|i| truth[*i] == *class)));
                for class in 0..4u16 {
                    prop_assert!(fewer.0.iter().filter(|(of, _)| *of == class).count() <= each);
                }
            }
        }
    }
}
