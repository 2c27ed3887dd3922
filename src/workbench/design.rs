//! design: the dialogue policy as a text, checked on every save, published by name.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::dialogue::lint::answers::answers;
use crate::dialogue::lint::check::lint;
use crate::dialogue::lint::fault::{Fault, FaultKind, Severity};
use crate::dialogue::policy::design::{Arm, Policy, StepKind, Topic};
use crate::dialogue::policy::read::read;
use crate::dialogue::proof::reach::written;
use crate::dialogue::proof::witness::witness;
use crate::dialogue::script::read::parse_all;
use crate::dialogue::turn::heard::Knowledge;
use crate::domain::dialogue::PolicyText;
use crate::domain::event::Act;
use crate::domain::ids::PolicyId;
use crate::formats;
use crate::formats::write::file::NewFile;
use crate::store::history::Deed;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};
use crate::workbench::versions;

/// A file that was brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    Policy(PathBuf),
    /// So many rehearsals of a file.
    Rehearsals(PathBuf, usize),
}

/// Returns the draft; `None` before the first.
pub fn draft(project: &Project) -> Result<Option<PolicyText>> {
    Ok(project.store.policy()?)
}

/// Reads a policy's text, or says where it is wrong.
pub fn parse(yaml: &str) -> Result<Policy> {
    Ok(read(yaml)?)
}

/// Returns the faults of a policy's text against the project's intents, errors first as the text stands.
pub fn check(project: &Project, yaml: &str) -> Result<Vec<Fault>> {
    let policy = read(yaml)?;
    let intents = project.store.intents()?;
    let names: Vec<&str> = intents.iter().map(|intent| intent.name.as_str()).collect();
    Ok(lint(&policy, &names))
}

/// Returns the faults of the catalogue's answers as of today, each with its intent.
pub fn check_answers(project: &Project, policy: &Policy) -> Result<Vec<(String, Fault)>> {
    let knowledge = Knowledge::of(&project.store.intents()?);
    Ok(answers(policy, &knowledge, &today()))
}

/// Returns a conversation that shows a fault, where playing shows it, as a rehearsal.
pub fn show(project: &Project, yaml: &str, fault: &Fault, name: &str) -> Result<Option<String>> {
    let policy = read(yaml)?;
    let knowledge = Knowledge::of(&project.store.intents()?);
    let found = witness(&policy, &knowledge, &fault.kind, &today());
    Ok(found.map(|witness| written(name, &witness.goal, &witness.talk)))
}

fn today() -> String {
    jiff::ZonedDateTime::now().strftime("%Y-%m-%d").to_string()
}

/// Saves a text as the draft; one that does not read is refused, one with faults is kept to be worked on.
pub fn save(project: &mut Project, yaml: &str) -> Result<PolicyId> {
    read(yaml)?;
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Policy, subject: "" };
    let made = project.store.act(&deed, |recorder| recorder.add_policy(yaml, at, &actor))?;
    Ok(made.map_or(PolicyId(0), |(_, id)| id))
}

/// Brings in policies and rehearsals; all files are read before anything is changed.
pub fn bring(project: &mut Project, paths: &[PathBuf]) -> Result<Vec<Brought>> {
    let mut texts = Vec::new();
    for path in paths {
        let all = if path.is_dir() { formats::sample::scripts(path)? } else { vec![path.clone()] };
        for path in all {
            let text = formats::sample::text(&path)?;
            let scripted = text.lines().any(|line| line.trim_start().starts_with("turns:"));
            if scripted {
                let scripts = split(&text).map_err(|error| in_file(error, &path))?;
                texts.push((path, text, Some(scripts)));
            } else {
                check_names(project, &text).map_err(|error| in_file(error, &path))?;
                texts.push((path, text, None));
            }
        }
    }
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let subject = texts.first().map(|(path, ..)| path.display().to_string()).unwrap_or_default();
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Policy, subject: &subject };
    let mut brought = Vec::new();
    project.store.act(&deed, |recorder| {
        for (path, text, scripts) in &texts {
            match scripts {
                None => {
                    recorder.add_policy(text, at, &actor)?;
                    brought.push(Brought::Policy(path.clone()));
                }
                Some(scripts) => {
                    for (name, script) in scripts {
                        recorder.put_rehearsal(name, script)?;
                    }
                    brought.push(Brought::Rehearsals(path.clone(), scripts.len()));
                }
            }
        }
        Ok(())
    })?;
    Ok(brought)
}

/// Writes the draft to a new file.
pub fn export(project: &Project, to: &Path) -> Result<()> {
    let policy = project.store.policy()?.ok_or(Error::NoPolicy)?;
    let written = NewFile::create(to).and_then(|mut file| {
        file.write_all(policy.yaml.as_bytes())?;
        file.finish()
    });
    written.map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => Error::Exists { path: to.to_path_buf() },
        _ => Error::Write { path: to.to_path_buf(), source },
    })
}

/// Publishes the draft and the current model under a name; a draft with errors is refused.
pub fn publish(project: &mut Project, name: &str) -> Result<()> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::EmptyName);
    }
    let policy = project.store.policy()?.ok_or(Error::NoPolicy)?;
    let faults = check(project, &policy.yaml)?.iter().filter(|fault| fault.severity == Severity::Error).count();
    if faults > 0 {
        return Err(Error::FaultyPolicy { faults });
    }
    versions::publish(project, &policy, name)
}

