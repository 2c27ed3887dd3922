//! label: the queue, one decision at a time, and what the model thinks beside it.

pub mod agreement;
mod given;
pub mod lease;
pub mod many;
pub mod order;
pub mod overlap;
pub mod piles;
pub mod spans;

use std::collections::HashSet;
use std::path::Path;

use rayon::prelude::*;

use crate::domain::conversation::Turn;
use crate::domain::event::Act;
use crate::domain::ids::{FamilyId, UtteranceId};
use crate::domain::label::{Label, LabelSource, Verdict};
use crate::domain::prediction::Prediction;
use crate::domain::setting::Setting;
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
use crate::workbench::label::given::{Giver, give};
use crate::workbench::label::lease::held;
use crate::workbench::label::order::{Candidate, Order, by_chance};
use crate::workbench::label::overlap::{asked_again, overlap};
use crate::workbench::project::{Project, now};

/// Utterances guessed between two looks at whether to stop.
const GUESSED: usize = 1_000;

/// Utterances encoded at most before the queue is ordered.
const ENCODED: usize = 30_000;

/// Every so many items one by chance is asked, for an honest estimate.
const BY_CHANCE: usize = 8;

/// Every so many items one is asked that another trainer answered before.
const AGAIN: usize = 4;

/// Why an item is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// Drawn by chance.
    Chance,
    /// Two intents are close to each other.
    Close,
    /// No intent is likely.
    Unlikely,
    /// Unlike any example.
    New,
    /// The nearest examples say something else than the model.
    Disagreement,
    /// Many customers say it.
    Customers,
    /// Several trainers are asked, and nobody sees another's answer nor the model's.
    Overlap,
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
    pub why: Vec<Why>,
    /// Where it stands in the order, to page on.
    pub place: Place,
}

/// A place in an order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// By priority, with the number of customers.
    Priority(f64, u64),
    /// In a ranking.
    Ranked(i64),
    /// In the shuffle.
    Chance(i64),
    /// Beside the order: another trainer answered it before.
    Again,
}

/// Returns the next items that wait for a decision and lie before nobody else, after those shown.
pub fn queue(project: &Project, order: Order, shown: &[QueueItem], limit: usize) -> Result<Vec<QueueItem>> {
    let mut families = held(project)?;
    families.extend(shown.iter().map(|item| item.utterance.family));
    let in_order = |item: &&QueueItem| match item.place {
        Place::Again => false,
        Place::Chance(_) => order == Order::Random,
        Place::Priority(..) | Place::Ranked(_) => true,
    };
    let last = shown.iter().rev().find(in_order);
    let mut place = last.map(|item| (item.place, item.utterance.id));
    let mut found: Vec<(Utterance, Place)> = Vec::new();
    while found.len() < limit {
        let page = page(project, order, place, limit * 2)?;
        let Some((last, at)) = page.last() else { break };
        place = Some((*at, last.id));
        for (utterance, at) in page {
            // A family is one item: its most urgent member stands for it.
            if found.len() < limit && families.insert(utterance.family) {
                found.push((utterance, at));
            }
        }
    }
    if order.is_mixed() && project.store.has_guesses()? {
        mix(project, shown, &mut families, &mut found)?;
    }
    again(project, limit, &mut families, &mut found)?;
    items(project, found)
}

/// Puts an item that another trainer answered at every so many places; where nothing else waits, one after the other.
fn again(
    project: &Project,
    limit: usize,
    families: &mut HashSet<FamilyId>,
    found: &mut Vec<(Utterance, Place)>,
) -> Result<()> {
    let asked = asked_again(project, limit + families.len())?;
    let mut at = AGAIN - 1;
    for utterance in asked.into_iter().filter(|utterance| families.insert(utterance.family)).take(limit) {
        found.insert(at.min(found.len()), (utterance, Place::Again));
        at += AGAIN;
    }
    Ok(())
}

/// Puts an item by chance at every so many places.
fn mix(
    project: &Project,
    shown: &[QueueItem],
    families: &mut HashSet<FamilyId>,
    found: &mut Vec<(Utterance, Place)>,
) -> Result<()> {
    let after = shown.iter().rev().find_map(|item| match item.place {
        Place::Chance(at) => Some(at),
        _ => None,
    });
    let mut drawn = by_chance(project, after, 2 * found.len().div_ceil(BY_CHANCE))?.into_iter();
    let mut at = BY_CHANCE - 1;
    while at <= found.len() && at > 0 {
        let Some((place, utterance)) = drawn.find(|(_, utterance)| families.insert(utterance.family)) else { break };
        found.insert(at, (utterance, Place::Chance(place)));
        at += BY_CHANCE;
    }
    Ok(())
}

