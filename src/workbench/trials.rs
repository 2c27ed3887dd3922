//! Texts kept for testing, and why single texts are understood wrongly.
//!
//! Kept texts stay labelled utterances of the project, but no training learns from them; so scores on them are as
//! honest as held-out ones, and the same from run to run.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::cause::Cause;
use crate::domain::event::Act;
use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::label::Verdict;
use crate::domain::report::ScoredItem;
use crate::evaluation;
use crate::evaluation::split::stratified;
use crate::progress::Progress;
use crate::store::history::Deed;
use crate::workbench::error::{Error, Result};
use crate::workbench::evaluate::{Evaluation, Source, names};
use crate::workbench::learn::{learned, tests};
use crate::workbench::project::{Project, now};

/// Keeps about one in `parts` of each intent's examples for testing; families stay together. Returns how many.
///
/// Those kept before stay kept.
pub fn keep(project: &mut Project, parts: usize, seed: u64) -> Result<u64> {
    let all = learned(project)?;
    let families: Vec<String> = all.families.iter().map(|family| family.0.to_string()).collect();
    let families: Vec<&str> = families.iter().map(String::as_str).collect();
    let dealt = stratified(&families, &all.intents, parts.max(2), seed);
    let chosen: Vec<UtteranceId> =
        all.ids.iter().zip(dealt).filter(|(_, part)| *part == 0).map(|(id, _)| *id).collect();
    mark(project, &chosen, true)?;
    Ok(chosen.len() as u64)
}

/// Lets all training learn from everything again. Returns how many texts were kept.
pub fn release(project: &mut Project) -> Result<u64> {
    let kept: Vec<UtteranceId> = project.store.tests()?.into_iter().collect();
    mark(project, &kept, false)?;
    Ok(kept.len() as u64)
}

/// Lets training learn from one text again.
pub fn release_one(project: &mut Project, id: UtteranceId) -> Result<()> {
    mark(project, &[id], false)
}

/// Returns how many labelled texts are kept for testing.
pub fn kept(project: &Project) -> Result<u64> {
    Ok(tests(project)?.ids.len() as u64)
}

/// Scores the current model on the texts kept for testing.
pub fn score(project: &mut Project, progress: &dyn Progress) -> Result<Evaluation> {
    let model = project.model()?.ok_or(Error::NoModel)?;
    let run = project.store.latest_run()?.ok_or(Error::NoModel)?;
    let kept = tests(project)?;
    if kept.ids.is_empty() {
        return Err(Error::NoTests);
    }
    let predictions = match model.encoder() {
        Some(encoder) => model.understand_encoded(&kept.plain(), &project.vectors_by(encoder, &kept.ids, progress)?),
        None => model.understand_all(&kept.plain(), progress),
    };
    if progress.stopped() {
        return Err(Error::Stopped);
    }
    let learned: BTreeSet<UtteranceId> = project.store.snapshot(run.snapshot)?.into_iter().map(|(id, _)| id).collect();
    let seen = kept.ids.iter().filter(|id| learned.contains(id)).count() as u64;
    let items = kept
        .ids
        .iter()
        .zip(&kept.intents)
        .zip(predictions)
        .map(|((id, gold), prediction)| ScoredItem { utterance: Some(*id), text: None, gold: *gold, prediction })
        .collect();
    let mut known: Vec<_> = kept.intents.iter().copied().chain(model.intents().iter().copied()).collect();
    known.sort_unstable();
    known.dedup();
    let report = evaluation::score::report(items, &known);
    Ok(Evaluation { run: Some(run), source: Source::Kept { seen }, report, names: names(&project.catalogue()?) })
}

/// Says why a text is understood wrongly; `None` takes it back.
pub fn blame(project: &mut Project, id: UtteranceId, cause: Option<Cause>) -> Result<()> {
    let (op, actor) = (project.op(), project.actor().to_string());
    let subject = cause.map_or("", Cause::name);
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Cause, subject };
    project.store.act(&deed, |recorder| recorder.put_cause(id, cause))?;
    Ok(())
}

