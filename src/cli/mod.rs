//! People and pipes that type commands: data on stdout, words and progress on stderr, an exit code.
//!
//! [`run`] does one verb; a verb's file prints what the workbench returns, as lines for people or as JSON lines for
//! programs. Not here: opening the screen (`main` does, told by [`Next`]), the phrases (`i18n::command`).

pub mod args;
pub mod plain;
pub mod print;
pub mod progress;
pub mod usage;

mod clean;
mod design;
mod evaluate;
mod export;
mod group;
mod import;
mod intents;
mod keep;
mod label;
mod profiles;
mod rehearse;
mod start;
mod storybook;
mod talk;
mod train;
mod understand;
mod watch;

use std::path::PathBuf;

use crate::cli::args::{Cli, Verb};
use crate::cli::print::Printer;
use crate::explain;
use crate::formats::call::recogniser::Recogniser;
use crate::settings::{self, Settings};
use crate::workbench::error::Error;
use crate::workbench::project::Project;

/// What is left to do after a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Leave with this code: 0 done, 1 refused or faults found, 2 wrong usage.
    Exit(u8),
    /// Show the project on screen.
    Screen { project: PathBuf, plain: bool },
}

/// Why a verb did not do its work.
pub(in crate::cli) enum Fault {
    /// The workbench refused.
    Refused(Error),
    /// Already told; leave with this code.
    Told(u8),
}

impl<E: Into<Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Fault::Refused(error.into())
    }
}

/// What a verb's function returns: the exit code, or why not.
pub(in crate::cli) type Done = Result<u8, Fault>;

/// Everything a verb needs besides its own words.
pub(in crate::cli) struct Desk {
    pub out: Printer,
    pub actor: String,
    /// What hears recordings.
    pub recogniser: Option<Recogniser>,
    /// What answers calls of policies, as the settings say.
    pub calls: Vec<settings::Call>,
}

impl Desk {
    /// Opens a project under the trainer's name.
    pub fn open(&self, path: &std::path::Path) -> Result<Project, Fault> {
        Ok(Project::open(path, &self.actor)?)
    }
}

/// Does what was typed.
pub fn run(cli: Cli, settings: &Settings, out: Printer) -> Next {
    let recogniser =
        settings.transcriber.as_deref().map(|command| Recogniser::new(command, settings.transcriber_minutes));
    let desk = Desk { out, actor: settings.actor(cli.name.as_deref()), recogniser, calls: settings.calls.clone() };
    let Some(verb) = cli.verb else {
        return match cli.project {
            Some(project) => Next::Screen { project, plain: cli.plain },
            None => Next::Exit(2),
        };
    };
    let done = match verb {
        Verb::Open(open) => return Next::Screen { project: open.project, plain: open.plain },
        Verb::Demo(demo) => match start::demo(&desk, &demo) {
            Ok(Some(project)) => return Next::Screen { project, plain: false },
            Ok(None) => Ok(0),
            Err(fault) => Err(fault),
        },
        Verb::New(new) => start::new(&desk, &new),
        Verb::Import(import) => import::import(&desk, &import),
        Verb::Clean(clean) => clean::clean(&desk, &clean),
        Verb::Group(group) => group::group(&desk, &group),
        Verb::Label(label) => label::label(&desk, &label),
        Verb::Intents(asked) => intents::intents(&desk, &asked),
        Verb::Train(train) => train::train(&desk, &train),
        Verb::Evaluate(evaluate) => evaluate::evaluate(&desk, &evaluate),
        Verb::Design(design) => design::design(&desk, &design),
        Verb::Talk(talk) => talk::talk(&desk, &talk),
        Verb::Rehearse(rehearse) => rehearse::rehearse(&desk, &rehearse),
        Verb::Export(export) => export::export(&desk, &export),
        Verb::Understand(understand) => understand::understand(&desk, &understand),
        Verb::Sql(sql) => keep::sql(&desk, &sql),
        Verb::Doctor(doctor) => keep::doctor(&desk, &doctor),
        Verb::Backup(backup) => keep::backup(&desk, &backup),
        Verb::Restore(restore) => keep::restore(&desk, &restore),
        Verb::Log(log) => keep::log(&desk, &log),
        Verb::Undo(undo) => keep::undo(&desk, &undo.project),
        Verb::Redo(redo) => keep::redo(&desk, &redo.project),
        Verb::Purge(purge) => keep::purge(&desk, &purge),
        Verb::Completions(completions) => start::completions(&desk, &completions),
        Verb::Man => start::man(&desk),
    };
    Next::Exit(match done {
        Ok(code) => code,
        Err(Fault::Told(code)) => code,
        Err(Fault::Refused(error)) => {
            desk.out.word(&explain::sentence(&error, desk.out.words));
            1
        }
    })
}
