//! A list to choose from: by number and arrows, or by writing a part of a name, its pinyin or its initials.
//! Gives back [`Answer::Chosen`] with the place in the list that was given.

use std::borrow::Cow;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::{Words, fill};
use crate::text::pinyin;
use crate::tui::action::{Action, Scope};
use crate::tui::key::Key;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::input::Input;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::tui::widgets::{paint, popup};
use crate::workbench::error::Result;

/// One thing to choose.
#[derive(Debug, Clone, Default)]
pub struct Item {
    pub name: String,
    /// What stands beside it: a count, a key, a reason.
    pub remark: String,
    /// Whether it can be chosen now; the rest is shown dim.
    pub dim: bool,
    /// Other words it is found by.
    pub also: String,
}

impl Item {
    /// Returns an item with a remark.
    pub fn new(name: impl Into<String>, remark: impl Into<String>) -> Self {
        Self { name: name.into(), remark: remark.into(), ..Self::default() }
    }
}

/// The window.
pub struct Choose {
    title: String,
    items: Vec<Item>,
    /// What each item is found by, lower case.
    found_by: Vec<String>,
    /// What is searched for; `None` in a list chosen from by number.
    search: Option<Input>,
    /// The places of the items that match, best first.
    shown: Vec<usize>,
    cursor: Cursor,
}

impl Choose {
    /// Returns a list to choose from by number, with the cursor on one item.
    pub fn menu(title: impl Into<String>, items: Vec<Item>, at: usize) -> Self {
        let shown: Vec<usize> = (0..items.len()).collect();
        let mut cursor = Cursor::new(items.len());
        cursor.go(at);
        Self { title: title.into(), found_by: Vec::new(), items, search: None, shown, cursor }
    }

    /// Returns a list to choose from by writing.
    pub fn search(title: impl Into<String>, items: Vec<Item>) -> Self {
        let found_by = items.iter().map(|item| found_by(&item.name, &item.also)).collect();
        let shown: Vec<usize> = (0..items.len()).collect();
        let cursor = Cursor::new(items.len());
        Self { title: title.into(), items, found_by, search: Some(Input::default()), shown, cursor }
    }

    /// Returns the place of the item the cursor is on.
    pub fn chosen(&self) -> Option<usize> {
        self.cursor.at().map(|at| self.shown[at])
    }

    /// Returns what is searched for.
    pub fn written(&self) -> &str {
        self.search.as_ref().map_or("", Input::text)
    }

    fn look_again(&mut self) {
        let wanted = self.written().trim().to_lowercase();
        self.shown = matching(&wanted, &self.found_by);
        self.cursor.resize(self.shown.len());
        self.cursor.go(0);
    }

    fn inner(area: Rect) -> (u16, u16) {
        (area.width.saturating_sub(4).min(76), area.height.saturating_sub(2))
    }
}

/// Returns what an item is found by: its name, other words, pinyin and initials.
fn found_by(name: &str, also: &str) -> String {
    let both = format!("{name} {also}").to_lowercase();
    if both.is_ascii() { both } else { format!("{both} {} {}", pinyin::initials(name), pinyin::spelled(name)) }
}

/// Returns the places of the texts that match, best first; all of them when nothing is wanted.
fn matching(wanted: &str, texts: &[String]) -> Vec<usize> {
    if wanted.is_empty() {
        return (0..texts.len()).collect();
    }
    let matcher = SkimMatcherV2::default().ignore_case();
    let mut found: Vec<(i64, usize)> = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        // A part as it stands comes before letters that are scattered.
        let plain = text.find(wanted).map(|start| 10_000 - start.min(1_000) as i64);
        let scattered = || wanted.split_whitespace().map(|part| matcher.fuzzy_match(text, part)).sum::<Option<i64>>();
        if let Some(score) = plain.or_else(scattered) {
            found.push((-score, at));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, at)| at).collect()
}

impl Screen for Choose {
    fn scope(&self) -> Scope {
        Scope::Pick
    }

