//! Words that stand for each other: where two sentences that mean the same differ in one word alone, the two words may be
//! one. Candidates only; a trainer decides.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::text::segment::Segmenter;
use crate::text::terms::is_stop_word;

/// Two words with how many places they share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub one: String,
    pub other: String,
    pub places: usize,
}

/// The longest sentence looked at, in words; longer ones seldom differ in one.
const LONGEST: usize = 24;

/// Returns the pairs of words that stand in the same place of sentences of one group, the most places first.
///
/// A group is sentences that mean the same (the similar questions of an intent), by number.
pub fn pairs<'t>(sentences: impl IntoIterator<Item = (usize, &'t str)>, segmenter: &Segmenter) -> Vec<Pair> {
    // A group and what stands around a gap: the words that fill it.
    let mut gaps: HashMap<(usize, String), BTreeSet<String>> = HashMap::new();
    for (group, text) in sentences {
        let lower = text.to_lowercase();
        let words: Vec<&str> =
            segmenter.words(&lower).into_iter().filter(|word| word.chars().any(char::is_alphanumeric)).collect();
        if words.len() < 2 || words.len() > LONGEST {
            continue;
        }
        for at in (0..words.len()).filter(|at| is_word(words[*at])) {
            let around = format!("{}\u{0}{}", words[..at].join("\u{1}"), words[at + 1..].join("\u{1}"));
            gaps.entry((group, around)).or_default().insert(words[at].to_string());
        }
    }
    let mut found: BTreeMap<(String, String), usize> = BTreeMap::new();
    for words in gaps.into_values().filter(|words| words.len() > 1) {
        let words: Vec<String> = words.into_iter().collect();
        for (at, one) in words.iter().enumerate() {
            for other in &words[at + 1..] {
                *found.entry((one.clone(), other.clone())).or_default() += 1;
            }
        }
    }
    let mut pairs: Vec<Pair> = found.into_iter().map(|((one, other), places)| Pair { one, other, places }).collect();
    pairs.sort_by(|a, b| b.places.cmp(&a.places).then_with(|| (&a.one, &a.other).cmp(&(&b.one, &b.other))));
    pairs
}

fn is_word(word: &str) -> bool {
    word.chars().any(char::is_alphabetic) && !word.chars().any(char::is_numeric) && !is_stop_word(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_one_place_of_similar_questions_are_candidates() {
        let sentences = [
            (0, "如何修改密码"),
            (0, "如何更改密码"),
            (0, "修改密码失败"),
            (0, "更改密码失败"),
            (0, "重置密码失败"),
            (1, "如何查询密码"),
            (0, "how do I change my password"),
            (0, "how do I alter my password"),
            (0, "存3万元"),
            (0, "存5万元"),
        ];
        let found = pairs(sentences, Segmenter::general());
        assert_eq!(found[0], Pair { one: "修改".into(), other: "更改".into(), places: 2 });
        assert!(found.iter().any(|pair| (pair.one.as_str(), pair.other.as_str()) == ("alter", "change")));
        assert!(
            found.iter().all(|pair| pair.one != "查询" && pair.other != "查询"),
            "another group means other things"
        );
        assert!(found.iter().all(|pair| !pair.one.contains(['3', '5'])), "numbers are no synonyms: {found:?}");
    }

    #[test]
    fn the_order_of_sentences_changes_nothing() {
        let sentences = [(0, "办信用卡"), (0, "开信用卡"), (0, "申请信用卡"), (1, "查余额"), (1, "看余额")];
        let mut turned = sentences;
        turned.reverse();
        assert_eq!(pairs(sentences, Segmenter::general()), pairs(turned, Segmenter::general()));
    }
}
