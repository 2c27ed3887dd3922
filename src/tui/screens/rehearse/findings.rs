//! What a playing found, as a list with one thing beside it: changed turns by cause, limits and what they do, edits
//! nothing noticed, messages that break a rehearsal.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::dialogue::proof::mutation::Mutation;
use crate::dialogue::proof::robust::Robustness;
use crate::explain;
use crate::i18n::Words;
use crate::text::safe::safe;
use crate::tui::cells;
use crate::tui::screen::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::changes::Changes;
use crate::workbench::limits::Advice;

/// One thing found.
struct Finding {
    mark: (Role, &'static str),
    name: String,
    beside: Vec<(Role, String)>,
}

/// The list.
#[derive(Default)]
pub struct Findings {
    head: Vec<String>,
    list: Vec<Finding>,
    pub cursor: Cursor,
    /// Rows the head takes at the width drawn last.
    headed: u16,
}

impl Findings {
    fn of(head: Vec<String>, list: Vec<Finding>) -> Self {
        Self { cursor: Cursor::new(list.len()), head, list, headed: 1 }
    }

    /// Changed turns, a cause a line.
    pub fn changes(changes: &Changes, words: &Words) -> Self {
        let pairs = changes.comparison.groups.iter().zip(&changes.verdicts);
        let list = pairs.map(|(group, verdict)| {
            let cause = explain::proof::cause(&group.cause, words);
            let mut beside = vec![(Role::Title, cause.clone()), (Role::Dim, explain::proof::group(group, words))];
            for example in &group.examples {
                beside.push((Role::Customer, safe(&example.said).into_string()));
                beside.push((Role::Bad, format!("- {}", safe(&example.before.join(" ")))));
                beside.push((Role::Good, format!("+ {}", safe(&example.now.join(" ")))));
            }
            let mark = match verdict {
                None => (Role::Dim, "·"),
                Some(true) => (Role::Good, "✓"),
                Some(false) => (Role::Bad, "✗"),
            };
            Finding { mark, name: format!("{} {cause}", group.turns + group.after), beside }
        });
        Self::of(explain::proof::compared(changes, words), list.collect())
    }

    /// Limits along the curve, the cheapest marked.
    pub fn limits(advice: &Advice, words: &Words) -> Self {
        let dearest = advice.fit.curve.iter().map(|one| one.cost).fold(f64::MIN_POSITIVE, f64::max);
        let pairs: Vec<(Role, String)> =
            explain::proof::pairs(advice, words).into_iter().map(|line| (Role::Dim, line)).collect();
        let list = advice.fit.curve.iter().map(|one| {
            let best = one.limits == advice.fit.best.limits;
            let bar = "█".repeat((one.cost / dearest * 16.0).round().clamp(0.0, 16.0) as usize);
            let mut beside = vec![(Role::Text, explain::proof::limit(one, words))];
            beside.extend(pairs.iter().cloned());
            Finding {
                mark: if best { (Role::Good, "▶") } else { (Role::Dim, " ") },
                name: format!("{:.2} {:.3} {bar}", one.limits.answer, one.cost),
                beside,
            }
        });
        let mut findings = Self::of(explain::proof::limits_now(advice, words), list.collect());
        let best = advice.fit.curve.iter().position(|one| one.limits == advice.fit.best.limits);
        findings.cursor.go(best.unwrap_or(0));
        findings
    }

    /// Edits of the policy no rehearsal noticed, each at its line and column.
    pub fn survivors(mutation: &Mutation, words: &Words) -> Self {
        let list = mutation.survivors.iter().map(|edit| Finding {
            mark: (Role::Doubt, "!"),
            name: format!("{}:{} {}", edit.line, edit.column, safe(&edit.place)),
            beside: vec![(Role::Text, explain::proof::survivor(edit, words))],
        });
        Self::of(vec![explain::proof::mutation(mutation, words)], list.collect())
    }

    /// Messages that break a rehearsal when they are said otherwise.
    pub fn broken(robustness: &Robustness, words: &Words) -> Self {
        let list = robustness.broken.iter().map(|broken| Finding {
            mark: (Role::Bad, "✗"),
            name: format!("{} {}", words.proof.kinds[broken.kind as usize], safe(&broken.otherwise)),
            beside: vec![
                (Role::Title, safe(&broken.rehearsal).into_string()),
                (Role::Text, explain::proof::broken(broken, words)),
            ],
        });
        let heads = explain::proof::kinds(robustness, words).join(" · ");
        Self::of(vec![heads], list.collect())
    }

    /// Learns the area it will be drawn on.
    pub fn fit(&mut self, area: Rect) {
        let rows: usize = self.head.iter().map(|line| cells::wrap(line, usize::from(area.width).max(1)).len()).sum();
        self.headed = (rows as u16).min(area.height / 2);
        self.cursor.fit(area.height.saturating_sub(self.headed));
    }

    /// Draws the list, and beside it what stands under the cursor.
    pub fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let headed = Rect { height: self.headed, ..area };
        let head: Vec<(Role, String)> = self.head.iter().map(|line| (Role::Title, line.clone())).collect();
        lines(frame, headed, &head, look);
        let below = Rect { y: area.y + self.headed, height: area.height.saturating_sub(self.headed), ..area };
        let left = if area.width >= 60 { area.width * 9 / 20 } else { area.width };
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let (role, mark) = self.list[at].mark;
                Row::of([(role, mark.to_string()), (Role::Text, self.list[at].name.clone())])
            })
            .collect();
        let columns = [Column::fixed("", 2), Column::share("", 1)];
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: false }.draw(
            frame,
            Rect { width: left, ..below },
            look.theme,
        );
        if left == area.width {
            return;
        }
        let inner = paint::ruled(frame, Rect { x: below.x + left, width: area.width - left, ..below }, look.theme);
        if let Some(finding) = self.cursor.at().and_then(|at| self.list.get(at)) {
            lines(frame, inner, &finding.beside, look);
        }
    }
}

/// Draws lines, wrapped, as far as there is room.
pub fn lines(frame: &mut Frame, area: Rect, lines: &[(Role, String)], look: &Look) {
    let mut rows = paint::rows(area);
    for (role, line) in lines {
        for part in cells::wrap(line, usize::from(area.width)) {
            let Some(row) = rows.next() else { return };
            paint::line(frame, row, &[(*role, &part)], look.theme);
        }
    }
}
