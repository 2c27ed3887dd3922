//! Versions of the bot: a policy and a model published together by name, gone back to, handed on as one file.

use std::path::Path;

use crate::bot::Bot;
use crate::bot::bundle::Bundle;
use crate::dialogue::policy::read::read;
use crate::domain::dialogue::{PolicyText, Version};
use crate::domain::event::Act;
use crate::formats::write::file::NewFile;
use crate::store::history::Deed;
use crate::store::runs::Run;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// Returns the published versions, newest first.
pub fn list(project: &Project) -> Result<Vec<Version>> {
    Ok(project.store.versions()?)
}

/// Returns a version: the named one, else the newest.
pub fn find(project: &Project, name: Option<&str>) -> Result<Version> {
    let wanted = |version: &Version| name.is_none_or(|name| version.name == name);
    let unknown = || Error::UnknownName { what: "version", name: name.unwrap_or_default().to_string() };
    project.store.versions()?.into_iter().find(wanted).ok_or_else(unknown)
}

/// Keeps the draft and the current model under a name.
pub(in crate::workbench) fn publish(project: &mut Project, policy: &PolicyText, name: &str) -> Result<()> {
    if project.store.versions()?.iter().any(|version| version.name == name) {
        return Err(Error::VersionExists { name: name.to_string() });
    }
    let model = project.store.latest_run()?.map(|run| run.model);
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let version = Version { name: name.to_string(), policy: policy.id, model, at, actor: actor.clone() };
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Policy, subject: name };
    project.store.act(&deed, |recorder| recorder.put_version(&version))?;
    Ok(())
}

/// Makes a version's policy the draft and its model the current one.
pub fn rollback(project: &mut Project, name: &str) -> Result<()> {
    let version = find(project, Some(name))?;
    let run = run(project, &version)?;
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Policy, subject: name };
    project.store.act(&deed, |recorder| {
        if let Some(run) = &run {
            recorder.choose_run(run.id)?;
        }
        recorder.choose_policy(version.policy)
    })?;
    Ok(())
}

/// Returns the policy text of a version.
pub fn policy(project: &Project, version: &Version) -> Result<PolicyText> {
    project.store.policy_text(version.policy)?.ok_or(Error::NoPolicy)
}

/// Returns the bot of a version: its policy and its model, with what the catalogue answers now.
pub fn bot(project: &Project, version: &Version) -> Result<Bot> {
    let text = policy(project, version)?;
    let model = bytes(project, version)?.map(|bytes| project.read_model(&bytes)).transpose()?;
    let run = run(project, version)?.map(|run| run.id);
    let (hearing, knowing) = (project.hearing_of(run)?, project.knowing_of(run)?);
    Ok(Bot::new(model, &project.store.intents()?, read(&text.yaml)?, hearing.sounding()).knowing(knowing))
}

/// Writes a version as one new file that another program loads.
pub fn hand_on(project: &Project, version: &Version, to: &Path) -> Result<()> {
    use std::io::Write;
    let run = run(project, version)?.map(|run| run.id);
    let bundle = Bundle {
        name: version.name.clone(),
        policy: policy(project, version)?.yaml,
        intents: project.store.intents()?,
        model: bytes(project, version)?,
        sense: run.map(|run| project.store.sense(run)).transpose()?.flatten(),
        ranker: run.map(|run| project.store.ranker(run)).transpose()?.flatten(),
    };
    let written = NewFile::create(to).and_then(|mut file| {
        file.write_all(&bundle.to_bytes())?;
        file.finish()
    });
    written.map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => Error::Exists { path: to.to_path_buf() },
        _ => Error::Write { path: to.to_path_buf(), source },
    })
}

/// Returns the run that made a version's model, when it counts.
fn run(project: &Project, version: &Version) -> Result<Option<Run>> {
    match version.model {
        Some(model) => Ok(project.store.run_of_model(model)?),
        None => Ok(None),
    }
}

fn bytes(project: &Project, version: &Version) -> Result<Option<Vec<u8>>> {
    match version.model {
        Some(model) => Ok(Some(project.store.model(model)?.ok_or(Error::NoModel)?)),
        None => Ok(None),
    }
}
