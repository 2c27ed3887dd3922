//! The catalogue of intents and the verdicts trainers give.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{IntentId, SpanId, UtteranceId};
use crate::domain::range::ByteRange;

/// One intent: standard question, guideline, answers; its similar questions are the labelled examples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intent {
    pub id: IntentId,
    /// The unique short name used in files, policies and lists.
    pub name: String,
    /// The standard question (标准问).
    #[serde(default)]
    pub question: String,
    /// What belongs here and what does not, for the people who label.
    #[serde(default)]
    pub guideline: String,
    /// The category path (类目), parts joined by `/`.
    #[serde(default)]
    pub category: String,
    #[serde(default)]
    pub answers: Vec<Answer>,
}

/// One answer of an intent, with where and how long it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub text: String,
    /// The channel it is for; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// First day it holds, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day it holds, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The compliance note for trainers; never shown to customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a trainer decided about an utterance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// It says this intent.
    Intent(IntentId),
    /// No intent of ours; the bot should refuse it (拒识).
    OutOfScope,
    /// Noise that teaches nothing.
    Ignored,
    /// Not now.
    Later,
}

/// How a label came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LabelSource {
    /// One decision on one item.
    Hand,
    /// A cluster or a selection taken at once.
    Bulk,
    /// A file that already had labels.
    Import,
    /// A correction made while talking to the bot.
    Talk,
}

impl LabelSource {
    pub const ALL: [LabelSource; 4] = [LabelSource::Hand, LabelSource::Bulk, LabelSource::Import, LabelSource::Talk];

    /// Returns the word used in files.
    pub fn name(self) -> &'static str {
        match self {
            LabelSource::Hand => "hand",
            LabelSource::Bulk => "bulk",
            LabelSource::Import => "import",
            LabelSource::Talk => "talk",
        }
    }

    /// Returns the source with that name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == word)
    }
}

/// One trainer's verdict on one utterance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub utterance: UtteranceId,
    pub verdict: Verdict,
    pub source: LabelSource,
    pub actor: String,
    pub at: i64,
    pub note: String,
}

/// What one trainer said of a text that several were asked, or that two decided at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    pub utterance: UtteranceId,
    pub actor: String,
    pub verdict: Verdict,
    pub at: i64,
}

/// One marked stretch of an utterance: a slot value for the learner and the exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub id: SpanId,
    pub utterance: UtteranceId,
    pub range: ByteRange,
    pub entity: String,
    /// The normalised value; empty when it is the surface itself.
    pub value: String,
}

/// A marked stretch of a text outside the store: what a file says before it is kept, or what an export writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub range: ByteRange,
    pub entity: String,
    /// The normalised value; empty when it is the surface itself.
    pub value: String,
}

/// One word the segmenter must keep whole, with its part of speech.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    pub text: String,
    #[serde(default)]
    pub tag: String,
}
