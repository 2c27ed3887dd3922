//! The features a model sees: a vocabulary of terms and the weighing that makes rows of numbers of them.
//!
//! The recipe is the one measured best for short customer texts: Latin words 1–2 and letter runs 2–4 with
//! sublinear counts and inverse document frequency; Han words at half weight beside characters 1–2 with
//! marked ends, without inverse document frequency. Each kind is scaled to length 1 by itself and then
//! weighed by how much of the text is of its script, so that mixed text works. Every column knows its term, which
//! `model::Model::explain` relies on; terms are told apart by 64 bits, which no two of any vocabulary share.
//! Not here: taking a text apart (`terms`), learning (`linear`, `bayes`).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::domain::label::Word;
use crate::nlu::error::Error;
use crate::nlu::terms::{Folded, Kind, fold, is_han};
use crate::progress::Progress;
use crate::text::segment::Segmenter;
use crate::text::vector::Rows;

/// The terms a model knows, each with its column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vocabulary {
    columns: HashMap<u64, u32, BuildHasherDefault<Ready>>,
    letters: String,
    /// Where each column's term ends in `letters`.
    ends: Vec<u32>,
    kinds: Vec<Kind>,
}

/// Passes through keys that are hashes already.
#[derive(Debug, Clone, Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

impl Vocabulary {
    /// Returns the vocabulary of these terms, column by column; `None` when a term comes twice.
    pub fn of<'t>(terms: impl IntoIterator<Item = (Kind, &'t str)>) -> Option<Self> {
        let mut vocabulary = Self::default();
        for (kind, term) in terms {
            let column = vocabulary.ends.len() as u32;
            vocabulary.letters.push_str(term);
            vocabulary.ends.push(u32::try_from(vocabulary.letters.len()).ok()?);
            vocabulary.kinds.push(kind);
            if vocabulary.columns.insert(key(kind, term), column).is_some() {
                return None;
            }
        }
        Some(vocabulary)
    }

    /// Returns how many terms it knows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether it knows no term.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the term of a column.
    pub fn term(&self, column: u32) -> (Kind, &str) {
        let i = column as usize;
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        (self.kinds[i], &self.letters[start..self.ends[i] as usize])
    }

    /// Returns the column of a term.
    pub fn column(&self, kind: Kind, term: &str) -> Option<u32> {
        let column = *self.columns.get(&key(kind, term))?;
        (self.term(column) == (kind, term)).then_some(column)
    }

    /// Tells whether any word was cut by the segmenter, so that reading a text needs it.
    pub fn needs_segmenter(&self) -> bool {
        self.kinds.contains(&Kind::HanWord)
    }

    /// Counts the terms of a text: the known ones by column, the unknown ones only by kind.
    pub fn count(&self, folded: &Folded) -> Counted {
        let mut tally = Tally::new(folded.terms.len());
        folded.terms.iter().for_each(|&term| tally.add(key(term.kind, folded.of(term)), term.kind));
        let mut counted = Counted { row: Vec::with_capacity(tally.seen.len()), unknown: [0.0; 4], han: folded.han };
        for (key, kind, count) in tally.seen {
            match self.columns.get(&key) {
                Some(&column) => counted.row.push((column, count)),
                None => counted.unknown[kind as usize] += sublinear(count).powi(2),
            }
        }
        counted
    }
}

/// How often each key comes, in the order of their first coming.
struct Tally {
    seen: Vec<(u64, Kind, f32)>,
    /// Where a key stands among those seen, at the place its last bits say or the next free one; half are free.
    places: Vec<u32>,
}

impl Tally {
    fn new(most: usize) -> Self {
        Self { seen: Vec::with_capacity(most), places: vec![u32::MAX; (2 * most).next_power_of_two()] }
    }

    fn add(&mut self, key: u64, kind: Kind) {
        let last = self.places.len() - 1;
        let mut at = key as usize & last;
        loop {
            match self.seen.get_mut(self.places[at] as usize) {
                None => {
                    self.places[at] = self.seen.len() as u32;
                    return self.seen.push((key, kind, 1.0));
                }
                Some((known, _, count)) if *known == key => return *count += 1.0,
                Some(_) => at = (at + 1) & last,
            }
        }
    }
}

