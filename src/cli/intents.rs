//! `daoshi intents`: the catalogue, and surgery on it; `--preview` says what it would touch and changes nothing.

use serde_json::json;

use crate::cli::args::intents::Intents;
use crate::cli::progress::Line;
use crate::cli::{Desk, Done, Fault};
use crate::i18n::fill;
use crate::nlu::train::TrainOptions;
use crate::workbench::error::Error;
use crate::workbench::intents;
use crate::workbench::project::Project;
use crate::workbench::search::{read_for, search};
use crate::workbench::surgery::forecast::{self, Score, Scores};
use crate::workbench::surgery::{self, Part, Surgery};
use crate::workbench::train::FOLDS;

/// Lists the intents, or changes the catalogue.
pub fn intents(desk: &Desk, asked: &Intents) -> Done {
    let mut project = desk.open(&asked.project)?;
    let Some(surgery) = surgery_of(&project, asked)? else {
        list(desk, asked, &project)?;
        return Ok(0);
    };
    let found = surgery::preview(&mut project, &surgery)?;
    let scores = match asked.scores {
        true => {
            let progress = Line::new(&desk.out);
            Some(forecast::scores(&mut project, &surgery, FOLDS, &TrainOptions::default(), &progress)?)
        }
        false => None,
    };
    if !asked.preview {
        surgery::operate(&mut project, &surgery)?;
    }
    print(desk, asked, &surgery, &found, scores.as_ref());
    Ok(0)
}

fn list(desk: &Desk, asked: &Intents, project: &Project) -> Result<(), Fault> {
    for line in intents::list(project)? {
        let (name, category) = (&line.intent.name, &line.intent.category);
        match asked.json {
            true => desk.out.json(&json!({
                "intent": name, "category": category, "examples": line.examples, "customers": line.customers,
            })),
            false => desk.out.data(&format!("{name}\t{category}\t{}\t{}", line.examples, line.customers)),
        }
    }
    Ok(())
}

fn surgery_of(project: &Project, asked: &Intents) -> Result<Option<Surgery>, Fault> {
    let catalogue = project.catalogue()?;
    let pair = |text: &str| -> Result<(String, String), Fault> {
        let pair = text.split_once('=').map(|(a, b)| (a.trim().to_string(), b.trim().to_string()));
        pair.ok_or_else(|| Error::EmptyName.into())
    };
    Ok(Some(if let Some(text) = &asked.rename {
        let (old, name) = pair(text)?;
        Surgery::Rename { intent: catalogue.find(&old)?.id, name }
    } else if let Some(text) = &asked.merge {
        let (from, into) = pair(text)?;
        Surgery::Merge { from: catalogue.find(&from)?.id, into: catalogue.find(&into)?.id }
    } else if let Some(text) = &asked.place {
        let (name, category) = pair(text)?;
        Surgery::Place { intent: catalogue.find(&name)?.id, category }
    } else if let Some(name) = &asked.delete {
        Surgery::Delete { intent: catalogue.find(name)?.id }
    } else if let (Some(text), Some(query)) = (&asked.split, &asked.query) {
        let (from, into) = pair(text)?;
        let part = catalogue.named(&into).map_or(Part::New(into), |intent| Part::Known(intent.id));
        let texts = search(project, &read_for(project, query)?)?.into_iter().map(|hit| hit.utterance).collect();
        Surgery::Split { from: catalogue.find(&from)?.id, parts: vec![(part, texts)] }
    } else {
        return Ok(None);
    }))
}

fn print(desk: &Desk, asked: &Intents, surgery: &Surgery, found: &surgery::Preview, scores: Option<&Scores>) {
    let (t, words) = (&desk.out.words.surgery, desk.out.words);
    let topics = surgery::topics(&found.policy);
    if asked.json {
        let scores = scores.map(|scores| {
            let score = |score: Score| json!({ "accuracy": score.accuracy, "macro_f1": score.macro_f1 });
            json!({
                "before": score(scores.before), "after": scores.after.map(score),
                "intents": scores.concerned.iter().map(|(name, before, after)| {
                    json!({ "intent": name, "before": before, "after": after })
                }).collect::<Vec<_>>(),
            })
        });
        desk.out.json(&json!({
            "done": !asked.preview, "examples": found.examples, "customers": found.customers, "tests": found.tests,
            "moved": found.moved, "opinions": found.opinions, "policy": found.policy.len(), "topics": topics,
            "policy_changes": found.policy_changes, "rehearsals": found.rehearsals,
            "rehearsals_changed": found.rehearsals_changed, "answers": found.answers, "runs": found.runs,
            "current_run": found.current, "clusters": found.clusters, "rows": found.rows, "scores": scores,
        }));
        return;
    }
    for line in crate::explain::surgery::lines(found, surgery, words) {
        desk.out.data(&line);
    }
    if let Some(scores) = scores {
        desk.out.data(t.scores);
        let share = |score: Option<f64>| score.map_or("–".to_owned(), |score| format!("{:.1} %", score * 100.0));
        let row = |name: &str, before: Option<f64>, after: Option<f64>| {
            let figures = fill(t.score, &[("before", &share(before)), ("after", &share(after))]);
            desk.out.data(&format!("{name}\t{figures}"));
        };
        row(t.macro_f1, Some(scores.before.macro_f1), scores.after.map(|score| score.macro_f1));
        row(t.accuracy, Some(scores.before.accuracy), scores.after.map(|score| score.accuracy));
        scores.concerned.iter().for_each(|(name, before, after)| row(name, *before, *after));
    }
}
