//! doccano's records, one a line: `{text, label: [..]}` for intents, `{text, label: [[s, e, entity]]}` for spans,
//! `{text, entities: [[s, e, entity]], cats: [..]}` for both, `entities: [{start_offset, end_offset, label}]` with
//! relations. Places count code points.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::domain::conversation::Message;
use crate::domain::extra::Form;
use crate::formats::chat::shape::Shape;
use crate::formats::chat::shape::field;
use crate::formats::corpus::labelled::{example, list, marks, named, span, triple, triples, valued, write_lines};
use crate::formats::corpus::units::Unit;
use crate::formats::extra;
use crate::formats::record::Record;
use crate::formats::write::row::{ExportRow, Written};

/// The fields read; all others are kept.
const READ: [&str; 6] = ["text", "data", "label", "labels", "cats", "entities"];

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &[], fits, read };

fn text_of(value: &Value) -> Option<String> {
    field(value, "text").or_else(|| field(value, "data"))
}

fn fits(value: &Value) -> bool {
    let labels = value.get("label").or_else(|| value.get("labels")).and_then(Value::as_array);
    let both = value.get("cats").is_some_and(Value::is_array) && value.get("entities").is_some_and(Value::is_array);
    let relations = value.get("relations").is_some() && value.get("entities").is_some_and(Value::is_array);
    text_of(value).is_some() && (both || relations || labels.is_some_and(|labels| labels.iter().all(is_label)))
}

fn is_label(value: &Value) -> bool {
    value.is_string() || value.as_array().is_some_and(|triple| triple.len() == 3)
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let text = text_of(value).unwrap_or_default();
    let named = ["label", "labels", "cats"].iter().flat_map(|name| list(value, name));
    let intent = named.clone().find_map(Value::as_str);
    let placed = |value: &Value| {
        triple(&text, value).or_else(|| span(&text, value, ["start_offset", "end_offset", "label"], Unit::CodePoints))
    };
    let marks = marks(named.chain(list(value, "entities")).map(placed));
    let extra = extra::of(Form::Doccano, value, &|name| READ.contains(&name));
    found.push(Record::Message(Message { extra, ..example(&text, intent, marks, line) }));
}

/// Writes a record a row, with spans beside intents.
pub fn write(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written { rows: rows.len() as u64, ..Written::default() };
    let record = |row: &ExportRow| {
        let (places, left_out) = triples(row);
        written.spans_left_out += left_out;
        written.values_left_out += valued(row);
        written.counts_left_out += u64::from(row.count > 1);
        let mut record = json!({ "text": row.text, "cats": [named(row)], "entities": places });
        extra::restore(&mut record, row, Form::Doccano);
        record
    };
    write_lines(rows.iter().map(record), out)?;
    Ok(written)
}
