//! What a text lies near by meaning, examples or their middles: how near tells whether it is in scope, and whose they
//! are, what it means.
//!
//! Vectors are centred and of length 1; products are of whole bytes, so that they are the same everywhere. Of many
//! examples only some of each class are kept.

use crate::domain::vector::Vectors;
use multiversion::multiversion;

/// Examples kept at most.
pub const MOST: usize = 2048;
/// Of these the nearness is averaged.
const NEAREST: usize = 3;
/// Examples that vote.
const VOTERS: usize = 10;
/// How much more a nearer example's vote weighs.
const SHARPNESS: f32 = 10.0;

/// Examples with their classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    pub vectors: Vectors,
    pub classes: Vec<u16>,
}

impl Neighbours {
    /// Returns the numbers of the examples to keep: all, or about as many of each class.
    pub fn chosen(classes: &[u16], count: usize) -> Vec<usize> {
        let mut seen = vec![0usize; count];
        let mut ranked: Vec<(usize, usize)> = classes
            .iter()
            .enumerate()
            .map(|(i, class)| {
                seen[usize::from(*class)] += 1;
                (seen[usize::from(*class)], i)
            })
            .collect();
        ranked.sort_unstable();
        ranked.truncate(MOST);
        let mut chosen: Vec<usize> = ranked.into_iter().map(|(_, i)| i).collect();
        chosen.sort_unstable();
        chosen
    }

    /// Returns the cosine of a vector to each example.
    pub fn cosines(&self, scale: f32, numbers: &[i8]) -> Vec<f32> {
        (0..self.vectors.len())
            .map(|at| {
                let (other, row) = self.vectors.row(at);
                product(numbers, row) as f32 * scale * other
            })
            .collect()
    }

    /// Returns how near the nearest examples `among` are, on average: 1 is the same, 0 has nothing in common.
    pub fn closeness(&self, cosines: &[f32], among: impl Fn(usize) -> bool) -> f32 {
        let best = top::<NEAREST>(cosines, among);
        let found = best.iter().filter(|(cosine, _)| cosine.is_finite()).count();
        if found == 0 { 0.0 } else { best.iter().take(found).map(|(cosine, _)| cosine).sum::<f32>() / found as f32 }
    }

    /// Returns a margin a class, from -1 (no near example is of it) to 1 (all are).
    pub fn votes(&self, cosines: &[f32], count: usize, among: impl Fn(usize) -> bool) -> Vec<f32> {
        let mut votes = vec![0f32; count];
        let best = top::<VOTERS>(cosines, among);
        for (cosine, at) in best.iter().filter(|(cosine, _)| cosine.is_finite()) {
            votes[usize::from(self.classes[*at])] += (SHARPNESS * (cosine - best[0].0)).exp();
        }
        let all: f32 = votes.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        votes.iter().map(|vote| 2.0 * vote / all - 1.0).collect()
    }
}

/// Returns the `N` highest, highest first, of equal ones the earlier; missing ones are minus infinity.
fn top<const N: usize>(cosines: &[f32], among: impl Fn(usize) -> bool) -> [(f32, usize); N] {
    let mut best = [(f32::NEG_INFINITY, 0); N];
    for (at, &cosine) in cosines.iter().enumerate() {
        if cosine > best[N - 1].0 && among(at) {
            let place = best.partition_point(|(other, _)| *other >= cosine);
            best[place..].rotate_right(1);
            best[place] = (cosine, at);
        }
    }
    best
}

/// Returns the inner product of two rows of bytes.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn product(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(x, y)| i32::from(i16::from(*x) * i16::from(*y))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_many_examples_every_class_keeps_some() {
        let classes: Vec<u16> = (0..5000).map(|i| if i % 1000 == 0 { 1 } else { 0 }).collect();
        let chosen = Neighbours::chosen(&classes, 2);
        assert_eq!(chosen.len(), MOST);
        assert_eq!(chosen.iter().filter(|i| classes[**i] == 1).count(), 5);
        assert!(chosen.is_sorted());
    }

    #[test]
    fn the_nearest_vote_and_those_left_out_do_not() {
        let mut vectors = Vectors::new(2);
        [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]].iter().for_each(|v| vectors.push(v));
        let neighbours = Neighbours { vectors, classes: vec![0, 0, 1] };
        let mut asked = Vectors::new(2);
        asked.push(&[1.0, 0.0]);
        let (scale, numbers) = asked.row(0);
        let cosines = neighbours.cosines(scale, numbers);
        assert!((cosines[0] - 1.0).abs() < 0.02 && cosines[2].abs() < 0.02);
        let votes = neighbours.votes(&cosines, 2, |_| true);
        assert!(votes[0] > 0.9 && votes[1] < -0.9);
        let votes = neighbours.votes(&cosines, 2, |at| at == 2);
        assert_eq!(votes, [-1.0, 1.0]);
        assert!(neighbours.closeness(&cosines, |at| at == 2) < neighbours.closeness(&cosines, |_| true));
        assert_eq!(neighbours.closeness(&cosines, |_| false), 0.0);
    }

    proptest! {
        #[test]
        fn wide_products_are_those_of_the_definition(numbers in prop::collection::vec((-127i8..=127, -127i8..=127), 0..600)) {
            let (a, b): (Vec<i8>, Vec<i8>) = numbers.into_iter().unzip();
            let plain: i32 = a.iter().zip(&b).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum();
            prop_assert_eq!(product(&a, &b), plain);
        }
    }
}
