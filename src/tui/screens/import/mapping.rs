//! What each column of a file is taken for, and who speaks: changed by keys, with the turns it gives below.
//! Gives back [`Answer::Options`].

use std::borrow::Cow;
use std::path::PathBuf;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::conversation::Role as Speaker;
use crate::explain;
use crate::formats::column::{Column as Found, ColumnRole};
use crate::formats::noted::Voice;
use crate::formats::options::ReadOptions;
use crate::formats::read::Preview;
use crate::i18n::{Words, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::import::turns;
use crate::tui::theme::Role;
use crate::tui::widgets::chat::role_of;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::tui::widgets::{paint, popup};
use crate::workbench::error::Result;
use crate::workbench::import;

/// Turns shown below.
const SHOWN: usize = 12;

/// The window.
pub struct Mapping {
    path: PathBuf,
    name: String,
    options: ReadOptions,
    /// How the file would be read now, or why it would not.
    preview: std::result::Result<Preview, String>,
    columns: Vec<Found>,
    /// What the columns were taken for when the window opened, for a column that is used again.
    found: Vec<ColumnRole>,
    cells: Vec<Vec<String>>,
    voices: Vec<Voice>,
    cursor: Cursor,
}

/// A line of the list.
enum Line {
    Column(usize),
    Voice(usize),
}

impl Mapping {
    /// Returns the window for a file and the wishes it has so far.
    pub fn new(path: PathBuf, name: String, options: ReadOptions, desk: &Desk) -> Self {
        let mut window = Self {
            path,
            name,
            options,
            preview: Err(String::new()),
            columns: Vec::new(),
            found: Vec::new(),
            cells: Vec::new(),
            voices: Vec::new(),
            cursor: Cursor::default(),
        };
        window.look(desk);
        window.found = window.columns.iter().map(|column| column.role).collect();
        window
    }

    fn look(&mut self, desk: &Desk) {
        self.preview = import::glance(&self.path, &self.options, SHOWN).map_err(|e| explain::sentence(&e, desk.words));
        if let Ok(preview) = &self.preview {
            self.columns = preview.sniffed.table.as_ref().map(|table| table.columns.clone()).unwrap_or_default();
            self.cells.clone_from(&preview.noted.cells);
            self.voices.clone_from(&preview.noted.voices);
            self.cursor.resize(self.columns.len() + self.voices.len());
        }
    }

    fn line(&self) -> Option<Line> {
        let at = self.cursor.at()?;
        Some(match at.checked_sub(self.columns.len()) {
            None => Line::Column(at),
            Some(voice) => Line::Voice(voice),
        })
    }

    /// Takes a column for something; what can be in one column only leaves the column it was in.
    fn take_for(&mut self, at: usize, role: ColumnRole) {
        if !matches!(role, ColumnRole::Ignore | ColumnRole::Similar) {
            self.columns.iter_mut().filter(|c| c.role == role).for_each(|c| c.role = ColumnRole::Ignore);
        }
        self.columns[at].role = role;
        let named = self.columns.iter().any(|column| !column.name.is_empty());
        self.options.columns = Some(self.columns.iter().map(|column| column.role).collect());
        self.options.headings = named.then(|| self.columns.iter().map(|column| column.name.clone()).collect());
    }

    fn speak_as(&mut self, at: usize, role: Speaker) {
        let name = self.voices[at].name.clone();
        self.options.roles.retain(|(known, _)| *known != name);
        // The swap comes after the names; what is chosen here is what comes out.
        self.options.roles.push((name, self.options.turned(role)));
    }

    /// Takes the line for the next or the one before.
    fn step(&mut self, forward: bool) {
        let turn = |at: usize, of: usize| if forward { (at + 1) % of } else { (at + of - 1) % of };
        match self.line() {
            Some(Line::Column(at)) => {
                let now = ColumnRole::ALL.iter().position(|role| *role == self.columns[at].role).unwrap_or(0);
                self.take_for(at, ColumnRole::ALL[turn(now, ColumnRole::ALL.len())]);
            }
            Some(Line::Voice(at)) => {
                let now = self.voices[at].role.map_or(3, |role| role as usize);
                self.speak_as(at, Speaker::ALL[turn(now, Speaker::ALL.len())]);
            }
            None => {}
        }
    }

    fn numbered(&self, place: usize) -> bool {
        match self.line() {
            Some(Line::Column(_)) => place < 9,
            Some(Line::Voice(_)) => place < Speaker::ALL.len(),
            None => false,
        }
    }

    fn parts(area: Rect) -> (Rect, Rect, Rect) {
        let list = area.height.saturating_sub(1) * 3 / 5;
        let (head, rest) = (1.min(area.height), area.height.saturating_sub(1));
        let list = list.min(rest);
        (
            Rect { height: head, ..area },
            Rect { y: area.y + head, height: list, ..area },
            Rect { y: area.y + head + list, height: rest - list, ..area },
        )
    }
}

impl Screen for Mapping {
    fn scope(&self) -> Scope {
        Scope::Map
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Owned(fill(words.import.mapping, &[("name", &self.name)]))
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.import;
        match action {
            Action::Choose | Action::Swap => Ok(()),
            Action::Header if self.columns.is_empty() => Err(Cow::Borrowed(t.nothing_to_map)),
            Action::Header => Ok(()),
            Action::Toggle if matches!(self.line(), Some(Line::Column(_))) => Ok(()),
            Action::Left | Action::Right if self.line().is_some() => Ok(()),
            Action::Left | Action::Right | Action::Toggle => Err(Cow::Borrowed(t.nothing_to_map)),
            _ if action.place().is_some_and(|place| self.numbered(place)) => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Choose => return Ok(Effect::Done(Answer::Options(Box::new(self.options.clone())))),
            Action::Swap => self.options.swap = !self.options.swap,
            Action::Header => {
                let now = self.preview.as_ref().ok().and_then(|p| p.sniffed.table.as_ref()).is_some_and(|t| t.header);
                self.options.header = Some(!now);
                (self.options.columns, self.options.headings) = (None, None);
            }
            Action::Left | Action::Right => self.step(action == Action::Right),
            Action::Toggle => {
                if let Some(Line::Column(at)) = self.line() {
                    let used = self.columns[at].role != ColumnRole::Ignore;
                    let found = self.found.get(at).copied().filter(|role| *role != ColumnRole::Ignore);
                    // Used again it is what it was found to be, else the first thing no column is.
                    let free = |role: &ColumnRole| !self.columns.iter().any(|column| column.role == *role);
                    let free = ColumnRole::ALL.into_iter().find(free).unwrap_or(ColumnRole::Similar);
                    self.take_for(at, if used { ColumnRole::Ignore } else { found.unwrap_or(free) });
                }
            }
            _ => match (action.place(), self.line()) {
                (Some(place), Some(Line::Column(at))) => self.take_for(at, ColumnRole::ALL[place]),
                (Some(place), Some(Line::Voice(at))) => self.speak_as(at, Speaker::ALL[place]),
                _ => {
                    self.cursor.act(action);
                    return Ok(Effect::None);
                }
            },
        }
        self.look(desk);
        Ok(Effect::None)
    }

    fn fit(&mut self, area: Rect) {
        let (_, list, _) = Self::parts(inside(area));
        self.cursor.fit(list.height.saturating_sub(2));
    }

    fn is_window(&self) -> bool {
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.import;
        let title = fill(t.mapping, &[("name", &self.name)]);
        let inner = popup::popup(frame, area, (area.width, area.height), &title, look.theme);
        let (head, list, below) = Self::parts(inner);
        if let Ok(preview) = &self.preview {
            let sniffed = &preview.sniffed;
            let header = sniffed.table.as_ref().filter(|table| table.delimiter.is_some());
            let header = header.map(|table| format!(" · {}", t.header[usize::from(table.header)])).unwrap_or_default();
            let swapped = if self.options.swap { format!(" · {}", t.swapped) } else { String::new() };
            let text = format!(" {} · {}{header}{swapped}", sniffed.format.name(), sniffed.charset.name());
            paint::line(frame, head, &[(Role::Dim, &text)], look.theme);
        }
        self.draw_list(frame, list, look);
        let Some(rule) = paint::rows(below).next() else { return };
        let rest = Rect { y: below.y + 1, height: below.height - 1, ..below };
        match &self.preview {
            Ok(preview) => {
                let holds = self.columns.is_empty() || crate::formats::sheet::table::holds_text(&self.columns);
                let figures = turns::figures(preview, look.words);
                let head = if holds { (Role::Title, figures.as_str()) } else { (Role::Bad, t.no_text) };
                paint::line(frame, rule, &[(Role::Title, " "), head], look.theme);
                turns::draw(frame, rest, preview, self.options.zone(), look);
            }
            Err(why) => drop(paint::text(frame, below, why, Role::Bad, 0, look.theme)),
        }
    }
}

impl Mapping {
    fn draw_list(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.import;
        if self.cursor.is_empty() {
            paint::text(frame, area, t.nothing_to_map, Role::Dim, 0, look.theme);
            return;
        }
        let voice = matches!(self.line(), Some(Line::Voice(_)));
        let columns = [
            Column::fixed(if voice { t.who } else { t.column }, 16),
            Column::fixed(t.taken_for, 14),
            Column::share(t.sample, 1),
        ];
        let rows: Vec<Row> = self.cursor.shown().map(|at| self.row(at, look)).collect();
        let table = Rect { height: area.height.saturating_sub(1), ..area };
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, table, look.theme);
        if let Some(last) = paint::rows(area).next_back() {
            let legend = if voice { t.legend_who } else { t.legend };
            paint::line(frame, last, &[(Role::Dim, " "), (Role::Dim, legend)], look.theme);
        }
    }

    fn row(&self, at: usize, look: &Look) -> Row {
        let t = &look.words.import;
        let Some(column) = self.columns.get(at) else {
            let voice = &self.voices[at - self.columns.len()];
            let (role, word) = match voice.role {
                Some(role) => (role_of(role), turns::who(role, look.words)),
                None => (Role::Bad, t.unknown_role),
            };
            let count = format!("×{}", voice.count);
            return Row::of([(Role::Text, voice.name.clone()), (role, word.to_owned()), (Role::Dim, count)]);
        };
        let name = match column.name.as_str() {
            "" => fill(t.column_n, &[("n", &(at + 1).to_string())]),
            name => name.to_owned(),
        };
        // Both lists are of one length, or this does not compile.
        let holds: &[&str; ColumnRole::ALL.len()] = &t.holds;
        let place = ColumnRole::ALL.iter().position(|role| *role == column.role).unwrap_or(0);
        let role = if column.role == ColumnRole::Ignore { Role::Dim } else { Role::Key };
        let samples: Vec<&str> = self.cells.iter().filter_map(|row| row.get(at)).map(|cell| cell.trim()).collect();
        Row::of([(Role::Text, name), (role, holds[place].to_owned()), (Role::Dim, samples.join(" │ "))])
    }
}

/// Returns the inside of the window's frame.
fn inside(area: Rect) -> Rect {
    Rect { width: area.width.saturating_sub(2), height: area.height.saturating_sub(2), ..area }
}
