//! Rows of numbers, the shape texts take for clustering and classification: sparse ones, and products of dense ones.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, Axis};
use rayon::prelude::*;

/// A sparse matrix by rows (CSR): row `i` holds `indices[starts[i]..starts[i + 1]]` with the values beside.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    pub starts: Vec<usize>,
    /// Column numbers, ascending within a row.
    pub indices: Vec<u32>,
    pub values: Vec<f32>,
    pub columns: usize,
}

impl Rows {
    /// Returns a matrix of no rows and `columns` columns.
    pub fn new(columns: usize) -> Self {
        Self { starts: vec![0], indices: Vec::new(), values: Vec::new(), columns }
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Tells whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends a row of `(column, value)` pairs in ascending order of columns.
    pub fn push(&mut self, row: impl IntoIterator<Item = (u32, f32)>) {
        for (column, value) in row {
            self.columns = self.columns.max(column as usize + 1);
            self.indices.push(column);
            self.values.push(value);
        }
        self.starts.push(self.indices.len());
    }

    /// Returns the columns and values of row `i`.
    pub fn row(&self, i: usize) -> (&[u32], &[f32]) {
        let range = self.starts[i]..self.starts[i + 1];
        (&self.indices[range.clone()], &self.values[range])
    }

    /// Scales every row to length 1; a zero row stays zero.
    pub fn normalise(&mut self) {
        for i in 0..self.len() {
            let range = self.starts[i]..self.starts[i + 1];
            let norm = self.values[range.clone()].iter().map(|v| v * v).sum::<f32>().sqrt();
            if norm > 0.0 {
                self.values[range].iter_mut().for_each(|v| *v /= norm);
            }
        }
    }
}

/// Rows of a dense product that one thread makes at a time.
const BLOCK: usize = 512;

/// Returns dense × dense, block by block of the left side's rows; a row's numbers do not depend on the rows beside it.
pub fn product(left: ArrayView2<'_, f32>, right: ArrayView2<'_, f32>) -> Array2<f32> {
    let mut out = Array2::zeros((left.nrows(), right.ncols()));
    out.axis_chunks_iter_mut(Axis(0), BLOCK)
        .into_par_iter()
        .zip(left.axis_chunks_iter(Axis(0), BLOCK))
        .for_each(|(mut out, left)| general_mat_mul(1.0, &left, &right, 0.0, &mut out));
    out
}
