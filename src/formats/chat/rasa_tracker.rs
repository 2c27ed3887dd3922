//! Rasa trackers: what a bot heard and said, as a list of events.
//!
//! The intent a tracker names is what a model guessed at the time; it is not taken as a label.

use serde_json::Value;

use crate::domain::conversation::Role;
use crate::formats::chat::shape::{Shape, field, message, rejected};
use crate::formats::record::{Record, RejectReason};
use crate::formats::time::{self, CHINA};

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &["trackers"], fits, read };

fn fits(value: &Value) -> bool {
    let tracker = value.get("events").is_some_and(Value::is_array);
    let told = value.get("sender_id").is_some() && value.get("event").is_some_and(Value::is_string);
    told || tracker && (value.get("sender_id").is_some() || value.get("slots").is_some())
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let name = field(value, "sender_id").unwrap_or_else(|| line.to_string());
    // An event broker writes the events one by one.
    let events = value.get("events").and_then(Value::as_array).map_or(std::slice::from_ref(value), Vec::as_slice);
    for event in events {
        let role = match event.get("event").and_then(Value::as_str) {
            Some("user") => Role::Customer,
            Some("bot") => Role::Bot,
            // Actions, slots and sessions are no words.
            _ => continue,
        };
        let Some(text) = field(event, "text") else {
            found.push(rejected(line, RejectReason::NotText { kind: role.name().to_owned() }, event));
            continue;
        };
        if role == Role::Customer && text.starts_with('/') {
            found.push(rejected(line, RejectReason::NotText { kind: "payload".to_owned() }, event));
            continue;
        }
        let mut turn = message(Some(&name), line, &text);
        turn.role = role;
        turn.at = field(event, "timestamp").and_then(|at| time::parse(&at, CHINA));
        found.push(Record::Message(turn));
    }
}
