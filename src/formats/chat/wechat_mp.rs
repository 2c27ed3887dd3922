//! 公众号客服消息: `recordlist[]` of the record interface, a record a message.

use serde_json::Value;

use crate::domain::conversation::Role;
use crate::formats::chat::shape::{Shape, field, message};
use crate::formats::record::Record;
use crate::formats::time::{self, CHINA};

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &["recordlist"], fits, read };

fn fits(value: &Value) -> bool {
    value.get("openid").is_some() && value.get("opercode").is_some()
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let customer = field(value, "openid");
    let text = field(value, "text").unwrap_or_default();
    let mut turn = message(customer.as_deref(), line, &text);
    // 2002: the agent sent; 2003: the agent received; 1000 and on: sessions begin and end, mostly without words.
    (turn.role, turn.speaker) = match field(value, "opercode").and_then(|code| code.parse::<u64>().ok()) {
        Some(2003) => (Role::Customer, customer),
        Some(2002) => (Role::Agent, field(value, "worker")),
        _ if text.trim().is_empty() => return,
        _ => (Role::System, None),
    };
    turn.at = field(value, "time").and_then(|at| time::parse(&at, CHINA));
    found.push(Record::Message(turn));
}
