//! Labelled examples and learning from them: what `train`, `growth`, `forecast`, `answers` and the trials share.
//!
//! Nothing here keeps a model; `train` does.

use crate::domain::ids::{FamilyId, IntentId, UtteranceId};
use crate::domain::label::{LabelSource, Verdict};
use crate::domain::report::{Report, ScoredItem};
use crate::evaluation;
use crate::nlu;
use crate::nlu::model::Model;
use crate::nlu::names::{ALWAYS, readable};
use crate::nlu::train::{Encoded, Example, TrainOptions};
use crate::progress::{Part, Progress, Quiet};
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

/// Guesses an item of a kept report holds; enough for the screen, small enough to keep.
const KEPT_GUESSES: usize = 3;

/// Labelled examples in order of utterance.
#[derive(Debug, Clone, Default)]
pub(in crate::workbench) struct Examples {
    pub ids: Vec<UtteranceId>,
    pub families: Vec<FamilyId>,
    pub texts: Vec<String>,
    pub intents: Vec<Option<IntentId>>,
    /// Which were labelled with many others at once.
    pub bulk: Vec<bool>,
}

impl Examples {
    /// Returns some of them.
    pub fn some(&self, places: &[usize]) -> Self {
        Self {
            ids: places.iter().map(|at| self.ids[*at]).collect(),
            families: places.iter().map(|at| self.families[*at]).collect(),
            texts: places.iter().map(|at| self.texts[*at].clone()).collect(),
            intents: places.iter().map(|at| self.intents[*at]).collect(),
            bulk: places.iter().map(|at| self.bulk[*at]).collect(),
        }
    }

    /// Returns the texts.
    pub fn plain(&self) -> Vec<&str> {
        self.texts.iter().map(String::as_str).collect()
    }
}

/// Learns from examples in `folds` parts; scores are held out.
pub(in crate::workbench) fn learn(
    project: &mut Project,
    examples: &Examples,
    folds: usize,
    options: &TrainOptions,
    progress: &dyn Progress,
) -> Result<(nlu::train::Trained, Report)> {
    let known = known(examples)?;
    let parts = evaluation::split::stratified(&examples.plain(), &examples.intents, folds, options.seed);
    let (trained, parts) = in_parts(project, examples, parts, options, progress)?;
    let items = trained
        .held_out
        .iter()
        .take(examples.ids.len())
        .enumerate()
        .filter(|(i, _)| parts[*i] != ALWAYS)
        .map(|(i, prediction)| {
            let mut prediction = prediction.clone();
            prediction.guesses.truncate(KEPT_GUESSES);
            ScoredItem { utterance: Some(examples.ids[i]), text: None, gold: examples.intents[i], prediction }
        })
        .collect();
    let report = evaluation::score::report(items, &known);
    Ok((trained, report))
}

/// Learns from examples of which none is held out: quick, and all a model is good for that only ranks intents.
pub(in crate::workbench) fn learn_whole(
    project: &mut Project,
    examples: &Examples,
    options: &TrainOptions,
    progress: &dyn Progress,
) -> Result<Model> {
    known(examples)?;
    let (trained, _) = in_parts(project, examples, vec![ALWAYS; examples.ids.len()], options, progress)?;
    Ok(trained.model)
}

/// Returns what there is to tell apart; refuses when that is less than two intents.
fn known(examples: &Examples) -> Result<Vec<Option<IntentId>>> {
    let mut known: Vec<Option<IntentId>> = examples.intents.clone();
    known.sort_unstable();
    known.dedup();
    let intents = known.iter().flatten().count();
    if intents < 2 {
        return Err(Error::TooFewExamples { examples: examples.ids.len(), intents });
    }
    Ok(known)
}

