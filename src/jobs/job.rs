//! Long work as a value: what can be asked for, and what it says while it runs.

use std::path::PathBuf;

use crate::clustering::options::Options as GroupOptions;
use crate::dialogue::proof::mutation::Mutation;
use crate::dialogue::proof::perturb::Kind;
use crate::dialogue::proof::robust::Robustness;
use crate::dialogue::turn::outside::{Ask, Came};
use crate::domain::answers::AnswerScores;
use crate::domain::ids::{RehearsalId, UtteranceId};
use crate::domain::query::Hit;
use crate::evaluation::limits::Costs;
use crate::formats::options::ReadOptions;
use crate::i18n::Words;
use crate::nlu::train::TrainOptions;
use crate::outside::source::Source;
use crate::progress::Progress;
use crate::store::gone::Target;
use crate::store::roles::Whose;
use crate::workbench::changes::Changes;
use crate::workbench::clean::{CleanReport, Survey};
use crate::workbench::error::{Error, Result};
use crate::workbench::evaluate::Evaluation;
use crate::workbench::forecast::{Outlook, forecast as foretell};
use crate::workbench::group::GroupReport;
use crate::workbench::growth::Growth;
use crate::workbench::import::{ImportReport, Wanted};
use crate::workbench::limits::Advice;
use crate::workbench::project::Project;
use crate::workbench::rehearse::Rehearsed;
use crate::workbench::rescue::Lonely;
use crate::workbench::storybook::BotReport;
use crate::workbench::surgery::Surgery;
use crate::workbench::surgery::forecast::{self, Scores};
use crate::workbench::train::{Contender, TrainReport};
use crate::workbench::upkeep::Purged;
use crate::workbench::{
    answers, changes, clean, evaluate, group, growth, import, label, limits, rehearse, rescue, roles, search,
    storybook, train, trials, upkeep,
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
    /// Forecasts what more labels would bring and keeps that.
    Outlook {
        seed: u64,
    },
    /// Scores the ranking of answers.
    Answers,
    /// Learns without an act on the catalogue and with it, and keeps nothing.
    Forecast {
        surgery: Surgery,
        options: TrainOptions,
    },
    /// Sorts texts that were found by their likeness to some of them.
    Similar {
        hits: Vec<Hit>,
        examples: Vec<UtteranceId>,
    },
    /// Looks how near the texts in no cluster are to one.
    Lonely,
    /// Groups what waits, or everything.
    Group {
        options: GroupOptions,
        everything: bool,
    },
    /// Asks the outside what a chat waits for.
    Call {
        source: Source,
        ask: Ask,
    },
    /// Erases for good.
    Purge {
        target: Target,
    },
    /// Plays some rehearsals, or all.
    Rehearse {
        only: Option<Vec<RehearsalId>>,
    },
    /// Plays the rehearsals on every single edit of the draft.
    Mutate,
    /// Plays the rehearsals with every message said otherwise.
    Vary,
    /// Derives the limits of answering and asking from the labels.
    Limits {
        costs: Costs,
    },
    /// Plays all recorded conversations on a published version and on the draft.
    Changes {
        before: String,
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
    Outlook(Box<Outlook>),
    Answers(Box<AnswerScores>),
    Group(GroupReport),
    Lonely(Vec<Lonely>),
    /// What they were compared with, and the texts, the nearest first.
    Similar(Vec<UtteranceId>, Vec<UtteranceId>),
    /// What it was asked for, and the scores.
    Forecast(Box<(Surgery, Scores)>),
    Rehearse(Rehearsed),
    Mutate(Box<Mutation>),
    Vary(Box<Robustness>),
    Limits(Box<Advice>),
    Changes(Box<Changes>),
    Purge(Purged),
    /// What a call came to; one that was stopped came to that.
    Call(Came),
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

/// What draws of edits and of slips begin with: the same findings each time.
const SEED: u64 = 1;

/// Parts of the scores before and after an act on the catalogue: quick, and the same on both sides.
const FORECAST_FOLDS: usize = 3;

/// How often each message is said otherwise in each way.
const DRAWS: u64 = 2;

impl Job {
    /// Returns what it is called.
    pub fn name(&self, words: &Words) -> &'static str {
        words.screens.jobs[match self {
            Job::Import { .. } | Job::Bot { .. } => 0,
            Job::Clean => 1,
            Job::Group { .. } | Job::Lonely => 2,
            Job::Train { .. } | Job::Relearn { .. } => 3,
            Job::Evaluate { .. } | Job::Trial | Job::Answers => 4,
            Job::Rehearse { .. } => 5,
            Job::Purge { .. } => 6,
            Job::Survey => 7,
            Job::Swap { .. } => 8,
            Job::Compare { .. } | Job::Grow { .. } | Job::Forecast { .. } => 9,
            Job::Mutate => 10,
            Job::Vary => 11,
            Job::Changes { .. } => 12,
            Job::Limits { .. } => 13,
            Job::Call { .. } => 14,
            Job::Similar { .. } => 15,
            Job::Outlook { .. } => 16,
        }]
    }

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
            Job::Forecast { surgery, options } => {
                let scores = forecast::scores(project, surgery, FORECAST_FOLDS, options, progress)?;
                Outcome::Forecast(Box::new((surgery.clone(), scores)))
            }
            Job::Lonely => Outcome::Lonely(rescue::lonely(project, progress)?),
            Job::Similar { hits, examples } => {
                let near = search::similar(project, hits, examples, progress)?;
                Outcome::Similar(examples.clone(), near.into_iter().map(|(hit, _)| hit.utterance).collect())
            }
            Job::Group { options, everything } => {
                Outcome::Group(group::group(project, options, *everything, progress)?)
            }
            Job::Rehearse { only } => Outcome::Rehearse(rehearse::rehearse(project, only.as_deref(), progress)?),
            Job::Mutate => Outcome::Mutate(Box::new(rehearse::mutate(project, &[], usize::MAX, SEED, progress)?)),
            Job::Vary => Outcome::Vary(Box::new(rehearse::perturb(project, &[], &Kind::ALL, DRAWS, SEED, progress)?)),
            Job::Limits { costs } => Outcome::Limits(Box::new(limits::advise(project, *costs)?)),
            Job::Changes { before } => Outcome::Changes(Box::new(changes::changes(project, before, None, progress)?)),
            Job::Call { source, ask } => Outcome::Call(source.ask(ask, progress)),
            Job::Purge { target } => Outcome::Purge(upkeep::purge(project, target)?),
            Job::Trial => Outcome::Evaluate(Box::new(trials::score(project, progress)?)),
            Job::Grow { options } => Outcome::Grow(growth::grow(project, options, progress)?),
            Job::Outlook { seed } => Outcome::Outlook(Box::new(foretell(project, *seed, progress)?)),
            Job::Answers => Outcome::Answers(Box::new(answers::ready(project, 1, progress)?.1)),
            Job::Evaluate { file, options } => {
                Outcome::Evaluate(Box::new(evaluate::on_file(project, file, options, progress)?))
            }
        })
    }
}
