//! A stretch of a message, chosen by its words: the arrows move, a mark stays where it was put, Enter takes what
//! lies between. Gives back [`Answer::Stretch`].

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::range::ByteRange;
use crate::i18n::Words;
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::{paint, popup, spans};
use crate::workbench::error::Result;

/// The window.
pub struct Stretch {
    title: String,
    hint: String,
    text: String,
    words: Vec<ByteRange>,
    at: usize,
    /// The word a mark was put on.
    mark: Option<usize>,
}

impl Stretch {
    /// Returns the window for a text and its words, of which there is at least one.
    pub fn new(title: &str, hint: &str, text: &str, words: Vec<ByteRange>) -> Self {
        Self { title: title.to_owned(), hint: hint.to_owned(), text: text.to_owned(), words, at: 0, mark: None }
    }

    fn range(&self) -> ByteRange {
        let other = self.mark.unwrap_or(self.at);
        let (first, last) = (self.at.min(other), self.at.max(other));
        ByteRange { start: self.words[first].start, end: self.words[last].end }
    }
}

impl Screen for Stretch {
    fn scope(&self) -> Scope {
        Scope::Pick
    }

    fn title(&self, _words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(&self.title)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Left | Action::Right | Action::Top | Action::Bottom | Action::Mark | Action::Choose => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, _desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Left => self.at = self.at.saturating_sub(1),
            Action::Right => self.at = (self.at + 1).min(self.words.len() - 1),
            Action::Top => self.at = 0,
            Action::Bottom => self.at = self.words.len() - 1,
            Action::Mark => self.mark = if self.mark.is_none() { Some(self.at) } else { None },
            Action::Choose => return Ok(Effect::Done(Answer::Stretch(self.range()))),
            _ => {}
        }
        Ok(Effect::None)
    }

    fn is_window(&self) -> bool {
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let size = (area.width.saturating_sub(4).min(72), 7.min(area.height));
        let inner = popup::popup(frame, area, size, &self.title, look.theme);
        let inner = Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner };
        let field = Rect { height: inner.height.saturating_sub(1), ..inner };
        spans::draw(frame, field, &self.text, &[(self.range(), Role::Focus)], look.theme);
        if let Some(last) = paint::rows(inner).next_back() {
            paint::line(frame, last, &[(Role::Dim, &self.hint)], look.theme);
        }
    }
}
