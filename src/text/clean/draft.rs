//! A message on its way through the rules: its present text, the way back, and what it holds.

use std::borrow::Cow;

use crate::domain::range::ByteRange;
use crate::text::clean::offsets::{Edit, Offsets};
use crate::text::clean::scan::{self, Signs};

/// One change a rule asks for: `put` instead of the bytes `start..end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patch {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) put: Cow<'static, str>,
}

impl Patch {
    pub(crate) fn new(start: usize, end: usize, put: impl Into<Cow<'static, str>>) -> Self {
        Self { start, end, put: put.into() }
    }

    pub(crate) fn drop(start: usize, end: usize) -> Self {
        Self { start, end, put: Cow::Borrowed("") }
    }
}

/// A message while it is being cleaned.
pub(crate) struct Draft {
    pub(crate) text: String,
    pub(crate) offsets: Offsets,
    signs: Signs,
    words: Option<Signs>,
}

impl Draft {
    pub(crate) fn new(raw: &str) -> Self {
        Self { text: raw.to_owned(), offsets: Offsets::default(), signs: scan::characters(raw), words: None }
    }

    /// Tells whether the text holds one of `signs`; looks for words only when asked for one.
    pub(crate) fn holds(&mut self, signs: Signs) -> bool {
        if signs & self.signs != 0 {
            return true;
        }
        if signs & scan::WORDS == 0 {
            return false;
        }
        let words = *self.words.get_or_insert_with(|| scan::words(&self.text));
        signs & words != 0
    }

    /// Applies `patches`, in order and apart from each other; tells whether the text changed.
    ///
    /// A patch that reaches back into the one before it is left out.
    pub(crate) fn apply(&mut self, patches: Vec<Patch>) -> bool {
        let mut out = String::with_capacity(self.text.len() + 16);
        let mut edits = Vec::with_capacity(patches.len());
        let mut at = 0;
        for patch in patches {
            if patch.start < at || self.text[patch.start..patch.end] == *patch.put {
                continue;
            }
            out.push_str(&self.text[at..patch.start]);
            let start = out.len();
            out.push_str(&patch.put);
            edits.push(Edit { clean: ByteRange::new(start, out.len()), raw: ByteRange::new(patch.start, patch.end) });
            at = patch.end;
        }
        if edits.is_empty() {
            return false;
        }
        out.push_str(&self.text[at..]);
        self.text = out;
        self.offsets = std::mem::take(&mut self.offsets).then(edits);
        self.signs = scan::characters(&self.text);
        self.words = None;
        true
    }
}

/// Fails unless `rule` makes `expected` of `text`.
#[cfg(test)]
#[track_caller]
pub(crate) fn check(rule: fn(&str) -> Vec<Patch>, text: &str, expected: &str) {
    let mut draft = Draft::new(text);
    draft.apply(rule(text));
    assert_eq!(draft.text, expected, "of {text:?}");
}
