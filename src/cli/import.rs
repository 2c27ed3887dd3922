//! `daoshi import`: files in, with counts that add up.

use std::path::Path;

use serde_json::json;

use crate::cli::args::Import;
use crate::cli::progress::Line;
use crate::cli::{Desk, Done, Fault};
use crate::domain::conversation::Role;
use crate::explain;
use crate::formats::column::{Column, ColumnRole};
use crate::formats::options::{self, ReadOptions};
use crate::formats::record::RejectReason;
use crate::formats::speaker::Ground;
use crate::formats::time::clock;
use crate::store::roles::Whose;
use crate::workbench::failed::FailedTo;
use crate::workbench::{import, roles};

/// Imports what is named, or shows how it would be read.
pub fn import(desk: &Desk, import: &Import) -> Done {
    if let Some(file) = &import.swap_file {
        return swap(desk, import, file);
    }
    let options = wishes(desk, import)?;
    if import.preview {
        return preview(desk, import, &options);
    }
    let mut project = desk.open(&import.project)?;
    let progress = Line::new(&desk.out);
    let says = |reason: &RejectReason| explain::reason::sentence(reason, desk.out.words);
    let failed = import.failed.as_ref().map(|folder| FailedTo {
        folder: folder.clone(),
        headings: desk.out.words.sheet.failed_headings,
        says: &says,
    });
    for path in import.paths.iter().filter(|path| path.is_symlink()) {
        let to = std::fs::canonicalize(path).unwrap_or_default();
        let gaps = [("path", &*path.to_string_lossy()), ("to", &*to.to_string_lossy())];
        desk.out.say(desk.out.words.sheet.link, &gaps);
    }
    let report = import::import_telling(&mut project, &import.paths, &options, failed.as_ref(), &progress)?;
    drop(progress);
    let t = &desk.out.words.command;
    for file in &report.files {
        if import.json {
            desk.out.json(&json!({
                "file": file.path.display().to_string(), "format": file.format, "encoding": file.charset,
                "read": file.read, "kept": file.kept, "aside": file.aside, "reasons": file.reasons,
                "customers": file.customers, "blank": file.blank, "questions": file.questions, "failed": file.failed.as_ref().map(|path| path.display().to_string()),
                "labels": file.labels, "conflicts": file.conflicts,
                "roles": file.ground.map(Ground::name),
            }));
            continue;
        }
        let n = |number: u64| number.to_string();
        desk.out.data(&crate::i18n::fill(
            t.file,
            &[
                ("path", &file.path.display().to_string()),
                ("format", &file.format),
                ("charset", &file.charset),
                ("read", &n(file.read)),
                ("kept", &n(file.kept)),
                ("aside", &n(file.aside)),
                ("customers", &n(file.customers)),
            ],
        ));
        if !file.reasons.is_empty() {
            let reasons: Vec<String> = file
                .reasons
                .iter()
                .map(|(reason, count)| format!("{} {count}", desk.out.words.import.reason(reason)))
                .collect();
            desk.out.say(t.reasons, &[("reasons", &reasons.join(", "))]);
        }
        if file.questions > 0 {
            let failed = file.read - file.kept - file.reasons.get(import::KNOWN).copied().unwrap_or(0);
            let gaps = [
                ("n", n(file.questions)),
                ("changed", n(file.changed)),
                ("good", n(file.read - failed)),
                ("failed", n(failed)),
            ];
            let gaps: Vec<(&str, &str)> = gaps.iter().map(|(name, text)| (*name, text.as_str())).collect();
            desk.out.say(desk.out.words.sheet.knowledge, &gaps);
        }
        if let Some(path) = &file.failed {
            desk.out.say(desk.out.words.sheet.failed, &[("path", &path.display().to_string())]);
        }
        if file.blank > 0 {
            desk.out.say(desk.out.words.sheet.blank, &[("n", &n(file.blank))]);
        }
        guessed(desk, &file.path, file.ground);
        if file.labels > 0 {
            desk.out.say(t.labels, &[("n", &n(file.labels))]);
        }
        if file.conflicts > 0 {
            desk.out.say(t.conflicts, &[("n", &n(file.conflicts))]);
        }
    }
    for (path, error) in &report.refused {
        let why = explain::sentence(error, desk.out.words);
        if import.json {
            desk.out.json(&json!({ "file": path.display().to_string(), "refused": why }));
        }
        desk.out.word(&why);
    }
    Ok(u8::from(!report.refused.is_empty()))
}

