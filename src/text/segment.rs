//! Cutting text into words, Chinese and English in one line. Segments join back to the input.

use std::cmp::Ordering;
use std::sync::OnceLock;

use jieba_rs::Jieba;

use crate::domain::label::Word;

/// The general dictionary, from jieba (MIT, see `assets/lexicons/README.md`).
static DICTIONARY: &[u8] = include_bytes!("../../assets/lexicons/jieba-dict.txt");

/// The shared segmenter without user words, once somebody asked for it.
static GENERAL: OnceLock<Segmenter> = OnceLock::new();

/// A segmenter with the general dictionary and a trainer's own words.
pub struct Segmenter {
    jieba: Jieba,
}

impl Segmenter {
    /// Returns a segmenter that also knows `words` and keeps them whole.
    ///
    /// Takes about 0.1 s and 34 MB; make one and keep it.
    pub fn new(words: &[Word]) -> Self {
        let mut jieba = Jieba::with_dict(&mut &DICTIONARY[..]).expect("the dictionary in the binary is well formed");
        for word in words {
            let tag = if word.tag.is_empty() { "n" } else { word.tag.as_str() };
            jieba.add_word(&word.text, Some(jieba.suggest_freq(&word.text).max(1000)), Some(tag));
        }
        Self { jieba }
    }

    /// Returns the shared segmenter without user words.
    pub fn general() -> &'static Segmenter {
        GENERAL.get_or_init(|| Segmenter::new(&[]))
    }

    /// Tells whether the shared segmenter is there already, so that asking for it costs nothing.
    pub fn is_loaded() -> bool {
        GENERAL.get().is_some()
    }

    /// Returns the words of `text`, blanks and signs included, so that they join back to it.
    pub fn words<'t>(&self, text: &'t str) -> Vec<&'t str> {
        self.jieba.cut(text, true).into_iter().map(|token| token.word).collect()
    }

    /// Returns how often a word would have to be counted so that it stays whole; what a new word is given at least.
    pub fn suggested(&self, word: &str) -> usize {
        self.jieba.suggest_freq(word)
    }

    /// Returns the words of `text` with their part-of-speech tags (`x` for signs and blanks).
    pub fn tagged<'t>(&'t self, text: &'t str) -> Vec<(&'t str, &'t str)> {
        self.jieba.tag(text, true).into_iter().map(|t| (t.word, t.tag)).collect()
    }
}

/// Returns how often the general dictionary counted `word`; `None` when it does not know it.
pub fn frequency(word: &str) -> Option<u64> {
    let (mut low, mut high) = (0, DICTIONARY.len());
    // The lines are sorted by their bytes, so halving finds the word without building a table.
    while low < high {
        let middle = DICTIONARY[low..(low + high) / 2].iter().rposition(|b| *b == b'\n').map_or(low, |at| low + at + 1);
        let end = DICTIONARY[middle..].iter().position(|b| *b == b'\n').map_or(DICTIONARY.len(), |at| middle + at);
        let mut fields = DICTIONARY[middle..end].split(|b| *b == b' ');
        match fields.next().unwrap_or_default().cmp(word.as_bytes()) {
            Ordering::Equal => return std::str::from_utf8(fields.next()?).ok()?.parse().ok(),
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = middle,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_user_word_stays_whole() {
        let plain = Segmenter::general().words("微粒贷怎么开通");
        assert!(!plain.contains(&"微粒贷"), "the general dictionary does not know it: {plain:?}");
        let own = Segmenter::new(&[Word { text: "微粒贷".into(), tag: "n".into() }]);
        assert_eq!(own.words("微粒贷怎么开通")[0], "微粒贷");
    }

    #[test]
    fn every_word_of_the_dictionary_is_found_with_its_count() {
        let lines: Vec<&str> = std::str::from_utf8(DICTIONARY).expect("it is UTF-8").lines().collect();
        for line in lines.iter().step_by(997).chain(lines.last()) {
            let mut fields = line.split(' ');
            let (word, count) = (fields.next().expect("a word"), fields.next().expect("a count"));
            assert_eq!(frequency(word), count.parse().ok(), "{word}");
        }
        assert_eq!(frequency("房代"), None);
        assert_eq!(frequency(""), None);
    }

    proptest! {
        #[test]
        fn segments_join_back(text in ".{0,40}|[你好信用卡 a-z0-9，。!]{0,40}") {
            prop_assert_eq!(Segmenter::general().words(&text).concat(), text);
        }
    }
}
