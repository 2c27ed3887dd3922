//! Dialogflow's training phrases. ES: `intents/<name>_usersays_<lang>.json`, a list of `{data: [{text, meta, alias}]}`;
//! CX: `intents/<name>/trainingPhrases/<lang>.json`, `{trainingPhrases: [{parts: [{text, parameterId}]}]}`. A phrase is
//! the sum of its parts, so its spans need no places. The intent's name is the name of the file or folder.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::conversation::Message;
use crate::domain::extra::{Extra, Form};
use crate::domain::label::Mark;
use crate::domain::range::ByteRange;
use crate::formats::chat::shape::field;
use crate::formats::corpus::archive::{Archive, file_names};
use crate::formats::corpus::labelled::{Labelled, OUT_OF_SCOPE, entities, example, is_chinese, list, valued};
use crate::formats::extra;
use crate::formats::record::Record;
use crate::formats::write::row::{ExportRow, Written};

/// How the phrases of an ES intent are told and read.
pub const ES: Labelled = Labelled { fits: fits_es, read: read_es };

/// How the phrases of a CX intent are told and read.
pub const CX: Labelled = Labelled { fits: fits_cx, read: read_cx };

const USERSAYS: &str = "_usersays_";

fn fits_es(document: &Value) -> bool {
    document.as_array().and_then(|phrases| phrases.first()).is_some_and(|first| {
        let parts = first.get("data").and_then(Value::as_array);
        first.get("isTemplate").is_some()
            || parts.is_some_and(|parts| parts.iter().any(|p| p.get("userDefined").is_some()))
    })
}

fn read_es(document: &Value, path: &Path, found: &mut Vec<Record>) {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = stem.split(USERSAYS).next().filter(|name| !name.is_empty());
    let phrases = document.as_array().map_or(&[][..], Vec::as_slice);
    for (line, phrase) in (1u64..).zip(phrases) {
        let entity = |part: &Value| {
            let entity = field(part, "alias").or_else(|| field(part, "meta"))?;
            Some(entity.trim_start_matches('@').to_owned())
        };
        let extra = extra::of(Form::DialogflowEs, phrase, &|name| name == "data");
        found.push(joined(list(phrase, "data"), &entity, name, line, extra));
    }
}

fn fits_cx(document: &Value) -> bool {
    document.get("trainingPhrases").is_some_and(Value::is_array)
}

fn read_cx(document: &Value, path: &Path, found: &mut Vec<Record>) {
    let folder = path.parent().and_then(Path::parent).and_then(Path::file_name);
    let name = folder.map(|name| name.to_string_lossy().into_owned());
    for (line, phrase) in (1u64..).zip(list(document, "trainingPhrases")) {
        let extra = extra::of(Form::DialogflowCx, phrase, &|name| name == "parts");
        found.push(joined(list(phrase, "parts"), &|part| field(part, "parameterId"), name.as_deref(), line, extra));
    }
}

/// Returns the example that some parts make.
fn joined(
    parts: &[Value],
    entity: &dyn Fn(&Value) -> Option<String>,
    name: Option<&str>,
    line: u64,
    extra: Option<Box<Extra>>,
) -> Record {
    let (mut text, mut marks) = (String::new(), Vec::new());
    for part in parts {
        let start = text.len();
        text.push_str(&field(part, "text").unwrap_or_default());
        if let Some(entity) = entity(part).filter(|entity| !entity.is_empty() && start < text.len()) {
            marks.push(Mark { range: ByteRange::new(start, text.len()), entity, value: String::new() });
        }
    }
    Record::Message(Message { extra, ..example(&text, name, marks, line) })
}

/// A row with its text cut at its spans, each stretch with its entity if it has one.
struct Phrase<'r> {
    row: &'r ExportRow,
    parts: Vec<(&'r str, Option<&'r str>)>,
}

/// Returns a row's text cut at its spans, each with its entity, and how many spans lie over another.
fn parts(row: &ExportRow) -> (Vec<(&str, Option<&str>)>, u64) {
    let mut spans: Vec<&Mark> = row.spans.iter().collect();
    spans.sort_by_key(|mark| (mark.range.start, mark.range.end));
    let (mut parts, mut done, mut left_out) = (Vec::new(), 0, 0);
    for mark in spans {
        let (start, end) = (mark.range.start as usize, mark.range.end as usize);
        let (Some(before), Some(surface)) = (row.text.get(done..start), row.text.get(start..end)) else {
            left_out += 1;
            continue;
        };
        if surface.is_empty() || mark.entity.is_empty() {
            left_out += 1;
            continue;
        }
        if !before.is_empty() {
            parts.push((before, None));
        }
        parts.push((surface, Some(mark.entity.as_str())));
        done = end;
    }
    if done < row.text.len() {
        parts.push((&row.text[done..], None));
    }
    (parts, left_out)
}