/// Lets customer and agent change places in a file imported before.
fn swap(desk: &Desk, import: &Import, file: &str) -> Done {
    let mut project = desk.open(&import.project)?;
    let batch = roles::batch(&project, file)?;
    let progress = Line::new(&desk.out);
    let turns = roles::swap(&mut project, Whose::Batch(batch), &progress)?;
    drop(progress);
    if import.json {
        desk.out.json(&json!({ "file": file, "batch": batch.0, "swapped": turns }));
    } else {
        desk.out.say(desk.out.words.command.swapped, &[("file", file), ("n", &turns.to_string())]);
    }
    Ok(0)
}

/// Says how the speakers of a call got their roles, where nobody told.
fn guessed(desk: &Desk, path: &Path, ground: Option<Ground>) {
    if let Some(how) = ground.and_then(|ground| desk.out.words.import.ground(ground.name())) {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        desk.out.say(desk.out.words.command.roles_guessed, &[("how", how), ("file", &file)]);
    }
}

fn preview(desk: &Desk, import: &Import, options: &ReadOptions) -> Done {
    let t = &desk.out.words.command;
    let progress = Line::new(&desk.out);
    for path in &import.paths {
        for file in import::files(path)? {
            let preview = import::preview_heard(&file, options, 5, &progress)?;
            desk.out.say(
                t.preview,
                &[
                    ("path", &file.display().to_string()),
                    ("format", preview.sniffed.format.name()),
                    ("charset", preview.sniffed.charset.name()),
                    ("rows", &preview.estimated_rows.to_string()),
                ],
            );
            if let [sheet, others @ ..] = preview.sniffed.sheets.as_slice()
                && !others.is_empty()
            {
                let n = preview.sniffed.sheets.len().to_string();
                let gaps = [("n", n.as_str()), ("sheet", sheet), ("others", &others.join(", "))];
                desk.out.say(desk.out.words.sheet.several, &gaps);
            }
            let columns = preview.sniffed.table.as_ref().map_or(&[][..], |shape| &shape.columns);
            if columns.iter().any(|column| column.role == ColumnRole::Question) {
                let told = |column: &Column| format!("{} = {}", column.name, column.role.name());
                let columns: Vec<String> = columns.iter().map(told).collect();
                desk.out.say(desk.out.words.sheet.seen, &[("columns", &columns.join(", "))]);
            }
            for message in &preview.messages {
                if import.json {
                    desk.out.json(&json!({
                        "file": file.display().to_string(), "line": message.line, "conversation": message.conversation,
                        "role": message.role.name(), "speaker": message.speaker, "at": message.at, "text": message.text,
                        "intent": message.intent, "facts": message.facts,
                    }));
                } else {
                    let offset = message.facts.offset.map(|offset| format!("{}\t", clock(offset))).unwrap_or_default();
                    desk.out.data(&format!("{}\t{}\t{offset}{}", message.line, message.role.name(), message.text));
                }
            }
            for row in &preview.rejected {
                if import.json {
                    desk.out.json(&json!({
                        "file": file.display().to_string(), "line": row.line, "aside": row.reason.name(), "raw": row.raw,
                    }));
                } else {
                    let why = desk.out.words.import.reason(row.reason.name());
                    desk.out.data(&format!("{}\t✗ {why}\t{}", row.line, row.raw));
                }
            }
            guessed(desk, &file, preview.ground);
        }
    }
    Ok(0)
}

/// Returns what the options ask of the reader.
fn wishes(desk: &Desk, import: &Import) -> Result<ReadOptions, Fault> {
    let recogniser = desk.recogniser.clone();
    let mut wishes = ReadOptions { swap: import.swap_roles, recogniser, ..ReadOptions::default() };
    if let Some(format) = import.format.as_deref().filter(|word| *word != "auto") {
        wishes.format = Some(options::format(format)?);
    }
    if let Some(charset) = import.encoding.as_deref().filter(|word| *word != "auto") {
        wishes.charset = Some(options::charset(charset)?);
    }
    if let Some(columns) = &import.columns {
        wishes.columns = Some(options::columns(columns)?);
    }
    if import.no_header {
        wishes.header = Some(false);
    }
    wishes.sheet.clone_from(&import.sheet);
    for word in &import.role {
        let role = word.split_once('=').and_then(|(name, role)| Some((name.trim().to_string(), Role::named(role)?)));
        match role {
            Some(role) => wishes.roles.push(role),
            None => {
                desk.out.say(desk.out.words.command.role, &[("word", word)]);
                return Err(Fault::Told(2));
            }
        }
    }
    Ok(wishes)
}
