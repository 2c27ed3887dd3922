//! `daoshi rehearse`: saved conversations played again, what they reach, what they would notice.

use serde_json::json;

use crate::cli::args::rehearse::Rehearse;
use crate::cli::progress::Line;
use crate::cli::{Desk, Done, storybook};
use crate::dialogue::proof::perturb::Kind;
use crate::dialogue::script::replay::Replay;
use crate::explain;
use crate::workbench::changes;
use crate::workbench::error::Error;
use crate::workbench::project::Project;
use crate::workbench::rehearse::{self, Rehearsed};

/// Plays rehearsals; exit code 1 when one does not hold.
pub fn rehearse(desk: &Desk, rehearse: &Rehearse) -> Done {
    if let Some(folder) = &rehearse.rasa {
        return storybook::replay(desk, rehearse, folder);
    }
    let mut project = desk.open(&rehearse.project)?;
    if rehearse.mutate {
        return mutate(desk, rehearse, &mut project);
    }
    if rehearse.simulate {
        return simulate(desk, rehearse, &mut project);
    }
    if rehearse.perturb {
        return perturb(desk, rehearse, &mut project);
    }
    if let Some(before) = &rehearse.against {
        return compare(desk, rehearse, before, &mut project);
    }
    let progress = Line::new(&desk.out);
    let rehearsed = if rehearse.paths.is_empty() {
        rehearse::rehearse(&mut project, None, &progress)?
    } else {
        rehearse::rehearse_files(&mut project, &rehearse.paths, &progress)?
    };
    drop(progress);
    if let Some(path) = &rehearse.junit {
        rehearse::write_junit(&rehearsed, path)?;
    }
    if let Some(path) = &rehearse.html {
        let results: Vec<&Replay> = rehearsed.results.iter().map(|played| &played.replay).collect();
        rehearse::write_page(&explain::proof::page(&results, desk.out.words), path)?;
    }
    if rehearse.propose {
        propose(desk, rehearse, &mut project, &rehearsed)?;
    } else {
        results(desk, rehearse, &rehearsed);
    }
    if rehearse.coverage {
        if rehearse.json {
            desk.out.json(&json!({ "coverage": rehearsed.coverage }));
        } else {
            for line in explain::proof::coverage(&rehearsed.coverage, &rehearsed.proposals, desk.out.words) {
                desk.out.data(&line);
            }
        }
    }
    let (total, passed) = (rehearsed.results.len(), rehearsed.passed());
    desk.out.say(
        desk.out.words.command.rehearsed,
        &[("total", &total.to_string()), ("passed", &passed.to_string()), ("failed", &(total - passed).to_string())],
    );
    Ok(u8::from(passed < total))
}

fn results(desk: &Desk, rehearse: &Rehearse, rehearsed: &Rehearsed) {
    let t = &desk.out.words.command;
    for played in &rehearsed.results {
        let failures: Vec<String> = played
            .replay
            .turns
            .iter()
            .enumerate()
            .flat_map(|(turn, result)| result.failures.iter().map(move |failure| (turn, failure)))
            .map(|(turn, failure)| format!("{}: {}", turn + 1, explain::policy::failure(failure, desk.out.words)))
            .collect();
        if rehearse.json {
            desk.out.json(&json!({ "name": played.name, "passed": played.replay.passed, "failures": failures }));
            continue;
        }
        let word = if played.replay.passed { t.passed } else { t.failed };
        desk.out.data(&format!("{word}  {}", played.name));
        for failure in failures {
            desk.out.data(&format!("      {failure}"));
        }
    }
}

