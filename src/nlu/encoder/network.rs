//! The network: pieces of many sentences in, a vector a sentence out.
//!
//! Three branches look at windows of 2, 3 and 5 pieces, twice each; their sums over a sentence go through four dense
//! layers. What depends on a piece alone (its projection and its share of every first window) is computed once for
//! all places of a group of sentences, which halves the work. A sentence's numbers depend on the sentence alone: not
//! on its neighbours, not on the threads.

use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut1, Axis, s};

use crate::nlu::encoder::pack::{BLOCKS, Pack, Parameters};
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
    pub fn of(pack: &mut Pack) -> Option<Self> {
        let rows = std::mem::take(&mut pack.rows);
        let block = rows.len() / WIDE / BLOCKS;
        let read = &mut pack.parameters;
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

    /// Returns the vectors of a group of sentences, each of length 1.
    pub fn vectors(&self, sentences: &[Vec<Piece>]) -> Array2<f32> {
        let pieces = Pieces::of(self, sentences);
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
            self.windows(&pieces, &sentences[from..to], &mut sums.slice_mut(s![from..to, ..]));
            from = to;
        }
        self.dense(sentences, &sums)
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
    fn windows(&self, pieces: &Pieces, sentences: &[Vec<Piece>], sums: &mut ndarray::ArrayViewMut2<f32>) {
        let places: Vec<usize> = sentences.iter().flatten().map(|piece| pieces.place(*piece)).collect();
        let mut features = Array2::zeros((places.len(), FEATURES));
        for (mut row, place) in features.rows_mut().into_iter().zip(&places) {
            row.slice_mut(s![..WIDE]).assign(&pieces.rows.row(*place));
        }
        for (nth, branch) in self.branches.iter().enumerate() {
            let (projected, shares) = (&pieces.projected[nth], &pieces.shares[nth]);
            // Each sentence lies between rows of zeros, so that a window is one stretch of numbers, its ends included.
            let lines = branch.lines(sentences);
            let mut hidden = Array2::<f32>::zeros((places.len() + sentences.len() * (branch.window - 1), BRANCH));
            each_window(sentences, branch, |at, slot, from| {
                let share = shares.slice(s![places[from], slot * BRANCH..(slot + 1) * BRANCH]);
                let mut row = hidden.row_mut(lines[at]);
                row += &share;
            });
            let bias = numbers(branch.first_bias.view());
            for (line, place) in lines.iter().zip(&places) {
                let row = hidden.row_mut(*line).into_slice().expect(FRESH);
                let around = bias.iter().zip(numbers(projected.row(*place)));
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
    fn dense(&self, sentences: &[Vec<Piece>], sums: &Array2<f32>) -> Array2<f32> {
        let mut mean = self.sum.times(sums);
        for (mut row, sentence) in mean.rows_mut().into_iter().zip(sentences) {
            let long = sentence.len() as f32;
            row.scaled_add(long, &self.sum_bias);
            row /= long.sqrt();
        }
        let positive = |mut x: Array2<f32>| {
            x.mapv_inplace(|x| x.max(0.0));
            x
        };
        let y0 = positive(self.d0.times(&mean));
        let y1 = positive(self.p1.times(&mean) + self.d1.times(&y0));
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

/// What depends on a piece alone, for all different pieces of a group.
struct Pieces {
    known: Vec<Piece>,
    rows: Array2<f32>,
    /// A branch: the piece projected, and its share of each slot of the first window.
    projected: Vec<Array2<f32>>,
    shares: Vec<Array2<f32>>,
}

impl Pieces {
    fn of(network: &Network, sentences: &[Vec<Piece>]) -> Self {
        let mut known: Vec<Piece> = sentences.iter().flatten().copied().collect();
        known.sort_unstable();
        known.dedup();
        let mut rows = Array2::zeros((known.len(), WIDE));
        rows.rows_mut().into_iter().zip(&known).for_each(|(row, piece)| network.row(*piece, row));
        let mut wide = Array2::zeros((known.len(), network.branches.len() * BRANCH));
        for (branch, mut part) in network.branches.iter().zip(wide.axis_chunks_iter_mut(Axis(1), BRANCH)) {
            branch.project.write(rows.view(), part.view_mut());
            part += &branch.project_bias;
        }
        // The three branches are normalised together.
        for mut row in wide.rows_mut() {
            centre(&mut row);
        }
        let projected: Vec<Array2<f32>> = network
            .branches
            .iter()
            .zip(wide.axis_chunks_iter(Axis(1), BRANCH))
            .map(|(branch, part)| &part * &branch.norm.gain + &branch.norm.shift)
            .collect();
        let shares = network.branches.iter().zip(&projected).map(|(branch, x)| branch.first.times(x)).collect();
        Self { known, rows, projected, shares }
    }

    fn place(&self, piece: Piece) -> usize {
        self.known.binary_search(&piece).expect("every piece of the group was listed")
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
            first: Matrix::of(&side_by_side(&read.matrix(window * BRANCH, BRANCH)?)),
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
fn side_by_side(blocks: &Array2<f32>) -> Array2<f32> {
    let parts: Vec<_> = blocks.axis_chunks_iter(Axis(0), BRANCH).collect();
    ndarray::concatenate(Axis(1), &parts).expect("all blocks have the same height")
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
