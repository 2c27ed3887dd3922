//! Whether more examples would help: the same test texts, models of one, two, five … examples an intent.
//!
//! Called by `jobs` and `cli`; `evaluation::growth` says what to learn from at each size. Nothing is kept.

use crate::domain::report::ScoredItem;
use crate::evaluation::growth::{draw, sizes};
use crate::evaluation::score::{interval, report};
use crate::evaluation::split::stratified;
use crate::nlu::train::TrainOptions;
use crate::progress::Progress;
use crate::workbench::error::{Error, Result};
use crate::workbench::learn::{Examples, learn, learned, one_of, tests};
use crate::workbench::project::Project;

/// One size of the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Examples of each intent at most.
    pub each: usize,
    /// Examples learned from, all intents together.
    pub examples: usize,
    /// Share of right top guesses on the test texts; the mean of the draws.
    pub accuracy: f64,
    /// Where it lies with 95 % confidence, as far as the number of test texts goes.
    pub interval: (f64, f64),
    pub macro_f1: f64,
}

/// The curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Growth {
    /// Test texts, none of which was learned from.
    pub tested: usize,
    /// Whether they are those the trainer keeps for testing.
    pub kept: bool,
    pub sizes: Vec<Size>,
}

impl Growth {
    /// Returns what the last doubling (or so) of examples brought: accuracy now less that of at most half as many.
    pub fn last_gain(&self) -> Option<f64> {
        let last = self.sizes.last()?;
        let half = self.sizes.iter().rev().find(|size| 2 * size.examples <= last.examples)?;
        Some(last.accuracy - half.accuracy)
    }
}

/// Parts the examples are dealt into; one is tested on where nothing is kept for testing.
const FOLDS: usize = 5;
/// Parts for calibration, which a curve needs little of.
const INNER: usize = 2;
/// Draws of a size of at most this many examples an intent; larger ones are drawn once.
const SMALL: usize = 10;
const DRAWS: u64 = 3;

/// Trains at every size and tests on the same texts.
pub fn grow(project: &mut Project, options: &TrainOptions, progress: &dyn Progress) -> Result<Growth> {
    let (all, kept) = (learned(project)?, tests(project)?);
    let (pool, test) = if kept.ids.is_empty() { held_out(&all, options.seed) } else { (all, kept.clone()) };
    let distinct = |examples: &Examples| {
        let mut intents: Vec<_> = examples.intents.iter().flatten().collect();
        intents.sort_unstable();
        intents.dedup();
        intents.len()
    };
    if distinct(&pool) < 2 || test.ids.is_empty() {
        return Err(Error::TooFewExamples { examples: pool.ids.len(), intents: distinct(&pool) });
    }
    project.vectors(&pool.ids, progress)?;
    let vectors = project.vectors(&test.ids, progress)?;
    let plan: Vec<(usize, u64)> = sizes(&pool.intents)
        .into_iter()
        .flat_map(|each| (0..if each <= SMALL { DRAWS } else { 1 }).map(move |nth| (each, nth)))
        .collect();
    let mut found: Vec<Size> = Vec::new();
    for (done, (each, nth)) in plan.iter().enumerate() {
        progress.at(done as u64, plan.len() as u64);
        if progress.stopped() {
            return Err(Error::Stopped);
        }
        let drawn = pool.some(&draw(&pool.intents, *each, options.seed.wrapping_add(*nth)));
        let inner = one_of(progress, done as u64, plan.len() as u64);
        let (trained, _) = learn(project, &drawn, INNER, options, &inner)?;
        let predictions = trained.model.understand_encoded(&test.plain(), &vectors);
        let items = predictions.into_iter().zip(&test.intents).map(|(prediction, gold)| ScoredItem {
            utterance: None,
            text: None,
            gold: *gold,
            prediction,
        });
        let report = report(items.collect(), &[]);
        let size = Size {
            each: *each,
            examples: drawn.ids.len(),
            accuracy: report.accuracy,
            interval: (0.0, 1.0),
            macro_f1: report.macro_f1,
        };
        match found.last_mut().filter(|last| last.each == *each) {
            // The mean of the draws so far.
            Some(last) => {
                let n = *nth as f64;
                last.accuracy = (last.accuracy * n + size.accuracy) / (n + 1.0);
                last.macro_f1 = (last.macro_f1 * n + size.macro_f1) / (n + 1.0);
            }
            None => found.push(size),
        }
    }
    for size in &mut found {
        size.interval = interval((size.accuracy * test.ids.len() as f64).round() as usize, test.ids.len());
    }
    progress.at(plan.len() as u64, plan.len() as u64);
    Ok(Growth { tested: test.ids.len(), kept: !kept.ids.is_empty(), sizes: found })
}

/// Deals the examples into those to learn from and those to test on; a family stays together.
fn held_out(all: &Examples, seed: u64) -> (Examples, Examples) {
    let families: Vec<String> = all.families.iter().map(|family| family.0.to_string()).collect();
    let families: Vec<&str> = families.iter().map(String::as_str).collect();
    let parts = stratified(&families, &all.intents, FOLDS, seed);
    let (test, pool): (Vec<usize>, Vec<usize>) = (0..parts.len()).partition(|at| parts[*at] == 0);
    (all.some(&pool), all.some(&test))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::label::LabelSource;
    use crate::nlu::algorithm::Algorithm;
    use crate::progress::{Quiet, Stop};
    use crate::workbench::label::label_texts;

    fn project() -> Project {
        let mut project = Project::in_memory("li").unwrap();
        let rows: Vec<(String, String)> = (0..12)
            .flat_map(|n| {
                [("退款", "要退款"), ("快递", "查快递"), ("发票", "开发票")]
                    .map(|(name, what)| (format!("我第{n}次想{what}怎么办{n}"), name.to_string()))
            })
            .collect();
        label_texts(&mut project, &rows, LabelSource::Import, "").unwrap();
        project
    }

    #[test]
    fn more_examples_are_more_and_the_test_texts_stay_the_same() {
        let options = TrainOptions { algorithm: Some(Algorithm::Linear), ..TrainOptions::default() };
        let growth = grow(&mut project(), &options, &Quiet).unwrap();
        assert!(growth.tested >= 6 && !growth.kept, "{growth:?}");
        assert!(growth.sizes.is_sorted_by(|a, b| a.each < b.each && a.examples < b.examples), "{growth:?}");
        assert!(growth.sizes.iter().all(|size| size.interval.0 <= size.accuracy && size.accuracy <= size.interval.1));
        assert_eq!(growth.sizes.last().unwrap().examples + growth.tested, 36);
        assert!(growth.last_gain().is_some());
        assert_eq!(growth, grow(&mut project(), &options, &Quiet).unwrap(), "the same seed, the same curve");
    }

    #[test]
    fn it_stops_when_told_and_says_when_there_is_too_little() {
        let options = TrainOptions { algorithm: Some(Algorithm::Linear), ..TrainOptions::default() };
        assert!(grow(&mut project(), &options, &Stop).unwrap_err().is_stop());
        let mut empty = Project::in_memory("li").unwrap();
        assert!(matches!(grow(&mut empty, &options, &Quiet), Err(Error::TooFewExamples { examples: 0, .. })));
    }
}