/// The counted terms of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// Known terms: columns with how often each occurs, in the order of their first places.
    pub row: Vec<(u32, f32)>,
    /// For each kind, the sum of squares of the sublinear counts of unknown terms.
    pub unknown: [f32; 4],
    /// The share of Han, 0 to 1.
    pub han: f32,
}

/// Returns what a count weighs: the tenth time says less than the first.
fn sublinear(count: f32) -> f32 {
    if count == 1.0 { 1.0 } else { 1.0 + count.ln() }
}

fn key(kind: Kind, term: &str) -> u64 {
    xxh3_64_with_seed(term.as_bytes(), kind as u64)
}

/// Counted terms of many texts, before weighing.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    pub rows: Rows,
    /// The share of Han of each text.
    pub han: Vec<f32>,
}

/// A term's key, one of its places among the text's terms, and how often it occurs.
type Found = (u64, u32, f32);

/// Takes all texts apart and numbers their terms, most widespread first.
pub fn learn(texts: &[&str], reader: &Reader, progress: &dyn Progress) -> Result<(Vocabulary, Counts), Error> {
    // Texts in one step between two looks at `stopped`; it bounds what is held apart from the counts.
    const STEP: usize = 2048;
    let mut numbers: HashMap<u64, u32, BuildHasherDefault<Ready>> = HashMap::default();
    let mut found: Vec<(Kind, Box<str>)> = Vec::new();
    let mut spread: Vec<u32> = Vec::new();
    let mut rows = Rows::new(0);
    let mut han = Vec::with_capacity(texts.len());
    for step in texts.chunks(STEP) {
        if progress.stopped() {
            return Err(Error::Stopped);
        }
        let apart: Vec<(Folded, Vec<Found>)> = step
            .par_iter()
            .map(|text| {
                let folded = reader.fold(text);
                let mut keys: Vec<(u64, u32)> =
                    folded.terms.iter().enumerate().map(|(i, &t)| (key(t.kind, folded.of(t)), i as u32)).collect();
                keys.sort_unstable();
                let mut counted: Vec<Found> = Vec::with_capacity(keys.len());
                for (key, at) in keys {
                    match counted.last_mut() {
                        Some((last, _, count)) if *last == key => *count += 1.0,
                        _ => counted.push((key, at, 1.0)),
                    }
                }
                (folded, counted)
            })
            .collect();
        for (folded, counted) in apart {
            han.push(folded.han);
            let row = counted.into_iter().map(|(key, at, count)| {
                let number = *numbers.entry(key).or_insert_with(|| {
                    let term = folded.terms[at as usize];
                    found.push((term.kind, folded.of(term).into()));
                    spread.push(0);
                    found.len() as u32 - 1
                });
                spread[number as usize] += 1;
                (number, count)
            });
            rows.push(row);
        }
    }
    let mut order: Vec<u32> = (0..found.len() as u32).collect();
    order.sort_by(|&a, &b| {
        let (x, y) = (a as usize, b as usize);
        spread[y].cmp(&spread[x]).then_with(|| found[x].cmp(&found[y]))
    });
    let mut place = vec![0u32; found.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old as usize] = new as u32;
    }
    let vocabulary = Vocabulary::of(order.iter().map(|&old| {
        let (kind, term) = &found[old as usize];
        (*kind, &**term)
    }))
    .expect("numbers are given once to each key");
    let mut sorted = Rows::new(found.len());
    let mut row = Vec::new();
    for i in 0..rows.len() {
        let (columns, values) = rows.row(i);
        row.clear();
        row.extend(columns.iter().zip(values).map(|(&c, &v)| (place[c as usize], v)));
        row.sort_unstable_by_key(|&(c, _)| c);
        sorted.push(row.iter().copied());
    }
    Ok((vocabulary, Counts { rows: sorted, han }))
}

