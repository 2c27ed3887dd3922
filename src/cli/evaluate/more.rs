//! What `daoshi evaluate` tells beside scores: limits, reliability, growth, forecast, answers, entities, texts kept for testing,
//! causes, reports.

use std::path::Path;

use serde_json::json;

use crate::cli::args::evaluate::Evaluate;
use crate::cli::progress::Line;
use crate::cli::{Desk, Done, Fault};
use crate::domain::ids::{IntentId, RunId};
use crate::evaluation::forecast::End;
use crate::evaluation::rejection::curve;
use crate::evaluation::reliability::reliability as bins;
use crate::evaluation::spans::SpanScore;
use crate::explain::{forecast as foretold, moods as told, report as paper, trials};
use crate::i18n::Words;
use crate::nlu::train::TrainOptions;
use crate::text::clean::masked::masked;
use crate::workbench::error::Error;
use crate::workbench::evaluate::{self as verb, Evaluation};
use crate::workbench::project::Project;
use crate::workbench::{answers, entities, forecast, growth, moods, trials as kept};

/// Does what asks the project itself and not one evaluation; `None` when nothing of that was asked.
pub fn of_project(desk: &Desk, evaluate: &Evaluate, project: &mut Project) -> Result<Option<u8>, Fault> {
    let t = &desk.out.words.trials;
    if let Some(percent) = evaluate.keep {
        let parts = (100.0 / f64::from(percent)).round() as usize;
        let count = kept::keep(project, parts, 1)?;
        desk.out.say(t.kept_done, &[("n", &count.to_string())]);
    } else if evaluate.release {
        let count = kept::release(project)?;
        desk.out.say(t.released, &[("n", &count.to_string())]);
    } else if evaluate.growth {
        growing(desk, evaluate, project)?;
    } else if evaluate.forecast {
        forecasting(desk, evaluate, project)?;
    } else if evaluate.answers {
        answering(desk, evaluate, project)?;
    } else if evaluate.entities {
        entities_of(desk, evaluate, project)?;
    } else if evaluate.moods {
        moods_of(desk, evaluate, project)?;
    } else if evaluate.causes {
        causes(desk, evaluate, project)?;
    } else {
        return Ok(None);
    }
    Ok(Some(0))
}

/// Prints the curve of limits and what costs least.
pub fn threshold(desk: &Desk, evaluate: &Evaluate, project: &Project, evaluation: &Evaluation) -> Done {
    let words = desk.out.words;
    let costs = match &evaluate.costs {
        Some(text) => verb::costs_of(text).ok_or_else(|| Error::UnknownChoice {
            what: "costs",
            name: text.clone(),
            known: vec!["5,1,8".to_string()],
        })?,
        None => verb::costs(project)?,
    };
    let curve = curve(&evaluation.report.items);
    let fit = verb::cheapest(evaluation, costs);
    let now = verb::answers_from(project)?;
    if evaluate.json {
        let point = |limit: f64| {
            let point = curve.at(limit);
            json!({ "limit": point.limit, "false_rejection": curve.false_rejection(&point),
                    "false_acceptance": curve.false_acceptance(&point), "wrong": curve.wrong(&point),
                    "answered_of_valid": curve.coverage(&point) })
        };
        let points: Vec<_> = curve.points.iter().map(|at| point(at.limit)).collect();
        desk.out.json(&json!({
            "inside": curve.inside, "outside": curve.outside, "auroc": curve.auroc, "costs": costs,
            "cheapest": fit.as_ref().map(|fit| &fit.best), "held_out_cost": fit.as_ref().map(|fit| fit.held_out),
            "policy": now.map(point), "balanced": curve.balanced().map(|at| at.limit), "points": points,
        }));
        return Ok(0);
    }
    trials::sides(&curve, words).iter().for_each(|line| desk.out.data(line));
    if let Some(fit) = &fit {
        trials::cheapest(fit, costs, words).iter().for_each(|line| desk.out.data(line));
    }
    if let Some(at) = curve.balanced() {
        desk.out.data(&crate::i18n::fill(words.trials.balanced, &[("limit", &format!("{:.2}", at.limit))]));
    }
    let limits = now.into_iter().map(|limit| (words.trials.at_policy, limit));
    for (name, limit) in limits.chain(fit.map(|fit| (words.trials.at_limit, fit.best.limits.answer))) {
        let name = crate::i18n::fill(name, &[("limit", &format!("{limit:.2}"))]);
        let figures: Vec<String> = trials::point(&curve, &curve.at(limit), words)
            .iter()
            .map(|(what, figure)| format!("{what} {figure}"))
            .collect();
        desk.out.data(&format!("{name}\t{}", figures.join("\t")));
    }
    table(desk, &trials::curve(&curve, words));
    Ok(0)
}

