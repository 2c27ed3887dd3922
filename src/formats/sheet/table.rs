//! Rows of fields, or records of named fields, as messages.
//!
//! One row may hold several texts (a standard question and its similar questions); each becomes a message of its own.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

use crate::domain::conversation::{Channel, Message, Role};
use crate::domain::extra::Extra;
use crate::domain::label::Mark;
use crate::formats::chat::text;
use crate::formats::column::{Column, ColumnRole, TableShape};
use crate::formats::error::Error;
use crate::formats::extra::Strange;
use crate::formats::options::ReadOptions;
use crate::formats::record::{LINE_LIMIT, Out, RejectReason, TEXT_LIMIT};
use crate::formats::sheet::book::Book;
use crate::formats::sheet::knowledge::{Above, Facts};
use crate::formats::sheet::rows::{Row, RowError, Rows};
use crate::formats::source::Source;
use crate::formats::speaker;
use crate::formats::time;
use crate::formats::write::guard::unguarded;

/// Where each thing lies in a row, and what the rows above said.
pub(in crate::formats) struct Mapping<'a> {
    options: &'a ReadOptions,
    text: Option<usize>,
    question: Option<usize>,
    similar: Vec<usize>,
    intent: Option<usize>,
    role: Option<usize>,
    conversation: Option<usize>,
    time: Option<usize>,
    speaker: Option<usize>,
    channel: Option<usize>,
    transcript: Option<usize>,
    /// Whether fields beyond the last column are similar questions too, as in sheets that grow to the right.
    open_ended: bool,
    width: usize,
    /// The channel when no column has it.
    otherwise: Channel,
    /// The standard question of the rows above, for merged cells.
    above: Above,
    facts: Facts,
    /// What the words of the role column were taken for; a file has a handful of them.
    words: Vec<(String, Option<Role>)>,
}

/// What a row says beside its cells: asked for only when there is a text to say it of.
#[derive(Default)]
pub(in crate::formats) struct Beside {
    pub marks: Vec<Mark>,
    pub extra: Option<Box<Extra>>,
}

/// How many words of a role column are remembered.
const WORDS: usize = 16;

/// Tells whether columns hold any text at all.
pub fn holds_text(columns: &[Column]) -> bool {
    use ColumnRole::{Question, Similar, Text, Transcript};
    columns.iter().any(|column| matches!(column.role, Text | Question | Similar | Transcript))
}

impl<'a> Mapping<'a> {
    /// Lays out the columns of a table or the fields of a record.
    pub fn new(columns: &[Column], options: &'a ReadOptions) -> Self {
        let at = |role: ColumnRole| columns.iter().position(|column| column.role == role);
        let of_a_talk =
            [ColumnRole::Conversation, ColumnRole::Role, ColumnRole::Time, ColumnRole::Speaker, ColumnRole::Transcript];
        let otherwise =
            if of_a_talk.into_iter().any(|role| at(role).is_some()) { Channel::Chat } else { Channel::List };
        Self {
            options,
            text: at(ColumnRole::Text),
            question: at(ColumnRole::Question),
            similar: (0..columns.len()).filter(|c| columns[*c].role == ColumnRole::Similar).collect(),
            intent: at(ColumnRole::Intent),
            role: at(ColumnRole::Role),
            conversation: at(ColumnRole::Conversation),
            time: at(ColumnRole::Time),
            speaker: at(ColumnRole::Speaker),
            channel: at(ColumnRole::Channel),
            transcript: at(ColumnRole::Transcript),
            open_ended: columns.last().is_some_and(|column| column.role == ColumnRole::Similar),
            width: columns.len(),
            otherwise,
            above: Above::default(),
            facts: Facts::new(columns),
            words: Vec::new(),
        }
    }

