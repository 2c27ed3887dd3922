//! What more labels would bring, and afterwards whether they did: a stopping signal that is checked.
//!
//! Called by `jobs`, `cli` and the screens that show it; `evaluation::forecast` fits the curves. A forecast is made of
//! the examples of the last training a trainer asked for and is kept in the project; the next such training is held
//! against it on the texts both held out. Not here: the curve of all intents together (`growth`).

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::domain::event::Act;
use crate::domain::ids::{IntentId, RunId};
use crate::domain::report::{Report, ScoredItem};
use crate::domain::setting::Setting;
use crate::evaluation::forecast::{self as craft, Band, Forecast, Plan, Step, Trial, Trials};
use crate::evaluation::growth;
use crate::evaluation::score::report;
use crate::evaluation::split::stratified;
use crate::nlu::algorithm::Algorithm;
use crate::nlu::model::Model;
use crate::nlu::train::TrainOptions;
use crate::progress::Progress;
use crate::store::history::Deed;
use crate::store::runs::Run;
use crate::workbench::error::{Error, Result};
use crate::workbench::label::order::pile_of;
use crate::workbench::learn::{Examples, learn_whole, learned, one_of};
use crate::workbench::project::{Project, now};
use crate::workbench::train::BESIDE;

/// What is expected of more labels, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// The training it was made after.
    pub run: RunId,
    pub forecast: Forecast,
    pub plan: Plan,
    /// The texts that were tested.
    pub tested: usize,
    /// The training after it, once there is one.
    pub came: Option<Came>,
    pub names: HashMap<IntentId, String>,
}

impl Outlook {
    /// Returns the step that is proposed; `None` when none is worth giving.
    pub fn step(&self) -> Option<&Step> {
        self.plan.step()
    }
}

/// What happened after a forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Came {
    pub run: RunId,
    /// Labels that were asked for, labels given, and those of them that were asked for, intent by intent.
    pub asked: usize,
    pub given: usize,
    pub followed: usize,
    /// What the labels given were expected to add to macro-F1.
    pub expected: Band,
    /// What they added, on the texts both trainings were tested on.
    pub measured: f64,
    pub texts: usize,
}

/// Fewer examples say nothing about a curve.
const LEAST: usize = 20;
/// Parts the examples are dealt into, each tested once; where there are many, one of them tells enough.
const FOLDS: usize = 5;
const MANY: usize = 8_000;
/// The setting that keeps a forecast.
const KEPT: &str = Setting::Forecast.name();

#[derive(Serialize, Deserialize)]
struct Kept {
    run: i64,
    forecast: Forecast,
    plan: Plan,
    tested: usize,
}

/// Forecasts from models of growing shares of the last training's examples, and keeps the forecast.
pub fn forecast(project: &mut Project, seed: u64, progress: &dyn Progress) -> Result<Outlook> {
    let run = trainings(project)?.into_iter().next().ok_or(Error::NoModel)?;
    let examples = of_run(project, &run)?;
    let mut counts: BTreeMap<Option<IntentId>, usize> = BTreeMap::new();
    examples.intents.iter().for_each(|intent| *counts.entry(*intent).or_default() += 1);
    if examples.ids.len() < LEAST || counts.keys().flatten().count() < 2 {
        return Err(Error::TooFewExamples { examples: examples.ids.len(), intents: counts.keys().flatten().count() });
    }
    let trials = tried(project, &examples, &counts, (&run, seed), progress)?;
    let forecast = craft::forecast(&trials, seed);
    let plan = forecast.plan(&waiting(project, &trials.intents)?);
    let kept = Kept { run: run.id.0, forecast, plan, tested: trials.gold.len() };
    let text = serde_json::to_string(&kept).expect("numbers and names are JSON");
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Setting, subject: KEPT };
    project.store.act(&deed, |recorder| recorder.put_setting(KEPT, &text))?;
    outlook(project)?.ok_or(Error::NoModel)
}

