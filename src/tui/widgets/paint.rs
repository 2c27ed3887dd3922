//! Lines of text in roles, put into a frame: the one way widgets write.
//!
//! Every text is made safe and cut to the columns it has, and an area that leaves the screen is cut back to it,
//! so no size and no text can make a widget fail.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

use crate::tui::cells;
use crate::tui::theme::{Role, Theme};

/// Writes pieces one after the other on the first line of `area`; returns the columns used.
pub fn line(frame: &mut Frame, area: Rect, pieces: &[(Role, &str)], theme: &Theme) -> u16 {
    let area = area.intersection(frame.area());
    if area.is_empty() {
        return 0;
    }
    let mut used = 0;
    for (role, text) in pieces {
        let room = area.width - used;
        if room == 0 {
            break;
        }
        let text = cells::cut(text, usize::from(room));
        let style = theme.of(*role);
        let (end, _) = frame.buffer_mut().set_stringn(area.x + used, area.y, &text, usize::from(room), style);
        used = end - area.x;
    }
    used
}

/// Writes pieces so that they end at the right edge of the first line of `area`.
pub fn line_right(frame: &mut Frame, area: Rect, pieces: &[(Role, &str)], theme: &Theme) {
    let wide: usize = pieces.iter().map(|(_, text)| cells::width(text)).sum();
    let wide = u16::try_from(wide).unwrap_or(u16::MAX).min(area.width);
    let area = Rect { x: area.x + area.width - wide, width: wide, ..area };
    line(frame, area, pieces, theme);
}

/// Writes wrapped text from the top of `area`, leaving out `skip` lines; returns how many lines the text has.
pub fn text(frame: &mut Frame, area: Rect, text: &str, role: Role, skip: usize, theme: &Theme) -> usize {
    let lines = cells::wrap(text, usize::from(area.width));
    for (row, text) in rows(area).zip(lines.iter().skip(skip)) {
        line(frame, row, &[(role, text)], theme);
    }
    lines.len()
}

/// Returns the lines of an area, from the top.
pub fn rows(area: Rect) -> impl DoubleEndedIterator<Item = Rect> {
    (0..area.height).map(move |y| Rect { y: area.y + y, height: 1, ..area })
}

/// Gives every cell of `area` the style of a role, leaving its text.
pub fn tint(frame: &mut Frame, area: Rect, role: Role, theme: &Theme) {
    let area = area.intersection(frame.area());
    frame.buffer_mut().set_style(area, theme.of(role));
}

/// Empties `area` and gives it a role's style; a wide sign that reaches into it from the left goes too.
pub fn clear(frame: &mut Frame, area: Rect, role: Role, theme: &Theme) {
    let area = area.intersection(frame.area());
    let style = Style::reset().patch(theme.of(role));
    for position in area.positions() {
        frame.buffer_mut()[position].reset();
    }
    if let Some(left) = area.x.checked_sub(1).filter(|_| !area.is_empty()) {
        for y in area.top()..area.bottom() {
            let cell = &mut frame.buffer_mut()[(left, y)];
            if cell.symbol().width() > 1 {
                cell.set_symbol(" ");
            }
        }
    }
    frame.buffer_mut().set_style(area, style);
}

/// Draws a frame with a title on its upper edge; returns the area inside.
pub fn framed(frame: &mut Frame, area: Rect, title: &str, focused: bool, theme: &Theme) -> Rect {
    let area = area.intersection(frame.area());
    if area.width < 2 || area.height < 2 {
        return area;
    }
    let glyphs = theme.glyphs;
    let [top_left, top_right, bottom_left, bottom_right] = glyphs.corners;
    let across = glyphs.horizontal.repeat(usize::from(area.width - 2));
    let role = if focused { Role::Key } else { Role::Border };
    let mut rows = rows(area);
    let (first, last) = (rows.next(), rows.next_back());
    for (row, left, right) in [(first, top_left, top_right), (last, bottom_left, bottom_right)] {
        line(frame, row.unwrap_or(area), &[(role, left), (role, &across), (role, right)], theme);
    }
    for row in rows {
        line(frame, row, &[(role, glyphs.vertical)], theme);
        line_right(frame, row, &[(role, glyphs.vertical)], theme);
    }
    if !title.is_empty() && area.width > 6 {
        let room = usize::from(area.width) - 6;
        let title = format!(" {} ", cells::cut(title, room));
        line(frame, Rect { x: area.x + 1, width: area.width - 2, ..area }, &[(Role::Title, &title)], theme);
    }
    Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
}

/// Draws a vertical rule at the left edge of `area`; returns what is right of it and one blank column.
pub fn ruled(frame: &mut Frame, area: Rect, theme: &Theme) -> Rect {
    for row in rows(area) {
        line(frame, row, &[(Role::Border, theme.glyphs.vertical)], theme);
    }
    let used = area.width.min(2);
    Rect { x: area.x + used, width: area.width - used, ..area }
}

/// Puts the terminal's own cursor at a place of `area`, where input methods and screen readers look for it.
pub fn caret(frame: &mut Frame, area: Rect, column: u16, row: u16) {
    let area = area.intersection(frame.area());
    if !area.is_empty() {
        let (x, y) = (area.x + column.min(area.width - 1), area.y + row.min(area.height - 1));
        frame.set_cursor_position(Position { x, y });
    }
}
