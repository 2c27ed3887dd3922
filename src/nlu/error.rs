//! What can go wrong while a model learns or is read from bytes.

use std::path::PathBuf;

/// What is wrong with an encoder's folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A file is not there.
    #[error("no {file}")]
    Missing { file: String },
    /// A file does not read as what it should be.
    #[error("{file}: {what}")]
    Unreadable { file: String, what: String },
    /// A number or a size beyond any encoder of this kind.
    #[error("{what} is {found}, at most {most}")]
    TooBig { what: String, found: u64, most: u64 },
    /// Weights that are not there, or not of the shape the configuration tells.
    #[error("{tensor}: {found}, not {wanted}")]
    Shape { tensor: String, found: String, wanted: String },
    /// Another kind of network, pooling or step than those known.
    #[error("{what} {found}; known: {known}")]
    Kind { what: String, found: String, known: String },
}

/// A failure of training or of loading a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is nothing to learn from.
    #[error("no examples")]
    NoExamples,
    /// One intent alone leaves nothing to tell apart.
    #[error("only one intent among {examples} examples")]
    OneIntent { examples: usize },
    /// More intents than a model's bytes can number.
    #[error("{intents} intents, at most {most}")]
    TooManyIntents { intents: usize, most: usize },
    /// The algorithm's cost grows with the square of the examples.
    #[error("{examples} examples, at most {most} for this algorithm")]
    TooManyExamples { examples: usize, most: usize },
    /// The fold numbers do not belong to these examples.
    #[error("{folds} fold numbers for {examples} examples")]
    Folds { folds: usize, examples: usize },
    /// The learner found nothing in these examples.
    #[error("nothing learned")]
    Unlearned,
    /// The trainer asked to stop.
    #[error("stopped")]
    Stopped,
    /// The bytes are no model of ours, or were damaged.
    #[error("damaged model: {what}")]
    Damaged { what: &'static str },
    /// The model reads texts by an encoder that is not in this program, and nobody said where it lies.
    #[error("a model of the encoder {name}")]
    Encoder { name: String },
    /// The folder holds another encoder than the one that was there.
    #[error("{}: the encoder {found}, not {name}", folder.display())]
    OtherEncoder { folder: PathBuf, name: String, found: String },
    /// What was kept of a tuning is of other examples or settings.
    #[error("a checkpoint of another tuning")]
    OtherTuning,
    /// This program was built without what reads an encoder's folder.
    #[error("built without transformers: {}", folder.display())]
    NoTransformers { folder: PathBuf },
    /// A folder that is no encoder this program can read.
    #[error("{}: {fault}", folder.display())]
    Folder { folder: PathBuf, fault: Fault },
    /// The model was written by a newer program.
    #[error("model version {found}, at most {known}")]
    Newer { found: u16, known: u16 },
}
