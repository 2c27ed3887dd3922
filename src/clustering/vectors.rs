//! Texts to sparse rows: words and short runs of characters, rare ones weighing more.
//!
//! Chinese: the segmenter's words, characters and pairs of neighbouring characters. Other languages: words,
//! pairs of words, and runs of 3 and 4 characters inside a word. A text that mixes both gets the Chinese
//! treatment. Numbers count as one and the same number: an order number is no subject.
//! Called by `group`, `novelty` and `neighbours`. Not here: features for training (`nlu` has its own).

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use crate::clustering::error::Error;
use crate::clustering::steps::Steps;
use crate::progress::Quiet;
use crate::text::clean::scan::is_alphanumeric;
use crate::text::compatible::compatible;
use crate::text::language::{next_tag, without_emoji};
use crate::text::segment::Segmenter;
use crate::text::vector::Rows;

/// Texts are cut into features in blocks of this many, each by one thread.
pub const BLOCK: usize = 512;
/// Blocks between two looks at whether to stop.
pub const STRIDE: usize = 32;
/// No vocabulary is larger; the rarest features go first.
const WIDEST: usize = 1 << 18;
/// Features are told apart by so many bits, three of them the kind: enough that hardly two kinds meet by chance.
const BITS: u32 = 24;
/// The rest of the 32 bits counts how often a feature occurs in a text.
const MOST_TIMES: usize = (1 << (32 - BITS)) - 1;
/// The texts are counted in so many parts, side by side.
const PARTS: usize = 8;

/// How much each kind of feature weighs: word, pair of words, short run of characters, long run.
const CHINESE: [f32; 4] = [1.0, 0.0, 1.0, 1.0];
const SPACED: [f32; 4] = [1.0, 1.0, 1.0, 1.0];

/// Texts cut into features, four bytes a feature.
pub struct Cut {
    blocks: Vec<Counts>,
    texts: usize,
}

impl Cut {
    /// Cuts texts on all cores.
    pub fn of(texts: &[&str], segmenter: &Segmenter, steps: Steps<'_>) -> Result<Self, Error> {
        let mut blocks = Vec::with_capacity(texts.len().div_ceil(BLOCK));
        for part in texts.chunks(BLOCK * STRIDE) {
            steps.at(blocks.len() * BLOCK, texts.len())?;
            blocks.par_extend(part.par_chunks(BLOCK).map(|block| count(block, segmenter)));
        }
        steps.at(1, 1)?;
        Ok(Self { blocks, texts: texts.len() })
    }

    fn text(&self, i: usize) -> &[u32] {
        self.blocks[i / BLOCK].text(i % BLOCK)
    }

    /// Returns how many blocks of [`BLOCK`] texts there are.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }
}

/// The features known, and how telling each is.
pub struct Vocabulary {
    columns: FxHashMap<u32, u32>,
    weights: Vec<f32>,
    /// The weight of a feature never seen.
    unknown: f32,
}

impl Vocabulary {
    /// Learns the features that occur in `rarest` texts or more, and only those of the texts `within` if these are given:
    /// what none of them has has no direction.
    ///
    /// Columns are numbered from the most frequent feature to the rarest, ties by hash, so they do not depend on the
    /// order of texts or threads.
    pub fn of(cut: &Cut, rarest: usize, within: Option<&[usize]>) -> Self {
        let features = |texts: &[u32]| texts.iter().map(|packed| unpacked(*packed).0).collect::<Vec<_>>();
        let mut known: Vec<u32> = match within {
            None => cut.blocks.iter().flat_map(|block| features(&block.features)).collect(),
            Some(within) => within.iter().flat_map(|i| features(cut.text(*i))).collect(),
        };
        known.par_sort_unstable();
        known.dedup();
        let mut columns: FxHashMap<u32, u32> = known.iter().copied().zip(0..).collect();
        let spread = spread(cut, &columns);
        let mut found: Vec<(u32, u32)> = spread.into_iter().zip(known).collect();
        found.retain(|(texts, _)| *texts as usize >= rarest);
        found.par_sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        if rarest > 1 {
            found.truncate(WIDEST);
        }
        let total = cut.texts as f32;
        let weights = found
            .iter()
            .map(|(texts, feature)| kind_weight(*feature) * (((1.0 + total) / (1.0 + *texts as f32)).ln() + 1.0))
            .collect();
        columns.clear();
        columns.extend(found.into_iter().map(|(_, feature)| feature).zip(0..));
        Self { columns, weights, unknown: (1.0 + total).ln() + 1.0 }
    }

    /// Learns from `texts`; returns the features with a row of length 1 for each text, zero where it has none.
    pub fn learn(texts: &[&str], segmenter: &Segmenter, rarest: usize) -> (Self, Rows) {
        let cut = Cut::of(texts, segmenter, Steps::new(&Quiet, 0, 1)).expect("nobody stops it");
        let vocabulary = Self::of(&cut, rarest, None);
        let rows = vocabulary.weigh(&cut, false);
        (vocabulary, rows)
    }

    /// Returns a row for each text. Features never learnt have no column but do count in the length, as the rarest
    /// of all: a text of mostly unknown words is like nothing known.
    pub fn rows(&self, texts: &[&str], segmenter: &Segmenter) -> Rows {
        let cut = Cut::of(texts, segmenter, Steps::new(&Quiet, 0, 1)).expect("nobody stops it");
        self.weigh(&cut, true)
    }

