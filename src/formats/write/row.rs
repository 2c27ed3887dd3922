//! One labelled example on its way out.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::extra::Form;
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
    /// What the records it came from said that nobody here reads, those first that are written back.
    pub extras: Vec<(Form, Map<String, Value>)>,
}

impl ExportRow {
    /// Returns the fields that go back to a form: those of the first record of it.
    pub fn extra(&self, form: Form) -> Option<&Map<String, Value>> {
        self.extras.iter().find(|(of, _)| *of == form).map(|(_, fields)| fields)
    }
}

/// What a writer did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    /// Fields nobody here reads that the file does not hold, by name, with the records that had them.
    pub fields: BTreeMap<String, u64>,
}

impl Written {
    /// Returns what the file does not hold, in the order of the fields: the report of losses.
    pub fn lost(&self) -> [u64; 5] {
        [self.left_out, self.spans_left_out, self.values_left_out, self.counts_left_out, self.renamed]
    }
}
