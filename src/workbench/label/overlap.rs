//! Several trainers at one queue: a share of it is asked of more than one, none of whom sees another's answer, and
//! what two decided at once is shown to the later one instead of being written over.

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::domain::event::Act;
use crate::domain::ids::{FamilyId, UtteranceId};
use crate::domain::label::{Label, LabelSource, Opinion, Verdict};
use crate::domain::setting::Setting;
use crate::domain::utterance::Utterance;
use crate::store;
use crate::store::history::Deed;
use crate::store::record::Recorder;
use crate::workbench::error::{Error, Result};
use crate::workbench::label::given::{Giver, give};
use crate::workbench::project::{Project, now};

/// Which share of the queue is asked of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// Of a hundred families; 0 asks nobody twice.
    pub percent: u8,
    /// Trainers asked of each.
    pub raters: u32,
    /// Draws the share.
    pub seed: u64,
}

impl Overlap {
    /// Tells whether a family belongs to the share; the same for every trainer.
    pub fn takes(&self, family: FamilyId) -> bool {
        xxh3_64_with_seed(&family.0.to_le_bytes(), self.seed) % 10_000 < u64::from(self.percent) * 100
    }
}

/// What became of a trainer's answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    /// It stands; so many texts were labelled.
    Labelled(u64),
    /// It is kept beside what others said of the text.
    Kept,
    /// Another trainer decided otherwise since the text was shown; nothing was changed.
    Crossed(Box<Label>),
}

/// Returns the share asked of several; `None` when nobody set one.
pub fn overlap(project: &Project) -> Result<Option<Overlap>> {
    let text = project.store.setting(Setting::Overlap.name())?.unwrap_or_default();
    let mut parts = text.split(' ');
    let mut next = || parts.next().and_then(|part| part.parse::<u64>().ok());
    let (Some(percent), Some(raters), Some(seed)) = (next(), next(), next()) else { return Ok(None) };
    Ok(Some(Overlap { percent: percent.min(100) as u8, raters: raters as u32, seed }).filter(|set| set.percent > 0))
}

/// Sets the share that is asked of several; one step to undo.
pub fn set_overlap(project: &mut Project, overlap: Overlap) -> Result<()> {
    let (op, actor) = (project.op(), project.actor().to_string());
    let value = format!("{} {} {}", overlap.percent, overlap.raters, overlap.seed);
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Setting, subject: Setting::Overlap.name() };
    project.store.act(&deed, |recorder| recorder.put_setting(deed.subject, &value))?;
    Ok(())
}

/// Returns texts others gave an opinion on and this trainer is to be asked too, the earliest first.
pub fn asked_again(project: &Project, limit: usize) -> Result<Vec<Utterance>> {
    match overlap(project)? {
        Some(overlap) => Ok(project.store.asked_again(project.actor(), overlap.raters, limit)?),
        None => Ok(Vec::new()),
    }
}

/// Takes a trainer's answer to a text that waited when it was shown, for its family too; on disk when this returns.
pub fn answer(project: &mut Project, op: &str, id: UtteranceId, verdict: Verdict) -> Result<Answered> {
    let Some(shown) = project.store.utterance(id)? else { return Ok(Answered::Labelled(0)) };
    let sampled = overlap(project)?.is_some_and(|overlap| overlap.takes(shown.family));
    let (actor, at) = (project.actor().to_string(), now());
    let mine = Opinion { utterance: id, actor: actor.clone(), verdict, at };
    let deed = Deed { op, actor: &actor, at, act: Act::Label, subject: &shown.text };
    let done = project.store.act(&deed, |recorder| {
        let others = recorder.raters(id)?;
        let blind = sampled || !others.is_empty();
        let standing = recorder.label(id)?.filter(|label| label.actor != actor && label.verdict != Verdict::Later);
        match standing {
            None => {
                if blind {
                    recorder.put_opinion(&mine)?;
                }
                let giver = Giver { actor: &actor, at, source: LabelSource::Hand };
                Ok(Answered::Labelled(give(recorder, &[id], verdict, giver)?))
            }
            Some(theirs) if blind || theirs.verdict == verdict => {
                if !others.contains(&theirs.actor) {
                    recorder.put_opinion(&opinion_of(&theirs))?;
                }
                recorder.put_opinion(&mine)?;
                Ok(Answered::Kept)
            }
            Some(theirs) => Err(store::error::Error::Crossed(Box::new(theirs))),
        }
    });
    match done {
        Err(store::error::Error::Crossed(theirs)) => Ok(Answered::Crossed(theirs)),
        done => Ok(done?.map_or(Answered::Labelled(0), |(_, answered)| answered)),
    }
}

