//! What can be wrong with a policy or a script as a text, and where.

use thiserror::Error;

/// A fault that keeps a document from being read, with its place from 1.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("{line}:{column}: {what:?}")]
pub struct Error {
    pub line: u32,
    /// In characters, not bytes.
    pub column: u32,
    pub what: What,
}

/// What kind of fault it is.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The text is no YAML; the parser's own words.
    Syntax(String),
    /// The document is empty.
    Empty,
    /// More nesting or more nodes than a document of a person has.
    TooLarge,
    UnknownKey {
        key: String,
        near: Option<String>,
        known: Vec<&'static str>,
    },
    DoubleKey(String),
    MissingKey(&'static str),
    /// Another kind of value belongs here.
    Wanted(Wanted),
    /// A word that must be one of a few.
    NotOneOf {
        word: String,
        near: Option<String>,
        known: Vec<&'static str>,
    },
    /// A guard that cannot be read.
    Guard(GuardFault),
    /// A regular expression that cannot be used; the engine's own words.
    Pattern(String),
    /// A number outside the bounds it has here.
    OutOfBounds {
        low: f64,
        high: f64,
    },
}

/// The kind of value that belongs at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Text,
    Texts,
    List,
    Map,
    Number,
    Whole,
    /// `9..18` or `8:30..17:30`.
    Hours,
    /// `180s`, `3m` or a number of seconds.
    Duration,
    YesOrNo,
    /// `HH:MM`.
    Time,
    /// `YYYY-MM-DD`.
    Date,
}

/// Why a guard cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuardFault {
    Empty,
    UnknownSign(char),
    /// Something must follow here.
    EndsEarly,
    Unexpected(String),
    OpenQuote,
    OpenBracket,
    TooDeep,
}
