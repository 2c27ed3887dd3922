//! Sparse rows to about a hundred dense numbers each, keeping what the texts share: a randomized truncated
//! singular value decomposition (Halko, Martinsson, Tropp 2011), as latent semantic analysis uses it.
//!
//! The directions are learnt on a sample, then every row is projected. Sums run over blocks of fixed size in their
//! order, so the result is the same on any number of threads.

use linfa_linalg::cholesky::CholeskyInplace;
use linfa_linalg::eigh::EighInto;
use linfa_linalg::triangular::{SolveTriangularInplace, UPLO};
use multiversion::multiversion;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};
use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::clustering::dense::sampled;
use crate::clustering::error::Error;
use crate::clustering::steps::Steps;
use crate::clustering::vectors::transposed;
use crate::text::vector::{Rows, product};

/// Directions carried beside those asked for; they make the last ones true.
const SPARE: usize = 16;
/// How often the random start is pulled through the matrix and back.
const POWERS: usize = 2;
/// The least share of the longest column that a column must add to those before it, to be told from rounding.
const CLEAR: f64 = 1e-3;
/// Directions of dense rows are learnt on at most this many.
const LEARNT_FROM: usize = 4_000;
/// Rows of a block whose partial sums are taken together.
const BLOCK: usize = 2048;

/// The directions texts share most, learnt on some of them.
pub struct Directions {
    /// A column each; orthonormal.
    across: Array2<f32>,
}

impl Directions {
    /// Learns up to `dimensions` directions from a sample of rows; none where all rows are empty.
    pub fn of(sample: &Rows, dimensions: usize, seed: u64, steps: Steps<'_>) -> Result<Self, Error> {
        let parts = POWERS * 2 + 2;
        let width = (dimensions + SPARE).min(sample.len()).min(sample.columns);
        if width == 0 || sample.indices.is_empty() {
            return Ok(Self { across: Array2::zeros((sample.columns, 0)) });
        }
        let across = transposed(sample);
        steps.at(1, parts)?;
        // With few rows or columns the start spans everything: nothing is left to chance, or to be pulled nearer.
        let basis = if sample.columns == width {
            Array2::eye(width)
        } else if sample.len() == width {
            orthonormal(times(&across, Array2::eye(width).view()))?
        } else {
            let mut basis = times(&across, random(sample.len(), width, seed).view());
            for power in 0..POWERS {
                let image = orthonormal(times(sample, orthonormal(basis)?.view()))?;
                steps.at(2 + 2 * power, parts)?;
                basis = times(&across, image.view());
                steps.at(3 + 2 * power, parts)?;
            }
            orthonormal(basis)?
        };
        // Once is not enough: where a direction is a thousandth of the longest, its square is a millionth, and single
        // precision knows that square to a tenth only; the basis is then askew by some hundredths. The second time
        // all squares are near 1.
        let basis = orthonormal(basis)?;
        let image = times(sample, basis.view());
        let (_, turn) = decompose(gram(image.view()))?;
        let kept = turn.slice(s![.., ..dimensions.min(turn.ncols())]).mapv(|v| v as f32);
        let directions = product(basis.view(), kept.view());
        steps.at(parts, parts)?;
        Ok(Self { across: directions })
    }

    /// Returns how many directions there are.
    pub fn len(&self) -> usize {
        self.across.ncols()
    }

    /// Tells whether there is no direction.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes the rows seen along the directions into `out`, row by row, each of length 1; zero rows stay zero.
    pub fn project(&self, rows: &Rows, out: &mut [f32]) {
        let width = self.len();
        let table = self.across.as_slice().expect("directions are made row by row");
        for (i, out) in out.chunks_mut(width.max(1)).enumerate() {
            sum_into(rows.row(i), table, out);
            let norm = out.iter().map(|v| v * v).sum::<f32>().sqrt();
            // What is left of a row that lies in none of the directions is rounding.
            let scale = if norm > 1e-6 { 1.0 / norm } else { 0.0 };
            out.iter_mut().for_each(|v| *v *= scale);
        }
    }
}

