//! The ladder: a line a cluster, with its size, how it holds together, how new it is and what sets it apart.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::cluster::ClusterState;
use crate::i18n::fill;
use crate::tui::cells;
use crate::tui::screen::Look;
use crate::tui::screens::group::called;
use crate::tui::theme::Role;
use crate::tui::widgets::bar::bar;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};

/// Rows the guesses of the chosen cluster take below the ladder, and how many stand in a row.
pub(super) const GUESSES: u16 = 3;
const BESIDE: usize = 3;

impl super::Group {
    pub(super) fn draw_ladder(&self, frame: &mut Frame, ladder: Rect, look: &Look) {
        let t = &look.words.group;
        let open = self.rungs.iter().filter(|rung| rung.state == ClusterState::Open).count();
        let customers: u64 = self.rungs.iter().map(|rung| rung.customers).sum();
        let head = fill(
            t.head,
            &[
                ("open", &open.to_string()),
                ("clusters", &self.rungs.len().to_string()),
                ("customers", &thousands(customers)),
                ("unassigned", &format!("{:.0}", self.unassigned * 100.0)),
            ],
        );
        paint::line(frame, Rect { height: 1.min(ladder.height), ..ladder }, &[(Role::Title, &head)], look.theme);
        let height = ladder.height.saturating_sub(1 + GUESSES);
        let list = Rect { y: ladder.y + 1.min(ladder.height), height, ..ladder };
        if self.rungs.is_empty() {
            paint::text(frame, list, t.empty, Role::Dim, 0, look.theme);
            return;
        }
        let most = self.rungs.iter().map(|rung| rung.customers).max().unwrap_or(1).max(1);
        let columns = [
            Column::fixed("", 4),
            Column::figures(t.customers, 6),
            Column::fixed(t.cohesion, 4),
            Column::fixed(t.novelty, 4),
            Column::share(t.words, 1),
        ];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let rung = &self.rungs[at];
                let role = match rung.state {
                    ClusterState::Open => Role::Text,
                    ClusterState::Accepted => Role::Good,
                    ClusterState::Later | ClusterState::Ignored => Role::Dim,
                };
                let mark = match rung.state {
                    ClusterState::Open => "",
                    ClusterState::Accepted => "✓ ",
                    ClusterState::Later => "… ",
                    ClusterState::Ignored => "✗ ",
                };
                let badge = match rung.before {
                    Some(0) => format!("[{}] ", t.new_cluster),
                    Some(before) if rung.customers > before => format!("[+{}] ", thousands(rung.customers - before)),
                    _ => String::new(),
                };
                let dots = (rung.novelty * 3.0).round() as usize;
                let novelty = format!("{}{}", "●".repeat(dots.min(3)), "○".repeat(3 - dots.min(3)));
                Row::of([
                    (Role::Fill, bar(rung.customers as f64 / most as f64, 4, &look.theme.glyphs)),
                    (role, thousands(rung.customers)),
                    (Role::Dim, format!("{:.2}", rung.cohesion).trim_start_matches('0').to_string()),
                    (Role::Dim, novelty),
                    (role, format!("{mark}{badge}{}", called(rung))),
                ])
            })
            .collect();
        Table {
            columns: &columns,
            rows: &rows,
            cursor: &self.cursor,
            focused: look.focused && !self.in_members,
            headed: true,
        }
        .draw(frame, list, look.theme);
        self.draw_guesses(frame, Rect { y: list.y + list.height, height: GUESSES.min(ladder.height), ..ladder }, look);
    }

    /// Draws what the digits mean for the chosen cluster.
    fn draw_guesses(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let room = usize::from(area.width) / BESIDE;
        let names: Vec<(String, String)> = self
            .digits
            .iter()
            .enumerate()
            .filter_map(|(place, (id, _))| {
                let intent = self.catalogue.iter().find(|intent| intent.id == *id)?;
                let key = format!(" {} ", place + 1);
                let name = cells::fit(&intent.name, room.saturating_sub(cells::width(&key)));
                Some((key, name))
            })
            .collect();
        for (row, names) in paint::rows(area).zip(names.chunks(BESIDE)) {
            let parts: Vec<(Role, &str)> =
                names.iter().flat_map(|(key, name)| [(Role::Key, key.as_str()), (Role::Text, name.as_str())]).collect();
            paint::line(frame, row, &parts, look.theme);
        }
    }
}
