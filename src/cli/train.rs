//! `daoshi train`: labelled examples become a model.

use std::path::Path;

use serde_json::json;

use crate::cli::args::Train;
use crate::cli::print::{percent, score};
use crate::cli::progress::Line;
use crate::cli::{Desk, Done, Fault};
use crate::explain;
use crate::nlu::algorithm::Algorithm;
use crate::nlu::encoder::tuning::TuneOptions;
use crate::nlu::train::TrainOptions;
use crate::workbench::error::Error;
use crate::workbench::project::Project;
use crate::workbench::{encoders, forecast, label, train, tune};

/// Trains, then lets the new model guess what waits to be labelled.
pub fn train(desk: &Desk, train: &Train) -> Done {
    let mut project = desk.open(&train.project)?;
    let mut options = TrainOptions { seed: train.seed, ..TrainOptions::default() };
    if let Some(word) = &train.algorithm {
        options.algorithm = Some(Algorithm::named(word).ok_or_else(|| Error::UnknownChoice {
            what: "algorithm",
            name: word.clone(),
            known: Algorithm::ALL.iter().map(|algorithm| algorithm.name().to_string()).collect(),
        })?);
    }
    if let Some(out) = &train.fine_tune {
        tune(desk, train, &mut project, out)?;
    } else if let Some(encoder) = &train.encoder {
        encoders::choose(&mut project, encoder)?;
    }
    if train.compare {
        return compare(desk, train, &mut project, &options);
    }
    let progress = Line::new(&desk.out);
    let report = train::train(&mut project, &options, &progress)?;
    let guessed = label::guess(&mut project, &progress)?;
    drop(progress);
    let run = &report.run;
    if train.json {
        desk.out.json(&json!({
            "run": run.id.0, "algorithm": run.algorithm, "seed": run.seed, "examples": run.examples, "intents": run.intents,
            "seconds": report.seconds, "accuracy": run.accuracy, "macro_f1": run.macro_f1, "bytes": report.bytes,
            "guessed": guessed, "moods": { "labelled": report.moods.labelled, "report": report.moods.report },
            "answers": report.answers.as_ref().map(|scores| json!({
                "questions": scores.questions, "entries": scores.entries, "learned": scores.learned,
                "strange": scores.strange, "strange_refused": scores.strange_refused, "talk": scores.talk })),
        }));
        return Ok(0);
    }
    let t = &desk.out.words.command;
    desk.out.data(&crate::i18n::fill(
        t.trained,
        &[
            ("id", &run.id.0.to_string()),
            ("examples", &run.examples.to_string()),
            ("intents", &run.intents.to_string()),
            ("seconds", &format!("{:.2}", report.seconds)),
            ("accuracy", &percent(run.accuracy)),
            ("f1", &score(run.macro_f1)),
            ("folds", &train::FOLDS.to_string()),
        ],
    ));
    explain::moods::learned(&report.moods, desk.out.words).iter().for_each(|line| desk.out.data(line));
    if let Some(scores) = &report.answers {
        explain::trials::knowledge(scores, desk.out.words).iter().for_each(|line| desk.out.data(line));
    }
    if guessed > 0 {
        desk.out.say(t.guessed, &[("n", &guessed.to_string())]);
    }
    if let Some(came) = forecast::outlook(&project)?.and_then(|outlook| outlook.came) {
        desk.out.data(&explain::forecast::came(&came, desk.out.words));
    }
    Ok(0)
}

/// Fine-tunes the encoder named into a new folder, which the project reads by from then on.
fn tune(desk: &Desk, train: &Train, project: &mut Project, out: &Path) -> Result<(), Fault> {
    let from = train.encoder.as_deref().unwrap_or(encoders::BUILT_IN);
    let options = TuneOptions { epochs: train.epochs, rate: train.rate, batch: train.batch, seed: train.seed };
    let progress = Line::new(&desk.out);
    let tuned = tune::tune(project, Path::new(from), out, &options, &progress)?;
    drop(progress);
    let t = &desk.out.words.command;
    for (nth, epoch) in tuned.epochs.iter().enumerate() {
        let gaps =
            [("n", &*(nth + 1).to_string()), ("loss", &*score(epoch.loss)), ("accuracy", &*percent(epoch.accuracy))];
        desk.out.say(t.tuned_epoch, &gaps);
    }
    let examples = tuned.texts.len().to_string();
    desk.out.say(t.tuned, &[("folder", &out.display().to_string()), ("examples", &examples)]);
    Ok(())
}

/// Trains by every algorithm on the same folds and prints a line each, the best first.
fn compare(desk: &Desk, train: &Train, project: &mut Project, options: &TrainOptions) -> Done {
    let progress = Line::new(&desk.out);
    let found = train::contenders(project, options, &progress)?;
    drop(progress);
    for contender in &found {
        let (low, high) = contender.interval;
        if train.json {
            desk.out.json(&json!({
                "algorithm": contender.algorithm.name(), "accuracy": contender.accuracy, "low": low, "high": high,
                "macro_f1": contender.macro_f1, "calibration_error": contender.calibration_error,
                "seconds": contender.seconds, "texts_per_second": contender.speed, "bytes": contender.bytes,
            }));
            continue;
        }
        desk.out.data(&crate::i18n::fill(
            desk.out.words.command.contender,
            &[
                ("algorithm", &format!("{:14}", contender.algorithm.name())),
                ("accuracy", &percent(contender.accuracy)),
                ("low", &percent(low)),
                ("high", &percent(high)),
                ("f1", &score(contender.macro_f1)),
                ("ece", &score(contender.calibration_error)),
                ("seconds", &format!("{:.2}", contender.seconds)),
                ("speed", &format!("{:.0}", contender.speed)),
                ("size", &format!("{:.1}", contender.bytes as f64 / 1e6)),
            ],
        ));
    }
    Ok(0)
}
