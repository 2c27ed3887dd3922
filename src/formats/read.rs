//! Reading a file: settle what it is, then hand up its rows one by one with bounded memory.
//!
//! Called by `workbench::import`. What the options leave open is sniffed; what is wrong with the whole file refuses it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::domain::conversation::{Channel, Message};
use crate::formats::call::calls::CALL_LIMIT;
use crate::formats::call::recogniser::{Heard, Recogniser};
use crate::formats::call::script;
use crate::formats::charset::Charset;
use crate::formats::chat::survey::Talk;
use crate::formats::chat::text as chat;
use crate::formats::column::{Column, ColumnRole, TableShape};
use crate::formats::corpus::{document, fasttext, lines, rasa};
use crate::formats::error::{BookFault, Error, Foreign, Unheard};
use crate::formats::foreign;
use crate::formats::format::{Format, Reader};
use crate::formats::json;
use crate::formats::mail;
use crate::formats::noted::Noted;
use crate::formats::open;
use crate::formats::options::{self, ReadOptions};
use crate::formats::record::{LINE_LIMIT, Out, Record, Rejected, Stop};
use crate::formats::sheet::book::Book;
use crate::formats::sheet::table;
use crate::formats::sniff::{self, HEAD, Sniffed};
use crate::formats::source::Source;
use crate::formats::speaker::Ground;
use crate::progress::{Progress, Quiet};

/// What was read: `rows = messages + rejected`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadSummary {
    pub format: Format,
    pub charset: Charset,
    pub rows: u64,
    pub messages: u64,
    pub rejected: u64,
    /// Messages whose time was given and could not be read; they keep the order of the file.
    pub unread_times: u64,
    /// Empty rows in the middle of a sheet; they are no rows, and nothing after them was lost.
    pub blank: u64,
    /// How the speakers of calls got their roles, where least sure; `None` where there is no call.
    pub ground: Option<Ground>,
}

/// What a file would give, for eyes.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    pub sniffed: Sniffed,
    pub messages: Vec<Message>,
    pub rejected: Vec<Rejected>,
    /// Bytes.
    pub size: u64,
    /// Exact when the preview reached the end of the file.
    pub estimated_rows: u64,
    pub whole: bool,
    pub unread_times: u64,
    /// How the speakers of calls got their roles, where least sure; `None` where there is no call.
    pub ground: Option<Ground>,
    /// Sample cells and who speaks.
    pub noted: Noted,
    /// How many messages and rejected rows the preview came to before it had enough.
    pub seen_messages: u64,
    pub seen_rejected: u64,
}

/// Reads a file to its end, handing each row to `sink`. A recording is heard first.
pub fn read(
    path: &Path,
    options: &ReadOptions,
    progress: &dyn Progress,
    sink: &mut dyn FnMut(Record) -> Result<(), Stop>,
) -> Result<ReadSummary, Error> {
    let Opened { input, size, sniffed } = match open(path, options) {
        Err(error) if is_recording(&error) => return read_heard(path, options, progress, sink),
        opened => opened?,
    };
    refuse_textless(path, &sniffed)?;
    let touch = |message: &mut Message| options.apply(message);
    let mut out = Out::new(path, size, &touch, progress, sink);
    rows(input, &sniffed, options, &mut out)?;
    // What grew meanwhile can be read again; what shrank was written anew under our hands.
    if std::fs::metadata(path).is_ok_and(|about| about.len() < size) {
        return Err(Error::Changed { path: path.to_owned() });
    }
    Ok(summary(sniffed.format, &sniffed, &out))
}

