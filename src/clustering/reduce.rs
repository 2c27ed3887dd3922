//! Sparse rows to about a hundred dense numbers each, keeping what the texts share: a randomized truncated
//! singular value decomposition (Halko, Martinsson, Tropp 2011), as latent semantic analysis uses it.
//!
//! The directions are learnt on a sample of at most [`SAMPLE`] rows, then every row is projected. Sums run over
//! blocks of fixed size in their order, so the result is the same on any number of threads.

use linfa_linalg::eigh::EighInto;
use ndarray::{Array1, Array2, ArrayView2, Axis, linalg::general_mat_mul, s};
use rand::seq::index;
use rand::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::clustering::error::Error;
use crate::clustering::steps::Steps;
use crate::clustering::vectors::transposed;
use crate::text::vector::Rows;

/// The directions are learnt on at most this many rows.
pub const SAMPLE: usize = 30_000;
/// Directions carried beside those asked for; they make the last ones true.
const SPARE: usize = 16;
/// How often the random start is pulled through the matrix and back.
const POWERS: usize = 2;
/// Rows of a block whose partial sums are taken together.
const BLOCK: usize = 2048;

/// Returns `dimensions` numbers (fewer when the texts have fewer) for each row, of length 1, zero rows staying zero.
pub fn reduce(rows: &Rows, dimensions: usize, seed: u64, steps: Steps<'_>) -> Result<Array2<f32>, Error> {
    let (sample, parts) = (sample(rows, seed), POWERS * 2 + 4);
    let sample = sample.as_ref().unwrap_or(rows);
    let width = (dimensions + SPARE).min(sample.len()).min(sample.columns);
    if width == 0 || sample.indices.is_empty() {
        return Ok(Array2::zeros((rows.len(), 0)));
    }
    let across = transposed(sample);
    steps.at(1, parts)?;
    // With few rows or columns the start spans everything, and nothing is left to chance.
    let mut basis = match () {
        _ if sample.columns == width => Array2::eye(width),
        _ if sample.len() == width => orthonormal(times(&across, Array2::eye(width).view()))?,
        _ => orthonormal(times(&across, random(sample.len(), width, seed).view()))?,
    };
    for power in 0..POWERS {
        let image = orthonormal(times(sample, basis.view()))?;
        steps.at(2 + 2 * power, parts)?;
        basis = orthonormal(times(&across, image.view()))?;
        steps.at(3 + 2 * power, parts)?;
    }
    let image = times(sample, basis.view());
    let (_, turn) = decompose(gram(image.view()))?;
    let kept = turn.slice(s![.., ..dimensions.min(turn.ncols())]).mapv(|v| v as f32);
    let directions = product(basis.view(), kept.view());
    steps.at(parts - 1, parts)?;
    let mut dense = times(rows, directions.view());
    normalise(&mut dense);
    steps.at(parts, parts)?;
    Ok(dense)
}

/// Scales every row to length 1; a row of (almost) nothing becomes zero.
pub fn normalise(rows: &mut Array2<f32>) {
    rows.axis_iter_mut(Axis(0)).into_par_iter().for_each(|mut row| {
        let norm = row.dot(&row).sqrt();
        if norm > 1e-6 { row /= norm } else { row.fill(0.0) }
    });
}

fn sample(rows: &Rows, seed: u64) -> Option<Rows> {
    if rows.len() <= SAMPLE {
        return None;
    }
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut chosen = index::sample(&mut random, rows.len(), SAMPLE).into_vec();
    chosen.sort_unstable();
    let mut sample = Rows::new(rows.columns);
    for i in chosen {
        let (columns, values) = rows.row(i);
        sample.push(columns.iter().copied().zip(values.iter().copied()));
    }
    Some(sample)
}

/// Returns a matrix of numbers between -1 and 1.
fn random(rows: usize, columns: usize, seed: u64) -> Array2<f32> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0x5eed);
    Array2::from_shape_simple_fn((rows, columns), || (random.next_u64() >> 40) as f32 / (1 << 23) as f32 - 1.0)
}

/// Returns sparse × dense; every row of the result is one thread's own sum.
fn times(rows: &Rows, dense: ArrayView2<'_, f32>) -> Array2<f32> {
    let dense = dense.as_standard_layout();
    let (width, table) = (dense.ncols(), dense.as_slice().expect("just made row by row"));
    let mut out = Array2::zeros((rows.len(), width));
    let cells = out.as_slice_mut().expect("a new array lies row by row");
    cells.par_chunks_mut(width * 64).enumerate().for_each(|(block, cells)| {
        for (i, out) in cells.chunks_mut(width).enumerate() {
            let (columns, values) = rows.row(block * 64 + i);
            for (c, v) in columns.iter().zip(values) {
                let from = &table[*c as usize * width..][..width];
                out.iter_mut().zip(from).for_each(|(o, f)| *o += v * f);
            }
        }
    });
    out
}

/// Returns dense × dense, block by block of the left side's rows.
fn product(left: ArrayView2<'_, f32>, right: ArrayView2<'_, f32>) -> Array2<f32> {
    let mut out = Array2::zeros((left.nrows(), right.ncols()));
    out.axis_chunks_iter_mut(Axis(0), BLOCK)
        .into_par_iter()
        .zip(left.axis_chunks_iter(Axis(0), BLOCK))
        .for_each(|(mut out, left)| general_mat_mul(1.0, &left, &right, 0.0, &mut out));
    out
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
fn decompose(gram: Array2<f64>) -> Result<(Array1<f64>, Array2<f64>), Error> {
    let (_, vectors) = gram.clone().eigh_into()?;
    let images = gram.dot(&vectors);
    let values: Vec<f64> = vectors.columns().into_iter().zip(images.columns()).map(|(v, i)| v.dot(&i)).collect();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
    Ok((order.iter().map(|i| values[*i]).collect(), vectors.select(Axis(1), &order)))
}

/// Returns an orthonormal basis of the columns' span, leaving out directions that are all noise.
fn orthonormal(matrix: Array2<f32>) -> Result<Array2<f32>, Error> {
    let (values, vectors) = decompose(gram(matrix.view()))?;
    let largest = values.first().copied().unwrap_or(0.0).max(f64::MIN_POSITIVE);
    let kept = values.iter().take_while(|v| **v > largest * 1e-6).count().max(1);
    let mut turn = vectors.slice(s![.., ..kept]).to_owned();
    for (mut column, value) in turn.axis_iter_mut(Axis(1)).zip(&values) {
        column /= value.max(f64::MIN_POSITIVE).sqrt();
    }
    Ok(product(matrix.view(), turn.mapv(|v| v as f32).view()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;
    use proptest::prelude::*;

    fn reduced(rows: &Rows, dimensions: usize) -> Array2<f32> {
        reduce(rows, dimensions, 7, Steps::new(&Quiet, 0, 1)).unwrap()
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
                    // Single precision and two power rounds: a direction that hardly any row has keeps a little of others
                    // (0.03 was seen); a lost direction would be off by its whole length.
                    prop_assert!((kept - cosine(&rows, a, b)).abs() < 0.1, "{} {}", kept, cosine(&rows, a, b));
                }
            }
        }
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
