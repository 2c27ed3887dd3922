//! The directions in which the meanings of many examples differ most: fewer numbers to learn from (the span of the first
//! principal components of rows already centred).
//!
//! Weights learned along them are turned back into weights of the encoder's own numbers, so a model knows nothing of
//! axes. Called by `study`.

use linfa_linalg::qr::QRInto;
use ndarray::{Array2, Axis};
use rayon::prelude::*;

use crate::text::vector::product;

/// Directions kept; with all 512 of the encoder, held-out examples come out the same within a twentieth of a percent;
/// with 256 a tenth of a percent fewer come out right, and a quarter of banking77's test.
const KEPT: usize = 384;
/// With fewer examples learning is quick without.
const LEAST: usize = 2000;
/// Rows whose products are summed at once; sums run in this order on any number of threads.
const BLOCK: usize = 1024;
/// Rounds of power iteration; so few leave double precision room for the smallest direction kept.
const ROUNDS: usize = 3;

/// Orthonormal directions, a column each.
pub(super) struct Axes(Array2<f32>);

impl Axes {
    /// Finds the axes of rows, one an example; `None` where there are too few rows or numbers to gain anything.
    ///
    /// The span of the axes is what counts, not which vectors name it: learning does not see how a space is turned.
    /// So some rounds of power iteration do, which cost a small part of a full decomposition.
    pub fn of(rows: &Array2<f32>) -> Option<Self> {
        if rows.nrows() < LEAST || rows.ncols() <= KEPT { None } else { Self::some(rows, KEPT) }
    }

    /// Finds so many axes of rows, as many as there are numbers at most.
    pub fn some(rows: &Array2<f32>, kept: usize) -> Option<Self> {
        let width = rows.ncols();
        let kept = kept.min(width);
        let parts: Vec<Array2<f32>> =
            rows.axis_chunks_iter(Axis(0), BLOCK).into_par_iter().map(|block| block.t().dot(&block)).collect();
        let mut products = Array2::<f64>::zeros((width, width));
        parts.iter().for_each(|part| products.zip_mut_with(part, |sum, x| *sum += f64::from(*x)));
        let start = Array2::from_shape_fn((width, kept), |(at, axis)| if at % kept == axis { 1.0 } else { 0.0 });
        let pulled = (0..ROUNDS).fold(start, |span, _| products.dot(&span));
        Some(Self(pulled.qr_into().ok()?.generate_q().mapv(|x| x as f32)))
    }

    /// Returns the directions, a column each.
    pub fn directions(&self) -> &Array2<f32> {
        &self.0
    }

    /// Returns rows along the axes.
    pub fn rows(&self, rows: &Array2<f32>) -> Array2<f32> {
        product(rows.view(), self.0.view())
    }

    /// Returns weights along the axes as weights of the numbers themselves, a row each.
    pub fn weights<const N: usize>(&self, along: &[[f32; N]]) -> Vec<[f32; N]> {
        let one = |axes: ndarray::ArrayView1<'_, f32>| {
            let mut sums = [0f32; N];
            for (axis, weights) in axes.iter().zip(along) {
                sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += axis * weight);
            }
            sums
        };
        self.0.rows().into_iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// Rows that lie in twelve directions of five hundred, but for a little noise.
    fn rows() -> Array2<f32> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut numbers =
            |rows, columns, most: f32| Array2::from_shape_simple_fn((rows, columns), || random.gen_range(-most..most));
        numbers(LEAST, 12, 1.0).dot(&numbers(12, 500, 1.0)) + numbers(LEAST, 500, 0.01)
    }

    #[test]
    fn what_rows_have_in_common_lies_on_the_axes() {
        let rows = rows();
        let axes = Axes::of(&rows).unwrap();
        let places = axes.rows(&rows);
        assert_eq!(places.dim(), (LEAST, KEPT));
        for (row, place) in rows.rows().into_iter().zip(places.rows()) {
            let (long, along) = (row.dot(&row), place.dot(&place));
            assert!((along / long - 1.0).abs() < 1e-3, "{along} of {long}");
        }
    }

    #[test]
    fn weights_along_the_axes_give_the_same_margins_off_them() {
        let rows = rows();
        let axes = Axes::of(&rows).unwrap();
        let places = axes.rows(&rows);
        let along: Vec<[f32; 2]> = (0..KEPT).map(|axis| [1.0 / (1 + axis) as f32, axis as f32 / 99.0 - 1.0]).collect();
        let off = axes.weights(&along);
        for at in (0..LEAST).step_by(97) {
            for lane in 0..2 {
                let one: f32 = places.row(at).iter().zip(&along).map(|(x, w)| x * w[lane]).sum();
                let other: f32 = rows.row(at).iter().zip(&off).map(|(x, w)| x * w[lane]).sum();
                assert!((one - other).abs() < 1e-2, "{one} {other}");
            }
        }
    }

    #[test]
    fn few_rows_have_none() {
        assert!(Axes::of(&Array2::zeros((LEAST - 1, 500))).is_none());
        assert!(Axes::of(&Array2::zeros((LEAST, KEPT))).is_none());
    }
}
