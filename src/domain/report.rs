//! The figures of an evaluation, as a run keeps them.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::prediction::Prediction;

/// The scores of one set of predictions against the truth. `None` stands for out of scope throughout.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How many examples were scored.
    pub examples: usize,
    /// Share of right top guesses, 0 to 1.
    pub accuracy: f64,
    /// Unweighted mean of the intents' F1.
    pub macro_f1: f64,
    /// Expected calibration error of the top guess over 10 equal bins, 0 to 1.
    pub calibration_error: f64,
    /// A row an intent, in the order of the catalogue.
    pub intents: Vec<IntentScore>,
    /// Wrong pairs, most frequent first.
    pub confusions: Vec<Confusion>,
    /// Every scored example with its held-out prediction, in the order scored.
    #[serde(default)]
    pub items: Vec<ScoredItem>,
}

/// One intent's precision, recall and F1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IntentScore {
    pub intent: Option<IntentId>,
    /// How many examples truly have it.
    pub support: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// How often one intent was taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    pub gold: Option<IntentId>,
    pub predicted: Option<IntentId>,
    pub count: usize,
}

/// One example with its truth and its held-out prediction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoredItem {
    /// The utterance; `None` when the text came from a file outside the project.
    pub utterance: Option<UtteranceId>,
    /// The text, kept only for items from outside the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub gold: Option<IntentId>,
    pub prediction: Prediction,
}
