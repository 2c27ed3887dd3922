//! What the names of intents share: `calendar.ShowNext` and `todo.ShowNextPage` both show what comes next.
//!
//! A word that several names hold is a question of its own, "does the text ask for what this word says?", and is learned
//! from the examples of all these intents together (attributes that classes share: Lampert, Nickisch and Harmeling
//! 2009). The answers add up to a second opinion of each intent: the sum over the words of its name, as a code of
//! classes is read (Dietterich and Bakiri 1995). They are linear, so the opinion becomes part of the intents' own
//! weights: no model is larger and no prediction slower for it.
//!
//! Measured apart by held-out examples, the share chosen by others of them: crosswoz_zh 88.8 % to 89.2 %, msskills_zh 88.5
//! to 88.9; with 5 and 10 examples an intent of crosswoz_zh 3.8 and 2.5 points more, of msskills_zh as before. Names that
//! are sentences (mschat_zh) share nothing this way, and their words taken apart tell nothing. Groups of intents found in
//! the examples instead of in the names tell little that is new.
//!
//! Called by `train`. Not here: learning (`linear`), how much the opinion counts (`shares`).

use std::collections::{BTreeMap, BTreeSet};

use crate::nlu::linear::{Block, LANES};

/// Words learned at most: those of the most intents.
const MOST: usize = 64;
/// Learned while examples times words are no more: the more examples, the less they need it, and the longer it takes.
const WORK: usize = 250_000;
/// Shares to choose among: how much a unit of the words' margins counts beside a unit of the intents' logit.
pub const SHARES: [f32; 7] = [0.0, 0.3, 0.6, 1.0, 1.5, 2.0, 2.5];

/// The words that names of several intents share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// The words of each intent's name, by number.
    pub of: Vec<Vec<u16>>,
    pub count: usize,
}

