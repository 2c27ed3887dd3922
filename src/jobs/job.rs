//! Long work as a value: what can be asked for, and what it says while it runs.

use std::path::PathBuf;

use crate::clustering::group::Options as GroupOptions;
use crate::domain::ids::RehearsalId;
use crate::formats::options::ReadOptions;
use crate::nlu::train::TrainOptions;
use crate::progress::Progress;
use crate::store::gone::Target;
use crate::store::roles::Whose;
use crate::workbench::answers::AnswerScores;
use crate::workbench::clean::{CleanReport, Survey};
use crate::workbench::error::{Error, Result};
use crate::workbench::evaluate::Evaluation;
use crate::workbench::group::GroupReport;
use crate::workbench::growth::Growth;
use crate::workbench::import::{ImportReport, Wanted};
use crate::workbench::project::Project;
use crate::workbench::rehearse::Rehearsed;
use crate::workbench::storybook::BotReport;
use crate::workbench::train::{Contender, TrainReport};
use crate::workbench::upkeep::Purged;
use crate::workbench::{
    answers, clean, evaluate, group, growth, import, label, rehearse, roles, storybook, train, trials, upkeep,
};

/// A piece of long work.
#[derive(Debug, Clone)]
pub enum Job {
    Import {
        files: Vec<Wanted>,
    },
    /// Brings in a bot of another maker: a folder or a file of it.
    Bot {
        path: PathBuf,
    },
    Clean,
    /// Lets customer and agent change places in what was imported.
    Swap {
        whose: Whose,
    },
    /// Looks through all texts for what is said over and over and for words of the same sound.
    Survey,
    /// Trains a model and lets it guess everything that waits.
    Train {
        options: TrainOptions,
    },
    /// Trains by every algorithm on the same folds and keeps nothing.
    Compare {
        options: TrainOptions,
    },
    /// Trains beside the labelling: quickly, kept only until the next time, and nobody's act to take back.
    Relearn {
        options: TrainOptions,
    },
    /// Scores the current model on a file.
    Evaluate {
        file: PathBuf,
        options: ReadOptions,
    },
    /// Scores the current model on the texts kept for testing.
    Trial,
    /// Trains on ever more examples and keeps nothing.
    Grow {
        options: TrainOptions,
    },
    /// Scores the ranking of answers.
    Answers,
    /// Groups what waits, or everything.
    Group {
        options: GroupOptions,
        everything: bool,
    },
    /// Erases for good.
    Purge {
        target: Target,
    },
    /// Plays some rehearsals, or all.
    Rehearse {
        only: Option<Vec<RehearsalId>>,
    },
}

/// What a job came to.
#[derive(Debug)]
pub enum Outcome {
    Import(ImportReport),
    Bot(Box<BotReport>),
    Clean(CleanReport),
    /// How many turns changed sides.
    Swap(u64),
    Survey(Survey),
    Train(Box<TrainReport>),
    Relearn(Box<TrainReport>),
    Compare(Vec<Contender>),
    Evaluate(Box<Evaluation>),
    Grow(Growth),
    Answers(Box<AnswerScores>),
    Group(GroupReport),
    Rehearse(Rehearsed),
    Purge(Purged),
}

/// What a job says.
#[derive(Debug)]
pub enum JobEvent {
    /// So much of it is done; a total of 0 means unknown.
    Progress {
        done: u64,
        total: u64,
        /// Rows read so far, where the work counts bytes; else 0.
        rows: u64,
    },
    /// It waits for another trainer's import of a file.
    Waits {
        whose: String,
        on: String,
    },
    Done(Outcome),
    Failed(Error),
    /// The trainer stopped it; nothing was changed.
    Stopped,
    /// A fault of the program; nothing was changed.
    Broke,
}

impl Job {
    /// Does the work.
    pub fn run(&self, project: &mut Project, progress: &dyn Progress) -> Result<Outcome> {
        Ok(match self {
            Job::Import { files } => Outcome::Import(import::import_all(project, files, None, progress)?),
            Job::Bot { path } => Outcome::Bot(Box::new(storybook::bring_whole(project, path)?)),
            Job::Clean => Outcome::Clean(clean::clean(project, progress)?),
            Job::Swap { whose } => Outcome::Swap(roles::swap(project, *whose, progress)?),
            Job::Survey => Outcome::Survey(clean::survey(project, progress)?),
            Job::Train { options } => {
                let report = train::train(project, options, progress)?;
                label::guess(project, progress)?;
                Outcome::Train(Box::new(report))
            }
            Job::Relearn { options } => {
                let report = train::relearn(project, options, progress)?;
                label::guess(project, progress)?;
                Outcome::Relearn(Box::new(report))
            }
            Job::Compare { options } => Outcome::Compare(train::contenders(project, options, progress)?),
            Job::Group { options, everything } => {
                Outcome::Group(group::group(project, options, *everything, progress)?)
            }
            Job::Rehearse { only } => Outcome::Rehearse(rehearse::rehearse(project, only.as_deref(), progress)?),
            Job::Purge { target } => Outcome::Purge(upkeep::purge(project, target)?),
            Job::Trial => Outcome::Evaluate(Box::new(trials::score(project, progress)?)),
            Job::Grow { options } => Outcome::Grow(growth::grow(project, options, progress)?),
            Job::Answers => Outcome::Answers(Box::new(answers::learn(project, 1, progress)?.1)),
            Job::Evaluate { file, options } => {
                Outcome::Evaluate(Box::new(evaluate::on_file(project, file, options, progress)?))
            }
        })
    }
}
