//! export: labelled examples, and the catalogue as a knowledge sheet, for other programs.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::Path;

use crate::domain::event::Act;
use crate::domain::extra::Form;
use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::label::{Intent, Mark, Verdict};
use crate::domain::query::Query;
use crate::formats::corpus::{
    argilla, azure, botpress, dialogflow, doccano, fasttext, humanfirst, label_studio, prodigy, spacy, watson,
};
use crate::formats::write;
use crate::formats::write::file::NewFile;
use crate::formats::write::grid::Grid;
use crate::formats::write::knowledge::{Entry, Layout};
use crate::formats::write::row::{ExportRow, Written};
use crate::formats::write::table::{HEADINGS, TableOptions, said};
use crate::text::personal::is_masked;
use crate::workbench::error::{Error, Result};
use crate::workbench::extras;
use crate::workbench::personal::{Personal, open, record};
use crate::workbench::project::Project;
use crate::workbench::search::search;

/// What a format writes.
#[derive(Clone, Copy)]
enum Kind {
    /// Labelled examples, in a form of their own.
    Examples(fn(&[ExportRow], &mut dyn Write) -> std::io::Result<Written>),
    /// Labelled examples between delimiters.
    Table,
    /// Labelled examples in a workbook.
    Workbook,
    /// The catalogue as a knowledge sheet.
    Sheet(Layout),
}

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $ending:literal by $kind:expr;)*) => {
        /// The formats that can be written.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub enum ExportFormat { $($(#[$doc])* $name),* }

        impl ExportFormat {
            pub const ALL: &'static [ExportFormat] = &[$(ExportFormat::$name),*];

            /// Returns the word used on the command line.
            pub fn name(self) -> &'static str {
                match self { $(ExportFormat::$name => $word),* }
            }

            /// Returns the usual ending of its files.
            pub fn ending(self) -> &'static str {
                match self { $(ExportFormat::$name => $ending),* }
            }

            fn kind(self) -> Kind {
                match self { $(ExportFormat::$name => $kind),* }
            }
        }
    };
}

formats! {
    #[default]
    Jsonl = "jsonl", "jsonl" by Kind::Examples(|rows, out| write::jsonl::write(rows, out));
    Csv = "csv", "csv" by Kind::Table;
    Xlsx = "xlsx", "xlsx" by Kind::Workbook;
    Rasa = "rasa", "yml" by Kind::Examples(|rows, out| write::rasa::write(rows, out));
    /// The catalogue, similar questions in columns to the right.
    KbWide = "kb-wide", "xlsx" by Kind::Sheet(Layout::Wide);
    /// The catalogue, similar questions in one cell.
    KbCell = "kb-cell", "xlsx" by Kind::Sheet(Layout::Cell);
    /// The catalogue, a row for each similar question.
    KbRows = "kb-rows", "xlsx" by Kind::Sheet(Layout::Rows);
    Prodigy = "prodigy", "jsonl" by Kind::Examples(prodigy::write);
    Doccano = "doccano", "jsonl" by Kind::Examples(doccano::write);
    LabelStudio = "label-studio", "json" by Kind::Examples(label_studio::write);
    Argilla = "argilla", "json" by Kind::Examples(argilla::write);
    HumanFirst = "humanfirst", "json" by Kind::Examples(humanfirst::write);
    Spacy = "spacy", "jsonl" by Kind::Examples(spacy::write);
    FastText = "fasttext", "txt" by Kind::Examples(fasttext::write);
    /// An archive with a file or two an intent.
    DialogflowEs = "dialogflow-es", "zip" by Kind::Examples(dialogflow::write_es);
    /// An archive with a folder an intent.
    DialogflowCx = "dialogflow-cx", "zip" by Kind::Examples(dialogflow::write_cx);
    Luis = "luis", "json" by Kind::Examples(azure::write_luis);
    Clu = "clu", "json" by Kind::Examples(azure::write_clu);
    Watson = "watson", "json" by Kind::Examples(watson::write);
    /// An archive with a file an intent.
    Botpress = "botpress", "zip" by Kind::Examples(botpress::write);
}

