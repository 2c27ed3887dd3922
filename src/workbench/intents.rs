//! The catalogue of intents: listing, making, changing what an intent says. What touches more stands in `surgery`.

use std::collections::HashMap;

use crate::domain::event::Act;
use crate::domain::ids::IntentId;
use crate::domain::label::{Intent, Label};
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
    let name = checked(project, name)?;
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

/// Writes an intent's question, guideline, category and answers; its name stays, which `surgery` changes.
pub fn edit(project: &mut Project, intent: &Intent) -> Result<()> {
    let name = match project.store.intent(intent.id)? {
        Some(old) => old.name,
        None => checked(project, &intent.name)?,
    };
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::EditIntent, subject: &name };
    let intent = Intent { name: name.clone(), ..intent.clone() };
    project.store.act(&deed, |recorder| recorder.put_intent(&intent))?;
    Ok(())
}

/// Returns the name trimmed, if it is one and free.
pub(in crate::workbench) fn checked(project: &Project, name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::EmptyName);
    }
    match project.store.intent_named(name)? {
        Some(_) => Err(Error::NameTaken { name: name.to_string() }),
        None => Ok(name.to_string()),
    }
}
