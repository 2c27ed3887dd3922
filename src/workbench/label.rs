//! label: the queue, one decision at a time, and what the model thinks beside it.

use std::path::Path;

use rayon::prelude::*;

use crate::domain::conversation::Turn;
use crate::domain::event::Act;
use crate::domain::ids::{FamilyId, UtteranceId};
use crate::domain::label::{Label, LabelSource, Verdict};
use crate::domain::prediction::Prediction;
use crate::domain::utterance::Utterance;
use crate::evaluation::doubt::doubt;
use crate::formats;
use crate::formats::options::ReadOptions;
use crate::formats::record::Record;
use crate::progress::{Progress, Quiet};
use crate::store::guesses::NewGuess;
use crate::text::clean::masked::masked;
use crate::workbench::current::{is_out_of_scope, named, utterance};
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// Utterances guessed between two looks at whether to stop.
const GUESSED: usize = 1_000;

/// The order of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Doubt × customers, where a model has guessed; else customers.
    #[default]
    Doubt,
    /// Most customers first.
    Customers,
}

/// One item of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueItem {
    pub utterance: Utterance,
    /// The other members of its family; a decision holds for all of them.
    pub family: Vec<Utterance>,
    /// Customers who said a member of the family.
    pub customers: u64,
    pub prediction: Prediction,
    /// 0 sure to 1; `None` before the first training.
    pub doubt: Option<f32>,
    /// Where it stands in the order, to page on.
    pub priority: f64,
}

/// Returns the next items that wait for a decision, after the last one shown.
pub fn queue(project: &Project, order: Order, after: Option<&QueueItem>, limit: usize) -> Result<Vec<QueueItem>> {
    let mut found: Vec<(Utterance, f64)> = Vec::new();
    let mut families: Vec<FamilyId> = Vec::new();
    if let Some(item) = after {
        families.push(item.utterance.family);
    }
    let by_doubt = order == Order::Doubt && project.store.has_guesses()?;
    let mut place = after.map(|item| (item.priority, item.utterance.count, item.utterance.id));
    loop {
        let page: Vec<(Utterance, f64)> = if by_doubt {
            project.store.unlabelled_by_priority(place.map(|(p, _, id)| (p, id)), limit * 2)?
        } else {
            let page = project.store.unlabelled_by_count(place.map(|(_, count, id)| (count, id)), limit * 2)?;
            page.into_iter().map(|utterance| (utterance.count as f64, utterance)).map(|(p, u)| (u, p)).collect()
        };
        let Some((last, priority)) = page.last() else { return items(project, found) };
        place = Some((*priority, last.count, last.id));
        for (utterance, priority) in page {
            // A family is one item: its most urgent member stands for it.
            if families.contains(&utterance.family) {
                continue;
            }
            families.push(utterance.family);
            found.push((utterance, priority));
            if found.len() == limit {
                return items(project, found);
            }
        }
    }
}

/// Returns what the queue would show for one utterance.
pub fn item_of(project: &Project, id: UtteranceId) -> Result<Option<QueueItem>> {
    let found = project.store.utterance(id)?.map(|utterance| (utterance, 0.0));
    Ok(items(project, found.into_iter().collect())?.pop())
}

/// Returns how many distinct texts wait for a decision.
pub fn waiting(project: &Project) -> Result<u64> {
    Ok(project.store.utterance_count()?.saturating_sub(project.store.labelled_said()?))
}

/// Returns the conversation around the `nth` occurrence of an utterance, and which turn it is.
pub fn context(project: &Project, id: UtteranceId, nth: usize, around: u32) -> Result<Option<(Vec<Turn>, usize)>> {
    Ok(project.store.context(id, nth, around)?)
}

/// Gives utterances and their families a verdict; on disk when this returns. Returns how many were labelled.
///
/// The same `op` again changes nothing: a key repeated after a dropped line is one decision.
pub fn decide(
    project: &mut Project,
    op: &str,
    ids: &[UtteranceId],
    verdict: Verdict,
    source: LabelSource,
) -> Result<u64> {
    let subject = match ids.first().map(|id| project.store.utterance(*id)).transpose()?.flatten() {
        Some(utterance) => utterance.text,
        None => return Ok(0),
    };
    let actor = project.actor().to_string();
    let at = now();
    let deed = crate::store::history::Deed { op, actor: &actor, at, act: Act::Label, subject: &subject };
    let done = project.store.act(&deed, |recorder| {
        let all = recorder.with_families(ids)?;
        for utterance in &all {
            let note = recorder.label(*utterance)?.map(|label| label.note).unwrap_or_default();
            recorder.put_label(&Label { utterance: *utterance, verdict, source, actor: actor.clone(), at, note })?;
        }
        Ok(all.len() as u64)
    })?;
    Ok(done.map_or(0, |(_, count)| count))
}

/// Takes the verdict of utterances and their families away.
pub fn clear(project: &mut Project, ids: &[UtteranceId]) -> Result<()> {
    let op = project.op();
    let actor = project.actor().to_string();
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at: now(), act: Act::Label, subject: "" };
    project
        .store
        .act(&deed, |recorder| recorder.with_families(ids)?.into_iter().try_for_each(|id| recorder.remove_label(id)))?;
    Ok(())
}

