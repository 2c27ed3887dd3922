//! What a file seems to be, from its first bytes and its name: encoding, format, columns.
//!
//! Called by `read`, which lets the trainer's options overrule any of it. Nothing here decides silently: whatever is
//! guessed stands in `Sniffed`, for a preview to show.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde_json::Value;

use crate::formats::charset::Charset;
use crate::formats::chat::survey::{Talk, survey};
use crate::formats::column::TableShape;
use crate::formats::corpus::fasttext;
use crate::formats::error::BookFault;
use crate::formats::foreign::ending;
use crate::formats::format::{Format, Reader};
use crate::formats::json::{self, Glimpse};
use crate::formats::mail;
use crate::formats::mail::mbox::is_boxed;
use crate::formats::options::ReadOptions;
use crate::formats::sheet::book::Book;
use crate::formats::sheet::{guess, objects};
use crate::formats::source::Source;

/// How much of a file is looked at.
pub const HEAD: usize = 1024 * 1024;

/// What a file seems to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sniffed {
    pub format: Format,
    pub charset: Charset,
    /// Whether each line is a JSON record of its own.
    pub lines: bool,
    /// The columns of a table, or the fields of plain JSON records.
    pub table: Option<TableShape>,
    /// Who speaks in a chat of plain text or writes the first mails, with the role each seems to have.
    pub talk: Option<Talk>,
    /// The sheets of a workbook; the one that is read comes first.
    pub sheets: Vec<String>,
}

/// Sniffs a file from its first bytes (up to `HEAD`); `whole` says that they are all it has.
pub fn sniff(head: &[u8], file_name: &str, whole: bool) -> Sniffed {
    let charset = Charset::guess(head, whole);
    sniff_text(&decode(head, charset, whole), file_name, whole, charset, &ReadOptions::default())
}

/// Returns what a recording seems to be: sound, until somebody hears it.
pub(super) fn recording() -> Sniffed {
    Sniffed {
        format: Format::Recording,
        charset: Charset::UTF_8,
        lines: false,
        table: None,
        talk: None,
        sheets: Vec::new(),
    }
}

/// Returns a head as text; what is cut off at its end is left out.
pub(super) fn decode(head: &[u8], charset: Charset, whole: bool) -> String {
    let mut source = Source::new(head, charset);
    source.fill(usize::MAX).expect("memory does not fail");
    let mut text = source.text().to_owned();
    if !whole && text.ends_with('\u{FFFD}') {
        text.pop();
    }
    text
}

/// Sniffs a decoded head; what the options say is not asked again.
pub(super) fn sniff_text(text: &str, file_name: &str, whole: bool, charset: Charset, options: &ReadOptions) -> Sniffed {
    let mut sniffed =
        Sniffed { format: Format::Lines, charset, lines: false, table: None, talk: None, sheets: Vec::new() };
    let ending = ending(file_name);
    let head = Head { text, whole, ending: &ending, options, document: OnceCell::new() };
    match options.format.map(|format| (format, format.reader())) {
        None => head.anything(&mut sniffed),
        // A text that is called a workbook is the table it was exported from.
        Some((_, Reader::Book)) => head.table(Format::Csv, &mut sniffed),
        Some((format, Reader::Table)) => head.table(format, &mut sniffed),
        Some((format, Reader::Lines | Reader::RasaNlu | Reader::Labelled(_) | Reader::FastText)) => {
            sniffed.format = format
        }
        Some((format, Reader::Chat)) => {
            sniffed.format = format;
            sniffed.talk = survey(text, true, options);
        }
        Some((format, Reader::Mail)) => {
            sniffed.format = format;
            sniffed.talk = Some(mail::survey::talk(text, options));
        }
        Some((format, Reader::Script(_) | Reader::Recording)) => sniffed.format = format,
        Some((format, Reader::Objects | Reader::Records(_) | Reader::Call(_))) => head.json(Some(format), &mut sniffed),
    }
    sniffed
}

/// Sniffs a workbook: which sheet is read, and what its columns hold.
pub(super) fn sniff_book(book: &mut Book, options: &ReadOptions) -> Result<Sniffed, BookFault> {
    let sheet = book.choose(options.sheet.as_deref())?;
    let mut rows = Vec::new();
    book.each_row(&sheet, &mut |row, _| {
        rows.push(row.iter().map(str::to_owned).collect());
        rows.len() < guess::SAMPLE
    })?;
    let mut sheets = book.sheets();
    if let Some(at) = sheets.iter().position(|name| *name == sheet) {
        sheets[..=at].rotate_right(1);
    }
    Ok(Sniffed {
        format: Format::Xlsx,
        charset: Charset::UTF_8,
        lines: false,
        table: Some(guess::of_rows(rows, options)),
        talk: None,
        sheets,
    })
}

/// A decoded head with what is known about it.
struct Head<'a> {
    text: &'a str,
    whole: bool,
    ending: &'a str,
    options: &'a ReadOptions,
    /// The head as one JSON document, once somebody asked for it.
    document: OnceCell<Glimpse>,
}

