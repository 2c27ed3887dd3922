//! Stretches of a text marked by keys: a cursor on its signs, kinds on the digits, proposals to take one by one or all.

mod draw;

use std::borrow::Cow;
use std::collections::HashSet;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::ids::UtteranceId;
use crate::domain::label::{Mark, Span};
use crate::domain::range::ByteRange;
use crate::i18n::{Words, fill};
use crate::text::graphemes::trimmed;
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::write::Write;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::selection::Selection;
use crate::workbench::error::Result;
use crate::workbench::label::order::Order;
use crate::workbench::label::spans::{self, Sheet, Synonym};
use crate::workbench::label::{self, QueueItem};
use crate::workbench::proposals::{Known, Proposal, known};

/// Items read at a time.
const PAGE: usize = 20;

/// Where the texts come from, one after the other.
pub(super) enum Texts {
    /// The queue in an order, as far as it was read.
    Queue(Vec<QueueItem>, Order),
    /// These and no more.
    These(Vec<UtteranceId>),
}

/// What the open window will answer.
enum Asked {
    Kind,
    NewKind,
    /// One of these values, or another.
    Value(Vec<String>),
    NewValue,
}

/// What a kind would be given to.
enum Target {
    Stretch(ByteRange),
    Span(Span),
    Proposal(Proposal),
}

/// The window.
pub(super) struct Entities {
    texts: Texts,
    at: usize,
    known: Known,
    /// The kinds in the order of their digits, which stays while the window is open.
    kinds: Vec<String>,
    sheet: Option<Sheet>,
    cursor: Selection,
    /// Proposals the trainer wants to see no more while the window is open.
    dismissed: HashSet<(UtteranceId, ByteRange)>,
    asked: Option<Asked>,
}

impl Entities {
    /// Returns the window on one of these texts.
    pub(super) fn new(texts: Texts, at: usize) -> Self {
        Self {
            texts,
            at,
            known: Known::default(),
            kinds: Vec::new(),
            sheet: None,
            cursor: Selection::new(""),
            dismissed: HashSet::new(),
            asked: None,
        }
    }

    fn id(&self, at: usize) -> Option<UtteranceId> {
        match &self.texts {
            Texts::Queue(items, _) => items.get(at).map(|item| item.utterance.id),
            Texts::These(ids) => ids.get(at).copied(),
        }
    }

    fn text(&self) -> &str {
        self.sheet.as_ref().map_or("", |sheet| &sheet.utterance.text)
    }

    fn span(&self) -> Option<&Span> {
        let here = self.cursor.here().start;
        self.sheet.as_ref()?.spans.iter().find(|span| span.range.start <= here && here < span.range.end)
    }

    fn proposal(&self) -> Option<&Proposal> {
        let here = self.cursor.here().start;
        let mut all = self.sheet.as_ref()?.proposals.iter();
        all.find(|proposal| proposal.mark.range.start <= here && here < proposal.mark.range.end)
    }

    /// Returns the proposal at the cursor, else the next one, else the first.
    fn next_proposal(&self) -> Option<&Proposal> {
        let here = self.cursor.here().start;
        let all = &self.sheet.as_ref()?.proposals;
        all.iter().find(|proposal| proposal.mark.range.end > here).or(all.first())
    }

    /// Returns what a kind would be given to: what is selected, the mark, the proposal or the word at the cursor.
    fn target(&self) -> Option<Target> {
        let sheet = self.sheet.as_ref()?;
        if let Some(range) = self.cursor.range() {
            let range = trimmed(&sheet.utterance.text, range);
            return (!range.is_empty()).then_some(Target::Stretch(range));
        }
        if let Some(span) = self.span() {
            return Some(Target::Span(span.clone()));
        }
        if let Some(proposal) = self.proposal() {
            return Some(Target::Proposal(proposal.clone()));
        }
        let here = self.cursor.here();
        let word = sheet.words.iter().find(|word| word.start <= here.start && here.start < word.end);
        // The dictionary may cut a sign of several code points; then the sign alone is meant.
        let word = word.copied().filter(|word| crate::text::graphemes::is_whole(&sheet.utterance.text, *word));
        let range = trimmed(&sheet.utterance.text, word.unwrap_or(here));
        (!range.is_empty()).then_some(Target::Stretch(range))
    }

