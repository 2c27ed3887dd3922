//! What a reader hands up: a message, or a row it could not use, with the reason.
//!
//! Every row read becomes exactly one of the two, so that the counts of an import add up to the row.

use std::path::Path;

use crate::domain::conversation::Message;
use crate::domain::label::Answer;
use crate::formats::charset::Charset;
use crate::formats::error::Error;
use crate::formats::noted::Noted;
use crate::formats::speaker::Ground;
use crate::progress::Progress;

/// The longest text of one message; longer ones are set aside.
pub const TEXT_LIMIT: usize = 64 * 1024;

/// The longest line (or quoted row) a file may hold before it is refused.
pub const LINE_LIMIT: usize = 16 * 1024 * 1024;

/// How much of a rejected row is kept.
const RAW_LIMIT: usize = 64 * 1024;

/// One row as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    Message(Message),
    /// What a sheet says of an intent beside its texts; it is no row and is not counted.
    Knowledge(Knowledge),
    Rejected(Rejected),
}

/// What one row of a knowledge sheet says of a standard question beside its texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Knowledge {
    /// The intent's name, as the messages of the row have it.
    pub intent: String,
    pub question: String,
    /// Empty when the row says nothing of it.
    pub category: String,
    /// Empty when the row says nothing of it.
    pub guideline: String,
    pub answer: Option<Answer>,
}

/// One row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The line (or record) of the file, from 1.
    pub line: u64,
    pub reason: RejectReason,
    /// The row as it stands in the file, decoded, at most 64 KiB of it.
    pub raw: String,
}

/// Why a row could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RejectReason {
    /// No text in it.
    Empty,
    /// Bytes that are not of the file's encoding.
    Undecodable,
    /// A text over 64 KiB.
    TooLong { bytes: u64 },
    /// Another number of fields than the table has.
    Ragged { expected: usize, found: usize },
    /// A quoted field that ends in the middle of something.
    StrayQuote,
    /// A role column says something nobody mapped.
    UnknownRole { word: String },
    /// Text before anybody spoke.
    NoSpeaker,
    /// Not JSON.
    Json { column: u64, what: String },
    /// JSON, but not a record of the format.
    OtherShape,
    /// Written by agents for agents.
    Internal,
    /// A picture, a file, a button: nothing to read.
    NotText { kind: String },
    /// A line of a list of examples without its dash.
    NotAnExample,
    /// A mail of more parts, levels or fields than people's mails have.
    Tangled,
    /// A mail that answers by itself: out of office, read receipts.
    AutoReply,
    /// A mail about a mail that did not arrive.
    Bounce,
    /// A mail to many: newsletters, lists.
    BulkMail,
    /// A question in a knowledge sheet that is no question any more.
    LongQuestion { chars: usize },
    /// A question that stands under another standard question already.
    Shared { with: String },
    /// A standard question without its answer; its texts were taken.
    NoAnswer,
    /// An answer whose days cannot be read; the texts beside it were taken.
    BadDay { word: String },
    /// A time that is none.
    BadTime,
    /// Written by a recogniser over silence or noise; nobody said it.
    Hallucinated,
    /// The recogniser is not sure of it; thousandths.
    Unsure { sure: u16 },
}

impl RejectReason {
    /// Returns the word that stands in a file of rejected rows.
    pub fn name(&self) -> &'static str {
        match self {
            RejectReason::Empty => "empty",
            RejectReason::Undecodable => "undecodable",
            RejectReason::TooLong { .. } => "too-long",
            RejectReason::Ragged { .. } => "ragged",
            RejectReason::StrayQuote => "stray-quote",
            RejectReason::UnknownRole { .. } => "unknown-role",
            RejectReason::NoSpeaker => "no-speaker",
            RejectReason::Json { .. } => "json",
            RejectReason::OtherShape => "other-shape",
            RejectReason::Internal => "internal",
            RejectReason::NotText { .. } => "not-text",
            RejectReason::NotAnExample => "not-an-example",
            RejectReason::Tangled => "tangled",
            RejectReason::AutoReply => "auto-reply",
            RejectReason::Bounce => "bounce",
            RejectReason::BulkMail => "bulk-mail",
            RejectReason::LongQuestion { .. } => "long-question",
            RejectReason::Shared { .. } => "shared",
            RejectReason::NoAnswer => "no-answer",
            RejectReason::BadDay { .. } => "bad-day",
            RejectReason::BadTime => "bad-time",
            RejectReason::Hallucinated => "hallucinated",
            RejectReason::Unsure { .. } => "unsure",
        }
    }
}

