//! Argilla's records: `[{fields: {text}, responses: {question: [{value}]}, suggestions, metadata}]`, or flattened with
//! `label.responses`. Places count code points. Only what was submitted counts, never a suggestion.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::domain::conversation::Message;
use crate::domain::extra::Form;
use crate::formats::chat::shape::{Shape, field};
use crate::formats::corpus::labelled::{about, example, marks, named, span, spans, valued, write_list};
use crate::formats::corpus::units::Unit;
use crate::formats::extra;
use crate::formats::record::Record;
use crate::formats::write::row::{ExportRow, Written};

const NAMES: [&str; 3] = ["start", "end", "label"];

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &["records"], fits, read };

fn fits(value: &Value) -> bool {
    let flat = value.as_object().is_some_and(|record| record.keys().any(|key| key.ends_with(".responses")));
    text_of(value).is_some() && (value.get("fields").is_some() && value.get("responses").is_some() || flat)
}

fn text_of(value: &Value) -> Option<String> {
    let Some(fields) = value.get("fields") else { return field(value, "text") };
    field(fields, "text").or_else(|| fields.as_object()?.values().find_map(Value::as_str).map(str::to_owned))
}

/// Returns the values people gave to any question.
fn answers(value: &Value) -> Vec<&Value> {
    let asked = value.get("responses").and_then(Value::as_object).into_iter().flatten().map(|(_, said)| said);
    let flat = value.as_object().into_iter().flatten();
    let flat = flat.filter(|(key, _)| key.ends_with(".responses")).map(|(_, said)| said);
    let mut values = Vec::new();
    for said in asked.chain(flat).filter_map(Value::as_array).flatten() {
        match said.get("value") {
            Some(answer) if field(said, "status").is_none_or(|status| status == "submitted") => values.push(answer),
            Some(_) => {}
            None => values.push(said),
        }
    }
    values
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let text = text_of(value).unwrap_or_default();
    let answers = answers(value);
    let word = |answer: &&Value| answer.as_str().map(str::to_owned);
    let first = |answer: &&Value| answer.as_array()?.first()?.as_str().map(str::to_owned);
    let intent = answers.iter().find_map(|answer| word(answer).or_else(|| first(answer)));
    let listed = answers.iter().filter_map(|answer| answer.as_array()).flatten();
    let marks = marks(listed.map(|value| span(&text, value, NAMES, Unit::CodePoints)));
    let read = |name: &str| matches!(name, "text" | "responses") || name.ends_with(".responses");
    let extra = extra::of_nested(Form::Argilla, value, &read, ("fields", "text"));
    found.push(Record::Message(Message { extra, ..example(&text, intent.as_deref(), marks, line) }));
}

/// Writes a record a row.
pub fn write(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written { rows: rows.len() as u64, ..Written::default() };
    let record = |row: &ExportRow| {
        let (spans, left_out) = spans(row, NAMES, Unit::CodePoints);
        written.spans_left_out += left_out;
        written.values_left_out += valued(row);
        let mut responses = json!({ "label": [{ "value": named(row), "status": "submitted" }] });
        if !spans.is_empty() {
            responses["span"] = json!([{ "value": spans, "status": "submitted" }]);
        }
        let fields = json!({ "text": row.text });
        let mut record = json!({ "fields": fields, "metadata": about(row), "suggestions": {}, "responses": responses });
        extra::restore(&mut record, row, Form::Argilla);
        record
    };
    write_list(rows.iter().map(record), out)?;
    Ok(written)
}
