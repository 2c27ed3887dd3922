//! train: the labelled examples become a model, with honest held-out scores beside it.

use xxhash_rust::xxh3::Xxh3;

use crate::domain::answers::AnswerScores;
use crate::domain::event::Act;
use crate::domain::ids::{IntentId, RunId, UtteranceId};
use crate::domain::report::Report;
use crate::evaluation;
use crate::nlu;
use crate::nlu::algorithm::Algorithm;
use crate::nlu::train::TrainOptions;
use crate::progress::Progress;
use crate::store::history::Deed;
use crate::store::runs::{NewRun, Run};
use crate::workbench::error::{Error, Result};
use crate::workbench::learn::{learn, learned};
use crate::workbench::moods::Moods;
use crate::workbench::project::{Project, now};
use crate::workbench::{answers, entities, moods};

/// How many parts held-out scores are made of.
pub const FOLDS: usize = 5;

/// What a training gave.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainReport {
    pub run: Run,
    pub seconds: f64,
    pub bytes: usize,
    /// What was learned of moods beside it.
    pub moods: Moods,
    /// How well the knowledge is found; `None` where fewer than two intents have answers.
    pub answers: Option<AnswerScores>,
}

/// Trains a model on everything labelled and keeps it as a run; it becomes the current model.
pub fn train(project: &mut Project, options: &TrainOptions, progress: &dyn Progress) -> Result<TrainReport> {
    let actor = project.actor().to_string();
    keep(project, options, (FOLDS, &actor), progress)
}

/// Who trains beside the labelling; no trainer's undo meets what it does.
pub const BESIDE: &str = "daoshi";

/// Parts of held-out scores when a training must be quick.
const QUICK_FOLDS: usize = 3;

/// Trains beside the labelling: as [`train`], but the run takes the place of the last one made so.
pub fn relearn(project: &mut Project, options: &TrainOptions, progress: &dyn Progress) -> Result<TrainReport> {
    keep(project, options, (QUICK_FOLDS, BESIDE), progress)
}

fn keep(
    project: &mut Project,
    options: &TrainOptions,
    (folds, actor): (usize, &str),
    progress: &dyn Progress,
) -> Result<TrainReport> {
    let start = std::time::Instant::now();
    let examples = learned(project)?;
    let (trained, report) = learn(project, &examples, folds, options, progress)?;
    let bytes = trained.model.to_bytes();
    let kept: Vec<(UtteranceId, Option<IntentId>)> =
        examples.ids.iter().copied().zip(examples.intents.iter().copied()).collect();
    let intents = trained.model.intents().iter().flatten().count() as u64;
    let settings = serde_json::json!({ "c": options.c, "folds": folds }).to_string();
    let op = project.op();
    let subject = trained.model.algorithm().name();
    let run = NewRun {
        at: now(),
        actor,
        algorithm: subject,
        settings: &settings,
        seed: options.seed,
        snapshot: snapshot(&kept),
        examples: &kept,
        intents,
        report: &report,
        model_version: u32::from(nlu::carry::VERSION),
        model_hash: trained.model.hash() as i64,
        model: &bytes,
    };
    let tagger = entities::learn(project, options.seed, progress)?;
    let sense = moods::learn(project, options.seed, progress)?;
    // A model that reads words alone is trained where nothing is to be encoded.
    let ranker = match trained.model.reads_meaning() {
        true => answers::beside(project, &report, options.seed, progress)?,
        false => None,
    };
    let deed = Deed { op: &op, actor, at: now(), act: Act::Train, subject };
    project.store.act(&deed, |recorder| {
        if actor == BESIDE {
            recorder.drop_runs_of(BESIDE)?;
        }
        let (id, model) = recorder.add_run(&run)?;
        if let Some(tagger) = &tagger {
            let version = u32::from(nlu::tagger::model::VERSION);
            recorder.add_tagger(id, version, tagger.hash() as i64, &tagger.to_bytes())?;
        }
        if let Some((sense, report)) = &sense {
            let version = u32::from(nlu::moods::carry::VERSION);
            recorder.add_sense(id, (version, sense.hash() as i64), &sense.to_bytes(), report)?;
        }
        if let Some((ranker, scores)) = &ranker {
            let version = u32::from(nlu::answers::carry::VERSION);
            recorder.add_ranker(id, (version, ranker.hash() as i64), &ranker.to_bytes(), scores)?;
        }
        Ok((id, model))
    })?;
    let run = project.store.latest_run()?.ok_or(Error::NoModel)?;
    let moods = moods::moods(project, Some(run.id))?;
    let answers = ranker.map(|(_, scores)| scores);
    Ok(TrainReport { run, seconds: start.elapsed().as_secs_f64(), bytes: bytes.len(), moods, answers })
}

