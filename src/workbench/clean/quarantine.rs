//! What was set aside, by cleaning or while importing, and taking it back.

use crate::domain::conversation::Role;
use crate::domain::event::Act;
use crate::domain::ids::TurnId;
use crate::domain::utterance::Language;
use crate::store::marks::TurnMark;
use crate::text::clean::masked::masked;
use crate::text::language::language;
use crate::workbench::clean::say;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

/// Something that was set aside.
#[derive(Debug, Clone, PartialEq)]
pub struct Quarantined {
    /// The turn; a row that could not be read while importing is none and cannot be taken back.
    pub turn: Option<TurnId>,
    /// Why, by its word.
    pub reason: String,
    /// Who said it; nobody knows of a row that could not be read.
    pub role: Option<Role>,
    /// The cleaned text; of a row, the row.
    pub text: String,
    pub language: Language,
    /// The file a row stands in, and its line there.
    pub source: String,
    pub line: u64,
    /// The row's number, to page on.
    pub row: i64,
}

/// Returns how much was set aside, by reason: turns first, then rows of files.
pub fn reasons(project: &Project) -> Result<Vec<(String, u64)>> {
    let mut reasons = project.store.aside_counts()?;
    reasons.extend(project.store.aside_row_counts()?);
    Ok(reasons)
}

/// Returns what was set aside for a reason (or for any), after the last one shown.
pub fn quarantine(
    project: &Project,
    reason: Option<&str>,
    after: Option<&Quarantined>,
    limit: usize,
) -> Result<Vec<Quarantined>> {
    let mut found = Vec::new();
    let in_rows = after.is_some_and(|last| last.turn.is_none());
    if !in_rows {
        let place = after.and_then(|last| Some((last.reason.as_str(), last.turn?)));
        for turn in project.store.aside_turns(reason, place, limit)? {
            let text = turn.text.unwrap_or(turn.raw);
            found.push(Quarantined {
                turn: Some(turn.id),
                reason: turn.aside.unwrap_or_default(),
                role: Some(turn.role),
                language: language(&text),
                text,
                source: String::new(),
                line: 0,
                row: 0,
            });
        }
    }
    if found.len() < limit {
        let place = after.map_or(0, |last| last.row);
        for (number, source, row) in project.store.aside_rows_of(reason, place, limit - found.len())? {
            let text = masked(&row.raw).into_owned();
            found.push(Quarantined {
                turn: None,
                reason: row.reason,
                role: None,
                language: language(&text),
                text,
                source,
                line: row.line,
                row: number,
            });
        }
    }
    Ok(found)
}

/// Takes a turn back from quarantine; it stays back when cleaning runs again.
pub fn give_back(project: &mut Project, turn: TurnId) -> Result<()> {
    let kept = project.store.kept_turn(turn)?.ok_or(Error::UnknownTurn { id: turn.0 })?;
    if kept.aside.is_none() {
        return Err(Error::NotAside { id: turn.0 });
    }
    let subject = kept.text.unwrap_or_default();
    say(project, Act::Return, &subject, &[(turn, TurnMark { joined: kept.joined, returned: true })], |_| Ok(()))
}
