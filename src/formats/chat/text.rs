//! Chats in plain text, whole files or single cells, as messages.
//!
//! A message is a heading with the lines under it. Notices of the system become messages of the system, rules and the
//! furniture of exports part conversations, and lines before anybody spoke are rejected.

use std::io::Read;

use crate::domain::conversation::{Channel, Message, Role};
use crate::formats::chat::heading::{Heading, Notice, Sure, heading, notice};
use crate::formats::chat::survey::{Talk, known, survey};
use crate::formats::error::Error;
use crate::formats::options::ReadOptions;
use crate::formats::record::{Out, RejectReason, TEXT_LIMIT};
use crate::formats::source::{Source, each_line};
use crate::formats::time;

/// Reads a chat file to its end.
pub(in crate::formats) fn read<R: Read>(
    source: Source<R>,
    talk: &Talk,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let mut reader = Reader::new(talk, options);
    each_line(source, options, out, &mut |line, out| reader.line(line.number, &line.text, out))?;
    reader.end(out)
}

/// Reads a whole chat out of one cell of a table; every message has the cell's line and conversation.
pub(in crate::formats) fn read_cell(
    cell: &str,
    row: &Message,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let cell = cell.replace("<br/>", "\n").replace("<br />", "\n").replace("<br>", "\n");
    let Some(talk) = survey(&cell, false, options) else {
        return out.reject(row.line, RejectReason::NoSpeaker, &cell);
    };
    let mut reader = Reader::new(&talk, options);
    reader.within = Some(row);
    cell.lines().try_for_each(|text| reader.line(row.line, text, out))?;
    reader.end(out)
}

/// The state between two lines.
struct Reader<'a> {
    talk: &'a Talk,
    options: &'a ReadOptions,
    /// The row of a table this chat stands in.
    within: Option<&'a Message>,
    /// The message being gathered.
    open: Option<Message>,
    /// Bytes said in it, also those beyond the limit.
    said: usize,
    /// Who spoke last, for lines after a notice.
    last: Option<Message>,
    /// A line nobody said yet: the next may be its time.
    orphan: Option<(u64, String)>,
    /// Conversations begun so far, the name of the current one, and whether anything was said in it.
    begun: u64,
    name: Option<String>,
    used: bool,
    /// The day written above the messages.
    day: Option<String>,
    /// The customer of the current conversation, where customers come one by one.
    customer: Option<String>,
}

impl<'a> Reader<'a> {
    fn new(talk: &'a Talk, options: &'a ReadOptions) -> Self {
        Self {
            talk,
            options,
            within: None,
            open: None,
            said: 0,
            last: None,
            orphan: None,
            begun: 1,
            name: None,
            used: false,
            day: None,
            customer: None,
        }
    }

    fn line(&mut self, number: u64, line: &str, out: &mut Out<'_>) -> Result<(), Error> {
        let text = line.trim();
        if text.is_empty() {
            if self.talk.blank_ends {
                return self.part(None, out);
            }
            self.add("");
            return Ok(());
        }
        match notice(text) {
            Some(Notice::System) => {
                self.close(out)?;
                let message = self.message(Role::System, number);
                return out.message(Message { text: text.to_owned(), ..message });
            }
            Some(Notice::Part(name)) => return self.part(name.map(str::to_owned), out),
            Some(Notice::Furniture) => return self.close(out),
            Some(Notice::Day(day)) => {
                self.day = Some(day.to_owned());
                return self.close(out);
            }
            None => {}
        }
        match heading(text, self.options.zone()).filter(|heading| self.believes(heading)) {
            Some(heading) => self.begin(number, &heading, out),
            None => self.body(number, line.trim_end(), out),
        }
    }

    /// Tells whether a heading is one: times are, bare names only when they speak in this text.
    fn believes(&self, heading: &Heading<'_>) -> bool {
        match heading.sure {
            Sure::Timed => return true,
            Sure::Minute => return self.day.is_some(),
            Sure::Colon => {}
        }
        self.talk.speakers.iter().any(|speaker| speaker.name == heading.name)
    }