impl Head<'_> {
    fn anything(&self, sniffed: &mut Sniffed) {
        let table_by_name = matches!(self.ending, "csv" | "tsv" | "tab" | "psv" | "xls" | "xlsx");
        if matches!(self.ending, "eml" | "mbox") || !table_by_name && mail::survey::is_mail(self.text) {
            sniffed.format = if is_boxed(self.text.as_bytes()) { Format::Mbox } else { Format::Eml };
            sniffed.talk = Some(mail::survey::talk(self.text, self.options));
        } else if !table_by_name && self.looks_like_json() {
            self.json(None, sniffed);
        } else if fasttext::fits(self.text) {
            sniffed.format = Format::FastText;
        } else if matches!(self.ending, "yml" | "yaml") || self.has_nlu() {
            sniffed.format = Format::RasaNlu;
        } else if let Some(format) = self.script(table_by_name) {
            sniffed.format = format;
        } else if let Some(talk) = self.talk(table_by_name) {
            sniffed.format = Format::Chat;
            sniffed.talk = Some(talk);
        } else if table_by_name || guess::regular(self.text, self.whole, self.options) {
            self.table(if self.ending == "tsv" { Format::Tsv } else { Format::Csv }, sniffed);
        }
    }

    fn has_nlu(&self) -> bool {
        let mut lines = self.text.lines();
        lines.by_ref().any(|line| line.trim_end() == "nlu:")
            && lines.next().is_some_and(|line| line.trim_start().starts_with("- "))
    }

    /// Returns the kind of call in plain text this is.
    fn script(&self, table_by_name: bool) -> Option<Format> {
        let mut scripts = Format::scripts().filter(|_| !table_by_name);
        scripts.find(|(_, shape)| (shape.fits)(self.text, self.ending)).map(|(format, _)| format)
    }

    /// Returns who speaks, when the text is a chat and not a table of one.
    fn talk(&self, table_by_name: bool) -> Option<Talk> {
        let talk = if table_by_name { None } else { survey(self.text, false, self.options) };
        talk.filter(|_| !guess::regular(self.text, self.whole, self.options))
    }

    fn table(&self, format: Format, sniffed: &mut Sniffed) {
        let wanted = self.options.delimiter.or((self.options.format == Some(Format::Tsv)).then_some('\t'));
        let shape = guess::shape(self.text, self.whole, self.ending, wanted, self.options);
        sniffed.format = match shape.delimiter {
            _ if self.options.format.is_some() => format,
            Some('\t') => Format::Tsv,
            _ => Format::Csv,
        };
        sniffed.table = Some(shape);
    }

    fn looks_like_json(&self) -> bool {
        let start = self.text.trim_start();
        // `[10:00:05] 客户：…` and `[图片]` begin with a bracket too.
        let opens = start.starts_with('{')
            || start.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with(['{', '[', '"', ']']));
        opens
            && (matches!(self.ending, "json" | "jsonl" | "ndjson")
                || !self.document().records(&[]).is_empty()
                || self.by_lines())
    }

    /// Tells whether a line holds a record: the first line is whole, and another follows or the name says so.
    fn by_lines(&self) -> bool {
        let mut lines = self.text.lines().filter(|line| !line.trim().is_empty());
        let first = lines.next().is_some_and(|line| serde_json::from_str::<Value>(line).is_ok());
        let another = lines.next().is_some_and(|line| line.trim_start().starts_with(['{', '[']));
        matches!(self.ending, "jsonl" | "ndjson") || (first && another)
    }

    fn json(&self, wanted: Option<Format>, sniffed: &mut Sniffed) {
        sniffed.lines = match wanted {
            Some(Format::Jsonl) => true,
            Some(Format::Json) => false,
            _ => self.by_lines(),
        };
        let plain = if sniffed.lines { Format::Jsonl } else { Format::Json };
        let lines = sniffed.lines.then(|| Glimpse::of(self.text, true));
        let seen = lines.as_ref().unwrap_or_else(|| self.document());
        if let Some(labelled) = seen.document().filter(|_| wanted.is_none()).and_then(labelled) {
            sniffed.format = labelled;
            return;
        }
        sniffed.format = wanted.or_else(|| vendor(seen)).unwrap_or(plain);
        if matches!(sniffed.format.reader(), Reader::Objects) {
            let records: Vec<Value> =
                seen.records(&json::lists(sniffed.format)).into_iter().map(Cow::into_owned).collect();
            let vendors = records.iter().filter(|value| Format::shapes().any(|(_, shape)| (shape.fits)(value))).count();
            let columns = guess::fields(&objects::fields(records.iter()), &records);
            // Records of a known vendor need no columns.
            if vendors < records.len() || records.is_empty() {
                sniffed.table =
                    Some(TableShape { delimiter: None, quoted: false, header: true, skip: 0, guarded: false, columns });
            }
        }
    }

    fn document(&self) -> &Glimpse {
        self.document.get_or_init(|| Glimpse::of(self.text, false))
    }
}

/// Returns the program whose labelled set a document is.
fn labelled(document: &Value) -> Option<Format> {
    Format::labelled().find(|(_, set)| (set.fits)(document)).map(|(format, _)| format)
}

/// Returns the vendor whose shape the first records have.
fn vendor(seen: &Glimpse) -> Option<Format> {
    let most = |records: &[Cow<'_, Value>], fits: fn(&Value) -> bool| {
        let fitting = records.iter().filter(|value| fits(value)).count();
        fitting > 0 && fitting * 2 >= records.len()
    };
    let vendor = Format::shapes().find(|(_, shape)| most(&seen.records(shape.lists), shape.fits));
    vendor.map(|(format, _)| format).or_else(|| {
        // A call is a document of its own, or a line of one.
        let calls = seen.records(&[]);
        Format::calls().find(|(_, shape)| most(&calls, shape.fits)).map(|(format, _)| format)
    })
}
