//! How a customer sounds: the moods a trainer can say, the risks beside them, and how well they are heard.

use serde::{Deserialize, Serialize};

use crate::domain::ids::UtteranceId;

macro_rules! moods {
    ($($(#[$note:meta])* $variant:ident = $word:literal, $($zh:literal)|+;)*) => {
        /// A mood that changes what a bot does. The order is the order of the digits that give it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Mood { $($(#[$note])* $variant),* }

        impl Mood {
            pub const ALL: &'static [Mood] = &[$(Mood::$variant),*];

            /// Returns the word files and queries use.
            pub fn word(self) -> &'static str {
                match self { $(Mood::$variant => $word),* }
            }

            /// Returns the mood with that word, English or Chinese.
            pub fn named(word: &str) -> Option<Self> {
                match word { $($word $(| $zh)+ => Some(Mood::$variant),)* _ => None }
            }
        }
    };
}

moods! {
    Calm = "calm", "平静";
    /// In a hurry.
    Urgent = "urgent", "焦急";
    /// Worried.
    Anxious = "anxious", "担忧" | "着急";
    Confused = "confused", "困惑";
    Angry = "angry", "愤怒" | "生气" | "不满";
    Disappointed = "disappointed", "失望";
    Satisfied = "satisfied", "满意";
}

impl Mood {
    /// Returns the mood the lexicon takes it for: it knows five, haste with worry and disappointment with anger.
    pub fn tone(self) -> Self {
        match self {
            Mood::Urgent => Mood::Anxious,
            Mood::Disappointed => Mood::Angry,
            other => other,
        }
    }
}

/// Risks that matter whatever the mood.
pub const RISKS: [&str; 8] = ["complaint", "regulator", "media", "legal", "fraud", "safety", "leaving", "human"];

/// What a trainer says of how an utterance sounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoodLabel {
    pub utterance: UtteranceId,
    pub mood: Mood,
    /// Of [`RISKS`], in their order.
    pub risks: Vec<String>,
    pub actor: String,
    pub at: i64,
}

/// How well moods are heard in labelled texts held out, as a run keeps it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MoodReport {
    /// Labelled texts learned from.
    pub labels: usize,
    /// Labelled texts left out, since too few have their mood.
    pub left_out: usize,
    /// How much of what is heard is learned, 0 to 1; 0 is the lexicon alone.
    pub share: f32,
    /// Macro-F1 over the tones the lexicon tells apart.
    pub lexicon: f64,
    pub joined: f64,
    /// A row a mood, as joined.
    pub moods: Vec<MoodScore>,
    /// A row a risk that was labelled often enough.
    pub risks: Vec<RiskScore>,
    pub traps: Traps,
}

/// How many of the texts that mislead (denials, rhetorical questions, irony, business words) are heard rightly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traps {
    pub all: usize,
    pub lexicon: usize,
    pub joined: usize,
    /// By what was learned without the lexicon's say.
    pub learned: usize,
}

/// One mood's precision, recall and F1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoodScore {
    pub mood: Mood,
    pub support: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// One risk's F1 by the lexicon, and with what was learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskScore {
    pub risk: String,
    pub support: usize,
    pub lexicon: f64,
    pub joined: f64,
    /// Whether what was learned is used.
    pub used: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_and_tones_stand_still() {
        for mood in Mood::ALL {
            assert_eq!(Mood::named(mood.word()), Some(*mood));
            assert_eq!(mood.tone().tone(), mood.tone());
        }
        assert_eq!((Mood::named("着急"), Mood::named("blue")), (Some(Mood::Anxious), None));
    }
}
