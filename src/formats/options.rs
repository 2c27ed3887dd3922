//! What a trainer may say about a file before it is read. Whatever is not said is sniffed.

use jiff::tz::Offset;

use crate::domain::conversation::{Channel, Role};
use crate::formats::call::recogniser::Recogniser;
use crate::formats::charset::Charset;
use crate::formats::column::ColumnRole;
use crate::formats::error::Error;
use crate::formats::format::Format;
use crate::formats::time::CHINA;

/// Wishes for the reading of one file; the default asks for nothing.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    pub format: Option<Format>,
    /// Bytes that do not fit an encoding asked for refuse the whole file.
    pub charset: Option<Charset>,
    /// What each column holds, from the left; columns beyond the list are ignored.
    pub columns: Option<Vec<ColumnRole>>,
    /// Whether the first row holds headings.
    pub header: Option<bool>,
    pub delimiter: Option<char>,
    /// Whether `"` encloses fields.
    pub quoted: Option<bool>,
    /// Roles by the name of a speaker or the word of a role column; they win over every guess.
    pub roles: Vec<(String, Role)>,
    /// The zone of times that name none; China when not said.
    pub zone: Option<Offset>,
    /// The sheet of a workbook; the first that holds anything when not said.
    pub sheet: Option<String>,
    /// The channel of every message, instead of the file's.
    pub channel: Option<Channel>,
    /// Whether customers and agents change places: a guess was the wrong way round.
    pub swap: bool,
    /// What hears recordings; without one they are refused.
    pub recogniser: Option<Recogniser>,
}

impl ReadOptions {
    /// Returns the role that was asked for a speaker or a role's word.
    pub fn role(&self, name: &str) -> Option<Role> {
        self.roles.iter().find(|(known, _)| known == name.trim()).map(|(_, role)| *role)
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

/// Returns the format a word names.
pub fn format(word: &str) -> Result<Format, Error> {
    Format::named(word).ok_or_else(|| Error::UnknownFormat { name: word.to_owned() })
}

/// Returns the encoding a word names.
pub fn charset(word: &str) -> Result<Charset, Error> {
    Charset::named(word).ok_or_else(|| Error::UnknownCharset { name: word.to_owned() })
}
