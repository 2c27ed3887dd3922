//! Words to look for in folded texts, folded once: one walk over a text finds them all.

use std::ops::Range;

use crate::dialogue::hear::fold::{fold, stands_alone};

/// A list of words, ready to be looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Words {
    /// By their first character, in its order; each with the number it was given, in the order of the list.
    by_first: Vec<(char, Vec<(String, usize)>)>,
    /// A bit for each of those characters, by its last six bits: most characters of a text begin no word, which is seen
    /// at once.
    firsts: u64,
}

impl Words {
    /// Folds words, each with a number of its own or shared; an empty word is nowhere.
    pub fn of<'w>(words: impl IntoIterator<Item = (usize, &'w str)>) -> Self {
        let mut all = Self::default();
        for (number, word) in words {
            let word = fold(word);
            let Some(first) = word.chars().next() else { continue };
            all.firsts |= bit(first);
            match all.by_first.binary_search_by_key(&first, |(first, _)| *first) {
                Ok(at) => all.by_first[at].1.push((word, number)),
                Err(at) => all.by_first.insert(at, (first, vec![(word, number)])),
            }
        }
        all
    }

    /// Folds the words of a list, each with its place.
    pub fn list(words: &[String]) -> Self {
        Self::of(words.iter().enumerate().map(|(place, word)| (place, word.as_str())))
    }

    /// Finds each place where a word stands alone, from left to right, with the word's number; at one place in the
    /// order of the list.
    pub fn places<'t>(&'t self, folded: &'t str) -> impl Iterator<Item = (Range<usize>, usize)> + 't {
        let begins = move |(_, first): &(usize, char)| self.firsts & bit(*first) != 0;
        folded.char_indices().filter(begins).flat_map(move |(start, first)| {
            let here = self.by_first.binary_search_by_key(&first, |(first, _)| *first);
            let here = here.map_or(&[][..], |at| self.by_first[at].1.as_slice());
            let starts = here.iter().filter(move |(word, _)| folded[start..].starts_with(word.as_str()));
            starts
                .map(move |(word, number)| (start..start + word.len(), *number))
                .filter(|(range, _)| stands_alone(folded, range.start, range.end))
        })
    }

    /// Returns the lowest number of a word that stands somewhere in the text.
    pub fn first(&self, folded: &str) -> Option<usize> {
        self.places(folded).map(|(_, number)| number).min()
    }

    /// Tells whether one of the words stands in the text.
    pub fn any(&self, folded: &str) -> bool {
        self.places(folded).next().is_some()
    }
}

fn bit(c: char) -> u64 {
    1 << (c as u32 & 63)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::hear::fold::places;
    use proptest::prelude::*;

    #[test]
    fn the_order_of_the_list_decides_not_that_of_the_text() {
        let words = Words::list(&["投诉".to_owned(), "举报".to_owned(), String::new()]);
        assert_eq!(words.first("我要舉報和投诉"), Some(0));
        assert_eq!(words.first("我要举报"), Some(1));
        assert!(!words.any("") && !Words::default().any("投诉"));
    }

    proptest! {
        #[test]
        fn a_word_is_found_where_looking_for_it_alone_finds_it_first(
            text in "[甲乙ab1 ]{0,10}",
            list in prop::collection::vec("[甲乙ab1]{1,3}", 0..5),
        ) {
            let words = Words::list(&list);
            for (place, word) in list.iter().enumerate() {
                let found = words.places(&text).find(|(_, number)| *number == place).map(|(range, _)| range);
                let alone = places(&text, word).next();
                // Looked for alone, a word may be hidden behind an earlier place of its own that is cut out of another.
                prop_assert!(found == alone || alone.is_none() || found.as_ref().is_some_and(|f| f.start < alone.as_ref().map_or(0, |a| a.start)));
                prop_assert!(alone.is_none() || found.is_some());
            }
        }
    }
}
