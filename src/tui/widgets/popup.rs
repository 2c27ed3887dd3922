//! A window over a screen: centred, framed, with nothing shining through.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::paint;

/// Draws an empty window of at most that size in the middle of `area`; returns the area inside its frame.
pub fn popup(frame: &mut Frame, area: Rect, size: (u16, u16), title: &str, theme: &Theme) -> Rect {
    let window = placed(area.intersection(frame.area()), size);
    paint::clear(frame, window, Role::Text, theme);
    paint::framed(frame, window, title, true, theme)
}

/// Returns where a window of at most that size stands: in the middle, never on the bottom row, where an input
/// method's own window would have no room.
pub fn placed(area: Rect, (width, height): (u16, u16)) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}
