//! The network: pieces of many sentences in, a vector a sentence out.
//!
//! Three branches look at windows of 2, 3 and 5 pieces, twice each; their sums over a sentence go through four dense
//! layers. What depends on a piece alone (its projection and its share of every first window) is computed once for
//! all texts of a call, which more than halves the work. A sentence's numbers depend on the sentence alone: not
//! on its neighbours, not on the threads.

use std::collections::HashMap;

use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut1, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use crate::nlu::encoder::layers::{Layers, beside};
use crate::nlu::encoder::pack::{BLOCKS, Grid, Numbers, Parameters};
use crate::nlu::encoder::product::Matrix;
use crate::nlu::encoder::tokens::Piece;

/// Numbers in a piece's row and in a sentence's vector.
pub(super) const WIDE: usize = 512;
/// Numbers a branch holds a piece.
const BRANCH: usize = 256;
/// Window and how many pieces of it lie to the left, a branch.
const WINDOWS: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
/// Numbers a piece has in the end: its row and what the branches make of it.
const FEATURES: usize = WIDE + WINDOWS.len() * BRANCH;
const HIDDEN: usize = 320;
const EPSILON: f32 = 1e-12;

/// Pieces taken through the windows at a time; their numbers stay in the processor's cache.
const STRETCH: usize = 256;

/// The parameters.
pub(super) struct Network {
    rows: Vec<u8>,
    /// Rows in a block.
    block: usize,
    scale: Array1<f32>,
    low: Array1<f32>,
    branches: Vec<Branch>,
    norm: Norm,
    sum: Matrix,
    sum_bias: Array1<f32>,
    d0: Matrix,
    d1: Matrix,
    p1: Matrix,
    d2: Matrix,
    p3: Matrix,
    d3: Matrix,
}

/// One branch. `first` holds the shares of a window's places side by side, `second` below each other.
struct Branch {
    window: usize,
    left: usize,
    project: Matrix,
    project_bias: Array1<f32>,
    norm: Norm,
    first: Matrix,
    first_bias: Array1<f32>,
    second: Matrix,
    second_bias: Array1<f32>,
}

struct Norm {
    gain: Array1<f32>,
    shift: Array1<f32>,
}

impl Network {
    /// Reads the parameters.
    pub fn of(Numbers { rows, parameters: mut read }: Numbers) -> Option<Self> {
        let block = rows.len() / WIDE / BLOCKS;
        let read = &mut read;
        let (scale, low) = (read.vector(BLOCKS)?, read.vector(BLOCKS)?);
        let branches = WINDOWS.iter().map(|&(window, left)| Branch::of(read, window, left)).collect::<Option<_>>()?;
        let network = Self {
            block,
            scale,
            low,
            branches,
            norm: Norm { gain: read.vector(FEATURES)?, shift: read.vector(FEATURES)? },
            sum: Matrix::of(&read.matrix(FEATURES, WIDE)?),
            sum_bias: read.vector(WIDE)?,
            d0: Matrix::of(&read.matrix(WIDE, HIDDEN)?),
            d1: Matrix::of(&read.matrix(HIDDEN, HIDDEN)?),
            p1: Matrix::of(&read.matrix(WIDE, HIDDEN)?),
            d2: Matrix::of(&read.matrix(HIDDEN, WIDE)?),
            p3: Matrix::of(&read.matrix(HIDDEN, WIDE)?),
            d3: Matrix::of(&read.matrix(WIDE, WIDE)?),
            rows,
        };
        (read.is_done() && network.rows.len() == block * BLOCKS * WIDE).then_some(network)
    }

    /// Returns the vectors of a group of sentences, each of length 1; `pieces` must have theirs.
    pub fn vectors(&self, pieces: &Pieces, sentences: &[Vec<Piece>]) -> Array2<f32> {
        self.dense(&self.sums(pieces, sentences))
    }