fn propose(
    desk: &Desk,
    rehearse: &Rehearse,
    project: &mut Project,
    rehearsed: &Rehearsed,
) -> Result<(), crate::cli::Fault> {
    let t = &desk.out.words.proof;
    let scripts: Vec<(String, String)> = rehearsed
        .proposals
        .iter()
        .map(|reached| {
            let name = explain::proof::proposal_name(reached, desk.out.words);
            let script = reached.script(&name);
            (name, script)
        })
        .collect();
    for (place, (_, script)) in scripts.iter().enumerate() {
        let lead = if place > 0 { "---\n" } else { "" };
        desk.out.file(format!("{lead}{script}").as_bytes());
    }
    let n = scripts.len().to_string();
    if scripts.is_empty() {
        desk.out.say(t.nothing_to_propose, &[]);
    } else if rehearse.keep {
        rehearse::keep(project, &scripts)?;
        desk.out.say(t.kept, &[("n", &n)]);
    } else {
        desk.out.say(t.proposed, &[("n", &n)]);
    }
    Ok(())
}

fn mutate(desk: &Desk, rehearse: &Rehearse, project: &mut Project) -> Done {
    let most = rehearse.most.unwrap_or(usize::MAX);
    let progress = Line::new(&desk.out);
    let mutation = rehearse::mutate(project, &rehearse.paths, most, rehearse.seed, &progress)?;
    drop(progress);
    if rehearse.json {
        desk.out.json(&json!({ "score": mutation.score(), "mutation": mutation }));
    } else {
        for edit in &mutation.survivors {
            desk.out.data(&explain::proof::survivor(edit, desk.out.words));
        }
        desk.out.word(&explain::proof::mutation(&mutation, desk.out.words));
    }
    Ok(0)
}

/// Plays customers with goals and moods; exit code 1 when one is left alone.
fn simulate(desk: &Desk, rehearse: &Rehearse, project: &mut Project) -> Done {
    let all = rehearse::simulate(project)?;
    for fared in &all {
        if rehearse.json {
            desk.out.json(&json!(fared));
        } else {
            desk.out.data(&explain::proof::fared(fared, desk.out.words));
        }
    }
    Ok(u8::from(all.iter().any(|fared| fared.stuck > 0)))
}

/// Says every message otherwise; exit code 1 when a rehearsal does not stand it.
fn perturb(desk: &Desk, rehearse: &Rehearse, project: &mut Project) -> Done {
    let mut kinds = Vec::new();
    for name in &rehearse.kinds {
        let known = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        kinds.push(known.ok_or_else(|| Error::UnknownChoice {
            what: "kind",
            name: name.clone(),
            known: Kind::ALL.iter().map(|kind| kind.name().to_string()).collect(),
        })?);
    }
    if kinds.is_empty() {
        kinds = Kind::ALL.to_vec();
    }
    let progress = Line::new(&desk.out);
    let robustness = rehearse::perturb(project, &rehearse.paths, &kinds, rehearse.draws, rehearse.seed, &progress)?;
    drop(progress);
    if rehearse.json {
        desk.out.json(&json!(robustness));
    } else {
        for line in explain::proof::robustness(&robustness, desk.out.words) {
            desk.out.data(&line);
        }
    }
    Ok(u8::from(!robustness.broken.is_empty()))
}

/// Plays all recorded conversations on two versions; exit code 1 when a group of changes is rejected.
fn compare(desk: &Desk, rehearse: &Rehearse, before: &str, project: &mut Project) -> Done {
    let progress = Line::new(&desk.out);
    let mut found = changes::changes(project, before, rehearse.version.as_deref(), &progress)?;
    drop(progress);
    for (groups, accepted) in [(&rehearse.accept, true), (&rehearse.reject, false)] {
        for group in groups.iter().filter(|group| **group > 0) {
            changes::judge(project, &mut found, group - 1, accepted)?;
        }
    }
    if rehearse.json {
        let p = found.comparison.mcnemar();
        desk.out.json(&json!({ "comparison": found.comparison, "accepted": found.verdicts, "mcnemar": p }));
    } else {
        for line in explain::proof::changes(&found, desk.out.words) {
            desk.out.data(&line);
        }
    }
    Ok(u8::from(found.verdicts.contains(&Some(false))))
}
