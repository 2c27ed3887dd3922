//! How a text is drawn while it is marked: lines under what is marked and proposed, kinds and stretches below.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::range::ByteRange;
use crate::i18n::fill;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::screen::Look;
use crate::tui::screens::label::entities::Entities;
use crate::tui::theme::Role;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::underlined::{Line, Underlined};
use crate::tui::widgets::{paint, spans};

/// Digits that choose a kind.
const DIGITS: usize = 9;

impl Entities {
    pub(super) fn draw_sheet(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.entities;
        let Some(sheet) = &self.sheet else { return };
        let mut rows = paint::rows(area);
        let Some(head) = rows.next() else { return };
        let counts = [("n", sheet.spans.len()), ("proposals", sheet.proposals.len())];
        let counts = counts.map(|(gap, n)| (gap, thousands(n as u64)));
        let gaps = counts.each_ref().map(|(gap, n)| (*gap, n.as_str()));
        paint::line(frame, head, &[(Role::Title, &fill(t.head, &gaps))], look.theme);
        let left = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        let inside = Rect { x: left.x + 2.min(left.width), width: left.width.saturating_sub(4), ..left };
        let most = (left.height / 2).max(2).min(left.height);
        let marked = sheet.spans.iter().map(|span| Line {
            range: span.range,
            tag: self.digit(&span.entity),
            whole: true,
            role: Role::Good,
        });
        let proposed = sheet.proposals.iter().map(|proposal| Line {
            range: proposal.mark.range,
            tag: self.digit(&proposal.mark.entity),
            whole: false,
            role: Role::Doubt,
        });
        let lines: Vec<Line> = marked.chain(proposed).collect();
        let (selected, cursor) = (self.cursor.range(), self.cursor.here());
        let text = Underlined { text: &sheet.utterance.text, lines: &lines, selected, cursor };
        let mut used = text.draw(frame, Rect { height: most, ..inside }, look.theme);
        if let Some(row) = paint::rows(inside).nth(usize::from(used)) {
            let phrase = if self.cursor.is_open() { t.open } else { t.stretch };
            let words = self.range().map_or("–", |range| range.of(&sheet.utterance.text));
            let said = fill(phrase, &[("words", words)]);
            paint::line(frame, row, &[(Role::Dim, &said)], look.theme);
            used += 1;
        }
        if let Some(raw) = &sheet.raw {
            let label = cells::width(t.raw) as u16;
            let room = Rect { y: inside.y + used, height: inside.height.saturating_sub(used).min(2), ..inside };
            paint::line(frame, room, &[(Role::Dim, t.raw)], look.theme);
            let field = Rect { x: room.x + label.min(room.width), width: room.width.saturating_sub(label), ..room };
            let marks: Vec<(ByteRange, Role)> =
                self.range().map(|range| (raw.of(range), Role::Word)).into_iter().collect();
            used += spans::draw(frame, field, &raw.text, &marks, look.theme).max(1);
        }
        let below = Rect { y: left.y + used, height: left.height.saturating_sub(used), ..left };
        let kinds = if area.width >= 60 { below.width * 2 / 5 } else { below.width / 2 };
        self.draw_kinds(frame, Rect { width: kinds, ..below }, look);
        self.draw_stretches(frame, Rect { x: below.x + kinds, width: below.width - kinds, ..below }, look);
    }

    /// Returns the digit of a kind; the others have a sign.
    fn digit(&self, kind: &str) -> String {
        let place = self.kinds.iter().position(|known| known == kind).filter(|place| *place < DIGITS);
        place.map_or("+".to_owned(), |place| (place + 1).to_string())
    }

    fn draw_kinds(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.entities;
        let inner = paint::framed(frame, area, t.kinds, false, look.theme);
        if self.kinds.is_empty() {
            let said = fill(t.no_kinds, &[("key", &look.key(Scope::Entities, Action::NewKind))]);
            paint::text(frame, inner, &said, Role::Dim, 0, look.theme);
        }
        let current = self.span().map(|span| span.entity.as_str());
        for (row, name) in paint::rows(inner).zip(&self.kinds) {
            let marks = self.known.kinds().iter().find(|kind| kind.name == *name).map_or(0, |kind| kind.marks);
            let times = format!(" ×{}", thousands(marks));
            let room = usize::from(row.width).saturating_sub(3 + cells::width(&times));
            let role = if current == Some(name) { Role::Good } else { Role::Text };
            let pieces =
                [(Role::Key, format!(" {} ", self.digit(name))), (role, cells::fit(name, room)), (Role::Dim, times)];
            let pieces: Vec<(Role, &str)> = pieces.iter().map(|(role, text)| (*role, text.as_str())).collect();
            paint::line(frame, row, &pieces, look.theme);
        }
    }

    fn draw_stretches(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.entities;
        let inner = paint::framed(frame, area, t.marks, true, look.theme);
        let Some(sheet) = &self.sheet else { return };
        let text = &sheet.utterance.text;
        let (good, doubt) = (look.theme.glyphs.good, look.theme.glyphs.doubt);
        let marked = sheet.spans.iter().map(|s| (s.range, Role::Good, good, &s.entity, &s.value, ""));
        let proposed = sheet
            .proposals
            .iter()
            .map(|p| (p.mark.range, Role::Doubt, doubt, &p.mark.entity, &p.mark.value, t.origins[p.origin as usize]));
        let mut all: Vec<_> = marked.chain(proposed).collect();
        all.sort_by_key(|(range, ..)| *range);
        if all.is_empty() {
            paint::line(frame, inner, &[(Role::Dim, t.no_marks)], look.theme);
        }
        let here = self.cursor.here().start;
        let at = all.iter().position(|(range, ..)| here < range.end).unwrap_or(all.len().saturating_sub(1));
        let height = usize::from(inner.height);
        let skip = (at + 1).saturating_sub(height);
        for (row, (range, role, sign, entity, value, origin)) in paint::rows(inner).zip(all.into_iter().skip(skip)) {
            let on = range.start <= here && here < range.end;
            let pointer = if on { look.theme.glyphs.here } else { " " };
            let origin = if origin.is_empty() { String::new() } else { format!(" [{origin}]") };
            let room = usize::from(row.width).saturating_sub(5 + cells::width(&origin));
            let value = if value.is_empty() { String::new() } else { format!(" = {value}") };
            let words = cells::fit(&format!("{entity}  {}{value}", range.of(text)), room);
            let head = format!("{pointer} {sign} ");
            paint::line(frame, row, &[(role, &head), (Role::Text, &words), (Role::Dim, &origin)], look.theme);
        }
    }
}
