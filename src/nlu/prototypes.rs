//! Prototypes: a few points of each intent in the encoder's space, moved until they tell it from the others.
//!
//! Answers "which kinds of question does an intent hold, and how far does each reach?". An intent's probability is its
//! prototypes' part of all sums of `exp(bias + prototype·text)` (soft nearest prototype classification, Seo, Bode and
//! Obermayer 2003), learned on all intents at once by Adam from where the intent's examples crowd. Weights of
//! columns draw one line between an intent and the rest; prototypes follow its bends, and the two err on other
//! texts. So the logarithms of these probabilities are added to the margins, with the share that held-out examples show
//! best; as probabilities, not as plain sums, they leave it clear how far a text is from all intents. Measured
//! beside one against the rest over terms and meaning: about half a point more on banking77, a fifth on clinc150, a
//! tenth less on mschat_zh. Called by `train`. Not here: where the examples crowd (`middles`).

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis};

use crate::domain::vector::Vectors;
use crate::nlu::descent::{Adam, Deal};
use crate::nlu::neighbours::product;
use crate::progress::Progress;

/// Prototypes an intent has at most, and all together.
pub const EACH: usize = 4;
pub const MOST: usize = 2048;

/// How long a prototype is at the start: how sharply it tells near from far.
const LENGTH: f32 = 12.0;
/// Times every example is seen, or as often as gives this many steps; examples seen at most. Where some are left out, what
/// is learned only tells how far to trust the whole, and needs less.
const ROUNDS: usize = 3;
const ROUNDS_WITHOUT: usize = 2;
const STEPS: usize = 80;
const SEEN: usize = 80_000;
/// Examples of a step: a fixed part of all, within bounds.
const PART: usize = 40;
const BATCH: (usize, usize) = (32, 128);
/// The first step's size, of a prototype's length, with the largest batch; it falls to 0. With smaller ones it is smaller,
/// for their slopes are less sure.
const STEP: f32 = 0.006;
/// How much of the past a step's direction and its spread remember.
const MEMORY: [f32; 2] = [0.9, 0.98];

/// Points with their intents, as a model keeps them.
#[derive(Debug, Clone, PartialEq)]
pub struct Prototypes {
    /// What a unit of logit adds to a margin.
    pub share: f32,
    pub vectors: Vectors,
    pub bias: Vec<f32>,
    pub classes: Vec<u16>,
}

impl Prototypes {
    /// Adds to each class's margin what a text's vector, centred and of length 1, gives it.
    pub fn add(&self, scale: f32, numbers: &[i8], margins: &mut [f32]) {
        let logits: Vec<f32> = (0..self.vectors.len())
            .map(|at| {
                let (other, row) = self.vectors.row(at);
                product(numbers, row) as f32 * scale * other + self.bias[at]
            })
            .collect();
        let logs = logs(&logits, &self.classes, margins.len());
        margins.iter_mut().zip(logs).for_each(|(margin, log)| *margin += self.share * log);
    }
}

/// What to learn from.
pub struct Lesson<'a> {
    /// A row of length 1 an example.
    pub rows: ArrayView2<'a, f32>,
    /// The class of each example; `None` for one left out.
    pub classes: &'a [Option<u16>],
    pub seed: u64,
}

/// Points that have learned, not yet packed.
pub struct Learned {
    points: Array2<f32>,
    bias: Array1<f32>,
    classes: Vec<u16>,
}

const FRESH: &str = "a fresh matrix lies in one piece";

/// Moves points, in the order of their classes, until they tell the classes apart; `None` when stopped.
pub fn learn(lesson: &Lesson, starts: &[(u16, Array1<f32>)], progress: &dyn Progress) -> Option<Learned> {
    let (count, width) = (starts.len(), lesson.rows.ncols());
    let mut learned = Learned {
        points: Array2::from_shape_fn((count, width), |(at, number)| LENGTH * starts[at].1[number]),
        bias: Array1::zeros(count),
        classes: starts.iter().map(|(class, _)| *class).collect(),
    };
    let order: Vec<usize> = (0..lesson.classes.len()).filter(|i| lesson.classes[*i].is_some()).collect();
    if order.is_empty() || starts.is_empty() {
        return Some(learned);
    }
    let size = (order.len() / PART).clamp(BATCH.0, BATCH.1).min(order.len());
    let rounds = if order.len() < lesson.classes.len() { ROUNDS_WITHOUT } else { ROUNDS };
    let steps = (rounds * order.len()).min(SEEN.max(order.len())).div_ceil(size).max(STEPS);
    let first = STEP * LENGTH * (size as f32 / BATCH.1 as f32).sqrt();
    let mut moved = [learned.points.len(), count].map(|count| Adam::new(count, MEMORY));
    let mut deal = Deal::new(order, size, lesson.seed);
    for step in 0..steps {
        if progress.stopped() {
            return None;
        }
        let batch = deal.batch();
        let rows = lesson.rows.select(Axis(0), &batch);
        let slopes = learned.slopes(&rows, |at| lesson.classes[batch[at]].expect("only examples kept are dealt"));
        let far = first * (1.0 - step as f32 / steps as f32);
        let mut turned = Array2::zeros(learned.points.dim());
        general_mat_mul(1.0, &slopes.t(), &rows, 0.0, &mut turned);
        let of_bias = slopes.sum_axis(Axis(0));
        let numbers = [learned.points.as_slice_mut(), learned.bias.as_slice_mut()];
        let found = [turned.as_slice(), of_bias.as_slice()];
        for ((adam, numbers), found) in moved.iter_mut().zip(numbers).zip(found) {
            adam.step(numbers.expect(FRESH), found.expect(FRESH), far);
        }
    }
    Some(learned)
}

