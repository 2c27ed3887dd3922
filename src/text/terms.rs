//! The words of a text that say what it is about.
//!
//! Called where clusters and intents get names. Not here: weighing words against each other (`clustering`),
//! features of a model (`nlu`), which need the small words too.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::text::language::tag_end;
use crate::text::segment::Segmenter;

/// Returns the content words of `text` in their order, in lower case: no stop words, signs, numbers or tags.
///
/// ```
/// use daoshi::text::{segment::Segmenter, terms::terms};
/// assert_eq!(terms(Segmenter::general(), "请问信用卡怎么还款？"), ["信用卡", "还款"]);
/// ```
pub fn terms(segmenter: &Segmenter, text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let tag = rest.match_indices('<').find_map(|(at, _)| tag_end(&rest[at..]).map(|end| (at, at + end)));
        let (start, end) = tag.unwrap_or((rest.len(), rest.len()));
        for word in segmenter.words(&rest[..start]) {
            let word = word.to_lowercase();
            if is_content(&word) {
                out.push(word);
            }
        }
        rest = &rest[end..];
    }
    out
}

/// Tells whether `word` (in lower case) is a small word that says nothing about a topic.
pub fn is_stop_word(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| include_str!("../../assets/lexicons/stop-words.txt").split_whitespace().collect());
    WORDS.contains(word)
}

fn is_content(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let long_enough = letters > 1 || word.chars().any(|c| c > '\u{2e80}' && c.is_alphabetic());
    letters > 0 && long_enough && !is_stop_word(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_words_with_content_remain() {
        let check = |text: &str, expected: &[&str]| assert_eq!(terms(Segmenter::general(), text), expected, "{text}");
        check("我的<phone>收不到验证码<emo:发怒>", &["收不到", "验证码"]);
        check("How do I activate my Card?", &["activate", "card"]);
        check("APP闪退3次，怎么办", &["app", "闪退"]);
        check("？？", &[]);
    }

    proptest! {
        #[test]
        fn every_term_stands_in_the_text(text in "[信用卡怎么还款的<>a-zA-Z0-9 ，。？]{0,30}") {
            for term in terms(Segmenter::general(), &text) {
                prop_assert!(text.to_lowercase().contains(&term));
                prop_assert!(!is_stop_word(&term));
            }
        }
    }
}