/// Returns the forecast that is kept, held against the training after it; `None` where there is none.
pub fn outlook(project: &Project) -> Result<Option<Outlook>> {
    let Some(text) = project.store.setting(KEPT)? else { return Ok(None) };
    // One that another version wrote is made anew.
    let Ok(kept) = serde_json::from_str::<Kept>(&text) else { return Ok(None) };
    let trainings = trainings(project)?;
    let Some(before) = trainings.iter().find(|run| run.id.0 == kept.run) else { return Ok(None) };
    let later = trainings.iter().rev().find(|run| run.id > before.id && run.snapshot != before.snapshot);
    let came = later.map(|after| came(project, &kept, before, after)).transpose()?.flatten();
    let names = project.catalogue()?.intents.into_iter().map(|intent| (intent.id, intent.name)).collect();
    Ok(Some(Outlook { run: before.id, forecast: kept.forecast, plan: kept.plan, tested: kept.tested, came, names }))
}

/// Returns the plan until the next training, without looking at what came of it; `None` where nothing is forecast for
/// the labels there are.
pub fn proposed(project: &Project) -> Result<Option<Plan>> {
    let Some(text) = project.store.setting(KEPT)? else { return Ok(None) };
    let Ok(kept) = serde_json::from_str::<Kept>(&text) else { return Ok(None) };
    let newest = trainings(project)?.into_iter().next();
    Ok(newest.filter(|run| run.id.0 == kept.run).map(|_| kept.plan))
}

/// Returns the trainings trainers asked for, newest first.
fn trainings(project: &Project) -> Result<Vec<Run>> {
    let mut runs = project.store.runs()?;
    runs.retain(|run| run.actor != BESIDE);
    Ok(runs)
}

/// Holds the training after a forecast against it; `None` when both tested nothing in common.
fn came(project: &Project, kept: &Kept, before: &Run, after: &Run) -> Result<Option<Came>> {
    let (Some(first), Some(second)) = (project.store.report(before.id)?, project.store.report(after.id)?) else {
        return Ok(None);
    };
    let (first, second) = in_common(first, second);
    let texts = first.items.len();
    if texts == 0 {
        return Ok(None);
    }
    let mut more: BTreeMap<Option<IntentId>, i64> = BTreeMap::new();
    for (_, intent) in project.store.snapshot(after.snapshot)? {
        *more.entry(intent).or_default() += 1;
    }
    for (_, intent) in project.store.snapshot(before.snapshot)? {
        *more.entry(intent).or_default() -= 1;
    }
    let given = |intent: &Option<IntentId>| more.get(intent).map_or(0, |more| (*more).max(0) as usize);
    let lines: Vec<usize> = kept.forecast.lines.iter().map(|line| given(&line.intent)).collect();
    let all: usize = more.values().filter(|more| **more > 0).map(|more| *more as usize).sum();
    // What was asked for is the step nearest to what was given.
    let step = kept.plan.steps.iter().min_by_key(|step| step.labels.abs_diff(all));
    let followed = step.map_or(0, |step| step.asked.iter().map(|(intent, asked)| given(intent).min(*asked)).sum());
    Ok(Some(Came {
        run: after.id,
        asked: step.map_or(0, |step| step.labels),
        given: all,
        followed,
        expected: kept.forecast.gain_held_out(&lines),
        measured: second.macro_f1 - first.macro_f1,
        texts,
    }))
}

/// Returns both reports over the texts both hold with the same intent.
fn in_common(first: Report, second: Report) -> (Report, Report) {
    let told = |report: &Report| -> HashMap<_, _> {
        report.items.iter().filter_map(|item| Some((item.utterance?, item.gold))).collect()
    };
    let (of_first, of_second) = (told(&first), told(&second));
    let both = |items: Vec<ScoredItem>| -> Vec<ScoredItem> {
        let same = |item: &ScoredItem| {
            item.utterance.is_some_and(|id| of_first.get(&id).is_some_and(|gold| of_second.get(&id) == Some(gold)))
        };
        items.into_iter().filter(same).collect()
    };
    (report(both(first.items), &[]), report(both(second.items), &[]))
}

/// Returns the examples of a training that still have the intent they had.
fn of_run(project: &Project, run: &Run) -> Result<Examples> {
    let known: HashMap<_, _> = project.store.snapshot(run.snapshot)?.into_iter().collect();
    let all = learned(project)?;
    let same: Vec<usize> =
        (0..all.ids.len()).filter(|at| known.get(&all.ids[*at]) == Some(&all.intents[*at])).collect();
    Ok(all.some(&same))
}

