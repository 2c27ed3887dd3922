//! What all folds of a training share, and how one part of the examples is learned by each algorithm.
//!
//! Every algorithm but the nearest neighbours ends as one weight a column and class; the columns are the vocabulary's
//! terms, then the encoder's numbers. Called by `train`.

use ndarray::{Array2, Axis};
use rayon::prelude::*;

use crate::domain::vector::Vectors;
use crate::nlu::algorithm::Algorithm;
use crate::nlu::attributes::Attributes;
use crate::nlu::axes::Axes;
use crate::nlu::bayes;
use crate::nlu::calibration::{Margins, best};
use crate::nlu::classic::{self, Classic};
use crate::nlu::error::Error;
use crate::nlu::features::{Counts, Vocabulary, Weighing};
use crate::nlu::linear::{self, Block, LANES, Support, Texts};
use crate::nlu::middles::Crowds;
use crate::nlu::names::ALWAYS;
use crate::nlu::neighbours::Neighbours;
use crate::nlu::prototypes::{self, Prototypes};
use crate::nlu::softmax;
use crate::progress::Progress;
use crate::text::vector::{Rows, product};

/// The price of an error when all classes learn at once, in units of the one against the rest; measured on 5 and 10
/// examples an intent.
const SOFTMAX_PRICE: f32 = 3.0;

/// What all folds share.
pub(super) struct Study<'a> {
    /// The price of an error.
    pub c: f32,
    pub seed: u64,
    pub vocabulary: &'a Vocabulary,
    pub counts: &'a Counts,
    /// The encoder's numbers, centred, a row of length 1 an example.
    pub meaning: Option<&'a Array2<f32>>,
    /// The axes one against the rest learns along, with the examples' places on them; none where there are few.
    pub axes: Option<&'a (Axes, Array2<f32>)>,
    /// The few axes the classic learners get, with the examples' places on them; none where none of them is tried.
    pub few: Option<&'a (Axes, Array2<f32>)>,
    pub voters: Option<&'a Voters>,
    /// Where the examples crowd, for prototypes to start from; none where no algorithm that is tried has any.
    pub crowds: Option<&'a Crowds>,
    /// What names of intents share; none where they share nothing.
    pub attributes: Option<&'a Attributes>,
    pub truth: &'a [u16],
    /// How much an error on each example costs, in units of the price.
    pub worth: &'a [f32],
    pub folds: &'a [u8],
    pub intents: usize,
}

/// What one fit gives.
pub(super) struct Learned<'a> {
    pub weighing: Weighing,
    pub blocks: Vec<Block>,
    rows: Rows,
    /// What is known of the examples beside terms.
    dense: Option<&'a Array2<f32>>,
    /// Of each block, for one against the rest.
    support: Vec<Support>,
    /// What naive Bayes makes of the terms, as a second opinion beside one against the rest.
    odds: Vec<Block>,
    /// What the words that names share make of a text, as a further opinion; of these words' own blocks the support.
    shared: Vec<Block>,
    shared_support: Vec<Support>,
    /// What is no sum of weights.
    pub classic: Option<Classic>,
}

impl Learned<'_> {
    /// Adds a share of what naive Bayes says to the weights of terms.
    pub fn add_odds(&mut self, share: f32) {
        add(&mut self.blocks, &self.odds, share);
    }

    /// Adds a share of what names share to all weights.
    pub fn add_shared(&mut self, share: f32) {
        add(&mut self.blocks, &self.shared, share);
    }

    /// Returns what each class has before any column.
    pub fn bias(&self, classes: usize) -> Vec<f32> {
        (0..classes).map(|class| self.blocks[class / LANES].bias[class % LANES]).collect()
    }
}

/// Adds a share of other weights to these; columns the others lack stay.
fn add(blocks: &mut [Block], others: &[Block], share: f32) {
    blocks.par_iter_mut().zip(others).for_each(|(block, other)| {
        for (weights, other) in block.weights.iter_mut().zip(&other.weights) {
            weights.iter_mut().zip(other).for_each(|(weight, other)| *weight += share * other);
        }
        block.bias.iter_mut().zip(other.bias).for_each(|(bias, other)| *bias += share * other);
    });
}

/// An example held out: its best margins, and what other opinions add to each; nothing where there are none.
#[derive(Default)]
pub(super) struct Held {
    pub example: usize,
    pub margins: Margins,
    /// What names share.
    pub shared: Vec<f32>,
    /// What naive Bayes says.
    pub odds: Vec<f32>,
}

