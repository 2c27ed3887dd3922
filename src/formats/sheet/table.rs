//! Rows of fields, or records of named fields, as messages.
//!
//! One row may hold several texts (a standard question and its similar questions); each becomes a message of its own.

use std::borrow::Cow;
use std::io::Read;

use crate::domain::conversation::{Channel, Message, Role};
use crate::domain::label::Mark;
use crate::formats::chat::text;
use crate::formats::column::{Column, ColumnRole, TableShape};
use crate::formats::error::Error;
use crate::formats::options::ReadOptions;
use crate::formats::record::{LINE_LIMIT, Out, RejectReason, TEXT_LIMIT};
use crate::formats::sheet::rows::{Row, RowError, Rows};
use crate::formats::source::Source;
use crate::formats::speaker;
use crate::formats::time;
use crate::formats::write::table::unguarded;

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
    /// The channel when no column has it.
    otherwise: Channel,
    /// The standard question of the rows above, for merged cells.
    above: String,
}

/// Tells whether columns hold any text at all.
pub(in crate::formats) fn holds_text(columns: &[Column]) -> bool {
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
            otherwise,
            above: String::new(),
        }
    }

    /// Hands up the messages of one row; `cell` gives its fields, `raw` the row as it stands, should it be rejected.
    pub fn row<'c>(
        &mut self,
        line: u64,
        raw: &dyn Fn() -> String,
        cell: &dyn Fn(usize) -> Cow<'c, str>,
        marks: Vec<Mark>,
        out: &mut Out<'_>,
    ) -> Result<(), Error> {
        let filled = |at: Option<usize>| at.map(cell).filter(|text| !text.trim().is_empty());
        let role = match self.who(&filled) {
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
        let blank = Message {
            conversation,
            numbered,
            channel: self.options.channel.or(said).unwrap_or(self.otherwise),
            role,
            speaker: filled(self.speaker).map(|name| name.trim().to_owned()),
            at,
            intent: filled(self.intent).map(|name| name.trim().to_owned()),
            line,
            ..Message::default()
        };
        if let Some(talk) = filled(self.transcript).filter(|_| self.text.is_none()) {
            let numbered = blank.conversation.is_none() || blank.numbered;
            let conversation = blank.conversation.clone().or_else(|| Some(line.to_string()));
            return text::read_cell(&talk, &Message { conversation, numbered, ..blank }, self.options, out);
        }
        if self.question.is_none() && self.similar.is_empty() {
            let text = self.text.map(cell).unwrap_or_default().into_owned();
            return self.send(Message { text, marks, ..blank }, raw, out);
        }
        self.questions(blank, raw, cell, out)
    }

    /// Hands up a standard question when it is new, and the texts that belong to it.
    fn questions<'c>(
        &mut self,
        mut blank: Message,
        raw: &dyn Fn() -> String,
        cell: &dyn Fn(usize) -> Cow<'c, str>,
        out: &mut Out<'_>,
    ) -> Result<(), Error> {
        let question = self.question.map(cell).unwrap_or_default().trim().to_owned();
        let fresh = !question.is_empty() && question != self.above;
        if fresh {
            self.above = question;
        }
        if blank.intent.is_none() && !self.above.is_empty() {
            blank.intent = Some(self.above.clone());
        }
        let mut sent = false;
        if fresh && self.text.is_none() {
            sent = true;
            self.send(Message { text: self.above.clone(), ..blank.clone() }, raw, out)?;
        }
        for at in self.text.iter().chain(&self.similar) {
            let many = cell(*at);
            let cut: &[char] = if Some(*at) == self.text { &[] } else { &['\n', '|', '｜'] };
            for text in many.split(cut).map(str::trim).filter(|text| !text.is_empty()) {
                sent = true;
                self.send(Message { text: text.to_owned(), ..blank.clone() }, raw, out)?;
            }
        }
        if sent { Ok(()) } else { out.reject(blank.line, RejectReason::Empty, &raw()) }
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
    fn who<'c>(&self, filled: &dyn Fn(Option<usize>) -> Option<Cow<'c, str>>) -> Result<Role, String> {
        let name = filled(self.speaker);
        if let Some(role) = name.as_deref().and_then(|name| self.options.role(name)) {
            return Ok(role);
        }
        let by_name = || name.as_deref().and_then(speaker::of_name);
        match (self.role, filled(self.role)) {
            (None, _) => Ok(by_name().unwrap_or(Role::Customer)),
            (Some(_), None) => by_name().ok_or_else(String::new),
            (Some(_), Some(word)) => {
                self.options.role(&word).or_else(|| speaker::of_word(&word)).ok_or_else(|| word.trim().to_owned())
            }
        }
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
    let mut mapping = Mapping::new(&shape.columns, options);
    let width = shape.columns.len();
    let mut above = if shape.header { shape.skip + 1 } else { 0 };
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
        if let Some(broken) = row.broken {
            out.undecodable(row.line, broken.byte, &row.raw, options.charset)?;
            above = above.saturating_sub(1);
            continue;
        }
        if above > 0 {
            above -= 1;
            continue;
        }
        if let Some(line) = row.swallowed {
            if row.raw.len() > TEXT_LIMIT {
                return Err(Error::OpenQuote { path: out.path.to_owned(), line });
            }
            out.reject(row.line, RejectReason::StrayQuote, &row.raw)?;
            continue;
        }
        let spare_is_empty = (width..row.len()).all(|at| row.get(at).trim().is_empty());
        if row.len() < width || !spare_is_empty {
            out.reject(row.line, RejectReason::Ragged { expected: width, found: row.len() }, &row.raw)?;
            continue;
        }
        let cell = |at: usize| Cow::Borrowed(if shape.guarded { unguarded(row.get(at)) } else { row.get(at) });
        mapping.row(row.line, &|| row.raw.clone(), &cell, Vec::new(), out)?;
    }
    out.at(out.size)
}
