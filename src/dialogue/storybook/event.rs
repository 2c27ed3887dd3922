//! What happens in a conversation of rules and stories.

use crate::domain::storybook::{Told, Utter};

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Said(Utter),
    Did(Act),
    Slot(String, Told),
    /// A form begins to run, or ends.
    Form(Option<String>),
    /// The form refuses to take the turn as an answer.
    Refused(String),
}

/// What the bot does next.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Waits for the customer.
    Listen,
    Named(String),
    /// Says these words, where no action is named.
    Words(String),
    /// Anything: where a rule begins or ends.
    Open,
}

impl Act {
    /// Returns the act as it is written in a course.
    pub fn written(&self) -> &str {
        match self {
            Act::Listen => "action_listen",
            Act::Named(name) => name,
            Act::Words(words) => words,
            Act::Open => "...",
        }
    }
}

/// An event of a course with where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub event: Event,
    /// Which course of the book, rules before stories.
    pub course: usize,
    pub line: u32,
}
