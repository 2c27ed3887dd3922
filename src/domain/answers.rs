//! How well the knowledge is found by customers' questions, as a run keeps it.

use serde::{Deserialize, Serialize};

/// How well held-out questions find their entries.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AnswerScores {
    pub questions: usize,
    pub entries: usize,
    /// Share of questions whose entry comes first, and among the first five, and the mean of one over its place.
    pub learned: [f64; 3],
    /// The same by the encoder alone and by BM25 alone.
    pub by_meaning: [f64; 3],
    pub by_words: [f64; 3],
    /// Share of questions answered (not refused), and of the answered those with a wrong entry.
    pub answered: f64,
    pub wrong: f64,
    /// Share of questions refused when their own entry is struck out, as they should be.
    pub refused: f64,
    /// Texts labelled out of scope, and the share of them refused, as they should be.
    pub strange: usize,
    pub strange_refused: f64,
    /// Questions that found another entry; the surest first.
    pub mistakes: Vec<Mistake>,
    /// How the bot fares with the same questions; `None` where there is no policy.
    pub talk: Option<TalkScores>,
    /// Identifies what was learned from.
    pub knowledge: i64,
}

/// A held-out question that found another entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mistake {
    pub text: String,
    pub own: String,
    pub found: String,
    /// The place of the own entry, from 1; 0 when it has no other question.
    pub place: usize,
    pub probability: f32,
}

/// How the first turn of a chat goes, played by the policy on held-out predictions: by the classifier alone and with
/// the ranking of the knowledge.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct TalkScores {
    pub alone: Fared,
    pub with: Fared,
}

/// How many texts came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Fared {
    /// Led where they belong.
    pub right: usize,
    /// Led elsewhere.
    pub wrong: usize,
    /// Asked back, the right choice among those offered.
    pub asked: usize,
    /// Asked back without it, or not understood.
    pub missed: usize,
    /// Out of scope and answered all the same.
    pub strange_answered: usize,
    /// Out of scope.
    pub strange: usize,
}

impl Fared {
    /// Returns how many texts of intents were played.
    pub fn all(&self) -> usize {
        self.right + self.wrong + self.asked + self.missed
    }
}
