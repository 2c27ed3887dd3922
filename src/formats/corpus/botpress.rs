//! Botpress 12: a file an intent, `{name, utterances: {lang: [..]}, slots}` with inline `[value](slot)`; `qna` files
//! with questions and answers. Written as an archive of `intents/`.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::label::{Answer, Mark};
use crate::formats::chat::shape::field;
use crate::formats::corpus::archive::{Archive, file_names};
use crate::formats::corpus::inline::{annotated, plain};
use crate::formats::corpus::labelled::{Labelled, example, is_chinese, list, valued};
use crate::formats::record::{Knowledge, Record};
use crate::formats::write::row::{ExportRow, Written};

/// How these documents are told and read.
pub const FORMAT: Labelled = Labelled { fits, read };

fn fits(document: &Value) -> bool {
    let intent = document.get("name").is_some() && document.get("utterances").is_some();
    let data = document.get("data");
    intent || data.is_some_and(|data| data.get("questions").is_some() && data.get("answers").is_some())
}

/// Returns texts that stand in a list, or in a list a language.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
        Some(Value::Object(languages)) => languages.values().flat_map(|texts| self::texts(Some(texts))).collect(),
        _ => Vec::new(),
    }
}

fn read(document: &Value, path: &Path, found: &mut Vec<Record>) {
    if let Some(data) = document.get("data") {
        return question(document, data, found);
    }
    let name = field(document, "name").unwrap_or_default();
    // Every question and answer is mirrored as an intent.
    if name.starts_with("__qna__") {
        return;
    }
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = if name.trim().is_empty() { stem } else { name };
    for (line, said) in (1u64..).zip(texts(document.get("utterances"))) {
        let (text, marks) = plain(said);
        found.push(Record::Message(example(&text, Some(&name), marks, line)));
    }
}

/// Reads a question with its answers: the first phrasing names the intent.
fn question(document: &Value, data: &Value, found: &mut Vec<Record>) {
    let questions = texts(data.get("questions"));
    let Some(first) = questions.first() else { return };
    let answers = texts(data.get("answers"));
    let category = list(data, "contexts").first().and_then(Value::as_str).filter(|name| *name != "global");
    let knowledge = |answer: Option<&str>| Knowledge {
        intent: first.to_string(),
        question: first.to_string(),
        category: category.unwrap_or_default().to_owned(),
        answer: answer.map(|text| Answer { text: text.to_owned(), ..Answer::default() }),
        ..Knowledge::default()
    };
    if document.get("data").and_then(|data| data.get("enabled")).and_then(Value::as_bool) != Some(false) {
        found.extend(answers.iter().map(|answer| Record::Knowledge(knowledge(Some(answer)))));
    }
    if answers.is_empty() {
        found.push(Record::Knowledge(knowledge(None)));
    }
    for (line, said) in (1u64..).zip(&questions) {
        found.push(Record::Message(example(said, Some(first), Vec::new(), line)));
    }
}

/// Writes an archive with a file an intent; `none` is the intent of texts out of scope.
pub fn write(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written::default();
    let mut intents: BTreeMap<&str, (Vec<String>, Vec<&str>)> = BTreeMap::new();
    for row in rows {
        let bare: Vec<Mark> = row.spans.iter().map(|mark| Mark { value: String::new(), ..mark.clone() }).collect();
        let (text, left_out) = annotated(&row.text, &bare);
        written.rows += 1;
        written.spans_left_out += left_out;
        written.values_left_out += valued(row);
        written.counts_left_out += u64::from(row.count > 1);
        let (texts, slots) = intents.entry(row.intent.as_deref().unwrap_or("none")).or_default();
        texts.push(text);
        for mark in &row.spans {
            if !slots.contains(&mark.entity.as_str()) {
                slots.push(&mark.entity);
            }
        }
    }
    let language = if is_chinese(rows) { "zh" } else { "en" };
    let files = file_names(intents.keys().copied());
    let mut archive = Archive::new(out);
    for ((name, (texts, slots)), file) in intents.iter().zip(&files) {
        let slot =
            |(n, name): (usize, &&str)| json!({ "id": name, "name": name, "entities": ["any"], "color": n % 12 + 1 });
        let slots: Vec<Value> = slots.iter().enumerate().map(slot).collect();
        let intent = json!({
            "name": name, "filename": format!("{file}.json"), "contexts": ["global"],
            "utterances": { language: texts }, "slots": slots,
        });
        archive.add(&format!("intents/{file}.json"), &intent)?;
    }
    archive.finish()?;
    Ok(written)
}