/// How texts are read: the trainer's own words, and a segmenter made of them when a Chinese text first comes.
#[derive(Default)]
pub struct Reader {
    words: Vec<Word>,
    own: OnceLock<Segmenter>,
    /// Whether texts are read without a segmenter even when they hold Chinese.
    without: bool,
}

impl Reader {
    /// Returns a reader that keeps `words` whole.
    pub fn new(words: &[Word]) -> Self {
        Self { words: words.to_vec(), own: OnceLock::new(), without: false }
    }

    /// Returns the reader a vocabulary needs: one without Chinese words never loads a segmenter.
    pub fn for_vocabulary(words: &[Word], vocabulary: &Vocabulary) -> Self {
        Self { without: !vocabulary.needs_segmenter(), ..Self::new(words) }
    }

    /// Returns the trainer's own words.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// Takes a text apart.
    pub fn fold(&self, text: &str) -> Folded {
        let segmenter = (!self.without && text.chars().any(is_han)).then(|| self.segmenter());
        fold(text, segmenter)
    }

    fn segmenter(&self) -> &Segmenter {
        if self.words.is_empty() { Segmenter::general() } else { self.own.get_or_init(|| Segmenter::new(&self.words)) }
    }
}

/// The weight of each column: inverse document frequency for Latin terms, 1 for Han, 0 for a term unseen.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighing {
    pub columns: Vec<f32>,
    /// The weight of a Latin term no text had.
    pub unknown: f32,
}

/// How much of a mixed text's weight its Latin letters get, against their share of all letters.
const LATIN_IN_HAN: f32 = 0.25;

/// How much each kind weighs against the others in a text of its script alone.
const SHARES: [f32; 4] = [1.0, 1.0, 0.5, 1.0];

impl Weighing {
    /// Returns the weights learned from the texts `kept` of `counts`.
    pub fn learn(vocabulary: &Vocabulary, counts: &Counts, kept: impl Fn(usize) -> bool) -> Self {
        let mut spread = vec![0u32; vocabulary.len()];
        let mut texts = 0u32;
        for i in (0..counts.rows.len()).filter(|&i| kept(i)) {
            texts += 1;
            for &column in counts.rows.row(i).0 {
                spread[column as usize] += 1;
            }
        }
        let columns = spread
            .into_iter()
            .zip(&vocabulary.kinds)
            .map(|(n, kind)| match n {
                0 => 0.0,
                _ if kind.is_han() => 1.0,
                n => ((1.0 + texts as f32) / (1.0 + n as f32)).ln() + 1.0,
            })
            .collect();
        Self { columns, unknown: (1.0 + texts as f32).ln() + 1.0 }
    }

    /// Weighs one text's counts: each kind scaled to length 1, then by its share of the text.
    ///
    /// Unknown terms count towards the length, so that a text of mostly unknown words stays close to nothing
    /// instead of being judged by its few known ones. That finds questions out of scope and costs no accuracy.
    pub fn weigh(&self, vocabulary: &Vocabulary, counted: &Counted) -> Vec<(u32, f32)> {
        let unknown = |kind: Kind| if kind.is_han() { 1.0 } else { self.unknown };
        let mut squares = Kind::ALL.map(|kind| counted.unknown[kind as usize] * unknown(kind).powi(2));
        let mut row: Vec<(u32, f32)> = Vec::with_capacity(counted.row.len());
        for &(column, count) in &counted.row {
            let kind = vocabulary.kinds[column as usize];
            let weight = self.columns[column as usize];
            let value = sublinear(count) * if weight > 0.0 { weight } else { unknown(kind) };
            squares[kind as usize] += value * value;
            if weight > 0.0 {
                row.push((column, value));
            }
        }
        let latin = (1.0 - counted.han) * if counted.han > 0.0 { LATIN_IN_HAN } else { 1.0 };
        let scales = Kind::ALL.map(|kind| {
            let share = if kind.is_han() { 1.0 - latin } else { latin };
            let length = squares[kind as usize].sqrt();
            if length > 0.0 { SHARES[kind as usize] * share.sqrt() / length } else { 0.0 }
        });
        for (column, value) in &mut row {
            *value *= scales[vocabulary.kinds[*column as usize] as usize];
        }
        row
    }