    /// Returns what the dense layers are given for each of a group of sentences.
    pub fn sums(&self, pieces: &Pieces, sentences: &[Vec<Piece>]) -> Array2<f32> {
        let mut sums = Array2::zeros((sentences.len(), FEATURES));
        let mut from = 0;
        while from < sentences.len() {
            let mut long = 0;
            let fits = |sentence: &&Vec<Piece>| {
                long += sentence.len();
                long <= STRETCH
            };
            let count = sentences[from..].iter().take_while(fits).count().max(1);
            let to = from + count;
            self.windows(pieces, &sentences[from..to], &mut sums.slice_mut(s![from..to, ..]));
            from = to;
        }
        let mut sums = self.sum.times(&sums);
        for (mut row, sentence) in sums.rows_mut().into_iter().zip(sentences) {
            let long = sentence.len() as f32;
            row.scaled_add(long, &self.sum_bias);
            row /= long.sqrt();
        }
        sums
    }

    /// Returns the dense layers as plain matrices.
    pub fn layers(&self) -> Layers {
        let [d0, d1, p1, d2, p3, d3] =
            [&self.d0, &self.d1, &self.p1, &self.d2, &self.p3, &self.d3].map(Matrix::unpacked);
        Layers { matrices: [beside(&d0, &p1), d1, d2, p3, d3] }
    }

    /// Tells whether there are rows for so many pieces.
    pub fn knows(&self, pieces: usize) -> bool {
        pieces <= self.block * BLOCKS
    }

    /// Writes the row of a piece.
    fn row(&self, piece: Piece, mut out: ArrayViewMut1<f32>) {
        let (block, place) = (piece as usize % BLOCKS, piece as usize / BLOCKS);
        let start = (block * self.block + place) * WIDE;
        let (scale, low) = (self.scale[block], self.low[block]);
        out.iter_mut()
            .zip(&self.rows[start..start + WIDE])
            .for_each(|(out, byte)| *out = f32::from(*byte) * scale + low);
    }

    /// Takes a few sentences through the windows of all branches and adds their pieces up.
    fn windows(&self, pieces: &Pieces, sentences: &[Vec<Piece>], sums: &mut ArrayViewMut2<f32>) {
        let known: Vec<&[f32]> = sentences.iter().flatten().map(|piece| pieces.numbers(*piece)).collect();
        let mut features = Array2::zeros((known.len(), FEATURES));
        for (mut row, piece) in features.rows_mut().into_iter().zip(sentences.iter().flatten()) {
            self.row(*piece, row.slice_mut(s![..WIDE]));
        }
        for (nth, branch) in self.branches.iter().enumerate() {
            // Each sentence lies between rows of zeros, so that a window is one stretch of numbers, its ends included.
            let lines = branch.lines(sentences);
            let mut hidden = Array2::<f32>::zeros((known.len() + sentences.len() * (branch.window - 1), BRANCH));
            each_window(sentences, branch, |at, slot, from| {
                let row = hidden.row_mut(lines[at]).into_slice().expect(FRESH);
                row.iter_mut().zip(share(known[from], nth, slot)).for_each(|(x, share)| *x += share);
            });
            let bias = numbers(branch.first_bias.view());
            for (line, piece) in lines.iter().zip(&known) {
                let row = hidden.row_mut(*line).into_slice().expect(FRESH);
                let around = bias.iter().zip(projected(piece, nth));
                row.iter_mut().zip(around).for_each(|(x, (bias, projected))| *x = (*x + bias).max(0.0) + projected);
            }
            let hidden = hidden.as_slice().expect(FRESH);
            let window = |line: &usize| {
                let start = (line - branch.left) * BRANCH;
                &hidden[start..start + branch.window * BRANCH]
            };
            let windows: Vec<&[f32]> = lines.iter().map(window).collect();
            let mut out = features.slice_mut(s![.., WIDE + nth * BRANCH..WIDE + (nth + 1) * BRANCH]);
            branch.second.write_rows(&windows, out.view_mut());
            let bias = numbers(branch.second_bias.view());
            for (row, line) in out.outer_iter_mut().zip(&lines) {
                let hidden = &hidden[line * BRANCH..(line + 1) * BRANCH];
                let row = row.into_slice().expect(FRESH);
                let around = bias.iter().zip(hidden);
                row.iter_mut().zip(around).for_each(|(x, (bias, hidden))| *x = (*x + bias).max(0.0) + hidden);
            }
        }
        let mut rows = features.rows_mut().into_iter();
        for (sentence, mut sum) in sentences.iter().zip(sums.rows_mut()) {
            for mut row in rows.by_ref().take(sentence.len()) {
                self.norm.apply(&mut row);
                sum += &row;
            }
        }
    }

