//! Words of the trade that were heard or typed as others of the same sound: 花被 for 花呗.
//!
//! Called where a trainer looks through proposals; nothing is changed by itself, because a right word may
//! sound like a term too. Not here: the dictionary of the trade, which is the project's.

use std::collections::{HashMap, HashSet};

use crate::domain::range::ByteRange;
use crate::text::clean::scan::is_han;
use crate::text::pinyin::syllables;
use crate::text::segment::{Segmenter, frequency};

/// A general word counted this often is taken to be meant; below it a term of the trade is likelier.
const COMMON: u64 = 200;

/// One proposal: `word` instead of what stands at `range`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub range: ByteRange,
    pub word: String,
}

/// The terms of a project by their sound.
#[derive(Debug, Clone, Default)]
pub struct Homophones {
    by_sound: HashMap<Vec<String>, String>,
    terms: HashSet<String>,
    longest: usize,
}

impl Homophones {
    /// Returns a table of `terms`; only those of two Chinese characters or more can be proposed.
    pub fn new<'t>(terms: impl IntoIterator<Item = &'t str>) -> Self {
        let mut table = Self::default();
        for term in terms {
            let length = term.chars().count();
            if length >= 2 && term.chars().all(is_han) {
                table.by_sound.entry(syllables(term)).or_insert_with(|| term.to_owned());
                table.terms.insert(term.to_owned());
                table.longest = table.longest.max(length);
            }
        }
        table
    }

    /// Returns what `text` may have meant, in the order of the text, apart from each other.
    pub fn proposals(&self, segmenter: &Segmenter, text: &str) -> Vec<Proposal> {
        let mut proposals = Vec::new();
        let mut bounds = vec![0];
        for word in segmenter.words(text) {
            bounds.push(bounds[bounds.len() - 1] + word.len());
        }
        let mut first = 0;
        while first + 1 < bounds.len() {
            // The longest stretch of whole words that sounds like a term wins.
            let found = (first + 1..bounds.len())
                .take_while(|last| bounds[*last] - bounds[first] <= self.longest * '卡'.len_utf8())
                .filter_map(|last| Some((last, self.meant(&text[bounds[first]..bounds[last]], last - first == 1)?)))
                .last();
            match found {
                Some((last, word)) => {
                    let range = ByteRange::new(bounds[first], bounds[last]);
                    proposals.push(Proposal { range, word: word.to_owned() });
                    first = last;
                }
                None => first += 1,
            }
        }
        proposals
    }

    /// Returns the term that `written` sounds like, unless it is likelier meant as it stands.
    fn meant(&self, written: &str, one_word: bool) -> Option<&str> {
        if !written.chars().all(is_han) || written.chars().count() < 2 || self.terms.contains(written) {
            return None;
        }
        let term = self.by_sound.get(&syllables(written))?;
        let common = one_word && frequency(written).is_some_and(|count| count >= COMMON);
        (!common).then_some(term.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposals(text: &str) -> Vec<(String, String)> {
        Homophones::new(["花呗", "房贷", "额度", "逾期", "提前还款"])
            .proposals(Segmenter::general(), text)
            .into_iter()
            .map(|p| (p.range.of(text).to_owned(), p.word))
            .collect()
    }

    #[test]
    fn a_term_of_the_same_sound_is_proposed() {
        assert_eq!(proposals("花被怎么关"), [("花被".to_owned(), "花呗".to_owned())]);
        assert_eq!(proposals("我的房代提前还款"), [("房代".to_owned(), "房贷".to_owned())]);
    }

    #[test]
    fn terms_and_common_words_are_left_alone() {
        for text in ["花呗怎么关", "这和预期不一样", "你们太恶毒了", "how to close it", ""] {
            assert_eq!(proposals(text), [], "{text}");
        }
    }
}
