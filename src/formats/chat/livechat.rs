//! LiveChat's archives: `chats[].thread.events[]`, with roles under `users`.

use serde_json::Value;

use crate::domain::conversation::Role;
use crate::formats::chat::shape::{Shape, field, message, rejected};
use crate::formats::record::{Record, RejectReason};
use crate::formats::time::{self, CHINA};

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &["chats"], fits, read };

fn fits(value: &Value) -> bool {
    value.get("users").is_some_and(Value::is_array) && (value.get("thread").is_some() || value.get("threads").is_some())
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let name = field(value, "id");
    let users = value.get("users").and_then(Value::as_array);
    let user = |id: &str| users.into_iter().flatten().find(|user| field(user, "id").as_deref() == Some(id));
    let threads = value.get("threads").and_then(Value::as_array).into_iter().flatten().chain(value.get("thread"));
    for event in threads.filter_map(|thread| thread.get("events")?.as_array()).flatten() {
        let kind = field(event, "type").unwrap_or_default();
        let only_agents = |name: &str| event.get(name).is_some_and(|who| who == "agents");
        if only_agents("visibility") || only_agents("recipients") {
            found.push(rejected(line, RejectReason::Internal, event));
            continue;
        }
        let Some(text) = field(event, "text") else {
            found.push(rejected(line, RejectReason::NotText { kind }, event));
            continue;
        };
        let author = field(event, "author_id").and_then(|id| user(&id));
        let mut turn = message(name.as_deref(), line, &text);
        turn.role = match (kind.as_str(), author.and_then(|author| field(author, "type")).as_deref()) {
            ("system_message", _) => Role::System,
            (_, Some("agent")) => Role::Agent,
            (_, Some("bot")) => Role::Bot,
            // People of the house are named by their address, also where the list of users forgot them.
            (_, None) if field(event, "author_id").is_some_and(|id| id.contains('@')) => Role::Agent,
            _ => Role::Customer,
        };
        turn.speaker = author.and_then(|author| field(author, "name"));
        turn.at = field(event, "created_at").and_then(|at| time::parse(&at, CHINA));
        found.push(Record::Message(turn));
    }
}
