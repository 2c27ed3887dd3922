//! Piles: what the model gives to one intent, surest first, to be taken many at a time down to a line.

use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::label::{LabelSource, Verdict};
use crate::domain::utterance::Utterance;
use crate::workbench::error::Result;
use crate::workbench::label::decide;
use crate::workbench::label::order::{intent_of, pile_of};
use crate::workbench::project::Project;

/// Members below this probability stand under the line at first.
pub const LINE: f64 = 0.7;

/// One intent with what the model would give it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pile {
    /// `None` is out of scope.
    pub intent: Option<IntentId>,
    /// Utterances above the line, and the customers who said them.
    pub sure: u64,
    pub customers: u64,
    /// Utterances of the pile whatever their probability.
    pub all: u64,
}

/// One utterance of a pile with the probability that it belongs there.
#[derive(Debug, Clone, PartialEq)]
pub struct PileMember {
    pub utterance: Utterance,
    pub probability: f64,
}

/// Returns the piles, those with most utterances above the line first; empty before the first training.
pub fn piles(project: &Project, line: f64) -> Result<Vec<Pile>> {
    let sure = project.store.standings("=", line)?;
    let mut piles: Vec<Pile> = Vec::new();
    for all in project.store.standings("=", 0.0)? {
        let above = sure.iter().find(|standing| standing.ranking == all.ranking);
        piles.push(Pile {
            intent: intent_of(&all.ranking),
            sure: above.map_or(0, |standing| standing.utterances),
            customers: above.map_or(0, |standing| standing.customers),
            all: all.utterances,
        });
    }
    piles.sort_by_key(|pile| (std::cmp::Reverse((pile.sure, pile.all)), pile.intent));
    Ok(piles)
}

/// Returns the members of a pile, surest first.
pub fn members(project: &Project, intent: Option<IntentId>, limit: usize) -> Result<Vec<PileMember>> {
    let found = project.store.ranked(&pile_of(intent), None, limit)?;
    Ok(found.into_iter().map(|(_, utterance, probability)| PileMember { utterance, probability }).collect())
}

/// Gives many utterances and their families one verdict in one act; returns how many were labelled.
pub fn take(project: &mut Project, ids: &[UtteranceId], verdict: Verdict) -> Result<u64> {
    let op = project.op();
    decide(project, &op, ids, verdict, LabelSource::Bulk)
}