    /// Hands up the messages of one row; `cell` gives its fields, `raw` the row as it stands, should it be rejected.
    pub fn row<'c>(
        &mut self,
        line: u64,
        raw: &dyn Fn() -> String,
        cell: &dyn Fn(usize) -> Cow<'c, str>,
        spare: Range<usize>,
        beside: &dyn Fn() -> Beside,
        out: &mut Out<'_>,
    ) -> Result<(), Error> {
        let filled = |at: Option<usize>| at.map(cell).filter(|text| !text.trim().is_empty());
        let role = self.who(&filled);
        if let Some(noted) = &mut out.noted {
            noted.row(self.width, cell);
            let (word, talk) = (filled(self.role).or_else(|| filled(self.speaker)), filled(self.transcript));
            if let Some(word) = word.filter(|_| talk.is_none() || self.text.is_some()) {
                noted.voice(&word, role.as_ref().ok().map(|role| self.options.turned(*role)), true);
            }
        }
        let role = match role {
            Ok(role) => role,
            Err(word) => return out.reject(line, RejectReason::UnknownRole { word }, &raw()),
        };
        let mut at = None;
        if let Some(text) = filled(self.time) {
            at = time::parse(&text, self.options.zone());
            out.unread_times += u64::from(at.is_none());
        }
        let said = filled(self.channel).and_then(|word| Channel::named(word.trim().to_lowercase().as_str()));
        let conversation = filled(self.conversation).map(|id| id.trim().to_owned());
        // Ids of a system are long; tables that count their chats begin at 1 in every file.
        let numbered = conversation.as_ref().is_some_and(|id| id.parse::<u32>().is_ok_and(|n| n < 10_000));
        // Only what customers say is ever written out again.
        let talk = filled(self.transcript).filter(|_| self.text.is_none());
        let Beside { marks, extra } =
            if role == Role::Customer && talk.is_none() { beside() } else { Beside::default() };
        let blank = Message {
            conversation,
            numbered,
            channel: self.options.channel.or(said).unwrap_or(self.otherwise),
            role,
            speaker: filled(self.speaker).map(|name| name.trim().to_owned()),
            at,
            intent: filled(self.intent).map(|name| name.trim().to_owned()),
            line,
            extra,
            ..Message::default()
        };
        if let Some(talk) = talk {
            let numbered = blank.conversation.is_none() || blank.numbered;
            let conversation = blank.conversation.clone().or_else(|| Some(line.to_string()));
            return text::read_cell(&talk, &Message { conversation, numbered, ..blank }, self.options, out);
        }
        if self.question.is_none() && self.similar.is_empty() {
            let text = self.text.map(cell).unwrap_or_default().into_owned();
            return self.send(Message { text, marks, ..blank }, raw, out);
        }
        self.questions(blank, raw, cell, spare, out)
    }

    /// Hands up a standard question when it is new, what is said of it, and the texts that belong to it.
    fn questions<'c>(
        &mut self,
        mut blank: Message,
        raw: &dyn Fn() -> String,
        cell: &dyn Fn(usize) -> Cow<'c, str>,
        spare: Range<usize>,
        out: &mut Out<'_>,
    ) -> Result<(), Error> {
        let line = blank.line;
        let question = self.question.map(cell).unwrap_or_default().trim().to_owned();
        let other = blank.intent.as_ref().is_some_and(|intent| *intent != self.above.intent);
        let fresh = !question.is_empty() && (question != self.above.question || other);
        if fresh {
            self.above.intent = blank.intent.clone().unwrap_or_else(|| question.clone());
            self.above.question = question;
        }
        if blank.intent.is_none() && !self.above.intent.is_empty() {
            blank.intent = Some(self.above.intent.clone());
        }
        let refused = self.above.refusal(blank.intent.as_deref(), fresh);
        if let Some(reason) = refused {
            return out.reject(line, reason, &raw());
        }
        let mut sent = false;
        if self.question.is_some() && !self.above.question.is_empty() {
            sent = self.facts.row(&self.above, fresh, line, raw, cell, self.options.zone(), out)?;
        }
        if fresh && self.text.is_none() {
            sent = true;
            self.send(Message { text: self.above.question.clone(), ..blank.clone() }, raw, out)?;
        }
        let similar: Vec<usize> = self.text.iter().chain(&self.similar).copied().chain(spare).collect();
        for at in similar {
            let many = cell(at);
            let cut: &[char] = match many.contains('\n') {
                _ if Some(at) == self.text => &[],
                true => &['\n'],
                false => &['|', '｜'],
            };
            for text in many.split(cut).map(str::trim).filter(|text| !text.is_empty()) {
                sent = true;
                match self.above.refusal_of(text, blank.intent.as_deref()) {
                    Some(reason) => out.reject(line, reason, &raw())?,
                    None => self.send(Message { text: text.to_owned(), ..blank.clone() }, raw, out)?,
                }
            }
        }
        if sent { Ok(()) } else { out.reject(line, RejectReason::Empty, &raw()) }
    }

    fn send(&self, message: Message, raw: &dyn Fn() -> String, out: &mut Out<'_>) -> Result<(), Error> {
        if message.text.trim().is_empty() {
            return out.reject(message.line, RejectReason::Empty, &raw());
        }
        if message.text.len() > TEXT_LIMIT {
            let bytes = message.text.len() as u64;
            return out.reject(message.line, RejectReason::TooLong { bytes }, &raw());
        }
        out.message(message)
    }

    /// Returns who speaks, or the word nobody knows.
    fn who<'c>(&mut self, filled: &dyn Fn(Option<usize>) -> Option<Cow<'c, str>>) -> Result<Role, String> {
        let name = filled(self.speaker);
        if let Some(role) = name.as_deref().and_then(|name| self.options.role(name)) {
            return Ok(role);
        }
        let by_name = || name.as_deref().and_then(speaker::of_name);
        match (self.role, filled(self.role)) {
            (None, _) => Ok(by_name().unwrap_or(Role::Customer)),
            (Some(_), None) => by_name().ok_or_else(String::new),
            (Some(_), Some(word)) => self.word(&word).ok_or_else(|| word.trim().to_owned()),
        }
    }

    /// Returns the role a word of the role column names.
    fn word(&mut self, word: &str) -> Option<Role> {
        if let Some((_, role)) = self.words.iter().find(|(known, _)| known == word) {
            return *role;
        }
        let role = self.options.role(word).or_else(|| speaker::of_word(word));
        if self.words.len() < WORDS {
            self.words.push((word.to_owned(), role));
        }
        role
    }
}