/// Learns from examples dealt into parts; returns the parts as they came to be, those of intents' names last.
fn in_parts(
    project: &mut Project,
    examples: &Examples,
    mut parts: Vec<u8>,
    options: &TrainOptions,
    progress: &dyn Progress,
) -> Result<(nlu::train::Trained, Vec<u8>)> {
    let texts = examples.plain();
    let named = named(project, &known(examples)?)?;
    let mut rows: Vec<Example<'_>> = texts
        .iter()
        .zip(&examples.intents)
        .zip(&examples.bulk)
        .map(|((text, intent), bulk)| Example { bulk: *bulk, ..Example::of(text, *intent) })
        .collect();
    rows.extend(named.iter().map(|(text, intent, name)| Example { name: *name, ..Example::of(text, Some(*intent)) }));
    parts.resize(rows.len(), ALWAYS);
    let words = project.store.words()?;
    let encoder = project.encoder()?;
    if options.algorithm.is_none_or(|algorithm| algorithm.reads_meaning()) {
        // What the encoder was tuned on is no stranger to any model that reads by it.
        for (part, _) in parts.iter_mut().zip(&texts).filter(|(_, text)| encoder.learned(text)) {
            *part = ALWAYS;
        }
    }
    let vectors = match options.algorithm {
        Some(algorithm) if !algorithm.reads_meaning() => None,
        _ => {
            let mut vectors = project.vectors(&examples.ids, progress)?;
            let texts: Vec<&str> = named.iter().map(|(text, ..)| text.as_str()).collect();
            let of_names = encoder.encode_packed(&texts, &Quiet).ok_or(Error::Stopped)?;
            vectors.take(&of_names, 0..of_names.len());
            Some(vectors)
        }
    };
    let encoded = Encoded { encoder: &encoder, vectors: vectors.as_ref() };
    let trained = nlu::train::train_encoded(&rows, encoded, &parts, options, &words, progress)?;
    Ok((trained, parts))
}

/// Returns what the names and standard questions of intents with examples say, and whether it is a name; each teaches like
/// one more example.
fn named(project: &Project, known: &[Option<IntentId>]) -> Result<Vec<(String, IntentId, bool)>> {
    let mut named = Vec::new();
    for intent in project.store.intents()? {
        if known.binary_search(&Some(intent.id)).is_err() {
            continue;
        }
        let both = [(&intent.name, true), (&intent.question, false)];
        let mut said: Vec<(String, bool)> =
            both.into_iter().filter_map(|(n, name)| Some((readable(n)?, name))).collect();
        said.dedup_by(|(next, _), (one, _)| next == one);
        named.extend(said.into_iter().map(|(text, name)| (text, intent.id, name)));
    }
    Ok(named)
}

/// Returns one training of many as a part that takes no step of its own: only the wish to stop passes through.
pub(in crate::workbench) fn one_of(progress: &dyn Progress, done: u64, total: u64) -> Part<'_> {
    Part { whole: progress, from: done, to: done, total, rows: 0 }
}

/// Returns the examples a training learns from: all that are labelled but those kept for testing.
pub(in crate::workbench) fn learned(project: &Project) -> Result<Examples> {
    examples(project, false)
}

/// Returns the examples kept for testing.
pub(in crate::workbench) fn tests(project: &Project) -> Result<Examples> {
    examples(project, true)
}

fn examples(project: &Project, tests: bool) -> Result<Examples> {
    let kept = project.store.tests()?;
    let mut examples = Examples::default();
    project.store.each_label(|utterance, label| {
        if kept.contains(&utterance.id) != tests {
            return Ok(());
        }
        let intent = match label.verdict {
            Verdict::Intent(id) => Some(id),
            Verdict::OutOfScope => None,
            Verdict::Ignored | Verdict::Later => return Ok(()),
        };
        examples.ids.push(utterance.id);
        examples.families.push(utterance.family);
        examples.texts.push(utterance.text);
        examples.intents.push(intent);
        examples.bulk.push(label.source == LabelSource::Bulk);
        Ok(())
    })?;
    Ok(examples)
}
