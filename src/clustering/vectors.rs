//! Texts to sparse rows: words and short runs of characters, rare ones weighing more.
//!
//! Chinese: the segmenter's words, characters and pairs of neighbouring characters. Other languages: words,
//! pairs of words, and runs of 3 and 4 characters inside a word. A text that mixes both gets the Chinese
//! treatment. Numbers count as one and the same number: an order number is no subject.
//! Called by `group`, `novelty` and `neighbours`. Not here: features for training (`nlu` has its own).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use rayon::prelude::*;
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_64;

use crate::text::language::tag_end;
use crate::text::segment::Segmenter;
use crate::text::vector::Rows;

/// Texts are cut into features in blocks of this many, each by one thread.
const BLOCK: usize = 512;
/// No vocabulary is larger; the rarest features go first.
const WIDEST: usize = 1 << 18;

/// How much each kind of feature weighs: word, pair of words, short run of characters, long run.
const CHINESE: [f32; 4] = [1.0, 0.0, 1.0, 1.0];
const SPACED: [f32; 4] = [1.0, 1.0, 1.0, 1.0];

/// The features known, and how telling each is.
pub struct Vocabulary {
    columns: Columns,
    weights: Vec<f32>,
    /// The weight of a feature never seen.
    unknown: f32,
}

type Columns = HashMap<u64, u32, BuildHasherDefault<Ready>>;

impl Vocabulary {
    /// Learns the features that occur in `rarest` texts or more; returns them with a row of length 1 for each text.
    ///
    /// A text left without any feature has a zero row. Columns are numbered from the most frequent feature to the
    /// rarest, ties by hash, so they do not depend on the order of texts or threads.
    pub fn learn(texts: &[&str], segmenter: &Segmenter, rarest: usize) -> (Self, Rows) {
        let blocks = count(texts, segmenter);
        let mut all: Vec<u64> = Vec::with_capacity(blocks.iter().map(|b| b.features.len()).sum());
        blocks.iter().for_each(|b| all.extend(&b.features));
        all.par_sort_unstable();
        let mut found: Vec<(u32, u64)> = all
            .chunk_by(|a, b| a == b)
            .filter(|same| same.len() >= rarest)
            .map(|same| (same.len() as u32, same[0]))
            .collect();
        found.par_sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        if rarest > 1 {
            found.truncate(WIDEST);
        }
        let total = texts.len() as f32;
        let weights = found
            .iter()
            .map(|(texts, feature)| kind_weight(*feature) * (((1.0 + total) / (1.0 + *texts as f32)).ln() + 1.0))
            .collect();
        let columns = found.iter().enumerate().map(|(column, (_, feature))| (*feature, column as u32)).collect();
        let vocabulary = Self { columns, weights, unknown: (1.0 + total).ln() + 1.0 };
        let rows = vocabulary.weigh(&blocks, false);
        (vocabulary, rows)
    }

    /// Returns a row for each text. Features never learnt have no column but do count in the length, as the rarest
    /// of all: a text of mostly unknown words is like nothing known.
    pub fn rows(&self, texts: &[&str], segmenter: &Segmenter) -> Rows {
        self.weigh(&count(texts, segmenter), true)
    }

    fn weigh(&self, blocks: &[Counts], unknown: bool) -> Rows {
        let parts: Vec<Rows> = blocks
            .par_iter()
            .map(|block| {
                let mut part = Rows::new(self.weights.len());
                let mut row: Vec<(u32, f32)> = Vec::new();
                for i in 0..block.starts.len() - 1 {
                    row.clear();
                    let mut squares = 0.0;
                    for at in block.starts[i]..block.starts[i + 1] {
                        let (feature, times) = (block.features[at], 1.0 + block.times[at].ln());
                        if let Some(&column) = self.columns.get(&feature) {
                            row.push((column, times * self.weights[column as usize]));
                        } else if unknown {
                            squares += (times * kind_weight(feature) * self.unknown).powi(2);
                        }
                    }
                    row.sort_unstable_by_key(|(column, _)| *column);
                    let length = (squares + row.iter().map(|(_, v)| v * v).sum::<f32>()).sqrt();
                    let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
                    part.push(row.iter().map(|(column, value)| (*column, value * scale)));
                }
                part
            })
            .collect();
        let mut rows = Rows::new(self.weights.len());
        for part in parts {
            let before = rows.indices.len();
            rows.starts.extend(part.starts[1..].iter().map(|end| end + before));
            rows.indices.extend(part.indices);
            rows.values.extend(part.values);
        }
        rows
    }
}