/// Returns rows of length 1 seen along the `dimensions` directions in which a sample of them spreads most, of length 1
/// again: cosines of what is like each other hardly change.
pub fn principal(rows: ArrayView2<'_, f32>, dimensions: usize, seed: u64) -> Result<Array2<f32>, Error> {
    if rows.ncols() <= dimensions {
        return Ok(rows.to_owned());
    }
    let sample = rows.select(Axis(0), &sampled(rows.nrows(), LEARNT_FROM, seed));
    let spread = gram(sample.view()).mapv(|v| v as f32);
    let mut basis = orthonormal(random(rows.ncols(), (dimensions + SPARE).min(rows.ncols()), seed))?;
    for _ in 0..2 * POWERS {
        basis = orthonormal(product(spread.view(), basis.view()))?;
    }
    let (_, turn) = decompose(basis.t().dot(&product(spread.view(), basis.view())).mapv(f64::from))?;
    let kept = turn.slice(s![.., ..dimensions.min(turn.ncols())]).mapv(|v| v as f32);
    let mut seen = product(rows, product(basis.view(), kept.view()).view());
    normalise(&mut seen);
    Ok(seen)
}

/// Takes from every row what all share, which sets none apart; zero rows stay zero.
pub fn centre(rows: &mut Array2<f32>) {
    let empty = |row: &ArrayView1<'_, f32>| row.iter().all(|v| *v == 0.0);
    let parts: Vec<(Array1<f32>, usize)> = rows
        .axis_chunks_iter(Axis(0), BLOCK)
        .into_par_iter()
        .map(|block| (block.sum_axis(Axis(0)), block.rows().into_iter().filter(|row| !empty(row)).count()))
        .collect();
    let live: usize = parts.iter().map(|(_, live)| live).sum();
    if live > 1 {
        let mut middle = Array1::<f32>::zeros(rows.ncols());
        parts.iter().for_each(|(sum, _)| middle += sum);
        middle /= live as f32;
        rows.axis_iter_mut(Axis(0))
            .into_par_iter()
            .filter(|row| !empty(&row.view()))
            .for_each(|mut row| row -= &middle);
    }
}

/// Scales every row to length 1; a row of (almost) nothing becomes zero.
pub fn normalise(rows: &mut Array2<f32>) {
    rows.axis_iter_mut(Axis(0)).into_par_iter().for_each(|mut row| {
        let norm = row.dot(&row).sqrt();
        if norm > 1e-6 { row /= norm } else { row.fill(0.0) }
    });
}

/// Returns a matrix of numbers between -1 and 1.
pub(in crate::clustering) fn random(rows: usize, columns: usize, seed: u64) -> Array2<f32> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x5eed);
    Array2::from_shape_simple_fn((rows, columns), || (random.next_u64() >> 40) as f32 / (1 << 23) as f32 - 1.0)
}

/// Returns sparse × dense; every row of the result is one thread's own sum.
pub(in crate::clustering) fn times(rows: &Rows, dense: ArrayView2<'_, f32>) -> Array2<f32> {
    let dense = dense.as_standard_layout();
    let (width, table) = (dense.ncols(), dense.as_slice().expect("just made row by row"));
    let mut out = Array2::zeros((rows.len(), width));
    let cells = out.as_slice_mut().expect("a new array lies row by row");
    // Few at a time: of terms in order of frequency the first few have most of the work.
    cells.par_chunks_mut(width * 8).enumerate().for_each(|(block, cells)| {
        for (i, out) in cells.chunks_mut(width).enumerate() {
            sum_into(rows.row(block * 8 + i), table, out);
        }
    });
    out
}

/// Adds the rows of `table` that a sparse row names, each by its weight.
#[multiversion(targets("x86_64+avx2"))]
fn sum_into((columns, values): (&[u32], &[f32]), table: &[f32], out: &mut [f32]) {
    for (c, v) in columns.iter().zip(values) {
        let from = &table[*c as usize * out.len()..][..out.len()];
        out.iter_mut().zip(from).for_each(|(o, f)| *o += v * f);
    }
}

