//! Words a text may start with, all looked for at once.

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};

/// A set of words; the case of Latin letters does not count.
pub(crate) struct Starts(AhoCorasick);

impl Starts {
    /// Returns the set of these words.
    pub(crate) fn of(words: &[&str]) -> Self {
        let built = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            .build(words);
        Self(built.expect("the words are constants"))
    }

    /// Returns the bytes of the longest word `text` starts with.
    pub(crate) fn longest(&self, text: &str) -> Option<usize> {
        self.0.find(Input::new(text).anchored(Anchored::Yes)).map(|found| found.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_longest_word_a_text_starts_with_is_found(
            words in prop::collection::vec("[ab想问]{1,3}", 1..6), text in "[abAB想问]{0,5}",
        ) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let small = text.to_ascii_lowercase();
            let longest = words.iter().filter(|word| small.starts_with(**word)).map(|word| word.len()).max();
            prop_assert_eq!(Starts::of(&words).longest(&text), longest);
        }
    }
}
