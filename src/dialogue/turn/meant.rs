//! What a text may mean and where that leads, by reference to what a turn is given.

use crate::dialogue::event::Target;
use crate::dialogue::policy::design::{Policy, Topic};

/// What the text may mean, by reference: of sixty intents hardly five are ever named in a trace or a menu.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meant<'a> {
    pub intent: &'a str,
    pub way: Option<Way<'a>>,
    /// What it is called, where that is not what its target is called.
    pub label: Option<&'a str>,
    pub probability: f32,
    /// Whether the ranking of the knowledge made it so likely.
    pub by_knowledge: bool,
}

impl Meant<'_> {
    /// Tells whether it may lead on without a question: a topic or a goodbye does more than answer, so the ranking of the
    /// knowledge alone may offer it, never begin it.
    pub fn may_lead(&self) -> bool {
        !self.by_knowledge || !matches!(self.way, Some(Way::Topic(_) | Way::Close))
    }
}

/// Where it leads; topics and questions by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way<'a> {
    Topic(usize),
    Faq(usize),
    Close,
    Answers(&'a str),
}

impl Way<'_> {
    /// Returns its place among equals: topics, questions, goodbye, all others.
    pub fn order(way: Option<Self>) -> (u8, usize) {
        match way {
            Some(Self::Topic(place)) => (0, place),
            Some(Self::Faq(place)) => (1, place),
            Some(Self::Close) => (2, 0),
            Some(Self::Answers(_)) | None => (3, 0),
        }
    }

    /// Returns the target by name.
    pub fn target(self, policy: &Policy) -> Target {
        match self {
            Self::Topic(place) => Target::Topic(policy.topics[place].name.clone()),
            Self::Faq(place) => Target::Faq(place),
            Self::Close => Target::Close,
            Self::Answers(intent) => Target::Answers(intent.to_owned()),
        }
    }

    /// Tells whether it leads to a target.
    pub fn is(self, target: &Target, policy: &Policy) -> bool {
        match (self, target) {
            (Self::Topic(place), Target::Topic(name)) => policy.topics[place].name == *name,
            (Self::Faq(place), Target::Faq(other)) => place == *other,
            (Self::Close, Target::Close) => true,
            (Self::Answers(intent), Target::Answers(other)) => intent == other,
            _ => false,
        }
    }
}

impl<'a> Meant<'a> {
    /// Returns the topic it leads to.
    pub fn topic(&self, policy: &'a Policy) -> Option<&'a Topic> {
        match self.way {
            Some(Way::Topic(place)) => policy.topics.get(place),
            _ => None,
        }
    }
}
