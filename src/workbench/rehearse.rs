//! rehearse: saved conversations played again; what must hold, holds or is told; what they reach and would notice.

use std::path::{Path, PathBuf};

use crate::bot::Bot;
use crate::dialogue::proof::coverage::{Coverage, coverage};
use crate::dialogue::proof::mutation::{Mutation, Understood, mutation};
use crate::dialogue::proof::perturb::Kind;
use crate::dialogue::proof::reach::{Reached, reach};
use crate::dialogue::proof::robust::{Robustness, Stage, robustness};
use crate::dialogue::proof::simulate::{self, Fared};
use crate::dialogue::script;
use crate::dialogue::script::replay::Replay;
use crate::dialogue::script::shape::Script;
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
    pub coverage: Coverage,
    /// For each arm nothing reached: a conversation that takes it, where playing finds one.
    pub proposals: Vec<Reached>,
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
    play(project, read(all)?, progress)
}

/// Plays the rehearsals of files and folders, without keeping them.
pub fn rehearse_files(project: &mut Project, paths: &[PathBuf], progress: &dyn Progress) -> Result<Rehearsed> {
    play(project, of_files(paths)?, progress)
}

/// Plays the suite on every single edit of the draft; at most `most` of them, drawn by the seed.
pub fn mutate(
    project: &mut Project,
    paths: &[PathBuf],
    most: usize,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Mutation> {
    let scripts: Vec<Script> = suite(project, paths)?.into_iter().map(|(_, script)| script).collect();
    let text = project.store.policy()?.ok_or(Error::NoPolicy)?;
    let bot = project.bot()?;
    let understood = understood(&bot, &scripts);
    let mutation = mutation(&text.yaml, &bot.knowledge, &scripts, &understood, most, seed, progress)?;
    if progress.stopped() { Err(Error::Stopped) } else { Ok(mutation) }
}

/// Plays the suite with every message said otherwise, `draws` times in each of these ways.
pub fn perturb(
    project: &mut Project,
    paths: &[PathBuf],
    kinds: &[Kind],
    draws: u64,
    seed: u64,
    progress: &dyn Progress,
) -> Result<Robustness> {
    let scripts: Vec<Script> = suite(project, paths)?.into_iter().map(|(_, script)| script).collect();
    let bot = project.bot()?;
    let stage = Stage {
        policy: &bot.policy,
        knowledge: &bot.knowledge,
        understand: &|text| bot.understand(text),
        emotion: &|text| bot.sounds(text),
    };
    let robustness = robustness(&stage, &scripts, kinds, draws, seed, progress);
    if progress.stopped() { Err(Error::Stopped) } else { Ok(robustness) }
}

/// Plays customers of every topic, calm and in each mood of the draft.
pub fn simulate(project: &mut Project) -> Result<Vec<Fared>> {
    let bot = project.bot()?;
    let date = jiff::ZonedDateTime::now().strftime("%Y-%m-%d").to_string();
    Ok(simulate::simulate(&bot.policy, &bot.knowledge, &date))
}

/// Keeps proposed conversations as rehearsals; one step to undo.
pub fn keep(project: &mut Project, proposals: &[(String, String)]) -> Result<usize> {
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let subject = proposals.first().map(|(name, _)| name.clone()).unwrap_or_default();
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Rehearsal, subject: &subject };
    project.store.act(&deed, |recorder| {
        for (name, script) in proposals {
            recorder.put_rehearsal(name, script)?;
        }
        Ok(())
    })?;
    Ok(proposals.len())
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

/// Writes a page to a file.
pub fn write_page(page: &str, to: &Path) -> Result<()> {
    formats::write::file::put(to, page.as_bytes()).map_err(|source| Error::Write { path: to.to_path_buf(), source })
}

/// Returns the rehearsals of files, or the project's own where no file is named.
fn suite(project: &Project, paths: &[PathBuf]) -> Result<Vec<(Option<RehearsalId>, Script)>> {
    if !paths.is_empty() {
        return of_files(paths);
    }
    read(project.store.rehearsals()?.into_iter().map(|one| (Some(one.id), one.script)).collect())
}

fn of_files(paths: &[PathBuf]) -> Result<Vec<(Option<RehearsalId>, Script)>> {
    let mut all = Vec::new();
    for path in paths {
        let files = if path.is_dir() { formats::sample::scripts(path)? } else { vec![path.clone()] };
        for file in files {
            all.push((None, formats::sample::text(&file)?));
        }
    }
    read(all)
}

fn read(texts: Vec<(Option<RehearsalId>, String)>) -> Result<Vec<(Option<RehearsalId>, Script)>> {
    let mut scripts = Vec::new();
    for (id, text) in texts {
        scripts.extend(script::read::parse_all(&text)?.into_iter().map(|script| (id, script)));
    }
    if scripts.is_empty() { Err(Error::NoRehearsals) } else { Ok(scripts) }
}

fn understood(bot: &Bot, scripts: &[Script]) -> Understood {
    Understood::of(scripts, &|text| bot.understand(text), &|text| bot.sounds(text))
}

fn play(project: &mut Project, all: Vec<(Option<RehearsalId>, Script)>, progress: &dyn Progress) -> Result<Rehearsed> {
    // Between two looks at `stopped`.
    const STEP: usize = 32;
    let bot = project.bot()?;
    let total = all.len() as u64;
    let (ids, scripts): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let mut replays: Vec<Replay> = Vec::with_capacity(scripts.len());
    for step in scripts.chunks(STEP) {
        replays.extend(bot.rehearse(step));
        progress.at(replays.len() as u64, total);
        if progress.stopped() {
            return Err(Error::Stopped);
        }
    }
    let coverage = coverage(&bot.policy, &bot.knowledge, &replays);
    let proposals = proposals(&bot, &coverage);
    let results =
        ids.into_iter().zip(replays).map(|(id, replay)| Played { id, name: replay.name.clone(), replay }).collect();
    Ok(Rehearsed { results, coverage, proposals })
}

/// Returns a conversation for each arm nothing reached, where there is one.
fn proposals(bot: &Bot, coverage: &Coverage) -> Vec<Reached> {
    let date = jiff::ZonedDateTime::now().strftime("%Y-%m-%d").to_string();
    let mut proposals = Vec::new();
    for topic in &bot.policy.topics {
        let missing: Vec<usize> =
            coverage.unreached().filter(|arm| arm.topic == topic.name).map(|arm| arm.place).collect();
        if missing.is_empty() {
            continue;
        }
        let mut found = reach(&bot.policy, &bot.knowledge, topic, &date);
        proposals.extend(missing.into_iter().filter_map(|arm| found.remove(&arm)));
    }
    proposals
}
