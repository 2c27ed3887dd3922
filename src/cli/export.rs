//! `daoshi export`: labels for other programs.

use crate::cli::args::Export;
use crate::cli::{Desk, Done, storybook};
use crate::workbench::error::Error;
use crate::workbench::export::{self, Content, ExportFormat};
use crate::workbench::personal::Personal;
use crate::workbench::search;

/// Exports the labels; the format follows the file's ending when none is named.
pub fn export(desk: &Desk, export: &Export) -> Done {
    if let (Some(_), Some(format @ ("rasa-project" | "botium"))) = (&export.query, export.format.as_deref()) {
        let known = ExportFormat::ALL.iter().map(|format| format.name().to_string()).collect();
        return Err(Error::UnknownChoice { what: "--where --format", name: format.to_string(), known }.into());
    }
    if let Some(done) = storybook::export(desk, export) {
        return done;
    }
    let mut project = desk.open(&export.project)?;
    let format = match &export.format {
        Some(word) => ExportFormat::named(word)?,
        None => match export.out.extension().and_then(|end| end.to_str()) {
            Some("csv" | "tsv") => ExportFormat::Csv,
            Some("xlsx") => ExportFormat::Xlsx,
            Some("yml" | "yaml") => ExportFormat::Rasa,
            _ => ExportFormat::Jsonl,
        },
    };
    let personal = match (export.with_pii, export.linked) {
        (true, _) => Personal::Raw,
        (false, true) => Personal::Linked,
        (false, false) => Personal::Masked,
    };
    let content = match &export.query {
        Some(text) => Content::meeting(&mut project, personal, &search::read(text)?)?,
        None => Content::of(&mut project, personal)?,
    };
    let written = export::export_content(&mut project, &content, &export.out, format, personal)?;
    let t = &desk.out.words.command;
    desk.out.say(t.exported, &[("n", &written.rows.to_string()), ("path", &export.out.display().to_string())]);
    for (phrase, lost) in t.lost.iter().zip(written.lost()).filter(|(_, lost)| *lost > 0) {
        desk.out.say(phrase, &[("n", &lost.to_string())]);
    }
    for (name, n) in &written.fields {
        desk.out.say(t.lost_field, &[("name", name), ("n", &n.to_string())]);
    }
    Ok(0)
}
