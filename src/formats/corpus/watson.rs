//! Watson's skills: `{intents: [{intent, examples: [{text, mentions}]}], entities, counterexamples}`. Places count UTF-16
//! units. The table `example,intent` without headings is a list like any other.
//!
//! Intents are named by letters, digits, `_`, `-` and `.`; other signs become `_`. An example is one line.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::conversation::Message;
use crate::domain::extra::Form;
use crate::domain::label::Mark;
use crate::formats::chat::shape::field;
use crate::formats::corpus::labelled::{Labelled, OUT_OF_SCOPE, entities, example, is_chinese, list, marks, valued};
use crate::formats::corpus::units::{Unit, told};
use crate::formats::extra;
use crate::formats::record::Record;
use crate::formats::write::row::{ExportRow, Written};

/// How these documents are told and read.
pub const FORMAT: Labelled = Labelled { fits, read };

fn fits(document: &Value) -> bool {
    let Some(intents) = document.get("intents").and_then(Value::as_array) else { return false };
    let named = |intent: &Value| intent.get("intent").is_some() && intent.get("examples").is_some();
    intents.iter().all(named) && (!intents.is_empty() || document.get("counterexamples").is_some())
}

fn read(document: &Value, _: &Path, found: &mut Vec<Record>) {
    let mut line = 0;
    for intent in list(document, "intents") {
        let name = field(intent, "intent");
        for said in list(intent, "examples") {
            line += 1;
            let text = field(said, "text").unwrap_or_default();
            let mark = |value: &Value| {
                let [start, end] = list(value, "location") else { return None };
                let place = |value: &Value| value.as_u64().and_then(|place| usize::try_from(place).ok());
                let range = told(&text, place(start)?, place(end)?, "", Unit::Utf16)?;
                Some(Mark { range, entity: field(value, "entity")?, value: String::new() })
            };
            let marks = marks(list(said, "mentions").iter().map(mark));
            let extra = extra::of(Form::Watson, said, &|name| matches!(name, "text" | "mentions"));
            found.push(Record::Message(Message { extra, ..example(&text, name.as_deref(), marks, line) }));
        }
    }
    for said in list(document, "counterexamples") {
        line += 1;
        let text = field(said, "text").unwrap_or_default();
        let extra = extra::of(Form::Watson, said, &|name| name == "text");
        found.push(Record::Message(Message { extra, ..example(&text, Some(OUT_OF_SCOPE), Vec::new(), line) }));
    }
}

/// Returns a name Watson takes.
fn fitting(name: &str) -> String {
    name.trim().chars().map(|c| if c.is_alphanumeric() || "_-.".contains(c) { c } else { '_' }).collect()
}

/// Writes a skill; texts out of scope are its counterexamples.
pub fn write(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written::default();
    let mut intents: Vec<(String, Vec<Value>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut renamed: HashMap<&str, bool> = HashMap::new();
    let mut counterexamples = Vec::new();
    for row in rows {
        if row.text.contains(['\n', '\r', '\t']) {
            written.left_out += 1;
            continue;
        }
        written.rows += 1;
        written.counts_left_out += u64::from(row.count > 1);
        let Some(intent) = row.intent.as_deref() else {
            written.spans_left_out += row.spans.len() as u64;
            let mut said = json!({ "text": row.text });
            extra::restore(&mut said, row, Form::Watson);
            counterexamples.push(said);
            continue;
        };
        let mentions: Vec<Value> = row
            .spans
            .iter()
            .filter_map(|mark| {
                let (start, end) = Unit::Utf16.places(&row.text, mark)?;
                Some(json!({ "entity": mark.entity, "location": [start, end] }))
            })
            .collect();
        written.spans_left_out += (row.spans.len() - mentions.len()) as u64;
        written.values_left_out += valued(row);
        let name = fitting(intent);
        renamed.insert(intent, name != intent);
        let place = *places.entry(name.clone()).or_insert_with(|| {
            intents.push((name, Vec::new()));
            intents.len() - 1
        });
        let mut said = json!({ "text": row.text });
        if !mentions.is_empty() {
            said["mentions"] = mentions.into();
        }
        extra::restore(&mut said, row, Form::Watson);
        intents[place].1.push(said);
    }
    written.renamed = renamed.values().filter(|renamed| **renamed).count() as u64;
    let intents: Vec<Value> = intents
        .into_iter()
        .map(|(name, examples)| json!({ "intent": name, "description": "", "examples": examples }))
        .collect();
    let entities: Vec<Value> =
        entities(rows).iter().map(|name| json!({ "entity": name, "values": [], "fuzzy_match": false })).collect();
    let skill = json!({
        "name": "daoshi", "description": "", "language": if is_chinese(rows) { "zh-cn" } else { "en" },
        "intents": intents, "entities": entities, "counterexamples": counterexamples, "dialog_nodes": [],
        "metadata": { "api_version": { "major_version": "v2", "minor_version": "2018-11-08" } },
        "learning_opt_out": false,
    });
    serde_json::to_writer_pretty(&mut *out, &skill)?;
    out.write_all(b"\n")?;
    Ok(written)
}
