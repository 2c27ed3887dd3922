//! Learned weights, rounded to bytes as a model keeps them.

use multiversion::multiversion;
use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::nlu::linear::{Block, LANES};

/// A weight a column and intent, one byte each with a scale a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weights {
    pub(super) classes: usize,
    pub(super) scales: Vec<f32>,
    /// Column by column, an intent each.
    pub(super) bytes: Vec<i8>,
}

impl Weights {
    /// Rounds the weights of some columns.
    pub(super) fn of(blocks: &[Block], columns: std::ops::Range<usize>, classes: usize) -> Self {
        Self::rounded(columns, classes, |column, class| blocks[class / LANES].weights[column][class % LANES])
    }

    /// Rounds a matrix, whose rows are the columns and whose columns the classes.
    pub(super) fn of_matrix(matrix: ArrayView2<f32>) -> Self {
        Self::rounded(0..matrix.nrows(), matrix.ncols(), |column, class| matrix[(column, class)])
    }

    fn rounded(columns: std::ops::Range<usize>, classes: usize, weight: impl Fn(usize, usize) -> f32 + Sync) -> Self {
        let mut bytes = vec![0i8; columns.len() * classes];
        let scales = bytes
            .par_chunks_mut(classes)
            .zip(columns)
            .map(|(bytes, column)| {
                let most = (0..classes).map(|class| weight(column, class).abs()).fold(0f32, f32::max);
                let scale = most / 127.0;
                if scale > 0.0 {
                    let round = |class| (weight(column, class) / scale).round() as i8;
                    bytes.iter_mut().enumerate().for_each(|(class, byte)| *byte = round(class));
                }
                scale
            })
            .collect();
        Self { classes, scales, bytes }
    }

    /// Adds what a column of some value gives each intent.
    pub(super) fn add(&self, column: u32, value: f32, sums: &mut [f32]) {
        let value = value * self.scales[column as usize];
        add_all(value, &self.bytes[column as usize * self.classes..][..self.classes], sums);
    }

    /// Returns the weight of a column for one intent.
    pub(super) fn of_class(&self, column: u32, class: usize) -> f32 {
        self.scales[column as usize] * self.bytes[column as usize * self.classes + class] as f32
    }
}

/// Adds `value` times each byte.
#[multiversion(targets("x86_64+avx2"))]
fn add_all(value: f32, bytes: &[i8], sums: &mut [f32]) {
    sums.iter_mut().zip(bytes).for_each(|(sum, byte)| *sum += value * f32::from(*byte));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn wide_sums_are_those_of_the_definition(
            value in -4f32..4.0,
            numbers in prop::collection::vec((-127i8..=127, -9f32..9.0), 0..200),
        ) {
            let (bytes, mut sums): (Vec<i8>, Vec<f32>) = numbers.into_iter().unzip();
            let expected: Vec<f32> = sums.iter().zip(&bytes).map(|(sum, byte)| sum + value * f32::from(*byte)).collect();
            add_all(value, &bytes, &mut sums);
            prop_assert_eq!(sums, expected);
        }
    }
}