    /// Takes the sums of sentences through the dense layers.
    fn dense(&self, sums: &Array2<f32>) -> Array2<f32> {
        let positive = |mut x: Array2<f32>| {
            x.mapv_inplace(|x| x.max(0.0));
            x
        };
        let y0 = positive(self.d0.times(sums));
        let y1 = positive(self.p1.times(sums) + self.d1.times(&y0));
        let y2 = positive(self.d2.times(&y1));
        let mut out = self.p3.times(&y1) + self.d3.times(&y2);
        out.mapv_inplace(f32::tanh);
        for mut row in out.rows_mut() {
            let long = row.dot(&row).max(EPSILON).sqrt();
            row /= long;
        }
        out
    }
}

const FRESH: &str = "rows of a fresh matrix lie in one piece";

fn numbers<'a>(row: ArrayView1<'a, f32>) -> &'a [f32] {
    row.to_slice().expect(FRESH)
}

/// Calls `with` for every piece, every slot of its window that lies inside its sentence, and the piece in that slot.
fn each_window(sentences: &[Vec<Piece>], branch: &Branch, mut with: impl FnMut(usize, usize, usize)) {
    let mut start = 0;
    for sentence in sentences {
        let end = start + sentence.len();
        for at in start..end {
            for slot in 0..branch.window {
                let from = at + slot;
                if from >= start + branch.left && from < end + branch.left {
                    with(at, slot, from - branch.left);
                }
            }
        }
        start = end;
    }
}

/// What depends on a piece alone, of every piece met so far: what each branch projects it to, then its share of each slot
/// of each branch's first window.
pub(super) struct Pieces {
    /// The most pieces kept from one call of [`Pieces::meet`] to the next; those of one call are kept in any case.
    most: usize,
    places: HashMap<Piece, usize>,
    numbers: Vec<f32>,
}

/// Numbers all branches project a piece to, and all numbers kept of it.
const PROJECTED: usize = WINDOWS.len() * BRANCH;
const KEPT: usize = PROJECTED + (WINDOWS[0].0 + WINDOWS[1].0 + WINDOWS[2].0) * BRANCH;

/// Pieces one thread looks at at a time.
const TOGETHER: usize = 96;

impl Pieces {
    /// Returns a place for so many pieces, 13 kB each.
    pub fn keeping(most: usize) -> Self {
        Self { most, places: HashMap::new(), numbers: Vec::new() }
    }

    /// Makes sure that every piece of some sentences is known.
    pub fn meet(&mut self, network: &Network, sentences: &[Vec<Piece>]) {
        let mut met: Vec<Piece> = sentences.iter().flatten().copied().collect();
        met.sort_unstable();
        met.dedup();
        let strange = |known: &Self| met.iter().copied().filter(|piece| !known.places.contains_key(piece)).collect();
        let mut new: Vec<Piece> = strange(self);
        if self.places.len() + new.len() > self.most {
            *self = Self::keeping(self.most);
            new = met;
        }
        let first = self.places.len();
        self.places.extend(new.iter().enumerate().map(|(nth, piece)| (*piece, first + nth)));
        self.numbers.resize((first + new.len()) * KEPT, 0.0);
        let parts = self.numbers[first * KEPT..].par_chunks_mut(TOGETHER * KEPT).zip(new.par_chunks(TOGETHER));
        parts.for_each(|(numbers, pieces)| {
            let numbers = ArrayViewMut2::from_shape((pieces.len(), KEPT), numbers).expect("so many were made room for");
            network.look_at(pieces, numbers);
        });
    }

    fn numbers(&self, piece: Piece) -> &[f32] {
        let place = self.places[&piece];
        &self.numbers[place * KEPT..(place + 1) * KEPT]
    }
}

