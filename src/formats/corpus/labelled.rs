//! What the labelled sets of other programs have in common: how one is told, read and written.
//!
//! A format is one file here with a [`Labelled`] and a line in the table of `format.rs` (reading) or of
//! `write::format` (writing). Texts without an intent are out of scope on their way out.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::domain::conversation::{Channel, Message};
use crate::domain::label::Mark;
use crate::formats::chat::shape::field;
use crate::formats::corpus::units::{Unit, told};
use crate::formats::record::Record;
use crate::formats::write::row::ExportRow;

/// The name under which texts of no intent travel where a format has no other place for them.
pub(in crate::formats) const OUT_OF_SCOPE: &str = "out_of_scope";

/// How a document is told and read that must be seen whole: names stand in one place of it, texts in another.
pub struct Labelled {
    /// Tells whether a document is of this format; it may have been cut short.
    pub fits: fn(&Value) -> bool,
    /// Adds what a document says; a file's name may name its intent.
    pub read: fn(&Value, &Path, &mut Vec<Record>),
}

/// Returns an example of a list, without conversation.
pub(in crate::formats) fn example(text: &str, intent: Option<&str>, marks: Vec<Mark>, line: u64) -> Message {
    let intent = intent.map(str::trim).filter(|intent| !intent.is_empty()).map(str::to_owned);
    Message { channel: Channel::List, text: text.to_owned(), intent, marks, line, ..Message::default() }
}

/// Returns the elements of a list in a field; none when there is no such list.
pub(in crate::formats) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns the number in a field.
pub(in crate::formats) fn number(value: &Value, name: &str) -> Option<usize> {
    value.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok())
}

/// Returns the marks of a text in the order of the text; what is not a stretch of it is left out.
pub(in crate::formats) fn marks(found: impl IntoIterator<Item = Option<Mark>>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = found.into_iter().flatten().filter(|mark| !mark.entity.is_empty()).collect();
    marks.sort_by_key(|mark| (mark.range.start, mark.range.end));
    marks
}

/// Returns the mark of `{start, end, label}`, whatever the three are called.
pub(in crate::formats) fn span(text: &str, value: &Value, names: [&str; 3], unit: Unit) -> Option<Mark> {
    let [start, end, label] = names;
    let holds = field(value, "text").unwrap_or_default();
    let range = told(text, number(value, start)?, number(value, end)?, &holds, unit)?;
    Some(Mark { range, entity: field(value, label)?, value: field(value, "value").unwrap_or_default() })
}

/// Returns the mark of `[start, end, label]`.
pub(in crate::formats) fn triple(text: &str, value: &Value) -> Option<Mark> {
    let [start, end, entity] = value.as_array()?.as_slice() else { return None };
    let place = |value: &Value| value.as_u64().and_then(|place| usize::try_from(place).ok());
    let range = told(text, place(start)?, place(end)?, "", Unit::CodePoints)?;
    Some(Mark { range, entity: entity.as_str()?.to_owned(), value: String::new() })
}

/// Returns the spans of a row as `[start, end, label]`, and how many are no stretch of its text.
pub(in crate::formats) fn triples(row: &ExportRow) -> (Vec<Value>, u64) {
    let placed = |mark: &Mark| {
        let (start, end) = Unit::CodePoints.places(&row.text, mark)?;
        Some(json!([start, end, mark.entity]))
    };
    let places: Vec<Value> = row.spans.iter().filter_map(placed).collect();
    let left_out = (row.spans.len() - places.len()) as u64;
    (places, left_out)
}

/// Returns a row's intent as formats write it that have no other place for texts of none.
pub(in crate::formats) fn named(row: &ExportRow) -> &str {
    row.intent.as_deref().unwrap_or(OUT_OF_SCOPE)
}

/// Returns the spans of a row as `{start, end, label}` under those names, and how many are no stretch of its text.
pub(in crate::formats) fn spans(row: &ExportRow, names: [&str; 3], unit: Unit) -> (Vec<Value>, u64) {
    let [start, end, label] = names;
    let mut left_out = 0;
    let mut spans = Vec::new();
    for mark in &row.spans {
        let Some((from, to)) = unit.places(&row.text, mark) else {
            left_out += 1;
            continue;
        };
        let mut span = Map::new();
        span.insert(start.into(), from.into());
        span.insert(end.into(), to.into());
        span.insert(label.into(), mark.entity.as_str().into());
        spans.push(Value::Object(span));
    }
    (spans, left_out)
}

/// Returns how many spans of a row have a normalised value besides their surface.
pub(in crate::formats) fn valued(row: &ExportRow) -> u64 {
    row.spans.iter().filter(|mark| !mark.value.is_empty() && mark.value != mark.range.of(&row.text)).count() as u64
}

/// Returns the intents of some rows, each once, in the order they first appear.
pub(in crate::formats) fn intents(rows: &[ExportRow]) -> Vec<&str> {
    let mut seen = std::collections::HashSet::new();
    rows.iter().filter_map(|row| row.intent.as_deref()).filter(|name| seen.insert(*name)).collect()
}

/// Returns the entities of some rows, each once, in the order they first appear.
pub(in crate::formats) fn entities(rows: &[ExportRow]) -> Vec<&str> {
    let mut seen = std::collections::HashSet::new();
    let all = rows.iter().flat_map(|row| &row.spans).map(|mark| mark.entity.as_str());
    all.filter(|name| seen.insert(*name)).collect()
}

/// Tells whether most rows are Chinese: those formats want a language.
pub(in crate::formats) fn is_chinese(rows: &[ExportRow]) -> bool {
    let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    rows.iter().filter(|row| han(&row.text)).count() * 2 > rows.len()
}

/// Writes records as a JSON list, one a line.
pub(in crate::formats) fn write_list(records: impl Iterator<Item = Value>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"[")?;
    for (n, record) in records.enumerate() {
        out.write_all(if n == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &record)?;
    }
    out.write_all(b"\n]\n")
}

/// Writes a record a line.
pub(in crate::formats) fn write_lines(records: impl Iterator<Item = Value>, out: &mut dyn Write) -> io::Result<()> {
    for record in records {
        serde_json::to_writer(&mut *out, &record)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Returns what a record says beside its text: how often it was said, and where its label came from.
pub(in crate::formats) fn about(row: &ExportRow) -> Value {
    json!({ "count": row.count, "source": row.source })
}
