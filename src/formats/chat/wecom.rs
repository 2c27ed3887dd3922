//! 微信客服: `msg_list[]` of the sync interface, a record a message.
//!
//! What a program sends through the interface (the bot's own words) is not in these files.

use serde_json::Value;

use crate::domain::conversation::Role;
use crate::formats::chat::shape::{Shape, field, message, rejected};
use crate::formats::record::{Record, RejectReason};
use crate::formats::time::{self, CHINA};

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &["msg_list"], fits, read };

fn fits(value: &Value) -> bool {
    value.get("msgid").is_some() && value.get("origin").is_some() && value.get("msgtype").is_some()
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let kind = field(value, "msgtype").unwrap_or_default();
    // Changes of state carry no words: they are no rows.
    if kind == "event" {
        return;
    }
    let Some(text) = value.pointer("/text/content").and_then(Value::as_str) else {
        found.push(rejected(line, RejectReason::NotText { kind }, value));
        return;
    };
    let mut turn = message(field(value, "external_userid").as_deref(), line, text);
    turn.role = match field(value, "origin").and_then(|origin| origin.parse::<u64>().ok()) {
        Some(3) => Role::Customer,
        Some(4) => Role::System,
        Some(5) => Role::Agent,
        _ => {
            let word = field(value, "origin").unwrap_or_default();
            found.push(rejected(line, RejectReason::UnknownRole { word }, value));
            return;
        }
    };
    let who = if turn.role == Role::Agent { "servicer_userid" } else { "external_userid" };
    turn.speaker = field(value, who);
    turn.at = field(value, "send_time").and_then(|at| time::parse(&at, CHINA));
    found.push(Record::Message(turn));
}
