//! Which was taken for which: a heat map of counts with its rows' names, and a cursor over it.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::action::Action;
use crate::tui::cells;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::paint;

/// A square of counts: row = truth, column = guess.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matrix {
    pub names: Vec<String>,
    /// `counts[row][column]`.
    pub counts: Vec<Vec<u64>>,
    row: usize,
    column: usize,
}

/// A cell's columns: a figure of up to three digits and a blank.
const CELL: u16 = 4;

impl Matrix {
    /// Returns the map of `counts`, with the cursor on the worst confusion.
    pub fn new(names: Vec<String>, counts: Vec<Vec<u64>>) -> Self {
        let off = counts.iter().enumerate().flat_map(|(r, row)| row.iter().enumerate().map(move |(c, n)| (*n, r, c)));
        let worst = off.filter(|(_, r, c)| r != c).max_by_key(|(n, ..)| *n);
        let (row, column) = worst.map_or((0, 0), |(_, r, c)| (r, c));
        Self { names, counts, row, column }
    }

    /// Returns the row and column the cursor is on; `None` when there is nothing.
    pub fn at(&self) -> Option<(usize, usize)> {
        (!self.names.is_empty()).then_some((self.row, self.column))
    }

    /// Moves as an action says; `false` when it is no movement.
    pub fn act(&mut self, action: Action) -> bool {
        let last = self.names.len().saturating_sub(1);
        match action {
            Action::Up => self.row = self.row.saturating_sub(1),
            Action::Down => self.row = (self.row + 1).min(last),
            Action::Left => self.column = self.column.saturating_sub(1),
            Action::Right => self.column = (self.column + 1).min(last),
            Action::Top => (self.row, self.column) = (0, 0),
            Action::Bottom => (self.row, self.column) = (last, last),
            _ => return false,
        }
        true
    }

    /// Draws as much of the map as fits around the cursor; below it, the pair the cursor is on.
    pub fn draw(&self, frame: &mut Frame, area: Rect, focused: bool, theme: &Theme) {
        let area = area.intersection(frame.area());
        if area.width < 8 || area.height < 2 || self.names.is_empty() {
            return;
        }
        let longest = self.names.iter().map(|n| cells::width(n)).max().unwrap_or(0);
        let lead = (longest as u16 + 4).min(area.width / 3);
        let columns = window(self.names.len(), self.column, usize::from((area.width - lead) / CELL));
        let rows = window(self.names.len(), self.row, usize::from(area.height - 2));
        let most = self
            .counts
            .iter()
            .enumerate()
            .flat_map(|(r, row)| row.iter().enumerate().filter(move |(c, _)| *c != r).map(|(_, n)| *n));
        let most = most.max().unwrap_or(0).max(1);
        let mut lines = paint::rows(area);
        let Some(head) = lines.next() else { return };
        for (x, column) in columns.clone().enumerate() {
            let at = Rect { x: head.x + lead + x as u16 * CELL, width: CELL, ..head };
            let number = cells::fit_right(&(column + 1).to_string(), usize::from(CELL) - 1);
            paint::line(frame, at, &[(if column == self.column { Role::Title } else { Role::Dim }, &number)], theme);
        }
        let Some(foot) = lines.next_back() else { return };
        for (line, row) in lines.zip(rows) {
            let number = cells::fit_right(&(row + 1).to_string(), 3);
            let name = cells::fit(&self.names[row], usize::from(lead).saturating_sub(4));
            let role = if row == self.row { Role::Title } else { Role::Text };
            paint::line(frame, line, &[(Role::Dim, &number), (Role::Dim, " "), (role, &name)], theme);
            for (x, column) in columns.clone().enumerate() {
                let at = Rect { x: line.x + lead + x as u16 * CELL, width: CELL.min(line.width), ..line };
                self.cell(frame, at, (row, column), most, focused, theme);
            }
        }
        let (gold, guess) = (&self.names[self.row], &self.names[self.column]);
        let count = self.count(self.row, self.column).to_string();
        paint::line(
            frame,
            foot,
            &[(Role::Title, gold), (Role::Dim, " → "), (Role::Title, guess), (Role::Text, " ×"), (Role::Text, &count)],
            theme,
        );
    }

    fn cell(
        &self,
        frame: &mut Frame,
        at: Rect,
        (row, column): (usize, usize),
        most: u64,
        focused: bool,
        theme: &Theme,
    ) {
        let count = self.count(row, column);
        let heat = (count * 4).div_ceil(most).min(4) as usize;
        let text = match count {
            0 => "  ·".to_owned(),
            1..=999 => cells::fit_right(&count.to_string(), 3),
            _ => format!("{}k", (count / 1000).min(99)),
        };
        let (role, shade) = match (row == column, heat) {
            (true, _) => (Role::Good, " "),
            (_, 0) => (Role::Dim, " "),
            (_, 1 | 2) => (Role::Doubt, theme.glyphs.shades[heat]),
            _ => (Role::Bad, theme.glyphs.shades[heat]),
        };
        paint::line(frame, at, &[(role, &cells::fit_right(&text, 3)), (role, shade)], theme);
        if (row, column) == (self.row, self.column) {
            paint::tint(frame, at, if focused { Role::Focus } else { Role::Chosen }, theme);
            if focused {
                paint::caret(frame, at, 0, 0);
            }
        }
    }

    fn count(&self, row: usize, column: usize) -> u64 {
        self.counts.get(row).and_then(|r| r.get(column)).copied().unwrap_or(0)
    }
}

/// Returns the stretch of `len` of at most `room` that holds `at` in its middle.
fn window(len: usize, at: usize, room: usize) -> std::ops::Range<usize> {
    let start = at.saturating_sub(room / 2).min(len.saturating_sub(room));
    start..(start + room).min(len)
}