    fn range(&self) -> Option<ByteRange> {
        Some(match self.target()? {
            Target::Stretch(range) => range,
            Target::Span(span) => span.range,
            Target::Proposal(proposal) => proposal.mark.range,
        })
    }

    fn words(&self) -> String {
        self.range().map_or(String::new(), |range| range.of(self.text()).to_owned())
    }

    /// Reads the text in hand anew; the cursor stays where it is.
    fn read(&mut self, desk: &mut Desk) -> Result<()> {
        self.known = known(&desk.project)?;
        for kind in self.known.kinds() {
            if !self.kinds.contains(&kind.name) {
                self.kinds.push(kind.name.clone());
            }
        }
        let before = self.sheet.take().map(|sheet| sheet.utterance.id);
        let Some(id) = self.id(self.at) else { return Ok(()) };
        self.sheet = spans::sheet(&mut desk.project, &self.known, id)?;
        if let Some(sheet) = &mut self.sheet {
            sheet.proposals.retain(|proposal| !self.dismissed.contains(&(id, proposal.mark.range)));
        }
        if before != Some(id) {
            self.cursor = Selection::new(self.text());
        }
        Ok(())
    }

    /// Goes to another text, as far as there are.
    fn turn(&mut self, forward: bool, desk: &mut Desk) -> Result<Effect> {
        let to = if forward { self.at + 1 } else { self.at.wrapping_sub(1) };
        if forward
            && self.id(to).is_none()
            && let Texts::Queue(items, order) = &mut self.texts
        {
            let more = label::queue(&desk.project, *order, items, PAGE)?;
            items.extend(more);
        }
        if self.id(to).is_none() {
            return Ok(Effect::Say(desk.words.entities.no_more.to_string()));
        }
        self.at = to;
        self.read(desk)?;
        Ok(Effect::None)
    }

    /// Gives the target a kind.
    fn give(&mut self, kind: &str, desk: &mut Desk) -> Result<Effect> {
        let (Some(target), Some(id)) = (self.target(), self.id(self.at)) else { return Ok(Effect::None) };
        let t = &desk.words.entities;
        let words = self.words();
        let gaps = [("entity", kind), ("words", words.as_str())];
        let said = match target {
            Target::Span(span) => {
                if span.entity != kind {
                    spans::retype(&mut desk.project, &span, kind)?;
                }
                fill(t.retyped, &gaps)
            }
            Target::Stretch(range) | Target::Proposal(Proposal { mark: Mark { range, .. }, .. }) => {
                let mark = Mark { range, entity: kind.to_owned(), value: String::new() };
                let gone = spans::mark(&mut desk.project, id, &[mark])?;
                self.cursor.clear();
                self.cursor.go(range.end - 1);
                let gave_way = fill(t.gave_way, &[("n", &gone.to_string())]);
                fill(t.marked, &gaps) + if gone > 0 { &gave_way } else { "" }
            }
        };
        self.read(desk)?;
        Ok(Effect::Say(said))
    }

    /// Takes proposals as they are.
    fn take(&mut self, taken: &[Proposal], desk: &mut Desk) -> Result<Effect> {
        let Some(id) = self.id(self.at) else { return Ok(Effect::None) };
        let marks: Vec<Mark> = taken.iter().map(|proposal| proposal.mark.clone()).collect();
        spans::mark(&mut desk.project, id, &marks)?;
        self.cursor.clear();
        self.read(desk)?;
        let next = self.next_proposal().map(|proposal| proposal.mark.range.start);
        let end = marks.last().map(|mark| mark.range.end.saturating_sub(1));
        if let Some(place) = next.or(end) {
            self.cursor.go(place);
        }
        let t = &desk.words.entities;
        Ok(Effect::Say(match marks.as_slice() {
            [one] => fill(t.marked, &[("entity", &one.entity), ("words", one.range.of(self.text()))]),
            many => fill(t.taken, &[("n", &many.len().to_string())]),
        }))
    }

