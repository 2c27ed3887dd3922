//! Zendesk Chat's incremental export: `chats[]` with a `history` of events, or the words left while nobody was there.

use serde_json::Value;

use crate::domain::conversation::Role;
use crate::formats::chat::shape::{Shape, field, message, rejected};
use crate::formats::record::{Record, RejectReason};
use crate::formats::time::{self, CHINA};

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &["chats"], fits, read };

fn fits(value: &Value) -> bool {
    let of_a_visitor = value.get("visitor").is_some();
    // A chat nobody answered has a history of null.
    let live = value.get("history").is_some_and(|history| history.is_array() || (history.is_null() && of_a_visitor));
    live && value.get("id").is_some() || of_a_visitor && value.get("type").is_some_and(|kind| kind == "offline_msg")
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let name = field(value, "id");
    let at = |event: &Value| field(event, "timestamp").and_then(|at| time::parse(&at, CHINA));
    for event in value.get("history").and_then(Value::as_array).into_iter().flatten() {
        match event.get("type").and_then(Value::as_str) {
            Some("chat.msg") => {}
            Some(kind @ "chat.file") => {
                found.push(rejected(line, RejectReason::NotText { kind: kind.to_owned() }, event));
                continue;
            }
            // Joins, leaves and ratings carry no words: they are no rows.
            _ => continue,
        }
        let mut turn = message(name.as_deref(), line, &field(event, "msg").unwrap_or_default());
        turn.role = match field(event, "nick").unwrap_or_default().as_str() {
            "agent:trigger" => Role::Bot,
            nick if nick.starts_with("agent") => Role::Agent,
            nick if nick.starts_with("visitor") => Role::Customer,
            _ => Role::System,
        };
        turn.speaker = field(event, "name");
        turn.at = at(event);
        found.push(Record::Message(turn));
    }
    if let Some(text) = field(value, "message") {
        let mut turn = message(name.as_deref(), line, &text);
        turn.speaker = value.get("visitor").and_then(|visitor| field(visitor, "name"));
        turn.at = at(value);
        found.push(Record::Message(turn));
    }
}
