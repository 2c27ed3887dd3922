//! Questions compared by their words: BM25 and c-TF-IDF of entries, TF-IDF of single questions.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::domain::label::Word;
use crate::nlu::terms;
use crate::text::segment::Segmenter;

/// The terms of a text with their counts, in order of their hashes.
pub type Bag = Vec<(u64, f32)>;

/// How texts are cut: with the trainer's own words, where there are some.
#[derive(Clone, Default)]
pub struct Cut {
    words: Vec<Word>,
    /// `None` is the one everybody shares.
    own: Option<Arc<Segmenter>>,
}

impl Cut {
    /// Returns the cut of words whose segmenter is at hand.
    pub fn of(words: Vec<Word>, segmenter: Arc<Segmenter>) -> Self {
        let own = (!words.is_empty()).then_some(segmenter);
        Self { words, own }
    }

    /// Returns the cut of words.
    pub fn new(words: Vec<Word>) -> Self {
        let own = (!words.is_empty()).then(|| Arc::new(Segmenter::new(&words)));
        Self { words, own }
    }

    /// Returns the trainer's own words.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// Returns what cuts.
    pub fn segmenter(&self) -> &Segmenter {
        match &self.own {
            Some(own) => own,
            None => Segmenter::general(),
        }
    }
}

/// Returns the terms of a text.
pub fn bag(text: &str, segmenter: &Segmenter) -> Bag {
    let folded = terms::fold(text, Some(segmenter));
    let mut counts: BTreeMap<u64, f32> = BTreeMap::new();
    for term in &folded.terms {
        *counts.entry(xxh3_64_with_seed(folded.of(*term).as_bytes(), term.kind as u64)).or_default() += 1.0;
    }
    counts.into_iter().collect()
}

/// Saturation and length of BM25, as everybody sets them.
const K: f32 = 1.2;
const B: f32 = 0.75;

/// Weights of terms in entries and questions, by term.
#[derive(Debug, Clone, Default)]
pub struct Lexical {
    /// By term: its rarity among entries, its rarity among all terms, entries with BM25 and c-TF-IDF weights.
    entries: HashMap<u64, Known>,
    /// By term: its rarity among questions, questions with their weights.
    questions: HashMap<u64, (f32, Vec<(u32, f32)>)>,
    count: usize,
    asked: usize,
}

#[derive(Debug, Clone, Default)]
struct Known {
    rare: f32,
    apart: f32,
    /// Entry, BM25 weight, c-TF-IDF weight.
    of: Vec<(u32, f32, f32)>,
}

/// What words say of a text and everything known.
#[derive(Debug, Clone, PartialEq)]
pub struct Likeness {
    /// For each entry: BM25 as a share of what the text's terms could give at most, and the c-TF-IDF cosine.
    pub entries: Vec<(f32, f32)>,
    /// For each question: the TF-IDF cosine.
    pub questions: Vec<f32>,
}

impl Lexical {
    /// Counts the questions of `entries` entries: for each question its entry and its terms.
    pub fn of(questions: &[(usize, &Bag)], entries: usize) -> Self {
        let mut whole: Vec<BTreeMap<u64, f32>> = vec![BTreeMap::new(); entries];
        for (entry, bag) in questions {
            bag.iter().for_each(|(term, count)| *whole[*entry].entry(*term).or_default() += count);
        }
        let lengths: Vec<f32> = whole.iter().map(|terms| terms.values().sum()).collect();
        let filled = lengths.iter().filter(|length| **length > 0.0).count().max(1) as f32;
        let mean = lengths.iter().sum::<f32>() / filled;
        let mut totals: BTreeMap<u64, (f32, f32)> = BTreeMap::new();
        for (term, count) in whole.iter().flatten() {
            let total = totals.entry(*term).or_default();
            *total = (total.0 + 1.0, total.1 + count);
        }
        let mut known: HashMap<u64, Known> = HashMap::with_capacity(totals.len());
        for (term, (among, total)) in &totals {
            let rare = (1.0 + (filled - among + 0.5) / (among + 0.5)).ln();
            known.insert(*term, Known { rare, apart: (1.0 + mean / total).ln(), of: Vec::new() });
        }
        for (entry, terms) in whole.iter().enumerate() {
            let length = lengths[entry];
            let apart = |term: &u64, count: &f32| count / length * known[term].apart;
            let norm = terms.iter().map(|(term, count)| apart(term, count).powi(2)).sum::<f32>().sqrt().max(1e-9);
            let rows: Vec<(u64, f32, f32)> = terms
                .iter()
                .map(|(term, count)| {
                    let saturated = count * (K + 1.0) / (count + K * (1.0 - B + B * length / mean));
                    (*term, known[term].rare * saturated, apart(term, count) / norm)
                })
                .collect();
            for (term, bm25, apart) in rows {
                known.get_mut(&term).expect("every term of an entry was counted").of.push((entry as u32, bm25, apart));
            }
        }
        let mut among: BTreeMap<u64, f32> = BTreeMap::new();
        questions.iter().flat_map(|(_, bag)| bag.iter()).for_each(|(term, _)| *among.entry(*term).or_default() += 1.0);
        let all = questions.len() as f32;
        let mut single: HashMap<u64, (f32, Vec<(u32, f32)>)> =
            among.into_iter().map(|(term, n)| (term, ((1.0 + all / n).ln(), Vec::new()))).collect();
        for (place, (_, bag)) in questions.iter().enumerate() {
            let weight = |term: &u64, count: &f32| (1.0 + count.ln()) * single[term].0;
            let norm = bag.iter().map(|(term, count)| weight(term, count).powi(2)).sum::<f32>().sqrt().max(1e-9);
            let row: Vec<(u64, f32)> = bag.iter().map(|(term, count)| (*term, weight(term, count) / norm)).collect();
            for (term, weight) in row {
                single.get_mut(&term).expect("every term of a question was counted").1.push((place as u32, weight));
            }
        }
        Self { entries: known, questions: single, count: entries, asked: questions.len() }
    }

