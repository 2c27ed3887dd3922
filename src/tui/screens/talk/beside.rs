//! What stands beside the chat: why the bot answered so, what would have flipped it, the other courses.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::dialogue::Dialogue;
use crate::domain::mood::Mood;
use crate::explain;
use crate::i18n::fill;
use crate::nlu::moods::sense::tone;
use crate::text::safe::safe;
use crate::tui::cells;
use crate::tui::screen::{Desk, Look};
use crate::tui::theme::Role;
use crate::tui::widgets::paint;
use crate::workbench::error::Result;
use crate::workbench::talk::fix::why_not;
use crate::workbench::talk::{self, Chat};

/// What is shown.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum View {
    #[default]
    Why,
    /// What would have flipped the last decision.
    WhyNot,
    /// The other courses of this chat, where they part from it.
    Branches,
}

/// What stands beside the chat.
#[derive(Default)]
pub struct Beside {
    view: View,
    /// Whether stages that did not fire are shown too.
    pub whole_trace: bool,
    /// What is shown, but for the trace.
    lines: Vec<(Role, String)>,
}

impl Beside {
    /// Turns to the next view.
    pub fn turn(&mut self) {
        self.view = match self.view {
            View::Why => View::WhyNot,
            View::WhyNot => View::Branches,
            View::Branches => View::Why,
        };
    }

    /// Reads anew what is shown.
    pub fn look(&mut self, chat: Option<&Chat>, desk: &Desk) -> Result<()> {
        self.lines.clear();
        let Some(chat) = chat else { return Ok(()) };
        match self.view {
            View::Why => {}
            View::WhyNot => {
                let last = chat.exchanges.len().saturating_sub(1);
                for flip in why_not(chat, last) {
                    self.lines.push((Role::Text, explain::proof::flip(&flip.change, desk.words)));
                    let first = flip.replies.first().map_or(desk.words.talk.silent, String::as_str);
                    self.lines.push((Role::Bot, format!("  → {}", safe(first))));
                }
                if self.lines.is_empty() {
                    self.lines.push((Role::Dim, desk.words.talk.nothing_flips.to_string()));
                }
            }
            View::Branches => {
                let branches: Vec<Dialogue> = talk::branches(&desk.project, chat)?;
                for branch in &branches {
                    let other = talk::exchanges(branch)?;
                    let pairs = chat.exchanges.iter().zip(&other);
                    let same =
                        pairs.take_while(|(a, b)| a.said == b.said && a.record.outcome == b.record.outcome).count();
                    let gaps = [("id", &*branch.id.to_string()), ("turn", &*same.to_string())];
                    self.lines.push((Role::Title, fill(desk.words.talk.branch, &gaps)));
                    for exchange in other.iter().skip(same).take(2) {
                        if let Some(said) = &exchange.said {
                            self.lines.push((Role::Customer, format!("  {}", safe(said))));
                        }
                        for reply in &exchange.record.outcome.replies {
                            self.lines.push((Role::Bot, format!("  {}", safe(&reply.text))));
                        }
                    }
                }
                if self.lines.is_empty() {
                    self.lines.push((Role::Dim, desk.words.talk.no_branches.to_string()));
                }
            }
        }
        Ok(())
    }

    /// Draws it.
    pub fn draw(&self, chat: &Chat, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.talk;
        let inner = paint::ruled(frame, area, look.theme);
        let mut rows = paint::rows(inner);
        let Some(head) = rows.next() else { return };
        if self.view != View::Why {
            let title = if self.view == View::WhyNot { t.why_not } else { t.branches };
            paint::line(frame, head, &[(Role::Title, title)], look.theme);
            for (role, line) in &self.lines {
                for part in cells::wrap(line, usize::from(inner.width)) {
                    let Some(row) = rows.next() else { return };
                    paint::line(frame, row, &[(*role, &part)], look.theme);
                }
            }
            return;
        }
        let turn = chat.exchanges.len().saturating_sub(1).to_string();
        paint::line(frame, head, &[(Role::Title, &fill(t.why, &[("turn", &turn)]))], look.theme);
        let Some(exchange) = chat.exchanges.last() else { return };
        let emotion = &exchange.record.heard.emotion;
        if exchange.said.is_some() && (tone(emotion) != Mood::Calm || !emotion.risks.is_empty()) {
            let told = fill(look.words.moods.in_talk, &[("what", &explain::moods::heard(emotion, look.words))]);
            for part in cells::wrap(&told, usize::from(inner.width)) {
                let Some(row) = rows.next() else { return };
                paint::line(frame, row, &[(Role::Doubt, &part)], look.theme);
            }
        }
        for line in &exchange.record.outcome.trace {
            if !line.fired && !self.whole_trace && line.stage != 0 {
                continue;
            }
            let role = if line.fired { Role::Text } else { Role::Dim };
            for part in cells::wrap(&explain::trace::line(line, look.words), usize::from(inner.width)) {
                let Some(row) = rows.next() else { return };
                paint::line(frame, row, &[(role, &part)], look.theme);
            }
        }
    }
}