/// Returns the matrix turned over: row `c` holds the rows that have column `c`, in their order.
pub fn transposed(rows: &Rows) -> Rows {
    let mut starts = vec![0; rows.columns + 1];
    rows.indices.iter().for_each(|c| starts[*c as usize + 1] += 1);
    for c in 0..rows.columns {
        starts[c + 1] += starts[c];
    }
    let mut next = starts.clone();
    let (mut indices, mut values) = (vec![0; rows.indices.len()], vec![0.0; rows.indices.len()]);
    for i in 0..rows.len() {
        let (columns, row) = rows.row(i);
        for (c, v) in columns.iter().zip(row) {
            let at = next[*c as usize];
            (indices[at], values[at]) = (i as u32, *v);
            next[*c as usize] += 1;
        }
    }
    Rows { starts, indices, values, columns: rows.len() }
}

/// The features of a block of texts, each once a text, with how often it occurs there.
struct Counts {
    starts: Vec<usize>,
    features: Vec<u64>,
    times: Vec<f32>,
}

fn count(texts: &[&str], segmenter: &Segmenter) -> Vec<Counts> {
    texts
        .par_chunks(BLOCK)
        .map(|block| {
            let mut counts = Counts { starts: vec![0], features: Vec::new(), times: Vec::new() };
            let mut features = Vec::new();
            for text in block {
                features.clear();
                collect(text, segmenter, &mut features);
                features.sort_unstable();
                for same in features.chunk_by(|a, b| a == b) {
                    counts.features.push(same[0]);
                    counts.times.push(same.len() as f32);
                }
                counts.starts.push(counts.features.len());
            }
            counts
        })
        .collect()
}

fn collect(text: &str, segmenter: &Segmenter, features: &mut Vec<u64>) {
    let mut text = fold(text);
    // What cleaning hid (`<phone>`) is one word, and its letters are no letters of the customer's.
    let mut from = 0;
    while let Some((start, end)) = next_tag(&text, from) {
        features.push(feature(0, &text[start..end], 0));
        text.replace_range(start..end, " ");
        from = start + 1;
    }
    if text.chars().any(unspaced) { chinese(&text, segmenter, features) } else { spaced(&text, features) }
}

fn next_tag(text: &str, from: usize) -> Option<(usize, usize)> {
    let starts = text[from..].match_indices('<').map(|(at, _)| from + at);
    starts.into_iter().find_map(|start| tag_end(&text[start..]).map(|length| (start, start + length)))
}

/// Lower-cases, folds widths, and turns every run of digits into one `0`.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut number = false;
    for c in text.nfkc().flat_map(char::to_lowercase) {
        if c.is_ascii_digit() {
            if !number {
                folded.push('0');
            }
            number = true;
        } else {
            number = false;
            folded.push(c);
        }
    }
    folded
}

/// Tells whether the sign belongs to a script written without blanks between words.
fn unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn chinese(text: &str, segmenter: &Segmenter, features: &mut Vec<u64>) {
    for word in segmenter.words(text) {
        if word.chars().any(char::is_alphanumeric) {
            features.push(feature(0, word, CHINESE_BIT));
        }
    }
    let mut last: Option<usize> = None;
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() {
            let end = at + c.len_utf8();
            features.push(feature(2, &text[at..end], CHINESE_BIT));
            if let Some(before) = last {
                features.push(feature(3, &text[before..end], CHINESE_BIT));
            }
            last = Some(at);
        } else {
            last = None;
        }
    }
}