impl Attributes {
    /// Finds what names share, each with its class; `None` where they share nothing or it is not worth the time.
    ///
    /// Words are what blanks part, as `names::readable` writes names. Of words that the same intents hold one is enough,
    /// and what all hold tells nothing.
    pub fn of<'n>(names: impl IntoIterator<Item = (u16, &'n str)>, classes: usize, examples: usize) -> Option<Self> {
        let mut holders: BTreeMap<String, BTreeSet<u16>> = BTreeMap::new();
        for (class, name) in names {
            for word in name.split_whitespace() {
                holders.entry(word.to_lowercase()).or_default().insert(class);
            }
        }
        let shared: BTreeSet<BTreeSet<u16>> =
            holders.into_values().filter(|held| held.len() >= 2 && held.len() < classes).collect();
        let mut shared: Vec<BTreeSet<u16>> = shared.into_iter().collect();
        shared.sort_by_key(|held| std::cmp::Reverse(held.len()));
        shared.truncate(MOST);
        let count = shared.len();
        if count == 0 || count * examples > WORK {
            return None;
        }
        let mut of = vec![Vec::new(); classes];
        for (word, held) in shared.iter().enumerate() {
            held.iter().for_each(|class| of[usize::from(*class)].push(word as u16));
        }
        Some(Self { of, count })
    }

    /// Makes weights of classes of the weights of words: each class has the sum of its own.
    pub fn spread(&self, words: &[Block]) -> Vec<Block> {
        let columns = words.first().map_or(0, |block| block.weights.len());
        let lane_of = |word: &u16| (usize::from(*word) / LANES, usize::from(*word) % LANES);
        let block = |classes: &[Vec<u16>]| {
            let mut out = Block { weights: vec![[0.0; LANES]; columns], bias: [0.0; LANES] };
            for (lane, own) in classes.iter().enumerate() {
                for (block, word) in own.iter().map(lane_of) {
                    let weights = out.weights.iter_mut().zip(&words[block].weights);
                    weights.for_each(|(sum, weights)| sum[lane] += weights[word]);
                    out.bias[lane] += words[block].bias[word];
                }
            }
            out
        };
        self.of.chunks(LANES).map(block).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::linear::{Lesson, Texts, learn};
    use crate::progress::Quiet;
    use crate::text::vector::Rows;
    use proptest::prelude::*;

    #[test]
    fn words_of_several_names_are_shared() {
        let names = ["calendar Show Next", "todo Show Next Page", "todo Show Previous Page", "thank"];
        let attributes = Attributes::of((0u16..).zip(names), 4, 100).unwrap();
        // show: 0 1 2; then next: 0 1, and todo with page: 1 2.
        assert_eq!(attributes.count, 3);
        assert_eq!(attributes.of, [vec![0, 1], vec![0, 1, 2], vec![0, 2], vec![]]);
    }

    #[test]
    fn what_shares_nothing_or_takes_long_has_no_attributes() {
        assert_eq!(Attributes::of([(0, "怎么开户"), (1, "怎么挂失")], 2, 100), None);
        // What all names hold tells none apart.
        assert_eq!(Attributes::of([(0, "card lost"), (1, "card stolen")], 2, 100), None);
        let names = [(0, "card lost"), (1, "card stolen"), (2, "loan")];
        assert!(Attributes::of(names, 3, WORK).is_some());
        assert_eq!(Attributes::of(names, 3, WORK + 1), None);
    }

    #[test]
    fn an_intent_without_examples_is_known_by_what_its_name_shares() {
        let names = ["network open", "network close", "lamp open", "lamp close"];
        let attributes = Attributes::of((0u16..).zip(names), 4, 12).unwrap();
        // A column for each word, and one that tells nothing.
        let mut rows = Rows::new(5);
        let texts = [(0, [0, 2]), (1, [0, 3]), (2, [1, 2])];
        let mut classes = Vec::new();
        for i in 0..12 {
            let (class, columns) = texts[i % 3];
            rows.push(columns.map(|column| (column, 0.7)).into_iter().chain((i % 2 == 0).then_some((4, 0.3))));
            classes.push(Some(class));
        }
        // What is asked, of no class.
        rows.push([(1, 0.7), (3, 0.7)]);
        classes.push(None);
        let texts = Texts { rows: &rows, dense: None };
        let lanes = Some(&attributes.of[..]);
        let lesson = Lesson { texts, classes: &classes, count: attributes.count, lanes, c: 1.0, worth: None, seed: 1 };
        let words: Vec<Block> = learn(&lesson, None, &Quiet).unwrap().into_iter().map(|(block, _)| block).collect();
        let margins = attributes.spread(&words)[0].margins(&texts, 12);
        assert!(margins[..3].iter().all(|other| *other < margins[3]), "{margins:?}");
    }

    proptest! {
        #[test]
        fn a_class_weighs_what_the_words_of_its_name_weigh(
            of in prop::collection::vec(prop::collection::btree_set(0u16..20, 0..4), 1..40),
            columns in 0usize..4,
        ) {
            let of: Vec<Vec<u16>> = of.into_iter().map(|own| own.into_iter().collect()).collect();
            let weight = |column: usize, word: usize| (column * 31 + word * 7) as f32;
            let block = |nth: usize| Block {
                weights: (0..columns).map(|c| std::array::from_fn(|lane| weight(c, nth * LANES + lane))).collect(),
                bias: std::array::from_fn(|lane| weight(9, nth * LANES + lane)),
            };
            let attributes = Attributes { of, count: 20 };
            let spread = attributes.spread(&[block(0), block(1)]);
            for (class, own) in attributes.of.iter().enumerate() {
                let sum = |column: usize| own.iter().map(|word| weight(column, usize::from(*word))).sum::<f32>();
                let block = &spread[class / LANES];
                prop_assert_eq!(block.bias[class % LANES], sum(9));
                for column in 0..columns {
                    prop_assert_eq!(block.weights[column][class % LANES], sum(column));
                }
            }
        }
    }
}