/// Returns the phrases of each intent, and what neither form can say.
fn by_intent<'r>(rows: &'r [ExportRow], none: &'r str) -> (BTreeMap<&'r str, Vec<Phrase<'r>>>, Written) {
    let mut written = Written { rows: rows.len() as u64, ..Written::default() };
    let mut intents: BTreeMap<&str, Vec<Phrase<'r>>> = BTreeMap::new();
    for row in rows {
        let (parts, left_out) = parts(row);
        written.spans_left_out += left_out;
        written.values_left_out += valued(row);
        intents.entry(row.intent.as_deref().unwrap_or(none)).or_default().push(Phrase { row, parts });
    }
    let files = file_names(intents.keys().copied());
    written.renamed = intents.keys().zip(&files).filter(|(name, file)| *name != file).count() as u64;
    (intents, written)
}

/// Writes an ES agent as an archive; texts out of scope are an intent of that name.
pub fn write_es(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let language = if is_chinese(rows) { "zh-cn" } else { "en" };
    let (intents, written) = by_intent(rows, OUT_OF_SCOPE);
    let files = file_names(intents.keys().copied());
    let mut archive = Archive::new(out);
    archive.add("package.json", &json!({ "version": "1.0.0" }))?;
    archive.add("agent.json", &json!({ "displayName": "daoshi", "language": language, "supportedLanguages": [] }))?;
    for ((name, phrases), file) in intents.iter().zip(&files) {
        let about = json!({
            "name": name, "auto": true, "contexts": [], "responses": [], "priority": 500_000,
            "fallbackIntent": false, "webhookUsed": false, "events": [],
        });
        archive.add(&format!("intents/{file}.json"), &about)?;
        let phrases: Vec<Value> = phrases
            .iter()
            .map(|Phrase { row, parts }| {
                let part = |(text, entity): &(&str, Option<&str>)| match entity {
                    Some(entity) => {
                        json!({ "text": text, "meta": format!("@{entity}"), "alias": entity, "userDefined": true })
                    }
                    None => json!({ "text": text, "userDefined": false }),
                };
                let data: Vec<Value> = parts.iter().map(part).collect();
                let mut said = json!({ "data": data, "isTemplate": false, "count": row.count, "updated": 0 });
                extra::restore(&mut said, row, Form::DialogflowEs);
                said
            })
            .collect();
        archive.add(&format!("intents/{file}{USERSAYS}{language}.json"), &phrases.into())?;
    }
    for (entity, file) in entities(rows).iter().zip(file_names(entities(rows).into_iter())) {
        let about = json!({ "name": entity, "isOverridable": true, "isEnum": false, "automatedExpansion": true });
        archive.add(&format!("entities/{file}.json"), &about)?;
    }
    archive.finish()?;
    Ok(written)
}

/// Writes the intents of a CX agent as an archive; texts out of scope are an intent of that name.
pub fn write_cx(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let language = if is_chinese(rows) { "zh-cn" } else { "en" };
    let (intents, written) = by_intent(rows, OUT_OF_SCOPE);
    let files = file_names(intents.keys().copied());
    let mut archive = Archive::new(out);
    archive.add("agent.json", &json!({ "displayName": "daoshi", "defaultLanguageCode": language }))?;
    for ((name, phrases), file) in intents.iter().zip(&files) {
        let spans = phrases.iter().flat_map(|phrase| &phrase.row.spans);
        let mut found: Vec<&str> = spans.map(|mark| mark.entity.as_str()).collect();
        found.sort_unstable();
        found.dedup();
        let parameters: Vec<Value> =
            found.iter().map(|entity| json!({ "id": entity, "entityType": "@sys.any" })).collect();
        let about = json!({ "displayName": name, "priority": 500_000, "parameters": parameters });
        archive.add(&format!("intents/{file}/{file}.json"), &about)?;
        let phrases: Vec<Value> = phrases
            .iter()
            .map(|Phrase { row, parts }| {
                let part = |(text, entity): &(&str, Option<&str>)| match entity {
                    Some(entity) => json!({ "text": text, "parameterId": entity, "auto": false }),
                    None => json!({ "text": text, "auto": true }),
                };
                let parts: Vec<Value> = parts.iter().map(part).collect();
                let mut said = json!({ "parts": parts, "repeatCount": row.count.max(1), "languageCode": language });
                extra::restore(&mut said, row, Form::DialogflowCx);
                said
            })
            .collect();
        archive
            .add(&format!("intents/{file}/trainingPhrases/{language}.json"), &json!({ "trainingPhrases": phrases }))?;
    }
    archive.finish()?;
    Ok(written)
}
