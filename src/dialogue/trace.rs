//! Why a turn was decided as it was: one line a stage, as data, with what each stage saw and would have needed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dialogue::event::Target;
use crate::dialogue::turn::outside::Failure;

/// One stage's line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceLine {
    /// 0 to 9.
    pub stage: u8,
    /// Whether the stage did something.
    pub fired: bool,
    pub reason: Reason,
}

/// An intent or another target with its calibrated probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The intent it came from; the question of a `faq` entry.
    pub intent: String,
    /// `None` when the policy and the knowledge have nothing for it.
    pub target: Option<Target>,
    /// What menus call it.
    pub label: String,
    pub probability: f32,
}

/// What one stage saw, and why it fired or did not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Reason {
    // 0: freeze
    Frozen {
        intents: Vec<(String, f32)>,
        /// Entity and value, as found in the text.
        found: Vec<(String, String)>,
        /// Of angry, anxious, confused and satisfied, those above zero.
        emotion: BTreeMap<String, f32>,
        risks: Vec<String>,
        date: String,
        minutes: u16,
        channel: String,
        /// The question that waited.
        waited: Option<crate::dialogue::event::Pending>,
        /// What the knowledge has for the text, where it was ranked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        known: Option<Box<Looked>>,
    },
    // 1: hard
    NothingHard,
    AlreadyHandedOff {
        queue: String,
    },
    HumanAsked {
        word: Option<String>,
        queue: String,
    },
    /// Someone asked for a person, but the policy has no queue.
    NoQueue,
    Risk {
        risk: String,
        queue: String,
    },
    Forbidden {
        word: String,
    },
    // 2: mood
    NoMoods,
    Moods {
        /// Name, score now, whether its guard held, how many such turns, how many hand over.
        moods: Vec<MoodSeen>,
        /// The cap of clarifying questions from here on.
        cap: u32,
    },
    MoodHandoff {
        mood: String,
        count: u32,
        limit: u32,
        queue: String,
    },
    // 3: correction
    NoTopicToCorrect,
    NoMarker,
    MarkerWithoutValue {
        marker: String,
        /// The slots a value would have been taken for.
        wanted: Vec<String>,
    },
    Corrected {
        marker: String,
        topic: String,
        slot: String,
        from: String,
        to: String,
    },
    CorrectionInvalid {
        marker: String,
        slot: String,
        value: String,
        rule: String,
    },
    // 4: pending question
    NothingPending,
    Cancelled {
        topic: Option<String>,
    },
    Repeated,
    Explained {
        topic: String,
        slots: Vec<String>,
    },
    SkippedSlots {
        topic: String,
        slots: Vec<(String, String)>,
    },
    CannotSkip {
        topic: String,
        slots: Vec<String>,
    },
    Chosen {
        label: String,
        by: Chosen,
    },
    NoneOfThese {
        labels: Vec<String>,
    },
    Filled {
        topic: String,
        slots: Vec<(String, String)>,
        /// Slots still without a value.
        still: Vec<String>,
    },
    Invalid {
        topic: String,
        slot: String,
        value: String,
        rule: String,
        /// How often this slot was refused, this time included.
        times: u32,
    },
    Confirmed {
        topic: String,
    },
    Declined {
        topic: String,
    },
    Digression {
        to: Target,
        agreed: bool,
    },
    Noted {
        queue: String,
    },
    Rated {
        stars: u8,
    },
    /// The text answers no part of the question; what would have.
    NotAnAnswer {
        wanted: Vec<String>,
        options: Vec<String>,
    },
    /// The text could be an answer, but surely means something else.
    OtherIsSurer {
        intent: String,
        probability: f32,
        wanted: Vec<String>,
    },
    // 5: confident
    Confident {
        best: Candidate,
        margin: f32,
        by: Surety,
    },
    /// It is sure, but the topic going on must be finished first, or the customer is asked.
    Held {
        best: Candidate,
        topic: String,
        asked: bool,
    },
    NoIntent,
    /// The best intent has neither a topic nor a valid answer.
    NothingToSay {
        best: Candidate,
        /// It has answers, but not for this day or channel.
        expired: bool,
    },
    Unsure {
        best: Candidate,
        need: f32,
        margin: f32,
        need_margin: f32,
    },
    Costs {
        best: Candidate,
        answer: f32,
        ask: f32,
        handoff: f32,
    },
    OneWord {
        word: String,
        between: Vec<Candidate>,
    },
    // 6: ambiguous
    Clarified {
        between: Vec<Candidate>,
        /// The question was written for these.
        authored: bool,
        count: u32,
        cap: u32,
    },
    CapReached {
        count: u32,
        cap: u32,
    },
    TooUnlikely {
        best: Option<Candidate>,
        need: f32,
    },
    /// The pending question is about one of the candidates; it is asked again instead.
    AlreadyAsking {
        topic: String,
    },
    // 7: low
    Ladder {
        /// From 1.
        rung: u32,
        rungs: u32,
        kind: Rung,
    },
    // 8: run
    NoTopic,
    Ran {
        steps: Vec<Step>,
    },
    // 9: after
    After {
        /// Each saying chosen, its line (from 0) and how many it has.
        chosen: Vec<(String, usize, usize)>,
        /// Placeholders without a value.
        missing: Vec<String>,
        waits: Option<crate::dialogue::event::Pending>,
        closed: bool,
    },
    Opened {
        /// From 0.
        place: usize,
        guard: Option<String>,
    },
    Idle {
        seconds: u32,
        limit: Option<u32>,
        closed: bool,
    },
    /// An earlier stage decided.
    Decided {
        by: u8,
    },
}

