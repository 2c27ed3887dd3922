//! Complement naive Bayes: the instant baseline, learned in one pass.
//!
//! An intent's weight for a term is how much rarer the term is outside the intent than elsewhere (Rennie et al.
//! 2003), so intents with few examples are not drowned. Weights are centred over the intents of each term and
//! given the size of support vector margins, so that the same calibration and the same bytes serve both.

use rayon::prelude::*;

use crate::nlu::linear::{Block, LANES, Lesson};

/// The count every term is given before any is seen.
const SMOOTHING: f64 = 0.3;

/// Learns all classes.
pub fn learn(lesson: &Lesson) -> Vec<Block> {
    let rows = lesson.texts.rows;
    let columns = rows.columns;
    let mut own = vec![0f64; columns * lesson.count];
    let mut total = vec![0f64; columns];
    for i in 0..rows.len() {
        let Some(class) = lesson.classes[i] else { continue };
        let (indices, values) = rows.row(i);
        for (&column, &value) in indices.iter().zip(values) {
            own[column as usize * lesson.count + class as usize] += value as f64;
            total[column as usize] += value as f64;
        }
    }
    let everything: f64 = total.iter().sum();
    let outside: Vec<f64> = (0..lesson.count)
        .map(|class| {
            let inside: f64 = (0..columns).map(|column| own[column * lesson.count + class]).sum();
            everything - inside + SMOOTHING * columns as f64
        })
        .collect();
    // A row of the usual recipe has 100 terms of about 0.1; with log ratios of a few units this makes margins near 1.
    let weights: Vec<Vec<f32>> = (0..columns)
        .into_par_iter()
        .map(|column| {
            let logs: Vec<f64> = (0..lesson.count)
                .map(|class| {
                    let others = total[column] - own[column * lesson.count + class] + SMOOTHING;
                    -(others / outside[class]).ln()
                })
                .collect();
            let mean = logs.iter().sum::<f64>() / lesson.count as f64;
            logs.iter().map(|w| (w - mean) as f32).collect()
        })
        .collect();
    (0..lesson.count.div_ceil(LANES))
        .map(|block| {
            let first = block * LANES;
            let lanes = LANES.min(lesson.count - first);
            let mut out = Block { weights: vec![[0.0; LANES]; columns], bias: [0.0; LANES] };
            for (column, weights) in weights.iter().enumerate() {
                out.weights[column][..lanes].copy_from_slice(&weights[first..first + lanes]);
            }
            out
        })
        .collect()
}