/// Returns the causes given so far.
pub fn causes(project: &Project) -> Result<BTreeMap<UtteranceId, Cause>> {
    Ok(project.store.causes()?)
}

/// A text with the cause a trainer gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    pub text: String,
    pub intent: Option<IntentId>,
    pub cause: Cause,
}

/// Returns the texts with causes, in order of utterance.
pub fn given(project: &Project) -> Result<Vec<Given>> {
    let mut given = Vec::new();
    for (id, cause) in project.store.causes()? {
        let Some(utterance) = project.store.utterance(id)? else { continue };
        let intent = match project.store.label(id)?.map(|label| label.verdict) {
            Some(Verdict::Intent(intent)) => Some(intent),
            _ => None,
        };
        given.push(Given { text: utterance.text, intent, cause });
    }
    Ok(given)
}

fn mark(project: &mut Project, ids: &[UtteranceId], on: bool) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let (op, actor, subject) = (project.op(), project.actor().to_string(), ids.len().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Test, subject: &subject };
    project.store.act(&deed, |recorder| ids.iter().try_for_each(|id| recorder.mark_test(*id, on)))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::label::LabelSource;
    use crate::nlu::algorithm::Algorithm;
    use crate::nlu::train::TrainOptions;
    use crate::progress::Quiet;
    use crate::workbench::label::label_texts;
    use crate::workbench::train::train;

    fn project() -> Project {
        let mut project = Project::in_memory("li").unwrap();
        let rows: Vec<(String, String)> = (0..10)
            .flat_map(|n| {
                [("退款", "要退款"), ("快递", "查快递")]
                    .map(|(name, what)| (format!("我第{n}次想{what}怎么办{n}"), name.to_string()))
            })
            .collect();
        label_texts(&mut project, &rows, LabelSource::Import, "").unwrap();
        project
    }

    const LINEAR: TrainOptions = TrainOptions { algorithm: Some(Algorithm::Linear), seed: 1, c: 1.0 };

    #[test]
    fn what_is_kept_is_not_learned_from_and_can_be_taken_back() {
        let mut project = project();
        assert!(matches!(score(&mut project, &Quiet), Err(Error::NoModel)));
        assert_eq!(train(&mut project, &LINEAR, &Quiet).unwrap().run.examples, 20);
        assert!(matches!(score(&mut project, &Quiet), Err(Error::NoTests)));
        let count = keep(&mut project, 5, 1).unwrap();
        assert_eq!((count, kept(&project).unwrap()), (4, 4));
        assert_eq!(score(&mut project, &Quiet).unwrap().source, Source::Kept { seen: 4 }, "the model knew them");
        assert_eq!(train(&mut project, &LINEAR, &Quiet).unwrap().run.examples, 16);
        let scored = score(&mut project, &Quiet).unwrap();
        assert_eq!((scored.report.examples, scored.source), (4, Source::Kept { seen: 0 }));
        project.undo().unwrap();
        project.undo().unwrap();
        assert_eq!(kept(&project).unwrap(), 0, "the training and then the keeping were taken back");
        keep(&mut project, 5, 1).unwrap();
        assert_eq!(release(&mut project).unwrap(), 4);
        assert_eq!(kept(&project).unwrap(), 0);
    }

    #[test]
    fn a_cause_is_kept_changed_and_undone() {
        let mut project = project();
        let id = learned(&project).unwrap().ids[0];
        blame(&mut project, id, Some(Cause::FewSimilar)).unwrap();
        blame(&mut project, id, Some(Cause::Conflict)).unwrap();
        assert_eq!(causes(&project).unwrap(), BTreeMap::from([(id, Cause::Conflict)]));
        project.undo().unwrap();
        assert_eq!(causes(&project).unwrap()[&id], Cause::FewSimilar);
        let state = project.store.state().unwrap();
        project.store.rebuild().unwrap();
        assert_eq!(project.store.state().unwrap(), state);
        blame(&mut project, id, None).unwrap();
        assert!(causes(&project).unwrap().is_empty());
    }
}