    /// Returns the rows of one block of texts.
    pub fn block(&self, cut: &Cut, block: usize) -> Rows {
        let (mut rows, block) = (Rows::new(self.weights.len()), &cut.blocks[block]);
        (0..block.len()).for_each(|i| self.push(&mut rows, block.text(i), false));
        rows
    }

    /// Returns the rows of the chosen texts.
    pub fn some(&self, cut: &Cut, chosen: &[usize]) -> Rows {
        let mut rows = Rows::new(self.weights.len());
        chosen.iter().for_each(|i| self.push(&mut rows, cut.text(*i), false));
        rows
    }

    fn weigh(&self, cut: &Cut, unknown: bool) -> Rows {
        let mut rows = Rows::new(self.weights.len());
        for block in &cut.blocks {
            (0..block.len()).for_each(|i| self.push(&mut rows, block.text(i), unknown));
        }
        rows
    }

    fn push(&self, rows: &mut Rows, features: &[u32], unknown: bool) {
        let mut squares = 0.0;
        let mut row: Vec<(u32, f32)> = Vec::with_capacity(features.len());
        for packed in features {
            let (feature, times) = unpacked(*packed);
            let times = if times == 1 { 1.0 } else { 1.0 + (times as f32).ln() };
            match self.columns.get(&feature) {
                None if unknown => squares += (times * kind_weight(feature) * self.unknown).powi(2),
                None => {}
                Some(column) => row.push((*column, times * self.weights[*column as usize])),
            }
        }
        row.sort_unstable_by_key(|(column, _)| *column);
        let length = (squares + row.iter().map(|(_, v)| v * v).sum::<f32>()).sqrt();
        let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
        rows.push(row.into_iter().map(|(column, value)| (column, value * scale)));
    }
}

/// Returns in how many texts each of the known features occurs.
fn spread(cut: &Cut, known: &FxHashMap<u32, u32>) -> Vec<u32> {
    let parts = cut.blocks.par_chunks(cut.blocks.len().div_ceil(PARTS).max(1)).map(|blocks| {
        let mut spread = vec![0; known.len()];
        for packed in blocks.iter().flat_map(|block| &block.features) {
            if let Some(number) = known.get(&unpacked(*packed).0) {
                spread[*number as usize] += 1;
            }
        }
        spread
    });
    parts.reduce(
        || vec![0; known.len()],
        |mut sum, part| {
            sum.iter_mut().zip(part).for_each(|(sum, texts)| *sum += texts);
            sum
        },
    )
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

/// The features of a block of texts, each once a text, packed with how often it occurs there.
struct Counts {
    starts: Vec<u32>,
    features: Vec<u32>,
}

impl Counts {
    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn text(&self, i: usize) -> &[u32] {
        &self.features[self.starts[i] as usize..self.starts[i + 1] as usize]
    }
}

/// Returns the feature and how often it occurs.
fn unpacked(packed: u32) -> (u32, u32) {
    (packed & ((1 << BITS) - 1), packed >> BITS)
}

fn count(block: &[&str], segmenter: &Segmenter) -> Counts {
    let mut counts = Counts { starts: vec![0], features: Vec::new() };
    let mut features = Vec::new();
    for text in block {
        features.clear();
        collect(text, segmenter, &mut features);
        features.sort_unstable();
        for same in features.chunk_by(|a, b| a == b) {
            counts.features.push(same[0] | (same.len().min(MOST_TIMES) as u32) << BITS);
        }
        counts.starts.push(counts.features.len() as u32);
    }
    counts.features.shrink_to_fit();
    counts
}

fn collect(text: &str, segmenter: &Segmenter, features: &mut Vec<u32>) {
    let mut text = fold(&without_emoji(text));
    // What cleaning hid (`<phone>`) is one word, and its letters are no letters of the customer's.
    let mut from = 0;
    while let Some((start, end)) = next_tag(&text, from) {
        features.push(feature(0, &text[start..end], 0));
        text.replace_range(start..end, " ");
        from = start + 1;
    }
    if text.chars().any(unspaced) { chinese(&text, segmenter, features) } else { spaced(&text, features) }
}

/// Lower-cases, folds widths, and turns every run of digits into one `0`.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut number = false;
    for c in compatible(text).chars() {
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

fn chinese(text: &str, segmenter: &Segmenter, features: &mut Vec<u32>) {
    for word in segmenter.words(text) {
        if word.chars().any(is_alphanumeric) {
            features.push(feature(0, word, CHINESE_BIT));
        }
    }
    let mut last: Option<usize> = None;
    for (at, c) in text.char_indices() {
        if is_alphanumeric(c) {
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

fn spaced(text: &str, features: &mut Vec<u32>) {
    let mut last: Option<usize> = None;
    let mut padded = String::new();
    for word in text.split(|c| !is_alphanumeric(c)).filter(|w| !w.is_empty()) {
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
const CHINESE_BIT: u32 = 4;

fn feature(kind: u32, text: &str, language: u32) -> u32 {
    (xxh3_64(text.as_bytes()) as u32) << 3 & ((1 << BITS) - 1) | kind | language
}

fn kind_weight(feature: u32) -> f32 {
    let kinds = if feature & CHINESE_BIT != 0 { CHINESE } else { SPACED };
    kinds[(feature & 3) as usize]
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
    fn an_emoji_neither_joins_texts_nor_sets_them_apart() {
        let rows = rows(&["怎么开户<emo:微笑>", "怎么开户", "快递到哪了<emo:微笑>", "<emo:微笑>"]);
        assert!(dot(&rows, 0, 1) > 0.999 && dot(&rows, 0, 2) == 0.0);
        assert!(dot(&rows, 3, 3) > 0.999, "alone it is all that was said");
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
