//! Every text customers said, with its language.

use crate::domain::conversation::Turn;
use crate::domain::ids::UtteranceId;
use crate::domain::utterance::{Language, Utterance};
use crate::workbench::error::Result;
use crate::workbench::project::Project;

/// Returns how many distinct texts customers said in each language.
pub fn languages(project: &Project) -> Result<Vec<(Language, u64)>> {
    Ok(project.store.language_counts()?)
}

/// Returns texts of one language, or of all, most customers first, after the last one shown.
pub fn texts(
    project: &Project,
    language: Option<Language>,
    after: Option<&Utterance>,
    limit: usize,
) -> Result<Vec<Utterance>> {
    Ok(project.store.utterances_in(language, after.map(|last| (last.count, last.id)), limit)?)
}

/// Returns the turns around the first that says a text, and which of them it is.
pub fn context(project: &Project, id: UtteranceId, around: u32) -> Result<Option<(Vec<Turn>, usize)>> {
    Ok(project.store.context(id, 0, around)?)
}