impl Held {
    /// Takes other margins of the same classes, in an order of their own.
    pub fn take(&mut self, margins: Margins) {
        let at = |class: u16| self.margins.iter().position(|(other, _)| *other == class);
        let order: Vec<usize> = margins.iter().filter_map(|(class, _)| at(*class)).collect();
        let sorted = |said: &[f32]| order.iter().filter_map(|at| said.get(*at).copied()).collect();
        (self.shared, self.odds) = (sorted(&self.shared), sorted(&self.odds));
        self.margins = margins;
    }
}

/// Prototypes of all examples, and of all but each fold's.
pub(super) struct Grown {
    whole: prototypes::Learned,
    without: Vec<prototypes::Learned>,
}

impl<'a> Study<'a> {
    /// Learns from all examples but those of fold `left_out`.
    ///
    /// `start`, what all examples gave, shortens the way.
    pub fn learn(
        &self,
        algorithm: Algorithm,
        left_out: Option<u8>,
        start: Option<&Learned>,
        progress: &dyn Progress,
    ) -> Result<Learned<'a>, Error> {
        if progress.stopped() {
            return Err(Error::Stopped);
        }
        let kept = |i: usize| Some(self.folds[i]) != left_out;
        let weighing = Weighing::learn(self.vocabulary, self.counts, kept);
        let rows = if algorithm.reads_terms() { weighing.rows(self.vocabulary, self.counts) } else { self.no_terms() };
        if let Some((_, places)) = self.few.filter(|_| algorithm.is_classic()) {
            return self.learn_classic(algorithm, places, kept, weighing, progress);
        }
        let dense = match self.axes {
            Some((_, places)) if algorithm == Algorithm::Joined => Some(places),
            _ => self.meaning.filter(|_| algorithm.reads_meaning()),
        };
        let texts = Texts { rows: &rows, dense };
        let classes: Vec<Option<u16>> =
            self.truth.iter().enumerate().map(|(i, &class)| kept(i).then_some(class)).collect();
        let (mut support, mut odds) = (Vec::new(), Vec::new());
        let blocks = match algorithm {
            Algorithm::Linear | Algorithm::Joined => {
                let lesson = self.lesson(texts, &classes);
                let start = start.map(|start| &start.support[..]);
                let learned = linear::learn(&lesson, start, progress).ok_or(Error::Stopped)?;
                let (blocks, found) = learned.into_iter().unzip();
                support = found;
                odds = bayes::learn(&lesson);
                blocks
            }
            Algorithm::Softmax | Algorithm::Encoder => {
                self.all_at_once(texts, &classes, std::slice::from_ref(&(0..texts.columns())), progress)?
            }
            Algorithm::Mixed => {
                let terms = self.vocabulary.len();
                self.all_at_once(texts, &classes, &[0..terms, terms..texts.columns()], progress)?
            }
            Algorithm::Bayes => bayes::learn(&self.lesson(texts, &classes)),
            Algorithm::Centroid => self.middles(texts, &classes),
            Algorithm::Neighbours | Algorithm::Tree | Algorithm::Gauss | Algorithm::Support | Algorithm::Logistic => {
                self.no_blocks(texts.columns())
            }
        };
        let (mut shared, mut shared_support) = (Vec::new(), Vec::new());
        if let Some(attributes) = self.attributes.filter(|_| algorithm.reads_names()) {
            let lesson =
                linear::Lesson { count: attributes.count, lanes: Some(&attributes.of), ..self.lesson(texts, &classes) };
            let start = start.map(|start| &start.shared_support[..]);
            let learned = linear::learn(&lesson, start, progress).ok_or(Error::Stopped)?;
            let (words, found): (Vec<Block>, Vec<Support>) = learned.into_iter().unzip();
            (shared, shared_support) = (attributes.spread(&words), found);
        }
        Ok(Learned { weighing, blocks, rows, dense, support, odds, shared, shared_support, classic: None })
    }

    /// Learns along few axes by a learner that takes dense rows.
    fn learn_classic(
        &self,
        algorithm: Algorithm,
        places: &'a Array2<f32>,
        kept: impl Fn(usize) -> bool,
        weighing: Weighing,
        progress: &dyn Progress,
    ) -> Result<Learned<'a>, Error> {
        let some: Vec<usize> = (0..self.truth.len()).filter(|i| kept(*i)).collect();
        let classes: Vec<u16> = some.iter().map(|i| self.truth[*i]).collect();
        let own = places.select(Axis(0), &some);
        let lesson = classic::Lesson { places: &own, classes: &classes, count: self.intents, c: self.c };
        let stopped = || if progress.stopped() { Error::Stopped } else { Error::Unlearned };
        let columns = self.vocabulary.len();
        let (along, classic) = match algorithm {
            Algorithm::Tree => (self.no_blocks(places.ncols()), Some(classic::tree(&lesson).ok_or_else(stopped)?)),
            Algorithm::Gauss => (self.no_blocks(places.ncols()), Some(classic::gauss(&lesson).ok_or_else(stopped)?)),
            Algorithm::Support => (classic::support(&lesson, progress).ok_or_else(stopped)?, None),
            _ => (classic::logistic(&lesson).ok_or_else(stopped)?, None),
        };
        let behind_terms = |block: Block| {
            let mut weights = vec![[0.0; LANES]; columns];
            weights.extend(block.weights);
            Block { weights, bias: block.bias }
        };
        let blocks = along.into_iter().map(behind_terms).collect();
        Ok(Learned {
            weighing,
            blocks,
            rows: self.no_terms(),
            dense: Some(places),
            support: Vec::new(),
            odds: Vec::new(),
            shared: Vec::new(),
            shared_support: Vec::new(),
            classic,
        })
    }

    /// Returns the best margins of the examples of a fold, by what the others teach.
    pub fn held_out(
        &self,
        algorithm: Algorithm,
        fold: u8,
        whole: &Learned,
        progress: &dyn Progress,
    ) -> Result<Vec<Held>, Error> {
        let held: Vec<usize> = (0..self.truth.len()).filter(|&i| self.folds[i] == fold).collect();
        if algorithm == Algorithm::Neighbours {
            let voters = self.voters.expect("an algorithm that reads the meaning has vectors");
            let votes = |example| best(&voters.votes(example, self.intents));
            let one = |example| Held { example, margins: votes(example), ..Held::default() };
            return Ok(held.into_par_iter().map(one).collect());
        }
        let Learned { rows, dense, blocks, odds, shared, classic, .. } =
            self.learn(algorithm, Some(fold), Some(whole), progress)?;
        let texts = Texts { rows: &rows, dense };
        let one = |i: usize| {
            let mut margins = margins_of(&blocks, self.intents, &texts, i);
            if let (Some(classic), Some((_, places))) = (&classic, self.few) {
                classic.add(places.row(i), &mut margins);
            }
            let margins = best(&margins);
            let terms = Texts { rows: &rows, dense: None };
            let said = |blocks: &[Block], texts: &Texts| -> Vec<f32> {
                let said = if blocks.is_empty() { Vec::new() } else { margins_of(blocks, self.intents, texts, i) };
                margins.iter().filter_map(|(class, _)| said.get(usize::from(*class)).copied()).collect()
            };
            let (shared, odds) = (said(&shared, &texts), said(&odds, &terms));
            Held { example: i, margins, shared, odds }
        };
        Ok(held.into_par_iter().map(one).collect())
    }

    /// Learns prototypes from all examples, and without each of the folds; nothing for an algorithm that has none.
    pub fn prototypes(
        &self,
        algorithm: Algorithm,
        parts: &[u8],
        progress: &dyn Progress,
    ) -> Result<Option<Grown>, Error> {
        let (Some(crowds), Some(places), true) = (self.crowds, self.places(), algorithm.has_prototypes()) else {
            return Ok(None);
        };
        let without = |part: Option<u8>| {
            let kept = |i: usize| Some(self.folds[i]) != part;
            let classes: Vec<Option<u16>> =
                self.truth.iter().enumerate().map(|(i, class)| kept(i).then_some(*class)).collect();
            let starts = crowds.middles(places, kept);
            let lesson = prototypes::Lesson { rows: places.view(), classes: &classes, seed: self.seed };
            prototypes::learn(&lesson, &starts, progress)
        };
        let all: Vec<Option<u8>> = std::iter::once(None).chain(parts.iter().copied().map(Some)).collect();
        let mut learned: Vec<prototypes::Learned> =
            all.into_par_iter().map(without).collect::<Option<_>>().ok_or(Error::Stopped)?;
        Ok(Some(Grown { without: learned.split_off(1), whole: learned.remove(0) }))
    }

    /// Returns where the examples stand along the axes, or among all of the encoder's numbers where there are no axes.
    fn places(&self) -> Option<&Array2<f32>> {
        self.axes.map(|(_, places)| places).or(self.meaning)
    }

    /// Returns what prototypes that did not see an example of the nth fold say of some classes.
    pub fn said(&self, grown: &Grown, nth: usize, example: usize, margins: &Margins) -> Vec<f32> {
        let places = self.places().expect("prototypes were learned of places");
        let logs = grown.without[nth].logs(places.row(example), self.intents);
        margins.iter().map(|(class, _)| logs[usize::from(*class)]).collect()
    }

    /// Packs prototypes as points among the encoder's own numbers.
    pub fn packed(&self, grown: Grown, share: f32) -> Prototypes {
        grown.whole.packed(share, |points| match self.axes {
            Some((axes, _)) => points.dot(&axes.directions().t()),
            None => points,
        })
    }

    fn lesson<'b>(&'b self, texts: Texts<'b>, classes: &'b [Option<u16>]) -> linear::Lesson<'b> {
        let (count, worth) = (self.intents, Some(self.worth));
        linear::Lesson { texts, classes, count, lanes: None, c: self.c, worth, seed: self.seed }
    }

    /// Turns weights along the axes into weights of the encoder's own numbers.
    pub fn off_axes(&self, algorithm: Algorithm, blocks: Vec<Block>) -> Vec<Block> {
        let axes = match algorithm {
            Algorithm::Joined => self.axes,
            other => self.few.filter(|_| other.is_classic()),
        };
        let Some((axes, _)) = axes else { return blocks };
        let turned = |mut block: Block| {
            let along = block.weights.split_off(self.vocabulary.len());
            block.weights.extend(axes.weights(&along));
            block
        };
        blocks.into_par_iter().map(turned).collect()
    }

    /// Learns all classes at once, from each range of columns by itself; what the ranges find adds up.
    fn all_at_once(
        &self,
        texts: Texts,
        classes: &[Option<u16>],
        ranges: &[std::ops::Range<usize>],
        progress: &dyn Progress,
    ) -> Result<Vec<Block>, Error> {
        let kept: Vec<usize> = (0..classes.len()).filter(|&i| classes[i].is_some()).collect();
        let truth: Vec<u16> = kept.iter().filter_map(|&i| classes[i]).collect();
        let worth: Vec<f32> = kept.iter().map(|&i| self.worth[i]).collect();
        let terms = self.vocabulary.len();
        let mut sum = self.no_blocks(texts.columns());
        for range in ranges {
            let gram = self.gram(texts, &kept, range);
            let c = self.c * SOFTMAX_PRICE;
            let lesson = softmax::Lesson { gram: &gram, classes: &truth, count: self.intents, c, worth: Some(&worth) };
            let shares = softmax::learn(&lesson, progress).ok_or(Error::Stopped)?;
            sum.par_iter_mut().enumerate().for_each(|(nth, block)| {
                for lane in 0..LANES.min(self.intents - nth * LANES) {
                    block.bias[lane] += shares.column(nth * LANES + lane).sum();
                }
                for (&i, shares) in kept.iter().zip(shares.rows()) {
                    let lanes: Vec<f32> = shares.iter().skip(nth * LANES).take(LANES).copied().collect();
                    let mut add = |column: usize, value: f32| {
                        if range.contains(&column) {
                            let weights = &mut block.weights[column];
                            weights.iter_mut().zip(&lanes).for_each(|(weight, share)| *weight += share * value);
                        }
                    };
                    let (columns, values) = texts.rows.row(i);
                    columns.iter().zip(values).for_each(|(column, value)| add(*column as usize, *value));
                    texts.numbers(i).iter().enumerate().for_each(|(at, value)| add(terms + at, *value));
                }
            });
        }
        Ok(sum)
    }

    /// Returns the products of some rows with each other over a range of columns.
    fn gram(&self, Texts { rows, dense }: Texts, kept: &[usize], range: &std::ops::Range<usize>) -> Array2<f32> {
        let terms = range.start..range.end.min(self.vocabulary.len());
        let mut postings: Vec<Vec<(u32, f32)>> = vec![Vec::new(); terms.len()];
        for (place, &i) in kept.iter().enumerate() {
            let (columns, values) = rows.row(i);
            for (&column, &value) in
                columns.iter().zip(values).filter(|(column, _)| terms.contains(&(**column as usize)))
            {
                postings[column as usize - terms.start].push((place as u32, value));
            }
        }
        let mut gram = match dense {
            Some(dense) if range.end > self.vocabulary.len() => {
                let some = dense.select(Axis(0), kept);
                product(some.view(), some.t())
            }
            _ => Array2::zeros((kept.len(), kept.len())),
        };
        gram.axis_iter_mut(Axis(0)).into_par_iter().zip(kept).for_each(|(mut out, &i)| {
            let (columns, values) = rows.row(i);
            for (&column, &value) in
                columns.iter().zip(values).filter(|(column, _)| terms.contains(&(**column as usize)))
            {
                for &(place, other) in &postings[column as usize - terms.start] {
                    out[place as usize] += value * other;
                }
            }
        });
        gram
    }

    /// Returns the middle of each class's rows as its weights.
    fn middles(&self, texts: Texts, classes: &[Option<u16>]) -> Vec<Block> {
        let terms = self.vocabulary.len();
        let mut blocks = self.no_blocks(texts.columns());
        for (i, class) in classes.iter().enumerate() {
            let Some(class) = class.map(usize::from) else { continue };
            let mut add = |column: usize, value: f32| blocks[class / LANES].weights[column][class % LANES] += value;
            let (columns, values) = texts.rows.row(i);
            columns.iter().zip(values).for_each(|(column, value)| add(*column as usize, *value));
            texts.numbers(i).iter().enumerate().for_each(|(at, value)| add(terms + at, *value));
        }
        for block in &mut blocks {
            let mut squares = [0f32; LANES];
            for weights in &block.weights {
                squares.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight * weight);
            }
            let scales = squares.map(|square| if square > 0.0 { 1.0 / square.sqrt() } else { 0.0 });
            for weights in &mut block.weights {
                weights.iter_mut().zip(scales).for_each(|(weight, scale)| *weight *= scale);
            }
        }
        blocks
    }

    fn no_blocks(&self, columns: usize) -> Vec<Block> {
        let none = Block { weights: vec![[0.0; LANES]; columns], bias: [0.0; LANES] };
        vec![none; self.intents.div_ceil(LANES)]
    }

    fn no_terms(&self) -> Rows {
        let mut rows = Rows::new(self.vocabulary.len());
        self.truth.iter().for_each(|_| rows.push([]));
        rows
    }
}

