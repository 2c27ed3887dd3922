//! What a preview notes beside the messages: cells to know columns by, and who speaks.
//!
//! Filled by `record::Out` and the mapping of tables while a preview reads; a real reading notes nothing.

use std::borrow::Cow;

use crate::domain::conversation::{Message, Role};

/// Rows whose cells are shown.
const ROWS: usize = 3;

/// Names listed at most; a column of customers' names is long and says nothing new.
const VOICES: usize = 60;

/// The longest cell shown.
const CELL: usize = 200;

/// What was noted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noted {
    /// The first rows as cells, for tables and records of named fields.
    pub cells: Vec<Vec<String>>,
    /// Words of a role column, else the names of speakers, in order of appearance.
    pub voices: Vec<Voice>,
    /// Whether the words come from a column, and the speakers of messages are not asked.
    by_column: bool,
}

/// One who speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    pub name: String,
    /// `None` for a word nobody knows, whose rows are set aside.
    pub role: Option<Role>,
    pub count: u64,
}

impl Noted {
    /// Notes the cells of a row.
    pub(super) fn row<'c>(&mut self, width: usize, cell: &dyn Fn(usize) -> Cow<'c, str>) {
        if self.cells.len() < ROWS {
            let short = |at: usize| cell(at).chars().take(CELL).collect();
            self.cells.push((0..width).map(short).collect());
        }
    }

    /// Notes who speaks; `column` when a column of a table says so.
    pub(super) fn voice(&mut self, name: &str, role: Option<Role>, column: bool) {
        if column && !self.by_column {
            self.by_column = true;
            self.voices.clear();
        }
        let name = name.trim();
        if let Some(voice) = self.voices.iter_mut().find(|voice| voice.name == name) {
            (voice.role, voice.count) = (role, voice.count + 1);
        } else if self.voices.len() < VOICES {
            self.voices.push(Voice { name: name.to_owned(), role, count: 1 });
        }
    }

    /// Notes the speaker of a message, where no column did.
    pub(super) fn message(&mut self, message: &Message) {
        if let Some(name) = message.speaker.as_deref().filter(|_| !self.by_column) {
            self.voice(name, Some(message.role), false);
        }
    }
}
