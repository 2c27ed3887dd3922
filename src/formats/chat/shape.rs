//! What every reader of JSON records says of itself: where its records lie, what they look like, what is in them.
//!
//! A vendor is one file with one `Shape` and one line in the table of `format.rs`.

use serde_json::Value;

use crate::domain::conversation::{Channel, Message};
use crate::formats::record::{Record, RejectReason, Rejected};

/// How one vendor's records are told and read.
pub struct Shape {
    /// The fields of a document whose lists hold the records; a document without one is a record itself.
    pub lists: &'static [&'static str],
    /// Tells whether a value is a record of this vendor.
    pub fits: fn(&Value) -> bool,
    /// Adds what a record says to `found`; `line` is its place in the file.
    pub read: fn(&Value, u64, &mut Vec<Record>),
}

/// Returns a message of a chat to fill in.
pub(in crate::formats) fn message(conversation: Option<&str>, line: u64, text: &str) -> Message {
    Message {
        conversation: conversation.map(str::to_owned),
        channel: Channel::Chat,
        text: text.to_owned(),
        line,
        ..Message::default()
    }
}

/// Returns a message of a chat that may have no name: then its record's place in the file stands for one.
pub(in crate::formats) fn in_its_place(conversation: Option<&str>, line: u64, text: &str) -> Message {
    match conversation {
        Some(name) => message(Some(name), line, text),
        None => Message { numbered: true, ..message(Some(&line.to_string()), line, text) },
    }
}

/// Returns a record that is not what it should be, as a rejected row.
pub(in crate::formats) fn rejected(line: u64, reason: RejectReason, value: &Value) -> Record {
    Record::Rejected(Rejected { line, reason, raw: value.to_string() })
}

/// Returns the text of a string or a number; `None` for anything else.
pub(in crate::formats) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns the text at a field, whether written as a string or as a number.
pub(in crate::formats) fn field(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(plain)
}