    fn title(&self, _words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(&self.title)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Choose => match self.chosen() {
                None => Err(Cow::Borrowed(desk.words.screens.nothing_found)),
                Some(at) if self.items[at].dim && !self.items[at].remark.is_empty() => {
                    Err(Cow::Owned(self.items[at].remark.clone()))
                }
                Some(_) => Ok(()),
            },
            _ if action.place().is_some_and(|at| at < self.shown.len()) => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, _desk: &mut Desk) -> Result<Effect> {
        let chosen = match action {
            Action::Choose => self.chosen(),
            _ => action.place().and_then(|at| self.shown.get(at).copied()),
        };
        if let Some(chosen) = chosen {
            return Ok(Effect::Done(Answer::Chosen(chosen)));
        }
        self.cursor.act(action);
        Ok(Effect::None)
    }

    fn typing(&self) -> bool {
        self.search.is_some()
    }

    fn type_key(&mut self, key: Key, _desk: &mut Desk) -> Result<bool> {
        let Some(search) = &mut self.search else { return Ok(false) };
        let taken = search.key(key);
        if taken {
            self.look_again();
        }
        Ok(taken)
    }

    fn paste(&mut self, text: &str, _desk: &mut Desk) -> Result<()> {
        if let Some(search) = &mut self.search {
            search.paste(text);
            self.look_again();
        }
        Ok(())
    }

    fn fit(&mut self, area: Rect) {
        let (_, height) = Self::inner(area);
        let other = 2 + if self.search.is_some() { 2 } else { 0 };
        self.cursor.fit(height.saturating_sub(other).min(self.items.len() as u16));
    }

    fn is_window(&self) -> bool {
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let (width, most) = Self::inner(area);
        let writing = if self.search.is_some() { 2 } else { 0 };
        let size = (width, most.min(self.items.len() as u16 + 2 + writing));
        let mut inner = popup::popup(frame, area, size, &self.title, look.theme);
        if let Some(search) = &self.search {
            let line = Rect { height: 1.min(inner.height), ..inner };
            let found = fill(look.words.screens.matches, &[("n", &self.shown.len().to_string())]);
            paint::line_right(frame, line, &[(Role::Dim, &found)], look.theme);
            let field = Rect { x: line.x + 1.min(line.width), width: line.width.saturating_sub(14), ..line };
            inner =
                Rect { y: inner.y + writing.min(inner.height), height: inner.height.saturating_sub(writing), ..inner };
            self.list(frame, inner, look, false);
            search.draw(frame, field, look.focused, look.theme);
        } else {
            self.list(frame, inner, look, look.focused);
        }
    }
}

impl Choose {
    fn list(&self, frame: &mut Frame, area: Rect, look: &Look, focused: bool) {
        let numbered = self.search.is_none();
        let remarks = self.items.iter().map(|item| crate::tui::cells::width(&item.remark)).max().unwrap_or(0);
        let columns = [
            Column::fixed("", if numbered { 2 } else { 0 }),
            Column::share("", 1),
            Column::fixed("", (remarks as u16).min(area.width / 2)),
        ];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let item = &self.items[self.shown[at]];
                let number = if numbered && at < 9 { (at + 1).to_string() } else { String::new() };
                let role = if item.dim { Role::Dim } else { Role::Text };
                Row::of([(Role::Key, number), (role, item.name.clone()), (Role::Dim, item.remark.clone())])
            })
            .collect();
        if rows.is_empty() {
            paint::line(frame, area, &[(Role::Dim, look.words.screens.nothing_found)], look.theme);
        }
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused, headed: false }
            .draw(frame, area, look.theme);
        if !focused && let Some(at) = self.cursor.at() {
            // The caret is in the search line; the line that Enter takes still stands out.
            let row = paint::rows(area).nth(at - self.cursor.shown().start);
            paint::tint(frame, row.unwrap_or(Rect::ZERO), Role::Focus, look.theme);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &str, names: &[&str], first: &str) {
        let texts: Vec<String> = names.iter().map(|name| found_by(name, "")).collect();
        let found = matching(wanted, &texts);
        assert_eq!(found.first().map(|at| names[*at]), Some(first), "{wanted}");
    }

    #[test]
    fn a_name_is_found_by_a_part_its_initials_or_its_pinyin() {
        let names = ["提前还款", "开户", "开卡", "reset password", "转人工"];
        check("kh", &names, "开户");
        check("还款", &names, "提前还款");
        check("huankuan", &names, "提前还款");
        check("rpw", &names, "reset password");
        check("zrg", &names, "转人工");
        assert_eq!(matching("", &vec![String::new(); 3]), [0, 1, 2]);
        assert!(matching("没有的", &["开户".to_owned()]).is_empty());
    }
}
