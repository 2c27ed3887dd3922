//! The catalogue of intents: making, changing, renaming, merging, deleting. Each is one event.

use std::collections::HashMap;

use crate::domain::event::Act;
use crate::domain::ids::IntentId;
use crate::domain::label::{Intent, Label, Verdict};
use crate::domain::utterance::Utterance;
use crate::store::history::Deed;
use crate::workbench::current::named;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// One intent with the size of its example set.
#[derive(Debug, Clone, PartialEq)]
pub struct IntentLine {
    pub intent: Intent,
    pub examples: u64,
    pub customers: u64,
}

/// Returns the intents with their example counts, in the order they came.
pub fn list(project: &Project) -> Result<Vec<IntentLine>> {
    let counts: HashMap<IntentId, (u64, u64)> = project
        .store
        .example_counts()?
        .into_iter()
        .map(|(id, examples, customers)| (id, (examples, customers)))
        .collect();
    Ok(project
        .store
        .intents()?
        .into_iter()
        .map(|intent| {
            let (examples, customers) = counts.get(&intent.id).copied().unwrap_or_default();
            IntentLine { intent, examples, customers }
        })
        .collect())
}

/// Returns the examples of an intent, most customers first.
pub fn examples(project: &Project, id: IntentId, limit: usize) -> Result<Vec<(Utterance, Label)>> {
    Ok(project.store.examples_of(id, limit)?)
}

/// Makes an intent.
pub fn add(project: &mut Project, name: &str, question: &str) -> Result<IntentId> {
    let name = checked(project, name, None)?;
    let question = if question.trim().is_empty() { name.clone() } else { question.trim().to_string() };
    let intent = Intent { question, ..named(&name) };
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::AddIntent, subject: &name };
    let made = project.store.act(&deed, |recorder| recorder.add_intent(&intent))?;
    Ok(made.map_or(IntentId(0), |(_, id)| id))
}

/// Returns a name for a new intent made of the words that set its examples apart; one that is free.
pub fn proposed(project: &Project, words: &[String]) -> Result<String> {
    let chosen: Vec<&str> = words.iter().take(3).map(String::as_str).collect();
    let latin = chosen.iter().any(|word| word.is_ascii());
    let mut name = chosen.join(if latin { " " } else { "" });
    if name.is_empty() {
        return Ok(name);
    }
    let plain = name.clone();
    let mut number = 2;
    while project.store.intent_named(&name)?.is_some() {
        name = format!("{plain} ({number})");
        number += 1;
    }
    Ok(name)
}

/// Writes an intent's question, guideline, category and answers; its name too, if that is free.
pub fn edit(project: &mut Project, intent: &Intent) -> Result<()> {
    let name = checked(project, &intent.name, Some(intent.id))?;
    let act = match project.store.intent(intent.id)? {
        Some(old) if old.name != name => Act::RenameIntent,
        _ => Act::EditIntent,
    };
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act, subject: &name };
    let intent = Intent { name: name.clone(), ..intent.clone() };
    project.store.act(&deed, |recorder| recorder.put_intent(&intent))?;
    Ok(())
}

/// Moves all labels of one intent to another and removes it; returns how many moved.
pub fn merge(project: &mut Project, from: IntentId, into: IntentId) -> Result<u64> {
    let catalogue = project.catalogue()?;
    let subject = format!("{} → {}", catalogue.name(from), catalogue.name(into));
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::MergeIntent, subject: &subject };
    let done = project.store.act(&deed, |recorder| {
        let labels = recorder.labels_of(from)?;
        for label in &labels {
            recorder.put_label(&Label { verdict: Verdict::Intent(into), ..label.clone() })?;
        }
        recorder.move_opinions(from, Some(into))?;
        recorder.remove_intent(from)?;
        Ok(labels.len() as u64)
    })?;
    Ok(done.map_or(0, |(_, moved)| moved))
}

/// Removes an intent; its examples wait in the queue again. Returns how many.
pub fn delete(project: &mut Project, id: IntentId) -> Result<u64> {
    let subject = project.store.intent(id)?.map(|intent| intent.name).unwrap_or_default();
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::DeleteIntent, subject: &subject };
    let done = project.store.act(&deed, |recorder| {
        let labels = recorder.labels_of(id)?;
        for label in &labels {
            recorder.remove_label(label.utterance)?;
        }
        recorder.move_opinions(id, None)?;
        recorder.remove_intent(id)?;
        Ok(labels.len() as u64)
    })?;
    Ok(done.map_or(0, |(_, freed)| freed))
}

/// Returns the name trimmed, if it is one and free.
fn checked(project: &Project, name: &str, own: Option<IntentId>) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::EmptyName);
    }
    match project.store.intent_named(name)? {
        Some(intent) if Some(intent.id) != own => Err(Error::NameTaken { name: name.to_string() }),
        _ => Ok(name.to_string()),
    }
}
