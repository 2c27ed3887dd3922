//! Microsoft's two: LUIS applications, `{luis_schema_version, intents, utterances: [{text, intent, entities: [{entity,
//! startPos, endPos}]}]}`, and projects of Conversational Language Understanding, `{stringIndexType, assets: {intents,
//! entities, utterances: [{text, intent, entities: [{category, offset, length}]}]}}`.
//!
//! Places count UTF-16 units unless a project says otherwise; the last unit of a LUIS span is in it.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::conversation::Message;
use crate::domain::extra::Form;
use crate::domain::label::Mark;
use crate::formats::chat::shape::field;
use crate::formats::corpus::labelled::{Labelled, entities, example, intents, is_chinese, list, marks, number, valued};
use crate::formats::corpus::units::Unit;
use crate::formats::extra;
use crate::formats::record::Record;
use crate::formats::write::row::{ExportRow, Written};

/// How LUIS applications are told and read.
pub const LUIS: Labelled = Labelled { fits: is_luis, read: read_luis };

/// How projects of Conversational Language Understanding are told and read.
pub const CLU: Labelled = Labelled { fits: is_clu, read: read_clu };

/// The intent of texts out of scope in both.
const NONE: &str = "None";

fn is_luis(document: &Value) -> bool {
    document.get("luis_schema_version").is_some()
}

fn is_clu(document: &Value) -> bool {
    document.get("projectFileVersion").is_some()
        || document.get("assets").and_then(|assets| assets.get("utterances")).is_some()
}

fn read_luis(document: &Value, _: &Path, found: &mut Vec<Record>) {
    let place = |span: &Value| Some((number(span, "startPos")?, number(span, "endPos")? + 1));
    read(document, Form::Luis, Unit::Utf16, "entity", &place, found);
}

fn read_clu(document: &Value, _: &Path, found: &mut Vec<Record>) {
    let counted = field(document, "stringIndexType").unwrap_or_default();
    let unit = if counted.starts_with("UnicodeCodePoint") { Unit::CodePoints } else { Unit::Utf16 };
    let place = |span: &Value| {
        let start = number(span, "offset")?;
        Some((start, start + number(span, "length")?))
    };
    if let Some(assets) = document.get("assets") {
        read(assets, Form::Clu, unit, "category", &place, found);
    }
}

/// Adds the utterances of a list; `place` tells where a span begins and where it is over.
fn read(
    listed: &Value,
    form: Form,
    unit: Unit,
    entity: &str,
    place: &dyn Fn(&Value) -> Option<(usize, usize)>,
    found: &mut Vec<Record>,
) {
    for (line, said) in (1u64..).zip(list(listed, "utterances")) {
        let text = field(said, "text").unwrap_or_default();
        let mark = |span: &Value| {
            let (start, end) = place(span)?;
            Some(Mark { range: unit.range(&text, start, end)?, entity: field(span, entity)?, value: String::new() })
        };
        let marks = marks(list(said, "entities").iter().map(mark));
        let extra = extra::of(form, said, &|name| matches!(name, "text" | "intent" | "entities"));
        found.push(Record::Message(Message { extra, ..example(&text, field(said, "intent").as_deref(), marks, line) }));
    }
}

/// Writes a LUIS application.
pub fn write_luis(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let span = |mark: &Mark, start, end: usize| json!({ "entity": mark.entity, "startPos": start, "endPos": end - 1 });
    let (utterances, written) = utterances(rows, Form::Luis, &span, &json!({}));
    let named: Vec<Value> = std::iter::once(NONE).chain(own(rows)).map(|name| json!({ "name": name })).collect();
    let entities: Vec<Value> = entities(rows).iter().map(|name| json!({ "name": name, "roles": [] })).collect();
    let application = json!({
        "luis_schema_version": "7.0.0", "versionId": "0.1", "name": "daoshi", "desc": "",
        "culture": if is_chinese(rows) { "zh-cn" } else { "en-us" }, "tokenizerVersion": "1.0.0",
        "intents": named, "entities": entities, "composites": [], "closedLists": [], "patternAnyEntities": [],
        "regex_entities": [], "prebuiltEntities": [], "regex_features": [], "phraselists": [], "patterns": [],
        "utterances": utterances, "settings": [],
    });
    write(&application, out)?;
    Ok(written)
}

/// Writes a project of Conversational Language Understanding.
pub fn write_clu(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let language = if is_chinese(rows) { "zh-hans" } else { "en-us" };
    let span =
        |mark: &Mark, start, end: usize| json!({ "category": mark.entity, "offset": start, "length": end - start });
    let (utterances, written) =
        utterances(rows, Form::Clu, &span, &json!({ "language": language, "dataset": "Train" }));
    let named: Vec<Value> = own(rows).chain([NONE]).map(|name| json!({ "category": name })).collect();
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
            "projectKind": "Conversation", "intents": named, "entities": entities, "utterances": utterances,
        },
    });
    write(&project, out)?;
    Ok(written)
}

/// Returns rows as utterances, each with the fields of `besides`, and what could not be said of them.
fn utterances(
    rows: &[ExportRow],
    form: Form,
    span: &dyn Fn(&Mark, usize, usize) -> Value,
    besides: &Value,
) -> (Vec<Value>, Written) {
    let mut written = Written { rows: rows.len() as u64, ..Written::default() };
    let utterance = |row: &ExportRow| {
        let places = row.spans.iter().filter_map(|mark| Some((Unit::Utf16.places(&row.text, mark)?, mark)));
        let spans: Vec<Value> = places.map(|((start, end), mark)| span(mark, start, end)).collect();
        written.spans_left_out += (row.spans.len() - spans.len()) as u64;
        written.values_left_out += valued(row);
        written.counts_left_out += u64::from(row.count > 1);
        let mut said = json!({ "text": row.text, "intent": row.intent.as_deref().unwrap_or(NONE) });
        for (name, value) in besides.as_object().into_iter().flatten() {
            said[name] = value.clone();
        }
        said["entities"] = spans.into();
        extra::restore(&mut said, row, form);
        said
    };
    (rows.iter().map(utterance).collect(), written)
}

/// Returns the intents of rows but for that of texts out of scope, which every application has.
fn own(rows: &[ExportRow]) -> impl Iterator<Item = &str> {
    intents(rows).into_iter().filter(|name| *name != NONE)
}

fn write(document: &Value, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    out.write_all(b"\n")
}