/// Reads what the trainer's recogniser hears in a recording.
fn read_heard(
    path: &Path,
    options: &ReadOptions,
    progress: &dyn Progress,
    sink: &mut dyn FnMut(Record) -> Result<(), Stop>,
) -> Result<ReadSummary, Error> {
    let (recogniser, heard) = hear(path, options, progress)?;
    let unreadable = |error: Error| match error {
        Error::Stopped => Error::Stopped,
        other => {
            recogniser.refusal(path, Unheard::Unreadable { what: other.to_string(), said: heard.complaint.clone() })
        }
    };
    let (Opened { input, size, sniffed }, options) = open_heard(&heard.path, options).map_err(unreadable)?;
    // The name of the recording tells when the call was, not the name of what was written.
    let listening = Listening(progress);
    let touch = |message: &mut Message| options.apply(message);
    let mut out = Out::new(path, size, &touch, &listening, sink);
    rows(input, &sniffed, &options, &mut out).map_err(unreadable)?;
    if out.messages + out.rejected == 0 {
        return Err(recogniser.refusal(path, Unheard::Nothing { said: heard.complaint.clone() }));
    }
    Ok(summary(Format::Recording, &sniffed, &out))
}

/// Runs the trainer's recogniser over a recording.
fn hear<'o>(path: &Path, options: &'o ReadOptions, progress: &dyn Progress) -> Result<(&'o Recogniser, Heard), Error> {
    let recogniser = options.recogniser.as_ref().ok_or_else(|| Error::NoRecogniser { path: path.to_owned() })?;
    Ok((recogniser, recogniser.hear(path, progress)?))
}

/// Opens what a recogniser wrote; lines without times are a call's as well.
fn open_heard(path: &Path, options: &ReadOptions) -> Result<(Opened, ReadOptions), Error> {
    let format = options.format.filter(|format| *format != Format::Recording);
    let channel = options.channel.or(Some(Channel::Call));
    let mut options = ReadOptions { format, columns: None, header: None, channel, ..options.clone() };
    let opened = open(path, &options)?;
    let named = path.extension().is_some_and(|ending| ending == "tsv" || ending == "csv");
    let plain = matches!(opened.sniffed.format, Format::Lines | Format::Chat | Format::Csv | Format::Tsv);
    if format.is_some() || named || !plain {
        return Ok((opened, options));
    }
    options.format = Some(Format::Spoken);
    Ok((open(path, &options)?, options))
}

/// The long part of a recording was hearing it; reading what was heard is no progress of its own.
struct Listening<'a>(&'a dyn Progress);

impl Progress for Listening<'_> {
    fn at(&self, _: u64, _: u64) {}

    fn stopped(&self) -> bool {
        self.0.stopped()
    }
}

fn is_recording(error: &Error) -> bool {
    matches!(error, Error::Unsupported { kind: Foreign::Audio, .. })
}

fn summary(format: Format, sniffed: &Sniffed, out: &Out<'_>) -> ReadSummary {
    ReadSummary {
        format,
        charset: sniffed.charset,
        rows: out.messages + out.rejected,
        messages: out.messages,
        rejected: out.rejected,
        unread_times: out.unread_times,
        blank: out.blank,
        ground: out.ground,
    }
}

/// Returns what a file seems to be, as `read` would take it.
pub fn sniffed(path: &Path, options: &ReadOptions) -> Result<Sniffed, Error> {
    Ok(open(path, options)?.sniffed)
}

/// Returns the names of a workbook's sheets, those in sight first; none for a file that is no workbook.
pub fn sheets(path: &Path) -> Result<Vec<String>, Error> {
    let (mut file, about) = open::open(path)?;
    let mut head = Vec::new();
    let read = file.by_ref().take(HEAD as u64).read_to_end(&mut head);
    read.map_err(|source| Error::Io { path: path.to_owned(), source })?;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    if !foreign::workbook(&head, &name) {
        return Ok(Vec::new());
    }
    let book = Book::open(file, about.len()).map_err(|what| Error::Book { path: path.to_owned(), what })?;
    Ok(book.sheets())
}

/// How many rows a preview counts, so that its estimate is worth something.
const COUNTED: u64 = 2000;

