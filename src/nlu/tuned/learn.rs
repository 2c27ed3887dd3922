//! Teaching the layers: cross-entropy with smoothed labels, Adam for matrices, a row-wise Adagrad for terms.
//!
//! The numbers below were picked by cross-validation on the training rows of four public sets, Chinese and English; twice or
//! half of most of them does as well, a third round over the examples no better.

use multiversion::multiversion;
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::Rng;

use crate::nlu::descent::{Adam, Deal};
use crate::nlu::encoder::layers::{Layers, THREE_OUT};
use crate::progress::Progress;
use crate::text::vector::Rows;

/// Examples of a step: a fixed part of all, within bounds; and times every example is seen.
const PART: usize = 64;
const BATCH: (usize, usize) = (64, 128);
const ROUNDS: usize = 2;
/// Examples that go through the layers together where nothing is learned.
const TOGETHER: usize = 256;
/// The longest step of the layers' numbers, of the separators' and of the terms', with the smallest batch; larger ones are
/// surer of their slopes, and go further. Steps grow to it over a tenth of all, then fall to 0.
const STEP: f32 = 1e-3;
const STEP_OF_HEAD: f32 = 1e-2;
const STEP_OF_TERMS: f32 = 0.07;
const GROWS: f32 = 0.1;
/// How much of the past a step's direction and its spread remember.
const MEMORY: [f32; 2] = [0.9, 0.99];
/// What keeps a term without slopes from being divided by nothing.
const LEAST: f32 = 1e-7;
/// The part of a label that is spread over all intents.
const SMOOTHED: f32 = 0.1;
/// The part of a text's terms that is left out whenever the text is seen, so that none is relied on alone.
const LEFT_OUT: f32 = 0.2;
/// How long an intent's separator is at the start.
const LENGTH: f32 = 10.0;

/// What to learn from.
pub struct Lesson<'a> {
    /// What the layers are given for each example, without its terms.
    pub sums: ArrayView2<'a, f32>,
    /// The weighed terms of each example.
    pub rows: &'a Rows,
    /// How many terms, the first of all, get numbers.
    pub terms: usize,
    /// The class of each example; `None` for one left out.
    pub classes: &'a [Option<u16>],
    /// How much an error on each example costs.
    pub worth: &'a [f32],
    pub count: usize,
    pub seed: u64,
}

/// Layers that have learned.
pub struct Learned {
    pub layers: Layers,
    /// What each term adds to a sum, a row each.
    pub terms: Array2<f32>,
    /// What the examples' vectors had in common before anything was learned.
    pub centre: Array1<f32>,
    /// A column a class.
    pub head: Array2<f32>,
    pub bias: Array1<f32>,
}

