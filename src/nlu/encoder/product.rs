//! Rows times a fixed matrix, for many rows and for a few.
//!
//! The matrix is laid out once, in strips of sixteen columns, a byte a number: between two turns it leaves the
//! processor's cache, and fetching it is then a good part of the work. Every number is one sum in the order of the matrix's rows, fused multiply-adds on every machine: a row's product does not depend
//! on the rows beside it.

use multiversion::multiversion;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

use crate::nlu::encoder::pack::Grid;

/// Columns of a strip: two wide registers.
const WIDE: usize = 16;
/// Rows that go through a strip together.
const TALL: usize = 6;
/// Rows that stay in the processor's cache while the strips pass.
const PANEL: usize = 96;

/// A matrix that rows are multiplied by.
pub(super) struct Matrix {
    rows: usize,
    columns: usize,
    /// What a number of the strips is multiplied by.
    step: f32,
    /// Strip after strip, in each a piece of sixteen numbers a row; the last strip is filled up with zeros.
    strips: Vec<[i8; WIDE]>,
    /// The matrix as it is. Loops that nobody optimised take a hundred times as long: development builds use this.
    #[cfg(debug_assertions)]
    whole: Array2<f32>,
}

impl Matrix {
    pub fn of(Grid { step, numbers: matrix }: &Grid) -> Self {
        let (rows, columns) = matrix.dim();
        let mut strips = Vec::with_capacity(columns.div_ceil(WIDE) * rows);
        for first in (0..columns).step_by(WIDE) {
            let wide = WIDE.min(columns - first);
            for row in matrix.slice(s![.., first..first + wide]).rows() {
                let mut piece = [0; WIDE];
                piece.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
                strips.push(piece);
            }
        }
        Self {
            rows,
            columns,
            step: *step,
            strips,
            #[cfg(debug_assertions)]
            whole: matrix.mapv(|number| f32::from(number) * step),
        }
    }

    /// Returns the matrix as plain numbers.
    pub fn unpacked(&self) -> Array2<f32> {
        Array2::from_shape_fn((self.rows, self.columns), |(row, column)| {
            f32::from(self.strips[column / WIDE * self.rows + row][column % WIDE]) * self.step
        })
    }

    /// Returns the products of some rows.
    pub fn times(&self, x: &Array2<f32>) -> Array2<f32> {
        let mut out = Array2::zeros((x.nrows(), self.columns));
        self.write(x.view(), out.view_mut());
        out
    }

    /// Writes the products of some rows into `out`; the numbers of a row must lie side by side in both.
    pub fn write(&self, x: ArrayView2<f32>, out: ArrayViewMut2<f32>) {
        let rows: Vec<&[f32]> = x.outer_iter().map(|row| row.to_slice().expect(SIDE_BY_SIDE)).collect();
        self.write_rows(&rows, out);
    }

    /// Writes the products of rows that may lie anywhere, also over each other.
    #[cfg(not(debug_assertions))]
    pub fn write_rows(&self, rows: &[&[f32]], out: ArrayViewMut2<f32>) {
        self.write_strips(rows, out);
    }

    #[cfg(debug_assertions)]
    pub fn write_rows(&self, rows: &[&[f32]], mut out: ArrayViewMut2<f32>) {
        let x = Array2::from_shape_vec((rows.len(), self.rows), rows.concat()).expect("shapes fit");
        ndarray::linalg::general_mat_mul(1.0, &x, &self.whole, 0.0, &mut out);
    }

    #[cfg_attr(debug_assertions, allow(dead_code))]
    fn write_strips(&self, rows: &[&[f32]], mut out: ArrayViewMut2<f32>) {
        assert_eq!(out.dim(), (rows.len(), self.columns), "shapes fit");
        assert!(rows.iter().all(|row| row.len() == self.rows), "shapes fit");
        let mut out: Vec<&mut [f32]> = out.outer_iter_mut().map(|row| row.into_slice().expect(SIDE_BY_SIDE)).collect();
        let mut wide = vec![[0.0; WIDE]; self.rows];
        for (rows, out) in rows.chunks(PANEL).zip(out.chunks_mut(PANEL)) {
            // Shares of nearly the same height: a single row after full ones would wait for its own sums.
            let tall = rows.len().div_ceil(rows.len().div_ceil(TALL));
            for (nth, strip) in self.strips.chunks_exact(self.rows).enumerate() {
                let columns = nth * WIDE..self.columns.min((nth + 1) * WIDE);
                widen(strip, self.step, &mut wide);
                for (rows, out) in rows.chunks(tall).zip(out.chunks_mut(tall)) {
                    for (out, sums) in out.iter_mut().zip(&sums(rows, &wide)) {
                        out[columns.clone()].copy_from_slice(&sums[..columns.len()]);
                    }
                }
            }
        }
    }
}

const SIDE_BY_SIDE: &str = "a row's numbers lie side by side";

