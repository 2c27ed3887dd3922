//! A conversation: who said what, wrapped, the newest at the bottom; one turn may be chosen.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::conversation::Role as Speaker;
use crate::tui::cells;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::paint;

/// One turn as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bubble {
    pub speaker: Speaker,
    /// The speaker's name in the user's language.
    pub name: String,
    pub text: String,
    /// A short remark at the right edge: a time, an intent.
    pub remark: String,
}

/// A conversation as it is drawn now.
#[derive(Debug, Clone, Copy)]
pub struct Chat<'a> {
    pub bubbles: &'a [Bubble],
    /// The turn that stands out and stays in view; the last one when `None`.
    pub chosen: Option<usize>,
    pub focused: bool,
}

/// A line of the conversation: which turn, which of its lines, the text.
struct Line {
    bubble: usize,
    first: bool,
    text: String,
}

impl Chat<'_> {
    /// Draws the conversation so that the chosen turn, else the last, is in view.
    pub fn draw(&self, frame: &mut Frame, area: Rect, theme: &Theme) {
        let area = area.intersection(frame.area());
        if area.is_empty() {
            return;
        }
        let widest = self.bubbles.iter().map(|b| cells::width(&b.name)).max().unwrap_or(0);
        let indent = (widest + 1).min(usize::from(area.width) / 3);
        let lines = self.lines(usize::from(area.width).saturating_sub(indent + 2));
        let height = usize::from(area.height);
        let end = match self.chosen {
            None => lines.len(),
            Some(chosen) => {
                let first = lines.iter().position(|l| l.bubble == chosen).unwrap_or(0);
                let last = lines.iter().rposition(|l| l.bubble == chosen).unwrap_or(0);
                // Two lines of what follows, when there is room; never past the chosen turn's own beginning.
                (last + 3).min(first + height).clamp(height.min(lines.len()), lines.len())
            }
        };
        let start = end.saturating_sub(height);
        for (row, line) in paint::rows(area).zip(&lines[start..end]) {
            let bubble = &self.bubbles[line.bubble];
            let here = self.chosen == Some(line.bubble);
            let role = role_of(bubble.speaker);
            if line.first {
                let name = cells::fit(&bubble.name, indent.saturating_sub(1));
                let mark = if here { theme.glyphs.here } else { " " };
                paint::line(frame, row, &[(Role::Marked, mark), (role, &name)], theme);
            }
            let lead = (indent as u16 + 1).min(row.width);
            let body = Rect { x: row.x + lead, width: row.width - lead, ..row };
            paint::line(frame, body, &[(Role::Text, &line.text)], theme);
            if line.first && !bubble.remark.is_empty() {
                let free = usize::from(body.width).saturating_sub(cells::width(&line.text) + 1);
                if cells::width(&bubble.remark) <= free {
                    paint::line_right(frame, body, &[(Role::Dim, &bubble.remark)], theme);
                }
            }
            if here {
                paint::tint(frame, row, if self.focused { Role::Focus } else { Role::Chosen }, theme);
                if line.first && self.focused {
                    paint::caret(frame, row, 0, 0);
                }
            }
        }
    }

    fn lines(&self, columns: usize) -> Vec<Line> {
        let wrapped = self.bubbles.iter().enumerate().flat_map(|(bubble, b)| {
            let texts = cells::wrap(&b.text, columns).into_iter().enumerate();
            texts.map(move |(n, text)| Line { bubble, first: n == 0, text })
        });
        wrapped.collect()
    }
}

/// Returns the role a speaker is drawn in.
pub fn role_of(speaker: Speaker) -> Role {
    match speaker {
        Speaker::Customer => Role::Customer,
        Speaker::Agent => Role::Agent,
        Speaker::Bot => Role::Bot,
        Speaker::System => Role::Dim,
    }
}