/// The rows of a table on their way: those above the headings and the headings pass, the rest is mapped.
pub(in crate::formats) struct Walk<'a> {
    shape: &'a TableShape,
    options: &'a ReadOptions,
    mapping: Mapping<'a>,
    /// Rows still to pass.
    above: u64,
    strange: Strange,
}

impl<'a> Walk<'a> {
    /// Begins above the first row.
    pub fn new(shape: &'a TableShape, options: &'a ReadOptions) -> Self {
        let above = if shape.header { shape.skip + 1 } else { 0 };
        let strange = Strange::new(&shape.columns, shape.guarded);
        Self { shape, options, mapping: Mapping::new(&shape.columns, options), above, strange }
    }

    /// Tells whether the headings are behind.
    pub fn in_body(&self) -> bool {
        self.above == 0
    }

    /// Takes the next row.
    pub fn row(&mut self, row: &Row, out: &mut Out<'_>) -> Result<(), Error> {
        if let Some(broken) = row.broken {
            self.above = self.above.saturating_sub(1);
            return out.undecodable(row.line, broken.byte, &row.raw, self.options.charset);
        }
        if self.above > 0 {
            self.above -= 1;
            return Ok(());
        }
        if let Some(line) = row.swallowed {
            if row.raw.len() > TEXT_LIMIT {
                return Err(Error::OpenQuote { path: out.path.to_owned(), line });
            }
            return out.reject(row.line, RejectReason::StrayQuote, &row.raw);
        }
        let width = self.shape.columns.len();
        let spare_is_empty = (width..row.len()).all(|at| row.get(at).trim().is_empty());
        if row.len() < width || !(spare_is_empty || self.mapping.open_ended) {
            return out.reject(row.line, RejectReason::Ragged { expected: width, found: row.len() }, &row.raw);
        }
        let guarded = self.shape.guarded;
        let cell = |at: usize| Cow::Borrowed(if guarded { unguarded(row.get(at)) } else { row.get(at) });
        let spare = width..row.len();
        let beside = || Beside { marks: Vec::new(), extra: self.strange.of(&cell) };
        self.mapping.row(row.line, &|| row.raw.clone(), &cell, spare, &beside, out)
    }
}

/// Reads a table to its end.
pub(in crate::formats) fn read<R: Read>(
    source: Source<R>,
    shape: &TableShape,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let mut rows = Rows::new(source, shape.delimiter.unwrap_or(',') as u8, shape.quoted);
    let mut row = Row::default();
    let mut walk = Walk::new(shape, options);
    let mut count = 0u64;
    loop {
        match rows.next(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(RowError::Io(error)) => return Err(out.io(error)),
            Err(RowError::TooLong(line)) => {
                return Err(Error::TooLong { path: out.path.to_owned(), line, limit: LINE_LIMIT as u64 });
            }
            Err(RowError::OpenQuote(line)) => return Err(Error::OpenQuote { path: out.path.to_owned(), line }),
        }
        out.spent = rows.spent();
        count += 1;
        if count.is_multiple_of(4096) {
            out.at(rows.spent())?;
        }
        walk.row(&row, out)?;
    }
    out.at(out.size)
}

/// Reads a sheet of a workbook to its end.
pub(in crate::formats) fn read_book(
    book: &mut Book,
    sheet: &str,
    shape: &TableShape,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let width = shape.columns.len();
    let mut walk = Walk::new(shape, options);
    let (mut fault, mut count) = (Ok(()), 0u64);
    let walked = book.each_row(sheet, &mut |row, blank| {
        out.blank += if walk.in_body() { blank } else { 0 };
        count += 1;
        // How far a zipped file has come nobody can say; the rows are counted against what they may be at most.
        out.spent = (out.size * count / (count + 50_000)).max(out.spent);
        let padded = row.padded(width);
        fault = walk.row(padded.as_ref().unwrap_or(row), out);
        if fault.is_ok() && count.is_multiple_of(1024) {
            fault = out.at(out.spent);
        }
        fault.is_ok()
    });
    fault?;
    walked.map_err(|what| Error::Book { path: out.path.to_owned(), what })?;
    out.at(out.size)
}
