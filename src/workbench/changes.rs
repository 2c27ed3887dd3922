//! What would change for recorded customers: all conversations of the project played on two versions, the changed
//! turns grouped by cause, each group accepted or rejected.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use crate::bot::Bot;
use crate::dialogue::proof::change::{Cause, Comparison, Recorded, Version, compare, mcnemar};
use crate::dialogue::turn::heard::{Clock, Understanding};
use crate::domain::conversation::{Role, Turn};
use crate::domain::dialogue::ChangeVerdict;
use crate::domain::event::Act;
use crate::domain::ids::{ConversationId, UtteranceId};
use crate::domain::label::Verdict;
use crate::domain::prediction::Emotion;
use crate::domain::vector::Vectors;
use crate::nlu::encoder::sentence::Encoder;
use crate::nlu::model::Model;
use crate::progress::{Part, Progress};
use crate::store::history::Deed;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};
use crate::workbench::versions;

/// The name of what is not published: the draft with the current model.
pub const DRAFT: &str = "";

/// Steps of one of the four phases: vectors, the model of before, that of now, the conversations themselves.
const PHASE: u64 = 100;

/// A comparison with the trainer's verdicts so far.
#[derive(Debug, Clone)]
pub struct Changes {
    pub before: String,
    /// Empty for the draft.
    pub now: String,
    pub comparison: Comparison,
    /// Whether each group, in their order, was accepted; `None` when nobody said.
    pub verdicts: Vec<Option<bool>>,
}

impl Changes {
    /// Returns how many turns were accepted and rejected with their groups, and the chance of that if changes were
    /// as often good as bad.
    pub fn judged(&self) -> (usize, usize, f64) {
        let sum = |wanted| {
            let pairs = self.comparison.groups.iter().zip(&self.verdicts);
            pairs.filter(|(_, verdict)| **verdict == Some(wanted)).map(|(group, _)| group.turns).sum()
        };
        let (accepted, rejected) = (sum(true), sum(false));
        (accepted, rejected, mcnemar(rejected, accepted))
    }
}

/// Plays every recorded conversation on a published version and on another, or the draft.
///
/// Each distinct text is understood once by each model; what the encoder makes of it is read from the project, or made
/// and kept for both versions and the next time.
pub fn changes(project: &mut Project, before: &str, now: Option<&str>, progress: &dyn Progress) -> Result<Changes> {
    let old_version = versions::find(project, Some(before))?;
    let old = versions::bot(project, &old_version)?;
    let (new, new_model) = match now {
        Some(name) => {
            let version = versions::find(project, Some(name))?;
            (versions::bot(project, &version)?, version.model)
        }
        None => (project.bot()?, project.store.latest_run()?.map(|run| run.model)),
    };
    let (recorded, texts) = recorded(project)?;
    if recorded.is_empty() {
        return Err(Error::NoUtterances);
    }
    let gold = gold(project)?;
    let total = 4 * PHASE;
    let encoder = |bot: &Bot| bot.model.as_ref().and_then(Model::encoder).cloned();
    let mut read = |by: Option<Encoder>, from: u64, to: u64| {
        let part = Part { whole: progress, from, to, total, rows: 0 };
        by.map(|encoder| vectors(project, &encoder, &texts, &part)).transpose()
    };
    let (old_vectors, new_vectors) = match encoder(&old) == encoder(&new) {
        true => (read(encoder(&old), 0, PHASE)?, None),
        false => (read(encoder(&old), 0, PHASE / 2)?, read(encoder(&new), PHASE / 2, PHASE)?),
    };
    progress.at(PHASE, total);
    let texts: Vec<&str> = texts.keys().map(String::as_str).collect();
    let old_understood = old.understand_all(&texts, old_vectors.as_ref());
    progress.at(2 * PHASE, total);
    if progress.stopped() {
        return Err(Error::Stopped);
    }
    let new_understood = if new_model == old_version.model {
        old_understood.clone()
    } else {
        new.understand_all(&texts, new_vectors.as_ref().or(old_vectors.as_ref()))
    };
    progress.at(3 * PHASE, total);
    if progress.stopped() {
        return Err(Error::Stopped);
    }
    let emotions: Vec<Emotion> = texts.par_iter().map(|text| new.sounds(text)).collect();
    let emotions: HashMap<&str, Emotion> = texts.iter().copied().zip(emotions).collect();
    let by_text = |understood: Vec<Understanding>| -> HashMap<&str, Understanding> {
        texts.iter().copied().zip(understood).collect()
    };
    let comparison = compare(
        &Version { policy: &old.policy, knowledge: &old.knowledge, understood: &by_text(old_understood) },
        &Version { policy: &new.policy, knowledge: &new.knowledge, understood: &by_text(new_understood) },
        &recorded,
        &emotions,
        &gold,
    );
    progress.at(total, total);
    let now = now.unwrap_or(DRAFT).to_string();
    let mut changes = Changes { before: before.to_string(), now, comparison, verdicts: Vec::new() };
    reread(project, &mut changes)?;
    Ok(changes)
}

