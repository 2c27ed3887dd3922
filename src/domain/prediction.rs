//! What a model thinks of a text.

use serde::{Deserialize, Serialize};

use crate::domain::ids::IntentId;
use crate::domain::mood::Mood;

/// One candidate intent with its calibrated probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Guess {
    /// `None` is "out of scope", a legal answer.
    pub intent: Option<IntentId>,
    pub probability: f32,
}

/// A model's view of one text: candidates, best first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    pub guesses: Vec<Guess>,
}

impl Prediction {
    /// Returns the best guess; `None` when the model knows no intent at all.
    pub fn best(&self) -> Option<Guess> {
        self.guesses.first().copied()
    }

    /// Returns how far the best guess is ahead of the second, 0 to 1.
    pub fn margin(&self) -> f32 {
        match self.guesses.as_slice() {
            [] => 0.0,
            [only] => only.probability,
            [first, second, ..] => first.probability - second.probability,
        }
    }
}

/// How a customer sounds in one text, each 0 to 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Emotion {
    pub angry: f32,
    pub anxious: f32,
    pub confused: f32,
    pub satisfied: f32,
    /// The words that made it so, in the order of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// Risks that matter whatever the mood (`complaint`, `regulator`, `media`, `legal`, `fraud`, `safety`, `leaving`, `human`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<String>,
    /// The mood it is by what trainers labelled; `None` where only the lexicon was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mood: Option<Mood>,
}
