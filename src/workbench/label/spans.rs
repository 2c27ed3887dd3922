//! Stretches of a text that stand for a value: marked, changed, taken from proposals. One event an act.
//!
//! A span lies on the clean text, begins and ends between signs, and overlaps no other.

use crate::dialogue::policy::patch::with_synonym;
use crate::domain::conversation::Turn;
use crate::domain::event::Act;
use crate::domain::ids::{SpanId, UtteranceId};
use crate::domain::label::{Mark, Span, Word};
use crate::domain::range::ByteRange;
use crate::domain::utterance::Utterance;
use crate::store::history::Deed;
use crate::store::record::Recorder;
use crate::text::clean::offsets::Offsets;
use crate::text::graphemes::{is_whole, trimmed};
use crate::workbench::error::{Error, Result};
use crate::workbench::personal::hides;
use crate::workbench::project::{Project, now};
use crate::workbench::proposals::{Known, Proposal, apart};

/// A text with what is marked in it and what could be.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub utterance: Utterance,
    pub spans: Vec<Span>,
    pub proposals: Vec<Proposal>,
    /// Its words by the dictionary as it stands, without blanks and signs.
    pub words: Vec<ByteRange>,
    /// The message as it came, where it differs and hides nothing.
    pub raw: Option<Raw>,
}

/// A message as it came, with the way to it from the clean text.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw {
    pub text: String,
    offsets: Offsets,
}

impl Raw {
    /// Returns the stretch of the message that a stretch of the clean text came from.
    pub fn of(&self, range: ByteRange) -> ByteRange {
        self.offsets.to_raw(range)
    }
}

/// Where the words of a synonym went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Synonym {
    /// To the mark and to the policy, which lists the entity's values.
    Policy,
    /// To the mark alone.
    #[default]
    Mark,
}

/// Returns the sheet of an utterance; `None` when there is none of that id.
pub fn sheet(project: &mut Project, known: &Known, id: UtteranceId) -> Result<Option<Sheet>> {
    let Some(utterance) = project.store.utterance(id)? else { return Ok(None) };
    let spans = project.store.spans(id)?;
    let proposals = known.proposals(&utterance.text, &spans);
    let segmenter = project.segmenter()?;
    let mut words = Vec::new();
    let mut at = 0;
    for word in segmenter.words(&utterance.text) {
        if word.chars().any(char::is_alphanumeric) {
            words.push(ByteRange::new(at, at + word.len()));
        }
        at += word.len();
    }
    let said = project.store.context(id, 0, 0)?;
    let raw = match said.and_then(|(turns, here)| turns.into_iter().nth(here)) {
        Some(turn) => raw(project, turn, &utterance.text)?,
        None => None,
    };
    Ok(Some(Sheet { utterance, spans, proposals, words, raw }))
}

/// Returns a turn's message with the way to it, unless it is the clean text or behind masks.
fn raw(project: &Project, turn: Turn, clean: &str) -> Result<Option<Raw>> {
    if turn.raw == clean || turn.clean.as_deref() != Some(clean) || hides(&turn) {
        return Ok(None);
    }
    let offsets = Offsets::from_bytes(&project.store.offsets(turn.id)?);
    Ok(offsets.map(|offsets| Raw { text: turn.raw, offsets }))
}

/// Returns a text with what is marked in it.
pub fn marked(project: &Project, id: UtteranceId) -> Result<(String, Vec<Span>)> {
    Ok((text(project, id)?, project.store.spans(id)?))
}

/// Marks stretches of a text, each without the blanks at its ends; what was marked across one gives way.
///
/// Returns how many gave way.
pub fn mark(project: &mut Project, id: UtteranceId, marks: &[Mark]) -> Result<u64> {
    let text = text(project, id)?;
    let mut wanted: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks {
        let entity = checked(&mark.entity)?;
        let range = whole(&text, trimmed(&text, mark.range))?;
        let value = if mark.value == range.of(&text) { String::new() } else { mark.value.clone() };
        if wanted.iter().any(|other| !apart(other.range, range)) {
            return Err(Error::SpansCross { entity });
        }
        wanted.push(Mark { range, entity, value });
    }
    act(project, &text, |recorder, _| {
        let standing = recorder.spans(id)?;
        let same = |span: &Span, mark: &Mark| {
            span.range == mark.range && span.entity == mark.entity && span.value == mark.value
        };
        wanted.retain(|mark| standing.iter().all(|span| !same(span, mark)));
        let crossed = |span: &&Span| wanted.iter().any(|mark| !apart(span.range, mark.range));
        let gone: Vec<SpanId> = standing.iter().filter(crossed).map(|span| span.id).collect();
        gone.iter().try_for_each(|id| recorder.remove_span(*id))?;
        for Mark { range, entity, value } in &wanted {
            let (range, entity, value) = (*range, entity.clone(), value.clone());
            recorder.add_span(&Span { id: SpanId(0), utterance: id, range, entity, value })?;
        }
        Ok(gone.len() as u64)
    })
}

