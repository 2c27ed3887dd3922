//! Intercom conversations: `source` is the first message, `conversation_parts` the rest; bodies are HTML and stay so.
//!
//! Notes are written by agents for agents: they are set aside, never learned from.

use serde_json::Value;

use crate::domain::conversation::Role;
use crate::formats::chat::shape::{Shape, field, message, rejected};
use crate::formats::record::{Record, RejectReason};
use crate::formats::time::{self, CHINA};

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &["conversations", "data"], fits, read };

fn fits(value: &Value) -> bool {
    value.get("conversation_parts").is_some() && value.get("source").is_some()
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let name = field(value, "id");
    let began = field(value, "created_at");
    let source = value.get("source").into_iter().map(|source| (source, began.clone()));
    let parts = value.pointer("/conversation_parts/conversation_parts").and_then(Value::as_array);
    let parts = parts.into_iter().flatten().map(|part| (part, field(part, "created_at")));
    for (part, at) in source.chain(parts) {
        let kind = field(part, "part_type").unwrap_or_default();
        let attached = part.get("attachments").and_then(Value::as_array).is_some_and(|files| !files.is_empty());
        let body = field(part, "body").filter(|body| !body.trim().is_empty());
        let refused = match (&body, kind.as_str()) {
            // What goes along with assigning is for colleagues; what kinds come after these is not known to be public.
            (Some(_), kind) if kind.starts_with("note") || kind.contains("assignment") => RejectReason::Internal,
            (Some(_), _) if part.get("redacted").is_some_and(|redacted| redacted == true) => {
                RejectReason::NotText { kind: "redacted".to_owned() }
            }
            (Some(_), "" | "comment" | "open" | "close" | "quick_reply") => RejectReason::Empty,
            (Some(_), kind) => RejectReason::NotText { kind: kind.to_owned() },
            (None, _) if attached => RejectReason::NotText { kind: "attachment".to_owned() },
            // Closing, snoozing and rating have no body: they are no rows.
            (None, _) => continue,
        };
        let Some(body) = body.filter(|_| refused == RejectReason::Empty) else {
            found.push(rejected(line, refused, part));
            continue;
        };
        let author = part.get("author");
        let kind = author.and_then(|author| field(author, "type")).unwrap_or_default();
        let mut turn = message(name.as_deref(), line, &body);
        turn.role = match kind.as_str() {
            "user" | "lead" | "contact" => Role::Customer,
            "admin" | "team" => Role::Agent,
            "bot" => Role::Bot,
            _ => {
                found.push(rejected(line, RejectReason::UnknownRole { word: kind }, part));
                continue;
            }
        };
        turn.speaker = author.and_then(|author| field(author, "name"));
        turn.at = at.and_then(|at| time::parse(&at, CHINA));
        found.push(Record::Message(turn));
    }
}
