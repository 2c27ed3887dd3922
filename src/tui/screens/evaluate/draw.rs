//! The tables: pairs confused, their examples, scores by intent, and the names of the views.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::{Evaluate, MAPPED, View};
use crate::domain::ids::IntentId;
use crate::explain::trials as told;
use crate::i18n::Words;
use crate::tui::screen::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::bar::bar;
use crate::tui::widgets::matrix::Matrix;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::evaluate::Evaluation;

impl Evaluate {
    pub(super) fn draw_views(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let mut pieces: Vec<(Role, String)> = Vec::new();
        for (view, name) in View::ALL.iter().zip(look.words.trials.views) {
            // Brackets as well: colour alone says nothing.
            let here = *view == self.view;
            pieces.push(if here { (Role::Key, format!("[{name}]")) } else { (Role::Dim, format!(" {name} ")) });
        }
        let pieces: Vec<(Role, &str)> = pieces.iter().map(|(role, text)| (*role, text.as_str())).collect();
        paint::line(frame, area, &pieces, look.theme);
    }

    pub(super) fn draw_pairs(&self, evaluation: &Evaluation, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.evaluate;
        let columns = [Column::figures(t.count, 5), Column::share(t.gold, 1), Column::share(t.predicted, 1)];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let pair = &evaluation.report.confusions[at];
                Row::of([
                    (Role::Bad, pair.count.to_string()),
                    (Role::Text, self.name(pair.gold, look.words)),
                    (Role::Doubt, self.name(pair.predicted, look.words)),
                ])
            })
            .collect();
        let focused = look.focused && !self.in_cases;
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused, headed: true }
            .draw(frame, area, look.theme);
    }

    pub(super) fn draw_intents(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.evaluate;
        let columns = [
            Column::share(t.intent, 1),
            Column::fixed("", 8),
            Column::figures("F1", 6),
            Column::figures("95 %", 10),
            Column::figures("P", 6),
            Column::figures("R", 6),
            Column::figures("95 %", 10),
            Column::figures(t.examples, 6),
        ];
        let range = |(low, high): (f64, f64)| format!("{low:.2}–{high:.2}");
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let (line, spread) = &self.intents[at];
                let role = if line.f1 < 0.6 {
                    Role::Bad
                } else if line.f1 < 0.8 {
                    Role::Doubt
                } else {
                    Role::Text
                };
                Row::of([
                    (Role::Text, self.name(line.intent, look.words)),
                    (Role::Fill, bar(line.f1, 8, &look.theme.glyphs)),
                    (role, format!("{:.3}", line.f1)),
                    (Role::Dim, range(spread.f1)),
                    (Role::Text, format!("{:.3}", line.precision)),
                    (Role::Text, format!("{:.3}", line.recall)),
                    (Role::Dim, range(spread.recall)),
                    (Role::Dim, line.support.to_string()),
                ])
            })
            .collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, area, look.theme);
    }

    pub(super) fn draw_cases(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.evaluate;
        let inner = paint::ruled(frame, area, look.theme);
        let mut rows = paint::rows(inner);
        let Some(head) = rows.next() else { return };
        let title = self.pair().map_or(String::new(), |pair| {
            format!("{} → {}", self.name(pair.gold, look.words), self.name(pair.predicted, look.words))
        });
        paint::line(frame, head, &[(Role::Title, &title)], look.theme);
        for (row, at) in rows.by_ref().zip(self.case.shown()) {
            let case = &self.cases[at];
            let here = self.in_cases && self.case.at() == Some(at);
            let p = case.prediction.best().map_or(0.0, |guess| guess.probability);
            let role = if here && look.focused { Role::Focus } else { Role::Text };
            let lead = if here { look.theme.glyphs.here } else { " " };
            let cause = case.utterance.and_then(|id| self.causes.get(&id));
            let cause = cause.map_or(String::new(), |cause| format!("〔{}〕", told::cause(*cause, look.words)));
            let pieces = [(role, lead), (Role::Dim, &*format!("{p:.2} ")), (Role::Doubt, &*cause), (role, &*case.text)];
            paint::line(frame, row, &pieces, look.theme);
            if here && look.focused {
                paint::caret(frame, row, 0, 0);
            }
        }
        if let Some(row) = rows.next()
            && !self.cases.is_empty()
        {
            paint::line(frame, row, &[(Role::Dim, t.relabel)], look.theme);
        }
    }
}

/// Returns the heat map of the intents most often confused.
pub(super) fn map(evaluation: &Evaluation, words: &Words) -> Matrix {
    let mut chosen: Vec<Option<IntentId>> = Vec::new();
    for pair in &evaluation.report.confusions {
        for id in [pair.gold, pair.predicted] {
            if !chosen.contains(&id) && chosen.len() < MAPPED {
                chosen.push(id);
            }
        }
    }
    let name = |id: &Option<IntentId>| match id {
        None => words.label.out_of_scope.to_string(),
        some => evaluation.name(*some).to_string(),
    };
    let names = chosen.iter().map(name).collect();
    let mut counts = vec![vec![0_u64; chosen.len()]; chosen.len()];
    for item in &evaluation.report.items {
        let gold = chosen.iter().position(|id| *id == item.gold);
        let best = item.prediction.best().map(|guess| guess.intent);
        let predicted = chosen.iter().position(|id| Some(*id) == best);
        if let (Some(gold), Some(predicted)) = (gold, predicted) {
            counts[gold][predicted] += 1;
        }
    }
    Matrix::new(names, counts)
}