/// Teaches layers the classes of the examples kept; `None` when stopped.
pub fn learn(lesson: &Lesson, layers: &Layers, progress: &dyn Progress) -> Option<Learned> {
    let order: Vec<usize> = (0..lesson.classes.len()).filter(|i| lesson.classes[*i].is_some()).collect();
    let mut learned = start(lesson, layers, &order);
    let size = (order.len() / PART).clamp(BATCH.0, BATCH.1);
    let surer = (size as f32 / BATCH.0 as f32).sqrt();
    let steps = ROUNDS * order.len().div_ceil(size);
    let mut paces = Paces::new(&learned);
    let mut deal = Deal::new(order, size, lesson.seed);
    for step in 0..steps {
        if progress.stopped() {
            return None;
        }
        let batch = deal.batch();
        let seen = Seen::of(lesson, &batch, |value| if deal.random.r#gen::<f32>() < LEFT_OUT { 0.0 } else { value });
        let part = (step as f32 + 1.0) / steps as f32;
        let far = (part / GROWS).min(1.0) * (1.0 - step as f32 / steps as f32);
        learned.step(lesson, &batch, &seen, &mut paces, [far * surer, far]);
    }
    Some(learned)
}

/// Returns layers before they learn, with a separator a class that points to the middle of its examples.
fn start(lesson: &Lesson, layers: &Layers, kept: &[usize]) -> Learned {
    let width = layers.matrices[THREE_OUT].ncols();
    let mut head = Array2::<f32>::zeros((width, lesson.count));
    let mut counts = vec![0f32; lesson.count];
    for kept in kept.chunks(TOGETHER) {
        let vectors = layers.pass(lesson.sums.select(Axis(0), kept).view()).vectors;
        for (vector, i) in vectors.rows().into_iter().zip(kept) {
            let class = usize::from(lesson.classes[*i].expect("only examples kept are listed"));
            counts[class] += 1.0;
            head.column_mut(class).zip_mut_with(&vector, |sum, x| *sum += x);
        }
    }
    let centre = head.sum_axis(Axis(1)) / kept.len().max(1) as f32;
    for (mut column, count) in head.columns_mut().into_iter().zip(counts) {
        column.scaled_add(-count, &centre);
        let long = column.dot(&column).sqrt();
        if long > 0.0 {
            column *= LENGTH / long;
        }
    }
    Learned {
        layers: layers.clone(),
        terms: Array2::zeros((lesson.terms, lesson.sums.ncols())),
        centre,
        bias: Array1::zeros(lesson.count),
        head,
    }
}

/// The terms of a few examples, as a step sees them.
struct Seen {
    /// Term, example of the batch, value; ascending.
    entries: Vec<(u32, u32, f32)>,
}

impl Seen {
    fn of(lesson: &Lesson, batch: &[usize], mut value: impl FnMut(f32) -> f32) -> Self {
        let mut entries = Vec::new();
        for (at, i) in batch.iter().enumerate() {
            let (columns, values) = lesson.rows.row(*i);
            for (column, known) in
                columns.iter().zip(values).take_while(|(column, _)| (**column as usize) < lesson.terms)
            {
                let value = value(*known);
                if value != 0.0 {
                    entries.push((*column, at as u32, value));
                }
            }
        }
        entries.sort_unstable_by_key(|(column, at, _)| (*column, *at));
        Self { entries }
    }

    /// Returns the sums of the examples with what their terms add.
    fn sums(&self, lesson: &Lesson, batch: &[usize], terms: &Array2<f32>) -> Array2<f32> {
        let mut sums = lesson.sums.select(Axis(0), batch);
        let width = sums.ncols();
        let (flat, terms) = (sums.as_slice_mut().expect(FRESH), terms.as_slice().expect(FRESH));
        for (column, at, value) in &self.entries {
            let row = &terms[*column as usize * width..][..width];
            add(&mut flat[*at as usize * width..][..width], *value, row);
        }
        sums
    }
}

const FRESH: &str = "rows of a fresh matrix lie in one piece";

/// Adds `value` times `row`.
#[multiversion(targets("x86_64+avx2"))]
fn add(sums: &mut [f32], value: f32, row: &[f32]) {
    sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += value * x);
}

impl Learned {
    /// Moves everything a step along the slopes of the loss of a batch.
    fn step(&mut self, lesson: &Lesson, batch: &[usize], seen: &Seen, paces: &mut Paces, [surer, far]: [f32; 2]) {
        let sums = seen.sums(lesson, batch, &self.terms);
        let passed = self.layers.pass(sums.view());
        let from_centre = &passed.vectors - &self.centre;
        let mut slopes = from_centre.dot(&self.head) + &self.bias;
        for (mut logits, i) in slopes.rows_mut().into_iter().zip(batch) {
            let class = usize::from(lesson.classes[*i].expect("only examples kept are dealt"));
            let each = lesson.worth[*i] / batch.len() as f32;
            let all = log_of_sum(logits.as_slice().expect(FRESH));
            logits.mapv_inplace(|z| ((z - all).exp() - SMOOTHED / lesson.count as f32) * each);
            logits[class] -= (1.0 - SMOOTHED) * each;
        }
        let of_head = from_centre.t().dot(&slopes);
        let of_bias = slopes.sum_axis(Axis(0));
        let (of_layers, of_sums) = self.layers.slopes(sums.view(), &passed, &slopes.dot(&self.head.t()));
        for ((matrix, slope), pace) in self.layers.matrices.iter_mut().zip(&of_layers).zip(&mut paces.layers) {
            pace.step(matrix.as_slice_mut().expect(FRESH), slope.as_slice().expect(FRESH), surer * STEP);
        }
        let head = self.head.as_slice_mut().expect(FRESH);
        paces.head.step(head, of_head.as_slice().expect(FRESH), surer * STEP_OF_HEAD);
        let bias = self.bias.as_slice_mut().expect(FRESH);
        paces.bias.step(bias, of_bias.as_slice().expect(FRESH), surer * STEP_OF_HEAD);
        self.step_of_terms(seen, &of_sums, &mut paces.terms, far * STEP_OF_TERMS);
    }

