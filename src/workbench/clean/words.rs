//! The trainer's dictionary: words the segmenter keeps whole, changed while one works and felt at once.

use std::collections::BTreeMap;

use crate::domain::event::Act;
use crate::domain::label::Word;
use crate::store::history::Deed;
use crate::workbench::error::Result;
use crate::workbench::project::{Project, now};

/// Returns the trainer's words in their order.
pub fn words(project: &Project) -> Result<Vec<Word>> {
    Ok(project.store.words()?)
}

/// Makes the dictionary exactly these words, as one event; returns how many came or changed, and how many went.
pub fn set(project: &mut Project, wanted: &[Word]) -> Result<(u64, u64)> {
    let known: BTreeMap<String, String> =
        project.store.words()?.into_iter().map(|word| (word.text, word.tag)).collect();
    let wanted: BTreeMap<&str, &Word> = wanted.iter().map(|word| (word.text.as_str(), word)).collect();
    let came: Vec<&Word> = wanted.values().copied().filter(|word| known.get(&word.text) != Some(&word.tag)).collect();
    let gone: Vec<&String> = known.keys().filter(|text| !wanted.contains_key(text.as_str())).collect();
    if came.is_empty() && gone.is_empty() {
        return Ok((0, 0));
    }
    let (op, actor) = (project.op(), project.actor().to_string());
    let subject = came.first().map(|word| word.text.as_str()).or(gone.first().map(|text| text.as_str())).unwrap_or("");
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Words, subject };
    project.store.act(&deed, |recorder| {
        gone.iter().try_for_each(|text| recorder.remove_word(text))?;
        came.iter().try_for_each(|word| recorder.put_word(word))
    })?;
    Ok((came.len() as u64, gone.len() as u64))
}

/// Writes words as lines, a word and its part of speech each.
pub fn as_lines(words: &[Word]) -> String {
    words.iter().map(|word| format!("{} {}", word.text, word.tag).trim_end().to_owned() + "\n").collect()
}

/// Reads words from lines; a line is a word and, after a blank, its part of speech.
///
/// A word may hold blanks itself (`credit card n`); the last field is a part of speech when it is one or two letters.
pub fn from_lines(lines: &str) -> Vec<Word> {
    lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let is_tag = |tag: &&str| (1..=3).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_lowercase());
            match line.rsplit_once([' ', '\t', '\u{3000}']).filter(|(_, tag)| is_tag(tag)) {
                Some((text, tag)) => Word { text: text.trim().to_owned(), tag: tag.to_owned() },
                None => Word { text: line.to_owned(), tag: String::new() },
            }
        })
        .collect()
}

/// Returns a text cut into words with their parts of speech, by the dictionary as it stands.
pub fn cut(project: &mut Project, text: &str) -> Result<Vec<(String, String)>> {
    let segmenter = project.segmenter()?;
    Ok(segmenter.tagged(text).into_iter().map(|(word, tag)| (word.to_owned(), tag.to_owned())).collect())
}
