//! One verdict for many texts that were found, in one act.

use crate::domain::event::Act;
use crate::domain::label::{LabelSource, Verdict};
use crate::domain::query::Hit;
use crate::store::history::Deed;
use crate::workbench::error::Result;
use crate::workbench::label::given::{Giver, give};
use crate::workbench::project::{Project, now};

/// What a decision on many texts came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Decided {
    /// Texts labelled, families included.
    pub labelled: u64,
    /// Hits left alone since their label is no longer the one that was shown.
    pub left: u64,
}

/// Gives hits and their families one verdict; one step to undo. What somebody changed since it was shown is left alone.
pub fn decide_all(project: &mut Project, op: &str, hits: &[Hit], verdict: Verdict, subject: &str) -> Result<Decided> {
    let (actor, at) = (project.actor().to_string(), now());
    let deed = Deed { op, actor: &actor, at, act: Act::Label, subject };
    let done = project.store.act(&deed, |recorder| {
        let mut same = Vec::with_capacity(hits.len());
        for hit in hits {
            if recorder.label(hit.utterance)?.map(|label| (label.actor, label.at)) == hit.label {
                same.push(hit.utterance);
            }
        }
        let labelled = give(recorder, &same, verdict, Giver { actor: &actor, at, source: LabelSource::Bulk })?;
        Ok(Decided { labelled, left: (hits.len() - same.len()) as u64 })
    })?;
    Ok(done.map_or(Decided::default(), |(_, decided)| decided))
}