    /// Moves the numbers of the terms that were seen; each term has a pace of its own (Duchi et al. 2011, a row at a time).
    fn step_of_terms(&mut self, seen: &Seen, of_sums: &Array2<f32>, paces: &mut [f32], far: f32) {
        let width = self.terms.ncols();
        let terms = self.terms.as_slice_mut().expect(FRESH);
        let of_sums = of_sums.as_slice().expect(FRESH);
        let mut slope = vec![0f32; width];
        for group in seen.entries.chunk_by(|a, b| a.0 == b.0) {
            slope.fill(0.0);
            for (_, at, value) in group {
                add(&mut slope, *value, &of_sums[*at as usize * width..][..width]);
            }
            let term = group[0].0 as usize;
            let pace = &mut paces[term];
            *pace += slope.iter().map(|x| x * x).sum::<f32>() / width as f32;
            add(&mut terms[term * width..][..width], -far / (pace.sqrt() + LEAST), &slope);
        }
    }

    /// Returns the logarithm of each class's probability for some examples, a row each.
    pub fn logs(&self, lesson: &Lesson, examples: &[usize]) -> Array2<f32> {
        let mut logs = Array2::zeros((examples.len(), lesson.count));
        for (mut logs, examples) in logs.axis_chunks_iter_mut(Axis(0), TOGETHER).zip(examples.chunks(TOGETHER)) {
            let seen = Seen::of(lesson, examples, |value| value);
            let sums = seen.sums(lesson, examples, &self.terms);
            let vectors = self.layers.pass(sums.view()).vectors - &self.centre;
            logs.assign(&(vectors.dot(&self.head) + &self.bias));
            for mut logits in logs.rows_mut() {
                let all = log_of_sum(logits.as_slice().expect(FRESH));
                logits.mapv_inplace(|z| z - all);
            }
        }
        logs
    }
}

/// Returns the logarithm of the sum of all `exp`.
pub fn log_of_sum(logits: &[f32]) -> f32 {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    top + logits.iter().map(|z| (z - top).exp()).sum::<f32>().ln()
}

/// What steps remember.
struct Paces {
    layers: [Adam; 5],
    head: Adam,
    bias: Adam,
    /// Of each term the sum of its mean squared slopes.
    terms: Vec<f32>,
}