/// Writes a note beside a verdict; the item waits (later) when it has none yet.
pub fn note(project: &mut Project, id: UtteranceId, note: &str) -> Result<()> {
    let op = project.op();
    let actor = project.actor().to_string();
    let at = now();
    let subject = masked(note);
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at, act: Act::Label, subject: &subject };
    project.store.act(&deed, |recorder| {
        let standing = recorder.label(id)?;
        let verdict = standing.as_ref().map_or(Verdict::Later, |label| label.verdict);
        let source = standing.map_or(LabelSource::Hand, |label| label.source);
        recorder.put_label(&Label { utterance: id, verdict, source, actor: actor.clone(), at, note: note.to_string() })
    })?;
    Ok(())
}

/// Labels texts that may or may not be in the logs: `(text, intent name)`; unknown intents are made. One event.
pub fn label_texts(
    project: &mut Project,
    rows: &[(String, String)],
    source: LabelSource,
    subject: &str,
) -> Result<u64> {
    let cleaner = project.cleaner()?;
    let news: Vec<_> = rows
        .par_iter()
        .map(|(text, _)| {
            let role = crate::domain::conversation::Role::Customer;
            let channel = crate::domain::conversation::Channel::List;
            let clean = cleaner.clean(text, role, channel);
            utterance(if clean.text.trim().is_empty() { text } else { &clean.text })
        })
        .collect();
    let op = project.op();
    let actor = project.actor().to_string();
    let at = now();
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at, act: Act::Label, subject };
    let done = project.store.act(&deed, |recorder| {
        let mut count = 0;
        for (new, (_, name)) in news.iter().zip(rows) {
            let id = recorder.meet(new)?;
            let verdict = if is_out_of_scope(name) {
                Verdict::OutOfScope
            } else {
                Verdict::Intent(match recorder.intent_named(name)? {
                    Some(intent) => intent,
                    None => recorder.add_intent(&named(name))?,
                })
            };
            recorder.put_label(&Label {
                utterance: id,
                verdict,
                source,
                actor: actor.clone(),
                at,
                note: String::new(),
            })?;
            count += 1;
        }
        Ok(count)
    })?;
    Ok(done.map_or(0, |(_, count)| count))
}

/// Labels the texts of a file that has an intent column; one event. Returns how many were labelled.
pub fn label_file(project: &mut Project, path: &Path, options: &ReadOptions) -> Result<u64> {
    let mut rows = Vec::new();
    formats::read::read(path, options, &Quiet, &mut |record| {
        if let Record::Message(message) = record
            && let Some(intent) = message.intent
        {
            rows.push((message.text, intent));
        }
        Ok(())
    })?;
    if rows.is_empty() {
        return Err(Error::NoIntentColumn { path: path.to_path_buf() });
    }
    let subject = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    label_texts(project, &rows, LabelSource::Import, &subject)
}

/// Lets the current model guess every utterance that waits, so that the queue can order itself.
pub fn guess(project: &mut Project, progress: &dyn Progress) -> Result<u64> {
    let model = project.model()?.ok_or(Error::NoModel)?;
    let mut waiting: Vec<Utterance> = Vec::new();
    project.store.each_utterance(|utterance| {
        waiting.push(utterance);
        Ok(())
    })?;
    let total = waiting.len() as u64;
    let mut done = 0;
    for chunk in waiting.chunks(GUESSED) {
        let texts: Vec<&str> = chunk.iter().map(|utterance| utterance.text.as_str()).collect();
        let ids: Vec<UtteranceId> = chunk.iter().map(|utterance| utterance.id).collect();
        let predictions = match model.reads_meaning() {
            true => model.understand_encoded(&texts, &project.vectors(&ids, &Quiet)?),
            false => model.understand_all(&texts, &Quiet),
        };
        let guesses: Vec<NewGuess> = chunk
            .iter()
            .zip(predictions)
            .map(|(utterance, prediction)| {
                let doubt = doubt(&prediction);
                // Customers per decision, damped: a text said a thousand times is not a thousand times as urgent.
                let priority = f64::from(doubt) * (1.0 + utterance.count as f64).ln();
                NewGuess { utterance: utterance.id, priority, doubt, prediction }
            })
            .collect();
        project.store.put_guesses(&guesses)?;
        done += chunk.len() as u64;
        progress.at(done, total);
        if progress.stopped() {
            return Err(Error::Stopped);
        }
    }
    Ok(total)
}

/// Joins utterances with their families and what the model thinks of them.
fn items(project: &Project, found: Vec<(Utterance, f64)>) -> Result<Vec<QueueItem>> {
    let wanted: Vec<FamilyId> = found.iter().map(|(utterance, _)| utterance.family).collect();
    let mut families = project.store.families(&wanted)?;
    let item = |(utterance, priority): (Utterance, f64)| {
        let mut family = families.remove(&utterance.family).unwrap_or_default();
        let customers = family.iter().map(|member| member.count).sum();
        family.retain(|member| member.id != utterance.id && member.count > 0);
        let (prediction, doubt) = match project.store.guess(utterance.id)? {
            Some((prediction, doubt)) => (prediction, Some(doubt)),
            None => (Prediction::default(), None),
        };
        Ok(QueueItem { utterance, family, customers, prediction, doubt, priority })
    };
    found.into_iter().map(item).collect()
}