/// Reads the verdicts anew, as after taking one back.
pub fn reread(project: &Project, changes: &mut Changes) -> Result<()> {
    let known = project.store.change_verdicts(&changes.before, &changes.now)?;
    let verdict = |cause: &Cause| {
        let cause = written(cause);
        known.iter().find(|verdict| verdict.cause == cause).map(|verdict| verdict.accepted)
    };
    changes.verdicts = changes.comparison.groups.iter().map(|group| verdict(&group.cause)).collect();
    Ok(())
}

/// Accepts or rejects the changes of one group; one step to undo.
pub fn judge(project: &mut Project, changes: &mut Changes, group: usize, accepted: bool) -> Result<()> {
    let Some(cause) = changes.comparison.groups.get(group).map(|group| written(&group.cause)) else { return Ok(()) };
    let verdict = ChangeVerdict { before: changes.before.clone(), now: changes.now.clone(), cause, accepted };
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Policy, subject: &changes.before };
    project.store.act(&deed, |recorder| recorder.put_change_verdict(&verdict, &actor, at))?;
    changes.verdicts[group] = Some(accepted);
    Ok(())
}

fn written(cause: &Cause) -> String {
    serde_json::to_string(cause).expect("names and numbers are always JSON")
}

/// The distinct texts of recorded customers, in order, each with its number among the utterances.
type Texts = BTreeMap<String, Option<UtteranceId>>;

/// Returns what customers said in each conversation, and the distinct texts.
fn recorded(project: &Project) -> Result<(Vec<Recorded>, Texts)> {
    // Conversations read at a time.
    const STEP: usize = 2_000;
    let (mut all, mut texts) = (Vec::new(), Texts::new());
    let mut after = ConversationId(0);
    loop {
        let some = project.store.conversation_turns(after, STEP)?;
        let Some((last, _)) = some.last() else { return Ok((all, texts)) };
        after = *last;
        for (id, turns) in some {
            let clock = clock(&turns);
            let mut said = Vec::new();
            for turn in turns {
                if turn.role != Role::Customer || turn.aside.is_some() || turn.part_of.is_some() {
                    continue;
                }
                let text = turn.clean.unwrap_or(turn.raw);
                if text.trim().is_empty() {
                    continue;
                }
                match texts.get_mut(&text) {
                    Some(known) => *known = known.or(turn.utterance),
                    None => {
                        texts.insert(text.clone(), turn.utterance);
                    }
                }
                said.push(text);
            }
            if !said.is_empty() {
                all.push(Recorded { id: id.0, said, clock, channel: "chat".to_string() });
            }
        }
    }
}

/// Returns the texts' vectors, in their order: those of utterances as they are kept, the others made.
fn vectors(project: &mut Project, encoder: &Encoder, texts: &Texts, progress: &dyn Progress) -> Result<Vectors> {
    let ids: Vec<UtteranceId> = texts.values().flatten().copied().collect();
    // A turn may carry more than its utterance says.
    let known: HashMap<String, UtteranceId> =
        project.store.utterances(&ids)?.into_iter().map(|utterance| (utterance.text, utterance.id)).collect();
    let kept: Vec<UtteranceId> = texts.keys().filter_map(|text| known.get(text).copied()).collect();
    let other: Vec<&str> = texts.keys().filter(|text| !known.contains_key(*text)).map(String::as_str).collect();
    let share = PHASE * kept.len() as u64 / texts.len().max(1) as u64;
    let part = |from, to| Part { whole: progress, from, to, total: PHASE, rows: 0 };
    let kept = project.vectors_by(encoder, &kept, &part(0, share))?;
    let made = encoder.encode_packed(&other, &part(share, PHASE)).ok_or(Error::Stopped)?;
    let mut all = Vectors::new(encoder.width());
    let (mut of_kept, mut of_made) = (0..kept.len(), 0..made.len());
    for text in texts.keys() {
        match known.contains_key(text) {
            true => all.take(&kept, of_kept.next()),
            false => all.take(&made, of_made.next()),
        }
    }
    Ok(all)
}

/// Returns when a conversation began; ten in the morning where the source does not say.
fn clock(turns: &[Turn]) -> Clock {
    let moment = turns.iter().find_map(|turn| turn.at).and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    match moment.map(|moment| moment.to_zoned_datetime(jiff::tz::TimeZone::system())) {
        Some(moment) => Clock {
            minutes: moment.hour() as u16 * 60 + moment.minute() as u16,
            date: moment.strftime("%Y-%m-%d").to_string(),
        },
        None => Clock { minutes: 600, date: String::new() },
    }
}

/// Returns the intent of each labelled text.
fn gold(project: &Project) -> Result<HashMap<String, String>> {
    let catalogue = project.catalogue()?;
    let mut gold = HashMap::new();
    project.store.each_label(|utterance, label| {
        if let Verdict::Intent(id) = label.verdict {
            gold.insert(utterance.text, catalogue.name(id).to_string());
        }
        Ok(())
    })?;
    Ok(gold)
}
