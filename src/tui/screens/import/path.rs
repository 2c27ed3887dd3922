//! A path to write, with what lies there below: Tab completes, arrows walk, a folder is gone into.
//! Gives back [`Answer::Text`].

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::{Words, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::key::Key;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::input::Input;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::tui::widgets::{paint, popup};
use crate::workbench::error::Result;
use crate::workbench::places::{self, Place};

/// The window.
pub struct PathWindow {
    input: Input,
    places: Vec<Place>,
    cursor: Cursor,
    /// Whether the arrows chose a place, which Enter then means rather than the text.
    picked: bool,
}

impl PathWindow {
    /// Returns the window with a beginning of a path.
    pub fn new(text: &str) -> Self {
        let mut window =
            Self { input: Input::with(text), places: Vec::new(), cursor: Cursor::default(), picked: false };
        window.look();
        window
    }

    fn look(&mut self) {
        self.places = places::going_on(self.input.text());
        self.cursor = Cursor::new(self.places.len());
        self.picked = false;
    }

    fn write(&mut self, text: &str) {
        self.input = Input::with(text);
        self.look();
    }

    fn place(&self) -> Option<&Place> {
        self.cursor.at().filter(|_| self.picked).and_then(|at| self.places.get(at))
    }

    fn size(area: Rect) -> (u16, u16) {
        (area.width.saturating_sub(4).min(100), area.height.saturating_sub(2))
    }
}

impl Screen for PathWindow {
    fn scope(&self) -> Scope {
        Scope::Text
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.import.path)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Send if self.place().is_some() || places::written(self.input.text()).exists() => Ok(()),
            Action::Send => Err(Cow::Borrowed(desk.words.import.not_here)),
            Action::NextPane => Ok(()),
            _ if !self.places.is_empty() && self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, _desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Send => {
                let Some(place) = self.place() else {
                    return Ok(Effect::Done(Answer::Text(self.input.take())));
                };
                let gone = places::gone_to(self.input.text(), place);
                if !place.folder {
                    return Ok(Effect::Done(Answer::Text(gone)));
                }
                self.write(&gone);
            }
            Action::NextPane => {
                let text = match self.place() {
                    Some(place) => places::gone_to(self.input.text(), place),
                    None => places::completed(self.input.text(), &self.places),
                };
                self.write(&text);
            }
            _ => {
                // The first arrow goes to the first place, not to the second.
                if self.picked || action != Action::Down {
                    self.cursor.act(action);
                }
                self.picked = true;
            }
        }
        Ok(Effect::None)
    }

    fn typing(&self) -> bool {
        true
    }

    fn type_key(&mut self, key: Key, _desk: &mut Desk) -> Result<bool> {
        let taken = self.input.key(key);
        if taken {
            self.look();
        }
        Ok(taken)
    }

    fn paste(&mut self, text: &str, _desk: &mut Desk) -> Result<()> {
        self.input.paste(text);
        self.look();
        Ok(())
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(Self::size(area).1.saturating_sub(5));
    }

    fn is_window(&self) -> bool {
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.import;
        let inner = popup::popup(frame, area, Self::size(area), t.path, look.theme);
        let mut rows = paint::rows(inner);
        let (Some(line), _) = (rows.next(), rows.next()) else { return };
        let field = Rect { x: line.x + 1.min(line.width), width: line.width.saturating_sub(2), ..line };
        let list = Rect { y: inner.y + 2.min(inner.height), height: inner.height.saturating_sub(3), ..inner };
        let columns = [Column::share("", 1), Column::figures("", 14)];
        let shown: Vec<Row> = self
            .cursor
            .shown()
            .filter_map(|at| self.places.get(at))
            .map(|place| match place.folder {
                true => Row::of([(Role::Key, format!("{}/", place.name)), (Role::Dim, t.folder.to_owned())]),
                false => Row::of([(Role::Text, place.name.clone()), (Role::Dim, thousands(place.size))]),
            })
            .collect();
        if self.picked {
            Table { columns: &columns, rows: &shown, cursor: &self.cursor, focused: false, headed: false }
                .draw(frame, list, look.theme);
        } else {
            // Until an arrow is pressed no place stands out: Enter means the text.
            for (row, line) in shown.iter().zip(paint::rows(list)) {
                let [(role, name), (_, about)] = row.cells.as_slice() else { continue };
                paint::line(frame, line, &[(Role::Text, "  "), (*role, name)], look.theme);
                paint::line_right(frame, line, &[(Role::Dim, about)], look.theme);
            }
        }
        self.input.draw(frame, field, look.focused, look.theme);
        if let Some(last) = paint::rows(inner).next_back() {
            paint::line(frame, last, &[(Role::Dim, " "), (Role::Dim, t.path_hint)], look.theme);
            let found = fill(look.words.screens.matches, &[("n", &self.places.len().to_string())]);
            paint::line_right(frame, last, &[(Role::Dim, &found), (Role::Dim, " ")], look.theme);
        }
    }
}
