//! Sentences that came in pieces: which were joined, parting them, joining others by hand.

use crate::domain::conversation::{Role, Turn};
use crate::domain::event::Act;
use crate::domain::ids::{TurnId, UtteranceId};
use crate::domain::utterance::Language;
use crate::store::cleaning::KeptTurn;
use crate::store::marks::TurnMark;
use crate::text::fragments::joined;
use crate::text::language::language;
use crate::workbench::clean::{say, turns_beside};
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

/// Two or more turns that are one sentence, or that a trainer said are not.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The turn that carries the sentence; of a parted one the turn that was parted from the one before it.
    pub turn: TurnId,
    pub pieces: Vec<String>,
    /// The whole.
    pub text: String,
    pub language: Language,
    /// Whether a trainer joined or parted it by hand.
    pub by_hand: bool,
    /// Whether it is parted.
    pub parted: bool,
}

/// Returns sentences that came in pieces, those parted by hand first, after a turn.
pub fn merged(project: &Project, after: Option<TurnId>, limit: usize) -> Result<Vec<Merged>> {
    let mut found = Vec::new();
    if after.is_none() {
        for turn in project.store.parted()? {
            let turns = turns_beside(project, turn)?;
            let Some(at) = turns.iter().position(|other| other.id == turn) else { continue };
            let before = turns[..at].iter().rev().find(|other| other.role == Role::Customer);
            let Some(before) = before else { continue };
            found.push(Merged { turn, by_hand: true, parted: true, ..whole(&[before, &turns[at]]) });
        }
    }
    for head in project.store.heads(after, limit)? {
        let Some(turn) = project.store.kept_turn(head)? else { continue };
        let parts = project.store.parts_of(head)?;
        let by_hand = parts.iter().any(|part| part.joined == Some(true));
        let turns: Vec<&KeptTurn> = std::iter::once(&turn).chain(&parts).collect();
        found.push(Merged { turn: head, by_hand, parted: false, ..whole(&turns) });
    }
    Ok(found)
}

/// Parts the sentence a turn carries (or is a piece of) into its turns; it stays parted when cleaning runs again.
pub fn part(project: &mut Project, turn: TurnId) -> Result<()> {
    let kept = project.store.kept_turn(turn)?.ok_or(Error::UnknownTurn { id: turn.0 })?;
    let head = kept.part_of.unwrap_or(turn);
    let parts = project.store.parts_of(head)?;
    if parts.is_empty() {
        return Err(Error::NothingJoined { id: turn.0 });
    }
    let marks: Vec<(TurnId, TurnMark)> =
        parts.iter().map(|part| (part.id, TurnMark { joined: Some(false), returned: part.returned })).collect();
    let subject = kept.text.unwrap_or_default();
    say(project, Act::Join, &subject, &marks, |_| Ok(()))
}

/// Joins a turn to the customer's turn before it; it stays joined when cleaning runs again.
pub fn join(project: &mut Project, turn: TurnId) -> Result<()> {
    let kept = project.store.kept_turn(turn)?.ok_or(Error::UnknownTurn { id: turn.0 })?;
    if kept.part_of.is_some() {
        return Err(Error::NothingToJoin { id: turn.0 });
    }
    let subject = kept.text.clone().unwrap_or_default();
    let mark = TurnMark { joined: Some(true), returned: kept.returned };
    say(project, Act::Join, &subject, &[(turn, mark)], |fresh| {
        // What stands alone for another reason (a list, a label of its file, a greeting set aside) cannot go on.
        let joins = fresh.iter().any(|other| other.turn == turn && other.part_of.is_some());
        if joins { Ok(()) } else { Err(Error::NothingToJoin { id: turn.0 }) }
    })
}

/// Returns the turns around one, and which of them it is.
pub fn context(project: &Project, turn: TurnId, around: u32) -> Result<Option<(Vec<Turn>, usize)>> {
    Ok(project.store.context_of(turn, around)?)
}

/// Returns the utterance a turn belongs to now: its own, or that of the sentence it is a piece of.
pub fn utterance_of(project: &Project, turn: TurnId) -> Result<Option<UtteranceId>> {
    Ok(project.store.utterance_of_turn(turn)?)
}

fn whole(turns: &[&KeptTurn]) -> Merged {
    let pieces: Vec<String> = turns.iter().map(|turn| turn.text.clone().unwrap_or_default()).collect();
    let (text, _) = joined(pieces.iter().map(String::as_str));
    Merged { turn: turns[0].id, language: language(&text), text, pieces, by_hand: false, parted: false }
}
