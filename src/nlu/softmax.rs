//! All intents at once: multinomial logistic regression, for few examples the best learner measured.
//!
//! Answers "which mix of the examples is each intent's weight?". The weights are a sum of the examples' rows, so the
//! search goes over one number an example and intent, with the examples' products (Gram matrix) instead of their
//! columns; it walks by L-BFGS in the space of the weights. Cost grows with the square of the examples: for up to a
//! few thousand. Not here: features, calibration.

use ndarray::{Array2, Zip};
use rayon::prelude::*;

use crate::progress::Progress;
use crate::text::vector::product;

/// What to learn from.
pub struct Lesson<'a> {
    /// Products of the examples' rows with each other.
    pub gram: &'a Array2<f32>,
    /// The class of each example.
    pub classes: &'a [u16],
    /// How many classes there are.
    pub count: usize,
    /// The price of an error; larger fits the examples more closely.
    pub c: f32,
    /// What each example's price is of that; `None` where all are worth the same.
    pub worth: Option<&'a [f32]>,
}

impl Lesson<'_> {
    fn price(&self, at: usize) -> f32 {
        self.c * self.worth.map_or(1.0, |worth| worth[at])
    }
}

/// Steps at most; few problems need more than 30.
const STEPS: usize = 60;
/// Steps remembered.
const MEMORY: usize = 6;
/// Done when the slope has fallen to this share of the first.
const FLAT: f64 = 3e-3;

/// Returns the share of each example (row) in each class's weights (column); `None` when stopped.
///
/// Each example counts as if its row had one more column of 1, the bias.
pub fn learn(lesson: &Lesson, progress: &dyn Progress) -> Option<Array2<f32>> {
    let shape = (lesson.classes.len(), lesson.count);
    let mut at = Point { shares: Array2::zeros(shape), logits: Array2::zeros(shape) };
    let (mut loss, mut slope) = look(lesson, &at);
    let mut past: Vec<(Point, Point, f64)> = Vec::new();
    let first = inner(&slope, &slope).sqrt();
    for _ in 0..STEPS {
        if progress.stopped() {
            return None;
        }
        let mut step = slope.clone();
        let mut weighed = Vec::with_capacity(past.len());
        for (moved, turned, product) in past.iter().rev() {
            let weight = inner(moved, &step) / product;
            step.add(turned, -weight);
            weighed.push(weight);
        }
        match past.last() {
            Some((_, turned, product)) => step.scale(product / inner(turned, turned)),
            // Nothing known of the curvature: it is at most the price of an error over four, plus 1.
            None => step.scale(1.0 / (1.0 + f64::from(lesson.c) / 4.0)),
        }
        for ((moved, turned, product), weight) in past.iter().zip(weighed.into_iter().rev()) {
            let other = inner(turned, &step) / product;
            step.add(moved, weight - other);
        }
        step.scale(-1.0);
        let fall = inner(&slope, &step);
        if fall >= 0.0 {
            break;
        }
        let mut size = 1.0;
        let (next, (next_loss, next_slope)) = loop {
            let mut next = at.clone();
            next.add(&step, size);
            let found = look(lesson, &next);
            if found.0 <= loss + 1e-4 * size * fall {
                break (next, found);
            }
            size *= 0.5;
            if size < 1e-4 {
                return Some(at.shares);
            }
        };
        let mut moved = next.clone();
        moved.add(&at, -1.0);
        let mut turned = next_slope.clone();
        turned.add(&slope, -1.0);
        let product = inner(&moved, &turned);
        (at, loss, slope) = (next, next_loss, next_slope);
        if inner(&slope, &slope).sqrt() <= FLAT * first {
            break;
        }
        if product > 0.0 {
            past.push((moved, turned, product));
            if past.len() > MEMORY {
                past.remove(0);
            }
        }
    }
    Some(at.shares)
}

/// A point or direction in the space of the weights: its shares of the examples, and its products with them.
#[derive(Clone)]
struct Point {
    shares: Array2<f32>,
    logits: Array2<f32>,
}

impl Point {
    fn add(&mut self, other: &Point, times: f64) {
        self.shares.scaled_add(times as f32, &other.shares);
        self.logits.scaled_add(times as f32, &other.logits);
    }

    fn scale(&mut self, by: f64) {
        self.shares *= by as f32;
        self.logits *= by as f32;
    }
}

/// The inner product of two directions in the space of the weights.
fn inner(a: &Point, b: &Point) -> f64 {
    let rows = a.shares.rows().into_iter().zip(b.logits.rows());
    rows.map(|(a, b)| f64::from(a.dot(&b))).sum()
}

/// Returns the loss at a point and its slope.
fn look(lesson: &Lesson, at: &Point) -> (f64, Point) {
    let mut shares = at.shares.clone();
    let (mut shares_rows, logits_rows): (Vec<_>, Vec<_>) =
        (shares.rows_mut().into_iter().collect(), at.logits.rows().into_iter().collect());
    let losses: Vec<f64> = shares_rows
        .par_iter_mut()
        .zip(&logits_rows)
        .zip(lesson.classes)
        .enumerate()
        .map(|(at, ((shares, logits), class))| {
            let price = lesson.price(at);
            let top = logits.fold(f32::NEG_INFINITY, |top, z| top.max(*z));
            let sum: f32 = logits.iter().map(|z| (z - top).exp()).sum();
            Zip::from(shares).and(logits).for_each(|share, z| *share += price * (z - top).exp() / sum);
            f64::from(price) * f64::from(sum.ln() + top - logits[*class as usize])
        })
        .collect();
    for (at, (mut row, class)) in shares.rows_mut().into_iter().zip(lesson.classes).enumerate() {
        row[*class as usize] -= lesson.price(at);
    }
    let loss = losses.iter().sum::<f64>() + 0.5 * inner(at, at);
    let mut logits = product(lesson.gram.view(), shares.view());
    // The column of 1 every example has.
    let bias = shares.sum_axis(ndarray::Axis(0));
    logits += &bias;
    (loss, Point { shares, logits })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;

    #[test]
    fn the_end_is_flat_and_right() {
        // Thirty rows of three classes, two numbers each.
        let rows = Array2::from_shape_fn((30, 2), |(i, j)| {
            let angle = (i % 3) as f32 * 2.1 + (i / 3) as f32 * 0.05;
            if j == 0 { angle.cos() } else { angle.sin() }
        });
        let classes: Vec<u16> = (0..30).map(|i| i % 3).collect();
        let gram = rows.dot(&rows.t());
        let lesson = Lesson { gram: &gram, classes: &classes, count: 3, c: 5.0, worth: None };
        let shares = learn(&lesson, &Quiet).unwrap();
        let logits = gram.dot(&shares) + &shares.sum_axis(ndarray::Axis(0));
        for (row, class) in logits.rows().into_iter().zip(&classes) {
            assert!((0..3).all(|other| other == *class as usize || row[other] < row[*class as usize]));
        }
        // At the optimum an example's share is the price times what its probability lacks.
        let at = Point { shares: shares.clone(), logits };
        let slope = look(&lesson, &at).1;
        // Away from it the slope is above 10.
        assert!(inner(&slope, &slope).sqrt() < 0.15, "{}", inner(&slope, &slope).sqrt());
        assert_eq!(learn(&lesson, &Quiet).unwrap(), shares);
    }
}