/// Prints the bins of probability.
pub fn reliability(desk: &Desk, evaluate: &Evaluate, evaluation: &Evaluation) -> Done {
    let found = bins(&evaluation.report.items);
    if evaluate.json {
        desk.out.json(&json!(found));
        return Ok(0);
    }
    desk.out.data(&trials::reliable(&found, desk.out.words));
    table(desk, &trials::bins(&found, desk.out.words));
    Ok(0)
}

/// Returns the limit at which service people's recall is told: the policy's, else the cheapest, else a half.
pub fn limit(project: &Project, evaluation: &Evaluation) -> Result<f64, Fault> {
    Ok(verb::limit(project, evaluation)?)
}

/// Writes the report: Markdown for `.md`, else a web page.
pub fn report(project: &Project, evaluation: &Evaluation, path: &Path, words: &Words) -> Result<(), Fault> {
    let mistakes = verb::mistakes(project, evaluation)?;
    let beside = paper::Beside {
        costs: verb::costs(project)?,
        limit: verb::limit(project, evaluation)?,
        growth: None,
        mistakes: &mistakes,
    };
    let text = match path.extension().is_some_and(|end| end.eq_ignore_ascii_case("md")) {
        true => paper::markdown(evaluation, &beside, words),
        false => paper::html(evaluation, &beside, words),
    };
    Ok(verb::write_report(path, &text)?)
}

fn growing(desk: &Desk, evaluate: &Evaluate, project: &mut Project) -> Result<(), Fault> {
    let progress = Line::new(&desk.out);
    let growth = growth::grow(project, &TrainOptions::default(), &progress)?;
    drop(progress);
    if evaluate.json {
        for size in &growth.sizes {
            desk.out.json(&json!({
                "each": size.each, "examples": size.examples, "accuracy": size.accuracy, "low": size.interval.0,
                "high": size.interval.1, "macro_f1": size.macro_f1, "tested": growth.tested, "kept": growth.kept,
            }));
        }
        return Ok(());
    }
    trials::growth_told(&growth, desk.out.words).iter().for_each(|line| desk.out.data(line));
    table(desk, &trials::growth(&growth, desk.out.words));
    Ok(())
}

/// Tells what came of the last forecast, then makes a new one.
fn forecasting(desk: &Desk, evaluate: &Evaluate, project: &mut Project) -> Result<(), Fault> {
    let last = forecast::outlook(project)?.and_then(|outlook| outlook.came);
    let progress = Line::new(&desk.out);
    let outlook = forecast::forecast(project, TrainOptions::default().seed, &progress)?;
    drop(progress);
    if evaluate.json {
        let name = |intent: &Option<IntentId>| intent.and_then(|id| outlook.names.get(&id).cloned());
        for step in &outlook.plan.steps {
            let asked: Vec<_> = step.asked.iter().map(|(id, n)| json!({ "intent": name(id), "labels": n })).collect();
            desk.out.json(&json!({ "labels": step.labels, "macro_f1": step.gain.point, "low": step.gain.low,
                                   "high": step.gain.high, "asked": asked }));
        }
        let came = last.map(|came| {
            json!({ "run": came.run.0, "asked": came.asked, "given": came.given, "followed": came.followed,
                    "expected": came.expected.point, "low": came.expected.low, "high": came.expected.high,
                    "measured": came.measured, "texts": came.texts })
        });
        let (word, after) = match outlook.plan.end {
            End::Dry => ("dry", None),
            End::Stop(labels) => ("stop", Some(labels)),
            End::Slow(labels) => ("slow", Some(labels)),
            End::Open(labels) => ("open", Some(labels)),
        };
        let stop = after.filter(|_| word == "stop");
        desk.out.json(&json!({ "run": outlook.run.0, "tested": outlook.tested, "end": word, "after": after,
                               "stop": stop, "last": came }));
        return Ok(());
    }
    last.iter().for_each(|came| desk.out.data(&foretold::came(came, desk.out.words)));
    foretold::told(&outlook, desk.out.words).iter().for_each(|line| desk.out.data(line));
    table(desk, &foretold::steps(&outlook, desk.out.words));
    Ok(())
}

