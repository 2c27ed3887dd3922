//! How well moods are heard on texts held out: what was learned beside the lexicon, each mood, each risk.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::Evaluate;
use crate::explain::moods as told;
use crate::tui::screen::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};

impl Evaluate {
    pub(super) fn draw_moods(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let Some(moods) = &self.moods else { return };
        let mut top = area.y;
        let below = |top: u16| Rect { y: top, height: (area.y + area.height).saturating_sub(top), ..area };
        for line in told::learned(moods, look.words) {
            top += (paint::text(frame, below(top), &line, Role::Text, 0, look.theme) as u16).max(1);
        }
        for table in [told::scores(moods, look.words), told::risks(moods, look.words)] {
            let Some((head, rows)) = table.split_first() else { continue };
            top += 1;
            let columns = [
                Column::fixed(&head[0], 16),
                Column::figures(&head[1], 8),
                Column::figures(&head[2], 12),
                Column::figures(&head[3], 12),
                Column::figures(&head[4], 10),
            ];
            let lines: Vec<Row> =
                rows.iter().map(|row| Row::of(row.iter().map(|cell| (Role::Text, cell.clone())))).collect();
            let cursor = Cursor::reading(lines.len());
            let height = (lines.len() as u16 + 1).min(below(top).height);
            Table { columns: &columns, rows: &lines, cursor: &cursor, focused: false, headed: true }.draw(
                frame,
                Rect { height, ..below(top) },
                look.theme,
            );
            top += height;
        }
    }
}