    /// Compares a text with everything.
    pub fn likeness(&self, bag: &Bag) -> Likeness {
        let mut likeness = Likeness { entries: vec![(0.0, 0.0); self.count], questions: vec![0.0; self.asked] };
        // A term nobody knows takes away as much as the rarest could give: the text speaks of something else.
        let unknown = (1.0 + 2.0 * self.count as f32 + 1.0).ln();
        let (mut most, mut apart, mut single) = (0f32, 0f32, 0f32);
        for (term, count) in bag {
            let Some(known) = self.entries.get(term) else {
                most += unknown * (K + 1.0);
                continue;
            };
            most += known.rare * (K + 1.0);
            let own = count * known.apart;
            apart += own * own;
            for (entry, bm25, weight) in &known.of {
                let sums = &mut likeness.entries[*entry as usize];
                *sums = (sums.0 + bm25, sums.1 + weight * own);
            }
            if let Some((rare, of)) = self.questions.get(term) {
                let own = (1.0 + count.ln()) * rare;
                single += own * own;
                of.iter().for_each(|(place, weight)| likeness.questions[*place as usize] += weight * own);
            }
        }
        let (most, apart, single) = (most.max(1e-9), apart.sqrt().max(1e-9), single.sqrt().max(1e-9));
        likeness.entries.iter_mut().for_each(|sums| *sums = (sums.0 / most, sums.1 / apart));
        likeness.questions.iter_mut().for_each(|sum| *sum /= single);
        likeness
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_that_shares_rare_words_is_nearest() {
        let segmenter = Segmenter::general();
        let texts =
            [(0, "信用卡怎么还款"), (0, "还款日是哪天"), (1, "怎么开户"), (1, "开户要什么证件"), (2, "卡丢了怎么办")];
        let bags: Vec<(usize, Bag)> = texts.iter().map(|(entry, text)| (*entry, bag(text, segmenter))).collect();
        let rows: Vec<(usize, &Bag)> = bags.iter().map(|(entry, bag)| (*entry, bag)).collect();
        let lexical = Lexical::of(&rows, 3);
        let likeness = lexical.likeness(&bag("我想还款怎么弄", segmenter));
        let best = |of: &dyn Fn(&(f32, f32)) -> f32| {
            (0..3).max_by(|a, b| of(&likeness.entries[*a]).total_cmp(&of(&likeness.entries[*b])))
        };
        assert_eq!((best(&|pair| pair.0), best(&|pair| pair.1)), (Some(0), Some(0)));
        assert!(
            likeness.entries.iter().all(|(bm25, apart)| (0.0..=1.0).contains(bm25) && (0.0..=1.0001).contains(apart))
        );
        let same = lexical.likeness(&bags[3].1);
        assert!((same.questions[3] - 1.0).abs() < 1e-5, "a question is most like itself");
        assert!(lexical.likeness(&bag("???", segmenter)).questions.iter().all(|likeness| *likeness < 0.5));
        assert_eq!(Lexical::of(&[], 0).likeness(&bag("开户", segmenter)).entries, []);
    }
}
