//! How far long work is: bar, share, rate and time left, on one line.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::cells;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::bar::bar;
use crate::tui::widgets::paint;

/// Long work as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Gauge<'a> {
    /// What is being done.
    pub what: &'a str,
    pub done: u64,
    /// 0 when nobody knows.
    pub total: u64,
    /// Rows read so far, where the work counts bytes; else 0.
    pub rows: u64,
    /// Seconds since the start.
    pub seconds: f64,
    /// Behind it: how to stop, in words.
    pub hint: &'a str,
}

impl Gauge<'_> {
    /// Returns the share done, 0 to 1; `None` when the total is unknown.
    pub fn share(&self) -> Option<f64> {
        (self.total > 0).then(|| (self.done as f64 / self.total as f64).min(1.0))
    }

    /// Returns the figures: `42 % · 1,204/s · 0:31`.
    pub fn figures(&self) -> String {
        let steps = if self.rows > 0 { self.rows } else { self.done };
        let rate = if self.seconds >= 0.5 { steps as f64 / self.seconds } else { 0.0 };
        let mut parts = Vec::new();
        match self.share() {
            Some(share) => parts.push(format!("{} %", (share * 100.0).floor())),
            None if self.done > 0 => parts.push(thousands(self.done)),
            None => {}
        }
        if rate >= 1.0 {
            parts.push(format!("{}/s", thousands(rate.round() as u64)));
        }
        if self.total > self.done && self.done > 0 && self.seconds >= 1.0 {
            let left = (self.total - self.done) as f64 * self.seconds / self.done as f64;
            parts.push(clock(left.ceil() as u64));
        }
        parts.join(" · ")
    }

    /// Draws it on the first line of `area`.
    pub fn draw(&self, frame: &mut Frame, area: Rect, theme: &Theme) {
        let figures = self.figures();
        let room = usize::from(area.width);
        let fixed = cells::width(self.what) + cells::width(&figures) + cells::width(self.hint) + 6;
        let columns = room.saturating_sub(fixed).min(24);
        let filled = bar(self.share().unwrap_or(0.0), columns, &theme.glyphs);
        let filled = cells::fit(&filled, columns);
        let pieces = [
            (Role::Title, self.what),
            (Role::Text, " "),
            (Role::Fill, &filled),
            (Role::Text, " "),
            (Role::Text, &figures),
            (Role::Text, "  "),
            (Role::Dim, self.hint),
        ];
        paint::line(frame, area, &pieces, theme);
    }
}

/// Returns a count with commas: `31,220`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns seconds as `1:05` or `2:03:04`.
pub fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_say_share_rate_and_time_left() {
        let gauge = Gauge { what: "", done: 2500, total: 10_000, rows: 0, seconds: 2.0, hint: "" };
        assert_eq!(gauge.figures(), "25 % · 1,250/s · 0:06");
        assert_eq!(Gauge { total: 0, ..gauge.clone() }.figures(), "2,500 · 1,250/s");
        assert_eq!(
            Gauge { rows: 600, ..gauge.clone() }.figures().split(" · ").nth(1),
            Some("300/s"),
            "rows, not bytes"
        );
        assert_eq!(Gauge { done: 0, ..gauge }.figures(), "0 %");
        assert_eq!(
            (thousands(0), thousands(1_234_567), clock(3725)),
            ("0".into(), "1,234,567".into(), "1:02:05".into())
        );
    }
}