/// Returns how many texts each intent could be given: those the model takes for it; any number where none has guessed.
fn waiting(project: &Project, intents: &[Option<IntentId>]) -> Result<Vec<usize>> {
    let piles = project.store.standings("=", 0.0)?;
    if piles.is_empty() {
        return Ok(vec![usize::MAX; intents.len()]);
    }
    let of = |intent: &Option<IntentId>| {
        let name = pile_of(*intent);
        piles.iter().find(|pile| pile.ranking == name).map_or(0, |pile| pile.utterances as usize)
    };
    Ok(intents.iter().map(of).collect())
}

/// Trains on all examples and on half of them, each dealt twice into parts; tests every text by a model that did not
/// see it.
fn tried(
    project: &mut Project,
    examples: &Examples,
    counts: &BTreeMap<Option<IntentId>, usize>,
    (run, seed): (&Run, u64),
    progress: &dyn Progress,
) -> Result<Trials> {
    project.vectors(&examples.ids, progress)?;
    let intents: Vec<Option<IntentId>> = counts.keys().copied().collect();
    let place = |intent: Option<IntentId>| intents.binary_search(&intent).unwrap_or(intents.len()) as u16;
    // The algorithm the run came to; choosing anew at each size would take as long again.
    let options = TrainOptions { algorithm: Algorithm::named(&run.algorithm), seed, ..TrainOptions::default() };
    let folds = if examples.ids.len() > MANY { 1 } else { FOLDS };
    let dealt_by = |seed: u64| stratified(&examples.plain(), &examples.intents, FOLDS, seed);
    let dealt = dealt_by(seed);
    // The texts all models are tested on: every one, or those of the first part.
    let tested: Vec<usize> = (0..dealt.len()).filter(|at| folds == FOLDS || dealt[*at] == 0).collect();
    // Where one part is tested, it cannot be dealt otherwise: a few examples less are another draw.
    let again = if folds == FOLDS { 1.0 } else { 0.9 };
    let shares = [1.0, again, 0.5, 0.5 * again];
    let steps = (shares.len() * folds) as u64;
    let mut made = Vec::new();
    for (nth, share) in shares.into_iter().enumerate() {
        let odd = (nth % 2) as u64;
        let deal = dealt_by(seed.wrapping_add(if folds == FOLDS { odd } else { 0 }));
        let mut guesses = vec![u16::MAX; deal.len()];
        let mut learned = 0;
        for fold in 0..folds {
            let done = (nth * folds + fold) as u64;
            progress.at(done, steps);
            if progress.stopped() {
                return Err(Error::Stopped);
            }
            let (test, pool): (Vec<usize>, Vec<usize>) = (0..deal.len()).partition(|at| usize::from(deal[*at]) == fold);
            let part = drawn(examples, &pool, share, &intents, seed.wrapping_add(2 * fold as u64 + odd));
            learned += part.len();
            let (inner, test_texts) = (one_of(progress, done, steps), examples.some(&test));
            let model = learn_whole(project, &examples.some(&part), &options, &inner)?;
            for (at, guess) in test.iter().zip(top(project, &model, &test_texts, &inner)?) {
                guesses[*at] = guess.map_or(u16::MAX, place);
            }
        }
        let guesses = tested.iter().map(|at| guesses[*at]).collect();
        made.push(Trial { learned: learned as f64 / folds as f64, guesses });
    }
    progress.at(steps, steps);
    let gold = tested.iter().map(|at| place(examples.intents[*at])).collect();
    let [one, other, half, other_half] = <[Trial; 4]>::try_from(made).expect("four shares make four trials");
    let (whole, half) = ([one, other], [half, other_half]);
    Ok(Trials { examples: counts.values().copied().collect(), intents, gold, whole, half })
}

