//! Prodigy's tasks, a JSON record a line: `{text, label?, spans?, accept?, answer}`. Places count code points.
//!
//! A text whose label was rejected or passed over comes in without an intent: what it is not is no label.

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::domain::conversation::Message;
use crate::domain::extra::Form;
use crate::formats::chat::shape::Shape;
use crate::formats::chat::shape::field;
use crate::formats::corpus::labelled::{about, example, list, marks, named, span, spans, valued, write_lines};
use crate::formats::corpus::units::Unit;
use crate::formats::extra;
use crate::formats::record::Record;
use crate::formats::write::row::{ExportRow, Written};

const NAMES: [&str; 3] = ["start", "end", "label"];

/// The fields read; all others are kept.
const READ: [&str; 5] = ["text", "label", "accept", "answer", "spans"];

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &[], fits, read };

fn fits(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some();
    let answered = field(value, "answer").is_some_and(|word| ["accept", "reject", "ignore"].contains(&word.as_str()));
    has("text") && (has("_task_hash") || has("_input_hash") || answered)
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let text = field(value, "text").unwrap_or_default();
    let accepted = field(value, "answer").is_none_or(|answer| answer == "accept");
    let chosen = list(value, "accept").first().and_then(Value::as_str).map(str::to_owned);
    let intent = chosen.or_else(|| field(value, "label")).filter(|_| accepted);
    let marks = marks(list(value, "spans").iter().map(|value| span(&text, value, NAMES, Unit::CodePoints)));
    let marks = if accepted { marks } else { Vec::new() };
    let extra = extra::of(Form::Prodigy, value, &|name| READ.contains(&name));
    found.push(Record::Message(Message { extra, ..example(&text, intent.as_deref(), marks, line) }));
}

/// Writes a task a row.
pub fn write(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written { rows: rows.len() as u64, ..Written::default() };
    let task = |row: &ExportRow| {
        let (spans, left_out) = spans(row, NAMES, Unit::CodePoints);
        written.spans_left_out += left_out;
        written.values_left_out += valued(row);
        let mut task = Map::new();
        task.insert("text".into(), row.text.as_str().into());
        task.insert("label".into(), named(row).into());
        if !spans.is_empty() {
            task.insert("spans".into(), spans.into());
        }
        task.insert("answer".into(), "accept".into());
        task.insert("meta".into(), about(row));
        let mut task = Value::Object(task);
        extra::restore(&mut task, row, Form::Prodigy);
        task
    };
    write_lines(rows.iter().map(task), out)?;
    Ok(written)
}
