//! What can go wrong while a model learns or is read from bytes.

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
    /// The trainer asked to stop.
    #[error("stopped")]
    Stopped,
    /// The bytes are no model of ours, or were damaged.
    #[error("damaged model: {what}")]
    Damaged { what: &'static str },
    /// The model reads texts by an encoder that is not in this program.
    #[error("a model of the encoder {name}")]
    Encoder { name: String },
    /// The model was written by a newer program.
    #[error("model version {found}, at most {known}")]
    Newer { found: u16, known: u16 },
}