/// Says which file an unreadable text came from.
fn in_file(error: Error, path: &Path) -> Error {
    match error {
        Error::Policy(source) => Error::PolicyFile { path: path.to_path_buf(), source },
        other => other,
    }
}

/// Refuses a policy that names an intent nobody made.
fn check_names(project: &Project, yaml: &str) -> Result<()> {
    let faults = check(project, yaml)?;
    for fault in faults {
        if let FaultKind::UnknownIntent { intent, near } = fault.kind {
            return Err(Error::UnknownIntent { name: intent, nearest: near });
        }
    }
    Ok(())
}

/// Returns the topics as an outline: the intents and the menus (☰) that lead to each, what it needs, where it leads.
pub fn outline(policy: &Policy) -> Vec<String> {
    let title = |name: &str| policy.topic(name).map_or(name.to_string(), |topic| topic.title().to_string());
    let mut lines = Vec::new();
    for topic in &policy.topics {
        let offers = |other: &&Topic| other.arms.iter().any(|arm| arm.menu.contains(&topic.name));
        let menus = policy.topics.iter().filter(offers).map(|other| format!("☰ {}", other.title()));
        let fallback = policy.fallback.iter().any(|step| match &step.kind {
            StepKind::Menu(_, topics) => topics.contains(&topic.name),
            _ => false,
        });
        let intents = topic.intents.iter().map(|(name, _)| name.clone());
        let from: Vec<String> = intents.chain(menus).chain(fallback.then(|| "☰ fallback".to_string())).collect();
        let from = if from.is_empty() { "–".to_string() } else { from.join(", ") };
        lines.push(format!("{} ← {from}", topic.title()));
        for (place, (need, _)) in topic.needs.iter().enumerate() {
            let last = place + 1 == topic.needs.len() && topic.arms.is_empty();
            lines.push(format!("  {} ? {need}", if last { "└" } else { "├" }));
        }
        for (place, arm) in topic.arms.iter().enumerate() {
            let last = place + 1 == topic.arms.len();
            lines.push(format!("  {} {}", if last { "└" } else { "├" }, arm_line(arm, &title)));
        }
    }
    lines
}

/// Returns what an arm does, on one line.
fn arm_line(arm: &Arm, title: &dyn Fn(&str) -> String) -> String {
    let mut parts = Vec::new();
    if let Some(guard) = &arm.when {
        parts.push(format!("[{}]", guard.source));
    }
    if let Some(call) = &arm.call {
        parts.push(format!("{call}()"));
    }
    if let Some(line) = arm.say.lines.first() {
        parts.push(line.text.clone());
    }
    if let Some(queue) = &arm.handoff {
        parts.push(format!("→ {queue}"));
    }
    if let Some(slot) = &arm.redo {
        parts.push(format!("↺ {slot}"));
    }
    if !arm.menu.is_empty() {
        let topics: Vec<String> = arm.menu.iter().map(|name| title(name)).collect();
        parts.push(format!("☰ {}", topics.join(" | ")));
    }
    parts.join(" ")
}

/// Returns the rehearsals of a file: the name and the text of each document.
fn split(text: &str) -> Result<Vec<(String, String)>> {
    let mut scripts = Vec::new();
    for part in text.split("\n---\n").filter(|part| !part.trim().is_empty()) {
        for script in parse_all(part)? {
            scripts.push((script.name, part.to_string()));
        }
    }
    Ok(scripts)
}

/// Returns the lines two texts differ in, as `-` and `+` lines in the order of the new text.
pub fn diff(old: &str, new: &str) -> Vec<String> {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    // Longest common subsequence over lines; policies have hundreds of lines, so the table is small.
    let mut table = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            table[i][j] = if a[i] == b[j] { table[i + 1][j + 1] + 1 } else { table[i + 1][j].max(table[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && table[i + 1][j] >= table[i][j + 1]) {
            lines.push(format!("- {}", a[i]));
            i += 1;
        } else {
            lines.push(format!("+ {}", b[j]));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_shows_what_leads_to_a_topic_and_where_it_leads() {
        let policy = parse(
            "
calls: {查: {takes: [卡号], gives: [数]}}
entities: {卡号: {match: '\\d{4}'}}
topics:
  账单: {label: 查账单, needs: [卡号], do: [{call: 查}, {when: 查.failed set, handoff: 人工}, {say: 是<查.数>}]}
  卡: {intents: [银行卡], do: [{menu: [账单, 换卡]}]}
  换卡: {intents: [], do: [{say: 好}]}
  孤儿: {intents: [], do: [{say: 无}]}
fallback: [{menu: [账单]}, {handoff: 人工}]
handoff: {人工: {}}
",
        )
        .expect("a policy");
        let wanted = "
查账单 ← 账单, ☰ 卡, ☰ fallback
  ├ ? 卡号
  ├ 查()
  ├ [查.failed set] → 人工
  └ 是<查.数>
卡 ← 银行卡
  └ ☰ 查账单 | 换卡
换卡 ← ☰ 卡
  └ 好
孤儿 ← –
  └ 无";
        assert_eq!(format!("\n{}", outline(&policy).join("\n")), wanted);
    }
}
