//! spaCy's training examples, one a line: `["text", {"cats": {intent: 0|1}, "entities": [[s, e, entity]]}]`, or the
//! same as one record. Places count code points.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::domain::conversation::Message;
use crate::domain::extra::Form;
use crate::formats::chat::shape::Shape;
use crate::formats::chat::shape::field;
use crate::formats::corpus::labelled::{
    OUT_OF_SCOPE, example, intents, list, marks, named, triple, triples, valued, write_lines,
};
use crate::formats::extra;
use crate::formats::record::Record;
use crate::formats::write::row::{ExportRow, Written};

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &[], fits, read };

/// Returns the text of an example and what is said of it.
fn parts(value: &Value) -> Option<(String, &Value)> {
    match value.as_array().map(Vec::as_slice) {
        Some([Value::String(text), said]) => Some((text.clone(), said)),
        Some(_) => None,
        None => Some((field(value, "text")?, value)),
    }
}

fn fits(value: &Value) -> bool {
    parts(value).is_some_and(|(_, said)| {
        said.get("cats").is_some_and(Value::is_object)
            || value.is_array() && said.get("entities").is_some_and(Value::is_array)
    })
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let Some((text, said)) = parts(value) else { return };
    let cats = said.get("cats").and_then(Value::as_object);
    // The surest category, the first of equals; none of a half or more is none at all.
    let mut best: Option<(&str, f64)> = None;
    for (name, share) in cats.into_iter().flatten() {
        let share = share.as_f64().unwrap_or(f64::from(u8::from(share.as_bool() == Some(true))));
        if share >= 0.5 && best.is_none_or(|(_, most)| share > most) {
            best = Some((name, share));
        }
    }
    let marks = marks(list(said, "entities").iter().chain(list(said, "ents")).map(|value| triple(&text, value)));
    let extra = extra::of(Form::Spacy, said, &|name| matches!(name, "text" | "cats" | "entities" | "ents"));
    found.push(Record::Message(Message { extra, ..example(&text, best.map(|(name, _)| name), marks, line) }));
}

/// Writes an example a row; every row names all categories, as spaCy wants it.
pub fn write(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written { rows: rows.len() as u64, ..Written::default() };
    let mut names = intents(rows);
    if rows.iter().any(|row| row.intent.is_none()) && !names.contains(&OUT_OF_SCOPE) {
        names.push(OUT_OF_SCOPE);
    }
    let record = |row: &ExportRow| {
        let cats: Map<String, Value> =
            names.iter().map(|name| (name.to_string(), i32::from(*name == named(row)).into())).collect();
        let (places, left_out) = triples(row);
        written.spans_left_out += left_out;
        written.values_left_out += valued(row);
        written.counts_left_out += u64::from(row.count > 1);
        let mut said = json!({ "cats": cats, "entities": places });
        extra::restore(&mut said, row, Form::Spacy);
        json!([row.text, said])
    };
    write_lines(rows.iter().map(record), out)?;
    Ok(written)
}
