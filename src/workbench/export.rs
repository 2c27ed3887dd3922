//! export: labelled examples for other programs.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::domain::label::{Mark, Verdict};
use crate::formats::write;
use crate::formats::write::row::{ExportRow, Written};
use crate::formats::write::table::TableOptions;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

/// The formats that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExportFormat {
    #[default]
    Jsonl,
    Csv,
    Rasa,
}

impl ExportFormat {
    pub const ALL: [ExportFormat; 3] = [ExportFormat::Jsonl, ExportFormat::Csv, ExportFormat::Rasa];

    /// Returns the word used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            ExportFormat::Jsonl => "jsonl",
            ExportFormat::Csv => "csv",
            ExportFormat::Rasa => "rasa",
        }
    }

    /// Returns the format with that name, or the refusal that lists them.
    pub fn named(word: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|format| format.name() == word).ok_or_else(|| Error::UnknownChoice {
            what: "format",
            name: word.to_string(),
            known: Self::ALL.iter().map(|format| format.name().to_string()).collect(),
        })
    }

    /// Returns the usual ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            ExportFormat::Jsonl => "jsonl",
            ExportFormat::Csv => "csv",
            ExportFormat::Rasa => "yml",
        }
    }
}

/// Writes the examples (and out-of-scope texts) to a new file; refuses to overwrite one.
///
/// Texts are the cleaned, masked ones: what the masks hide leaves the project by no export.
pub fn export(project: &Project, to: &Path, format: ExportFormat) -> Result<Written> {
    let rows = rows(project)?;
    let fault = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AlreadyExists => Error::Exists { path: to.to_path_buf() },
        _ => Error::Write { path: to.to_path_buf(), source },
    };
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to).map_err(fault)?;
    let mut out = BufWriter::new(file);
    let written = write_rows(&mut out, &rows, format).and_then(|written| out.flush().map(|()| written));
    written.map_err(|source| {
        // A half-written file would pass for a whole one.
        let _ = std::fs::remove_file(to);
        Error::Write { path: to.to_path_buf(), source }
    })
}

/// Returns the rows an export writes, in the order of the catalogue.
pub fn rows(project: &Project) -> Result<Vec<ExportRow>> {
    let catalogue = project.catalogue()?;
    let mut rows: Vec<(i64, ExportRow)> = Vec::new();
    project.store.each_label(|utterance, label| {
        let (order, intent) = match label.verdict {
            Verdict::Intent(id) => (id.0, Some(catalogue.name(id).to_string())),
            Verdict::OutOfScope => (i64::MAX, None),
            Verdict::Ignored | Verdict::Later => return Ok(()),
        };
        let spans = project
            .store
            .spans(utterance.id)?
            .into_iter()
            .map(|span| Mark { range: span.range, entity: span.entity, value: span.value })
            .collect();
        let source = label.source.name().to_string();
        rows.push((order, ExportRow { text: utterance.text, intent, count: utterance.count, spans, source }));
        Ok(())
    })?;
    rows.sort_by_key(|(order, _)| *order);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn write_rows(out: &mut dyn Write, rows: &[ExportRow], format: ExportFormat) -> std::io::Result<Written> {
    match format {
        ExportFormat::Jsonl => write::jsonl::write(rows, out),
        ExportFormat::Csv => write::table::write(rows, TableOptions::default(), out),
        ExportFormat::Rasa => write::rasa::write(rows, out),
    }
}

/// Returns the first lines a format would give.
pub fn sample(rows: &[ExportRow], format: ExportFormat) -> Vec<String> {
    let mut text = Vec::new();
    // Writing to memory cannot fail; a sample of nothing is what a failure would show.
    let _ = write_rows(&mut text, &rows[..rows.len().min(8)], format);
    String::from_utf8_lossy(&text).trim_start_matches('\u{feff}').lines().take(12).map(String::from).collect()
}
