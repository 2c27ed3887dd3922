//! What a verb can refuse, wrapping what the crafts below refuse.

use std::path::PathBuf;

/// A refusal of a verb; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] crate::store::error::Error),
    #[error(transparent)]
    Formats(#[from] crate::formats::error::Error),
    #[error(transparent)]
    Clustering(#[from] crate::clustering::error::Error),
    #[error(transparent)]
    Nlu(#[from] crate::nlu::error::Error),
    #[error(transparent)]
    Policy(#[from] crate::dialogue::error::Error),
    /// A file of a policy or of rehearsals that does not read.
    #[error("{}: {source}", path.display())]
    PolicyFile { path: PathBuf, source: crate::dialogue::error::Error },
    /// An intent nobody made.
    #[error("unknown intent {name}")]
    UnknownIntent { name: String, nearest: Option<String> },
    /// The name is another intent's.
    #[error("intent name {name} is taken")]
    NameTaken { name: String },
    /// A version of this name was published before.
    #[error("version {name} exists")]
    VersionExists { name: String },
    /// An intent needs a name.
    #[error("empty name")]
    EmptyName,
    /// No cluster has this number.
    #[error("unknown cluster {id}")]
    UnknownCluster { id: i64 },
    /// No run has this number.
    #[error("unknown run {id}")]
    UnknownRun { id: i64 },
    /// No cleaning rule has this name.
    #[error("unknown rule {name}")]
    UnknownRule { name: String, known: Vec<String> },
    /// A choice among words that are not these.
    #[error("unknown {what} {name}")]
    UnknownChoice { what: &'static str, name: String, known: Vec<String> },
    /// No rehearsal or published policy has this name.
    #[error("unknown {what} {name}")]
    UnknownName { what: &'static str, name: String },
    /// No import has this number, or it was withdrawn.
    #[error("unknown import {id}")]
    UnknownBatch { id: i64 },
    /// No turn has this number.
    #[error("unknown turn {id}")]
    UnknownTurn { id: i64 },
    /// The words stand nowhere in the text, or are marked already where they do.
    #[error("{words:?} is not in text {id}")]
    NotInText { id: i64, words: String },
    /// No text has this number.
    #[error("unknown text {id}")]
    UnknownText { id: i64 },
    /// The turn is no piece of a longer sentence.
    #[error("turn {id} is joined to none")]
    NothingJoined { id: i64 },
    /// There is no turn before it that this one could go on with.
    #[error("turn {id} has none to be joined to")]
    NothingToJoin { id: i64 },
    /// The turn was not set aside.
    #[error("turn {id} is not set aside")]
    NotAside { id: i64 },
    /// No message of the text holds these words.
    #[error("no message holds {heard}")]
    NotHeard { heard: String },
    /// A query that does not read.
    #[error("{text}: {source}")]
    Query { text: String, source: crate::query::error::Error },
    /// Two texts of one family are one to a grouping.
    #[error("one family")]
    OneFamily,
    /// The policy names an intent where the name cannot be changed.
    #[error("the policy names {name} at line {line}")]
    NamedInPolicy { name: String, line: u32 },
    /// A stretch holds no sign of the text, or would cut one.
    #[error("no stretch of whole signs")]
    NoStretch,
    /// A stretch lies across one that is marked.
    #[error("crosses a span of {entity}")]
    SpansCross { entity: String },
    /// There is nothing to group.
    #[error("no utterances")]
    NoUtterances,
    /// Nothing was grouped yet.
    #[error("no grouping")]
    NoGrouping,
    /// Nothing was trained yet.
    #[error("no model")]
    NoModel,
    /// There is no policy yet.
    #[error("no policy")]
    NoPolicy,
    /// There are no rehearsals.
    #[error("no rehearsals")]
    NoRehearsals,
    /// Too few labelled examples to train on.
    #[error("{examples} examples of {intents} intents")]
    TooFewExamples { examples: usize, intents: usize },
    /// Too few marked stretches to learn entities from.
    #[error("{marks} marks, at least {least}")]
    TooFewMarks { marks: u64, least: u64 },
    /// No text is kept for testing.
    #[error("no texts kept for testing")]
    NoTests,
    /// A file has no intent beside its texts.
    #[error("no intent column: {}", path.display())]
    NoIntentColumn { path: PathBuf },
    /// A file cannot be written.
    #[error("cannot write {}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    /// A file would be overwritten.
    #[error("exists already: {}", path.display())]
    Exists { path: PathBuf },
    /// There is no such file or folder, or it holds nothing of use.
    #[error("nothing to read in {}", path.display())]
    NothingThere { path: PathBuf },
    /// A folder of several bots; one of them must be named.
    #[error("{} bots in {}", bots.len(), path.display())]
    SeveralBots { path: PathBuf, bots: Vec<PathBuf> },
    /// The policy has faults that forbid publishing.
    #[error("{faults} faults in the policy")]
    FaultyPolicy { faults: usize },
    /// The trainer asked to stop.
    #[error("stopped")]
    Stopped,
}

/// What the verbs return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Tells whether this is no fault but the trainer's own wish.
    pub fn is_stop(&self) -> bool {
        matches!(
            self,
            Error::Stopped
                | Error::Store(crate::store::error::Error::Stopped)
                | Error::Formats(crate::formats::error::Error::Stopped)
                | Error::Clustering(crate::clustering::error::Error::Stopped)
                | Error::Nlu(crate::nlu::error::Error::Stopped)
        )
    }
}