/// Gives a span another stretch; refused where that would overlap another span.
pub fn resize(project: &mut Project, span: &Span, range: ByteRange) -> Result<()> {
    let text = text(project, span.utterance)?;
    let range = whole(&text, range)?;
    let others = project.store.spans(span.utterance)?;
    if let Some(other) = others.into_iter().find(|other| other.id != span.id && !apart(other.range, range)) {
        return Err(Error::SpansCross { entity: other.entity });
    }
    // Another stretch is other words: what they stood for no longer holds.
    act(project, &text, |recorder, _| rewrite(recorder, Span { range, value: String::new(), ..span.clone() }))
}

/// Gives a span another entity.
pub fn retype(project: &mut Project, span: &Span, entity: &str) -> Result<()> {
    let entity = checked(entity)?;
    let text = text(project, span.utterance)?;
    act(project, &text, |recorder, _| rewrite(recorder, Span { entity, value: String::new(), ..span.clone() }))
}

/// Takes a span away.
pub fn unmark(project: &mut Project, span: &Span) -> Result<()> {
    let text = text(project, span.utterance)?;
    act(project, &text, |recorder, _| recorder.remove_span(span.id))
}

/// Says that a span's words stand for a value; where the policy lists the entity's values, they become its synonym there.
pub fn stand_for(project: &mut Project, span: &Span, value: &str) -> Result<Synonym> {
    let value = checked(value)?;
    let text = text(project, span.utterance)?;
    let words = span.range.of(&text);
    let draft = project.store.policy()?;
    let changed = draft.and_then(|draft| with_synonym(&draft.yaml, &span.entity, &value, words));
    let own = if value == words { String::new() } else { value };
    act(project, &text, |recorder, (actor, at)| {
        rewrite(recorder, Span { value: own, ..span.clone() })?;
        Ok(match &changed {
            Some(yaml) => {
                recorder.add_policy(yaml, at, actor)?;
                Synonym::Policy
            }
            None => Synonym::Mark,
        })
    })
}

/// Puts words into the trainer's dictionary, or takes them out when they stand there; tells whether they stand there now.
pub fn keep_word(project: &mut Project, words: &str) -> Result<bool> {
    let words = checked(words)?;
    let known = project.store.words()?.iter().any(|word| word.text == words);
    let (op, actor) = (project.op(), project.actor().to_string());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Words, subject: &words };
    project.store.act(&deed, |recorder| match known {
        true => recorder.remove_word(&words),
        false => recorder.put_word(&Word { text: words.clone(), tag: "n".into() }),
    })?;
    Ok(!known)
}

fn act<T: Default>(
    project: &mut Project,
    text: &str,
    work: impl FnOnce(&mut Recorder<'_, '_>, (&str, i64)) -> crate::store::error::Result<T>,
) -> Result<T> {
    let (op, actor, at) = (project.op(), project.actor().to_string(), now());
    let deed = Deed { op: &op, actor: &actor, at, act: Act::Span, subject: text };
    let done = project.store.act(&deed, |recorder| work(recorder, (&actor, at)))?;
    Ok(done.map_or_else(T::default, |(_, value)| value))
}

/// Writes a span anew, unless somebody took it away meanwhile.
fn rewrite(recorder: &mut Recorder<'_, '_>, span: Span) -> crate::store::error::Result<()> {
    match recorder.spans(span.utterance)?.iter().any(|standing| standing.id == span.id) {
        true => recorder.put_span(&span),
        false => Ok(()),
    }
}

fn text(project: &Project, id: UtteranceId) -> Result<String> {
    project.store.utterance(id)?.map(|utterance| utterance.text).ok_or(Error::UnknownText { id: id.0 })
}

/// Returns a stretch if it fits the text and cuts no sign.
fn whole(text: &str, range: ByteRange) -> Result<ByteRange> {
    if is_whole(text, range) { Ok(range) } else { Err(Error::NoStretch) }
}

/// Returns a name trimmed, if it is one.
fn checked(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() { Err(Error::EmptyName) } else { Ok(name.to_string()) }
}

