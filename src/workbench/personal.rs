//! Personal data behind the masks: who may see it, how, and that the log says so.

use crate::domain::conversation::Turn;
use crate::domain::event::Act;
use crate::domain::ids::EventId;
use crate::store::history::Deed;
use crate::text::clean::masked::masked;
use crate::text::clean::offsets::Offsets;
use crate::text::personal::{self, Opened, Secret};
use crate::workbench::error::Result;
use crate::workbench::project::{Project, now};

/// How personal data is shown or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Personal {
    /// By kind alone: `<phone>`.
    #[default]
    Masked,
    /// As pseudonyms that link repeats: `<phone#7f3a91c2>`.
    Linked,
    /// As it was said.
    Raw,
}

impl Personal {
    /// Returns the next way, in the order a key goes through them.
    pub fn next(self) -> Self {
        match self {
            Personal::Masked => Personal::Linked,
            Personal::Linked => Personal::Raw,
            Personal::Raw => Personal::Masked,
        }
    }
}

/// Tells whether a turn's clean text hides anything.
pub fn hides(turn: &Turn) -> bool {
    turn.clean.as_deref().is_some_and(personal::is_masked)
}

/// Returns a turn's text with its personal data hidden.
pub fn masked_text(turn: &Turn) -> String {
    turn.clean.clone().unwrap_or_else(|| masked(&turn.raw).into_owned())
}

/// Returns what a turn shows on screen: its clean text, personal data in the way asked for.
///
/// Whoever asks for [`Personal::Raw`] has told [`reveal`] before.
pub fn shown(project: &mut Project, turn: &Turn, way: Personal) -> Result<String> {
    let clean = match &turn.clean {
        Some(clean) if way != Personal::Masked && personal::is_masked(clean) => clean,
        None if way == Personal::Raw => return Ok(turn.raw.clone()),
        _ => return Ok(masked_text(turn)),
    };
    let offsets = project.store.offsets(turn.id)?;
    Ok(open(project, clean, &offsets, &turn.raw, way)?.text)
}

/// Returns a clean text with its masks written in the way asked for.
pub(in crate::workbench) fn open(
    project: &mut Project,
    clean: &str,
    offsets: &[u8],
    raw: &str,
    way: Personal,
) -> Result<Opened> {
    let offsets = Offsets::from_bytes(offsets).unwrap_or_default();
    Ok(match way {
        Personal::Masked => personal::unchanged(clean),
        Personal::Linked => personal::linked(clean, &offsets, raw, &Secret(project.store.secret()?)),
        Personal::Raw => personal::revealed(clean, &offsets, raw),
    })
}

/// Writes into the log that the trainer saw what some turns hide; the log names the turns, not the data.
pub fn reveal(project: &mut Project, turns: &[&Turn]) -> Result<Option<EventId>> {
    let names: Vec<String> = turns.iter().map(|turn| format!("#{}", turn.id.0)).collect();
    record(project, Act::Reveal, &names.join(" "), turns.len() as u64)
}

/// Writes into the log what changed nothing in the project and must be known all the same.
pub(in crate::workbench) fn record(
    project: &mut Project,
    act: Act,
    subject: &str,
    touched: u64,
) -> Result<Option<EventId>> {
    let op = project.op();
    let actor = project.actor().to_string();
    let deed = Deed { op: &op, actor: &actor, at: now(), act, subject };
    Ok(project.store.note(&deed, touched)?)
}
