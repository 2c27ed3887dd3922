//! An averaged structured perceptron (Collins 2002) over labels that begin, go on or stay outside an entity.
//!
//! Label 0 is outside, `1 + 2e` begins entity `e`, `2 + 2e` goes on with it; going on is only possible after the same
//! entity. Examples are visited in an order drawn by a seed; the mean of the weights over all visits is kept.

use std::collections::HashMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::nlu::error::Error;
use crate::nlu::tagger::features::Features;
use crate::progress::Progress;

/// A label by number.
pub type Label = u16;

/// The label outside of all entities.
pub const OUTSIDE: Label = 0;

/// Returns the label that begins an entity.
pub fn begins(entity: u16) -> Label {
    1 + 2 * entity
}

/// Returns the entity of a label and whether the label begins it.
pub fn entity(label: Label) -> Option<(u16, bool)> {
    label.checked_sub(1).map(|n| (n / 2, n % 2 == 0))
}

/// Tells whether a label may stand after another.
fn follows(before: Label, label: Label) -> bool {
    match entity(label) {
        Some((own, false)) => entity(before).is_some_and(|(other, _)| other == own),
        _ => true,
    }
}

/// A text ready to learn from.
#[derive(Debug, Clone)]
pub struct Sequence {
    pub features: Vec<Features>,
    pub labels: Vec<Label>,
}

/// The learned weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Perceptron {
    /// How many labels there are.
    pub(super) labels: usize,
    /// By feature: labels with their weights, in order of label.
    pub(super) weights: HashMap<u64, Vec<(Label, f32)>>,
    /// Weight of each label after each other, `before * labels + label`; the start counts as outside.
    pub(super) steps: Vec<f32>,
}

/// Times every text is visited.
const ROUNDS: usize = 12;

impl Perceptron {
    /// Learns from sequences of `entities` entities.
    pub fn learn(sequences: &[Sequence], entities: usize, seed: u64, progress: &dyn Progress) -> Result<Self, Error> {
        let labels = 1 + 2 * entities;
        let mut columns: HashMap<u64, usize> = HashMap::new();
        // Features by column, so that a visit needs no hash.
        let rows: Vec<Vec<Vec<usize>>> = sequences
            .iter()
            .map(|sequence| {
                let mut column = |feature: &u64| {
                    let next = columns.len();
                    *columns.entry(*feature).or_insert(next)
                };
                sequence.features.iter().map(|unit| unit.iter().map(&mut column).collect()).collect()
            })
            .collect();
        let mut weights = Mean::new(columns.len() * labels);
        let mut steps = Mean::new(labels * labels);
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut visit = 0i64;
        for round in 0..ROUNDS {
            order.shuffle(&mut random);
            for &at in &order {
                visit += 1;
                if visit % 256 == 0 {
                    progress.at(
                        (round * order.len()) as u64 + visit as u64 % order.len() as u64,
                        (ROUNDS * order.len()) as u64,
                    );
                    if progress.stopped() {
                        return Err(Error::Stopped);
                    }
                }
                let gold = &sequences[at].labels;
                let scores: Vec<f32> = emissions(&rows[at], &weights.now, labels);
                let found = best(&scores, &steps.now, labels);
                if found == *gold {
                    continue;
                }
                let (mut wrong, mut right) = (OUTSIDE, OUTSIDE);
                for (unit, (&guess, &truth)) in rows[at].iter().zip(found.iter().zip(gold)) {
                    if guess != truth {
                        for column in unit {
                            weights.add(column * labels + usize::from(truth), 1.0, visit);
                            weights.add(column * labels + usize::from(guess), -1.0, visit);
                        }
                    }
                    let place = |before: Label, label: Label| usize::from(before) * labels + usize::from(label);
                    if (wrong, guess) != (right, truth) {
                        steps.add(place(right, truth), 1.0, visit);
                        steps.add(place(wrong, guess), -1.0, visit);
                    }
                    (wrong, right) = (guess, truth);
                }
            }
        }
        let mean = weights.mean(visit);
        let kept = |column: usize| -> Vec<(Label, f32)> {
            let own = mean[column * labels..][..labels].iter().enumerate();
            own.filter(|(_, weight)| weight.abs() > 1e-6).map(|(label, weight)| (label as Label, *weight)).collect()
        };
        let weights = columns.into_iter().map(|(feature, column)| (feature, kept(column)));
        let weights = weights.filter(|(_, own)| !own.is_empty()).collect();
        Ok(Self { labels, weights, steps: steps.mean(visit) })
    }

