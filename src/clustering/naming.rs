//! The words that set a cluster apart (c-TF-IDF, as BERTopic names topics).
//!
//! A word scores by its share of a cluster's words, times ln(1 + mean words of a cluster ÷ its frequency over
//! all), and by how well its kind names a subject: things before deeds. A text counts by 1 + ln of its customers, so
//! that one sentence said ten thousand times is heard but does not drown the others. Words are words, never whole
//! sentences, and in a cluster of some size a word that hardly anybody uses is no name for all.

use std::collections::HashMap;

use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use crate::text::segment::Segmenter;
use crate::text::terms::naming_terms;

/// A cluster has at most this many words.
pub const WORDS: usize = 6;
/// A longer "word" is no word.
const LONGEST: usize = 24;
/// A word is used by this share of the members at least, where there are more than a few.
const USED: f64 = 0.04;
/// So many members, core first, tell what a cluster is about.
const HEARD: usize = 200;

/// Returns the words of each cluster, best first; `clusters` holds texts with their customers.
///
/// A cluster of texts without content words has none.
pub fn words(clusters: &[Vec<(&str, u64)>], segmenter: &Segmenter) -> Vec<Vec<String>> {
    let counts: Vec<Vec<Counted>> = clusters.par_iter().map(|texts| count(texts, segmenter)).collect();
    let mut overall: HashMap<&str, f64, Xxh3DefaultBuilder> = HashMap::default();
    let mut total = 0.0;
    for counted in counts.iter().flatten() {
        *overall.entry(&counted.term).or_insert(0.0) += counted.times;
        total += counted.times;
    }
    let mean = total / clusters.len().max(1) as f64;
    counts
        .par_iter()
        .zip(clusters)
        .map(|(counts, texts)| {
            let length: f64 = counts.iter().map(|counted| counted.times).sum();
            let least = (texts.len().min(HEARD) as f64 * USED).ceil().min(5.0) as usize;
            let mut scored: Vec<(f64, &str)> = counts
                .iter()
                .filter(|counted| counted.texts >= least)
                .map(|counted| {
                    let apart = (1.0 + mean / overall[counted.term.as_str()]).ln();
                    (counted.times / length * apart * f64::from(counted.fit), counted.term.as_str())
                })
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

/// A word of a cluster.
struct Counted {
    term: String,
    /// How often it is said, weighed by customers.
    times: f64,
    /// How many members use it.
    texts: usize,
    /// How well its kind names a subject.
    fit: f32,
}

/// Counts naming words; ordered by word, so that sums are the same every time.
fn count(texts: &[(&str, u64)], segmenter: &Segmenter) -> Vec<Counted> {
    let mut all: Vec<(String, usize, f64, f32)> = Vec::new();
    for (i, (text, customers)) in texts.iter().take(HEARD).enumerate() {
        let weight = 1.0 + ((*customers).max(1) as f64).ln();
        let words = naming_terms(segmenter, text).into_iter().filter(|(word, _)| word.chars().count() <= LONGEST);
        all.extend(words.map(|(term, fit)| (term, i, weight, fit)));
    }
    all.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1)));
    all.chunk_by(|a, b| a.0 == b.0)
        .map(|same| Counted {
            term: same[0].0.clone(),
            times: same.iter().map(|said| said.2).sum(),
            texts: same.chunk_by(|a, b| a.1 == b.1).count(),
            fit: same.iter().fold(0.0, |best, said| f32::max(best, said.3)),
        })
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
    fn a_word_hardly_anybody_uses_names_nothing() {
        let mut texts = vec!["怎么申请退款"; 60];
        texts.push("我的猫把快递单撕了，怎么申请退款");
        assert_eq!(words_of(&[&texts, &["激活信用卡"]])[0], ["申请", "退款"]);
    }

    #[test]
    fn fragments_tags_and_small_words_name_nothing() {
        let words =
            words_of(&[&["你们这着样一直不给<phone>退款", "哎着样又不退款", "就着样吧，退款"], &["激活信用卡"]]);
        assert_eq!(words[0], ["退款"]);
    }

    #[test]
    fn a_cluster_of_signs_has_no_words() {
        assert_eq!(words_of(&[&["……", "？？", ""]]), [Vec::<String>::new()]);
    }
}
