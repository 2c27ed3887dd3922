//! Label Studio's tasks: `[{data: {text}, annotations: [{result: [choices, labels]}]}]`. Places count UTF-16 units; a
//! span that says what it holds is checked against it.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::domain::conversation::Message;
use crate::domain::extra::Form;
use crate::domain::label::Mark;
use crate::formats::chat::shape::{Shape, field};
use crate::formats::corpus::labelled::{about, example, list, marks, named, number, valued, write_list};
use crate::formats::corpus::units::{Unit, told};
use crate::formats::extra;
use crate::formats::record::Record;
use crate::formats::write::row::{ExportRow, Written};

/// How these records are told and read.
pub const SHAPE: Shape = Shape { lists: &[], fits, read };

fn fits(value: &Value) -> bool {
    text_of(value).is_some() && (value.get("annotations").is_some() || value.get("predictions").is_some())
}

/// Returns a task's text: the field called so, else the first that holds one.
fn text_of(value: &Value) -> Option<String> {
    let data = value.get("data")?;
    field(data, "text").or_else(|| data.as_object()?.values().find_map(Value::as_str).map(str::to_owned))
}

fn read(value: &Value, line: u64, found: &mut Vec<Record>) {
    let text = text_of(value).unwrap_or_default();
    let skipped = |annotation: &&Value| annotation.get("was_cancelled").and_then(Value::as_bool) == Some(true);
    let done: Vec<&Value> = list(value, "annotations").iter().filter(|annotation| !skipped(annotation)).collect();
    // What was declared the truth counts, else what was said last.
    let truth = |annotation: &&&Value| annotation.get("ground_truth").and_then(Value::as_bool) == Some(true);
    let annotation = done.iter().find(truth).or(done.last());
    let results: &[Value] = annotation.map_or(&[], |annotation| list(annotation, "result"));
    let intent = results.iter().find_map(|result| {
        let value = result.get("value")?;
        let choice = list(value, "choices").first().and_then(Value::as_str);
        // A taxonomy is a list of paths.
        choice.or_else(|| list(value, "taxonomy").first()?.as_array()?.last()?.as_str())
    });
    let marks = marks(results.iter().map(|result| {
        let value = result.get("value")?;
        let entity = list(value, "labels").first()?.as_str()?.to_owned();
        let holds = field(value, "text").unwrap_or_default();
        let range = told(&text, number(value, "start")?, number(value, "end")?, &holds, Unit::Utf16)?;
        Some(Mark { range, entity, value: String::new() })
    }));
    let extra = extra::of_nested(Form::LabelStudio, value, &|name| name == "annotations", ("data", "text"));
    found.push(Record::Message(Message { extra, ..example(&text, intent, marks, line) }));
}

/// Writes a task a row.
pub fn write(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written { rows: rows.len() as u64, ..Written::default() };
    let mut id = 0u64;
    let task = |row: &ExportRow| {
        id += 1;
        let mut result = vec![json!({
            "from_name": "intent", "to_name": "text", "type": "choices", "value": { "choices": [named(row)] },
        })];
        for mark in &row.spans {
            match Unit::Utf16.places(&row.text, mark) {
                Some((start, end)) => result.push(json!({
                    "from_name": "entity", "to_name": "text", "type": "labels",
                    "value": { "start": start, "end": end, "text": mark.range.of(&row.text), "labels": [mark.entity] },
                })),
                None => written.spans_left_out += 1,
            }
        }
        written.values_left_out += valued(row);
        let mut task = json!({
            "id": id, "data": { "text": row.text }, "meta": about(row),
            "annotations": [{ "result": result, "was_cancelled": false, "ground_truth": false }],
        });
        extra::restore(&mut task, row, Form::LabelStudio);
        task
    };
    write_list(rows.iter().map(task), out)?;
    Ok(written)
}