impl Learned {
    /// Returns what rows have of each prototype.
    fn logits(&self, rows: &Array2<f32>) -> Array2<f32> {
        let mut logits = Array2::zeros((rows.nrows(), self.classes.len()));
        general_mat_mul(1.0, rows, &self.points.t(), 0.0, &mut logits);
        logits + &self.bias
    }

    /// Returns how the loss of a batch changes with what each row has of each prototype.
    fn slopes(&self, rows: &Array2<f32>, class: impl Fn(usize) -> u16) -> Array2<f32> {
        let mut logits = self.logits(rows);
        let each = 1.0 / rows.nrows() as f32;
        for (at, mut logits) in logits.rows_mut().into_iter().enumerate() {
            let logits = logits.as_slice_mut().expect(FRESH);
            // A prototype's part of all, less its part of its own class's where that is the truth.
            let truth = class(at);
            let from = self.classes.partition_point(|class| *class < truth);
            let own = from..from + self.classes[from..].partition_point(|class| *class == truth);
            let mut of_own = logits[own.clone()].to_vec();
            parts(&mut of_own);
            parts(logits);
            logits.iter_mut().for_each(|part| *part *= each);
            logits[own].iter_mut().zip(of_own).for_each(|(part, own)| *part -= own * each);
        }
        logits
    }

    /// Returns the logarithm of each class's probability for a row, as [`Prototypes::add`] adds it with a share of 1.
    pub fn logs(&self, row: ndarray::ArrayView1<f32>, count: usize) -> Vec<f32> {
        let logits = self.points.dot(&row) + &self.bias;
        logs(logits.as_slice().expect("logits lie in one piece"), &self.classes, count)
    }

    /// Packs the points; `turn` gives each as one of the encoder's own numbers.
    pub fn packed(self, share: f32, turn: impl Fn(Array2<f32>) -> Array2<f32>) -> Prototypes {
        let points = turn(self.points);
        let mut vectors = Vectors::new(points.ncols());
        points.rows().into_iter().for_each(|row| vectors.push(&row.to_vec()));
        Prototypes { share, vectors, bias: self.bias.to_vec(), classes: self.classes }
    }
}

/// Makes of logits their parts of the sum of all `exp`.
fn parts(logits: &mut [f32]) {
    let top = logits.iter().fold(f32::NEG_INFINITY, |top, z| if *z > top { *z } else { top });
    logits.iter_mut().for_each(|z| *z = (*z - top).exp());
    let all: f32 = logits.iter().sum();
    logits.iter_mut().for_each(|part| *part /= all);
}

