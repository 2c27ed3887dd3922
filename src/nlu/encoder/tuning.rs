//! Tuning an encoder on labelled examples, as its callers see it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::nlu::error::Error;
use crate::progress::Progress;

/// How to tune.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TuneOptions {
    /// Times every example is learned from.
    pub epochs: usize,
    /// The highest step; it rises over the first tenth of the steps and falls to 0.
    pub rate: f64,
    /// Examples a step.
    pub batch: usize,
    pub seed: u64,
}

impl Default for TuneOptions {
    fn default() -> Self {
        Self { epochs: 3, rate: 5e-5, batch: 16, seed: 1 }
    }
}

/// What to tune on: texts with the numbers of their classes, from 0; those held out are never learned from.
#[derive(Debug, Clone, Copy)]
pub struct Lesson<'a> {
    pub texts: &'a [&'a str],
    pub classes: &'a [u16],
    pub held: &'a [bool],
}

/// How it went once through the examples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// The mean cross-entropy of the examples, in nats, each before it was learned from.
    pub loss: f64,
    /// The share of held-out examples the head gets right afterwards.
    pub accuracy: f64,
}

/// What an encoder remembers of its tuning: a file of its folder.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tuned {
    /// The encoder it was.
    pub base: String,
    pub options: TuneOptions,
    pub epochs: Vec<Epoch>,
    /// A hash of each text it learned from, so that no score is made on them.
    pub texts: Vec<String>,
}

/// A tuned encoder, as files of a folder.
pub struct TunedFolder {
    pub files: Vec<(String, Vec<u8>)>,
    pub tuned: Tuned,
}

/// What is kept of a tuning under way, to go on from there.
pub struct Checkpoint<'a> {
    /// What was kept of this tuning before.
    pub before: Option<&'a [u8]>,
    /// Keeps what is to be gone on from; `false` when it cannot, which ends the tuning.
    pub keep: &'a mut dyn FnMut(&[u8]) -> bool,
}

/// Tunes the encoder of a folder: cross-entropy of a linear layer on its vectors, by AdamW.
///
/// What the tokens are at first stays as it is; everything above is learned. The same lesson, options and folder give
/// the same bytes, whether it went through in one go or from a checkpoint; one that was kept of another lesson is
/// refused. Stopped, the checkpoint is kept first.
pub fn tune(
    folder: &Path,
    lesson: &Lesson<'_>,
    options: &TuneOptions,
    checkpoint: &mut Checkpoint<'_>,
    progress: &dyn Progress,
) -> Result<TunedFolder, Error> {
    #[cfg(feature = "transformer")]
    {
        crate::nlu::encoder::transformer::tuning::tune(folder, lesson, options, checkpoint, progress)
    }
    #[cfg(not(feature = "transformer"))]
    {
        let _ = (lesson, options, checkpoint, progress);
        Err(Error::NoTransformers { folder: folder.to_path_buf() })
    }
}
