//! What can be wrong with a whole file, as data; `explain` makes the sentences.

use std::path::PathBuf;

/// Why a file (or an option that steers its reading) was refused. One bad row is no reason: see `record::RejectReason`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path}: {source}", path = path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{path}: not a file", path = path.display())]
    NotAFile { path: PathBuf },
    /// The bytes do not fit the encoding that was asked for. `byte` counts from 0.
    #[error("{path}:{line}: byte {byte} is not {charset}", path = path.display())]
    Encoding { path: PathBuf, line: u64, byte: u64, charset: &'static str },
    #[error("unknown encoding {name}")]
    UnknownCharset { name: String },
    #[error("unknown format {name}")]
    UnknownFormat { name: String },
    #[error("unknown column {name}")]
    UnknownColumn { name: String },
    #[error("unknown zone {name}")]
    UnknownZone { name: String },
    #[error("unknown channel {name}")]
    UnknownChannel { name: String },
    /// No sign a table can be cut at: it must be one sign of ASCII, and neither a quote nor a line end.
    #[error("unknown delimiter {name}")]
    UnknownDelimiter { name: String },
    /// A profile that does not read; `what` names the place.
    #[error("profile: {what}")]
    Profile { what: String },
    /// More columns were named than the file has.
    #[error("{path}: {given} columns named, {found} found", path = path.display())]
    ColumnCount { path: PathBuf, given: usize, found: usize },
    #[error("{path}: no text column among {columns:?}", path = path.display())]
    NoTextColumn { path: PathBuf, columns: Vec<String> },
    /// Most rows are cut into another number of columns than the table has; `line` is the first.
    #[error("{path}:{line}: {found} columns for {expected}, in {ragged} of {rows} rows", path = path.display())]
    Ragged { path: PathBuf, line: u64, expected: usize, found: usize, ragged: u64, rows: u64 },
    /// A quote opens at `line` and swallows what follows.
    #[error("{path}:{line}: open quote", path = path.display())]
    OpenQuote { path: PathBuf, line: u64 },
    /// One line holds more than `limit` bytes.
    #[error("{path}:{line}: over {limit} bytes", path = path.display())]
    TooLong { path: PathBuf, line: u64, limit: u64 },
    /// The whole file must be read at once and holds more than `limit` bytes.
    #[error("{path}: {size} bytes, over {limit}", path = path.display())]
    TooBig { path: PathBuf, size: u64, limit: u64 },
    #[error("{path}: binary", path = path.display())]
    Binary { path: PathBuf },
    #[error("{path}: {kind} is not read", path = path.display(), kind = kind.name())]
    Unsupported { path: PathBuf, kind: Foreign },
    #[error("{path}:{line}:{column}: {what}", path = path.display())]
    Yaml { path: PathBuf, line: u64, column: u64, what: String },
    #[error("{path}:{line}:{column}: {what}", path = path.display())]
    Json { path: PathBuf, line: u64, column: u64, what: String },
    #[error("{path}: {what:?}", path = path.display())]
    Book { path: PathBuf, what: BookFault },
    /// The file became shorter while it was read.
    #[error("{path}: changed while it was read", path = path.display())]
    Changed { path: PathBuf },
    /// A recording, and no recogniser is set that could hear it.
    #[error("{path}: no recogniser", path = path.display())]
    NoRecogniser { path: PathBuf },
    /// The trainer's recogniser did not give a text.
    #[error("{path}: {command}: {why:?}", path = path.display())]
    Unheard { path: PathBuf, command: String, why: Unheard },
    /// The sink or the trainer asked to stop.
    #[error("stopped")]
    Stopped,
}

/// Why a workbook was refused. Limits are in bytes or in pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BookFault {
    /// Not the archive, or not the XML, it says it is.
    Damaged {
        what: String,
    },
    Password,
    /// A part that is not UTF-8.
    Encoding,
    /// The file is too large.
    Big {
        limit: u64,
    },
    /// Its parts inflate to too much.
    Inflates {
        limit: u64,
    },
    /// Its parts inflate to too many times its size.
    Ratio {
        limit: u64,
    },
    /// Too many parts in the archive.
    Parts {
        limit: usize,
    },
    /// Too many cells, or texts they share.
    Cells {
        limit: u64,
    },
    /// Too much shared text.
    Strings {
        limit: u64,
    },
    /// Too many styles, names or merged cells.
    Entries {
        limit: u64,
    },
    /// One cell holds too much.
    Cell {
        limit: u64,
    },
    /// A cell lies far outside of what people fill.
    Far {
        cell: String,
    },
    /// It declares entities of its own.
    Entities,
    /// No sheet of that name, or none at all.
    NoSheet {
        name: String,
        known: Vec<String>,
    },
}

/// Why a recogniser gave no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unheard {
    /// The command line is empty, or a quote in it stays open.
    Quotes,
    /// The command line has no `{input}`.
    NoInput,
    /// The recording's name is no text, so that no command line can hold it.
    Name,
    /// There is no such program.
    Missing { program: String },
    /// It could not be started.
    NotRun { what: String },
    /// It ended with another code than 0; -1 when a signal ended it.
    Failed { code: i32, said: String },
    /// It took longer than it may.
    Late { minutes: u64 },
    /// It ended well and wrote nothing.
    Nothing { said: String },
    /// What it wrote does not read.
    Unreadable { what: String, said: String },
}

/// A kind of file that is recognised and not read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Foreign {
    /// Zipped office files that hold no table: docx, pptx.
    Office,
    /// The tables of LibreOffice.
    OpenSheet,
    /// The office files of before 2007.
    OldOffice,
    Archive,
    /// Outlook's own files, msg and pst.
    Mail,
    Audio,
    Web,
    Pdf,
    Image,
    Database,
    /// A YAML file of another trade: stories, rules, a domain.
    RasaOther,
}

impl Foreign {
    /// Returns the word for it in logs and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Foreign::Office => "docx",
            Foreign::OpenSheet => "ods",
            Foreign::OldOffice => "xls",
            Foreign::Archive => "archive",
            Foreign::Mail => "msg",
            Foreign::Audio => "audio",
            Foreign::Web => "html",
            Foreign::Pdf => "pdf",
            Foreign::Image => "image",
            Foreign::Database => "database",
            Foreign::RasaOther => "yaml",
        }
    }
}