/// Returns the logarithm of each class's probability; a class without a prototype has what the least of the others has.
fn logs(logits: &[f32], classes: &[u16], count: usize) -> Vec<f32> {
    let mut tops = vec![f32::NEG_INFINITY; count];
    for (class, z) in classes.iter().zip(logits) {
        let top = &mut tops[usize::from(*class)];
        *top = top.max(*z);
    }
    let mut sums = vec![0f32; count];
    for (class, z) in classes.iter().zip(logits) {
        let class = usize::from(*class);
        sums[class] += (z - tops[class]).exp();
    }
    let mut logs: Vec<f32> = tops.iter().zip(&sums).map(|(top, sum)| top + sum.ln()).collect();
    let found = || logs.iter().copied().filter(|log| log.is_finite());
    let (least, most) =
        found().fold((f32::INFINITY, f32::NEG_INFINITY), |(least, most), z| (least.min(z), most.max(z)));
    if !most.is_finite() {
        return vec![0.0; count];
    }
    let all = most + found().map(|z| (z - most).exp()).sum::<f32>().ln();
    logs.iter_mut().for_each(|log| *log = if log.is_finite() { *log } else { least } - all);
    logs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Quiet, Stop};
    use proptest::prelude::*;

    /// Two classes no line parts: one lies on both sides of the other.
    fn striped() -> (Array2<f32>, Vec<u16>) {
        let angle = |i: usize| 0.02 * (i / 4) as f32 + 0.9 * (i % 4) as f32;
        let rows = Array2::from_shape_fn((80, 2), |(i, j)| if j == 0 { angle(i).cos() } else { angle(i).sin() });
        (rows, (0..80).map(|i| u16::from(i % 4 % 2 == 1)).collect())
    }

    fn starts(rows: &Array2<f32>) -> Vec<(u16, Array1<f32>)> {
        // Rough ones: the places of single examples, and one of the second class far from its own.
        [(0, 0), (0, 2), (1, 1), (1, 2)].map(|(class, at)| (class, rows.row(at).to_owned())).to_vec()
    }

    fn taught(rows: &Array2<f32>, truth: &[u16], left_out: Option<usize>) -> Learned {
        let class = |(i, class): (usize, &u16)| (Some(i) != left_out).then_some(*class);
        let classes: Vec<Option<u16>> = truth.iter().enumerate().map(class).collect();
        let lesson = Lesson { rows: rows.view(), classes: &classes, seed: 1 };
        // Eighty examples are few steps: seen several times over.
        let mut starts = starts(rows);
        let mut learned = learn(&lesson, &starts, &Quiet).unwrap();
        for _ in 0..40 {
            let length = |row: ndarray::ArrayView1<f32>| row.dot(&row).sqrt();
            starts = learned
                .points
                .rows()
                .into_iter()
                .zip(&learned.classes)
                .map(|(row, class)| (*class, &row / length(row)))
                .collect();
            learned = learn(&lesson, &starts, &Quiet).unwrap();
        }
        learned
    }

    #[test]
    fn classes_are_told_apart_that_no_line_parts() {
        let (rows, truth) = striped();
        let learned = taught(&rows, &truth, None);
        for (row, class) in rows.rows().into_iter().zip(&truth) {
            let logs = learned.logs(row, 2);
            assert!(logs[usize::from(*class)] > logs[usize::from(1 - class)], "{row} {class} {logs:?}");
        }
    }

    #[test]
    fn a_slope_is_that_of_the_loss() {
        let (rows, truth) = striped();
        let loss = |learned: &Learned| -> f32 {
            let each =
                rows.rows().into_iter().zip(&truth).map(|(row, class)| -learned.logs(row, 2)[usize::from(*class)]);
            each.sum::<f32>() / truth.len() as f32
        };
        let classes: Vec<Option<u16>> = truth.iter().map(|class| Some(*class)).collect();
        let lesson = Lesson { rows: rows.view(), classes: &classes, seed: 1 };
        let mut learned = learn(&lesson, &starts(&rows), &Quiet).unwrap();
        let slopes = learned.slopes(&rows, |at| truth[at]).sum_axis(Axis(0));
        for at in 0..4 {
            let moved = |learned: &mut Learned, by: f32| {
                learned.bias[at] += by;
                let found = loss(learned);
                learned.bias[at] -= by;
                found
            };
            let measured = (moved(&mut learned, 0.01) - moved(&mut learned, -0.01)) / 0.02;
            assert!((measured - slopes[at]).abs() < 1e-3, "{at}: {measured} {}", slopes[at]);
        }
    }

    #[test]
    fn packed_ones_say_what_they_learned() {
        let (rows, truth) = striped();
        let learned = taught(&rows, &truth, None);
        let wanted: Vec<Vec<f32>> = rows.rows().into_iter().map(|row| learned.logs(row, 3)).collect();
        let packed = learned.packed(0.5, |points| points);
        for (row, wanted) in rows.rows().into_iter().zip(wanted) {
            let mut asked = Vectors::new(2);
            asked.push(&row.to_vec());
            let (scale, numbers) = asked.row(0);
            let mut margins = vec![1.0; 3];
            packed.add(scale, numbers, &mut margins);
            for (margin, wanted) in margins.iter().zip(&wanted) {
                assert!((margin - 1.0 - 0.5 * wanted).abs() < 0.1, "{margins:?} {wanted}");
            }
            // A class without a prototype stands no higher than the last that has one.
            assert_eq!(margins[2], margins[0].min(margins[1]));
        }
    }

    #[test]
    fn learning_stops_when_told() {
        let (rows, truth) = striped();
        let classes: Vec<Option<u16>> = truth.iter().map(|class| Some(*class)).collect();
        let lesson = Lesson { rows: rows.view(), classes: &classes, seed: 1 };
        assert!(learn(&lesson, &starts(&rows), &Stop).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn an_example_left_out_moves_nothing(which in 0usize..80, by in 0usize..80) {
            let (rows, truth) = striped();
            let mut other = rows.clone();
            other.row_mut(which).assign(&rows.row(by));
            let start = starts(&rows);
            let learned = |rows: &Array2<f32>| {
                let class = |(i, class): (usize, &u16)| (i != which).then_some(*class);
                let classes: Vec<Option<u16>> = truth.iter().enumerate().map(class).collect();
                let lesson = Lesson { rows: rows.view(), classes: &classes, seed: 1 };
                learn(&lesson, &start, &Quiet).unwrap().points
            };
            prop_assert_eq!(learned(&rows), learned(&other));
        }
    }
}