/// Writes the numbers of a strip.
#[multiversion(targets("x86_64+avx2"))]
fn widen(strip: &[[i8; WIDE]], step: f32, out: &mut [[f32; WIDE]]) {
    for (out, piece) in out.iter_mut().zip(strip) {
        out.iter_mut().zip(piece).for_each(|(out, number)| *out = f32::from(*number) * step);
    }
}

/// Returns the sums of up to [`TALL`] rows over one strip.
fn sums(rows: &[&[f32]], strip: &[[f32; WIDE]]) -> [[f32; WIDE]; TALL] {
    fn of<const N: usize>(rows: &[&[f32]], strip: &[[f32; WIDE]]) -> [[f32; WIDE]; TALL] {
        let rows: [&[f32]; N] = std::array::from_fn(|at| rows[at]);
        let found = sums_of(&rows, strip);
        std::array::from_fn(|at| found.get(at).copied().unwrap_or_default())
    }
    match rows.len() {
        1 => of::<1>(rows, strip),
        2 => of::<2>(rows, strip),
        3 => of::<3>(rows, strip),
        4 => of::<4>(rows, strip),
        5 => of::<5>(rows, strip),
        _ => of::<TALL>(rows, strip),
    }
}

/// Returns the sums of `N` rows over one strip.
fn sums_of<const N: usize>(rows: &[&[f32]; N], strip: &[[f32; WIDE]]) -> [[f32; WIDE]; N] {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor was just asked whether it has what `fused` needs.
            return unsafe { fused(rows, strip) };
        }
    }
    plain(rows, strip)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn fused<const N: usize>(rows: &[&[f32]; N], strip: &[[f32; WIDE]]) -> [[f32; WIDE]; N] {
    use std::arch::x86_64::{_mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps};
    let long = strip.len();
    let rows: [&[f32]; N] = rows.map(|row| &row[..long]);
    let mut sums = [[_mm256_setzero_ps(); 2]; N];
    for (at, piece) in strip.iter().enumerate() {
        // SAFETY: a piece has sixteen numbers, eight for each of the two.
        let (low, high) = unsafe { (_mm256_loadu_ps(piece.as_ptr()), _mm256_loadu_ps(piece.as_ptr().add(8))) };
        for (row, sums) in rows.iter().zip(&mut sums) {
            // SAFETY: every row was cut to the length of the strip above; asked again at each number, that costs a third.
            let x = unsafe { _mm256_set1_ps(*row.get_unchecked(at)) };
            sums[0] = _mm256_fmadd_ps(x, low, sums[0]);
            sums[1] = _mm256_fmadd_ps(x, high, sums[1]);
        }
    }
    let mut out = [[0.0; WIDE]; N];
    for (out, sums) in out.iter_mut().zip(&sums) {
        // SAFETY: `out` has room for sixteen numbers, eight for each of the two.
        unsafe {
            _mm256_storeu_ps(out.as_mut_ptr(), sums[0]);
            _mm256_storeu_ps(out.as_mut_ptr().add(8), sums[1]);
        }
    }
    out
}

/// The same sums on a processor without wide fused registers: slow, and the same to the last bit.
fn plain<const N: usize>(rows: &[&[f32]; N], strip: &[[f32; WIDE]]) -> [[f32; WIDE]; N] {
    let mut out = [[0.0f32; WIDE]; N];
    for (at, piece) in strip.iter().enumerate() {
        for (row, sums) in rows.iter().zip(&mut out) {
            sums.iter_mut().zip(piece).for_each(|(sum, number)| *sum = row[at].mul_add(*number, *sum));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn products_are_those_of_the_definition_on_any_processor(rows in 1usize..14, inner in 1usize..40, columns in 1usize..40, seed: u64) {
            let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(seed);
            let x = Array2::from_shape_fn((rows, inner), |_| random.gen_range(-1f32..1.0));
            let grid = Grid { step: 0.01, numbers: Array2::from_shape_fn((inner, columns), |_| random.gen_range(-127..=127)) };
            let (m, packed) = (grid.numbers.mapv(|number| f32::from(number) * 0.01), Matrix::of(&grid));
            prop_assert_eq!(&packed.unpacked(), &m);
            let mut found = Array2::zeros((rows, columns));
            let lines: Vec<&[f32]> = x.outer_iter().map(|row| row.to_slice().unwrap()).collect();
            packed.write_strips(&lines, found.view_mut());
            for (a, b) in found.iter().zip(&x.dot(&m)) {
                prop_assert!((a - b).abs() < 1e-5);
            }
            for (row, found) in x.rows().into_iter().zip(found.rows()) {
                let strips = packed.strips.chunks_exact(inner).map(|strip| {
                    let mut wide = vec![[0.0; WIDE]; inner];
                    widen(strip, packed.step, &mut wide);
                    wide
                });
                let alone: Vec<f32> = strips.flat_map(|strip| plain(&[row.to_slice().unwrap()], &strip)[0]).collect();
                prop_assert_eq!(&alone[..columns], found.to_slice().unwrap());
            }
        }
    }
}