fn spaced(text: &str, features: &mut Vec<u64>) {
    let mut last: Option<usize> = None;
    let mut padded = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        features.push(feature(0, word, 0));
        if let Some(before) = last {
            features.push(feature(1, &text[before..at + word.len()], 0));
        }
        last = Some(at);
        padded.clear();
        padded.push(' ');
        padded.push_str(word);
        padded.push(' ');
        let ends: Vec<usize> = padded.char_indices().map(|(i, _)| i).chain([padded.len()]).collect();
        for (kind, length) in [(2, 3), (3, 4)] {
            for run in ends.windows(length + 1) {
                features.push(feature(kind, &padded[run[0]..run[length]], 0));
            }
        }
    }
}

/// A feature is the hash of its text, the kind in the lowest bits.
const CHINESE_BIT: u64 = 4;

fn feature(kind: u64, text: &str, language: u64) -> u64 {
    (xxh3_64(text.as_bytes()) & !7) | kind | language
}

fn kind_weight(feature: u64) -> f32 {
    let kinds = if feature & CHINESE_BIT != 0 { CHINESE } else { SPACED };
    kinds[(feature & 3) as usize]
}

/// A hasher for what is a hash already.
#[derive(Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        // The low bits hold the kind and the table looks at both ends of the word.
        self.0 = hash.rotate_right(3);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dot(rows: &Rows, a: usize, b: usize) -> f32 {
        let (columns, values) = rows.row(a);
        let (others, weights) = rows.row(b);
        columns.iter().zip(values).filter_map(|(c, v)| others.binary_search(c).ok().map(|at| v * weights[at])).sum()
    }

    fn rows(texts: &[&str]) -> Rows {
        Vocabulary::learn(texts, Segmenter::general(), 1).1
    }

    #[test]
    fn similar_texts_are_nearer_than_strange_ones() {
        let zh = rows(&["怎么申请退款", "申请退款怎么弄", "快递到哪里了"]);
        assert!(dot(&zh, 0, 1) > 0.5 && dot(&zh, 0, 2) < 0.1, "{} {}", dot(&zh, 0, 1), dot(&zh, 0, 2));
        let en = rows(&["Where is my card?", "where's my cards", "refund please"]);
        assert!(dot(&en, 0, 1) > 0.5 && dot(&en, 0, 2) < 0.1, "{} {}", dot(&en, 0, 1), dot(&en, 0, 2));
    }

    #[test]
    fn numbers_widths_and_case_do_not_set_texts_apart() {
        let same = rows(&["订单２０２３到哪了ＡＢ", "订单77到哪了ab", "别的事情"]);
        assert!(dot(&same, 0, 1) > 0.999);
    }

    #[test]
    fn a_text_without_letters_has_a_zero_row() {
        let rows = rows(&["……", "", "退款"]);
        assert!(rows.row(0).0.is_empty() && rows.row(1).0.is_empty() && !rows.row(2).0.is_empty());
    }

    #[test]
    fn a_learnt_vocabulary_gives_the_same_rows_again() {
        let texts = ["怎么申请退款", "I want my card", "快递到哪里了"];
        let (vocabulary, learnt) = Vocabulary::learn(&texts, Segmenter::general(), 1);
        assert_eq!(vocabulary.rows(&texts, Segmenter::general()), learnt);
    }

    #[test]
    fn columns_do_not_depend_on_threads() {
        let texts: Vec<String> =
            (0..1100).map(|i| format!("sign {} of {}", i % 37, ["card", "卡", "退款"][i % 3])).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| rows(&texts))
        };
        assert_eq!(on(1), on(4));
    }

    proptest! {
        #[test]
        fn rows_have_length_one_or_zero(texts in prop::collection::vec("[你我退款卡a-c0-9，。 ]{0,12}", 0..8)) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let rows = rows(&texts);
            prop_assert_eq!(rows.len(), texts.len());
            for i in 0..rows.len() {
                let (columns, values) = rows.row(i);
                prop_assert!(columns.windows(2).all(|w| w[0] < w[1]));
                let norm: f32 = values.iter().map(|v| v * v).sum();
                prop_assert!(columns.is_empty() || (norm - 1.0).abs() < 1e-4);
            }
        }
    }
}
