//! How the queue is drawn: guesses, the conversation around the item, the guideline.

use crate::domain::conversation::Role as Speaker;
use crate::i18n::fill;
use crate::tui::cells;
use crate::tui::screen::Look;
use crate::tui::screens::label::Label;
use crate::tui::screens::label::search::GUESSES;
use crate::tui::theme::Role;
use crate::tui::widgets::bar::bar;
use crate::tui::widgets::chat::role_of;
use crate::tui::widgets::paint;
use crate::workbench::label::Why;
use crate::workbench::personal::Personal;
use ratatui::Frame;
use ratatui::layout::Rect;

/// Returns why an item is asked, in a language.
pub(super) fn reason(why: Why, words: &crate::i18n::Words) -> &'static str {
    let (words, agreement) = (&words.label, &words.agreement);
    match why {
        Why::Overlap => agreement.why,
        Why::Chance => words.why_chance,
        Why::Close => words.why_close,
        Why::Unlikely => words.why_unlikely,
        Why::New => words.why_new,
        Why::Disagreement => words.why_disagreement,
        Why::Customers => words.why_customers,
    }
}

impl Label {
    pub(super) fn draw_guesses(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.label;
        let inner = paint::framed(frame, area, t.guesses, true, look.theme);
        let mut rows = paint::rows(inner);
        let Some(item) = self.item() else { return };
        if item.prediction.guesses.is_empty()
            && let Some(row) = rows.next()
        {
            paint::line(frame, row, &[(Role::Dim, t.no_model)], look.theme);
        }
        for (place, guess) in item.prediction.guesses.iter().take(GUESSES).enumerate() {
            let Some(row) = rows.next() else { return };
            let name = match guess.intent {
                None => t.out_of_scope.to_string(),
                Some(id) => self.intent(id).map_or(String::new(), |intent| intent.name.clone()),
            };
            let score = format!(" {:.2} ", guess.probability);
            let meter = bar(f64::from(guess.probability), 6, &look.theme.glyphs);
            let room = usize::from(row.width).saturating_sub(3 + cells::width(&score) + 6);
            let name = cells::fit(&name, room);
            let key = format!(" {} ", place + 1);
            paint::line(
                frame,
                row,
                &[(Role::Key, &key), (Role::Text, &name), (Role::Dim, &score), (Role::Fill, &meter)],
                look.theme,
            );
        }
        if self.recent.is_empty() {
            return;
        }
        for (place, id) in self.recent.iter().enumerate() {
            let Some(row) = rows.next() else { return };
            let key = format!(" {} ", GUESSES + place + 1);
            let name = self.intent(*id).map_or("", |intent| intent.name.as_str());
            paint::line(frame, row, &[(Role::Key, &key), (Role::Dim, name)], look.theme);
        }
    }

    pub(super) fn draw_context(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.label;
        let p = &look.words.privacy;
        let title = match self.way {
            Personal::Raw => format!("{} · {}", t.conversation, p.open),
            _ => t.conversation.to_string(),
        };
        let inner = paint::framed(frame, area, &title, false, look.theme);
        let mut lines: Vec<(Role, String)> = Vec::new();
        let mut here = 0;
        for (place, turn) in self.context.iter().enumerate() {
            let (role, who) = match turn.role {
                Speaker::Customer => (role_of(Speaker::Customer), t.customer),
                Speaker::Agent => (role_of(Speaker::Agent), t.agent),
                Speaker::Bot => (role_of(Speaker::Bot), t.bot),
                Speaker::System => (Role::Dim, t.system),
            };
            let text = self.shown(place);
            let mark = if place == self.here { " ◀" } else { "" };
            if place == self.here {
                here = lines.len();
            }
            // A piece of the sentence before it: what the item says is all of them.
            let piece = if turn.part_of.is_some() { "+ " } else { "" };
            let said = format!("{who} {piece}{text}{mark}");
            for line in cells::wrap(&said, usize::from(inner.width)) {
                lines.push((if place == self.here { Role::Word } else { role }, line));
            }
        }
        if lines.is_empty() {
            lines.push((Role::Dim, t.no_context.to_string()));
        }
        let height = usize::from(inner.height);
        let skip = (here + 1).saturating_sub(height.div_ceil(2)).min(lines.len().saturating_sub(height));
        for (row, (role, line)) in paint::rows(inner).zip(lines.iter().skip(skip)) {
            paint::line(frame, row, &[(*role, line)], look.theme);
        }
    }

    pub(super) fn draw_guideline(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.label;
        let best = self.item().and_then(|item| item.prediction.best()).and_then(|guess| guess.intent);
        if let Some(intent) = best.and_then(|id| self.intent(id)) {
            let text = fill(t.guideline, &[("name", &intent.name), ("text", &intent.guideline)]);
            paint::text(frame, area, &text, Role::Dim, 0, look.theme);
        }
    }
}
