//! The keys that work now, on one line: as many as fit, the help always.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::cells;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::paint;

/// One key with its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub key: String,
    pub what: &'static str,
}

/// Draws the hints in their order; the last one stands at the right edge and is never left out.
pub fn draw(frame: &mut Frame, area: Rect, hints: &[Hint], theme: &Theme) {
    let Some((last, others)) = hints.split_last() else { return };
    let end = width(last);
    let room = usize::from(area.width).saturating_sub(end + 1);
    let mut used = 0;
    for hint in others {
        let wide = width(hint) + 2;
        if used + wide > room {
            continue;
        }
        let at = Rect { x: area.x + used as u16, width: wide as u16, ..area };
        paint::line(frame, at, &[(Role::Key, &hint.key), (Role::Dim, " "), (Role::Dim, hint.what)], theme);
        used += wide;
    }
    paint::line_right(frame, area, &[(Role::Key, &last.key), (Role::Dim, " "), (Role::Dim, last.what)], theme);
}

fn width(hint: &Hint) -> usize {
    cells::width(&hint.key) + 1 + cells::width(hint.what)
}
