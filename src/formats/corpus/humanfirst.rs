//! HumanFirst's workspaces: `{examples: [{text, intents: [{intent_id}]}], intents: [{id, name, parent_intent_id}]}`.
//!
//! An intent's parents are its category. Its marks are not in the file.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::domain::conversation::Message;
use crate::domain::extra::Form;
use crate::formats::chat::shape::field;
use crate::formats::corpus::labelled::{Labelled, OUT_OF_SCOPE, about, example, intents, list, named};
use crate::formats::extra;
use crate::formats::record::{Knowledge, Record};
use crate::formats::write::row::{ExportRow, Written};

/// How these documents are told and read.
pub const FORMAT: Labelled = Labelled { fits, read };

fn fits(document: &Value) -> bool {
    let examples = document.get("examples").and_then(Value::as_array);
    examples.is_some_and(|examples| examples.first().is_none_or(|first| first.get("text").is_some()))
        && document.get("intents").is_some_and(Value::is_array)
        || examples.is_some_and(|examples| examples.first().is_some_and(|first| first.get("intents").is_some()))
}

fn read(document: &Value, _: &Path, found: &mut Vec<Record>) {
    let intents: HashMap<String, (String, Option<String>)> = list(document, "intents")
        .iter()
        .filter_map(|intent| Some((field(intent, "id")?, (field(intent, "name")?, field(intent, "parent_intent_id")))))
        .collect();
    for (id, (name, _)) in &intents {
        let category = parents(id, &intents);
        if !category.is_empty() {
            let said = Knowledge { intent: name.clone(), category, ..Knowledge::default() };
            found.push(Record::Knowledge(said));
        }
    }
    // The order of a map is nobody's.
    found.sort_by_cached_key(|record| match record {
        Record::Knowledge(said) => said.intent.clone(),
        _ => String::new(),
    });
    for (line, said) in (1u64..).zip(list(document, "examples")) {
        let text = field(said, "text").unwrap_or_default();
        let id = list(said, "intents").first().and_then(|intent| field(intent, "intent_id"));
        let name = id.and_then(|id| intents.get(&id).map(|(name, _)| name.as_str()));
        let extra = extra::of(Form::HumanFirst, said, &|name| matches!(name, "text" | "intents"));
        found.push(Record::Message(Message { extra, ..example(&text, name, Vec::new(), line) }));
    }
}

/// Returns the names of an intent's parents from the top, joined by `/`.
fn parents(id: &str, intents: &HashMap<String, (String, Option<String>)>) -> String {
    /// No catalogue is deeper; one that goes in a circle ends here.
    const DEEP: usize = 16;
    let mut names = Vec::new();
    let mut at = intents.get(id).and_then(|(_, parent)| parent.as_ref());
    while let Some((name, parent)) = at.and_then(|id| intents.get(id)).filter(|_| names.len() < DEEP) {
        names.push(name.as_str());
        at = parent.as_ref();
    }
    names.reverse();
    names.join("/")
}

/// Writes a workspace.
pub fn write(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written { rows: rows.len() as u64, ..Written::default() };
    let mut names = intents(rows);
    if rows.iter().any(|row| row.intent.is_none()) && !names.contains(&OUT_OF_SCOPE) {
        names.push(OUT_OF_SCOPE);
    }
    let ids: HashMap<&str, String> = names.iter().zip(1..).map(|(name, n)| (*name, format!("intent-{n}"))).collect();
    let mut examples = Vec::new();
    for (row, n) in rows.iter().zip(1..) {
        written.spans_left_out += row.spans.len() as u64;
        let mut example = json!({
            "id": format!("example-{n}"), "text": row.text, "intents": [{ "intent_id": ids[named(row)] }],
            "tags": [], "metadata": about(row),
        });
        extra::restore(&mut example, row, Form::HumanFirst);
        examples.push(example);
    }
    let intents: Vec<Value> = names.iter().map(|name| json!({ "id": ids[name], "name": name, "tags": [] })).collect();
    let workspace = json!({ "examples": examples, "intents": intents, "tags": [] });
    serde_json::to_writer_pretty(&mut *out, &workspace)?;
    out.write_all(b"\n")?;
    Ok(written)
}