    fn begin(&mut self, number: u64, heading: &Heading<'_>, out: &mut Out<'_>) -> Result<(), Error> {
        let mut name = heading.name.to_owned();
        if name.is_empty() {
            // The name stands alone on the line before its time.
            name = match self.orphan.take() {
                Some((_, name)) => name.trim().to_owned(),
                None => self.take_last_line().unwrap_or_default(),
            };
        }
        self.close(out)?;
        let role = self.options.role(&name).or_else(|| self.role(&name)).unwrap_or(Role::Customer);
        if self.talk.one_by_one && role == Role::Customer && self.customer.as_ref() != Some(&name) {
            if self.customer.is_some() {
                self.part(None, out)?;
            }
            self.customer = Some(name.clone());
        }
        let mut message = self.message(role, number);
        message.speaker = Some(name).filter(|name| !name.is_empty());
        message.at = heading.at.or_else(|| {
            let day = self.day.as_ref().filter(|_| heading.sure == Sure::Minute)?;
            time::parse(&format!("{day} {}", heading.when), self.options.zone())
        });
        message.text = heading.text.unwrap_or_default().to_owned();
        self.said = message.text.len();
        self.open = Some(message);
        Ok(())
    }

    fn body(&mut self, number: u64, line: &str, out: &mut Out<'_>) -> Result<(), Error> {
        if self.open.is_none() {
            match &self.last {
                Some(last) => {
                    self.said = 0;
                    self.open = Some(Message { text: String::new(), line: number, ..last.clone() });
                }
                None => {
                    let before = self.orphan.replace((number, line.to_owned()));
                    return self.turn_away(before, out);
                }
            }
        }
        self.add(line);
        Ok(())
    }

    /// Adds a line to the open message, if there is one; beyond the limit it is only counted.
    fn add(&mut self, line: &str) {
        let Some(open) = &mut self.open else { return };
        let first = self.said == 0;
        self.said += line.len() + usize::from(!first);
        if open.text.len() <= TEXT_LIMIT {
            if !first {
                open.text.push('\n');
            }
            open.text.push_str(line);
        }
    }

    /// Takes the last line off the open message: it was the name of who speaks next.
    fn take_last_line(&mut self) -> Option<String> {
        let open = self.open.as_mut()?;
        let said = open.text.trim_end().len();
        let start = open.text[..said].rfind('\n').map_or(0, |at| at + 1);
        let name = open.text[start..said].trim().to_owned();
        open.text.truncate(start.saturating_sub(1));
        Some(name).filter(|name| !name.is_empty())
    }

    /// Hands up the open message.
    fn close(&mut self, out: &mut Out<'_>) -> Result<(), Error> {
        let before = self.orphan.take();
        self.turn_away(before, out)?;
        let Some(mut open) = self.open.take() else { return Ok(()) };
        self.used = true;
        self.last = Some(Message { text: String::new(), ..open.clone() });
        let end = open.text.trim_end().len();
        open.text.truncate(end);
        if self.said > TEXT_LIMIT && end > 0 {
            return out.reject(open.line, RejectReason::TooLong { bytes: self.said as u64 }, &open.text);
        }
        let raw = open.speaker.clone().unwrap_or_default();
        if open.text.is_empty() { out.reject(open.line, RejectReason::Empty, &raw) } else { out.message(open) }
    }

    fn turn_away(&self, orphan: Option<(u64, String)>, out: &mut Out<'_>) -> Result<(), Error> {
        orphan.map_or(Ok(()), |(line, text)| out.reject(line, RejectReason::NoSpeaker, &text))
    }

    /// Ends the conversation at hand.
    fn part(&mut self, name: Option<String>, out: &mut Out<'_>) -> Result<(), Error> {
        self.close(out)?;
        self.last = None;
        if self.used {
            self.begun += 1;
            self.used = false;
            self.name = None;
        }
        if name.is_some() {
            self.name = name;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<(), Error> {
        self.close(out)
    }

    fn role(&self, name: &str) -> Option<Role> {
        let surveyed = self.talk.speakers.iter().find(|speaker| speaker.name == name).map(|speaker| speaker.role);
        // The subject of a section of a QQ export is its customer, also beyond what was surveyed.
        let subject = self.name.as_deref() == Some(name);
        surveyed.or_else(|| known(name)).or(subject.then_some(Role::Customer))
    }

    /// Returns an empty message of the conversation at hand.
    fn message(&mut self, role: Role, line: u64) -> Message {
        let blank = match self.within {
            Some(row) => Message { at: None, speaker: None, ..row.clone() },
            None => Message {
                conversation: Some(self.name.clone().unwrap_or_else(|| self.begun.to_string())),
                numbered: self.name.is_none(),
                channel: self.options.channel.unwrap_or(Channel::Chat),
                ..Message::default()
            },
        };
        Message { role, line, ..blank }
    }
}