/// The sink's wish to hear no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop;

/// The one door records leave by: checks every text, counts every row, reports bytes.
pub(super) struct Out<'a> {
    pub path: &'a Path,
    /// The size of the file, for the progress.
    pub size: u64,
    pub progress: &'a dyn Progress,
    pub sink: &'a mut dyn FnMut(Record) -> Result<(), Stop>,
    /// What a preview wants noted beside the messages.
    pub noted: Option<Noted>,
    pub messages: u64,
    pub rejected: u64,
    /// Times that were given and could not be read.
    pub unread_times: u64,
    /// Empty rows in the middle of a sheet.
    pub blank: u64,
    /// How the speakers of calls got their roles, where least sure.
    pub ground: Option<Ground>,
    /// Puts what was asked of every message into it.
    pub touch: &'a dyn Fn(&mut Message),
    /// Bytes of the file behind us.
    pub spent: u64,
}

impl<'a> Out<'a> {
    /// Opens the door for the rows of a file.
    pub fn new(
        path: &'a Path,
        size: u64,
        touch: &'a dyn Fn(&mut Message),
        progress: &'a dyn Progress,
        sink: &'a mut dyn FnMut(Record) -> Result<(), Stop>,
    ) -> Self {
        Self {
            path,
            size,
            progress,
            sink,
            messages: 0,
            rejected: 0,
            unread_times: 0,
            blank: 0,
            ground: None,
            touch,
            noted: None,
            spent: 0,
        }
    }

    /// Hands up a message, or rejects it when its text is empty or too long.
    pub fn message(&mut self, mut message: Message) -> Result<(), Error> {
        (self.touch)(&mut message);
        if let Some(noted) = &mut self.noted {
            noted.message(&message);
        }
        if message.text.len() > TEXT_LIMIT {
            let bytes = message.text.len() as u64;
            return self.reject(message.line, RejectReason::TooLong { bytes }, &message.text);
        }
        if message.text.trim().is_empty() {
            return self.reject(message.line, RejectReason::Empty, &message.text);
        }
        self.messages += 1;
        (self.sink)(Record::Message(message)).map_err(|Stop| Error::Stopped)
    }

    /// Hands up a row that could not be used.
    pub fn reject(&mut self, line: u64, reason: RejectReason, raw: &str) -> Result<(), Error> {
        self.rejected += 1;
        let end = (0..=raw.len().min(RAW_LIMIT)).rev().find(|at| raw.is_char_boundary(*at)).unwrap_or(0);
        let raw = raw[..end].to_owned();
        (self.sink)(Record::Rejected(Rejected { line, reason, raw })).map_err(|Stop| Error::Stopped)
    }

    /// Hands up what a row says of an intent.
    pub fn knowledge(&mut self, knowledge: Knowledge) -> Result<(), Error> {
        (self.sink)(Record::Knowledge(knowledge)).map_err(|Stop| Error::Stopped)
    }

    /// Hands up what a record reader found.
    pub fn record(&mut self, record: Record) -> Result<(), Error> {
        match record {
            Record::Message(message) => self.message(message),
            Record::Knowledge(knowledge) => self.knowledge(knowledge),
            Record::Rejected(Rejected { line, reason, raw }) => self.reject(line, reason, &raw),
        }
    }

    /// Hands up a row whose bytes do not fit: as a rejected row under a guessed encoding, as a refusal of the file
    /// under one that was asked for.
    pub fn undecodable(&mut self, line: u64, byte: u64, raw: &str, asked: Option<Charset>) -> Result<(), Error> {
        match asked {
            Some(charset) => Err(Error::Encoding { path: self.path.to_owned(), line, byte, charset: charset.name() }),
            None => self.reject(line, RejectReason::Undecodable, raw),
        }
    }

    /// Says how many bytes are behind us, and returns `Stopped` when the trainer wants no more.
    pub fn at(&mut self, bytes: u64) -> Result<(), Error> {
        self.spent = bytes;
        self.progress.at(bytes.min(self.size), self.size);
        if self.progress.stopped() { Err(Error::Stopped) } else { Ok(()) }
    }

    /// Wraps a failure of the disk.
    pub fn io(&self, source: std::io::Error) -> Error {
        Error::Io { path: self.path.to_owned(), source }
    }
}