    /// Moves the edge of the mark at the cursor, or of what is selected.
    fn drag(&mut self, forward: bool, desk: &mut Desk) -> Result<Effect> {
        let span = self.span().cloned().filter(|_| self.cursor.range().is_none());
        let Some(span) = span else {
            self.cursor.drag(forward);
            return Ok(Effect::None);
        };
        let mut moved = self.cursor.clone();
        let Some(range) = moved.dragged(span.range, forward) else {
            return Ok(Effect::Say(desk.words.entities.edge.to_string()));
        };
        spans::resize(&mut desk.project, &span, range)?;
        self.cursor = moved;
        self.read(desk)?;
        Ok(Effect::None)
    }

    fn delete(&mut self, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.entities;
        if let Some(span) = self.span().cloned() {
            let said = fill(t.unmarked, &[("words", span.range.of(self.text()))]);
            spans::unmark(&mut desk.project, &span)?;
            // What was just taken away is not proposed at once.
            self.dismissed.insert((span.utterance, span.range));
            self.read(desk)?;
            return Ok(Effect::Say(said));
        }
        let (Some(range), Some(id)) = (self.proposal().map(|proposal| proposal.mark.range), self.id(self.at)) else {
            return Ok(Effect::None);
        };
        let said = fill(t.dismissed, &[("words", range.of(self.text()))]);
        self.dismissed.insert((id, range));
        self.read(desk)?;
        Ok(Effect::Say(said))
    }

    fn stand_for(&mut self, value: &str, desk: &mut Desk) -> Result<Effect> {
        let Some(span) = self.span().cloned() else { return Ok(Effect::None) };
        let words = self.words();
        let to = spans::stand_for(&mut desk.project, &span, value)?;
        self.read(desk)?;
        let t = &desk.words.entities;
        let phrase = if to == Synonym::Policy { t.valued_policy } else { t.valued };
        Ok(Effect::Say(fill(phrase, &[("words", &words), ("value", value.trim())])))
    }

    fn ask_value(&mut self, desk: &Desk) -> Effect {
        let t = &desk.words.entities;
        let title = fill(t.value, &[("words", &self.words())]);
        let values = self.span().map(|span| self.known.values(&span.entity)).unwrap_or_default();
        if values.is_empty() {
            self.asked = Some(Asked::NewValue);
            return Effect::Open(Box::new(Write::line(title, t.value_hint, "")));
        }
        let mut items: Vec<Item> = values.iter().map(|value| Item::new(value, "")).collect();
        items.push(Item::new(t.another, ""));
        self.asked = Some(Asked::Value(values));
        Effect::Open(Box::new(Choose::search(title, items)))
    }

    fn ask_new_kind(&mut self, desk: &Desk) -> Effect {
        let t = &desk.words.entities;
        self.asked = Some(Asked::NewKind);
        Effect::Open(Box::new(Write::line(t.new, t.new_hint, "")))
    }
}