fn margins_of(blocks: &[Block], intents: usize, texts: &Texts, i: usize) -> Vec<f32> {
    let mut margins = Vec::with_capacity(blocks.len() * LANES);
    blocks.iter().for_each(|block| margins.extend(block.margins(texts, i)));
    margins.truncate(intents);
    margins
}

/// Examples that vote by meaning, each in its fold.
pub(super) struct Voters {
    pub neighbours: Neighbours,
    rows: Vectors,
    /// The fold of each voter.
    folds: Vec<u8>,
    own: Vec<u8>,
}

impl Voters {
    pub fn of(meaning: &Array2<f32>, truth: &[u16], folds: &[u8], intents: usize) -> Self {
        let mut rows = Vectors::new(meaning.ncols());
        meaning.rows().into_iter().for_each(|row| rows.push(row.to_slice().expect("rows lie in one piece")));
        let chosen = Neighbours::chosen(truth, intents);
        let mut vectors = Vectors::new(meaning.ncols());
        vectors.take(&rows, chosen.iter().copied());
        let neighbours = Neighbours { vectors, classes: chosen.iter().map(|&i| truth[i]).collect() };
        let of_chosen: Vec<u8> = chosen.iter().map(|&i| folds[i]).collect();
        Self { neighbours, rows, folds: of_chosen, own: folds.to_vec() }
    }

    /// Returns the margins of an example by the nearest ones of other folds.
    fn votes(&self, i: usize, intents: usize) -> Vec<f32> {
        self.neighbours.votes(&self.cosines(i), intents, |at| self.is_other(i, at))
    }

    /// Returns how near the nearest of other folds are to each example, and of these the nearest of other classes.
    pub fn closeness(&self, truth: &[u16]) -> Vec<(f32, f32)> {
        let one = |i: usize| {
            let cosines = self.cosines(i);
            let other = |at: usize| self.is_other(i, at);
            let strange = |at: usize| other(at) && self.neighbours.classes[at] != truth[i];
            (self.neighbours.closeness(&cosines, other), self.neighbours.closeness(&cosines, strange))
        };
        (0..truth.len()).into_par_iter().map(one).collect()
    }

    fn cosines(&self, i: usize) -> Vec<f32> {
        let (scale, numbers) = self.rows.row(i);
        self.neighbours.cosines(scale, numbers)
    }

    fn is_other(&self, i: usize, at: usize) -> bool {
        self.folds[at] != self.own[i] || self.folds[at] == ALWAYS
    }
}
