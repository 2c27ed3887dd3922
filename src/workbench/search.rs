//! Texts found by a query, or by their likeness to others; queries kept by name.
//!
//! Called by `label` and `export`'s callers. Not here: deciding on what was found (`label::many`).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::event::Act;
use crate::domain::ids::{ClusterId, IntentId, UtteranceId};
use crate::domain::label::{Label, Verdict};
use crate::domain::mood::Mood;
use crate::domain::prediction::Emotion;
use crate::domain::query::{Hit, Query, Test};
use crate::domain::utterance::Utterance;
use crate::progress::Progress;
use crate::query::parse::parse;
use crate::query::print::print;
use crate::store::history::Deed;
use crate::store::matching::Judge;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// From this score on a text sounds so.
const SOUNDS: f32 = 0.6;

/// Hits whose guesses are counted at most.
const GUESSED: usize = 2_000;

/// Reads a query as a trainer writes it.
pub fn read(text: &str) -> Result<Query> {
    parse(text).map_err(|source| Error::Query { text: text.to_string(), source })
}

/// Reads a query that names only intents and clusters there are.
pub fn read_for(project: &Project, text: &str) -> Result<Query> {
    let query = read(text)?;
    clusters(project, &query)?;
    Ok(query)
}

/// Returns the texts that meet a query, most customers first.
pub fn search(project: &Project, query: &Query) -> Result<Vec<Hit>> {
    let clusters = clusters(project, query)?;
    let hearing = project.hearing()?;
    let said: HashMap<UtteranceId, Mood> =
        project.store.mood_labels()?.into_iter().map(|(_, label)| (label.utterance, label.mood)).collect();
    let judge: Judge = Arc::new(move |test, id, text| match test {
        Test::Cluster(cluster) => clusters.get(cluster).is_some_and(|members| members.contains(&id)),
        // What a trainer said of a text counts, not what is heard.
        Test::Mood(mood) => said.get(&id).map_or_else(|| sounds(&hearing.hear(text), *mood), |said| said == mood),
        _ => false,
    });
    Ok(project.store.matching(query, judge)?)
}

/// One text that was found, as lists show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub utterance: Utterance,
    pub label: Option<Label>,
}

/// Returns some of the hits with their texts and labels as they stand; those erased meanwhile are left out.
pub fn shown(project: &Project, hits: &[Hit]) -> Result<Vec<Found>> {
    let ids: Vec<UtteranceId> = hits.iter().map(|hit| hit.utterance).collect();
    let found = |utterance: Utterance| Ok(Found { label: project.store.label(utterance.id)?, utterance });
    project.store.utterances(&ids)?.into_iter().map(found).collect()
}

/// Returns what the model guesses of the first of some hits, the most frequent guess first.
pub fn guessed(project: &Project, hits: &[Hit]) -> Result<Vec<(Verdict, usize)>> {
    let mut times: HashMap<Option<IntentId>, usize> = HashMap::new();
    for hit in hits.iter().take(GUESSED) {
        if let Some(best) = project.store.guess(hit.utterance)?.and_then(|(prediction, _)| prediction.best()) {
            *times.entry(best.intent).or_default() += 1;
        }
    }
    let mut times: Vec<(Option<IntentId>, usize)> = times.into_iter().collect();
    times.sort_by_key(|(intent, times)| (std::cmp::Reverse(*times), *intent));
    Ok(times.into_iter().map(|(intent, n)| (intent.map_or(Verdict::OutOfScope, Verdict::Intent), n)).collect())
}

