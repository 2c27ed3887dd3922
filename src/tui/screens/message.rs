//! Something longer than the notice line: a report, an error with its hint, a text to read in peace.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::Words;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::screen::{Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::{paint, popup};
use crate::workbench::error::Result;

/// The text and how far it was read.
pub struct Message {
    title: String,
    text: String,
    lines: Vec<String>,
    cursor: Cursor,
}

impl Message {
    /// Returns the window that shows a text.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into(), lines: Vec::new(), cursor: Cursor::default() }
    }
}

impl Screen for Message {
    fn scope(&self) -> Scope {
        Scope::Read
    }

    fn title(&self, _words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(&self.title)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Choose | Action::Copy => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, _desk: &mut Desk) -> Result<Effect> {
        Ok(match action {
            Action::Choose => Effect::Back,
            Action::Copy => Effect::Copy(self.text.clone()),
            _ => {
                self.cursor.act(action);
                Effect::None
            }
        })
    }

    fn fit(&mut self, area: Rect) {
        self.lines = cells::wrap(&self.text, usize::from(area.width.saturating_sub(6).min(94)));
        self.cursor.resize(self.lines.len());
        self.cursor.fit(area.height.saturating_sub(4));
    }

    fn is_window(&self) -> bool {
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let widest = self.lines.iter().map(|line| cells::width(line)).max().unwrap_or(0) as u16;
        let size = ((widest + 4).max(40), (self.lines.len() as u16 + 2).min(area.height.saturating_sub(2)));
        let inner = popup::popup(frame, area, size, &self.title, look.theme);
        let inner = Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner };
        for (row, at) in paint::rows(inner).zip(self.cursor.shown()) {
            if let Some(line) = self.lines.get(at) {
                paint::line(frame, row, &[(Role::Text, line)], look.theme);
            }
        }
    }
}
