//! evaluate: how good the model is, where it confuses, and whether it got better.

use std::collections::HashMap;
use std::path::Path;

use rayon::prelude::*;

use crate::domain::conversation::{Channel, Role};
use crate::domain::ids::{IntentId, RunId};
use crate::domain::prediction::Prediction;
use crate::domain::report::{Report, ScoredItem};
use crate::evaluation;
use crate::evaluation::compare::Comparison;
use crate::formats;
use crate::formats::options::ReadOptions;
use crate::formats::record::Record;
use crate::progress::Progress;
use crate::store::runs::Run;
use crate::workbench::current::{Catalogue, is_out_of_scope};
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

/// A report with the names needed to read it.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The run it belongs to; `None` for a cross-validation that was not kept.
    pub run: Option<Run>,
    pub report: Report,
    /// Names of intents by id; those of a test file that the project does not know have negative ids.
    pub names: HashMap<IntentId, String>,
}

/// One example the model got wrong (or right), with its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub utterance: Option<crate::domain::ids::UtteranceId>,
    pub text: String,
    pub gold: Option<IntentId>,
    pub prediction: Prediction,
}

impl Evaluation {
    /// Returns the name of an intent in this report; empty for out of scope.
    pub fn name(&self, id: Option<IntentId>) -> &str {
        id.and_then(|id| self.names.get(&id)).map_or("", String::as_str)
    }
}

/// Returns the held-out scores of a run, of the latest when none is named.
pub fn of_run(project: &Project, id: Option<RunId>) -> Result<Evaluation> {
    let runs = project.store.runs()?;
    let run = match id {
        Some(id) => runs.into_iter().find(|run| run.id == id).ok_or(Error::UnknownRun { id: id.0 })?,
        None => runs.into_iter().next().ok_or(Error::NoModel)?,
    };
    let report = project.store.report(run.id)?.ok_or(Error::UnknownRun { id: run.id.0 })?;
    Ok(Evaluation { run: Some(run), report, names: names(&project.catalogue()?) })
}

/// Returns a report that belongs to no run, with the names to read it.
pub fn of_report(project: &Project, report: Report) -> Result<Evaluation> {
    Ok(Evaluation { run: None, report, names: names(&project.catalogue()?) })
}

/// Scores the current model on a labelled file.
pub fn on_file(
    project: &mut Project,
    path: &Path,
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<Evaluation> {
    let model = project.model()?.ok_or(Error::NoModel)?;
    let run = project.store.latest_run()?.ok_or(Error::NoModel)?;
    let catalogue = project.catalogue()?;
    let mut names = names(&catalogue);
    let mut strangers: HashMap<String, IntentId> = HashMap::new();
    let mut rows: Vec<(String, Option<IntentId>)> = Vec::new();
    formats::read::read(path, options, progress, &mut |record| {
        if let Record::Message(message) = record
            && let Some(name) = message.intent
        {
            let gold = if is_out_of_scope(&name) {
                None
            } else if let Some(intent) = catalogue.named(&name) {
                Some(intent.id)
            } else {
                // An intent we have not: no guess can be right, and the report says its name.
                let next = IntentId(-1 - strangers.len() as i64);
                let id = *strangers.entry(name.clone()).or_insert(next);
                names.insert(id, name);
                Some(id)
            };
            rows.push((message.text, gold));
        }
        Ok(())
    })?;
    if rows.is_empty() {
        return Err(Error::NoIntentColumn { path: path.to_path_buf() });
    }
    let cleaner = project.cleaner()?;
    let texts: Vec<String> = rows
        .par_iter()
        .map(|(text, _)| {
            let clean = cleaner.clean(text, Role::Customer, Channel::List).text;
            if clean.trim().is_empty() { text.clone() } else { clean }
        })
        .collect();
    let plain: Vec<&str> = texts.iter().map(String::as_str).collect();
    let predictions = model.understand_all(&plain, progress);
    if progress.stopped() {
        return Err(Error::Stopped);
    }
    let mut known: Vec<Option<IntentId>> =
        model.intents().iter().copied().chain(rows.iter().map(|(_, gold)| *gold)).collect();
    known.sort_unstable();
    known.dedup();
    let items = rows
        .into_iter()
        .zip(predictions)
        .map(|((text, gold), prediction)| ScoredItem { utterance: None, text: Some(text), gold, prediction })
        .collect();
    let report = evaluation::score::report(items, &known);
    Ok(Evaluation { run: Some(run), report, names })
}

/// Returns the examples of one pair: truly `gold`, taken for `predicted`; surest mistakes first.
pub fn confused(
    project: &Project,
    evaluation: &Evaluation,
    gold: Option<IntentId>,
    predicted: Option<IntentId>,
) -> Result<Vec<Case>> {
    let wanted = evaluation
        .report
        .items
        .iter()
        .filter(|item| item.gold == gold && item.prediction.best().map(|guess| guess.intent) == Some(predicted));
    let mut cases = cases(project, wanted)?;
    cases.sort_by(|a, b| best(b).total_cmp(&best(a)).then_with(|| a.text.cmp(&b.text)));
    Ok(cases)
}

/// Returns the examples whose label looks wrong, the most doubtful first.
pub fn suspects(project: &Project, evaluation: &Evaluation, limit: usize) -> Result<Vec<(Case, f32)>> {
    let found = evaluation::doubt::suspects(&evaluation.report.items);
    let mut suspects = Vec::new();
    for (place, doubt) in found.into_iter().take(limit) {
        if let Some(case) = cases(project, evaluation.report.items.get(place).into_iter())?.pop() {
            suspects.push((case, doubt));
        }
    }
    Ok(suspects)
}

/// Compares two runs on the examples both scored.
///
/// `None` when they share none.
pub fn compare(project: &Project, first: RunId, second: RunId) -> Result<Option<Comparison>> {
    let (a, b) = (of_run(project, Some(first))?, of_run(project, Some(second))?);
    let right = |item: &ScoredItem| item.prediction.best().map(|guess| guess.intent) == Some(item.gold);
    let of_a: HashMap<_, bool> = a.report.items.iter().map(|item| (item.utterance, right(item))).collect();
    let (before, after): (Vec<bool>, Vec<bool>) =
        b.report.items.iter().filter_map(|item| of_a.get(&item.utterance).map(|was| (*was, right(item)))).unzip();
    Ok(evaluation::compare::compare(&before, &after, 1))
}

fn cases<'a>(project: &Project, items: impl Iterator<Item = &'a ScoredItem>) -> Result<Vec<Case>> {
    items
        .map(|item| {
            let text = match (&item.text, item.utterance) {
                (Some(text), _) => text.clone(),
                (None, Some(id)) => project.store.utterance(id)?.map(|u| u.text).unwrap_or_default(),
                (None, None) => String::new(),
            };
            Ok(Case { utterance: item.utterance, text, gold: item.gold, prediction: item.prediction.clone() })
        })
        .collect()
}

fn best(case: &Case) -> f32 {
    case.prediction.best().map_or(0.0, |guess| guess.probability)
}

fn names(catalogue: &Catalogue) -> HashMap<IntentId, String> {
    catalogue.intents.iter().map(|intent| (intent.id, intent.name.clone())).collect()
}
