//! `daoshi label --mood`: how texts sound, said of a file, of single texts or of all that meet a query.

use serde_json::json;

use crate::cli::args::label::Label;
use crate::cli::{Desk, Fault};
use crate::domain::ids::UtteranceId;
use crate::explain::moods;
use crate::workbench::moods::{Said, say, say_file};
use crate::workbench::project::Project;
use crate::workbench::search::{read, search, slice};

/// Does what concerns moods; `None` when nothing of that was asked.
pub fn of_moods(desk: &Desk, label: &Label, project: &mut Project) -> Result<Option<u8>, Fault> {
    if let Some(path) = &label.moods {
        let count = say_file(project, path)?;
        told(desk, label, count, None);
        return Ok(Some(0));
    }
    let Some(word) = &label.mood else { return Ok(None) };
    let said = (word != "none").then(|| Said::read(word)).transpose()?;
    let mut ids: Vec<UtteranceId> = label.text.iter().copied().map(UtteranceId).collect();
    let query = match (&label.query, &label.slice) {
        (Some(text), _) => Some(read(text)?),
        (None, Some(name)) => Some(slice(project, name)?),
        (None, None) => None,
    };
    if let Some(query) = query {
        ids.extend(search(project, &query)?.into_iter().map(|hit| hit.utterance));
        ids.truncate(label.limit.unwrap_or(ids.len()));
    }
    let op = project.op();
    let count = say(project, &op, &ids, said.as_ref())?;
    told(desk, label, count, said.as_ref());
    Ok(Some(0))
}

fn told(desk: &Desk, label: &Label, count: u64, said: Option<&Said>) {
    if label.json {
        let mood = said.map(|said| said.mood.word());
        desk.out.json(&json!({ "said": count, "mood": mood, "risks": said.map(|said| &said.risks) }));
        return;
    }
    let what = said.map(|said| moods::said(said, desk.out.words)).unwrap_or_default();
    desk.out.say(desk.out.words.moods.said_of, &[("n", &count.to_string()), ("what", &what)]);
}