/// Returns hits by how near they are to the nearest of some examples, the nearest first, each with its cosine: exact,
/// by the built-in encoder's vectors, which are made where they are missing.
pub fn similar(
    project: &mut Project,
    hits: &[Hit],
    examples: &[UtteranceId],
    progress: &dyn Progress,
) -> Result<Vec<(Hit, f32)>> {
    let unit = |mut vector: Vec<f32>| {
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        vector.iter_mut().for_each(|x| *x /= length.max(f32::MIN_POSITIVE));
        vector
    };
    let chosen = project.vectors(examples, progress)?;
    let chosen: Vec<Vec<f32>> = (0..chosen.len()).map(|at| unit(chosen.unpacked(at))).collect();
    let ids: Vec<UtteranceId> = hits.iter().map(|hit| hit.utterance).collect();
    let vectors = project.vectors(&ids, progress)?;
    let nearness: Vec<f32> = (0..ids.len())
        .into_par_iter()
        .map(|at| {
            let vector = unit(vectors.unpacked(at));
            let cosine = |example: &Vec<f32>| vector.iter().zip(example).map(|(a, b)| a * b).sum::<f32>();
            chosen.iter().map(cosine).fold(-1.0, f32::max)
        })
        .collect();
    let mut near: Vec<(Hit, f32)> = hits.iter().cloned().zip(nearness).collect();
    near.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.utterance.cmp(&b.0.utterance)));
    Ok(near)
}

/// Returns the queries kept by name.
pub fn slices(project: &Project) -> Result<Vec<(String, String)>> {
    Ok(project.store.slices()?)
}

/// Returns the query kept under a name.
pub fn slice(project: &Project, name: &str) -> Result<Query> {
    match project.store.slice(name)? {
        Some(text) => read(&text),
        None => {
            let known = slices(project)?.into_iter().map(|(name, _)| name).collect();
            Err(Error::UnknownChoice { what: "slice", name: name.to_string(), known })
        }
    }
}

/// Keeps a query under a name, in place of one that was kept there; one step to undo.
pub fn keep_slice(project: &mut Project, name: &str, query: &Query) -> Result<()> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::EmptyName);
    }
    let (op, actor, text) = (project.op(), project.actor().to_string(), print(query));
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Setting, subject: name };
    project.store.act(&deed, |recorder| recorder.put_slice(name, &text))?;
    Ok(())
}

/// Forgets the query of a name; one step to undo.
pub fn drop_slice(project: &mut Project, name: &str) -> Result<()> {
    slice(project, name)?;
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Setting, subject: name };
    project.store.act(&deed, |recorder| recorder.remove_slice(name))?;
    Ok(())
}

/// Returns the members of the clusters a query names; refuses what it names and is not there.
fn clusters(project: &Project, query: &Query) -> Result<HashMap<ClusterId, HashSet<UtteranceId>>> {
    for name in names_of(query) {
        project.catalogue()?.find(name)?;
    }
    let members = |id: ClusterId| -> Result<(ClusterId, HashSet<UtteranceId>)> {
        let head = project.store.cluster(id)?.ok_or(Error::UnknownCluster { id: id.0 })?;
        Ok((id, head.cluster.members.iter().map(|member| member.utterance).collect()))
    };
    clusters_of(query).into_iter().map(members).collect()
}

/// Tells whether a text sounds so; of two moods of one tone it is the one heard, where that was learned.
fn sounds(emotion: &Emotion, mood: Mood) -> bool {
    let strong = |tone: Mood| {
        let score = match tone {
            Mood::Angry => emotion.angry,
            Mood::Anxious => emotion.anxious,
            Mood::Confused => emotion.confused,
            _ => emotion.satisfied,
        };
        score >= SOUNDS
    };
    if mood == Mood::Calm {
        return ![Mood::Angry, Mood::Anxious, Mood::Confused, Mood::Satisfied].into_iter().any(strong);
    }
    strong(mood.tone()) && emotion.mood.is_none_or(|heard| heard == mood || heard.tone() != mood.tone())
}

/// Returns every test of a query.
fn tests(query: &Query) -> Vec<&Test> {
    match query {
        Query::All(parts) | Query::Any(parts) => parts.iter().flat_map(tests).collect(),
        Query::Not(part) => tests(part),
        Query::Is(test) => vec![test],
    }
}

fn clusters_of(query: &Query) -> Vec<ClusterId> {
    let cluster = |test: &Test| if let Test::Cluster(id) = test { Some(*id) } else { None };
    tests(query).into_iter().filter_map(cluster).collect()
}

/// Returns the intents a query names.
fn names_of(query: &Query) -> Vec<&str> {
    tests(query)
        .into_iter()
        .filter_map(|test| match test {
            Test::Intent(name) | Test::Guess(name) => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
