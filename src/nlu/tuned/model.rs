//! Taught layers as a model keeps them: bytes, with what terms add pressed into few directions.

use ndarray::{Array2, Axis, concatenate};

use crate::nlu::axes::Axes;
use crate::nlu::encoder::layers::{bend, length};
use crate::nlu::tuned::learn::{Learned, log_of_sum};
use crate::nlu::tuned::sums::Sums;
use crate::nlu::weights::Weights;

/// Directions kept of what terms add; they hold nine tenths of its spread.
const DIRECTIONS: usize = 64;

/// Taught layers, packed.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuned {
    /// What a unit of logit adds to a margin.
    pub share: f32,
    /// What each of the first terms adds along few directions.
    pub terms: Weights,
    /// From a vector, and behind it those directions, to the first hidden layer and, beside it, to the second.
    pub first: Weights,
    /// What both have before any number.
    pub from: Vec<f32>,
    /// From the first hidden layer to the second.
    pub one_two: Weights,
    /// From the second hidden layer to the third.
    pub two_three: Weights,
    /// From the second and the third hidden layer to the taught vector.
    pub two_out: Weights,
    pub three_out: Weights,
    /// From the taught vector to the intents.
    pub head: Weights,
    pub bias: Vec<f32>,
}

impl Tuned {
    /// Packs layers that learned; `None` where what terms add has no directions.
    pub fn of(learned: &Learned, sums: &Sums, share: f32) -> Option<Self> {
        let [sum, one_two, two_three, two_out, three_out] = &learned.layers.matrices;
        let axes = Axes::some(&learned.terms, DIRECTIONS)?;
        let directions = axes.directions();
        let packed = |matrix: &Array2<f32>| Weights::of_matrix(matrix.view());
        let both = concatenate(Axis(0), &[sums.across.dot(sum).view(), directions.t().dot(sum).view()]).ok()?;
        Some(Self {
            share,
            terms: packed(&axes.rows(&learned.terms)),
            first: packed(&both),
            from: sums.from.dot(sum).to_vec(),
            one_two: packed(one_two),
            two_three: packed(two_three),
            two_out: packed(two_out),
            three_out: packed(three_out),
            head: packed(&learned.head),
            bias: (&learned.bias - &learned.centre.dot(&learned.head)).to_vec(),
        })
    }

    /// Adds to each class's margin what a text's vector and its weighed terms give it.
    pub fn add(&self, vector: &[f32], terms: &[(u32, f32)], margins: &mut [f32]) {
        let mut added = vec![0.0; self.terms.classes];
        for (column, value) in terms.iter().filter(|(column, _)| (*column as usize) < self.terms.scales.len()) {
            self.terms.add(*column, *value, &mut added);
        }
        let mut one = self.from.clone();
        vector.iter().chain(&added).enumerate().for_each(|(at, x)| self.first.add(at as u32, *x, &mut one));
        let mut two = one.split_off(self.one_two.scales.len());
        through(&one, &self.one_two, &mut two);
        let (mut three, mut out) = (vec![0.0; self.two_three.classes], vec![0.0; self.two_out.classes]);
        through(&two, &self.two_three, &mut three);
        through(&two, &self.two_out, &mut out);
        through(&three, &self.three_out, &mut out);
        out.iter_mut().for_each(|x| *x = bend(*x));
        let long = length(&out);
        let mut logits = self.bias.clone();
        out.iter().enumerate().for_each(|(at, x)| self.head.add(at as u32, x / long, &mut logits));
        let all = log_of_sum(&logits);
        margins.iter_mut().zip(logits).for_each(|(margin, z)| *margin += self.share * (z - all));
    }
}

/// Adds to the numbers of a layer what the positive ones of the layer before give them.
fn through(before: &[f32], weights: &Weights, after: &mut [f32]) {
    for (at, x) in before.iter().enumerate().filter(|(_, x)| **x > 0.0) {
        weights.add(at as u32, *x, after);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::nlu::tuned::learn::tests::{CLASSES, small};
    use ndarray::{Array1, array};

    /// Taught layers that read vectors of as many numbers as a sum has.
    pub fn tuned() -> Tuned {
        let across = Array2::from_diag(&Array1::ones(6));
        Tuned::of(&small().taught(), &Sums { across, from: array![0.5, 0.0, 0.0, 0.0, 0.0, 0.0] }, 2.0).unwrap()
    }

    #[test]
    fn packed_layers_say_what_they_learned() {
        let (small, tuned) = (small(), tuned());
        let all: Vec<usize> = (0..small.classes.len()).collect();
        let wanted = small.taught().logs(&small.lesson(), &all);
        for i in all {
            let (columns, values) = small.rows.row(i);
            let terms: Vec<(u32, f32)> = columns.iter().copied().zip(values.iter().copied()).rev().collect();
            // The vector lies so that the sum told from it is the example's.
            let mut vector = small.sums.row(i).to_vec();
            vector[0] -= 0.5;
            let mut margins = vec![1.0; CLASSES];
            tuned.add(&vector, &terms, &mut margins);
            for (class, margin) in margins.iter().enumerate() {
                let said = (margin - 1.0) / 2.0;
                assert!((said - wanted[(i, class)]).abs() < 0.15 + 0.05 * said.abs(), "{said} {}", wanted[(i, class)]);
            }
        }
    }
}
