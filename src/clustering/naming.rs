//! The words that set a cluster apart (c-TF-IDF, as BERTopic names topics).
//!
//! A word scores by its share of a cluster's words, times ln(1 + mean words of a cluster ÷ its frequency over
//! all). A text counts by 1 + ln of its customers, so that one sentence said ten thousand times is heard but
//! does not drown the others. Words are words, never whole sentences.

use std::collections::HashMap;

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use crate::text::segment::Segmenter;
use crate::text::terms::terms;

/// A cluster has at most this many words.
pub const WORDS: usize = 6;
/// A longer "word" is no word.
const LONGEST: usize = 24;

/// Returns the words of each cluster, best first; `clusters` holds texts with their customers.
///
/// A cluster of texts without content words has none.
pub fn words(clusters: &[Vec<(&str, u64)>], segmenter: &Segmenter) -> Vec<Vec<String>> {
    let counts: Vec<Vec<(String, f64)>> = clusters.par_iter().map(|texts| count(texts, segmenter)).collect();
    let mut overall: HashMap<&str, f64, Xxh3DefaultBuilder> = HashMap::default();
    let mut total = 0.0;
    for (term, times) in counts.iter().flatten() {
        *overall.entry(term).or_insert(0.0) += times;
        total += times;
    }
    let mean = total / clusters.len().max(1) as f64;
    counts
        .par_iter()
        .map(|counts| {
            let length: f64 = counts.iter().map(|(_, times)| times).sum();
            let mut scored: Vec<(f64, &str)> = counts
                .iter()
                .map(|(term, times)| (times / length * (1.0 + mean / overall[term.as_str()]).ln(), term.as_str()))
                .collect();
            scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
            pick(&scored)
        })
        .collect()
}

/// Takes the best words, leaving out those that say a part of what is taken, or the same longer.
fn pick(scored: &[(f64, &str)]) -> Vec<String> {
    let mut picked: Vec<String> = Vec::new();
    for (_, term) in scored {
        if picked.len() == WORDS {
            break;
        }
        if !picked.iter().any(|p| p.contains(term) || term.contains(p.as_str())) {
            picked.push((*term).to_owned());
        }
    }
    picked
}

/// Counts content words; ordered by word, so that sums are the same every time.
fn count(texts: &[(&str, u64)], segmenter: &Segmenter) -> Vec<(String, f64)> {
    let mut all: Vec<(String, f64)> = Vec::new();
    for (text, customers) in texts {
        let weight = 1.0 + ((*customers).max(1) as f64).ln();
        let words = terms(segmenter, text).into_iter().filter(|word| word.chars().count() <= LONGEST);
        all.extend(words.map(|term| (term, weight)));
    }
    all.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    all.chunk_by(|a, b| a.0 == b.0)
        .map(|same| (same[0].0.clone(), same.iter().map(|(_, weight)| weight).sum()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_of(clusters: &[&[&str]]) -> Vec<Vec<String>> {
        let clusters: Vec<Vec<(&str, u64)>> = clusters.iter().map(|c| c.iter().map(|t| (*t, 1)).collect()).collect();
        words(&clusters, Segmenter::general())
    }

    #[test]
    fn words_set_clusters_apart() {
        let words = words_of(&[
            &["信用卡怎么申请退款", "我要退款", "退款什么时候到账"],
            &["信用卡怎么激活", "激活失败怎么办", "请帮我激活"],
            &["where is my card delivery", "delivery is late", "track the delivery"],
        ]);
        assert_eq!(words[0][0], "退款");
        assert_eq!(words[1][0], "激活");
        assert_eq!(words[2][0], "delivery");
        assert!(words.iter().flatten().all(|w| w != "怎么" && w != "the" && w.chars().count() < 10), "{words:?}");
    }

    #[test]
    fn what_more_customers_say_comes_first() {
        let few = vec![("发票抬头", 1), ("运费", 1)];
        let many = vec![("发票抬头", 1), ("运费", 5000)];
        let of = |texts: &Vec<(&str, u64)>| words(&[texts.clone(), vec![("别的", 1)]], Segmenter::general())[0].clone();
        assert_ne!(of(&few)[0], "运费");
        assert_eq!(of(&many)[0], "运费");
    }

    #[test]
    fn a_cluster_of_signs_has_no_words() {
        assert_eq!(words_of(&[&["……", "？？", ""]]), [Vec::<String>::new()]);
    }
}
