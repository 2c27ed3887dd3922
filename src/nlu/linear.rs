//! One linear separator an intent: support vectors by dual coordinate descent (L2 loss, one against the rest).
//!
//! Answers "which weight has each term for each intent?". Sixteen intents learn side by side in one block: their
//! weights of one column share a cache line, so a text costs about as much for sixteen as for one; blocks run
//! in parallel. A text no longer in doubt for any intent of the block is skipped (shrinking, as in liblinear),
//! and all are looked at once more before an intent is called done. Every block draws the same order of texts
//! from the seed, so the result does not depend on the number of threads.
//! Not here: features, calibration.

use multiversion::multiversion;
use ndarray::Array2;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use crate::progress::Progress;
use crate::text::vector::Rows;

/// How many intents learn side by side.
pub const LANES: usize = 16;

/// Weights of up to [`LANES`] classes, a lane each.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub weights: Vec<[f32; LANES]>,
    pub bias: [f32; LANES],
}

impl Block {
    /// Returns the margins of row `i` of some texts, a lane each.
    pub fn margins(&self, texts: &Texts, i: usize) -> [f32; LANES] {
        let (columns, values) = texts.rows.row(i);
        dot(&self.weights, self.bias, columns, values, texts.numbers(i))
    }
}

/// Texts as numbers: sparse columns, and behind them dense ones, where there are any.
#[derive(Clone, Copy)]
pub struct Texts<'a> {
    pub rows: &'a Rows,
    pub dense: Option<&'a Array2<f32>>,
}

impl<'a> Texts<'a> {
    /// Returns how many columns there are, the dense ones included.
    pub fn columns(&self) -> usize {
        self.rows.columns + self.dense.map_or(0, |dense| dense.ncols())
    }

    /// Returns the numbers of row `i` in the dense columns.
    pub fn numbers(&self, i: usize) -> &'a [f32] {
        self.dense.map_or(&[], |dense| dense.row(i).to_slice().expect("a row's numbers lie side by side"))
    }
}

/// What to learn from: texts, the class of each (`None` leaves a text out), and the settings.
pub struct Lesson<'a> {
    pub texts: Texts<'a>,
    pub classes: &'a [Option<u16>],
    /// How many lanes learn: one a class, or as `lanes` has it.
    pub count: usize,
    /// The lanes each class speaks for, where these are not just the one of its number.
    pub lanes: Option<&'a [Vec<u16>]>,
    /// The price of an error; larger fits the examples more closely.
    pub c: f32,
    /// What each row's price is of that; `None` where all are worth the same.
    pub worth: Option<&'a [f32]>,
    pub seed: u64,
}

/// How much each text supports each class of a block: its place among the rows, and a share a lane.
pub type Support = Vec<(u32, [f32; LANES])>;

/// Learns all classes, block by block; `None` when stopped.
///
/// `start`, the support a lesson on much the same rows ended with, shortens the way to the same end.
pub fn learn(lesson: &Lesson, start: Option<&[Support]>, progress: &dyn Progress) -> Option<Vec<(Block, Support)>> {
    (0..lesson.count.div_ceil(LANES))
        .into_par_iter()
        .map(|block| learn_block(lesson, block, start.map(|all| &all[block]), progress))
        .collect()
}

/// The most rounds over the texts; few problems need more than 30.
const ROUNDS: usize = 100;
/// A class is done when no text asks its weights to move by more than this.
const TOLERANCE: f32 = 0.2;

/// A pull smaller than this is not worth a move.
const STILL: f32 = 0.02;

/// A text that does not support a class and is clear of its margin by this much rests until the last look.
const SHRINK_ABOVE: f32 = 0.1;