/// Returns the columns' products with each other, in double precision over blocks.
fn gram(matrix: ArrayView2<'_, f32>) -> Array2<f64> {
    let parts: Vec<Array2<f32>> =
        matrix.axis_chunks_iter(Axis(0), BLOCK).into_par_iter().map(|block| block.t().dot(&block)).collect();
    let mut sum = Array2::<f64>::zeros((matrix.ncols(), matrix.ncols()));
    for part in parts {
        sum.zip_mut_with(&part, |s, p| *s += f64::from(*p));
    }
    sum
}

/// Returns eigenvalues and eigenvectors, largest first.
///
/// Values are measured on the vectors: `linfa-linalg` 0.2.1 can swap two values, not their vectors, where a
/// matrix is nearly of lower rank (its 2 × 2 step skips a rotation shorter than rounding).
pub(in crate::clustering) fn decompose(gram: Array2<f64>) -> Result<(Array1<f64>, Array2<f64>), Error> {
    let (_, vectors) = gram.clone().eigh_into()?;
    let images = gram.dot(&vectors);
    let values: Vec<f64> = vectors.columns().into_iter().zip(images.columns()).map(|(v, i)| v.dot(&i)).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
    Ok((order.iter().map(|i| values[*i]).collect(), vectors.select(Axis(1), &order)))
}

/// Returns an orthonormal basis of the columns' span, leaving out directions that are all noise.
pub(in crate::clustering) fn orthonormal(matrix: Array2<f32>) -> Result<Array2<f32>, Error> {
    let gram = gram(matrix.view());
    if let Some(turn) = upright(&gram) {
        return Ok(product(matrix.view(), turn.view()));
    }
    let (values, vectors) = decompose(gram)?;
    let largest = values.first().copied().unwrap_or(0.0).max(f64::MIN_POSITIVE);
    let kept = values.iter().take_while(|v| **v > largest * 1e-6).count().max(1);
    let mut turn = vectors.slice(s![.., ..kept]).to_owned();
    for (mut column, value) in turn.axis_iter_mut(Axis(1)).zip(&values) {
        column /= value.max(f64::MIN_POSITIVE).sqrt();
    }
    Ok(product(matrix.view(), turn.mapv(|v| v as f32).view()))
}

