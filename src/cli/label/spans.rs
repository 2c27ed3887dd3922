//! `daoshi label --text N --span`: entities of single texts, marked and taken away by the acts of the screen.

use serde_json::json;

use crate::cli::args::label::Label;
use crate::cli::{Desk, Fault};
use crate::domain::ids::UtteranceId;
use crate::domain::label::{Mark, Span};
use crate::domain::range::ByteRange;
use crate::workbench::error::Error;
use crate::workbench::label::spans::{mark, marked, unmark};
use crate::workbench::project::Project;

/// Marks, takes away, or lists the entities of texts; `None` when nothing of that was asked.
pub fn of_spans(desk: &Desk, label: &Label, project: &mut Project) -> Result<Option<u8>, Fault> {
    if label.text.is_empty() || label.mood.is_some() {
        return Ok(None);
    }
    let ids: Vec<UtteranceId> = label.text.iter().copied().map(UtteranceId).collect();
    // All is looked at before anything is done: one word that is not there changes nothing.
    let mut wanted = Vec::with_capacity(ids.len());
    for id in &ids {
        let (text, spans) = marked(project, *id)?;
        wanted.push((*id, marks(*id, &text, &label.span)?, gone(*id, &text, spans, &label.unspan)?, text));
    }
    let t = &desk.out.words.entities;
    for (id, marks, gone, text) in wanted {
        for span in &gone {
            unmark(project, span)?;
            if !label.json {
                desk.out.say(t.unmarked, &[("words", span.range.of(&text))]);
            }
        }
        if !marks.is_empty() {
            let away = mark(project, id, &marks)?;
            for mark in marks.iter().filter(|_| !label.json) {
                desk.out.say(t.marked, &[("entity", &mark.entity), ("words", mark.range.of(&text))]);
            }
            if away > 0 && !label.json {
                desk.out.say(t.gave_way.trim_start_matches(['；', ';', ' ']), &[("n", &away.to_string())]);
            }
        }
        list(desk, label, project, id, &text)?;
    }
    Ok(Some(0))
}

/// Returns the stretches of a text that are named as `ENTITY=WORDS` or `ENTITY=WORDS=VALUE`: words named again are those
/// that stand there next.
fn marks(id: UtteranceId, text: &str, named: &[String]) -> Result<Vec<Mark>, Fault> {
    let mut marks: Vec<Mark> = Vec::new();
    for one in named {
        let (entity, rest) = one.split_once('=').ok_or(Error::EmptyName)?;
        let (words, value) = rest.split_once('=').unwrap_or((rest, ""));
        if entity.trim().is_empty() || words.is_empty() {
            return Err(Error::EmptyName.into());
        }
        let mut places = text.match_indices(words).map(|(at, words)| ByteRange::new(at, at + words.len()));
        let free =
            |range: &ByteRange| marks.iter().all(|mark| range.end <= mark.range.start || mark.range.end <= range.start);
        let range = places.find(free).ok_or_else(|| Error::NotInText { id: id.0, words: words.to_owned() })?;
        marks.push(Mark { range, entity: entity.trim().to_owned(), value: value.to_owned() });
    }
    Ok(marks)
}

/// Returns the spans of a text over the words named.
fn gone(id: UtteranceId, text: &str, mut spans: Vec<Span>, named: &[String]) -> Result<Vec<Span>, Fault> {
    let mut gone = Vec::new();
    for words in named {
        let at = spans.iter().position(|span| span.range.of(text) == words);
        let at = at.ok_or_else(|| Error::NotInText { id: id.0, words: words.clone() })?;
        gone.push(spans.remove(at));
    }
    Ok(gone)
}

/// Prints what is marked in a text now.
fn list(desk: &Desk, label: &Label, project: &Project, id: UtteranceId, text: &str) -> Result<(), Fault> {
    let place = |byte: u32| text[..byte as usize].chars().count();
    for span in marked(project, id)?.1 {
        let (start, end, words) = (place(span.range.start), place(span.range.end), span.range.of(text));
        if label.json {
            desk.out.json(&json!({
                "text": id.0, "start": start, "end": end, "words": words, "entity": span.entity, "value": span.value,
            }));
        } else {
            desk.out.data(&format!("{}\t{start}\t{end}\t{}\t{words}\t{}", id.0, span.entity, span.value));
        }
    }
    Ok(())
}
