//! Known values of entities, as a model keeps them: hashes of phrases, so that no customer's words travel in it.

use std::collections::{BTreeMap, HashMap};

use xxhash_rust::xxh3::xxh3_64;

use crate::domain::label::Mark;
use crate::domain::range::ByteRange;
use crate::nlu::tagger::units::{Unit, units};

/// Phrases with the entities they are values of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dictionary {
    /// By the phrase's hash: each entity with how many texts marked it so.
    pub(super) phrases: HashMap<u64, BTreeMap<u16, u32>>,
    /// Units of the longest phrase.
    pub(super) longest: usize,
}

/// A phrase of the dictionary found in a text, by units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub entity: u16,
    pub start: usize,
    pub end: usize,
}

/// What a phrase in one text counts as when that text is being learned from.
pub type Own = HashMap<(u64, u16), u32>;

impl Dictionary {
    /// Adds a value as if so many texts had marked it.
    pub fn add(&mut self, phrase: &str, entity: u16, times: u32) {
        let cut = units(phrase);
        if cut.is_empty() {
            return;
        }
        self.longest = self.longest.max(cut.len());
        *self.phrases.entry(key(phrase, &cut)).or_default().entry(entity).or_default() += times;
    }

    /// Returns what a text's own marks gave the dictionary.
    pub fn own(text: &str, marks: &[(ByteRange, u16)]) -> Own {
        let mut own = Own::new();
        for (range, entity) in marks {
            let phrase = range.of(text);
            *own.entry((key(phrase, &units(phrase)), *entity)).or_default() += 1;
        }
        own
    }

    /// Finds phrases from left to right, the longest at each place; of two entities the one marked oftener.
    ///
    /// What `own` gave does not count: a text that is learned from must not find itself.
    pub fn hits(&self, text: &str, cut: &[Unit], own: &Own) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut start = 0;
        while start < cut.len() {
            let longest = (start + 1..=(start + self.longest).min(cut.len())).rev();
            let found = longest.filter_map(|end| Some((end, self.entity(key(text, &cut[start..end]), own)?))).next();
            match found {
                Some((end, entity)) => {
                    hits.push(Hit { entity, start, end });
                    start = end;
                }
                None => start += 1,
            }
        }
        hits
    }

    /// Finds the values of a text as marks, with the entities' names.
    pub fn find(&self, text: &str, entities: &[String]) -> Vec<Mark> {
        let cut = units(text);
        let mark = |hit: Hit| Mark {
            range: ByteRange { start: cut[hit.start].range.start, end: cut[hit.end - 1].range.end },
            entity: entities.get(usize::from(hit.entity)).cloned().unwrap_or_default(),
            value: String::new(),
        };
        self.hits(text, &cut, &Own::new()).into_iter().map(mark).collect()
    }

    fn entity(&self, phrase: u64, own: &Own) -> Option<u16> {
        let known = self.phrases.get(&phrase)?;
        let count = |(entity, times): (&u16, &u32)| {
            (times.saturating_sub(own.get(&(phrase, *entity)).copied().unwrap_or(0)), *entity)
        };
        let (times, entity) =
            known.iter().map(count).max_by_key(|(times, entity)| (*times, std::cmp::Reverse(*entity)))?;
        (times > 0).then_some(entity)
    }
}

/// Identifies a phrase by its units in lower case, whatever blanks stand between.
fn key(text: &str, cut: &[Unit]) -> u64 {
    let words: Vec<String> = cut.iter().map(|unit| unit.range.of(text).to_lowercase()).collect();
    xxh3_64(words.join("\u{1f}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary() -> Dictionary {
        let mut dictionary = Dictionary::default();
        dictionary.add("信用卡", 0, 1);
        dictionary.add("白金 信用卡", 0, 1);
        dictionary.add("new york", 1, 2);
        dictionary.add("new york", 0, 1);
        dictionary
    }

    fn found(text: &str) -> Vec<(String, String)> {
        let entities = ["card".to_string(), "city".to_string()];
        let marks = dictionary().find(text, &entities);
        marks.into_iter().map(|mark| (mark.range.of(text).to_string(), mark.entity)).collect()
    }

    #[test]
    fn the_longest_value_wins_and_blanks_and_case_do_not_matter() {
        let pair = |text: &str, entity: &str| (text.to_string(), entity.to_string());
        assert_eq!(found("我要白金信用卡和信用卡"), [pair("白金信用卡", "card"), pair("信用卡", "card")]);
        assert_eq!(found("to New  York!"), [pair("New  York", "city")]);
        assert_eq!(found("新的"), []);
    }

    #[test]
    fn a_text_does_not_find_itself() {
        let text = "办信用卡";
        let marks = [(ByteRange::new(3, 12), 0)];
        let own = Dictionary::own(text, &marks);
        assert!(dictionary().hits(text, &units(text), &own).is_empty());
        assert_eq!(dictionary().hits(text, &units(text), &Own::new()).len(), 1);
    }
}
