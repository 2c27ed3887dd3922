//! Dialogflow CX logs: a record an exchange, with the customer's words and the bot's replies.
//!
//! The intent it names is what the bot matched; it is not taken as a label.

use serde_json::Value;

use crate::domain::conversation::Role;
use crate::formats::chat::shape::{Shape, field, message, plain};
use crate::formats::record::Record;
use crate::formats::time::{self, CHINA};

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &["entries"], fits, read };

fn result(value: &Value) -> Option<&Value> {
    value.pointer("/jsonPayload/queryResult").or_else(|| value.get("queryResult"))
}

fn fits(value: &Value) -> bool {
    result(value).is_some()
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let Some(result) = result(value) else { return };
    let session = ["/labels/session_id", "/jsonPayload/session", "/session", "/trace", "/insertId", "/responseId"];
    let name = session.into_iter().find_map(|path| value.pointer(path).and_then(plain));
    let at = field(value, "timestamp").and_then(|at| time::parse(&at, CHINA));
    let heard = ["text", "transcript", "queryText"].into_iter().find_map(|key| field(result, key));
    let mut said = |role: Role, text: &str| {
        let mut turn = message(name.as_deref(), line, text);
        (turn.role, turn.at) = (role, at);
        found.push(Record::Message(turn));
    };
    if let Some(text) = heard {
        said(Role::Customer, &text);
    }
    let replies =
        result.get("responseMessages").or_else(|| result.get("fulfillmentMessages")).and_then(Value::as_array);
    let texts = replies.into_iter().flatten().filter_map(|reply| reply.pointer("/text/text")?.as_array());
    for text in texts.flatten().filter_map(Value::as_str).filter(|text| !text.trim().is_empty()) {
        said(Role::Bot, text);
    }
}
