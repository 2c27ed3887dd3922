//! One labelled example on its way out.

use crate::domain::label::Mark;

/// One text with what is known of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportRow {
    pub text: String,
    /// The intent's name; `None` for a text without one.
    pub intent: Option<String>,
    /// How often it was said.
    pub count: u64,
    /// Marked stretches, in the order of the text.
    pub spans: Vec<Mark>,
    /// Where the label came from (`hand`, `bulk`, `import`, `talk`); empty when not said.
    pub source: String,
}

/// What a writer did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    pub rows: u64,
    /// Rows the format has no place for (Rasa: texts without an intent, or without any letter).
    pub left_out: u64,
    /// Spans the format cannot say; their text was written plain.
    pub spans_left_out: u64,
    /// Normalised values of spans the format cannot say; the spans were written.
    pub values_left_out: u64,
    /// Rows said more than once, in a format that does not say how often.
    pub counts_left_out: u64,
    /// Intents whose names the format does not take as they are.
    pub renamed: u64,
}

impl Written {
    /// Returns what the file does not hold, in the order of the fields: the report of losses.
    pub fn lost(&self) -> [u64; 5] {
        [self.left_out, self.spans_left_out, self.values_left_out, self.counts_left_out, self.renamed]
    }
}
