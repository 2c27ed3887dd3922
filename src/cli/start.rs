//! Verbs that begin: demo, new, completions, man.

use std::path::PathBuf;

use crate::cli::args::{Completions, Demo, New};
use crate::cli::{Desk, Done, Fault, usage};
use crate::workbench::error::Error;
use crate::workbench::project::Project;
use crate::workbench::sample;

/// The folder a demo is built in when none is named.
const DEMO: &str = "daoshi-demo";

/// Builds a sample project; returns it when it should be opened.
pub fn demo(desk: &Desk, demo: &Demo) -> Result<Option<PathBuf>, Fault> {
    let t = &desk.out.words.command;
    let dir = demo.dir.clone().unwrap_or_else(|| PathBuf::from(DEMO));
    let folder = sample::unpack(&demo.sample, &dir)?;
    let path = dir.join(format!("{}.daoshi", demo.sample));
    if !path.exists() {
        make(desk, &path, Some(&folder))?;
    }
    desk.out.say(t.demo_ready, &[("path", &path.display().to_string())]);
    Ok((!demo.no_open).then_some(path))
}

/// Makes a project, empty or from a sample folder.
pub fn new(desk: &Desk, new: &New) -> Done {
    make(desk, &new.project, new.from.as_deref())?;
    Ok(0)
}

/// Prints a completion script.
pub fn completions(desk: &Desk, completions: &Completions) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut usage::command(desk.out.words), "daoshi", &mut script);
    desk.out.raw(&script);
    Ok(0)
}

/// Prints the manual page.
pub fn man(desk: &Desk) -> Done {
    let mut page = Vec::new();
    clap_mangen::Man::new(usage::command(desk.out.words))
        .render(&mut page)
        .map_err(|source| Error::Write { path: PathBuf::from("-"), source })?;
    desk.out.raw(&page);
    Ok(0)
}

fn make(desk: &Desk, path: &std::path::Path, from: Option<&std::path::Path>) -> Result<(), Fault> {
    let t = &desk.out.words.command;
    let shown = path.display().to_string();
    let mut project = Project::create(path, &desk.actor)?;
    let Some(folder) = from else {
        desk.out.say(t.made, &[("path", &shown)]);
        return Ok(());
    };
    match sample::fill(&mut project, folder) {
        Ok(report) => {
            let (intents, examples, rehearsals) =
                (report.intents.to_string(), report.examples.to_string(), report.rehearsals.to_string());
            desk.out.say(
                t.made_sample,
                &[("path", &shown), ("intents", &intents), ("examples", &examples), ("rehearsals", &rehearsals)],
            );
            if let Some(logs) = report.logs {
                desk.out.say(t.logs_wait, &[("path", &logs.display().to_string())]);
            }
            Ok(())
        }
        Err(error) => {
            // A refused sample leaves no empty project behind.
            drop(project);
            for end in ["", "-wal", "-shm"] {
                let mut file = path.as_os_str().to_owned();
                file.push(end);
                let _ = std::fs::remove_file(file);
            }
            Err(error.into())
        }
    }
}
