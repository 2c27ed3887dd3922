//! What could not be carried over, as data; `explain` makes the sentences.

use crate::domain::storybook::Place;

/// One thing that is missing in the policy, with where it stood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loss {
    pub place: Place,
    pub what: Lost,
}

/// What is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lost {
    /// Code: its words and results are unknown; a stand-in says its name.
    Action { name: String },
    /// A turn whose answer depends on what was said before it.
    Memory { course: String, intent: String, act: String },
    /// A rule that begins with an act of the bot.
    BotFirst { course: String },
    /// A condition on a slot that no policy entity fills.
    Condition { course: String, slot: String },
    /// An intent nothing answers.
    Unanswered { intent: String },
    /// A slot that is filled by the intent that begins a form, or by code.
    Filling { slot: String, how: String },
    /// Intents a form ignores.
    Ignored { form: String },
    /// A list of values too long for a policy.
    Values { entity: String, count: usize },
    /// A pattern our engine does not read.
    Pattern { entity: String, pattern: String },
    /// A part of a response that has no words.
    Extra { response: String, key: String },
    /// A response an act names and nobody wrote.
    NoResponse { name: String },
    /// A branch, a loop or a call inside a flow.
    Flow { flow: String, step: String },
}