/// Returns what turns columns with these products into orthonormal ones of the same span: by Cholesky's factor, at a
/// fiftieth of the price of eigenvectors; `None` where a column is nearly made of those before it.
fn upright(gram: &Array2<f64>) -> Option<Array2<f32>> {
    let factor = gram.clone().cholesky_into().ok()?;
    let pivots = factor.diag();
    let (least, most) = pivots.iter().fold((f64::MAX, 0f64), |(least, most), p| (least.min(*p), most.max(*p)));
    if least < most * CLEAR {
        return None;
    }
    let inverse = factor.solve_triangular_into(Array2::eye(factor.nrows()), UPLO::Lower).ok()?;
    Some(inverse.t().mapv(|v| v as f32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;
    use proptest::prelude::*;

    fn reduced(rows: &Rows, dimensions: usize) -> Array2<f32> {
        let directions = Directions::of(rows, dimensions, 7, Steps::new(&Quiet, 0, 1)).unwrap();
        let mut dense = Array2::zeros((rows.len(), directions.len()));
        directions.project(rows, dense.as_slice_mut().unwrap());
        dense
    }

    /// Rows of length 1 with a few entries in a few columns.
    fn some_rows() -> impl Strategy<Value = Rows> {
        prop::collection::vec(prop::collection::btree_map(0u32..9, 0.1f32..1.0, 0..5), 1..14).prop_map(|rows| {
            let mut made = Rows::new(9);
            rows.into_iter().for_each(|row| made.push(row));
            made.normalise();
            made
        })
    }

    fn cosine(rows: &Rows, a: usize, b: usize) -> f32 {
        let dense = |i: usize| {
            let mut row = [0.0; 9];
            let (columns, values) = rows.row(i);
            columns.iter().zip(values).for_each(|(c, v)| row[*c as usize] = *v);
            row
        };
        dense(a).iter().zip(dense(b)).map(|(x, y)| x * y).sum()
    }

    proptest! {
        #[test]
        fn with_room_for_every_direction_cosines_are_kept(rows in some_rows()) {
            let dense = reduced(&rows, 9);
            for a in 0..rows.len() {
                for b in 0..rows.len() {
                    let kept = if dense.ncols() == 0 { 0.0 } else { dense.row(a).dot(&dense.row(b)) };
                    prop_assert!((kept - cosine(&rows, a, b)).abs() < 0.02, "{} {}", kept, cosine(&rows, a, b));
                }
            }
        }
    }

    #[test]
    fn what_dense_rows_spread_along_is_kept_and_threads_change_nothing() {
        // Four directions of twelve hold all but a little.
        let wide = random(300, 4, 1).dot(&random(4, 12, 2)) + random(300, 12, 3) * 1e-3;
        let mut unit = wide.clone();
        normalise(&mut unit);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| principal(unit.view(), 4, 7).unwrap())
        };
        let seen = on(1);
        assert_eq!((seen.dim(), on(4)), ((300, 4), seen.clone()));
        for other in 1..300 {
            assert!((seen.row(0).dot(&seen.row(other)) - unit.row(0).dot(&unit.row(other))).abs() < 0.01);
        }
        assert_eq!(principal(unit.view(), 12, 7).unwrap(), unit, "nothing to leave out");
    }

    #[test]
    fn what_all_rows_share_is_taken_from_them_and_empty_rows_stay_empty() {
        let mut rows = ndarray::array![[1.0, 3.0], [0.0, 0.0], [3.0, 3.0]];
        centre(&mut rows);
        assert_eq!(rows, ndarray::array![[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]);
        let mut alone = ndarray::array![[1.0, 3.0]];
        centre(&mut alone);
        assert_eq!(alone, ndarray::array![[1.0, 3.0]]);
    }

    /// Found with the law above loosened to 0.1: columns that differ by a hundredth.
    #[test]
    fn a_basis_of_almost_the_same_columns_is_square_to_itself() {
        let mut columns = random(40, 6, 3);
        for c in 1..6 {
            let (first, mut other) = columns.multi_slice_mut((s![.., 0], s![.., c]));
            other.zip_mut_with(&first, |o, f| *o = f + *o * 1e-2);
        }
        let basis = orthonormal(orthonormal(columns).unwrap()).unwrap();
        let off = (basis.t().dot(&basis) - Array2::<f32>::eye(6)).iter().fold(0.0f32, |m, v| m.max(v.abs()));
        assert!(basis.ncols() == 6 && off < 1e-4, "{off}");
    }

    #[test]
    fn a_row_beside_rows_of_lower_rank_keeps_its_direction() {
        let mut rows = Rows::new(9);
        for row in [vec![(2, 1.0)], vec![(2, 1.0)], vec![], vec![(0, 1.0)], vec![(1, 0.297_410_37), (2, 0.954_749_76)]]
        {
            rows.push(row);
        }
        let dense = reduced(&rows, 9);
        assert!((dense.row(3).dot(&dense.row(3)) - 1.0).abs() < 1e-4 && dense.row(3).dot(&dense.row(0)).abs() < 1e-4);
    }

    #[test]
    fn sums_do_not_depend_on_threads() {
        let mut rows = Rows::new(40);
        (0..5000u32).for_each(|i| rows.push([(i % 17, 1.0), (17 + i % 23, 0.5)]));
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| reduced(&rows, 8))
        };
        assert_eq!(on(1), on(4));
    }

    #[test]
    fn two_subjects_fit_into_two_directions() {
        let mut rows = Rows::new(6);
        for i in 0..20u32 {
            rows.push(if i % 2 == 0 { [(0, 1.0), (1 + i % 3, 0.3)] } else { [(4, 1.0), (5, 0.2)] });
        }
        rows.normalise();
        let dense = reduced(&rows, 2);
        assert_eq!(dense.ncols(), 2);
        assert!(dense.row(0).dot(&dense.row(2)) > 0.9 && dense.row(0).dot(&dense.row(1)).abs() < 0.1);
    }
}