impl Paces {
    fn new(learned: &Learned) -> Self {
        let of = |count: usize| Adam::new(count, MEMORY);
        Self {
            layers: std::array::from_fn(|which| of(learned.layers.matrices[which].len())),
            head: of(learned.head.len()),
            bias: of(learned.bias.len()),
            terms: vec![0.0; learned.terms.nrows()],
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::progress::{Quiet, Stop};
    use ndarray::s;
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256Plus;

    pub const CLASSES: usize = 3;
    const COUNT: usize = 150;

    /// Layers of small numbers, and sums of examples that tell two of three classes from the third; the two are told apart by
    /// terms alone, of which the last has no numbers.
    pub struct Small {
        pub layers: Layers,
        pub sums: Array2<f32>,
        pub rows: Rows,
        pub classes: Vec<Option<u16>>,
        worth: Vec<f32>,
    }

    pub fn small() -> Small {
        let mut random = Xoshiro256Plus::seed_from_u64(11);
        let mut numbers =
            |rows, columns| Array2::from_shape_simple_fn((rows, columns), || random.gen_range(-0.6f32..0.6));
        let layers =
            Layers { matrices: [numbers(6, 24), numbers(12, 12), numbers(12, 10), numbers(12, 16), numbers(10, 16)] };
        let mut sums = numbers(COUNT, 6);
        let class = |i: usize| (i % CLASSES) as u16;
        for i in (0..COUNT).filter(|i| class(*i) == 2) {
            sums[(i, 0)] += 3.0;
        }
        let mut rows = Rows::new(4);
        (0..COUNT).for_each(|i| rows.push([(u32::from(class(i) == 1), 1.0), (2, 0.5), (3, 1.0)]));
        let classes = (0..COUNT).map(|i| Some(class(i))).collect();
        Small { layers, sums, rows, classes, worth: vec![1.0; COUNT] }
    }

    impl Small {
        pub fn lesson(&self) -> Lesson<'_> {
            let Self { sums, rows, classes, worth, .. } = self;
            Lesson { sums: sums.view(), rows, terms: 3, classes, worth, count: CLASSES, seed: 1 }
        }

        /// What is learned when every example is seen often: so few are few steps.
        pub fn taught(&self) -> Learned {
            let again: Vec<usize> = (0..40 * COUNT).map(|i| i % COUNT).collect();
            let mut rows = Rows::new(4);
            again.iter().for_each(|i| {
                let (columns, values) = self.rows.row(*i);
                rows.push(columns.iter().copied().zip(values.iter().copied()));
            });
            let classes: Vec<Option<u16>> = again.iter().map(|i| self.classes[*i]).collect();
            let sums = self.sums.select(Axis(0), &again);
            let worth = vec![1.0; again.len()];
            let lesson = Lesson { sums: sums.view(), rows: &rows, classes: &classes, worth: &worth, ..self.lesson() };
            learn(&lesson, &self.layers, &Quiet).unwrap()
        }
    }

    /// Returns how many examples are told right.
    fn right(small: &Small, learned: &Learned) -> usize {
        let all: Vec<usize> = (0..COUNT).collect();
        let logs = learned.logs(&small.lesson(), &all);
        let best = |i: &usize| {
            (0..CLASSES as u16).max_by(|a, b| logs[(*i, usize::from(*a))].total_cmp(&logs[(*i, usize::from(*b))]))
        };
        all.iter().filter(|i| best(i) == small.classes[**i]).count()
    }

    #[test]
    fn what_sums_do_not_tell_apart_terms_do() {
        let small = small();
        let learned = small.taught();
        assert!(right(&small, &learned) > COUNT * 19 / 20);
        assert_eq!(learned.terms.nrows(), 3);
        let before = start(&small.lesson(), &small.layers, &(0..COUNT).collect::<Vec<_>>());
        assert!(right(&small, &before) < COUNT * 9 / 10);
    }

    #[test]
    fn probabilities_sum_to_one() {
        let small = small();
        let logs = small.taught().logs(&small.lesson(), &[0, 7, 149]);
        logs.rows().into_iter().for_each(|row| assert!((row.mapv(f32::exp).sum() - 1.0).abs() < 1e-4));
    }

    #[test]
    fn an_example_worth_nothing_teaches_nothing() {
        let (mut one, mut other) = (small(), small());
        one.worth[5] = 0.0;
        other.worth[5] = 0.0;
        // But for where it stood at the start.
        let kept: Vec<usize> = (0..COUNT).collect();
        let from = start(&one.lesson(), &one.layers, &kept);
        other.classes[5] = Some(0);
        let step = |small: &Small| {
            let mut learned = start(&one.lesson(), &one.layers, &kept);
            let mut paces = Paces::new(&learned);
            let batch: Vec<usize> = (0..16).collect();
            let seen = Seen::of(&small.lesson(), &batch, |value| value);
            learned.step(&small.lesson(), &batch, &seen, &mut paces, [1.0; 2]);
            learned
        };
        let (one, other) = (step(&one), step(&other));
        assert_eq!(one.head, other.head);
        assert_eq!(one.terms, other.terms);
        assert_eq!(one.layers, other.layers);
        assert!(one.head != from.head);
    }

    #[test]
    fn learning_stops_when_told() {
        let small = small();
        assert!(learn(&small.lesson(), &small.layers, &Stop).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn an_example_left_out_moves_nothing(which in 0..COUNT, by in 0..COUNT, term in 0u32..4) {
            let mut one = small();
            one.classes[which] = None;
            let mut other = small();
            other.classes[which] = None;
            let row = other.sums.row(by).to_owned();
            other.sums.slice_mut(s![which, ..]).assign(&row);
            let mut rows = Rows::new(4);
            for i in 0..COUNT {
                let (columns, values) = other.rows.row(i);
                match i == which {
                    true => rows.push([(term, 2.0)]),
                    false => rows.push(columns.iter().copied().zip(values.iter().copied())),
                }
            }
            other.rows = rows;
            let learned = |small: &Small| learn(&small.lesson(), &small.layers, &Quiet).unwrap();
            let (one, other) = (learned(&one), learned(&other));
            prop_assert_eq!(one.layers, other.layers);
            prop_assert_eq!(one.terms, other.terms);
            prop_assert_eq!(one.head, other.head);
        }

        #[test]
        fn logarithms_of_sums_are_those_of_the_definition(logits in prop::collection::vec(-20f32..20.0, 1..40)) {
            let wanted = logits.iter().map(|z| f64::from(*z).exp()).sum::<f64>().ln();
            prop_assert!((f64::from(log_of_sum(&logits)) - wanted).abs() < 1e-4);
        }
    }
}
