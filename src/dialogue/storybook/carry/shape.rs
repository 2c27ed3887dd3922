//! The policy on its way: what will be written, in order.

/// All that is written.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    pub zh: bool,
    pub entities: Vec<Entity>,
    pub topics: Vec<Topic>,
    pub faq: Vec<Answer>,
    /// What is said when nothing is understood.
    pub fallback: Vec<Line>,
    /// Code with the names it may give values.
    pub calls: Vec<(String, Vec<String>)>,
    /// Intents named, with what is known of them.
    pub intents: Vec<(String, String)>,
}

/// One entity.
#[derive(Debug, Clone, Default)]
pub(super) struct Entity {
    pub name: String,
    pub kind: Kind,
    pub ask: Vec<Line>,
}

/// How its values are found.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Kind {
    #[default]
    Text,
    Money,
    Number,
    Date,
    Values(Vec<(String, Vec<String>)>),
    Match(String),
}

/// One topic.
#[derive(Debug, Clone, Default)]
pub(super) struct Topic {
    pub name: String,
    pub label: String,
    pub intents: Vec<String>,
    /// Slots with the form's own question, if it has one.
    pub needs: Vec<(String, Vec<Line>)>,
    pub arms: Vec<Arm>,
}

/// One outcome.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Arm {
    pub when: Option<String>,
    pub calls: Vec<String>,
    pub say: Vec<Line>,
    pub menu: Vec<String>,
}

/// One wording.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Line {
    pub text: String,
    pub when: Option<String>,
    pub channel: Option<String>,
}

/// One answer of the questions people ask.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub intent: String,
    pub questions: Vec<String>,
    pub say: Vec<Line>,
}

impl Shape {
    /// Returns the topic an intent begins.
    pub fn topic_of(&self, intent: &str) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.intents.iter().any(|name| name == intent))
    }
}