/// Returns a page of an order after a place.
fn page(
    project: &Project,
    order: Order,
    after: Option<(Place, UtteranceId)>,
    limit: usize,
) -> Result<Vec<(Utterance, Place)>> {
    let ranked = !matches!(order, Order::Doubt | Order::Customers | Order::Random);
    if order == Order::Random {
        let after = after.and_then(|(place, _)| match place {
            Place::Chance(at) => Some(at),
            _ => None,
        });
        let page = by_chance(project, after, limit)?;
        return Ok(page.into_iter().map(|(at, utterance)| (utterance, Place::Chance(at))).collect());
    }
    if ranked && !matches!(after, Some((Place::Priority(..), _))) {
        let after = after.and_then(|(place, _)| match place {
            Place::Ranked(at) => Some(at),
            _ => None,
        });
        let page = project.store.ranked(order.name(), after, limit)?;
        if !page.is_empty() || after.is_some() {
            return Ok(page.into_iter().map(|(at, utterance, _)| (utterance, Place::Ranked(at))).collect());
        }
    }
    let after = after.and_then(|(place, id)| match place {
        Place::Priority(priority, count) => Some((priority, count, id)),
        _ => None,
    });
    if order != Order::Customers && project.store.has_guesses()? {
        let page = project.store.unlabelled_by_priority(after.map(|(priority, _, id)| (priority, id)), limit)?;
        return Ok(page
            .into_iter()
            .map(|(utterance, priority)| {
                let place = Place::Priority(priority, utterance.count);
                (utterance, place)
            })
            .collect());
    }
    let page = project.store.unlabelled_by_count(after.map(|(_, count, id)| (count, id)), limit)?;
    Ok(page
        .into_iter()
        .map(|utterance| {
            let place = Place::Priority(utterance.count as f64, utterance.count);
            (utterance, place)
        })
        .collect())
}

/// Returns what the queue would show for one utterance.
pub fn item_of(project: &Project, id: UtteranceId) -> Result<Option<QueueItem>> {
    let found = project.store.utterance(id)?.map(|utterance| (utterance, Place::Priority(0.0, 0)));
    Ok(items(project, found.into_iter().collect())?.pop())
}

/// Decisions after which the model learns anew, where the project's setting `relearn` says nothing.
pub const RELEARN: u64 = 25;
/// Examples a model is worth training from.
const FEWEST: u64 = 20;

/// Tells whether so many decisions since the last training are enough to train again beside the labelling.
pub fn is_enough(project: &Project, decided: u64) -> Result<bool> {
    let after = project.store.setting(Setting::Relearn.name())?.and_then(|text| text.parse().ok()).unwrap_or(RELEARN);
    if after == 0 || decided < after {
        return Ok(false);
    }
    let counts = project.store.example_counts()?;
    let learnt = counts.iter().filter(|(_, examples, _)| *examples > 0).count();
    Ok(learnt >= 2 && counts.iter().map(|(_, examples, _)| examples).sum::<u64>() >= FEWEST)
}

/// Says after how many decisions the model learns anew beside the labelling; 0 is never.
pub fn relearn_after(project: &mut Project, decisions: u64) -> Result<()> {
    let (op, actor, value) = (project.op(), project.actor().to_string(), decisions.to_string());
    let subject = Setting::Relearn.name();
    let deed = crate::store::history::Deed { op: &op, actor: &actor, at: now(), act: Act::Setting, subject };
    project.store.act(&deed, |recorder| recorder.put_setting(subject, &value))?;
    Ok(())
}

/// Tells whether an utterance waits for a decision of this trainer.
pub fn waits(project: &Project, id: UtteranceId) -> Result<bool> {
    let again = || asked_again(project, usize::MAX >> 1).map(|asked| asked.iter().any(|utterance| utterance.id == id));
    Ok(!project.store.waiting_of(&[id])?.is_empty() || again()?)
}

