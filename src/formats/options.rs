//! What a trainer may say about a file before it is read. Whatever is not said is sniffed.

use std::sync::Arc;

use jiff::tz::Offset;

use crate::domain::conversation::{Channel, Message, Role};
use crate::formats::call::recogniser::Recogniser;
use crate::formats::charset::Charset;
use crate::formats::column::ColumnRole;
use crate::formats::error::Error;
use crate::formats::format::Format;
use crate::formats::mail::thread::Threads;
use crate::formats::time::{self, CHINA};

/// Wishes for the reading of one file; the default asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    pub format: Option<Format>,
    /// Bytes that do not fit an encoding asked for refuse the whole file.
    pub charset: Option<Charset>,
    /// What each column holds, from the left; columns beyond the list are ignored.
    pub columns: Option<Vec<ColumnRole>>,
    /// The headings `columns` were named under: a file with headings is mapped by them, in whatever order they stand.
    pub headings: Option<Vec<String>>,
    /// Whether the first row holds headings.
    pub header: Option<bool>,
    pub delimiter: Option<char>,
    /// Whether `"` encloses fields.
    pub quoted: Option<bool>,
    /// Roles by the name of a speaker or the word of a role column; they win over every guess.
    pub roles: Vec<(String, Role)>,
    /// Whether customers and agents were taken for each other.
    pub swap: bool,
    /// The zone of times that name none; China when not said.
    pub zone: Option<Offset>,
    /// The sheet of a workbook; the first that holds anything when not said.
    pub sheet: Option<String>,
    /// The channel of every message, instead of the file's.
    pub channel: Option<Channel>,
    /// What hears recordings; without one they are refused.
    pub recogniser: Option<Recogniser>,
    /// No wish, but what the mails of all files that come in at once tell of which belong together; a file alone tells
    /// its own.
    pub threads: Option<Arc<Threads>>,
}

impl ReadOptions {
    /// Returns the role that was asked for a speaker or a role's word.
    pub fn role(&self, name: &str) -> Option<Role> {
        self.roles.iter().find(|(known, _)| known == name.trim()).map(|(_, role)| *role)
    }

    /// Returns these wishes, and those of `base` where these say nothing.
    pub fn over(&self, base: &ReadOptions) -> ReadOptions {
        let mapped = if self.columns.is_some() { self } else { base };
        ReadOptions {
            format: self.format.or(base.format),
            charset: self.charset.or(base.charset),
            columns: mapped.columns.clone(),
            headings: mapped.headings.clone(),
            header: self.header.or(base.header),
            delimiter: self.delimiter.or(base.delimiter),
            quoted: self.quoted.or(base.quoted),
            roles: self.roles.iter().chain(&base.roles).cloned().collect(),
            swap: self.swap != base.swap,
            zone: self.zone.or(base.zone),
            sheet: self.sheet.clone().or_else(|| base.sheet.clone()),
            channel: self.channel.or(base.channel),
            recogniser: self.recogniser.clone().or_else(|| base.recogniser.clone()),
            threads: self.threads.clone().or_else(|| base.threads.clone()),
        }
    }

    /// Returns a role the other way round, where customers and agents were taken for each other.
    pub fn turned(&self, role: Role) -> Role {
        if self.swap { role.swapped() } else { role }
    }

    /// Puts what was asked of every message into one.
    pub(super) fn apply(&self, message: &mut Message) {
        if let Some(role) = message.speaker.as_deref().and_then(|name| self.role(name)) {
            message.role = role;
        }
        message.role = self.turned(message.role);
        message.channel = self.channel.unwrap_or(message.channel);
    }

    /// Returns the zone of times that name none.
    pub fn zone(&self) -> Offset {
        self.zone.unwrap_or(CHINA)
    }
}

/// Returns the column roles a list of words names (`text,intent`).
pub fn columns(words: &str) -> Result<Vec<ColumnRole>, Error> {
    words
        .split(',')
        .map(|word| ColumnRole::named(word).ok_or_else(|| Error::UnknownColumn { name: word.trim().to_owned() }))
        .collect()
}

/// Returns the zone a word names (`+08:00`, `UTC`, `UTC+8`).
pub fn zone(word: &str) -> Result<Offset, Error> {
    time::offset(word.trim()).ok_or_else(|| Error::UnknownZone { name: word.to_owned() })
}

/// Returns the sign between fields that a word names: itself, or TAB.
pub fn delimiter(word: &str) -> Result<char, Error> {
    let word = if word.eq_ignore_ascii_case("tab") || word == "\\t" { "\t" } else { word };
    let mut signs = word.chars();
    match (signs.next(), signs.next()) {
        (Some(sign), None) => cutting(sign),
        _ => Err(Error::UnknownDelimiter { name: word.to_owned() }),
    }
}

/// Returns a sign that tables can be cut at: their rows are cut by bytes, and quotes and line ends mean something else.
pub(super) fn cutting(sign: char) -> Result<char, Error> {
    let cuts = sign.is_ascii() && !matches!(sign, '"' | '\n' | '\r' | '\0');
    if cuts { Ok(sign) } else { Err(Error::UnknownDelimiter { name: sign.to_string() }) }
}

/// Returns the channel a word names.
pub fn channel(word: &str) -> Result<Channel, Error> {
    Channel::named(word.trim()).ok_or_else(|| Error::UnknownChannel { name: word.to_owned() })
}

/// Returns the format a word names.
pub fn format(word: &str) -> Result<Format, Error> {
    Format::named(word).ok_or_else(|| Error::UnknownFormat { name: word.to_owned() })
}

/// Returns the encoding a word names.
pub fn charset(word: &str) -> Result<Charset, Error> {
    Charset::named(word).ok_or_else(|| Error::UnknownCharset { name: word.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_one_sign_of_ascii() {
        for (word, sign) in [(",", ','), (";", ';'), ("TAB", '\t'), ("\\t", '\t'), ("\t", '\t'), ("^", '^'), (" ", ' ')]
        {
            assert_eq!(delimiter(word).expect("a sign"), sign, "{word}");
        }
        for word in ["，", "；", "｜", "é", "", "||", "\"", "\n", "\r", "\0"] {
            let refused = delimiter(word);
            assert!(matches!(&refused, Err(Error::UnknownDelimiter { name }) if name == word), "{word:?}: {refused:?}");
        }
    }
}