/// Says what is to become of two answers that crossed: one of them stands, or (`None`) somebody settles it later.
///
/// Refused when the label is no longer the one that was shown.
pub fn uncross(
    project: &mut Project,
    op: &str,
    theirs: &Label,
    mine: Verdict,
    settled: Option<Verdict>,
) -> Result<u64> {
    let id = theirs.utterance;
    let at = now();
    settling(project, op, id, at, |recorder, actor| {
        let standing = recorder.label(id)?;
        if standing.as_ref() != Some(theirs) {
            return Err(store::error::Error::Crossed(Box::new(standing.unwrap_or_else(|| theirs.clone()))));
        }
        recorder.put_opinion(&opinion_of(theirs))?;
        recorder.put_opinion(&Opinion { utterance: id, actor: actor.to_string(), verdict: mine, at })?;
        Ok(settled)
    })
}

/// A text on which trainers differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Dispute {
    pub utterance: Utterance,
    /// What each said, the earliest first.
    pub opinions: Vec<Opinion>,
}

/// Returns the texts on which trainers differ and nobody decided yet, most customers first.
pub fn disputes(project: &Project, limit: usize) -> Result<Vec<Dispute>> {
    let dispute = |utterance: Utterance| -> Result<Dispute> {
        Ok(Dispute { opinions: project.store.opinions_on(utterance.id)?, utterance })
    };
    project.store.disputed(limit)?.into_iter().map(dispute).collect()
}

/// Decides on a text on which trainers differ; one step to undo. Returns how many texts were labelled.
///
/// Refused when another trainer decided on it since it was shown.
pub fn settle(project: &mut Project, op: &str, id: UtteranceId, verdict: Verdict) -> Result<u64> {
    if project.store.opinions_on(id)?.is_empty() {
        return Err(Error::UnknownText { id: id.0 });
    }
    settling(project, op, id, now(), |recorder, _| match recorder.is_settled(id)?.then(|| recorder.label(id)) {
        Some(standing) => match standing? {
            Some(label) => Err(store::error::Error::Crossed(Box::new(label))),
            None => Ok(Some(verdict)),
        },
        None => Ok(Some(verdict)),
    })
}

/// Does one act of settling: what `check` returns stands from then on.
fn settling(
    project: &mut Project,
    op: &str,
    id: UtteranceId,
    at: i64,
    check: impl FnOnce(&mut Recorder<'_, '_>, &str) -> store::error::Result<Option<Verdict>>,
) -> Result<u64> {
    let subject = project.store.utterance(id)?.ok_or(Error::UnknownText { id: id.0 })?.text;
    let actor = project.actor().to_string();
    let deed = Deed { op, actor: &actor, at, act: Act::Adjudicate, subject: &subject };
    let done = project.store.act(&deed, |recorder| {
        let Some(verdict) = check(recorder, &actor)? else { return Ok(0) };
        recorder.put_settlement(id, verdict, &actor, at)?;
        if recorder.label(id)?.is_some_and(|label| label.verdict == verdict) {
            return Ok(0);
        }
        give(recorder, &[id], verdict, Giver { actor: &actor, at, source: LabelSource::Hand })
    })?;
    Ok(done.map_or(0, |(_, count)| count))
}

fn opinion_of(label: &Label) -> Opinion {
    Opinion { utterance: label.utterance, actor: label.actor.clone(), verdict: label.verdict, at: label.at }
}