impl ExportFormat {
    /// Returns the form of records whose other fields this format takes back.
    fn form(self) -> Option<Form> {
        Some(match self {
            ExportFormat::Jsonl => Form::Records,
            ExportFormat::Csv | ExportFormat::Xlsx => Form::Table,
            ExportFormat::Prodigy => Form::Prodigy,
            ExportFormat::Doccano => Form::Doccano,
            ExportFormat::LabelStudio => Form::LabelStudio,
            ExportFormat::Argilla => Form::Argilla,
            ExportFormat::HumanFirst => Form::HumanFirst,
            ExportFormat::Spacy => Form::Spacy,
            ExportFormat::FastText => Form::FastText,
            ExportFormat::DialogflowEs => Form::DialogflowEs,
            ExportFormat::DialogflowCx => Form::DialogflowCx,
            ExportFormat::Luis => Form::Luis,
            ExportFormat::Clu => Form::Clu,
            ExportFormat::Watson => Form::Watson,
            ExportFormat::Rasa
            | ExportFormat::KbWide
            | ExportFormat::KbCell
            | ExportFormat::KbRows
            | ExportFormat::Botpress => return None,
        })
    }

    /// Returns the format with that name, or the refusal that lists them.
    pub fn named(word: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == word).ok_or_else(|| Error::UnknownChoice {
            what: "format",
            name: word.to_string(),
            known: Self::ALL.iter().map(|format| format.name().to_string()).collect(),
        })
    }
}

/// What an export writes, before a format is chosen.
pub struct Content {
    pub rows: Vec<ExportRow>,
    pub entries: Vec<Entry>,
}

impl Content {
    /// Gathers the labels and the catalogue of a project.
    pub fn of(project: &mut Project, personal: Personal) -> Result<Self> {
        Ok(Self { rows: rows(project, personal)?, entries: entries(project, |_| true)? })
    }

    /// Gathers the labels that meet a query, and the catalogue with those alone as similar questions.
    pub fn meeting(project: &mut Project, personal: Personal, query: &Query) -> Result<Self> {
        let wanted: HashSet<UtteranceId> = search(project, query)?.into_iter().map(|hit| hit.utterance).collect();
        let takes = |id: UtteranceId| wanted.contains(&id);
        Ok(Self { rows: chosen(project, personal, takes)?, entries: entries(project, takes)? })
    }
}

/// Writes the examples (and out-of-scope texts), or the catalogue, to a new file; refuses to overwrite one.
///
/// Texts are the cleaned, masked ones, unless personal data is asked for; written as it was said, it is an event. A
/// knowledge sheet is a workbook unless the file is called a table of text; it is the catalogue and stays masked.
pub fn export(project: &mut Project, to: &Path, format: ExportFormat, personal: Personal) -> Result<Written> {
    let content = Content::of(project, personal)?;
    export_content(project, &content, to, format, personal)
}

/// Writes what was gathered, as [`export`] does.
pub fn export_content(
    project: &mut Project,
    content: &Content,
    to: &Path,
    format: ExportFormat,
    personal: Personal,
) -> Result<Written> {
    let fault = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AlreadyExists => Error::Exists { path: to.to_path_buf() },
        _ => Error::Write { path: to.to_path_buf(), source },
    };
    let mut file = NewFile::create(to).map_err(fault)?;
    let delimiter = match to.extension().and_then(|end| end.to_str()).map(str::to_lowercase).as_deref() {
        Some("csv") => Some(','),
        Some("tsv") => Some('\t'),
        _ => None,
    };
    let mut written = write_content(&mut file, content, format, delimiter).map_err(fault)?;
    written.fields.extend(extras::left_out(&content.rows, format.form()));
    file.finish().map_err(fault)?;
    if personal == Personal::Raw {
        let name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        record(project, Act::Export, &name, written.rows)?;
    }
    Ok(written)
}

/// Returns the intents with their similar questions, in the order of the catalogue.
fn entries(project: &Project, takes: impl Fn(UtteranceId) -> bool) -> Result<Vec<Entry>> {
    let intents = project.catalogue()?.intents;
    let mut similar: HashMap<IntentId, Vec<String>> = HashMap::new();
    project.store.each_label(|utterance, label| {
        if let Verdict::Intent(id) = label.verdict
            && takes(utterance.id)
        {
            similar.entry(id).or_default().push(utterance.text);
        }
        Ok(())
    })?;
    let entry = |intent: Intent| {
        let mut similar = similar.remove(&intent.id).unwrap_or_default();
        similar.retain(|text| *text != intent.question);
        Entry { intent, similar }
    };
    Ok(intents.into_iter().map(entry).collect())
}

