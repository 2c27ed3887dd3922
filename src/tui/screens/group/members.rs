//! The members of the chosen cluster, core to edge, with the cut line among them.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::fill;
use crate::tui::screen::Look;
use crate::tui::widgets::cut::{CutList, Member, Sign};
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;

impl super::Group {
    pub(super) fn draw_members(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.group;
        let inner = paint::ruled(frame, area, look.theme);
        let title = self.rung().map_or(String::new(), |rung| {
            fill(t.cluster, &[("id", &rung.id.0.to_string()), ("customers", &thousands(rung.customers))])
        });
        let said = self.members.iter().any(|member| !self.signs(member.utterance.id).is_empty());
        let title = if said { title + t.signs } else { title };
        let shown: Vec<Member> = self
            .member
            .shown()
            .map(|at| {
                let member = &self.members[at];
                let sign = match () {
                    _ if self.strays.contains(&member.utterance.id) => Sign::Stray,
                    _ if member.verdict.is_some() => Sign::Done,
                    _ if self.is_elsewhere(member) => Sign::Elsewhere,
                    _ => Sign::None,
                };
                let figure = format!("{}×{}", self.signs(member.utterance.id), thousands(member.utterance.count));
                Member { text: &member.utterance.text, figure, sign }
            })
            .collect();
        CutList {
            title: &title,
            line: t.cut,
            shown: &shown,
            cursor: &self.member,
            cut: self.cut,
            here: self.in_members,
            focused: look.focused,
        }
        .draw(frame, inner, look.theme);
    }
}
