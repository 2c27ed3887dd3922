//! Marking what a stretch of a customer's message stands for: it becomes an example with an entity.

use crate::dialogue::hear::extract::values;
use crate::dialogue::hear::fold::fold;
use crate::domain::event::Act;
use crate::domain::ids::SpanId;
use crate::domain::label::{Label, LabelSource, Span, Verdict};
use crate::domain::range::ByteRange;
use crate::store::history::Deed;
use crate::workbench::current::utterance;
use crate::workbench::error::Result;
use crate::workbench::project::{Project, now};
use crate::workbench::talk::{Chat, Exchange};

/// A stretch of a message in the marking: an example in which it stands for a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Marking {
    /// The message as it is kept.
    pub text: String,
    /// Its words, without blanks and signs; at least one.
    pub words: Vec<ByteRange>,
    pub range: ByteRange,
    pub entity: String,
    /// Empty for the words themselves.
    pub value: String,
    /// What the message means; `None` when neither a trainer nor the model says.
    pub verdict: Option<Verdict>,
}

impl Chat {
    /// Returns the kinds of values the bot knows.
    pub fn entities(&self) -> Vec<String> {
        self.bot().policy.entities.iter().map(|entity| entity.name.clone()).collect()
    }

    /// Returns the value the bot hears in a stretch, else the stretch itself.
    pub fn value_of(&self, marking: &Marking) -> String {
        let words = marking.range.of(&marking.text);
        let entity = self.bot().policy.entity(&marking.entity);
        let heard = entity.and_then(|entity| values(entity, &fold(words), "").into_iter().next());
        heard.map_or(words.to_string(), |found| found.value)
    }
}

/// Returns what can be marked in what the customer said in an exchange; `None` when nothing was said.
pub fn marking(project: &mut Project, exchange: &Exchange) -> Result<Option<Marking>> {
    let Some(said) = &exchange.said else { return Ok(None) };
    let text = project.example(said)?.text;
    let segmenter = project.segmenter()?;
    let mut words = Vec::new();
    let mut at = 0;
    for word in segmenter.words(&text) {
        if word.chars().any(char::is_alphanumeric) {
            words.push(ByteRange::new(at, at + word.len()));
        }
        at += word.len();
    }
    let Some(range) = words.first().copied() else { return Ok(None) };
    let id = project.store.meet(&utterance(&text))?;
    let standing = project.store.label(id)?.map(|label| label.verdict);
    let heard = exchange.record.meant().and_then(|name| Some(project.catalogue().ok()?.named(name)?.id));
    let verdict = standing.or(heard.map(Verdict::Intent));
    Ok(Some(Marking { text, words, range, entity: String::new(), value: String::new(), verdict }))
}

/// Keeps a marked message as an example; what was marked across the stretch before gives way. One step to undo.
pub fn mark(project: &mut Project, marking: &Marking) -> Result<()> {
    let new = utterance(&marking.text);
    let id = project.store.meet(&new)?;
    let crossed = |span: &Span| span.range.start < marking.range.end && marking.range.start < span.range.end;
    let gone: Vec<Span> = project.store.spans(id)?.into_iter().filter(crossed).collect();
    let unlabelled = project.store.label(id)?.is_none();
    let surface = marking.value == marking.range.of(&marking.text);
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Label, subject: &new.text };
    project.store.act(&deed, |recorder| {
        for span in &gone {
            recorder.remove_span(span.id)?;
        }
        recorder.add_span(&Span {
            id: SpanId(0),
            utterance: id,
            range: marking.range,
            entity: marking.entity.clone(),
            value: if surface { String::new() } else { marking.value.clone() },
        })?;
        if let Some(verdict) = marking.verdict.filter(|_| unlabelled) {
            let (actor, note) = (actor.clone(), String::new());
            recorder.put_label(&Label { utterance: id, verdict, source: LabelSource::Talk, actor, at, note })?;
        }
        Ok(())
    })?;
    Ok(())
}
