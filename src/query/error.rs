//! Why a query does not read, as data.

/// What should have stood at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// A condition, a word or an opening parenthesis.
    Condition,
    /// The name of a field, or one of the figures.
    Field,
    /// What a field is compared with.
    Value,
    Number,
    /// One of these words.
    Choice(Vec<&'static str>),
    Comparison,
    /// A closing parenthesis.
    Close,
    /// A closing quote.
    Quote,
    /// Less nesting.
    Shallower,
}

/// Where a query does not read, and what should have stood there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: expected {expected:?}, found {found:?}")]
pub struct Error {
    /// From 1, in characters.
    pub column: usize,
    pub expected: Expected,
    /// Empty at the end of the query.
    pub found: String,
}