/// Returns what a file seems to be and its first `count` messages, with as many of the rows rejected near them.
///
/// A recording is not heard for it, which may take long: its preview has no rows. See [`preview_heard`].
pub fn preview(path: &Path, options: &ReadOptions, count: usize) -> Result<Preview, Error> {
    glance_or(path, options, count, true)
}

/// Returns what [`preview`] does, but lets a table pass that has no text yet: its columns are about to be named.
pub fn glance(path: &Path, options: &ReadOptions, count: usize) -> Result<Preview, Error> {
    glance_or(path, options, count, false)
}

fn glance_or(path: &Path, options: &ReadOptions, count: usize, whole: bool) -> Result<Preview, Error> {
    match open(path, options) {
        Err(error) if is_recording(&error) => {
            let size = std::fs::metadata(path).map_or(0, |about| about.len());
            let none = Preview {
                sniffed: sniff::recording(),
                messages: Vec::new(),
                rejected: Vec::new(),
                size,
                estimated_rows: 0,
                whole: false,
                unread_times: 0,
                ground: None,
                noted: Noted::default(),
                seen_messages: 0,
                seen_rejected: 0,
            };
            options.recogniser.as_ref().map(|_| none).ok_or_else(|| Error::NoRecogniser { path: path.to_owned() })
        }
        opened => {
            let opened = opened?;
            if whole {
                refuse_textless(path, &opened.sniffed)?;
            }
            look(path, opened, options, count)
        }
    }
}

/// Returns the preview of any file; a recording is heard for it.
pub fn preview_heard(
    path: &Path,
    options: &ReadOptions,
    count: usize,
    progress: &dyn Progress,
) -> Result<Preview, Error> {
    let seen = preview(path, options, count)?;
    if seen.sniffed.format != Format::Recording {
        return Ok(seen);
    }
    let (recogniser, heard) = hear(path, options, progress)?;
    let preview = open_heard(&heard.path, options).and_then(|(opened, options)| look(path, opened, &options, count));
    preview.map_err(|error| {
        recogniser.refusal(path, Unheard::Unreadable { what: error.to_string(), said: heard.complaint.clone() })
    })
}

fn look(path: &Path, opened: Opened, options: &ReadOptions, count: usize) -> Result<Preview, Error> {
    let Opened { input, size, sniffed } = opened;
    let (mut messages, mut rejected) = (Vec::new(), Vec::new());
    let mut seen = 0;
    let mut sink = |record: Record| {
        match record {
            Record::Message(message) if messages.len() < count => messages.push(message),
            Record::Rejected(row) if rejected.len() < count => rejected.push(row),
            _ => {}
        }
        seen += 1;
        let enough = messages.len() >= count || seen >= COUNTED * 10;
        if seen >= COUNTED && enough { Err(Stop) } else { Ok(()) }
    };
    let touch = |message: &mut Message| options.apply(message);
    let mut out = Out::new(path, size, &touch, &Quiet, &mut sink);
    out.noted = Some(Noted::default());
    let whole = match rows(input, &sniffed, options, &mut out) {
        Ok(()) => true,
        Err(Error::Stopped) => false,
        Err(error) => return Err(error),
    };
    let noted = out.noted.take().unwrap_or_default();
    let (seen, spent, unread_times) = (out.messages + out.rejected, out.spent.max(1), out.unread_times);
    let (ground, seen_messages, seen_rejected) = (out.ground, out.messages, out.rejected);
    let estimated_rows =
        if whole { seen } else { (u128::from(seen) * u128::from(size) / u128::from(spent)).max(seen.into()) as u64 };
    Ok(Preview {
        sniffed,
        messages,
        rejected,
        size,
        estimated_rows,
        whole,
        unread_times,
        ground,
        noted,
        seen_messages,
        seen_rejected,
    })
}

/// A file that may be read, and what it is.
struct Opened {
    input: Input,
    size: u64,
    sniffed: Sniffed,
}