/// Learns one block of classes; `None` when stopped.
fn learn_block(
    lesson: &Lesson,
    block: usize,
    start: Option<&Support>,
    progress: &dyn Progress,
) -> Option<(Block, Support)> {
    let Texts { rows, .. } = lesson.texts;
    let first = block * LANES;
    let lanes = LANES.min(lesson.count - first);
    let all: u16 = if lanes == LANES { u16::MAX } else { (1 << lanes) - 1 };
    let members: Vec<u32> = (0..rows.len() as u32).filter(|&i| lesson.classes[i as usize].is_some()).collect();
    let square = |numbers: &[f32]| numbers.iter().map(|v| v * v).sum::<f32>();
    let of = |&i: &u32| square(rows.row(i as usize).1) + square(lesson.texts.numbers(i as usize)) + 1.0;
    let squares: Vec<f32> = members.iter().map(of).collect();
    let worth = |i: u32| lesson.worth.map_or(1.0, |worth| worth[i as usize]);
    let slacks: Vec<f32> = members.iter().map(|&i| 0.5 / (lesson.c * worth(i))).collect();
    let mut weights = vec![[0f32; LANES]; lesson.texts.columns()];
    let mut bias = [0f32; LANES];
    let mut alphas = vec![[0f32; LANES]; members.len()];
    let mut active = vec![all; members.len()];
    let bit =
        |lane: u16| usize::from(lane).checked_sub(first).filter(|lane| *lane < LANES).map_or(0, |lane| 1u16 << lane);
    let bits = |class: u16| match lesson.lanes {
        None => bit(class),
        Some(lanes) => lanes[usize::from(class)].iter().fold(0, |bits, lane| bits | bit(*lane)),
    };
    let own: Vec<u16> = members.iter().map(|&i| lesson.classes[i as usize].map_or(0, bits)).collect();
    let sign_of = |m: usize, lane: usize| if own[m] >> lane & 1 == 1 { 1.0 } else { -1.0 };
    for &(i, support) in start.into_iter().flatten() {
        if let Ok(m) = members.binary_search(&i) {
            alphas[m] = support;
            let steps = std::array::from_fn(|lane| support[lane] * sign_of(m, lane));
            let (columns, values) = rows.row(i as usize);
            add(&mut weights, &mut bias, columns, values, lesson.texts.numbers(i as usize), steps);
        }
    }
    let mut order: Vec<u32> = (0..members.len() as u32).collect();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(lesson.seed);
    // Lanes not yet done; those still moving in this look; whether this look goes over all texts.
    let (mut open, mut moving, mut whole) = (all, all, true);
    let mut shrink_above = if start.is_some() { SHRINK_ABOVE } else { f32::INFINITY };
    for _ in 0..ROUNDS {
        if progress.stopped() {
            return None;
        }
        order.shuffle(&mut random);
        let (mut highest, mut lowest) = ([f32::NEG_INFINITY; LANES], [f32::INFINITY; LANES]);
        for &m in &order {
            let m = m as usize;
            let live = active[m] & moving;
            if live == 0 {
                continue;
            }
            let i = members[m];
            let (columns, values) = rows.row(i as usize);
            let numbers = lesson.texts.numbers(i as usize);
            let margins = dot(&weights, bias, columns, values, numbers);
            let mut steps = [0f32; LANES];
            let mut moved = false;
            for lane in 0..lanes {
                if live & (1 << lane) == 0 {
                    continue;
                }
                let sign = sign_of(m, lane);
                let alpha = alphas[m][lane];
                let gradient = sign * margins[lane] - 1.0 + slacks[m] * alpha;
                let pull = if alpha > 0.0 {
                    gradient
                } else if gradient > shrink_above {
                    active[m] &= !(1 << lane);
                    continue;
                } else {
                    gradient.min(0.0)
                };
                highest[lane] = highest[lane].max(pull);
                lowest[lane] = lowest[lane].min(pull);
                if pull.abs() > STILL {
                    let new = (alpha - gradient / (squares[m] + slacks[m])).max(0.0);
                    alphas[m][lane] = new;
                    steps[lane] = (new - alpha) * sign;
                    moved = true;
                }
            }
            if moved {
                add(&mut weights, &mut bias, columns, values, numbers, steps);
            }
        }
        shrink_above = SHRINK_ABOVE;
        for lane in 0..lanes {
            if highest[lane] - lowest[lane] <= TOLERANCE {
                moving &= !(1 << lane);
            }
        }
        if whole {
            open = moving;
        }
        whole = moving == 0;
        if whole {
            if open == 0 {
                break;
            }
            moving = open;
            active.fill(all);
        }
    }
    let support = members.into_iter().zip(alphas).filter(|(_, alphas)| alphas.iter().any(|&a| a > 0.0)).collect();
    Some((Block { weights, bias }, support))
}

