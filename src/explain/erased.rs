//! What a purge erased, or would erase, as a sentence.

use crate::i18n::{Lang, Words, fill};
use crate::store::purge::Erased;

/// Returns the question or the report: `phrase` with what goes and what follows from it.
pub fn erased(erased: &Erased, backups: usize, phrase: &str, words: &Words) -> String {
    let t = &words.privacy;
    let counts = [
        erased.turns,
        erased.conversations,
        erased.texts,
        erased.labels,
        erased.rows,
        erased.chats,
        erased.rehearsals,
        erased.runs,
        erased.clusters,
        erased.places,
    ];
    let mut parts: Vec<String> = counts
        .iter()
        .zip(t.kinds)
        .filter(|(count, _)| **count > 0)
        .map(|(count, kind)| fill(kind, &[("n", &count.to_string())]))
        .collect();
    if backups > 0 {
        parts.push(fill(t.backups, &[("n", &backups.to_string())]));
    }
    let comma = if words.lang == Lang::Zh { "、" } else { ", " };
    let gap = if words.lang == Lang::Zh { "" } else { " " };
    let more = if erased.runs > 0 { format!("{}{gap}{}", t.retrain, t.elsewhere) } else { t.elsewhere.to_string() };
    fill(phrase, &[("what", &parts.join(comma)), ("more", &more)])
}
