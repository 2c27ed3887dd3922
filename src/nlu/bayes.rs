//! Multinomial naive Bayes of terms: the instant baseline, learned in one pass, and a second opinion for support vectors.
//!
//! An intent's weight for a term is the logarithm of the term's part of all the intent holds (McCallum and Nigam 1998),
//! of weighed terms instead of counts (Rennie et al. 2003), with so small a count given to terms an intent does not have
//! that having none says much. Every intent is as likely as any other before it is read. Weights are centred over the
//! intents of each term, so that a term all have alike says nothing.
//!
//! Measured beside the complement of each intent (Rennie et al. 2003): 90 % of 80 on banking77, 88 of 77 on crosswoz_zh.

use rayon::prelude::*;

use crate::nlu::linear::{Block, LANES, Lesson};

/// The count every term of every intent is given before any is seen; weighed terms of a text are about 0.1 each.
const SMOOTHING: f32 = 0.005;

/// How much of a unit of margin a unit of these weights may count when they are added, in units of the margin's logit.
pub const SHARES: [f32; 7] = [0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6];

/// Learns all classes from the sparse columns.
pub fn learn(lesson: &Lesson) -> Vec<Block> {
    let rows = lesson.texts.rows;
    let blocks = lesson.count.div_ceil(LANES);
    let one = |block: usize| {
        let first = block * LANES;
        let mut out = Block { weights: vec![[SMOOTHING; LANES]; rows.columns], bias: [0.0; LANES] };
        let mut sums = [SMOOTHING * rows.columns as f32; LANES];
        for i in 0..rows.len() {
            let lane = lesson.classes[i].and_then(|class| usize::from(class).checked_sub(first));
            let Some(lane) = lane.filter(|lane| *lane < LANES) else { continue };
            let worth = lesson.worth.map_or(1.0, |worth| worth[i]);
            let (columns, values) = rows.row(i);
            for (&column, &value) in columns.iter().zip(values) {
                out.weights[column as usize][lane] += worth * value;
                sums[lane] += worth * value;
            }
        }
        let sums = sums.map(f32::ln);
        // Most intents do not have most terms.
        let none = SMOOTHING.ln();
        let log = |weight: f32| if weight == SMOOTHING { none } else { weight.ln() };
        for weights in &mut out.weights {
            weights.iter_mut().zip(sums).for_each(|(weight, sum)| *weight = log(*weight) - sum);
        }
        out
    };
    let mut all: Vec<Block> = (0..blocks).into_par_iter().map(one).collect();
    let lanes = |block: usize| LANES.min(lesson.count - block * LANES);
    let means: Vec<f32> = (0..rows.columns)
        .into_par_iter()
        .map(|column| {
            let sums = all.iter().enumerate().map(|(nth, b)| b.weights[column][..lanes(nth)].iter().sum::<f32>());
            sums.sum::<f32>() / lesson.count as f32
        })
        .collect();
    all.par_iter_mut().enumerate().for_each(|(nth, block)| {
        for (weights, mean) in block.weights.iter_mut().zip(&means) {
            let (used, unused) = weights.split_at_mut(lanes(nth));
            used.iter_mut().for_each(|weight| *weight -= mean);
            unused.fill(0.0);
        }
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::linear::Texts;
    use crate::text::vector::Rows;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn weights_are_those_of_the_definition(
            texts in prop::collection::vec((prop::option::weighted(0.9, 0u16..19), prop::collection::btree_map(0u32..7, 0.1f32..1.0, 0..5)), 1..40),
        ) {
            let mut rows = Rows::new(7);
            let (classes, terms): (Vec<Option<u16>>, Vec<_>) = texts.into_iter().unzip();
            terms.iter().for_each(|terms| rows.push(terms.iter().map(|(column, value)| (*column, *value))));
            let worth: Vec<f32> = (0..classes.len()).map(|i| if i % 3 == 0 { 0.5 } else { 1.0 }).collect();
            let texts = Texts { rows: &rows, dense: None };
            let lesson = Lesson { texts, classes: &classes, count: 19, lanes: None, c: 1.0, worth: Some(&worth), seed: 1 };
            let blocks = learn(&lesson);
            let mut counts = vec![[f64::from(SMOOTHING); 7]; 19];
            for ((class, terms), worth) in classes.iter().zip(&terms).zip(&worth) {
                let Some(class) = class else { continue };
                terms.iter().for_each(|(column, value)| counts[usize::from(*class)][*column as usize] += f64::from(worth * value));
            }
            let logs: Vec<Vec<f64>> =
                counts.iter().map(|own| own.iter().map(|x| (x / own.iter().sum::<f64>()).ln()).collect()).collect();
            for column in 0..7 {
                let mean = logs.iter().map(|own| own[column]).sum::<f64>() / 19.0;
                for class in 0..19 {
                    let found = f64::from(blocks[class / LANES].weights[column][class % LANES]);
                    prop_assert!((found - (logs[class][column] - mean)).abs() < 1e-3, "{} {}", found, logs[class][column] - mean);
                }
                prop_assert!(blocks[1].weights[column][3..].iter().all(|x| *x == 0.0));
            }
        }
    }
}
