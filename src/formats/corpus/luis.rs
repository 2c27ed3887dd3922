//! LUIS applications: `{luis_schema_version, intents, utterances: [{text, intent, entities: [{entity, startPos,
//! endPos}]}]}`. Places count UTF-16 units, and the last of a span is in it.

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
    document.get("luis_schema_version").is_some()
}

fn read(document: &Value, _: &Path, found: &mut Vec<Record>) {
    for (line, said) in (1u64..).zip(list(document, "utterances")) {
        let text = field(said, "text").unwrap_or_default();
        let mark = |value: &Value| {
            let (start, end) = (number(value, "startPos")?, number(value, "endPos")?);
            let range = Unit::Utf16.range(&text, start, end + 1)?;
            Some(Mark { range, entity: field(value, "entity")?, value: String::new() })
        };
        let marks = marks(list(said, "entities").iter().map(mark));
        found.push(Record::Message(example(&text, field(said, "intent").as_deref(), marks, line)));
    }
}

/// Writes an application; `None` is the intent of texts out of scope.
pub fn write(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written { rows: rows.len() as u64, ..Written::default() };
    let mut utterances = Vec::new();
    for row in rows {
        let places = row.spans.iter().filter_map(|mark| Some((Unit::Utf16.places(&row.text, mark)?, mark)));
        let spans: Vec<Value> = places
            .map(|((start, end), mark)| json!({ "entity": mark.entity, "startPos": start, "endPos": end - 1 }))
            .collect();
        written.spans_left_out += (row.spans.len() - spans.len()) as u64;
        written.values_left_out += valued(row);
        written.counts_left_out += u64::from(row.count > 1);
        let intent = row.intent.as_deref().unwrap_or("None");
        utterances.push(json!({ "text": row.text, "intent": intent, "entities": spans }));
    }
    let names = intents(rows).into_iter().filter(|name| *name != "None");
    let intents: Vec<Value> = ["None"].into_iter().chain(names).map(|name| json!({ "name": name })).collect();
    let entities: Vec<Value> = entities(rows).iter().map(|name| json!({ "name": name, "roles": [] })).collect();
    let application = json!({
        "luis_schema_version": "7.0.0", "versionId": "0.1", "name": "daoshi", "desc": "",
        "culture": if is_chinese(rows) { "zh-cn" } else { "en-us" }, "tokenizerVersion": "1.0.0",
        "intents": intents, "entities": entities, "composites": [], "closedLists": [], "patternAnyEntities": [],
        "regex_entities": [], "prebuiltEntities": [], "regex_features": [], "phraselists": [], "patterns": [],
        "utterances": utterances, "settings": [],
    });
    serde_json::to_writer_pretty(&mut *out, &application)?;
    out.write_all(b"\n")?;
    Ok(written)
}
