//! What happened in a chat: the only things that change its state. The store keeps them as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dialogue::turn::outside::Failure;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The customer said this; a new turn begins.
    Heard {
        said: String,
    },
    /// A closed chat goes on.
    Reopened,
    /// How one mood of the policy stands after this turn.
    Felt {
        mood: String,
        score: f32,
        hit: bool,
    },
    /// An entity's value was mentioned.
    Mentioned {
        entity: String,
        value: String,
    },
    /// A topic was begun, on top of what was going on.
    Begun {
        topic: String,
        goal: String,
    },
    /// A topic from below came to the top.
    Raised {
        topic: String,
    },
    Filled {
        topic: String,
        slot: String,
        value: String,
    },
    Corrected {
        topic: String,
        slot: String,
        from: String,
        to: String,
    },
    /// A slot must be given anew.
    Cleared {
        topic: String,
        slot: String,
    },
    /// A value was refused; counted for the slot.
    Refused {
        topic: String,
        slot: String,
        value: String,
    },
    /// The customer agreed to the confirmation.
    Confirmed {
        topic: String,
    },
    /// A question now waits for its answer.
    Asked {
        pending: Pending,
    },
    /// No question waits any more.
    Answered,
    /// A clarifying question was asked.
    Clarified {
        between: Vec<String>,
    },
    /// A turn was not understood.
    Missed,
    /// A turn was understood; the counters of misses and clarifying questions begin anew.
    Understood,
    /// A call was made; what it gave, or that it failed, is known to the topic's guards and texts.
    Called {
        topic: String,
        name: String,
        give: BTreeMap<String, String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failed: Option<Failure>,
    },
    /// A topic reached an outcome and left the stack.
    Finished {
        topic: String,
        slots: BTreeMap<String, String>,
    },
    /// A topic left the stack without one.
    Cancelled {
        topic: String,
    },
    /// People take over, with what they need to know.
    HandedOff {
        queue: String,
        why: String,
        packet: Vec<(String, String)>,
    },
    /// People should take over but are not there; the next message is taken down for them.
    Queued {
        queue: String,
        why: String,
        packet: Vec<(String, String)>,
    },
    /// The message taken down.
    Noted {
        queue: String,
        text: String,
    },
    Rated {
        stars: u8,
    },
    Closed,
    /// The customer was silent and asked whether they are there.
    Idled,
    /// A variation was chosen; the least recently used is next.
    Chose {
        saying: String,
        line: usize,
    },
    /// The bot said this.
    Replied {
        text: String,
    },
}

/// The question that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum Pending {
    /// Values of slots; `options` may be answered by number.
    Need { topic: String, slots: Vec<String>, options: Vec<String> },
    /// Whether to go ahead.
    Confirm { topic: String },
    /// Which of these; `said` is what the choice is about; slots are taken from it too.
    Menu { items: Vec<Item>, said: String, clarifies: bool },
    /// Whether to leave a topic for another for now.
    Digress { from: String, to: Target, said: String },
    /// A message for a closed queue.
    Message { queue: String },
    /// One to five stars.
    Rating,
}

/// One choice of a menu.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub label: String,
    pub target: Target,
}

/// What a choice or an intent leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Topic(String),
    /// The answers of an intent without a topic.
    Answers(String),
    /// An entry of `faq`, by place.
    Faq(usize),
    Close,
}
