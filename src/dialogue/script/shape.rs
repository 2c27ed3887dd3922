//! The shape of a rehearsal.

use regex::Regex;

use crate::dialogue::turn::heard::Clock;
use crate::dialogue::turn::outside::Answer;

/// One scripted conversation.
#[derive(Debug, Clone)]
pub struct Script {
    pub name: String,
    pub given: Given,
    pub turns: Vec<Line>,
    /// The line it starts on, from 1.
    pub line: u32,
}

/// What holds throughout, unless a turn says otherwise.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    /// Minutes after midnight; ten in the morning when absent.
    pub minutes: Option<u16>,
    pub date: Option<String>,
    pub channel: Option<String>,
    /// Scores of moods (`angry`, `anxious`, `confused`, `satisfied`) that replace what is heard.
    pub mood: Vec<(String, f32)>,
}

/// Ten in the morning.
const MORNING: u16 = 600;

impl Given {
    /// Returns when it is played: ten in the morning, unless the script says otherwise.
    pub fn clock(&self) -> Clock {
        Clock { minutes: self.minutes.unwrap_or(MORNING), date: self.date.clone().unwrap_or_default() }
    }

    /// Returns where it is played: in the chat, unless the script says otherwise.
    pub fn channel(&self) -> String {
        self.channel.clone().unwrap_or_else(|| "chat".to_owned())
    }
}

/// One exchange with what is expected of it.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// The customer's words; `None` checks the opening, or a silence where `idle` is given.
    pub said: Option<String>,
    /// Any of these must be found in the replies; nothing is expected when empty.
    pub expect: Vec<Expect>,
    /// None of these may be.
    pub refuse: Vec<Expect>,
    /// Replaces the prediction.
    pub intents: Vec<(String, f32)>,
    pub mood: Vec<(String, f32)>,
    /// The topic that must have run or be on top.
    pub topic: Option<String>,
    /// The stage that must have decided.
    pub stage: Option<u8>,
    /// Slots that must have been filled with these values by now.
    pub slots: Vec<(String, String)>,
    /// The queue that must have taken over.
    pub handoff: Option<String>,
    /// Whether the chat must be closed.
    pub closed: Option<bool>,
    /// Choices that must be offered below the replies, all of them and in this order.
    pub choices: Vec<String>,
    /// What calls come to in this turn, whatever the policy's rows say.
    pub calls: Vec<Answer>,
    /// The customer says nothing for so many seconds.
    pub idle: Option<u32>,
    pub line: u32,
}

/// One text looked for in the replies.
#[derive(Debug, Clone)]
pub enum Expect {
    Contains(String),
    Matches(Regex),
}

impl Expect {
    /// Returns it as it is written in a script.
    pub fn written(&self) -> String {
        match self {
            Expect::Contains(text) => text.clone(),
            Expect::Matches(regex) => format!("/{}/", regex.as_str()),
        }
    }

    /// Tells whether it is found in a text.
    pub fn found(&self, text: &str) -> bool {
        match self {
            Expect::Contains(part) => text.contains(part.as_str()),
            Expect::Matches(regex) => regex.is_match(text),
        }
    }
}