/// What the knowledge has for a text, and why that is no answer where it is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Looked {
    /// What menus call the nearest entry.
    pub label: String,
    /// The question of the entry that matched, and the entry's score.
    pub matched: String,
    pub score: f32,
    /// What menus call the second entry, and its score.
    pub second: Option<(String, f32)>,
    pub probability: f32,
    pub need: f32,
    pub refused: Option<Refusal>,
}

/// Why the knowledge gives no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Nothing it holds is near enough.
    Unknown,
    /// The entry's answers hold on other days or for other channels.
    Expired,
    /// The entry has no answer.
    Unwritten,
}

/// One mood as stage 2 saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoodSeen {
    pub mood: String,
    pub score: f32,
    pub hit: bool,
    pub level: f32,
    pub count: u32,
    pub limit: Option<u32>,
}

/// How a menu was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    Number,
    Label,
    Words,
    Intent,
    Yes,
}

/// Why stage 5 was sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surety {
    Limits,
    Costs,
    /// The limits, reached by the ranking of the knowledge.
    Knowledge,
    /// An urgent topic needs no margin.
    Urgent,
    /// A mood prefers it among close ones.
    Preferred,
    /// The text is a question of the `faq`, or a topic's label.
    Words,
}

/// What a rung of the ladder did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    Say,
    Menu,
    Handoff,
    /// The pending question again.
    Again,
}

/// One thing stage 8 did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Step {
    Took {
        topic: String,
        slots: Vec<(String, String)>,
        referred: Vec<String>,
    },
    Refused {
        topic: String,
        slot: String,
        value: String,
        rule: String,
    },
    Asked {
        topic: String,
        slots: Vec<String>,
        missing: Vec<String>,
    },
    AskedToConfirm {
        topic: String,
        slots: BTreeMap<String, String>,
    },
    Called {
        name: String,
        give: BTreeMap<String, String>,
        /// The topic and the arm that called; records of before have neither.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        topic: String,
        #[serde(default)]
        place: usize,
    },
    /// The outside answered.
    CalledOutside {
        name: String,
        takes: BTreeMap<String, String>,
        give: BTreeMap<String, String>,
        topic: String,
        place: usize,
    },
    /// Nothing outside is set or turned on; a row answered in its stead.
    StoodIn {
        name: String,
        give: BTreeMap<String, String>,
        topic: String,
        place: usize,
    },
    CallFailed {
        name: String,
        takes: BTreeMap<String, String>,
        why: Failure,
        topic: String,
        place: usize,
    },
    Arm {
        topic: String,
        place: usize,
        guard: Option<String>,
        slots: BTreeMap<String, String>,
    },
    Answered {
        intent: String,
        place: usize,
    },
    /// No arm held; the guards that were tried.
    NoArm {
        topic: String,
        guards: Vec<String>,
    },
    /// A slot was refused or given anew too often.
    GaveUp {
        topic: String,
        slot: String,
        times: u32,
    },
    HandedOff {
        queue: String,
        open: bool,
    },
    Resumed {
        topic: String,
    },
}

impl Step {
    /// Returns the topic and the arm that called, where this is a call.
    pub fn calling(&self) -> Option<(&str, usize)> {
        match self {
            Step::Called { topic, place, .. }
            | Step::CalledOutside { topic, place, .. }
            | Step::StoodIn { topic, place, .. }
            | Step::CallFailed { topic, place, .. } => (!topic.is_empty()).then_some((topic.as_str(), *place)),
            _ => None,
        }
    }
}

/// Returns the stage that decided a turn: the first of 1 to 7 that fired, the mood's only when it handed over.
pub fn decided(trace: &[TraceLine]) -> Option<u8> {
    let decides = |line: &&TraceLine| {
        line.fired
            && match line.stage {
                2 => matches!(line.reason, Reason::MoodHandoff { .. }),
                1 | 3..=7 => true,
                _ => false,
            }
    };
    trace.iter().find(decides).map(|line| line.stage)
}