/// Where the rows come from.
enum Input {
    Text(File),
    Book(Box<Book>),
}

/// Opens a file and settles what it is.
fn open(path: &Path, options: &ReadOptions) -> Result<Opened, Error> {
    let failed = |source| Error::Io { path: path.to_owned(), source };
    options.delimiter.map(options::cutting).transpose()?;
    let (mut file, about) = open::open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(failed)?;
    let whole = (head.len() as u64) == about.len();
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let fault = |what| Error::Book { path: path.to_owned(), what };
    if foreign::workbook(&head, &name) {
        let mut book = Book::open(file, about.len()).map_err(fault)?;
        let mut sniffed = sniff::sniff_book(&mut book, options).map_err(fault)?;
        if let Some(shape) = &mut sniffed.table {
            let empty = shape.columns.is_empty();
            settle_columns(path, shape, options, empty)?;
        }
        return Ok(Opened { input: Input::Book(Box::new(book)), size: about.len(), sniffed });
    }
    if foreign::locked(&head, &name) {
        return Err(fault(BookFault::Password));
    }
    // A kind of sound we do not know by name may be called one.
    let called = (options.format == Some(Format::Recording)).then_some(Foreign::Audio);
    if let Some(kind) = called.or_else(|| foreign::told(&head, &name)) {
        return Err(Error::Unsupported { path: path.to_owned(), kind });
    }
    let charset = match options.charset {
        Some(charset) => charset,
        None => Charset::guess(&telling(&mut file, &head, whole).map_err(failed)?, whole),
    };
    let text = sniff::decode(&head, charset, whole);
    if foreign::binary(&text) {
        return Err(Error::Binary { path: path.to_owned() });
    }
    let mut sniffed = sniff::sniff_text(&text, &name, whole, charset, options);
    if let Some(shape) = &mut sniffed.table {
        settle_columns(path, shape, options, text.is_empty())?;
    }
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok(Opened { input: Input::Text(file), size: about.len(), sniffed })
}

/// Returns the bytes that tell the encoding: the head, or the first stretch behind it that is not plain ASCII.
///
/// A line longer than any reader takes ends the search: most readers refuse the file for it, and the documents that are
/// one line are JSON, in UTF-8.
fn telling(file: &mut File, head: &[u8], whole: bool) -> io::Result<Vec<u8>> {
    if whole || !head.is_ascii() {
        return Ok(head.to_vec());
    }
    let mut chunk = vec![0; HEAD];
    let mut line = rest_of_line(head).unwrap_or(head.len());
    while line <= LINE_LIMIT {
        let count = file.read(&mut chunk)?;
        if count == 0 {
            break;
        }
        // By words, not by bytes: a gigabyte may pass here.
        if !chunk[..count].is_ascii()
            && let Some(at) = chunk[..count].iter().position(|byte| !byte.is_ascii())
        {
            let mut rest = chunk[at..count].to_vec();
            file.take(HEAD as u64).read_to_end(&mut rest)?;
            return Ok(rest);
        }
        line = rest_of_line(&chunk[..count]).unwrap_or(line + count);
    }
    Ok(head.to_vec())
}

/// Returns how many bytes stand behind the last line end; `None` when there is none.
fn rest_of_line(bytes: &[u8]) -> Option<usize> {
    memchr::memrchr2(b'\n', b'\r', bytes).map(|at| bytes.len() - at - 1)
}

/// Puts the columns that were asked for over the sniffed ones.
fn settle_columns(path: &Path, shape: &mut TableShape, options: &ReadOptions, empty: bool) -> Result<(), Error> {
    let headed = shape.columns.iter().any(|column| !column.name.is_empty());
    if let (Some(asked), Some(headings), true) = (&options.columns, &options.headings, headed) {
        for at in 0..shape.columns.len() {
            shape.columns[at].role = named_role(&shape.columns, at, headings, asked);
        }
    } else if let Some(asked) = &options.columns {
        if asked.len() > shape.columns.len() && !shape.columns.is_empty() && !empty {
            let (given, found) = (asked.len(), shape.columns.len());
            return Err(Error::ColumnCount { path: path.to_owned(), given, found });
        }
        let roles = asked.iter().copied().chain(std::iter::repeat(ColumnRole::Ignore));
        shape.columns.iter_mut().zip(roles).for_each(|(column, role)| column.role = role);
    }
    Ok(())
}

