//! Why a row was not used, as a sentence for the person who mends it.

use crate::explain::gap::shown;
use crate::formats::record::RejectReason;
use crate::i18n::{Words, fill};

/// Returns the sentence for a rejected row.
pub fn sentence(reason: &RejectReason, words: &Words) -> String {
    let word = words.import.reason(reason.name()).to_owned();
    let t = &words.sheet;
    match reason {
        RejectReason::Shared { with } => fill(t.shared, &[("with", &shown(with))]),
        RejectReason::BadDay { word } => fill(t.bad_day, &[("word", &shown(word))]),
        RejectReason::LongQuestion { chars } => fill(t.long_question, &[("chars", &chars.to_string())]),
        RejectReason::Ragged { expected, found } => {
            fill(t.ragged, &[("expected", &expected.to_string()), ("found", &found.to_string())])
        }
        RejectReason::UnknownRole { word: said } => format!("{word}: {}", shown(said)),
        RejectReason::Json { what, .. } => format!("{word}: {}", shown(what)),
        _ => word,
    }
}