fn answering(desk: &Desk, evaluate: &Evaluate, project: &mut Project) -> Result<(), Fault> {
    let progress = Line::new(&desk.out);
    let (_, scores, origin) = answers::ready(project, 1, &progress)?;
    drop(progress);
    if let Some(said) = trials::learned_anew(origin, desk.out.words) {
        desk.out.say(said, &[]);
    }
    if evaluate.json {
        let three = |[first, five, mean]: [f64; 3]| json!({ "r1": first, "r5": five, "mrr": mean });
        desk.out.json(&json!({
            "questions": scores.questions, "entries": scores.entries, "learned": three(scores.learned),
            "by_meaning": three(scores.by_meaning), "by_words": three(scores.by_words), "answered": scores.answered,
            "wrong": scores.wrong, "refused_when_unknown": scores.refused, "strange": scores.strange, "strange_refused": scores.strange_refused,
            "talk": scores.talk,
        }));
        return Ok(());
    }
    trials::answers_told(&scores, desk.out.words).iter().for_each(|line| desk.out.data(line));
    table(desk, &trials::answers(&scores, desk.out.words));
    for one in &scores.mistakes {
        let text = masked(&one.text);
        desk.out.data(&format!("{:.2}\t{} → {}\t#{}\t{text}", one.probability, one.own, one.found, one.place));
    }
    Ok(())
}

fn entities_of(desk: &Desk, evaluate: &Evaluate, project: &mut Project) -> Result<(), Fault> {
    let progress = Line::new(&desk.out);
    let scores = entities::scores(project, 1, &progress)?;
    drop(progress);
    if evaluate.json {
        let rows = |scores: &[SpanScore]| -> Vec<serde_json::Value> {
            let row = |score: &SpanScore| {
                json!({ "entity": score.entity, "marked": score.marked, "found": score.found, "right": score.right,
                        "precision": score.precision(), "recall": score.recall(), "f1": score.f1() })
            };
            scores.iter().map(row).collect()
        };
        desk.out
            .json(&json!({ "texts": scores.texts, "learned": rows(&scores.learned), "listed": rows(&scores.listed) }));
        return Ok(());
    }
    desk.out.data(&crate::i18n::fill(desk.out.words.trials.entities_of, &[("texts", &scores.texts.to_string())]));
    table(desk, &trials::entities(&scores, desk.out.words));
    Ok(())
}

fn moods_of(desk: &Desk, evaluate: &Evaluate, project: &Project) -> Result<(), Fault> {
    let found = moods::moods(project, evaluate.run.map(RunId))?;
    if evaluate.json {
        desk.out.json(&json!({ "labelled": found.labelled, "report": found.report }));
        return Ok(());
    }
    told::learned(&found, desk.out.words).iter().for_each(|line| desk.out.data(line));
    table(desk, &told::scores(&found, desk.out.words));
    table(desk, &told::risks(&found, desk.out.words));
    Ok(())
}

fn causes(desk: &Desk, evaluate: &Evaluate, project: &Project) -> Result<(), Fault> {
    let catalogue = project.catalogue()?;
    for given in kept::given(project)? {
        let name = |id: Option<IntentId>| id.map(|id| catalogue.name(id).to_string());
        let text = masked(&given.text);
        if evaluate.json {
            desk.out.json(&json!({ "text": text, "intent": name(given.intent), "cause": given.cause.name() }));
        } else {
            let cause = trials::cause(given.cause, desk.out.words);
            desk.out.data(&format!("{cause}\t{}\t{text}", name(given.intent).unwrap_or_default()));
        }
    }
    Ok(())
}

fn table(desk: &Desk, rows: &[Vec<String>]) {
    rows.iter().for_each(|row| desk.out.data(&row.join("\t")));
}
