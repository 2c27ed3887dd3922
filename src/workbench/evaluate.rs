//! evaluate: how good the model is, where it confuses, and whether it got better.

use std::collections::HashMap;
use std::path::Path;

use rayon::prelude::*;

use crate::dialogue::policy::read::read;
use crate::domain::cause::Cause;
use crate::domain::conversation::{Channel, Role};
use crate::domain::event::Act;
use crate::domain::ids::{IntentId, RunId};
use crate::domain::prediction::Prediction;
use crate::domain::report::{Report, ScoredItem};
use crate::domain::setting::Setting;
use crate::evaluation;
use crate::evaluation::blame::Mistake;
use crate::evaluation::compare::Comparison;
use crate::evaluation::limits::{Costs, Fit, fit};
use crate::formats;
use crate::formats::options::ReadOptions;
use crate::formats::record::Record;
use crate::progress::Progress;
use crate::store::history::Deed;
use crate::store::runs::Run;
use crate::workbench::current::{Catalogue, is_out_of_scope};
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// A report with the names needed to read it.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The run it belongs to; `None` for a cross-validation that was not kept.
    pub run: Option<Run>,
    pub source: Source,
    pub report: Report,
    /// Names of intents by id; those of a test file that the project does not know have negative ids.
    pub names: HashMap<IntentId, String>,
}

/// Which texts were scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The examples of a run, each held out once.
    Run,
    /// The same, of a training that was not kept.
    CrossValidation,
    /// A file from outside the project.
    File,
    /// Those the trainer keeps for testing; the model has learned from `seen` of them.
    Kept { seen: u64 },
}

/// What each way of going on costs when the trainer has not said.
pub const COSTS: Costs = Costs { wrong: 5.0, ask: 1.0, handoff: 8.0 };

/// Guesses a question offers, where no policy says how many.
const OPTIONS: usize = 3;

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
    Ok(Evaluation { run: Some(run), source: Source::Run, report, names: names(&project.catalogue()?) })
}

/// Returns a report that belongs to no run, with the names to read it.
pub fn of_report(project: &Project, report: Report) -> Result<Evaluation> {
    Ok(Evaluation { run: None, source: Source::CrossValidation, report, names: names(&project.catalogue()?) })
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
    Ok(Evaluation { run: Some(run), source: Source::File, report, names })
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

/// Returns what wrong answers, questions and people cost the trainer.
pub fn costs(project: &Project) -> Result<Costs> {
    Ok(project.store.setting(COST)?.and_then(|text| costs_of(&text)).unwrap_or(COSTS))
}

/// Keeps what they cost.
pub fn set_costs(project: &mut Project, costs: Costs) -> Result<()> {
    let (op, actor) = (project.op(), project.actor().to_string());
    let value = format!("{} {} {}", costs.wrong, costs.ask, costs.handoff);
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Setting, subject: COST };
    project.store.act(&deed, |recorder| recorder.put_setting(COST, &value))?;
    Ok(())
}

/// Reads three costs, of a wrong answer, a question and a person; `None` when they are not three numbers above 0.
pub fn costs_of(text: &str) -> Option<Costs> {
    let numbers: Vec<f64> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '/' | ';' | '；'))
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok().filter(|cost: &f64| cost.is_finite() && *cost > 0.0))
        .collect::<Option<_>>()?;
    let [wrong, ask, handoff] = numbers[..] else { return None };
    Some(Costs { wrong, ask, handoff })
}

/// The setting that keeps the costs.
const COST: &str = Setting::Costs.name();

/// Returns the limits that cost least on the scored texts; `None` without any.
pub fn cheapest(evaluation: &Evaluation, costs: Costs) -> Option<Fit> {
    fit(&evaluation.report.items, costs, OPTIONS)
}

/// Returns the probability from which on the policy answers; `None` when there is no policy that reads.
pub fn answers_from(project: &Project) -> Result<Option<f64>> {
    let text = project.store.policy()?;
    Ok(text.and_then(|text| read(&text.yaml).ok()).map(|policy| f64::from(policy.limits.answer)))
}

/// Returns the limit at which service people's recall is told: the policy's, else the cheapest, else a half.
pub fn limit(project: &Project, evaluation: &Evaluation) -> Result<f64> {
    if let Some(limit) = answers_from(project)? {
        return Ok(limit);
    }
    Ok(cheapest(evaluation, costs(project)?).map_or(0.5, |fit| fit.best.limits.answer))
}

/// Texts understood wrongly that a report lists.
const LISTED: usize = 100;

/// Returns the texts understood wrongly with the causes trainers gave; those with a cause first, then the surest.
pub fn mistakes(project: &Project, evaluation: &Evaluation) -> Result<Vec<(Case, Option<Cause>)>> {
    let causes = project.store.causes()?;
    let of = |item: &ScoredItem| item.utterance.and_then(|id| causes.get(&id).copied());
    let mut wrong: Vec<&ScoredItem> = evaluation.report.items.iter().filter(|item| !is_right(item)).collect();
    let sure = |item: &ScoredItem| item.prediction.best().map_or(0.0, |guess| guess.probability);
    wrong.sort_by(|a, b| of(b).is_some().cmp(&of(a).is_some()).then(sure(b).total_cmp(&sure(a))));
    wrong.truncate(LISTED);
    let given: Vec<Option<Cause>> = wrong.iter().map(|item| of(item)).collect();
    Ok(cases(project, wrong.into_iter())?.into_iter().zip(given).collect())
}

/// Returns the likeliest cause of a mistake.
pub fn suggest(evaluation: &Evaluation, case: &Case) -> Cause {
    let report = &evaluation.report;
    let best = case.prediction.best().and_then(|guess| guess.intent);
    let pair = |a, b| report.confusions.iter().find(|c| c.gold == a && c.predicted == b).map_or(0, |c| c.count);
    let suspects = evaluation::doubt::suspects(&report.items);
    let mistake = Mistake {
        text: &case.text,
        gold: case.gold,
        prediction: &case.prediction,
        examples: report.intents.iter().find(|row| row.intent == case.gold).map_or(0, |row| row.support),
        confused: pair(case.gold, best) + pair(best, case.gold),
        suspicious: suspects
            .iter()
            .any(|(at, _)| case.utterance.is_some() && report.items[*at].utterance == case.utterance),
    };
    evaluation::blame::suggest(&mistake)
}

/// Writes a report as one file.
pub fn write_report(path: &Path, text: &str) -> Result<()> {
    formats::write::file::put(path, text.as_bytes()).map_err(|source| Error::Write { path: path.to_path_buf(), source })
}

/// Tells whether the top guess is the truth; no guess at all means out of scope.
fn is_right(item: &ScoredItem) -> bool {
    item.prediction.best().and_then(|guess| guess.intent) == item.gold
}

/// Compares two runs on the examples both scored.
///
/// `None` when they share none.
pub fn compare(project: &Project, first: RunId, second: RunId) -> Result<Option<Comparison>> {
    let (a, b) = (of_run(project, Some(first))?, of_run(project, Some(second))?);
    let of_a: HashMap<_, bool> = a.report.items.iter().map(|item| (item.utterance, is_right(item))).collect();
    let (before, after): (Vec<bool>, Vec<bool>) =
        b.report.items.iter().filter_map(|item| of_a.get(&item.utterance).map(|was| (*was, is_right(item)))).unzip();
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

pub(in crate::workbench) fn names(catalogue: &Catalogue) -> HashMap<IntentId, String> {
    catalogue.intents.iter().map(|intent| (intent.id, intent.name.clone())).collect()
}