/// Returns how many distinct texts wait for a decision of this trainer.
pub fn waiting(project: &Project) -> Result<u64> {
    Ok(project.unlabelled()? + asked_again(project, usize::MAX >> 1)?.len() as u64)
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
    let done =
        project.store.act(&deed, |recorder| give(recorder, ids, verdict, Giver { actor: &actor, at, source }))?;
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

/// Lets the current model guess the utterances that wait, so that the queue can order itself.
///
/// A model that reads meaning guesses all whose vectors are kept, and of the others those most customers said, as many
/// as half a minute allows: grouping keeps the vectors of all.
pub fn guess(project: &mut Project, progress: &dyn Progress) -> Result<u64> {
    let model = project.model()?.ok_or(Error::NoModel)?;
    let mut waiting: Vec<Utterance> = Vec::new();
    project.store.each_utterance(|utterance| {
        waiting.push(utterance);
        Ok(())
    })?;
    let mut decided: HashSet<UtteranceId> = HashSet::new();
    project.store.each_label(|utterance, _| {
        decided.insert(utterance.id);
        Ok(())
    })?;
    if let Some(encoder) = model.encoder().filter(|_| waiting.len() > ENCODED) {
        waiting.sort_by_key(|utterance| (std::cmp::Reverse(utterance.count), utterance.id));
        let kept = project.store.encoded(encoder.name())?;
        let mut left = ENCODED;
        waiting.retain(|utterance| {
            let known = kept.contains(&utterance.id);
            let taken = known || left > 0;
            left -= usize::from(taken && !known);
            taken
        });
    }
    let total = waiting.len() as u64;
    let mut done = 0;
    let mut candidates: Vec<Candidate> = Vec::new();
    for chunk in waiting.chunks(GUESSED) {
        let texts: Vec<&str> = chunk.iter().map(|utterance| utterance.text.as_str()).collect();
        let ids: Vec<UtteranceId> = chunk.iter().map(|utterance| utterance.id).collect();
        let predictions = match model.encoder() {
            Some(encoder) => model.understand_encoded(&texts, &project.vectors_by(encoder, &ids, &Quiet)?),
            None => model.understand_all(&texts, &Quiet),
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
        for (utterance, guess) in chunk.iter().zip(guesses) {
            if !decided.contains(&utterance.id) {
                candidates.push(Candidate::new(utterance.id, guess.priority, &guess.prediction));
            }
        }
        done += chunk.len() as u64;
        progress.at(done, total);
        if progress.stopped() {
            return Err(Error::Stopped);
        }
    }
    let rankings = order::rankings(project, candidates)?;
    project.store.put_rankings(&rankings)?;
    Ok(total)
}

/// Joins utterances with their families and what the model thinks of them.
fn items(project: &Project, found: Vec<(Utterance, Place)>) -> Result<Vec<QueueItem>> {
    let wanted: Vec<FamilyId> = found.iter().map(|(utterance, _)| utterance.family).collect();
    let mut families = project.store.families(&wanted)?;
    let overlap = overlap(project)?;
    let item = |(utterance, place): (Utterance, Place)| {
        let mut family = families.remove(&utterance.family).unwrap_or_default();
        let customers = family.iter().map(|member| member.count).sum();
        family.retain(|member| member.id != utterance.id && member.count > 0);
        if place == Place::Again || overlap.is_some_and(|overlap| overlap.takes(utterance.family)) {
            // The model may have learned from the other's answer.
            let (prediction, doubt, why) = (Prediction::default(), None, vec![Why::Overlap]);
            return Ok(QueueItem { utterance, family, customers, prediction, doubt, why, place });
        }
        let (prediction, doubt) = match project.store.guess(utterance.id)? {
            Some((prediction, doubt)) => (prediction, Some(doubt)),
            None => (Prediction::default(), None),
        };
        let why = why(project, &utterance, customers, &prediction, place)?;
        Ok(QueueItem { utterance, family, customers, prediction, doubt, why, place })
    };
    found.into_iter().map(item).collect()
}

/// Returns why an item is asked, the chief reason first.
fn why(
    project: &Project,
    utterance: &Utterance,
    customers: u64,
    prediction: &Prediction,
    place: Place,
) -> Result<Vec<Why>> {
    let mut why = Vec::new();
    if matches!(place, Place::Chance(_)) {
        why.push(Why::Chance);
    }
    if let Some(best) = prediction.best() {
        let second = prediction.guesses.get(1).map_or(0.0, |guess| guess.probability);
        if best.probability < 0.3 {
            why.push(Why::Unlikely);
        } else if best.probability - second < 0.2 {
            why.push(Why::Close);
        }
        for (ranking, score) in project.store.rankings_of(utterance.id)? {
            match Order::named(&ranking) {
                Some(Order::Novelty) if score > 0.7 => why.push(Why::New),
                Some(Order::Disagreement) if score > 0.6 => why.push(Why::Disagreement),
                _ => {}
            }
        }
    }
    if customers >= 10 {
        why.push(Why::Customers);
    }
    Ok(why)
}

#[cfg(test)]
mod tests;