    /// Weighs many texts.
    pub fn rows(&self, vocabulary: &Vocabulary, counts: &Counts) -> Rows {
        let weighed: Vec<Vec<(u32, f32)>> = (0..counts.rows.len())
            .into_par_iter()
            .map(|i| {
                let (columns, values) = counts.rows.row(i);
                let row = columns.iter().copied().zip(values.iter().copied()).collect();
                self.weigh(vocabulary, &Counted { row, unknown: [0.0; 4], han: counts.han[i] })
            })
            .collect();
        let mut rows = Rows::new(vocabulary.len());
        weighed.into_iter().for_each(|row| rows.push(row));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;
    use proptest::prelude::*;

    const TEXTS: [&str; 6] = ["open an account", "我要开户", "打开wifi", "card lost card", "??", "开户 account"];

    #[test]
    fn every_row_has_the_length_its_kinds_give_it() {
        let reader = Reader::default();
        let (vocabulary, counts) = learn(&TEXTS, &reader, &Quiet).unwrap();
        let rows = Weighing::learn(&vocabulary, &counts, |_| true).rows(&vocabulary, &counts);
        let length = |i: usize| rows.row(i).1.iter().map(|v| v * v).sum::<f32>();
        assert!((length(0) - 2.0).abs() < 1e-4, "words and pieces, each of length 1");
        assert!((length(1) - 1.25).abs() < 1e-4, "Han words at half weight beside characters");
        assert!((1.0..2.0).contains(&length(2)), "mixed text lies between");
        assert!((length(4) - 1.0).abs() < 1e-4, "signs alone have characters alone");
    }

    #[test]
    fn counting_with_the_vocabulary_is_what_learning_saw() {
        let reader = Reader::default();
        let (vocabulary, counts) = learn(&TEXTS, &reader, &Quiet).unwrap();
        for (i, text) in TEXTS.iter().enumerate() {
            let mut counted = vocabulary.count(&reader.fold(text));
            counted.row.sort_by_key(|(column, _)| *column);
            let (columns, values) = counts.rows.row(i);
            assert_eq!(counted.row.iter().map(|c| c.0).collect::<Vec<_>>(), columns);
            assert_eq!(counted.row.iter().map(|c| c.1).collect::<Vec<_>>(), values);
            assert_eq!(counted.unknown, [0.0; 4]);
        }
    }

    #[test]
    fn unknown_words_make_the_known_ones_smaller() {
        let reader = Reader::default();
        let (vocabulary, counts) = learn(&TEXTS, &reader, &Quiet).unwrap();
        let weighing = Weighing::learn(&vocabulary, &counts, |_| true);
        let length = |text: &str| {
            let row = weighing.weigh(&vocabulary, &vocabulary.count(&reader.fold(text)));
            row.iter().map(|(_, v)| v * v).sum::<f32>()
        };
        assert!(length("open an account zebra quagga") < length("open an account"));
        assert!(length("我要开户钓鱼爬山") < length("我要开户"));
    }

    #[test]
    fn english_alone_needs_no_segmenter() {
        let (english, _) = learn(&["open an account"], &Reader::default(), &Quiet).unwrap();
        assert!(!english.needs_segmenter());
        let reader = Reader::for_vocabulary(&[], &english);
        assert!(reader.fold("我要开户").terms.iter().all(|t| t.kind != Kind::HanWord));
    }

    proptest! {
        #[test]
        fn every_column_leads_back_to_its_term(texts in prop::collection::vec("[a-c开户 ]{0,8}", 1..8)) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let (vocabulary, counts) = learn(&texts, &Reader::default(), &Quiet).unwrap();
            for column in 0..vocabulary.len() as u32 {
                let (kind, term) = vocabulary.term(column);
                prop_assert_eq!(vocabulary.column(kind, term), Some(column));
            }
            for i in 0..counts.rows.len() {
                prop_assert!(counts.rows.row(i).0.is_sorted_by(|a, b| a < b));
            }
        }
    }
}