    /// Returns the best labels of a text.
    pub fn label(&self, features: &[Features]) -> Vec<Label> {
        let mut scores = vec![0f32; features.len() * self.labels];
        for (unit, scores) in features.iter().zip(scores.chunks_mut(self.labels.max(1))) {
            for (label, weight) in unit.iter().filter_map(|feature| self.weights.get(feature)).flatten() {
                scores[usize::from(*label)] += weight;
            }
        }
        best(&scores, &self.steps, self.labels)
    }
}

/// Weights with what their mean needs: the sum of each change times when it was made.
struct Mean {
    now: Vec<f32>,
    late: Vec<f64>,
}

impl Mean {
    fn new(size: usize) -> Self {
        Self { now: vec![0.0; size], late: vec![0.0; size] }
    }

    fn add(&mut self, place: usize, by: f32, visit: i64) {
        self.now[place] += by;
        self.late[place] += f64::from(by) * (visit - 1) as f64;
    }

    fn mean(&self, visits: i64) -> Vec<f32> {
        let visits = visits.max(1) as f64;
        self.now.iter().zip(&self.late).map(|(now, late)| (f64::from(*now) - late / visits) as f32).collect()
    }
}

fn emissions(units: &[Vec<usize>], weights: &[f32], labels: usize) -> Vec<f32> {
    let mut scores = vec![0f32; units.len() * labels];
    for (unit, scores) in units.iter().zip(scores.chunks_mut(labels)) {
        for column in unit {
            scores.iter_mut().zip(&weights[column * labels..][..labels]).for_each(|(score, weight)| *score += weight);
        }
    }
    scores
}

/// Returns the labels whose scores and steps sum to most (Viterbi); the lower label among equals.
fn best(scores: &[f32], steps: &[f32], labels: usize) -> Vec<Label> {
    if labels == 0 || scores.is_empty() {
        return Vec::new();
    }
    let units = scores.len() / labels;
    let mut sums = vec![f32::NEG_INFINITY; labels];
    let mut from: Vec<Label> = vec![OUTSIDE; units * labels];
    for label in 0..labels {
        if follows(OUTSIDE, label as Label) {
            sums[label] = scores[label] + steps[label];
        }
    }
    for unit in 1..units {
        let mut next = vec![f32::NEG_INFINITY; labels];
        for label in 0..labels {
            for before in 0..labels {
                if !follows(before as Label, label as Label) {
                    continue;
                }
                let sum = sums[before] + steps[before * labels + label] + scores[unit * labels + label];
                if sum > next[label] {
                    next[label] = sum;
                    from[unit * labels + label] = before as Label;
                }
            }
        }
        sums = next;
    }
    let mut last = 0;
    for label in 1..labels {
        if sums[label] > sums[last] {
            last = label;
        }
    }
    let mut found = vec![last as Label; units];
    for unit in (1..units).rev() {
        found[unit - 1] = from[unit * labels + usize::from(found[unit])];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_best_path_is_the_best_of_all_paths(
            scores in prop::collection::vec(-9i8..9, 4 * 5), steps in prop::collection::vec(-9i8..9, 25)
        ) {
            let labels = 5;
            let scores: Vec<f32> = scores.into_iter().map(f32::from).collect();
            let steps: Vec<f32> = steps.into_iter().map(f32::from).collect();
            let value = |path: &[Label]| {
                let mut before = OUTSIDE;
                let mut sum = 0.0;
                for (unit, &label) in path.iter().enumerate() {
                    if !follows(before, label) {
                        return f32::NEG_INFINITY;
                    }
                    sum += scores[unit * labels + usize::from(label)] + steps[usize::from(before) * labels + usize::from(label)];
                    before = label;
                }
                sum
            };
            let found = best(&scores, &steps, labels);
            let mut most = f32::NEG_INFINITY;
            for code in 0..5usize.pow(4) {
                let path: Vec<Label> = (0..4).map(|n| (code / 5usize.pow(n) % 5) as Label).collect();
                most = most.max(value(&path));
            }
            prop_assert_eq!(value(&found), most);
        }
    }

    #[test]
    fn what_can_be_told_apart_is_learned_and_the_same_each_time() {
        let one = |features: &[u64], labels: &[Label]| Sequence {
            features: features.iter().map(|feature| vec![*feature]).collect(),
            labels: labels.to_vec(),
        };
        let sequences =
            [one(&[1, 2, 3], &[0, 1, 2]), one(&[2, 3, 1], &[1, 2, 0]), one(&[1, 1], &[0, 0]), one(&[4, 2], &[3, 1])];
        let learned = Perceptron::learn(&sequences, 2, 7, &Quiet).unwrap();
        for sequence in &sequences {
            assert_eq!(learned.label(&sequence.features), sequence.labels);
        }
        assert_eq!(learned, Perceptron::learn(&sequences, 2, 7, &Quiet).unwrap());
        assert!(learned.label(&[]).is_empty());
    }
}
