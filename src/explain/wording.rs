//! What a text and its intent are made of, in lines for people.

use crate::explain::skeleton::{Asks, Skeleton};
use crate::i18n::{Words, fill};
use crate::workbench::wording::{About, Cut};

/// Returns a text cut into words, each with its part of speech.
pub fn cut(cut: &Cut) -> String {
    let words = cut.words.iter().filter(|(word, _)| !word.trim().is_empty());
    words
        .map(|(word, tag)| if tag == "x" { word.clone() } else { format!("{word}/{tag}") })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the parts a skeleton has, by name.
pub fn bones(skeleton: &Skeleton, words: &Words) -> Vec<(&'static str, String)> {
    let t = &words.wording;
    let asks = match skeleton.asks {
        Asks::How => 0,
        Asks::Why => 1,
        Asks::HowMuch => 2,
        Asks::HowLong => 3,
        Asks::When => 4,
        Asks::Where => 5,
        Asks::What => 6,
        Asks::Whether => 7,
        Asks::Request => 8,
        Asks::Statement => 9,
    };
    let parts = [
        t.asks[asks],
        &skeleton.predicate,
        &skeleton.object,
        &skeleton.subject,
        &skeleton.negation,
        &skeleton.modality,
        &skeleton.condition,
        &skeleton.time,
        &skeleton.amount,
    ];
    t.bones.into_iter().zip(parts).filter(|(_, part)| !part.is_empty()).map(|(n, part)| (n, part.to_string())).collect()
}

/// Returns what an intent is about and what sets it apart, by name.
pub fn about(about: &About, words: &Words) -> Vec<(&'static str, String)> {
    let t = &words.wording;
    let list = |words: Vec<String>| if words.is_empty() { t.none.to_string() } else { words.join(" ") };
    let odds = |more: bool| {
        let own = about.apart.iter().filter(|(_, odds)| (*odds > 0.0) == more);
        list(own.map(|(word, odds)| format!("{word} {odds:+.1}")).collect())
    };
    let pairs = about.synonyms.iter().map(|pair| format!("{}≈{}×{}", pair.one, pair.other, pair.places)).collect();
    vec![
        (t.keywords, list(about.keywords.iter().map(|(word, _)| word.clone()).collect())),
        (t.more_here, odds(true)),
        (t.less_here, odds(false)),
        (t.synonyms, list(pairs)),
    ]
}

/// Returns the trainer's own words that stand in a text, as a line; `None` without one.
pub fn own(cut: &Cut, words: &Words) -> Option<String> {
    let own: Vec<&str> = cut.own.iter().map(|word| word.text.as_str()).collect();
    (!own.is_empty()).then(|| fill(words.wording.own, &[("words", &own.join(" "))]))
}
