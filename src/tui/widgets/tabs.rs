//! The line of tabs: all of them when they fit, else the one one is on with its neighbours.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::tui::cells;
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::paint;

/// Draws the titles, the chosen one standing out; returns the columns used.
pub fn draw(frame: &mut Frame, area: Rect, titles: &[&str], chosen: usize, theme: &Theme) -> u16 {
    let shown = window(titles, chosen, usize::from(area.width));
    let mut x = 0;
    if shown.start > 0 {
        x += paint::line(frame, area, &[(Role::Dim, "…")], theme);
    }
    for at in shown.clone() {
        let label = format!(" {} ", titles[at]);
        let role = if at == chosen { Role::Tab } else { Role::Bar };
        let rest = Rect { x: area.x + x, width: area.width - x, ..area };
        x += paint::line(frame, rest, &[(role, &label)], theme);
    }
    if shown.end < titles.len() && x < area.width {
        let rest = Rect { x: area.x + x, width: area.width - x, ..area };
        x += paint::line(frame, rest, &[(Role::Dim, "…")], theme);
    }
    x
}

/// Returns the titles to show: the chosen one and as many around it as fit.
fn window(titles: &[&str], chosen: usize, columns: usize) -> std::ops::Range<usize> {
    let wide: Vec<usize> = titles.iter().map(|t| cells::width(t) + 2).collect();
    if wide.iter().sum::<usize>() <= columns {
        return 0..titles.len();
    }
    let room = columns.saturating_sub(2);
    let chosen = chosen.min(titles.len().saturating_sub(1));
    let (mut from, mut to) = (chosen, (chosen + 1).min(titles.len()));
    let mut used: usize = wide[from..to].iter().sum();
    loop {
        let right = wide.get(to).filter(|w| used + **w <= room);
        let left = from.checked_sub(1).map(|at| wide[at]).filter(|w| used + w <= room);
        match (left, right) {
            (_, Some(w)) if to - chosen <= chosen - from || left.is_none() => {
                used += w;
                to += 1;
            }
            (Some(w), _) => {
                used += w;
                from -= 1;
            }
            (None, _) => return from..to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_chosen_tab_is_always_there(chosen in 0usize..11, columns in 0usize..120) {
            let titles = ["首页", "导入", "清洗", "聚类", "标注", "训练", "评测", "设计", "对话", "演练", "导出"];
            let shown = window(&titles, chosen, columns);
            prop_assert!(shown.contains(&chosen));
            let wide: usize = titles[shown.clone()].iter().map(|t| cells::width(t) + 2).sum();
            prop_assert!(wide <= columns || shown.len() == 1);
        }
    }
}
