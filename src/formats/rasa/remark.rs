//! What was found wrong or left unread in somebody's project, as data; `explain` makes the sentences.

use std::path::PathBuf;

use crate::domain::storybook::Place;

/// One finding with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub place: Place,
    pub what: What,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The file does not read as a whole; nothing of it was taken.
    Unreadable {
        what: String,
    },
    /// A key nothing is known of; what stands below it was passed over.
    UnknownKey {
        key: String,
    },
    /// A step of a kind nothing is known of.
    UnknownStep {
        step: String,
    },
    /// `user` and `intent` of one turn in two steps; they were joined.
    SplitTurn,
    /// A button whose payload is no JSON; the button is kept with its title.
    StrayPayload {
        payload: String,
    },
    /// The same test conversations stand in another file; they count once.
    SameTests {
        other: PathBuf,
    },
    /// A course without steps.
    NoSteps {
        name: String,
    },
    /// A line of an older format that tells nothing.
    StrayLine {
        text: String,
    },
    UnknownIntent {
        name: String,
    },
    UnknownAction {
        name: String,
    },
    UnknownSlot {
        name: String,
    },
    UnknownForm {
        name: String,
    },
    /// A checkpoint that joins nothing: no course ends, or none begins, with it.
    LooseCheckpoint {
        name: String,
    },
    /// A mapping of a kind nothing is known of.
    UnknownMapping {
        kind: String,
    },
    /// A condition of a kind nothing is known of: of a mapping it is passed over, a wording under it is left out.
    UnknownCondition {
        what: String,
    },
    /// A class of the bot's own behind a slot.
    CustomSlot {
        class: String,
    },
}

/// Where remarks are gathered while one file is read.
pub(in crate::formats) struct Remarks<'f> {
    pub file: &'f std::path::Path,
    pub found: Vec<Remark>,
}

impl Remarks<'_> {
    pub fn add(&mut self, line: u32, what: What) {
        self.found.push(Remark { place: self.place(line), what });
    }

    pub fn place(&self, line: u32) -> Place {
        Place { file: self.file.to_path_buf(), line }
    }
}
