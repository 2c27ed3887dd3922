//! What may be wrong with a policy.

use serde::{Deserialize, Serialize};

/// One fault with its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// From 1.
    pub line: u32,
    pub severity: Severity,
    pub kind: FaultKind,
}

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The bot will not do what is written.
    Error,
    /// It will, but probably not what is meant.
    Warning,
}

/// The faults, with what a person needs to mend them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FaultKind {
    UnknownIntent {
        intent: String,
        near: Option<String>,
    },
    UnknownEntity {
        name: String,
        near: Option<String>,
    },
    UnknownTopic {
        name: String,
        near: Option<String>,
    },
    UnknownQueue {
        name: String,
        near: Option<String>,
    },
    UnknownCall {
        name: String,
        near: Option<String>,
    },
    /// A list of words that is neither defined nor a risk.
    UnknownWords {
        name: String,
        near: Option<String>,
    },
    UnknownMood {
        name: String,
        near: Option<String>,
    },
    /// A guard compares a name nothing gives a value.
    UnknownName {
        name: String,
        guard: String,
        near: Option<String>,
    },
    /// A guard compares an entity with something that is none of its values.
    UnknownValue {
        entity: String,
        value: String,
        near: Option<String>,
    },
    UnknownPlaceholder {
        name: String,
        near: Option<String>,
    },
    /// A question, a guard or a text uses a slot the topic does not need.
    SlotNotNeeded {
        topic: String,
        slot: String,
    },
    /// A text outside topics uses a slot; often there is no value.
    SlotOutsideTopic {
        slot: String,
    },
    /// The knowledge has no entry for these values of an arm that says so.
    MissingFact {
        path: String,
    },
    /// An entity is called like a name that is always known.
    ReservedName {
        name: String,
    },
    /// Two topics claim an intent; the second never gets it.
    DoubleIntent {
        intent: String,
        first: String,
        second: String,
    },
    /// One word means two values.
    DoubleWord {
        entity: String,
        word: String,
        first: String,
        second: String,
    },
    /// No intent and no menu leads there.
    Unreachable {
        topic: String,
    },
    /// Earlier arms take all its cases.
    ShadowedArm {
        topic: String,
        arm: usize,
        by: Vec<usize>,
    },
    /// No values make the guard hold.
    NeverHolds {
        topic: String,
        guard: String,
    },
    /// No arm holds for these values.
    DeadEnd {
        topic: String,
        example: Vec<(String, String)>,
    },
    /// A topic without any arm.
    NoOutcome {
        topic: String,
    },
    /// Doing a slot anew cannot change whether the arm holds.
    RedoLoop {
        topic: String,
        slot: String,
    },
    /// Too many values to try them all.
    TooManyCases {
        topic: String,
    },
    /// Menus that only lead to each other.
    EndlessMenus {
        topics: Vec<String>,
    },
    /// No value keeps the entity's rule, so the question for it never ends well.
    Unfillable {
        entity: String,
        rule: String,
    },
    /// Two topics are called alike; menus cannot tell them apart.
    DoubleLabel {
        label: String,
        first: String,
        second: String,
    },
    /// Earlier rows of the stand-in take all cases; from 1.
    ShadowedRow {
        call: String,
        row: usize,
    },
    /// A call may fail, and no later arm of the topic asks whether it did.
    NoFailureArm {
        topic: String,
        call: String,
    },
    /// A call is said to give this value, or asked for it, and nothing ever gives it.
    NeverGiven {
        call: String,
        value: String,
        near: Option<String>,
    },
    /// An angry customer may be asked to clarify more than once.
    AngryAskedTwice {
        mood: String,
        cap: u32,
    },
    /// However often a customer is angry, nobody takes over.
    AngerWithoutEnd {
        mood: String,
    },
    /// Two rungs of the ladder say the same.
    RepeatedRung {
        text: String,
        first_line: u32,
    },
    /// The hours of a queue are empty.
    NeverOpen {
        queue: String,
    },
    /// A risk nothing ever finds.
    UnknownRisk {
        name: String,
        near: Option<String>,
    },
    /// A list without words.
    EmptyWords {
        name: String,
    },
    /// The intent's last answer ends or has ended on that day, and nothing follows.
    Expired {
        intent: String,
        until: String,
    },
    /// No greeting holds, for example then.
    SilentOpening {
        example: Vec<(String, String)>,
    },
    ShadowedOpening {
        opening: usize,
    },
    /// The same topics are told apart twice; the first question is used.
    DoubleClarify {
        between: Vec<String>,
        first_line: u32,
    },
    /// `limits.clarify` is not written.
    ClarifyUncapped {
        cap: u32,
    },
    /// More questions in a row than a customer bears.
    ClarifyMany {
        cap: u32,
    },
    /// A question between topics of which fewer than two exist, or one twice.
    ClarifyOfOne,
    NoFallback,
    /// The ladder ends without a person.
    LadderWithoutEnd,
    /// Someone must take over, but there is no queue.
    NoQueue,
    EmptySay {
        place: String,
    },
    TooLong {
        characters: usize,
        most: usize,
    },
    /// Words one must not say about money.
    Promise {
        word: String,
    },
    /// Nothing uses it.
    Unused {
        name: String,
    },
    /// Two `faq` entries have the same question; the first answers.
    DoubleQuestion {
        question: String,
        first_line: u32,
    },
    /// The limits contradict each other: asking begins above answering.
    AskAboveAnswer {
        ask: f32,
        answer: f32,
    },
}
