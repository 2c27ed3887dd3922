//! Utterances: what customers say, each distinct text once, with how often it was said.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{FamilyId, UtteranceId};

/// One distinct cleaned customer text.
#[derive(Debug, Clone, PartialEq)]
pub struct Utterance {
    pub id: UtteranceId,
    pub text: String,
    /// How many turns say it; 0 for a text that came only as an example.
    pub count: u64,
    pub family: FamilyId,
    pub language: Language,
}

/// The language of one text, as far as the program treats languages differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Chinese,
    Cantonese,
    English,
    Other,
}

impl Language {
    pub const ALL: [Language; 4] = [Language::Chinese, Language::Cantonese, Language::English, Language::Other];

    /// Returns the language's tag (`zh`, `yue`, `en`, `und`).
    pub fn tag(self) -> &'static str {
        match self {
            Language::Chinese => "zh",
            Language::Cantonese => "yue",
            Language::English => "en",
            Language::Other => "und",
        }
    }

    /// Returns the language with that tag; anything unknown is `Other`.
    pub fn tagged(tag: &str) -> Self {
        Self::ALL.into_iter().find(|l| l.tag() == tag).unwrap_or(Language::Other)
    }
}
