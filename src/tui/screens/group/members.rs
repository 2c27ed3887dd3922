//! The members of the chosen cluster, core to edge, with the cut line among them.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::fill;
use crate::tui::screen::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;

impl super::Group {
    pub(super) fn draw_members(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.group;
        let inner = paint::ruled(frame, area, look.theme);
        let mut rows = paint::rows(inner);
        let Some(head) = rows.next() else { return };
        let title = self.rung().map_or(String::new(), |rung| {
            fill(t.cluster, &[("id", &rung.id.0.to_string()), ("customers", &thousands(rung.customers))])
        });
        paint::line(frame, head, &[(Role::Title, &title)], look.theme);
        let shown: Vec<usize> = self.member.shown().collect();
        let mut lines = rows;
        for at in shown {
            if at == self.cut {
                let Some(row) = lines.next() else { return };
                let rule = look.theme.glyphs.horizontal.repeat(3);
                paint::line(
                    frame,
                    row,
                    &[
                        (Role::Doubt, &rule),
                        (Role::Doubt, " "),
                        (Role::Doubt, t.cut),
                        (Role::Doubt, " "),
                        (Role::Doubt, &rule.repeat(12)),
                    ],
                    look.theme,
                );
            }
            let Some(row) = lines.next() else { return };
            let member = &self.members[at];
            let stray = self.strays.contains(&member.utterance.id);
            let here = self.in_members && self.member.at() == Some(at);
            let role = match (here && look.focused, at < self.cut && !stray, member.verdict.is_some()) {
                (true, ..) => Role::Focus,
                (_, _, true) => Role::Good,
                (_, true, _) => Role::Text,
                _ => Role::Dim,
            };
            let lead = if here { look.theme.glyphs.here } else { " " };
            let mark = if stray {
                "✗"
            } else if member.verdict.is_some() {
                "✓"
            } else {
                " "
            };
            let count = format!(" ×{}", thousands(member.utterance.count));
            let room = usize::from(row.width).saturating_sub(crate::tui::cells::width(&count) + 4);
            let text = crate::tui::cells::fit(&member.utterance.text, room);
            paint::line(
                frame,
                row,
                &[(role, lead), (role, mark), (role, " "), (role, &text), (Role::Dim, &count)],
                look.theme,
            );
            if here && look.focused {
                paint::caret(frame, row, 0, 0);
            }
        }
        if self.cut == self.members.len()
            && !self.members.is_empty()
            && let Some(row) = lines.next()
        {
            let rule = look.theme.glyphs.horizontal.repeat(3);
            paint::line(frame, row, &[(Role::Doubt, &rule), (Role::Doubt, " "), (Role::Doubt, t.cut)], look.theme);
        }
    }
}
