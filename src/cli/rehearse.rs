//! `daoshi rehearse`: saved conversations played again.

use serde_json::json;

use crate::cli::args::Rehearse;
use crate::cli::progress::Line;
use crate::cli::{Desk, Done, storybook};
use crate::explain;
use crate::i18n::fill;
use crate::workbench::rehearse;

/// Plays rehearsals; exit code 1 when one does not hold.
pub fn rehearse(desk: &Desk, rehearse: &Rehearse) -> Done {
    if let Some(folder) = &rehearse.rasa {
        return storybook::replay(desk, rehearse, folder);
    }
    let mut project = desk.open(&rehearse.project)?;
    let progress = Line::new(&desk.out);
    let rehearsed = if rehearse.paths.is_empty() {
        rehearse::rehearse(&mut project, None, &progress)?
    } else {
        rehearse::rehearse_files(&mut project, &rehearse.paths, &progress)?
    };
    drop(progress);
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
    if let Some(path) = &rehearse.junit {
        rehearse::write_junit(&rehearsed, path)?;
    }
    if rehearse.coverage {
        let rest = rehearsed.unreached();
        let covered = rehearsed.topics.len() - rest.len();
        desk.out.data(&fill(
            t.coverage,
            &[
                ("covered", &covered.to_string()),
                ("total", &rehearsed.topics.len().to_string()),
                ("rest", &rest.join(", ")),
            ],
        ));
    }
    let (total, passed) = (rehearsed.results.len(), rehearsed.passed());
    desk.out.say(
        t.rehearsed,
        &[("total", &total.to_string()), ("passed", &passed.to_string()), ("failed", &(total - passed).to_string())],
    );
    Ok(u8::from(passed < total))
}