/// Refuses a table without any text.
fn refuse_textless(path: &Path, sniffed: &Sniffed) -> Result<(), Error> {
    // A document broken before its first record has no fields yet; its reader says where it breaks. A file that is
    // empty has no columns either.
    let Some(shape) = sniffed.table.as_ref().filter(|shape| !shape.columns.is_empty()) else { return Ok(()) };
    if !table::holds_text(&shape.columns) {
        let name = |column: &Column| column.name.clone();
        return Err(Error::NoTextColumn { path: path.to_owned(), columns: shape.columns.iter().map(name).collect() });
    }
    Ok(())
}

/// Returns the role that was asked for the heading of a column; of headings that stand twice each keeps its own.
fn named_role(columns: &[Column], at: usize, headings: &[String], asked: &[ColumnRole]) -> ColumnRole {
    let name = &columns[at].name;
    let nth = columns[..at].iter().filter(|column| column.name == *name).count();
    let place = headings.iter().enumerate().filter(|(_, heading)| *heading == name).nth(nth);
    place.and_then(|(place, _)| asked.get(place)).copied().unwrap_or(ColumnRole::Ignore)
}

fn rows(input: Input, sniffed: &Sniffed, options: &ReadOptions, out: &mut Out<'_>) -> Result<(), Error> {
    let file = match input {
        Input::Text(file) => file,
        Input::Book(mut book) => {
            let (Some(sheet), Some(shape)) = (sniffed.sheets.first(), &sniffed.table) else { return Ok(()) };
            return table::read_book(&mut book, sheet, shape, options, out);
        }
    };
    let whole = !sniffed.lines && matches!(sniffed.format.reader(), Reader::Call(_) | Reader::Script(_));
    if whole && out.size > CALL_LIMIT {
        return Err(Error::TooBig { path: out.path.to_owned(), size: out.size, limit: CALL_LIMIT });
    }
    let source = |file| Source::new(file, sniffed.charset);
    let none = Vec::new();
    let columns = sniffed.table.as_ref().map_or(&none, |shape| &shape.columns);
    match (sniffed.format.reader(), &sniffed.table) {
        (Reader::Table | Reader::Book, Some(shape)) => table::read(source(file), shape, options, out),
        (Reader::Table | Reader::Book, None) | (Reader::Lines, _) => lines::read(source(file), options, out),
        (Reader::Chat, _) => chat::read(source(file), sniffed.talk.as_ref().unwrap_or(&Talk::default()), options, out),
        // A mail is bytes: each of its parts has an encoding of its own.
        (Reader::Mail, _) => mail::read::read(file, sniffed.format == Format::Mbox, options, out),
        (Reader::RasaNlu, _) => rasa::read(source(file), options, out),
        (Reader::Labelled(set), _) => document::read(source(file), set, options, out),
        (Reader::FastText, _) => fasttext::read(source(file), options, out),
        (Reader::Recording, _) => Err(Error::NoRecogniser { path: out.path.to_owned() }),
        (Reader::Script(shape), _) => script::read(source(file), shape, options, out),
        (Reader::Objects | Reader::Records(_) | Reader::Call(_), _) if sniffed.lines => {
            json::read_lines(source(file), sniffed.format, columns, options, out)
        }
        (Reader::Objects | Reader::Records(_) | Reader::Call(_), _) => {
            json::read_document(source(file), sniffed.format, columns, options, out)
        }
    }
}
