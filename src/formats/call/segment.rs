//! What a recogniser wrote of one call: stretches of speech, in order.

use crate::formats::record::{RejectReason, Rejected};

/// What a recogniser wrote of one call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transcript {
    /// The source's own name for the call, when it is one that no other call has.
    pub name: Option<String>,
    pub segments: Vec<Segment>,
    /// Whether this is a piece of the one call its file holds.
    pub piece: bool,
    /// Lines that could not be used.
    pub strays: Vec<Rejected>,
}

/// One stretch of speech.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Segment {
    /// Milliseconds from the beginning of the call.
    pub start: Option<u32>,
    pub end: Option<u32>,
    /// The source's word for who speaks; `None` where it tells nobody apart.
    pub speaker: Option<String>,
    pub text: String,
    /// In the source's own word.
    pub emotion: Option<String>,
    /// How sure the recogniser is, in thousandths.
    pub sure: Option<u16>,
    /// Whether the recogniser itself doubts that anything was said.
    pub unheard: bool,
    /// The line of the file, from 1; 0 where its number among the segments says more.
    pub line: u64,
}

/// Returns a line that could not be used.
pub fn stray(line: u64, reason: RejectReason, raw: &str) -> Rejected {
    Rejected { line, reason, raw: raw.to_owned() }
}
