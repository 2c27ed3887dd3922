//! What would change for recorded customers: all conversations of the project played on two versions, the changed
//! turns grouped by cause, each group accepted or rejected.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use crate::bot::Bot;
use crate::dialogue::proof::change::{Cause, Comparison, Recorded, Version, compare, mcnemar};
use crate::dialogue::turn::heard::Clock;
use crate::domain::conversation::{Role, Turn};
use crate::domain::dialogue::ChangeVerdict;
use crate::domain::event::Act;
use crate::domain::ids::ConversationId;
use crate::domain::label::Verdict;
use crate::domain::prediction::Emotion;
use crate::progress::Progress;
use crate::store::history::Deed;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};
use crate::workbench::versions;

/// The name of what is not published: the draft with the current model.
pub const DRAFT: &str = "";

/// A comparison with the trainer's verdicts so far.
#[derive(Debug)]
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
pub fn changes(project: &mut Project, before: &str, now: Option<&str>, progress: &dyn Progress) -> Result<Changes> {
    let old = versions::bot(project, &versions::find(project, Some(before))?)?;
    let new = match now {
        Some(name) => versions::bot(project, &versions::find(project, Some(name))?)?,
        None => project.bot()?,
    };
    let recorded = recorded(project)?;
    if recorded.is_empty() {
        return Err(Error::NoUtterances);
    }
    let gold = gold(project)?;
    let texts: Vec<&str> = {
        let all: BTreeSet<&str> = recorded.iter().flat_map(|one| one.said.iter().map(String::as_str)).collect();
        all.into_iter().collect()
    };
    let total = 3;
    let understood = |bot: &Bot| -> HashMap<&str, Vec<(String, f32)>> {
        texts.iter().copied().zip(bot.understand_all(&texts)).collect()
    };
    let old_intents = understood(&old);
    progress.at(1, total);
    let new_intents = understood(&new);
    progress.at(2, total);
    if progress.stopped() {
        return Err(Error::Stopped);
    }
    let emotions: Vec<Emotion> = texts.par_iter().map(|text| new.sounds(text)).collect();
    let emotions: HashMap<&str, Emotion> = texts.iter().copied().zip(emotions).collect();
    let comparison = compare(
        &Version { policy: &old.policy, knowledge: &old.knowledge, intents: &old_intents },
        &Version { policy: &new.policy, knowledge: &new.knowledge, intents: &new_intents },
        &recorded,
        &emotions,
        &gold,
    );
    progress.at(total, total);
    let now = now.unwrap_or(DRAFT).to_string();
    let known = project.store.change_verdicts(before, &now)?;
    let verdict = |cause: &Cause| {
        let cause = written(cause);
        known.iter().find(|verdict| verdict.cause == cause).map(|verdict| verdict.accepted)
    };
    let verdicts = comparison.groups.iter().map(|group| verdict(&group.cause)).collect();
    Ok(Changes { before: before.to_string(), now, comparison, verdicts })
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

/// Returns what customers said in each conversation.
fn recorded(project: &Project) -> Result<Vec<Recorded>> {
    // Conversations read at a time.
    const STEP: usize = 2_000;
    let mut all = Vec::new();
    let mut after = ConversationId(0);
    loop {
        let some = project.store.conversation_turns(after, STEP)?;
        let Some((last, _)) = some.last() else { return Ok(all) };
        after = *last;
        for (id, turns) in some {
            let said: Vec<String> = turns
                .iter()
                .filter(|turn| turn.role == Role::Customer && turn.aside.is_none() && turn.part_of.is_none())
                .map(|turn| turn.clean.clone().unwrap_or_else(|| turn.raw.clone()))
                .filter(|text| !text.trim().is_empty())
                .collect();
            if !said.is_empty() {
                all.push(Recorded { id: id.0, said, clock: clock(&turns), channel: "chat".to_string() });
            }
        }
    }
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
