//! Calls to the outside: what a turn asks for, what it is given, and the port it asks through.
//!
//! The engine calls nothing itself. It asks an [`Outside`], which whoever plays the turn brings; what that said is kept
//! with what was heard ([`Heard::calls`](crate::dialogue::turn::heard::Heard)), and a turn played again takes it from
//! there. So a turn is the same bit for bit whatever the outside says later, and nothing is called twice for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a turn asks of the outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The call's name in the policy.
    pub call: String,
    /// The values it takes, by name; what has no value is left out.
    pub takes: BTreeMap<String, String>,
    /// The names it gives values for.
    pub gives: Vec<String>,
}

/// Whoever answers calls.
pub trait Outside {
    /// Answers a call; `None` when nothing outside stands for it, so that the policy's own rows do.
    fn ask(&self, ask: &Ask) -> Option<Came>;
}

impl<F: Fn(&Ask) -> Option<Came>> Outside for F {
    fn ask(&self, ask: &Ask) -> Option<Came> {
        self(ask)
    }
}

/// Nothing outside: rows answer every call.
pub struct Nothing;

impl Outside for Nothing {
    fn ask(&self, _: &Ask) -> Option<Came> {
        None
    }
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// Values by name.
    Given(BTreeMap<String, String>),
    Failed(Failure),
}

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub failure: Why,
    /// What is to be said of it besides: a program's name, its last words, a code, seconds, bytes.
    #[serde(default)]
    pub detail: String,
}

impl Failure {
    /// Returns a failure of a kind, with what is to be said of it besides.
    pub fn new(why: Why, detail: impl ToString) -> Self {
        Self { failure: why, detail: detail.to_string() }
    }
}

/// The kinds of failure, by the word that guards and rehearsals know them by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Nothing outside is set or turned on for it, and the policy has no row either.
    Off,
    /// No row of the policy holds.
    NoRow,
    /// The trainer stopped it.
    Stopped,
    /// It took longer than it may.
    Late,
    /// There is no such program.
    Missing,
    /// The program could not be started, or its output not be kept.
    NotRun,
    /// The program ended with another code than 0.
    Exit,
    /// Nobody answers at the address.
    Unreached,
    /// The endpoint answered with another status than 2xx.
    Status,
    /// The answer is longer than it may be.
    TooLong,
    /// The answer is no JSON object.
    NotJson,
    /// A value is a list or an object.
    NotValue,
}

impl Why {
    pub const ALL: [Why; 12] = [
        Why::Off,
        Why::NoRow,
        Why::Stopped,
        Why::Late,
        Why::Missing,
        Why::NotRun,
        Why::Exit,
        Why::Unreached,
        Why::Status,
        Why::TooLong,
        Why::NotJson,
        Why::NotValue,
    ];

    /// Returns its word, which `<call>.failed` holds.
    pub fn word(self) -> &'static str {
        match self {
            Why::Off => "off",
            Why::NoRow => "no_row",
            Why::Stopped => "stopped",
            Why::Late => "late",
            Why::Missing => "missing",
            Why::NotRun => "not_run",
            Why::Exit => "exit",
            Why::Unreached => "unreached",
            Why::Status => "status",
            Why::TooLong => "too_long",
            Why::NotJson => "not_json",
            Why::NotValue => "not_value",
        }
    }
}

/// One answer that is kept: what a call came to in a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub call: String,
    /// What it was asked with; `None` answers the call whatever it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes: Option<BTreeMap<String, String>>,
    #[serde(flatten)]
    pub came: Came,
}

impl Answer {
    /// Tells whether this is the answer to a question.
    pub fn answers(&self, ask: &Ask) -> bool {
        self.call == ask.call && self.takes.as_ref().is_none_or(|takes| *takes == ask.takes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_a_failure_is_the_one_that_is_kept() {
        for why in Why::ALL {
            assert_eq!(serde_json::to_value(why).expect("a word"), why.word());
        }
    }

    #[test]
    fn an_answer_is_read_back_as_it_was_kept() {
        let given = Came::Given(BTreeMap::from([("status".to_owned(), "ok".to_owned())]));
        let takes = Some(BTreeMap::from([("card".to_owned(), "1234".to_owned())]));
        for came in [given, Came::Failed(Failure::new(Why::Exit, 3))] {
            let answer = Answer { call: "bill".into(), takes: takes.clone(), came };
            let kept = serde_json::to_string(&answer).expect("writes");
            assert_eq!(serde_json::from_str::<Answer>(&kept).expect("reads"), answer, "{kept}");
        }
    }
}
