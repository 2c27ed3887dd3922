//! Positions in text. Bytes here; code points and terminal columns have their own types where they are used.

use serde::{Deserialize, Serialize};

/// A half-open stretch of bytes of a UTF-8 string; both ends lie on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ByteRange {
    pub start: u32,
    pub end: u32,
}

impl ByteRange {
    /// Returns the range `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// Returns the stretch of `text` this range names; empty when it does not fit.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    /// Tells whether the range holds no byte.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}
