//! Words of one group of texts against those of the others: what it is about, and what sets it apart.
//!
//! What it is about is c-TF-IDF: a word's share of the group, times ln(1 + mean words of a group ÷ its frequency over all).
//! What sets it apart is the log-odds of a word here against elsewhere, held to how often all say it (an informative
//! Dirichlet prior, Monroe, Colaresi and Quinn 2008), in standard errors: words from about 2 on are no chance.

use std::collections::BTreeMap;

/// Words with how often they are said.
pub type Counts = BTreeMap<String, f64>;

/// Returns the words a group is about, best first, with their scores.
pub fn keywords(group: &Counts, all: &Counts, groups: usize) -> Vec<(String, f64)> {
    let (own, total) = (group.values().sum::<f64>(), all.values().sum::<f64>());
    let mean = total / groups.max(1) as f64;
    let score = |word: &String, times: f64| times / own * (1.0 + mean / all.get(word).copied().unwrap_or(times)).ln();
    sorted(group.iter().map(|(word, times)| (word.clone(), score(word, *times))))
}

/// Returns the words that set a group apart from the others, the strongest first: positive said more here, negative less.
pub fn apart(group: &Counts, all: &Counts) -> Vec<(String, f64)> {
    // The prior speaks as loudly as so many words.
    const PRIOR: f64 = 20.0;
    let (own, total) = (group.values().sum::<f64>(), all.values().sum::<f64>());
    let elsewhere = total - own;
    if own == 0.0 || elsewhere <= 0.0 {
        return Vec::new();
    }
    let score = |word: &String, everywhere: f64| {
        let here = group.get(word).copied().unwrap_or(0.0);
        let there = (everywhere - here).max(0.0);
        let prior = PRIOR * everywhere / total;
        // A half keeps the odds of what everybody says finite.
        let odds = |times: f64, of: f64| ((times + prior) / (of + PRIOR - times - prior + 0.5)).ln();
        let spread = 1.0 / (here + prior) + 1.0 / (there + prior);
        (odds(here, own) - odds(there, elsewhere)) / spread.sqrt()
    };
    let mut words: Vec<(String, f64)> = all.iter().map(|(word, times)| (word.clone(), score(word, *times))).collect();
    words.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(&b.0)));
    words
}

fn sorted(words: impl Iterator<Item = (String, f64)>) -> Vec<(String, f64)> {
    let mut words: Vec<(String, f64)> = words.collect();
    words.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counts(words: &[(&str, f64)]) -> Counts {
        words.iter().map(|(word, times)| ((*word).to_string(), *times)).collect()
    }

    #[test]
    fn what_all_say_is_no_keyword_and_what_others_say_tells_too() {
        let group = counts(&[("退款", 8.0), ("怎么", 6.0)]);
        let all = counts(&[("退款", 9.0), ("怎么", 40.0), ("快递", 30.0)]);
        assert_eq!(keywords(&group, &all, 4)[0].0, "退款");
        let apart = apart(&group, &all);
        assert_eq!(apart[0].0, "退款");
        assert!(apart.iter().any(|(word, odds)| word == "快递" && *odds < -1.0), "{apart:?}");
    }

    #[test]
    fn a_group_alone_is_set_apart_from_nothing() {
        let group = counts(&[("退款", 8.0)]);
        assert_eq!(apart(&group, &group), []);
        assert_eq!(keywords(&Counts::new(), &group, 1), []);
    }

    proptest! {
        #[test]
        fn scores_are_numbers_and_a_word_of_the_group_alone_speaks_for_it(
            here in prop::collection::btree_map("[a-f]", 1u8..20, 1..6),
            there in prop::collection::btree_map("[d-k]", 1u8..20, 1..6),
        ) {
            let of = |words: &BTreeMap<String, u8>| -> Counts {
                words.iter().map(|(word, times)| (word.clone(), f64::from(*times))).collect()
            };
            let group = of(&here);
            let mut all = group.clone();
            of(&there).into_iter().for_each(|(word, times)| *all.entry(word).or_insert(0.0) += times);
            for (word, odds) in apart(&group, &all) {
                prop_assert!(odds.is_finite());
                if !there.contains_key(&word) {
                    prop_assert!(odds > 0.0, "{word} {odds}");
                }
            }
            prop_assert!(keywords(&group, &all, 2).iter().all(|(_, score)| score.is_finite() && *score > 0.0));
        }
    }
}
