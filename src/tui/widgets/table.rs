//! Rows in columns, with the chosen row. The caller gives only the rows on the screen, so a list of a million
//! costs what a list of twenty does.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::cells;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::paint;

/// How wide a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// So many terminal columns.
    Fixed(u16),
    /// A share of what the fixed ones leave.
    Share(u16),
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    pub title: &'a str,
    pub width: Width,
    /// Whether it holds figures, which stand at the right.
    pub right: bool,
}

impl<'a> Column<'a> {
    /// Returns a column of so many terminal columns.
    pub fn fixed(title: &'a str, columns: u16) -> Self {
        Self { title, width: Width::Fixed(columns), right: false }
    }

    /// Returns a column of figures, which stand at its right edge.
    pub fn figures(title: &'a str, columns: u16) -> Self {
        Self { title, width: Width::Fixed(columns), right: true }
    }

    /// Returns a column that takes a share of what the others leave.
    pub fn share(title: &'a str, share: u16) -> Self {
        Self { title, width: Width::Share(share), right: false }
    }
}

/// One row: a text and its role for each column.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub cells: Vec<(Role, String)>,
    pub marked: bool,
}

impl Row {
    /// Returns a row of ordinary text.
    pub fn plain<T: Into<String>>(cells: impl IntoIterator<Item = T>) -> Self {
        Self { cells: cells.into_iter().map(|text| (Role::Text, text.into())).collect(), marked: false }
    }

    /// Returns a row of texts with their roles.
    pub fn of(cells: impl IntoIterator<Item = (Role, String)>) -> Self {
        Self { cells: cells.into_iter().collect(), marked: false }
    }

    /// Marks the row, or not.
    pub fn marked(self, marked: bool) -> Self {
        Self { marked, ..self }
    }
}

/// A table as it is drawn now.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    pub columns: &'a [Column<'a>],
    /// The rows of `cursor.shown()`.
    pub rows: &'a [Row],
    pub cursor: &'a Cursor,
    /// Whether the keys go here.
    pub focused: bool,
    /// Whether the titles are shown.
    pub headed: bool,
}

impl Table<'_> {
    /// Returns how many rows an area shows; give it to [`Cursor::fit`].
    pub fn height(area: Rect, headed: bool) -> u16 {
        area.height.saturating_sub(u16::from(headed))
    }

    /// Draws the table; the terminal's cursor goes to the chosen row when the keys go here.
    pub fn draw(&self, frame: &mut Frame, area: Rect, theme: &Theme) {
        let area = area.intersection(frame.area());
        if area.is_empty() {
            return;
        }
        let widths = widths(self.columns, area.width.saturating_sub(2));
        let mut lines = paint::rows(area);
        if self.headed
            && let Some(line) = lines.next()
        {
            let titles = self.columns.iter().map(|column| (Role::Dim, column.title));
            self.row(frame, line, "  ", titles, &widths, theme);
        }
        let chosen = self.cursor.at();
        for ((line, row), at) in lines.zip(self.rows).zip(self.cursor.shown()) {
            let here = chosen == Some(at);
            let lead = match (here, row.marked) {
                (true, true) => format!("{}{}", theme.glyphs.here, theme.glyphs.marked),
                (true, false) => format!("{} ", theme.glyphs.here),
                (false, true) => format!(" {}", theme.glyphs.marked),
                (false, false) => "  ".to_owned(),
            };
            let cells = row.cells.iter().map(|(role, text)| (*role, text.as_str()));
            self.row(frame, line, &lead, cells, &widths, theme);
            if here {
                paint::tint(frame, line, if self.focused { Role::Focus } else { Role::Chosen }, theme);
                if self.focused {
                    paint::caret(frame, line, 0, 0);
                }
            }
        }
    }

    fn row<'c>(
        &self,
        frame: &mut Frame,
        line: Rect,
        lead: &str,
        cells: impl Iterator<Item = (Role, &'c str)>,
        widths: &[u16],
        theme: &Theme,
    ) {
        paint::line(frame, line, &[(Role::Marked, lead)], theme);
        let mut x = 2;
        for (((role, text), column), width) in cells.zip(self.columns).zip(widths) {
            if x >= line.width || *width == 0 {
                continue;
            }
            let room = (*width).min(line.width - x);
            let text = if column.right {
                cells::fit_right(text, usize::from(room))
            } else {
                cells::cut(text, usize::from(room))
            };
            paint::line(frame, Rect { x: line.x + x, width: room, ..line }, &[(role, &text)], theme);
            x += width + 1;
        }
    }
}

/// Gives each column its width: fixed ones first, the rest by shares, one blank between.
fn widths(columns: &[Column], total: u16) -> Vec<u16> {
    let gaps = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let fixed: u16 =
        columns.iter().map(|c| if let Width::Fixed(n) = c.width { n } else { 0 }).fold(0, u16::saturating_add);
    let shares: u32 = columns.iter().map(|c| if let Width::Share(n) = c.width { u32::from(n) } else { 0 }).sum();
    let free = u32::from(total.saturating_sub(gaps).saturating_sub(fixed));
    let mut given = 0;
    let mut seen = 0;
    columns
        .iter()
        .map(|column| match column.width {
            Width::Fixed(n) => n,
            Width::Share(n) => {
                seen += u32::from(n);
                let upto = free * seen / shares.max(1);
                let mine = upto - given;
                given = upto;
                mine as u16
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_use_up_what_the_fixed_columns_leave() {
        let columns = [Column::fixed("", 5), Column::share("", 2), Column::share("", 1)];
        assert_eq!(widths(&columns, 37), [5, 20, 10]);
        assert_eq!(widths(&columns, 3), [5, 0, 0]);
        assert!(widths(&[], 10).is_empty());
    }
}
