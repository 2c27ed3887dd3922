//! `daoshi evaluate`: scores, confusions, comparisons; what else it can tell stands in `more`.

mod more;

use std::path::Path;

use serde_json::json;

use crate::cli::args::evaluate::Evaluate;
use crate::cli::print::{percent, score};
use crate::cli::progress::Line;
use crate::cli::{Desk, Done, Fault};
use crate::domain::ids::{IntentId, RunId};
use crate::evaluation::rejection;
use crate::evaluation::spread::{class_recall, spreads};
use crate::explain::trials;
use crate::formats::column::ColumnRole;
use crate::formats::options::{self, ReadOptions};
use crate::i18n::fill;
use crate::nlu::train::TrainOptions;
use crate::workbench::error::Error;
use crate::workbench::evaluate::{self, Evaluation, Source};
use crate::workbench::{train, trials as kept};

/// Wrong pairs printed.
const PAIRS: usize = 20;

/// Scores a run, a file or a cross-validation.
pub fn evaluate(desk: &Desk, evaluate: &Evaluate) -> Done {
    let mut project = desk.open(&evaluate.project)?;
    let run = evaluate.run.map(RunId);
    if let Some(other) = evaluate.compare {
        let second = match run {
            Some(run) => run,
            None => train::runs(&project)?.first().ok_or(Error::NoModel)?.id,
        };
        return compare(desk, evaluate, evaluate::compare(&project, RunId(other), second)?);
    }
    if let Some(done) = more::of_project(desk, evaluate, &mut project)? {
        return Ok(done);
    }
    let progress = Line::new(&desk.out);
    let evaluation = if evaluate.kept {
        kept::score(&mut project, &progress)?
    } else if let Some(path) = &evaluate.on {
        evaluate::on_file(&mut project, path, &wishes(evaluate, path)?, &progress)?
    } else if let Some(folds) = evaluate.cross_validate {
        let report = train::cross_validate(&mut project, folds.max(2), &TrainOptions::default(), &progress)?;
        evaluate::of_report(&project, report)?
    } else {
        evaluate::of_run(&project, run)?
    };
    drop(progress);
    if let Source::Kept { seen } = evaluation.source
        && seen > 0
    {
        desk.out.say(desk.out.words.trials.kept_seen, &[("n", &seen.to_string())]);
    }
    for path in evaluate.html.iter().chain(&evaluate.report) {
        more::report(&project, &evaluation, path, desk.out.words)?;
        desk.out.say(desk.out.words.command.html_written, &[("path", &path.display().to_string())]);
    }
    if evaluate.threshold {
        return more::threshold(desk, evaluate, &project, &evaluation);
    }
    if evaluate.reliability {
        return more::reliability(desk, evaluate, &evaluation);
    }
    let limit = more::limit(&project, &evaluation)?;
    print(desk, evaluate, &evaluation, limit);
    Ok(0)
}

fn print(desk: &Desk, evaluate: &Evaluate, evaluation: &Evaluation, limit: f64) {
    let t = &desk.out.words.command;
    let report = &evaluation.report;
    let (spreads, curve) = (spreads(report, 1), rejection::curve(&report.items));
    let name = |id: Option<IntentId>| match id {
        None => t.out_of_scope.to_string(),
        some => evaluation.name(some).to_string(),
    };
    if evaluate.json {
        let intents: Vec<_> = report
            .intents
            .iter()
            .zip(&spreads)
            .map(|(line, spread)| {
                json!({ "intent": line.intent.map(|id| evaluation.name(Some(id))), "precision": line.precision,
                        "recall": line.recall, "f1": line.f1, "support": line.support,
                        "precision_interval": spread.precision, "recall_interval": spread.recall,
                        "f1_interval": spread.f1 })
            })
            .collect();
        let confusions: Vec<_> = report
            .confusions
            .iter()
            .map(|pair| {
                json!({ "gold": pair.gold.map(|id| evaluation.name(Some(id))),
                        "predicted": pair.predicted.map(|id| evaluation.name(Some(id))), "count": pair.count })
            })
            .collect();
        desk.out.json(&json!({
            "examples": report.examples, "accuracy": report.accuracy, "macro_f1": report.macro_f1,
            "calibration_error": report.calibration_error, "class_recall": class_recall(&report.intents),
            "answered_of_valid": curve.coverage(&curve.at(limit)), "limit": limit, "intents": intents, "confusions": confusions,
        }));
        return;
    }
    desk.out.data(&fill(
        t.scores,
        &[
            ("examples", &report.examples.to_string()),
            ("accuracy", &percent(report.accuracy)),
            ("f1", &score(report.macro_f1)),
            ("ece", &score(report.calibration_error)),
        ],
    ));
    desk.out.data(&trials::recalls(evaluation, &curve, limit, desk.out.words));
    for (line, spread) in report.intents.iter().zip(&spreads) {
        desk.out.data(&fill(
            t.intent_line,
            &[
                ("name", &name(line.intent)),
                ("p", &score(line.precision)),
                ("r", &score(line.recall)),
                ("f1", &score(line.f1)),
                ("low", &format!("{:.2}", spread.f1.0)),
                ("high", &format!("{:.2}", spread.f1.1)),
                ("support", &line.support.to_string()),
            ],
        ));
    }
    for pair in report.confusions.iter().take(PAIRS) {
        desk.out.data(&fill(
            t.confusion_line,
            &[("gold", &name(pair.gold)), ("predicted", &name(pair.predicted)), ("n", &pair.count.to_string())],
        ));
    }
}

fn compare(desk: &Desk, evaluate: &Evaluate, comparison: Option<crate::evaluation::compare::Comparison>) -> Done {
    let t = &desk.out.words.command;
    let Some(found) = comparison else {
        desk.out.say(t.nothing_compared, &[]);
        return Ok(1);
    };
    if evaluate.json {
        desk.out.json(&json!({
            "won": found.won, "lost": found.lost, "difference": found.difference, "low": found.low, "high": found.high,
            "p": found.p_value,
        }));
    } else {
        desk.out.data(&fill(
            t.compared,
            &[
                ("won", &found.won.to_string()),
                ("lost", &found.lost.to_string()),
                ("difference", &percent(found.difference)),
                ("low", &percent(found.low)),
                ("high", &percent(found.high)),
                ("p", &format!("{:.4}", found.p_value)),
            ],
        ));
    }
    Ok(0)
}

fn wishes(evaluate: &Evaluate, path: &Path) -> Result<ReadOptions, Fault> {
    let columns = match &evaluate.columns {
        Some(columns) => Some(options::columns(columns)?),
        // Two columns without headings are the text and its intent: the usual test file.
        None if path.extension().is_some_and(|end| end == "tsv") => Some(vec![ColumnRole::Text, ColumnRole::Intent]),
        None => None,
    };
    Ok(ReadOptions { columns, ..ReadOptions::default() })
}
