//! `daoshi train`: labelled examples become a model.

use serde_json::json;

use crate::cli::args::Train;
use crate::cli::print::{percent, score};
use crate::cli::progress::Line;
use crate::cli::{Desk, Done};
use crate::nlu::train::{Algorithm, TrainOptions};
use crate::workbench::error::Error;
use crate::workbench::{label, train};

/// Trains, then lets the new model guess what waits to be labelled.
pub fn train(desk: &Desk, train: &Train) -> Done {
    let mut project = desk.open(&train.project)?;
    let mut options = TrainOptions { seed: train.seed, ..TrainOptions::default() };
    if let Some(word) = &train.algorithm {
        options.algorithm = Algorithm::named(word).ok_or_else(|| Error::UnknownChoice {
            what: "algorithm",
            name: word.clone(),
            known: Algorithm::ALL.iter().map(|algorithm| algorithm.name().to_string()).collect(),
        })?;
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
            "guessed": guessed,
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
    if guessed > 0 {
        desk.out.say(t.guessed, &[("n", &guessed.to_string())]);
    }
    Ok(0)
}