impl Screen for Entities {
    fn scope(&self) -> Scope {
        Scope::Entities
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.entities.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.read(desk)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.entities;
        let only = |can: bool, reason: &'static str| if can { Ok(()) } else { Err(Cow::Borrowed(reason)) };
        match action {
            Action::NextText => Ok(()),
            Action::PreviousText => only(self.at > 0, t.no_more),
            Action::Left | Action::Right | Action::Top | Action::Bottom => Ok(()),
            Action::WordLeft | Action::WordRight | Action::Anchor | Action::DragLeft | Action::DragRight => {
                only(!self.text().is_empty(), t.nothing_to_mark)
            }
            Action::TakeOne | Action::TakeAll => only(self.next_proposal().is_some(), t.no_proposals),
            Action::Delete => only(self.span().is_some() || self.proposal().is_some(), t.nothing_here),
            Action::Value => only(self.span().is_some(), t.no_span),
            Action::FindKind | Action::NewKind | Action::KeepWord => only(self.range().is_some(), t.nothing_to_mark),
            _ => match action.place() {
                Some(place) if place >= self.kinds.len() => Err(Cow::Borrowed(t.no_kind)),
                Some(_) => only(self.range().is_some(), t.nothing_to_mark),
                None => desk.not_here(),
            },
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.entities;
        let words = self.sheet.as_ref().map(|sheet| sheet.words.as_slice()).unwrap_or_default();
        match action {
            Action::Left => self.cursor.step(-1),
            Action::Right => self.cursor.step(1),
            Action::Top => self.cursor.go(0),
            Action::Bottom => self.cursor.go(u32::MAX),
            Action::WordLeft | Action::WordRight => self.cursor.jump(words, action == Action::WordRight),
            Action::Anchor => self.cursor.toggle(),
            Action::DragLeft | Action::DragRight => return self.drag(action == Action::DragRight, desk),
            Action::NextText | Action::PreviousText => return self.turn(action == Action::NextText, desk),
            Action::TakeOne => {
                let one: Vec<Proposal> = self.next_proposal().cloned().into_iter().collect();
                return self.take(&one, desk);
            }
            Action::TakeAll => {
                let all = self.sheet.as_ref().map(|sheet| sheet.proposals.clone()).unwrap_or_default();
                return self.take(&all, desk);
            }
            Action::Delete => return self.delete(desk),
            Action::FindKind => {
                if self.kinds.is_empty() {
                    return Ok(self.ask_new_kind(desk));
                }
                let marks = |name: &String| {
                    self.known.kinds().iter().find(|kind| kind.name == *name).map_or(0, |kind| kind.marks)
                };
                let mut items: Vec<Item> =
                    self.kinds.iter().map(|name| Item::new(name, format!("×{}", thousands(marks(name))))).collect();
                items.push(Item::new(t.another, ""));
                self.asked = Some(Asked::Kind);
                return Ok(Effect::Open(Box::new(Choose::search(t.into, items))));
            }
            Action::NewKind => return Ok(self.ask_new_kind(desk)),
            Action::Value => return Ok(self.ask_value(desk)),
            Action::KeepWord => {
                let words = self.words();
                let kept = spans::keep_word(&mut desk.project, &words)?;
                self.read(desk)?;
                let phrase = if kept { t.word_kept } else { t.word_gone };
                return Ok(Effect::Say(fill(phrase, &[("words", &words)])));
            }
            _ => {
                if let Some(kind) = action.place().and_then(|place| self.kinds.get(place)).cloned() {
                    return self.give(&kind, desk);
                }
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        match (self.asked.take(), answer) {
            (Some(Asked::Kind), Answer::Chosen(at)) => match self.kinds.get(at).cloned() {
                Some(kind) => self.give(&kind, desk),
                None => Ok(self.ask_new_kind(desk)),
            },
            (Some(Asked::NewKind), Answer::Text(name)) => self.give(name.trim(), desk),
            (Some(Asked::Value(values)), Answer::Chosen(at)) => match values.get(at) {
                Some(value) => self.stand_for(value, desk),
                None => {
                    let t = &desk.words.entities;
                    self.asked = Some(Asked::NewValue);
                    let title = fill(t.value, &[("words", &self.words())]);
                    Ok(Effect::Open(Box::new(Write::line(title, t.value_hint, ""))))
                }
            },
            (Some(Asked::NewValue), Answer::Text(value)) => self.stand_for(&value, desk),
            _ => Ok(Effect::None),
        }
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        self.draw_sheet(frame, area, look);
    }
}

#[cfg(test)]
mod tests;
