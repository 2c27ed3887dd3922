//! A transformer as others see it: texts to vectors.

use std::collections::HashSet;
use std::path::Path;

use candle_core::Tensor;
use ndarray::{Array2, s};
use rayon::prelude::*;
use tokenizers::Tokenizer;

use crate::nlu::encoder::encode::Encode;
use crate::nlu::encoder::transformer::folder::{self, Folder, identity};
use crate::nlu::encoder::transformer::network::{Network, matrix};
use crate::nlu::encoder::transformer::pooling::Pooling;
use crate::nlu::error::{Error, Fault};
use crate::progress::Progress;

/// Tokens of texts that go through the network together.
const BATCH: usize = 1024;

/// Batches between two words of progress.
const STEP: usize = 8;

/// A network of the BERT family with its tokeniser.
pub(in crate::nlu) struct Transformer {
    name: String,
    width: usize,
    tokenizer: Tokenizer,
    small_letters: bool,
    network: Network,
    pooling: Pooling,
    tuned_on: HashSet<u64>,
}

impl Transformer {
    /// Opens the encoder of a folder.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let Folder { name, shape, pooling, tokenizer, weights, small_letters, tuned_on } = folder::read(path)?;
        let refuse = |fault| Error::Folder { folder: path.to_path_buf(), fault };
        let network = Network::of(&shape, &weights).map_err(refuse)?;
        let width = shape.hidden * pooling.ways.len();
        let encoder = Self { name, width, tokenizer, small_letters, network, pooling, tuned_on };
        // What runs once runs always: all shapes are known by then.
        let tried = encoder.run(&[&encoder.cut("a")]).map_err(|error| error.to_string());
        let what = match tried {
            Ok(row) if row.iter().all(|x| x.is_finite()) => return Ok(encoder),
            Ok(_) => "NaN".to_string(),
            Err(what) => what,
        };
        Err(refuse(Fault::Unreadable { file: folder::WEIGHTS.into(), what }))
    }

    /// Returns the numbers of a text's tokens.
    pub(super) fn cut(&self, text: &str) -> Vec<u32> {
        let text = if self.small_letters { text.to_lowercase() } else { text.to_string() };
        let cut = self.tokenizer.encode_fast(text, true);
        cut.expect("the tokeniser was tried on what it does not know").get_ids().to_vec()
    }

    /// Returns a row a sentence.
    fn run(&self, sentences: &[&[u32]]) -> candle_core::Result<Array2<f32>> {
        let (ids, mask) = matrix(sentences)?;
        let same = sentences.iter().all(|ids| ids.len() == sentences[0].len());
        let states = self.network.states(&ids, (!same).then_some(&mask), false)?;
        rows(&self.pooling.pool(&states, &mask)?)
    }
}

/// Returns a matrix of candle's as one of ours.
pub(super) fn rows(tensor: &Tensor) -> candle_core::Result<Array2<f32>> {
    let dims = tensor.dims2()?;
    let numbers = tensor.flatten_all()?.to_vec1()?;
    Ok(Array2::from_shape_vec(dims, numbers).expect("as many numbers as the shape says"))
}

impl Encode for Transformer {
    fn name(&self) -> &str {
        &self.name
    }

    fn width(&self) -> usize {
        self.width
    }

    fn learned(&self, text: &str) -> bool {
        self.tuned_on.contains(&identity(text))
    }

    /// Texts of as many tokens go together, so that none is filled up: a text's row hangs on no other text, but for
    /// rounding.
    fn encode(&self, texts: &[&str], progress: &dyn Progress) -> Option<Array2<f32>> {
        let cut: Vec<Vec<u32>> = texts.par_iter().map(|text| self.cut(text)).collect();
        let mut order: Vec<usize> = (0..cut.len()).filter(|at| !cut[*at].is_empty()).collect();
        order.sort_by_key(|at| cut[*at].len());
        let batches: Vec<&[usize]> = order
            .chunk_by(|a, b| cut[*a].len() == cut[*b].len())
            .flat_map(|same| same.chunks((BATCH / cut[same[0]].len()).max(1)))
            .collect();
        let mut vectors = Array2::zeros((texts.len(), self.width));
        let mut done = 0;
        for step in batches.chunks(STEP) {
            progress.at(done as u64, texts.len() as u64);
            if progress.stopped() {
                return None;
            }
            let run = |batch: &&[usize]| {
                let sentences: Vec<&[u32]> = batch.iter().map(|at| &cut[*at][..]).collect();
                self.run(&sentences).expect("a sentence went through when the folder was opened")
            };
            let found: Vec<Array2<f32>> = step.par_iter().map(run).collect();
            for (batch, found) in step.iter().zip(found) {
                for (at, row) in batch.iter().zip(found.rows()) {
                    vectors.slice_mut(s![*at, ..]).assign(&row);
                }
                done += batch.len();
            }
        }
        progress.at(texts.len() as u64, texts.len() as u64);
        Some(vectors)
    }
}
