//! Points and curves in braille: the cluster map, the learning and threshold curves.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::cells;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::paint;

/// Points of one role, each with both coordinates 0 to 1, from the lower left.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub role: Role,
    pub points: Vec<(f64, f64)>,
    /// Whether the points are joined, in their order.
    pub joined: bool,
    /// The sign that marks them where there is no braille and no colour.
    pub sign: char,
}

/// Braille dots of a cell, `DOTS[y][x]`, from the top.
const DOTS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// Draws the series over each other; the last one wins a cell's role.
pub fn draw(frame: &mut Frame, area: Rect, series: &[Series], theme: &Theme) {
    let area = area.intersection(frame.area());
    if area.is_empty() {
        return;
    }
    let (columns, rows) = (usize::from(area.width), usize::from(area.height));
    let mut grid = vec![(0u32, Role::Text, ' '); columns * rows];
    for one in series {
        let dots = one.points.iter().filter_map(|(x, y)| {
            let inside = x.is_finite() && y.is_finite();
            let place = |v: f64, dots: usize| (v.clamp(0.0, 1.0) * (dots - 1) as f64).round() as usize;
            inside.then(|| (place(*x, columns * 2), rows * 4 - 1 - place(*y, rows * 4)))
        });
        let dots: Vec<(usize, usize)> = dots.collect();
        let mut set = |(x, y): (usize, usize)| {
            let cell = &mut grid[y / 4 * columns + x / 2];
            *cell = (cell.0 | DOTS[y % 4][x % 2], one.role, one.sign);
        };
        dots.iter().copied().for_each(&mut set);
        if one.joined {
            dots.windows(2).flat_map(|pair| between(pair[0], pair[1])).for_each(&mut set);
        }
    }
    let ascii = theme.glyphs.here.is_ascii();
    for (row, line) in paint::rows(area).zip(grid.chunks(columns)) {
        for (x, (dots, role, sign)) in line.iter().enumerate().filter(|(_, (dots, ..))| *dots != 0) {
            let braille = char::from_u32(0x2800 + dots).unwrap_or('.');
            let face = if ascii { *sign } else { braille };
            let at = Rect { x: row.x + x as u16, width: 1, ..row };
            paint::line(frame, at, &[(*role, &face.to_string())], theme);
        }
    }
}

/// Draws a curve with its axes: the range of y at the left, of x below.
pub fn plot(frame: &mut Frame, area: Rect, series: &[Series], x: (&str, &str), y: (&str, &str), theme: &Theme) {
    let area = area.intersection(frame.area());
    let margin = cells::width(y.0).max(cells::width(y.1)) as u16 + 1;
    if area.width <= margin + 2 || area.height < 3 {
        return draw(frame, area, series, theme);
    }
    let inner = Rect { x: area.x + margin, width: area.width - margin, height: area.height - 1, ..area };
    for line in paint::rows(inner) {
        let at = Rect { x: inner.x - 1, width: 1, ..line };
        paint::line(frame, at, &[(Role::Border, theme.glyphs.vertical)], theme);
    }
    let left = Rect { width: margin - 1, ..area };
    paint::line_right(frame, left, &[(Role::Dim, y.1)], theme);
    paint::line_right(frame, Rect { y: area.y + area.height - 2, ..left }, &[(Role::Dim, y.0)], theme);
    let below = Rect { y: area.y + area.height - 1, height: 1, ..inner };
    paint::line(frame, below, &[(Role::Dim, x.0)], theme);
    paint::line_right(frame, below, &[(Role::Dim, x.1)], theme);
    draw(frame, inner, series, theme);
}

/// Returns the dots of a straight line.
fn between(from: (usize, usize), to: (usize, usize)) -> Vec<(usize, usize)> {
    let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
    let at = |a: usize, b: usize, n: usize| (a * (steps - n) + b * n + steps / 2) / steps;
    (0..=steps).map(|n| (at(from.0, to.0, n), at(from.1, to.1, n))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_line_goes_from_end_to_end_without_gaps(a in (0usize..90, 0usize..90), b in (0usize..90, 0usize..90)) {
            let dots = between(a, b);
            prop_assert_eq!((dots[0], dots[dots.len() - 1]), (a, b));
            prop_assert!(dots.windows(2).all(|p| p[0].0.abs_diff(p[1].0) <= 1 && p[0].1.abs_diff(p[1].1) <= 1));
        }
    }
}
