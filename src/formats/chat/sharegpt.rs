//! ShareGPT conversations: `{"conversations":[{"from","value"}]}`.

use serde_json::Value;

use crate::formats::chat::shape::{Shape, field, in_its_place, rejected};
use crate::formats::record::{Record, RejectReason};
use crate::formats::speaker;

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &["data"], fits, read };

fn turns(value: &Value) -> Option<&Vec<Value>> {
    value.get("conversations").or_else(|| value.get("conversation")).and_then(Value::as_array)
}

fn fits(value: &Value) -> bool {
    turns(value)
        .and_then(|t| t.first())
        .is_some_and(|first| first.get("from").is_some() && first.get("value").is_some())
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let name = field(value, "id");
    for turn in turns(value).into_iter().flatten() {
        let word = field(turn, "from").unwrap_or_default();
        let Some(role) = speaker::of_word(&word) else {
            found.push(rejected(line, RejectReason::UnknownRole { word }, turn));
            continue;
        };
        let mut said = in_its_place(name.as_deref(), line, &field(turn, "value").unwrap_or_default());
        said.role = role;
        found.push(Record::Message(said));
    }
}
