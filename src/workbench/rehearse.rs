//! rehearse: saved conversations played again; what must hold, holds or is told.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::bot::Bot;
use crate::dialogue::event::Event;
use crate::dialogue::script;
use crate::dialogue::script::replay::{Replay, TurnResult};
use crate::domain::dialogue::Rehearsal;
use crate::domain::event::Act;
use crate::domain::ids::RehearsalId;
use crate::formats;
use crate::progress::Progress;
use crate::store::history::Deed;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// What a rehearsing came to.
#[derive(Debug)]
pub struct Rehearsed {
    pub results: Vec<Played>,
    /// Topics of the policy and how many rehearsals reached each.
    pub topics: BTreeMap<String, usize>,
}

/// One rehearsal as it went.
#[derive(Debug)]
pub struct Played {
    pub id: Option<RehearsalId>,
    pub name: String,
    pub replay: Replay,
}

impl Rehearsed {
    /// Returns how many held.
    pub fn passed(&self) -> usize {
        self.results.iter().filter(|played| played.replay.passed).count()
    }

    /// Returns the topics no rehearsal reached.
    pub fn unreached(&self) -> Vec<&str> {
        self.topics.iter().filter(|(_, reached)| **reached == 0).map(|(topic, _)| topic.as_str()).collect()
    }
}

/// Returns the project's rehearsals.
pub fn list(project: &Project) -> Result<Vec<Rehearsal>> {
    Ok(project.store.rehearsals()?)
}

/// Plays some of the project's rehearsals, or all.
pub fn rehearse(project: &mut Project, only: Option<&[RehearsalId]>, progress: &dyn Progress) -> Result<Rehearsed> {
    let all: Vec<(Option<RehearsalId>, String)> = project
        .store
        .rehearsals()?
        .into_iter()
        .filter(|rehearsal| only.is_none_or(|only| only.contains(&rehearsal.id)))
        .map(|rehearsal| (Some(rehearsal.id), rehearsal.script))
        .collect();
    if all.is_empty() {
        return Err(Error::NoRehearsals);
    }
    play(project, all, progress)
}

/// Plays the rehearsals of files and folders, without keeping them.
pub fn rehearse_files(project: &mut Project, paths: &[PathBuf], progress: &dyn Progress) -> Result<Rehearsed> {
    let mut all = Vec::new();
    for path in paths {
        let files = if path.is_dir() { formats::sample::scripts(path)? } else { vec![path.clone()] };
        for file in files {
            all.push((None, formats::sample::text(&file)?));
        }
    }
    if all.is_empty() {
        return Err(Error::NoRehearsals);
    }
    play(project, all, progress)
}

/// Removes a rehearsal.
pub fn remove(project: &mut Project, rehearsal: &Rehearsal) -> Result<()> {
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Rehearsal, subject: &rehearsal.name };
    project.store.act(&deed, |recorder| recorder.remove_rehearsal(rehearsal.id))?;
    Ok(())
}

/// Writes results as JUnit XML, as continuous integration reads them.
pub fn write_junit(rehearsed: &Rehearsed, to: &Path) -> Result<()> {
    let results: Vec<Replay> = rehearsed.results.iter().map(|played| played.replay.clone()).collect();
    formats::write::file::put(to, script::write::junit(&results).as_bytes())
        .map_err(|source| Error::Write { path: to.to_path_buf(), source })
}

fn play(project: &mut Project, all: Vec<(Option<RehearsalId>, String)>, progress: &dyn Progress) -> Result<Rehearsed> {
    let bot: Bot = project.bot()?;
    let mut results = Vec::new();
    let mut reached: BTreeMap<String, usize> = bot.policy.topics.iter().map(|topic| (topic.name.clone(), 0)).collect();
    let total = all.len() as u64;
    for (done, (id, text)) in all.into_iter().enumerate() {
        for replay in bot.rehearse(&script::read::parse_all(&text)?) {
            let topics: BTreeSet<&str> = replay.turns.iter().flat_map(topics).collect();
            for topic in topics {
                *reached.entry(topic.to_string()).or_default() += 1;
            }
            results.push(Played { id, name: replay.name.clone(), replay });
        }
        progress.at(done as u64 + 1, total);
        if progress.stopped() {
            return Err(Error::Stopped);
        }
    }
    Ok(Rehearsed { results, topics: reached })
}

/// Returns the topics a turn began or finished.
fn topics(turn: &TurnResult) -> Vec<&str> {
    turn.outcome
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Begun { topic, .. } | Event::Finished { topic, .. } => Some(topic.as_str()),
            _ => None,
        })
        .collect()
}
