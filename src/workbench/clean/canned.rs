//! Texts said over and over, in many conversations: what a trainer ticks is set aside when cleaning runs.

use crate::domain::event::Act;
use crate::domain::utterance::Language;
use crate::store::history::Deed;
use crate::text::language::language;
use crate::workbench::error::Result;
use crate::workbench::project::{Project, now};

/// In how many conversations a text must be said to be shown.
pub const LEAST: u64 = 3;

/// The most texts shown of one side.
const SHOWN: usize = 300;

/// One text that is said over and over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canned {
    pub text: String,
    /// Whether agents and bots say it; else customers do (buttons, cards).
    pub ours: bool,
    pub conversations: u64,
    pub language: Language,
    /// Whether it is ticked.
    pub on: bool,
}

/// Returns texts said in at least `least` conversations, our side's first, each side's most frequent first.
pub fn canned(project: &Project, least: u64) -> Result<Vec<Canned>> {
    let ticked = project.store.canned()?;
    let mut found: Vec<Canned> = Vec::new();
    for ours in [true, false] {
        for (text, conversations) in project.store.frequent_texts(ours, least, SHOWN)? {
            found.push(Canned { language: language(&text), text, ours, conversations, on: false });
        }
    }
    for (text, ours) in ticked {
        match found.iter_mut().find(|known| known.ours == ours && known.text == text) {
            Some(known) => known.on = true,
            // What is ticked is always shown, so that it can be unticked.
            None => found.push(Canned { language: language(&text), text, ours, conversations: 0, on: true }),
        }
    }
    found.sort_by_key(|canned| (!canned.ours, std::cmp::Reverse(canned.conversations)));
    Ok(found)
}

/// Ticks each text of a list anew, as the project has it.
pub fn refresh(project: &Project, list: &mut [Canned]) -> Result<()> {
    let ticked = project.store.canned()?;
    for canned in list {
        canned.on = ticked.iter().any(|(text, ours)| *ours == canned.ours && *text == canned.text);
    }
    Ok(())
}

/// Ticks a text, or not; later imports set it aside at once, what is there when cleaning runs again.
pub fn tick(project: &mut Project, text: &str, ours: bool, on: bool) -> Result<()> {
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Canned, subject: text };
    project.store.act(&deed, |recorder| recorder.mark_canned(text, ours, on))?;
    Ok(())
}
