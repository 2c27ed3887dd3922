//! All keys that mean something on the screen below, printed from the keymap.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::Words;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::key::Key;
use crate::tui::keymap::Keymap;
use crate::tui::screen::{Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::{paint, popup};
use crate::workbench::error::Result;

/// A line: keys and meaning, or a heading with no keys.
struct Line {
    keys: String,
    what: String,
}

/// The window.
pub struct Help {
    lines: Vec<Line>,
    cursor: Cursor,
}

impl Help {
    /// Returns the help of a screen; while a text is written, keys that would write are left out.
    /// `can` tells whether moving about in some way does anything there.
    pub fn new(
        keymap: &Keymap,
        below: (Scope, bool),
        title: &str,
        words: &'static Words,
        can: impl Fn(Action) -> bool,
    ) -> Self {
        let (scope, typing) = below;
        let mut lines = Vec::new();
        for place in scope.chain() {
            let heading = match place {
                Scope::Global => words.screens.help_everywhere.to_owned(),
                Scope::Move => words.screens.help_move.to_owned(),
                _ => format!("{title} · {}", words.screens.help_here),
            };
            let mut section = Vec::new();
            let keys = |action: Action| -> Vec<String> {
                let keys = keymap.keys(scope, action).into_iter().filter(|key| !typing || key.text().is_none());
                keys.map(|key: Key| key.to_string()).collect()
            };
            // Choices by number are one line, not nine.
            let picks: Vec<String> = keymap.actions(*place).filter(|a| a.place().is_some()).flat_map(keys).collect();
            if let (Some(first), Some(last)) = (picks.first(), picks.last()) {
                section.push(Line { keys: format!("{first} - {last}"), what: words.screens.pick.to_owned() });
            }
            for action in keymap.actions(*place).filter(|action| action.place().is_none()) {
                if *place == Scope::Move && !can(action) {
                    continue;
                }
                let keys = keys(action);
                if !keys.is_empty() {
                    section.push(Line { keys: keys.join("  "), what: action.phrase(words).long.to_owned() });
                }
            }
            if !section.is_empty() {
                lines.push(Line { keys: String::new(), what: heading });
                lines.extend(section);
            }
        }
        Self { cursor: Cursor::new(lines.len()), lines }
    }
}

impl Screen for Help {
    fn scope(&self) -> Scope {
        Scope::Read
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.screens.help)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Choose => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, _desk: &mut Desk) -> Result<Effect> {
        if action == Action::Choose {
            return Ok(Effect::Back);
        }
        self.cursor.act(action);
        Ok(Effect::None)
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(4));
    }

    fn is_window(&self) -> bool {
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let size =
            (area.width.saturating_sub(4).min(76), area.height.saturating_sub(2).min(self.lines.len() as u16 + 2));
        let inner = popup::popup(frame, area, size, look.words.screens.help, look.theme);
        let keys =
            self.lines.iter().map(|line| cells::width(&line.keys)).max().unwrap_or(0).min(usize::from(inner.width) / 2);
        for (row, at) in paint::rows(inner).zip(self.cursor.shown()) {
            let line = &self.lines[at];
            if line.keys.is_empty() {
                paint::line(frame, row, &[(Role::Title, &line.what)], look.theme);
            } else {
                let shown = cells::fit(&line.keys, keys);
                let pieces = [(Role::Text, "  "), (Role::Key, &*shown), (Role::Text, "  "), (Role::Text, &*line.what)];
                paint::line(frame, row, &pieces, look.theme);
            }
            if self.cursor.at() == Some(at) {
                paint::tint(frame, row, Role::Chosen, look.theme);
                if look.focused {
                    paint::caret(frame, row, 0, 0);
                }
            }
        }
    }
}
