//! A text with lines under its stretches, each with a sign of what it is, and a cursor on one of its signs.
//!
//! Colour is never the only sign: what is marked has a full line under it, what could be marked a broken one.

use ratatui::Frame;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::range::ByteRange;
use crate::tui::cells;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::paint;

/// A line under a stretch.
#[derive(Debug, Clone)]
pub struct Line {
    pub range: ByteRange,
    /// Stands at the begin of the line, as far as it fits.
    pub tag: String,
    pub whole: bool,
    pub role: Role,
}

/// The text with all that is drawn on it.
pub struct Underlined<'a> {
    pub text: &'a str,
    pub lines: &'a [Line],
    pub selected: Option<ByteRange>,
    pub cursor: ByteRange,
}

/// One sign with its place: column, line, columns it takes.
struct Sign {
    start: u32,
    shown: String,
    x: u16,
    y: u16,
    wide: u16,
}

impl Underlined<'_> {
    /// Draws the text from the top of the area so that the cursor is seen; returns the rows taken, two for a line.
    pub fn draw(&self, frame: &mut Frame, area: Rect, theme: &Theme) -> u16 {
        let signs = laid(self.text, area.width);
        let lines = signs.last().map_or(0, |sign| sign.y + 1);
        let room = area.height / 2;
        if room == 0 {
            return 0;
        }
        let here = signs.iter().rev().find(|sign| sign.start <= self.cursor.start).map_or(0, |sign| sign.y);
        let skip = here.saturating_sub(room - 1).max((here + 1).saturating_sub(room)).min(lines.saturating_sub(room));
        for sign in signs.iter().filter(|sign| sign.y >= skip && sign.y < skip + room) {
            let place = Rect { x: area.x + sign.x, y: area.y + (sign.y - skip) * 2, width: sign.wide, height: 1 };
            let line = self.lines.iter().find(|line| holds(line.range, sign.start));
            let role = if holds(self.cursor, sign.start) {
                Role::Focus
            } else if self.selected.is_some_and(|range| holds(range, sign.start)) {
                Role::Chosen
            } else {
                line.map_or(Role::Text, |line| line.role)
            };
            paint::line(frame, place, &[(role, &sign.shown)], theme);
            let below = Rect { y: place.y + 1, ..place };
            let drawn = if let Some(range) = self.selected.filter(|range| holds(*range, sign.start)) {
                Some((Role::Key, under(range, "", "=", &signs, sign)))
            } else {
                line.map(|line| {
                    let stroke = if line.whole { theme.glyphs.horizontal } else { "." };
                    (line.role, under(line.range, &line.tag, stroke, &signs, sign))
                })
            };
            if let Some((role, text)) = drawn {
                paint::line(frame, below, &[(role, &text)], theme);
            }
            if holds(self.cursor, sign.start) {
                paint::caret(frame, place, 0, 0);
            }
        }
        lines.min(room) * 2
    }
}

/// Returns what stands under a sign: its part of the tag, then the stroke.
fn under(range: ByteRange, tag: &str, stroke: &str, signs: &[Sign], sign: &Sign) -> String {
    let before: u16 = signs.iter().filter(|s| holds(range, s.start) && s.start < sign.start).map(|s| s.wide).sum();
    let tag = cells::fit(tag, cells::width(tag));
    let mut out = String::new();
    for column in before..before + sign.wide {
        out.push_str(tag.graphemes(true).nth(usize::from(column)).unwrap_or(stroke));
    }
    out
}

fn holds(range: ByteRange, at: u32) -> bool {
    range.start <= at && at < range.end
}

/// Lays the signs of a text out in lines; each takes a column at least, so that a cursor on it is seen.
fn laid(text: &str, width: u16) -> Vec<Sign> {
    let (mut x, mut y) = (0u16, 0u16);
    let mut signs = Vec::new();
    for (start, sign) in text.grapheme_indices(true) {
        let mut shown = cells::cut(sign, 8);
        if cells::width(&shown) == 0 {
            shown = "·".to_owned();
        }
        let wide = cells::width(&shown) as u16;
        if x + wide > width && x > 0 {
            (x, y) = (0, y + 1);
        }
        signs.push(Sign { start: start as u32, shown, x, y, wide });
        x += wide;
        if matches!(sign, "\n" | "\r\n") {
            (x, y) = (0, y + 1);
        }
    }
    signs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Depth;
    use proptest::prelude::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    fn drawn(text: &str, lines: &[Line], cursor: ByteRange, width: u16, height: u16) -> (String, u16) {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let theme = Theme::named("dark", Depth::True).unwrap();
        let mut rows = 0;
        terminal
            .draw(|frame| {
                rows = Underlined { text, lines, selected: None, cursor }.draw(frame, frame.area(), &theme);
            })
            .unwrap();
        let buffer = terminal.backend().buffer();
        let row = |cells: &[ratatui::buffer::Cell]| cells.iter().map(|c| c.symbol()).collect::<String>();
        let all: Vec<String> = buffer.content().chunks(usize::from(width)).map(row).collect();
        (all.join("\n"), rows)
    }

    #[test]
    fn a_line_stands_under_its_stretch_with_its_tag() {
        let line = |from: usize, to: usize, whole| Line {
            range: ByteRange::new(from, to),
            tag: "2".into(),
            whole,
            role: Role::Good,
        };
        let (frame, rows) = drawn("to 张三 now", &[line(3, 9, true), line(10, 13, false)], ByteRange::new(0, 1), 14, 2);
        assert_eq!(rows, 2);
        assert_eq!(frame.lines().nth(1), Some("   2─── 2..   "));
    }

    #[test]
    fn the_line_of_the_cursor_is_seen_however_long_the_text() {
        let text = "一二三四五六七八九十";
        let (frame, _) = drawn(text, &[], ByteRange::new(27, 30), 4, 4);
        assert!(frame.contains('十') && !frame.contains('一'), "{frame}");
        let (frame, _) = drawn(text, &[], ByteRange::new(0, 3), 4, 4);
        assert!(frame.contains('一'), "{frame}");
    }

    proptest! {
        #[test]
        fn any_text_on_any_area_is_drawn(text in "\\PC{0,12}|[a \r\n退e\u{301}👨\u{200d}👩\u{1b}\u{202e}]{0,12}", width in 1u16..12, height in 0u16..6, a in 0usize..12, b in 0usize..12) {
            let edges = crate::text::graphemes::edges(&text);
            let at = |n: usize| edges[n.min(edges.len() - 1)];
            let range = ByteRange { start: at(a), end: at(b) };
            let lines = [Line { range, tag: "12".into(), whole: true, role: Role::Good }];
            drawn(&text, &lines, ByteRange { start: at(a), end: at(a + 1) }, width, height.max(1));
        }
    }
}