/// Sums of one product made side by side.
const SIDE: usize = 4;

#[multiversion(targets("x86_64+avx2"))]
fn add(
    weights: &mut [[f32; LANES]],
    bias: &mut [f32; LANES],
    columns: &[u32],
    values: &[f32],
    numbers: &[f32],
    steps: [f32; LANES],
) {
    for (&column, &value) in columns.iter().zip(values) {
        let weights = &mut weights[column as usize];
        for lane in 0..LANES {
            weights[lane] += steps[lane] * value;
        }
    }
    let dense = weights.len() - numbers.len();
    for (weights, value) in weights[dense..].iter_mut().zip(numbers) {
        for lane in 0..LANES {
            weights[lane] += steps[lane] * value;
        }
    }
    for lane in 0..LANES {
        bias[lane] += steps[lane];
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn dot(weights: &[[f32; LANES]], bias: [f32; LANES], columns: &[u32], values: &[f32], numbers: &[f32]) -> [f32; LANES] {
    // Several sums side by side: none waits for the one before it.
    let mut sums = [bias, [0f32; LANES], [0f32; LANES], [0f32; LANES]];
    let (columns, last) = columns.as_chunks::<SIDE>();
    let (values, last_values) = values.as_chunks::<SIDE>();
    for (columns, values) in columns.iter().zip(values) {
        for side in 0..SIDE {
            let weights = &weights[columns[side] as usize];
            for lane in 0..LANES {
                sums[side][lane] += weights[lane] * values[side];
            }
        }
    }
    for (&column, &value) in last.iter().zip(last_values) {
        let weights = &weights[column as usize];
        for lane in 0..LANES {
            sums[0][lane] += weights[lane] * value;
        }
    }
    let (of_numbers, last) = weights[weights.len() - numbers.len()..].as_chunks::<SIDE>();
    let (numbers, last_numbers) = numbers.as_chunks::<SIDE>();
    for (weights, numbers) in of_numbers.iter().zip(numbers) {
        for side in 0..SIDE {
            for lane in 0..LANES {
                sums[side][lane] += weights[side][lane] * numbers[side];
            }
        }
    }
    for (weights, value) in last.iter().zip(last_numbers) {
        for lane in 0..LANES {
            sums[0][lane] += weights[lane] * value;
        }
    }
    std::array::from_fn(|lane| (sums[0][lane] + sums[1][lane]) + (sums[2][lane] + sums[3][lane]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;

    /// Twenty classes, each with a column of its own beside one they share.
    fn lesson_rows() -> (Rows, Vec<Option<u16>>) {
        let mut rows = Rows::new(21);
        let mut classes = Vec::new();
        for i in 0..100u32 {
            let class = i % 20;
            rows.push([(0, 0.3), (class + 1, 0.9 - 0.002 * i as f32)]);
            classes.push(Some(class as u16));
        }
        (rows, classes)
    }

    fn lesson<'a>(texts: Texts<'a>, classes: &'a [Option<u16>]) -> Lesson<'a> {
        Lesson { texts, classes, count: 20, lanes: None, c: 1.0, worth: None, seed: 1 }
    }

    fn margins(blocks: &[(Block, Support)], rows: &Rows, i: usize) -> Vec<f32> {
        let texts = Texts { rows, dense: None };
        blocks.iter().flat_map(|(block, _)| block.margins(&texts, i)).take(20).collect()
    }

    #[test]
    fn what_can_be_told_apart_is() {
        let (rows, classes) = lesson_rows();
        let lesson = lesson(Texts { rows: &rows, dense: None }, &classes);
        let blocks = learn(&lesson, None, &Quiet).unwrap();
        for (i, class) in classes.iter().enumerate() {
            let margins = margins(&blocks, &rows, i);
            let best = (0..20).max_by(|&a, &b| margins[a].total_cmp(&margins[b])).unwrap();
            assert_eq!(Some(best as u16), *class);
        }
    }

    #[test]
    fn a_start_leads_to_the_same_end() {
        let (rows, mut classes) = lesson_rows();
        let whole = lesson(Texts { rows: &rows, dense: None }, &classes);
        let support: Vec<Support> = learn(&whole, None, &Quiet).unwrap().into_iter().map(|(_, s)| s).collect();
        classes.iter_mut().step_by(7).for_each(|class| *class = None);
        let part = lesson(Texts { rows: &rows, dense: None }, &classes);
        let cold = learn(&part, None, &Quiet).unwrap();
        let warm = learn(&part, Some(&support), &Quiet).unwrap();
        for i in 0..rows.len() {
            for (a, b) in margins(&cold, &rows, i).into_iter().zip(margins(&warm, &rows, i)) {
                assert!((a - b).abs() < 0.15, "{a} {b}");
            }
        }
    }

    #[test]
    fn a_lane_learns_of_all_classes_that_speak_for_it() {
        let (rows, classes) = lesson_rows();
        let texts = Texts { rows: &rows, dense: None };
        // Lane 0 as ever, then one for two classes, as if they were one.
        let lanes: Vec<Vec<u16>> = (0..20).map(|class| if class < 2 { vec![class, 17] } else { vec![class] }).collect();
        let both = Lesson { lanes: Some(&lanes), ..lesson(texts, &classes) };
        let merged: Vec<Option<u16>> = classes.iter().map(|class| class.map(|c| if c < 2 { 17 } else { c })).collect();
        let (all, plain) =
            (learn(&both, None, &Quiet).unwrap(), learn(&lesson(texts, &classes), None, &Quiet).unwrap());
        let one = learn(&lesson(texts, &merged), None, &Quiet).unwrap();
        assert_eq!(all[0], plain[0]);
        for i in 0..rows.len() {
            let (with, without) = (all[1].0.margins(&texts, i)[1], one[1].0.margins(&texts, i)[1]);
            // Class 17 itself speaks for it too.
            assert!((with - without).abs() < 0.15, "{with} {without}");
        }
    }

    #[test]
    fn a_row_left_out_has_no_say() {
        let (rows, mut classes) = lesson_rows();
        classes[3] = None;
        let with = lesson(Texts { rows: &rows, dense: None }, &classes);
        let mut other = rows.clone();
        let place = other.starts[3];
        other.values[place] = 9.0;
        let without = lesson(Texts { rows: &other, dense: None }, &classes);
        assert_eq!(learn(&with, None, &Quiet), learn(&without, None, &Quiet));
    }

    #[test]
    fn dense_columns_teach_as_sparse_ones_do() {
        let (rows, classes) = lesson_rows();
        let (mut sparse, dense) =
            (Rows::new(21 + 6), Array2::from_shape_fn((100, 6), |(i, j)| ((i * 7 + j * 3) % 11) as f32 / 20.0));
        for i in 0..100 {
            let (columns, values) = rows.row(i);
            let further = dense.row(i).iter().enumerate().map(|(at, x)| (21 + at as u32, *x)).collect::<Vec<_>>();
            sparse.push(columns.iter().copied().zip(values.iter().copied()).chain(further));
        }
        let learned = |texts: Texts| {
            let lesson = lesson(texts, &classes);
            learn(&lesson, None, &Quiet).unwrap()
        };
        let (one, other) = (Texts { rows: &rows, dense: Some(&dense) }, Texts { rows: &sparse, dense: None });
        let (of_one, of_other) = (learned(one), learned(other));
        for i in 0..100 {
            for ((a, _), (b, _)) in of_one.iter().zip(&of_other) {
                let near = a.margins(&one, i).iter().zip(b.margins(&other, i)).all(|(a, b)| (a - b).abs() < 1e-3);
                assert!(near, "{:?} {:?}", a.margins(&one, i), b.margins(&other, i));
            }
        }
    }
}
