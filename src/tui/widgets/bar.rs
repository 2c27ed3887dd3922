//! A figure as a length, and a row of figures as heights, in text that fits a table's cell.

use crate::tui::theme::Glyphs;

/// Returns a bar of `share` (0 to 1) of `columns`, exact to an eighth of a column.
pub fn bar(share: f64, columns: usize, glyphs: &Glyphs) -> String {
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let steps = glyphs.eighths.len();
    let eighths = (share * (columns * steps) as f64).round() as usize;
    let mut out = glyphs.eighths[steps - 1].repeat(eighths / steps);
    if !eighths.is_multiple_of(steps) {
        out.push_str(glyphs.eighths[eighths % steps - 1]);
    } else if eighths == 0 && share > 0.0 && columns > 0 {
        out.push_str(glyphs.eighths[0]);
    }
    out
}

/// Returns a figure of 0 to 1 as a mood strip or a sparkline would show it, one column each.
pub fn spark(shares: impl IntoIterator<Item = f64>, glyphs: &Glyphs) -> String {
    const UNICODE: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
    const ASCII: [&str; 8] = ["_", "_", ".", ".", "-", "=", "#", "#"];
    let steps = if glyphs.here.is_ascii() { ASCII } else { UNICODE };
    shares.into_iter().map(|share| steps[(share.clamp(0.0, 1.0) * 7.0).round() as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::cells;
    use crate::tui::theme::{ASCII_GLYPHS, GLYPHS};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_bar_never_leaves_its_columns(share in -1.0f64..2.0, columns in 0usize..30) {
            for glyphs in [&GLYPHS, &ASCII_GLYPHS] {
                let wide = cells::width(&bar(share, columns, glyphs));
                prop_assert!(wide <= columns);
                prop_assert!(share < 1.0 || wide == columns);
            }
        }
    }

    #[test]
    fn a_little_is_not_nothing() {
        assert_eq!(bar(0.0, 6, &GLYPHS), "");
        assert_eq!(bar(0.001, 6, &GLYPHS), "▏");
        assert_eq!(bar(0.5, 6, &GLYPHS), "███");
        assert_eq!(bar(f64::NAN, 6, &GLYPHS), "");
        assert_eq!(spark([0.0, 0.5, 1.0], &GLYPHS), "▁▅█");
    }
}