/// Returns what a branch projects a piece to, of the numbers kept of it.
fn projected(numbers: &[f32], branch: usize) -> &[f32] {
    &numbers[branch * BRANCH..(branch + 1) * BRANCH]
}

/// Returns a piece's share of a slot of a branch's first window, of the numbers kept of it.
fn share(numbers: &[f32], branch: usize, slot: usize) -> &[f32] {
    let start = PROJECTED + (slots_before(branch) + slot) * BRANCH;
    &numbers[start..start + BRANCH]
}

/// Returns how many slots the windows of the branches before this one have.
fn slots_before(branch: usize) -> usize {
    WINDOWS[..branch].iter().map(|(window, _)| window).sum()
}

impl Network {
    /// Writes what depends on a piece alone, a row a piece.
    fn look_at(&self, pieces: &[Piece], numbers: ArrayViewMut2<f32>) {
        let mut rows = Array2::zeros((pieces.len(), WIDE));
        rows.rows_mut().into_iter().zip(pieces).for_each(|(row, piece)| self.row(*piece, row));
        let (mut projected, mut shares) = numbers.split_at(Axis(1), PROJECTED);
        let branch = |nth: usize| s![.., nth * BRANCH..(nth + 1) * BRANCH];
        for (nth, own) in self.branches.iter().enumerate() {
            let mut part = projected.slice_mut(branch(nth));
            own.project.write(rows.view(), part.view_mut());
            part += &own.project_bias;
        }
        // The three branches are normalised together.
        for mut row in projected.rows_mut() {
            centre(&mut row);
        }
        for (nth, own) in self.branches.iter().enumerate() {
            let mut part = projected.slice_mut(branch(nth));
            part *= &own.norm.gain;
            part += &own.norm.shift;
            let (from, to) = (slots_before(nth) * BRANCH, slots_before(nth + 1) * BRANCH);
            own.first.write(part.view(), shares.slice_mut(s![.., from..to]));
        }
    }
}

impl Branch {
    fn of(read: &mut Parameters, window: usize, left: usize) -> Option<Self> {
        Some(Self {
            window,
            left,
            project: Matrix::of(&read.matrix(WIDE, BRANCH)?),
            project_bias: read.vector(BRANCH)?,
            norm: Norm { gain: read.vector(BRANCH)?, shift: read.vector(BRANCH)? },
            first: Matrix::of(&side_by_side(read.matrix(window * BRANCH, BRANCH)?)),
            first_bias: read.vector(BRANCH)?,
            second: Matrix::of(&read.matrix(window * BRANCH, BRANCH)?),
            second_bias: read.vector(BRANCH)?,
        })
    }

    /// Returns the line of every piece, when each sentence has as many empty lines before and behind it as a window
    /// reaches out.
    fn lines(&self, sentences: &[Vec<Piece>]) -> Vec<usize> {
        let mut lines = Vec::with_capacity(sentences.iter().map(Vec::len).sum());
        let mut next = 0;
        for sentence in sentences {
            next += self.left;
            lines.extend(next..next + sentence.len());
            next += sentence.len() + self.window - 1 - self.left;
        }
        lines
    }
}

/// Returns blocks that stand below each other beside each other.
fn side_by_side(Grid { step, numbers }: Grid) -> Grid {
    let parts: Vec<_> = numbers.axis_chunks_iter(Axis(0), BRANCH).collect();
    let numbers = ndarray::concatenate(Axis(1), &parts).expect("all blocks have the same height");
    Grid { step, numbers }
}

impl Norm {
    fn apply(&self, row: &mut ArrayViewMut1<f32>) {
        centre(row);
        *row *= &self.gain;
        *row += &self.shift;
    }
}

/// Moves a row's mean to 0 and its spread to 1.
fn centre(row: &mut ArrayViewMut1<f32>) {
    let count = row.len() as f32;
    let mean = row.sum() / count;
    *row -= mean;
    let spread = |row: ArrayView1<f32>| row.dot(&row) / count;
    let scale = 1.0 / (spread(row.view()) + EPSILON).sqrt();
    *row *= scale;
}
