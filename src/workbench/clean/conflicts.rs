//! Labels that disagree: texts of one family under two verdicts, for the trainer to settle.

use crate::domain::event::Act;
use crate::domain::ids::FamilyId;
use crate::domain::label::{Label, LabelSource, Verdict};
use crate::domain::utterance::Utterance;
use crate::store::history::Deed;
use crate::workbench::error::Result;
use crate::workbench::project::{Project, now};

/// One family whose labels disagree.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    pub family: FamilyId,
    /// The labelled members with their verdicts, most customers first.
    pub members: Vec<(Utterance, Verdict)>,
}

/// Returns families whose labels disagree, most customers first.
pub fn conflicts(project: &Project, limit: usize) -> Result<Vec<Conflict>> {
    let mut found = Vec::new();
    let families = project.store.split_families(limit)?;
    let mut members_of = project.store.families(&families)?;
    for family in families {
        let mut members = Vec::new();
        for utterance in members_of.remove(&family).unwrap_or_default() {
            if let Some(label) = project.store.label(utterance.id)?
                && matches!(label.verdict, Verdict::Intent(_) | Verdict::OutOfScope)
            {
                members.push((utterance, label.verdict));
            }
        }
        found.push(Conflict { family, members });
    }
    Ok(found)
}

/// Gives every member of a family one verdict, as one event; returns how many changed.
pub fn settle(project: &mut Project, family: FamilyId, verdict: Verdict) -> Result<u64> {
    let members = project.store.families(&[family])?.remove(&family).unwrap_or_default();
    let subject = members.first().map(|member| member.text.clone()).unwrap_or_default();
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Label, subject: &subject };
    let done = project.store.act(&deed, |recorder| {
        let mut count = 0;
        for member in &members {
            let standing = recorder.label(member.id)?;
            if standing.as_ref().is_some_and(|label| label.verdict == verdict) {
                continue;
            }
            let note = standing.map(|label| label.note).unwrap_or_default();
            let source = LabelSource::Hand;
            recorder.put_label(&Label { utterance: member.id, verdict, source, actor: actor.clone(), at, note })?;
            count += 1;
        }
        Ok(count)
    })?;
    Ok(done.map_or(0, |(_, count)| count))
}
