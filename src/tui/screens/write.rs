//! A text to write: a name, a path, a note, a guideline. Gives back [`Answer::Text`].

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::Words;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::key::Key;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::editor::Editor;
use crate::tui::widgets::input::Input;
use crate::tui::widgets::{paint, popup};
use crate::workbench::error::Result;

/// Columns at the end of the hint for the key that ends the writing.
const KEY: usize = 14;

/// What is being written in.
enum Field {
    Line(Input),
    Lines(Box<Editor>),
}

/// The window.
pub struct Write {
    title: String,
    hint: String,
    field: Field,
}

impl Write {
    /// Returns a window for one line, which Enter ends.
    pub fn line(title: impl Into<String>, hint: impl Into<String>, text: &str) -> Self {
        Self { title: title.into(), hint: hint.into(), field: Field::Line(Input::with(text)) }
    }

    /// Returns a window for one line that proposes a text: Enter takes it, writing replaces it.
    pub fn proposal(title: impl Into<String>, hint: impl Into<String>, text: &str) -> Self {
        Self { field: Field::Line(Input::proposing(text)), ..Self::line(title, hint, "") }
    }

    /// Returns a window for many lines of prose, which Ctrl-S ends.
    pub fn lines(title: impl Into<String>, hint: impl Into<String>, text: &str) -> Self {
        Self { title: title.into(), hint: hint.into(), field: Field::Lines(Box::new(Editor::prose(text))) }
    }

    /// Returns a window for many lines of YAML, numbered, which Ctrl-S ends.
    pub fn code(title: impl Into<String>, hint: impl Into<String>, text: &str) -> Self {
        Self { title: title.into(), hint: hint.into(), field: Field::Lines(Box::new(Editor::code(text))) }
    }

    /// Puts the caret on a line and a column, from 1.
    pub fn at(mut self, line: u32, column: u32) -> Self {
        if let Field::Lines(editor) = &mut self.field {
            editor.go(line.saturating_sub(1) as usize, column.saturating_sub(1) as usize);
        }
        self
    }
}

impl Screen for Write {
    fn scope(&self) -> Scope {
        Scope::Text
    }

    fn title(&self, _words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(&self.title)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        if action == Action::Send { Ok(()) } else { desk.not_here() }
    }

    fn act(&mut self, _action: Action, _desk: &mut Desk) -> Result<Effect> {
        let text = match &mut self.field {
            Field::Line(input) => input.take(),
            Field::Lines(editor) => editor.text(),
        };
        Ok(Effect::Done(Answer::Text(text)))
    }

    fn typing(&self) -> bool {
        true
    }

    fn type_key(&mut self, key: Key, _desk: &mut Desk) -> Result<bool> {
        Ok(match &mut self.field {
            Field::Line(input) => input.key(key),
            Field::Lines(editor) => editor.key(key),
        })
    }

    fn paste(&mut self, text: &str, _desk: &mut Desk) -> Result<()> {
        match &mut self.field {
            Field::Line(input) => input.paste(text),
            Field::Lines(editor) => editor.paste(text),
        }
        Ok(())
    }

    fn is_window(&self) -> bool {
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let size = match &self.field {
            Field::Line(_) => (area.width.saturating_sub(4).min(72), 5),
            Field::Lines(_) => (area.width.saturating_sub(2).min(100), area.height.saturating_sub(2)),
        };
        let inner = popup::popup(frame, area, size, &self.title, look.theme);
        let inner = Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner };
        let field = Rect { height: inner.height.saturating_sub(2).max(1).min(inner.height), ..inner };
        match &self.field {
            Field::Line(input) => {
                input.draw(frame, Rect { height: 1.min(inner.height), ..field }, look.focused, look.theme)
            }
            Field::Lines(editor) => editor.draw(frame, field, look.focused, look.theme),
        }
        if let Some(last) = paint::rows(inner).skip(usize::from(field.height)).last() {
            // What is too long for one line begins on the free one above it.
            let lines = cells::wrap(&self.hint, usize::from(last.width).saturating_sub(KEY));
            let above = Rect { y: last.y.saturating_sub(1), ..last };
            match lines.as_slice() {
                [first, second, ..] if above.y > field.y => {
                    paint::line(frame, above, &[(Role::Dim, first)], look.theme);
                    paint::line(frame, last, &[(Role::Dim, second)], look.theme);
                }
                _ => _ = paint::line(frame, last, &[(Role::Dim, &self.hint)], look.theme),
            }
            let typed = matches!(self.field, Field::Lines(_));
            let key = look.keymap.keys(Scope::Text, Action::Send).into_iter().find(|k| !typed || k.ctrl);
            let key = key.map(|key| key.to_string()).unwrap_or_default();
            let what = Action::Send.phrase(look.words).short;
            paint::line_right(frame, last, &[(Role::Key, &key), (Role::Dim, " "), (Role::Dim, what)], look.theme);
        }
    }
}
