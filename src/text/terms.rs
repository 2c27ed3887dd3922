//! The words of a text that say what it is about.
//!
//! Called where clusters and intents get names. Not here: weighing words against each other (`clustering`),
//! features of a model (`nlu`), which need the small words too.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::text::language::next_tag;
use crate::text::segment::Segmenter;

/// Returns the content words of `text` in their order, in lower case: no stop words, signs, numbers or tags.
///
/// ```
/// use daoshi::text::{segment::Segmenter, terms::terms};
/// assert_eq!(terms(Segmenter::general(), "请问信用卡怎么还款？"), ["信用卡", "还款"]);
/// ```
pub fn terms(segmenter: &Segmenter, text: &str) -> Vec<String> {
    let words = untagged(text).flat_map(|part| segmenter.words(part));
    words.map(str::to_lowercase).filter(|word| is_content(word)).collect()
}

/// Returns the content words of `text` that may name a subject, each with how well words of its kind do so, 0 to 1.
///
/// Things say most, then deeds and qualities. What the dictionary does not know is a fragment the segmenter cut where
/// no word is; what only joins, counts, points or colours names nothing.
///
/// ```
/// use daoshi::text::{segment::Segmenter, terms::naming_terms};
/// let words: Vec<String> = naming_terms(Segmenter::general(), "你说好着样一直还款失败").into_iter().map(|t| t.0).collect();
/// assert_eq!(words, ["说好", "还款", "失败"]);
/// ```
pub fn naming_terms(segmenter: &Segmenter, text: &str) -> Vec<(String, f32)> {
    let words = untagged(text).flat_map(|part| segmenter.tagged(part));
    words
        .filter_map(|(word, tag)| {
            let fit = fitness(tag);
            let word = word.to_lowercase();
            let one = word.chars().nth(1).is_none();
            (fit > 0.0 && is_content(&word)).then_some((word, if one { fit * SINGLE } else { fit }))
        })
        .collect()
}

/// A single character is seldom a name: 卡 is, 办 and 打 are not.
const SINGLE: f32 = 0.3;

/// How well words of a part of speech name a subject (tags of jieba's dictionary).
fn fitness(tag: &str) -> f32 {
    match tag {
        // 是, 有 and their kin, place words, times.
        "vshi" | "vyou" | "f" | "t" | "tg" => 0.0,
        "eng" | "vn" | "j" => 1.0,
        // Many things of business stand in the dictionary as adjectives: 合同.
        _ if tag.starts_with(['n', 'a', 'i', 's', 'b']) => 1.0,
        _ if tag.starts_with('v') => 0.8,
        "l" => 0.5,
        _ => 0.0,
    }
}

/// Returns the parts of `text` outside of tags such as `<phone>`.
fn untagged(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let Some((start, end)) = next_tag(text, 0) else { return Some(text) };
        rest = Some(&text[end..]);
        Some(&text[..start])
    })
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
