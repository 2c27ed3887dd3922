//! Sparse rows of numbers, the shape texts take for clustering and classification.

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
