//! A question before something that is hard to undo: Enter is yes, Esc is no.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::Words;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::{paint, popup};
use crate::workbench::error::Result;

/// The question.
pub struct Ask {
    question: String,
}

impl Ask {
    /// Returns the window that asks.
    pub fn new(question: String) -> Self {
        Self { question }
    }
}

impl Screen for Ask {
    fn scope(&self) -> Scope {
        Scope::Ask
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.screens.ask)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        if matches!(action, Action::Yes | Action::No) { Ok(()) } else { desk.not_here() }
    }

    fn act(&mut self, action: Action, _desk: &mut Desk) -> Result<Effect> {
        Ok(if action == Action::Yes { Effect::Done(Answer::Sure) } else { Effect::Back })
    }

    fn is_window(&self) -> bool {
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let width = area.width.min(56);
        let lines = cells::wrap(&self.question, usize::from(width.saturating_sub(4)));
        let height = lines.len() as u16 + 4;
        let inner = popup::popup(frame, area, (width, height), look.words.screens.ask, look.theme);
        let inner = Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner };
        let mut rows = paint::rows(inner);
        for line in &lines {
            if let Some(row) = rows.next() {
                paint::line(frame, row, &[(Role::Text, line)], look.theme);
            }
        }
        let Some(last) = rows.next_back() else { return };
        let (yes, no) = (look.key(Scope::Ask, Action::Yes), look.key(Scope::Ask, Action::No));
        let phrase = |action: Action| action.phrase(look.words).short;
        let pieces = [
            (Role::Key, yes.as_str()),
            (Role::Dim, " "),
            (Role::Text, phrase(Action::Yes)),
            (Role::Dim, "    "),
            (Role::Key, no.as_str()),
            (Role::Dim, " "),
            (Role::Text, phrase(Action::No)),
        ];
        paint::line(frame, last, &pieces, look.theme);
        if look.focused {
            paint::caret(frame, last, 0, 0);
        }
    }
}