/// Returns an utterance of exactly this text, for tests.
#[cfg(test)]
pub(crate) fn met(project: &mut Project, text: &str) -> UtteranceId {
    project.store.meet(&crate::workbench::current::utterance(text)).expect("a text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbench::current::utterance;
    use crate::workbench::design;
    use crate::workbench::proposals::known;

    const TEXT: &str = "给👨‍👩‍👧张三转500元\r\n谢谢";

    fn project() -> (Project, UtteranceId) {
        let mut project = Project::in_memory("li").unwrap();
        let id = project.store.meet(&utterance(TEXT)).unwrap();
        (project, id)
    }

    fn at(words: &str, entity: &str) -> Mark {
        let start = TEXT.find(words).expect("it says so");
        Mark { range: ByteRange::new(start, start + words.len()), entity: entity.into(), value: String::new() }
    }

    fn seen(project: &Project, id: UtteranceId) -> Vec<String> {
        let spans = project.store.spans(id).unwrap();
        spans.iter().map(|span| format!("{}:{}={}", span.entity, span.range.of(TEXT), span.value)).collect()
    }

    #[test]
    fn a_stretch_is_marked_without_its_blanks_and_what_it_crosses_gives_way() {
        let (mut project, id) = project();
        assert_eq!(mark(&mut project, id, &[at("张三", "收款人"), at("500元\r\n", "金额")]).unwrap(), 0);
        assert_eq!(seen(&project, id), ["收款人:张三=", "金额:500元="]);
        assert_eq!(mark(&mut project, id, &[at("三转500", "别的")]).unwrap(), 2);
        assert_eq!(seen(&project, id), ["别的:三转500="]);
        project.undo().unwrap();
        assert_eq!(seen(&project, id), ["收款人:张三=", "金额:500元="]);
        project.undo().unwrap();
        assert_eq!(seen(&project, id), [""; 0]);
    }

    #[test]
    fn what_cuts_a_sign_or_overlaps_is_refused_and_changes_nothing() {
        let (mut project, id) = project();
        mark(&mut project, id, &[at("张三", "收款人"), at("500", "金额")]).unwrap();
        let before = project.saved().unwrap();
        let cut = Mark { range: ByteRange::new(3, 7), ..at("张三", "人") };
        assert!(matches!(mark(&mut project, id, &[cut]), Err(Error::NoStretch)));
        assert!(matches!(mark(&mut project, id, &[at("\r\n", "x")]), Err(Error::NoStretch)), "nothing but blanks");
        assert!(matches!(mark(&mut project, id, &[at("谢谢", " ")]), Err(Error::EmptyName)));
        let both = [at("谢谢", "a"), at("谢", "b")];
        assert!(matches!(mark(&mut project, id, &both), Err(Error::SpansCross { .. })));
        let spans = project.store.spans(id).unwrap();
        let over = resize(&mut project, &spans[0], at("张三转5", "").range);
        assert!(matches!(over, Err(Error::SpansCross { entity }) if entity == "金额"));
        assert_eq!(project.saved().unwrap(), before);
    }

    #[test]
    fn a_synonym_goes_to_the_mark_and_to_the_policy_and_one_undo_takes_back_both() {
        let (mut project, id) = project();
        design::save(&mut project, "entities:\n  收款人:\n    values: {张先生: [老张]}  # 熟人\n").unwrap();
        mark(&mut project, id, &[at("张三", "收款人"), at("500元", "金额")]).unwrap();
        let spans = project.store.spans(id).unwrap();
        assert_eq!(stand_for(&mut project, &spans[0], "张先生").unwrap(), Synonym::Policy);
        assert_eq!(seen(&project, id), ["收款人:张三=张先生", "金额:500元="]);
        let draft = |project: &Project| project.store.policy().unwrap().unwrap().yaml;
        assert_eq!(draft(&project), "entities:\n  收款人:\n    values: {张先生: [张三, 老张]}  # 熟人\n");
        assert_eq!(stand_for(&mut project, &spans[1], "500").unwrap(), Synonym::Mark);
        project.undo().unwrap();
        project.undo().unwrap();
        assert_eq!(seen(&project, id), ["收款人:张三=", "金额:500元="]);
        assert!(!draft(&project).contains("张三"));
    }

    #[test]
    fn a_word_kept_is_felt_by_the_segmenter_at_once() {
        let mut project = Project::in_memory("li").unwrap();
        let id = project.store.meet(&utterance("微粒贷怎么开通")).unwrap();
        let first = |project: &mut Project| {
            let known = known(project).unwrap();
            let sheet = sheet(project, &known, id).unwrap().unwrap();
            sheet.words[0].of(&sheet.utterance.text).to_owned()
        };
        assert_ne!(first(&mut project), "微粒贷");
        assert!(keep_word(&mut project, "微粒贷").unwrap());
        assert_eq!(first(&mut project), "微粒贷");
        assert!(!keep_word(&mut project, "微粒贷").unwrap());
        assert_ne!(first(&mut project), "微粒贷");
    }

    #[test]
    fn a_span_on_the_clean_text_points_into_the_message_as_it_came() {
        let mut project = Project::in_memory("li").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("texts.txt");
        std::fs::write(&file, "<b>给张三</b>转５００元！！！！\n").unwrap();
        let options = crate::formats::options::ReadOptions::default();
        crate::workbench::import::import(&mut project, &[file], &options, &crate::progress::Quiet).unwrap();
        let id = UtteranceId(project.store.last_utterance().unwrap());
        let sheet = sheet(&mut project, &Known::default(), id).unwrap().unwrap();
        let clean = &sheet.utterance.text;
        let raw = sheet.raw.expect("cleaning changed it");
        for (words, from) in [("张三", "张三"), ("500元", "５００元")] {
            let start = clean.find(words).unwrap_or_else(|| panic!("{words} in {clean}"));
            assert_eq!(raw.of(ByteRange::new(start, start + words.len())).of(&raw.text), from);
        }
    }
}
