//! Projects of Conversational Language Understanding: `{stringIndexType, assets: {intents, entities, utterances: [{text,
//! intent, entities: [{category, offset, length}]}]}}`. Places count what the project says, UTF-16 units as a rule.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::label::Mark;
use crate::formats::chat::shape::field;
use crate::formats::corpus::labelled::{Labelled, entities, example, intents, is_chinese, list, marks, number, valued};
use crate::formats::corpus::units::Unit;
use crate::formats::record::Record;
use crate::formats::write::row::{ExportRow, Written};

/// How these documents are told and read.
pub const FORMAT: Labelled = Labelled { fits, read };

fn fits(document: &Value) -> bool {
    document.get("projectFileVersion").is_some()
        || document.get("assets").and_then(|assets| assets.get("utterances")).is_some()
}

fn read(document: &Value, _: &Path, found: &mut Vec<Record>) {
    let counted = field(document, "stringIndexType").unwrap_or_default();
    let unit = if counted.starts_with("UnicodeCodePoint") { Unit::CodePoints } else { Unit::Utf16 };
    let Some(assets) = document.get("assets") else { return };
    for (line, said) in (1u64..).zip(list(assets, "utterances")) {
        let text = field(said, "text").unwrap_or_default();
        let mark = |value: &Value| {
            let (offset, length) = (number(value, "offset")?, number(value, "length")?);
            let range = unit.range(&text, offset, offset + length)?;
            Some(Mark { range, entity: field(value, "category")?, value: String::new() })
        };
        let marks = marks(list(said, "entities").iter().map(mark));
        found.push(Record::Message(example(&text, field(said, "intent").as_deref(), marks, line)));
    }
}

/// Writes a project; `None` is the intent of texts out of scope.
pub fn write(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written { rows: rows.len() as u64, ..Written::default() };
    let language = if is_chinese(rows) { "zh-hans" } else { "en-us" };
    let mut utterances = Vec::new();
    for row in rows {
        let places = row.spans.iter().filter_map(|mark| Some((Unit::Utf16.places(&row.text, mark)?, mark)));
        let spans: Vec<Value> = places
            .map(|((start, end), mark)| json!({ "category": mark.entity, "offset": start, "length": end - start }))
            .collect();
        written.spans_left_out += (row.spans.len() - spans.len()) as u64;
        written.values_left_out += valued(row);
        written.counts_left_out += u64::from(row.count > 1);
        let intent = row.intent.as_deref().unwrap_or("None");
        utterances.push(json!({
            "text": row.text, "intent": intent, "language": language, "dataset": "Train", "entities": spans,
        }));
    }
    let names = intents(rows).into_iter().filter(|name| *name != "None");
    let intents: Vec<Value> = names.chain(["None"]).map(|name| json!({ "category": name })).collect();
    let entities: Vec<Value> = entities(rows)
        .iter()
        .map(|name| json!({ "category": name, "compositionSetting": "combineComponents", "list": { "sublists": [] } }))
        .collect();
    let project = json!({
        "projectFileVersion": "2023-04-01", "stringIndexType": "Utf16CodeUnit",
        "metadata": {
            "projectKind": "Conversation", "projectName": "daoshi", "multilingual": true, "language": language,
            "settings": { "confidenceThreshold": 0.5 },
        },
        "assets": {
            "projectKind": "Conversation", "intents": intents, "entities": entities, "utterances": utterances,
        },
    });
    serde_json::to_writer_pretty(&mut *out, &project)?;
    out.write_all(b"\n")?;
    Ok(written)
}