/// Returns the rows an export of everything writes, in the order of the catalogue.
pub fn rows(project: &mut Project, personal: Personal) -> Result<Vec<ExportRow>> {
    chosen(project, personal, |_| true)
}

fn chosen(project: &mut Project, personal: Personal, takes: impl Fn(UtteranceId) -> bool) -> Result<Vec<ExportRow>> {
    let catalogue = project.catalogue()?;
    let mut rows: Vec<(i64, ExportRow)> = Vec::new();
    let mut hidden: Vec<(usize, UtteranceId)> = Vec::new();
    let mut places = HashMap::new();
    project.store.each_label(|utterance, label| {
        let (order, intent) = match label.verdict {
            Verdict::Intent(id) => (id.0, Some(catalogue.name(id).to_string())),
            Verdict::OutOfScope => (i64::MAX, None),
            Verdict::Ignored | Verdict::Later => return Ok(()),
        };
        if !takes(utterance.id) {
            return Ok(());
        }
        let spans = project
            .store
            .spans(utterance.id)?
            .into_iter()
            .map(|span| Mark { range: span.range, entity: span.entity, value: span.value })
            .collect();
        let source = label.source.name().to_string();
        if personal != Personal::Masked && is_masked(&utterance.text) {
            hidden.push((rows.len(), utterance.id));
        }
        places.insert(utterance.id, rows.len());
        let row = ExportRow { text: utterance.text, intent, count: utterance.count, spans, source, extras: Vec::new() };
        rows.push((order, row));
        Ok(())
    })?;
    extras::gather(project, personal, &mut rows, &places)?;
    // A text many said is written as the first of them said it.
    for (at, utterance) in hidden {
        let row = &mut rows[at].1;
        let Some(said) = project.store.first_said(utterance)?.filter(|said| said.clean == row.text) else { continue };
        let opened = open(project, &said.clean, &said.offsets, &said.raw, personal)?;
        row.spans.iter_mut().for_each(|span| span.range = opened.of(span.range));
        row.text = opened.text;
    }
    rows.sort_by_key(|(order, _)| *order);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn write_content(
    out: &mut dyn Write,
    content: &Content,
    format: ExportFormat,
    delimiter: Option<char>,
) -> std::io::Result<Written> {
    match (format.kind(), delimiter) {
        (Kind::Examples(write), _) => write(&content.rows, out),
        (Kind::Workbook, _) => labelled(&content.rows).workbook(out),
        (Kind::Table, delimiter) => {
            let options = TableOptions { delimiter: delimiter.unwrap_or(','), ..TableOptions::default() };
            write::table::write(&content.rows, options, out)
        }
        (Kind::Sheet(layout), Some(delimiter)) => write::knowledge::grid(&content.entries, layout).text(delimiter, out),
        (Kind::Sheet(layout), None) => write::knowledge::grid(&content.entries, layout).workbook(out),
    }
}

/// Returns the examples as a table for a workbook.
fn labelled(rows: &[ExportRow]) -> Grid {
    let strange = write::table::strange(rows);
    let row = |row: &ExportRow| {
        let source = said(row, "source").unwrap_or_else(|| row.source.clone());
        let ours = [row.text.clone(), row.intent.clone().unwrap_or_default(), row.count.to_string(), source];
        let theirs = strange.iter().map(|name| said(row, name).unwrap_or_default());
        ours.into_iter().chain(theirs).collect()
    };
    Grid {
        headings: HEADINGS.iter().chain(&strange).map(|heading| heading.to_string()).collect(),
        rows: rows.iter().map(row).collect(),
        numbers: Some(2),
        ..Grid::default()
    }
}

/// Returns the first lines a format would give; a workbook's as a table of text.
pub fn sample(content: &Content, format: ExportFormat) -> Vec<String> {
    let first = Content {
        rows: content.rows.iter().take(8).cloned().collect(),
        entries: content.entries.iter().take(8).cloned().collect(),
    };
    let shown = if format == ExportFormat::Xlsx { ExportFormat::Csv } else { format };
    let mut text = Vec::new();
    // Writing to memory cannot fail; a sample of nothing is what a failure would show.
    let _ = write_content(&mut text, &first, shown, Some(','));
    String::from_utf8_lossy(&text).trim_start_matches('\u{feff}').lines().take(12).map(String::from).collect()
}
