//! Training conversations as `{"messages":[{"role","content"}]}`, one a line or in a list.

use serde_json::Value;

use crate::formats::chat::shape::{Shape, field, in_its_place, rejected};
use crate::formats::record::{Record, RejectReason};
use crate::formats::speaker;
use crate::formats::time::{self, CHINA};

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &["data", "conversations", "dialogues"], fits, read };

fn fits(value: &Value) -> bool {
    let Some(messages) = value.get("messages").and_then(Value::as_array) else { return false };
    messages.first().is_some_and(|first| first.get("role").is_some() && first.get("content").is_some())
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let name = field(value, "id").or_else(|| field(value, "conversation_id"));
    for turn in value.get("messages").and_then(Value::as_array).into_iter().flatten() {
        let word = field(turn, "role").unwrap_or_default();
        // A prompt for the machine is not a turn of the talk, but the count has to know it.
        let Some(role) = speaker::of_word(&word) else {
            found.push(rejected(line, RejectReason::UnknownRole { word }, turn));
            continue;
        };
        let mut said = in_its_place(name.as_deref(), line, &content(turn));
        said.role = role;
        said.speaker = field(turn, "name");
        said.at = field(turn, "timestamp").and_then(|at| time::parse(&at, CHINA));
        found.push(Record::Message(said));
    }
}

/// Returns the text of a turn: a string, or the text parts of a list.
fn content(turn: &Value) -> String {
    match turn.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().filter_map(|part| field(part, "text")).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}
