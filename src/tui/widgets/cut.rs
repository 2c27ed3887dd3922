//! Members of something, surest first, with the cut line among them: above it they are taken.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::cells;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::paint;

/// What stands before a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    None,
    /// Left out by hand.
    Stray,
    /// Decided already.
    Done,
    /// The model would give it elsewhere.
    Elsewhere,
}

impl Sign {
    fn mark(self) -> &'static str {
        match self {
            Sign::None => " ",
            Sign::Stray => "✗",
            Sign::Done => "✓",
            Sign::Elsewhere => "?",
        }
    }
}

/// One member.
pub struct Member<'a> {
    pub text: &'a str,
    /// What stands at the end: a count, a probability.
    pub figure: String,
    pub sign: Sign,
}

/// The list.
pub struct CutList<'a> {
    pub title: &'a str,
    /// What the cut line says.
    pub line: &'a str,
    /// The members the cursor shows, from the first shown.
    pub shown: &'a [Member<'a>],
    pub cursor: &'a Cursor,
    /// How many members stand above the line.
    pub cut: usize,
    /// Whether the keys move along the members.
    pub here: bool,
    pub focused: bool,
}

impl CutList<'_> {
    /// Draws heading, members and line.
    pub fn draw(&self, frame: &mut Frame, area: Rect, theme: &Theme) {
        let mut rows = paint::rows(area);
        let Some(head) = rows.next() else { return };
        paint::line(frame, head, &[(Role::Title, self.title)], theme);
        for (at, member) in self.cursor.shown().zip(self.shown) {
            if at == self.cut {
                let Some(row) = rows.next() else { return };
                self.cut_line(frame, row, theme);
            }
            let Some(row) = rows.next() else { return };
            let here = self.here && self.cursor.at() == Some(at);
            let role = match (here && self.focused, member.sign) {
                (true, _) => Role::Focus,
                (_, Sign::Done) => Role::Good,
                (_, Sign::Stray) => Role::Dim,
                _ if at < self.cut => Role::Text,
                _ => Role::Dim,
            };
            let lead = if here { theme.glyphs.here } else { " " };
            let figure = format!(" {}", member.figure);
            let room = usize::from(row.width).saturating_sub(cells::width(&figure) + 4);
            let text = cells::fit(member.text, room);
            let parts = [(role, lead), (role, member.sign.mark()), (role, " "), (role, &text), (Role::Dim, &figure)];
            paint::line(frame, row, &parts, theme);
            if here && self.focused {
                paint::caret(frame, row, 0, 0);
            }
        }
        if self.cut == self.cursor.len()
            && !self.cursor.is_empty()
            && self.cursor.shown().end == self.cut
            && let Some(row) = rows.next()
        {
            self.cut_line(frame, row, theme);
        }
    }

    fn cut_line(&self, frame: &mut Frame, row: Rect, theme: &Theme) {
        let rule = theme.glyphs.horizontal.repeat(3);
        let rest = theme.glyphs.horizontal.repeat(12);
        let parts = [
            (Role::Doubt, &*rule),
            (Role::Doubt, " "),
            (Role::Doubt, self.line),
            (Role::Doubt, " "),
            (Role::Doubt, &rest),
        ];
        paint::line(frame, row, &parts, theme);
    }
}