/// Returns the runs that count, newest first.
pub fn runs(project: &Project) -> Result<Vec<Run>> {
    Ok(project.store.runs()?)
}

/// Returns one run.
pub fn run(project: &Project, id: RunId) -> Result<Run> {
    project.store.runs()?.into_iter().find(|run| run.id == id).ok_or(Error::UnknownRun { id: id.0 })
}

/// How one algorithm does on the project's examples.
#[derive(Debug, Clone, PartialEq)]
pub struct Contender {
    pub algorithm: Algorithm,
    /// Held-out scores over the same folds for all.
    pub accuracy: f64,
    /// Where the accuracy lies with 95 % confidence.
    pub interval: (f64, f64),
    pub macro_f1: f64,
    pub calibration_error: f64,
    /// Of training and all folds, without encoding the texts.
    pub seconds: f64,
    /// Texts understood a second, encoding them included.
    pub speed: f64,
    pub bytes: usize,
}

/// Trains by every algorithm that takes so many examples, on the same folds; nothing is kept. The best comes first.
pub fn contenders(project: &mut Project, options: &TrainOptions, progress: &dyn Progress) -> Result<Vec<Contender>> {
    // Texts the speed is measured on.
    const TIMED: usize = 256;
    let examples = learned(project)?;
    project.vectors(&examples.ids, progress)?;
    let texts: Vec<&str> = examples.texts.iter().take(TIMED).map(String::as_str).collect();
    let mut found = Vec::new();
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| examples.ids.len() <= algorithm.most()) {
        let options = TrainOptions { algorithm: Some(algorithm), ..*options };
        let start = std::time::Instant::now();
        let (trained, report) = match learn(project, &examples, FOLDS, &options, progress) {
            // One that makes nothing of these examples is no contender; the others are.
            Err(Error::Nlu(nlu::error::Error::Unlearned)) => continue,
            done => done?,
        };
        let seconds = start.elapsed().as_secs_f64();
        let start = std::time::Instant::now();
        trained.model.understand_all(&texts, progress);
        let right = (report.accuracy * report.examples as f64).round() as usize;
        found.push(Contender {
            algorithm,
            accuracy: report.accuracy,
            interval: evaluation::score::interval(right, report.examples),
            macro_f1: report.macro_f1,
            calibration_error: report.calibration_error,
            seconds,
            speed: texts.len() as f64 / start.elapsed().as_secs_f64(),
            bytes: trained.model.to_bytes().len(),
        });
    }
    found.sort_by(|a, b| b.accuracy.total_cmp(&a.accuracy));
    Ok(found)
}

/// Trains on `folds` parts in turn and scores each on the part left out; nothing is kept.
pub fn cross_validate(
    project: &mut Project,
    folds: usize,
    options: &TrainOptions,
    progress: &dyn Progress,
) -> Result<Report> {
    let examples = learned(project)?;
    Ok(learn(project, &examples, folds, options, progress)?.1)
}

/// Identifies an example set.
fn snapshot(examples: &[(UtteranceId, Option<IntentId>)]) -> i64 {
    let mut hasher = Xxh3::new();
    for (utterance, intent) in examples {
        hasher.update(&utterance.0.to_le_bytes());
        hasher.update(&intent.map_or(-1, |id| id.0).to_le_bytes());
    }
    hasher.digest() as i64
}