/// Draws of the examples at some places a share of each intent, at least one.
fn drawn(examples: &Examples, pool: &[usize], share: f64, intents: &[Option<IntentId>], seed: u64) -> Vec<usize> {
    if share >= 1.0 {
        return pool.to_vec();
    }
    let mut kept: Vec<usize> = Vec::with_capacity(pool.len());
    for intent in intents {
        let of: Vec<usize> = pool.iter().copied().filter(|at| examples.intents[*at] == *intent).collect();
        let many = ((of.len() as f64 * share).round() as usize).max(1);
        let own: Vec<Option<IntentId>> = vec![*intent; of.len()];
        kept.extend(growth::draw(&own, many, seed).into_iter().map(|nth| of[nth]));
    }
    kept.sort_unstable();
    kept
}

/// Returns the intent a model takes each text for first.
fn top(
    project: &mut Project,
    model: &Model,
    texts: &Examples,
    progress: &dyn Progress,
) -> Result<Vec<Option<Option<IntentId>>>> {
    let predictions = match model.encoder() {
        Some(encoder) => model.understand_encoded(&texts.plain(), &project.vectors_by(encoder, &texts.ids, progress)?),
        None => model.understand_all(&texts.plain(), progress),
    };
    if progress.stopped() {
        return Err(Error::Stopped);
    }
    Ok(predictions.iter().map(|prediction| prediction.best().map(|guess| guess.intent)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::label::LabelSource;
    use crate::progress::{Quiet, Stop};
    use crate::workbench::label::label_texts;
    use crate::workbench::train::{relearn, train};

    const LINEAR: TrainOptions = TrainOptions { algorithm: Some(Algorithm::Linear), seed: 1, c: 1.0 };

    fn label(project: &mut Project, from: usize, to: usize) {
        let rows: Vec<(String, String)> = (from..to)
            .flat_map(|n| {
                [("退款", "退"), ("快递", "查"), ("发票", "开")].map(|(name, what)| {
                    let of = if n % 3 == 0 { "一下东西" } else { name };
                    (format!("我第{n}次想{what}{of}怎么办{n}"), name.to_string())
                })
            })
            .collect();
        label_texts(project, &rows, LabelSource::Import, "").unwrap();
    }

    #[test]
    fn a_forecast_is_kept_and_the_next_training_is_held_against_it() {
        let mut project = Project::in_memory("li").unwrap();
        label(&mut project, 0, 10);
        assert!(matches!(forecast(&mut project, 1, &Quiet), Err(Error::NoModel)));
        train(&mut project, &LINEAR, &Quiet).unwrap();
        let before = forecast(&mut project, 1, &Quiet).unwrap();
        assert_eq!((before.tested, &before.came), (30, &None));
        assert_eq!(outlook(&project).unwrap().as_ref(), Some(&before));
        assert_eq!(forecast(&mut project, 1, &Quiet).unwrap(), before, "the same seed, the same forecast");
        // What was trained beside the labelling is no training to be held against.
        label(&mut project, 10, 14);
        relearn(&mut project, &LINEAR, &Quiet).unwrap();
        assert_eq!(outlook(&project).unwrap().unwrap().came, None);
        let after = train(&mut project, &LINEAR, &Quiet).unwrap();
        let came = outlook(&project).unwrap().unwrap().came.unwrap();
        assert_eq!((came.run, came.given, came.texts), (after.run.id, 12, 30));
        assert!(came.expected.holds(came.expected.point) && came.followed <= came.asked.min(came.given));
        assert!(came.measured.abs() <= 1.0);
        // Taken back like any other change.
        project.undo().unwrap();
        assert_eq!(outlook(&project).unwrap().unwrap().came, None);
    }

    #[test]
    fn too_few_examples_are_refused_and_a_stop_keeps_nothing() {
        let mut project = Project::in_memory("li").unwrap();
        label(&mut project, 0, 5);
        train(&mut project, &LINEAR, &Quiet).unwrap();
        assert!(matches!(forecast(&mut project, 1, &Quiet), Err(Error::TooFewExamples { examples: 15, intents: 3 })));
        label(&mut project, 5, 10);
        train(&mut project, &LINEAR, &Quiet).unwrap();
        assert!(forecast(&mut project, 1, &Stop).unwrap_err().is_stop());
        assert_eq!(outlook(&project).unwrap(), None);
    }
}
