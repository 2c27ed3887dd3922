//! The drawings: what a limit does, whether probabilities keep their word, how scores grow, how answers are found.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::Evaluate;
use crate::evaluation::rejection::Curve;
use crate::explain::{forecast as foretold, trials as told};
use crate::i18n::fill;
use crate::tui::screen::Look;
use crate::tui::theme::Role;
use crate::tui::widgets::bar::bar;
use crate::tui::widgets::chart::{Series, plot};
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::evaluate::Evaluation;

/// Rows above the list of questions that found another entry.
pub(super) const ABOVE_MISTAKES: u16 = 11;

impl Evaluate {
    /// Draws the curve at the left, what the limit looked at does at the right.
    pub(super) fn draw_limits(&self, evaluation: &Evaluation, frame: &mut Frame, area: Rect, look: &Look) {
        let (Some(curve), t) = (&self.curve, &look.words.trials) else { return };
        let limit = f64::from(self.limit) / 100.0;
        let mut lines: Vec<(Role, String)> = Vec::new();
        let name = fill(t.at_limit, &[("limit", &format!("{limit:.2}"))]);
        lines.push((Role::Title, name));
        let signs = ["x", "o", "w", " "];
        for ((what, figure), sign) in told::point(curve, &curve.at(limit), look.words).into_iter().zip(signs) {
            lines.push((Role::Text, format!("{sign} {what} {figure}")));
        }
        lines.push((Role::Dim, String::new()));
        lines.extend(told::sides(curve, look.words).into_iter().map(|line| (Role::Dim, line)));
        if let (Some(fit), Some(costs)) = (&self.fit, self.costs) {
            let told = told::cheapest(fit, costs, look.words);
            lines
                .extend(told.into_iter().enumerate().map(|(at, l)| (if at == 1 { Role::Good } else { Role::Text }, l)));
        }
        if let Some(policy) = self.policy {
            lines.push((Role::Dim, format!("{} {policy:.2}", t.at_policy)));
        }
        lines.push((Role::Dim, told::recalls(evaluation, curve, limit, look.words)));
        lines.push((Role::Dim, t.move_limit.to_string()));
        let left = if area.width >= 60 { area.width * 2 / 5 } else { 0 };
        let right = Rect { x: area.x + left, width: area.width - left, ..area };
        let inner = if left > 0 { paint::ruled(frame, right, look.theme) } else { right };
        let mut top = inner.y;
        for (role, line) in lines {
            let room = Rect { y: top, height: (inner.y + inner.height).saturating_sub(top), ..inner };
            if room.height == 0 {
                break;
            }
            top += (paint::text(frame, room, &line, role, 0, look.theme) as u16).max(1);
        }
        if left > 0 {
            let series = limits_series(curve, limit);
            let area = Rect { width: left.saturating_sub(1), ..area };
            plot(frame, area, &series, ("0.0", "1.0"), ("0%", "100%"), look.theme);
        }
    }

    /// Draws the bins as bars: how sure, how right, and which way it errs.
    pub(super) fn draw_reliability(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let (Some(found), t) = (&self.bins, &look.words.trials) else { return };
        let line = Rect { height: 1.min(area.height), ..area };
        paint::line(frame, line, &[(Role::Text, &told::reliable(found, look.words))], look.theme);
        let columns = [
            Column::fixed(t.bin, 11),
            Column::figures(look.words.evaluate.examples, 8),
            Column::figures(t.sure, 9),
            Column::fixed("", 10),
            Column::figures(t.right, 8),
            Column::fixed("", 10),
            Column::share(t.gap, 1),
        ];
        let glyphs = &look.theme.glyphs;
        let rows: Vec<Row> = told::bins(found, look.words)
            .into_iter()
            .skip(1)
            .zip(&found.bins)
            .map(|(fields, bin)| {
                let known = bin.count > 0;
                let (sure, right) = (if known { bin.sure } else { 0.0 }, bin.accuracy().unwrap_or(0.0));
                let far = known && bin.gap().abs() >= 0.1;
                let mut fields = fields.into_iter();
                let mut next = || fields.next().unwrap_or_default();
                let (range, count, how_sure, how_right) = (next(), next(), next(), next());
                next();
                Row::of([
                    (Role::Text, range),
                    (Role::Dim, count),
                    (Role::Text, how_sure),
                    (Role::Dim, bar(sure, 10, glyphs)),
                    (Role::Text, how_right),
                    (Role::Fill, bar(right, 10, glyphs)),
                    (if far { Role::Bad } else { Role::Dim }, next()),
                ])
            })
            .collect();
        let cursor = Cursor::reading(rows.len());
        let below = Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area };
        Table { columns: &columns, rows: &rows, cursor: &cursor, focused: false, headed: true }
            .draw(frame, below, look.theme);
    }

    /// Draws the learning curve with its table.
    pub(super) fn draw_growth(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.trials;
        let Some(growth) = &self.growth else {
            paint::text(frame, area, t.no_growth, Role::Dim, 0, look.theme);
            return;
        };
        let told = told::growth_told(growth, look.words);
        for (row, line) in paint::rows(area).zip(&told) {
            paint::line(frame, row, &[(Role::Text, line)], look.theme);
        }
        let above = (told.len() as u16 + 1).min(area.height);
        let below = Rect { y: area.y + above, height: area.height - above, ..area };
        let table = Rect { width: below.width.min(48), ..below };
        let fields = told::growth(growth, look.words);
        let columns = [
            Column::figures(t.each, 9),
            Column::figures(t.learned_from, 9),
            Column::figures(look.words.evaluate.accuracy, 9),
            Column::figures("95 %", 13),
        ];
        let rows: Vec<Row> =
            fields.into_iter().skip(1).map(|row| Row::of(row.into_iter().take(4).map(|f| (Role::Text, f)))).collect();
        let cursor = Cursor::reading(rows.len());
        Table { columns: &columns, rows: &rows, cursor: &cursor, focused: false, headed: true }
            .draw(frame, table, look.theme);
        if below.width > table.width + 12 {
            let right = Rect { x: below.x + table.width + 1, width: below.width - table.width - 1, ..below };
            // Each size as far from the next as the examples double.
            let most = growth.sizes.last().map_or(1, |size| size.examples).max(2) as f64;
            let x = |examples: usize| (examples.max(1) as f64).ln() / most.ln();
            let points = growth.sizes.iter().map(|size| (x(size.examples), size.accuracy)).collect();
            let series = [Series { role: Role::Good, points, joined: true, sign: '*' }];
            plot(frame, right, &series, ("1", &format!("{most:.0}")), ("0%", "100%"), look.theme);
        }
    }

    /// Draws what more labels would bring: in words, then step by step.
    pub(super) fn draw_forecast(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.forecast;
        let Some(outlook) = &self.outlook else {
            paint::text(frame, area, t.empty, Role::Dim, 0, look.theme);
            return;
        };
        let mut room = area;
        for line in foretold::told(outlook, look.words) {
            let used = (paint::text(frame, room, &line, Role::Text, 0, look.theme) as u16).clamp(1, room.height.max(1));
            let used = used.min(room.height);
            room = Rect { y: room.y + used, height: room.height - used, ..room };
        }
        let below = Rect { y: room.y + 1.min(room.height), height: room.height.saturating_sub(1), ..room };
        let columns = [
            Column::figures(t.labels, 6),
            Column::figures("macro-F1", 9),
            Column::fixed(t.band, 14),
            Column::share(t.where_to, 1),
        ];
        let rows: Vec<Row> = foretold::steps(outlook, look.words)
            .into_iter()
            .skip(1)
            .map(|row| Row::of(row.into_iter().map(|field| (Role::Text, field))))
            .collect();
        if rows.is_empty() {
            return;
        }
        let cursor = Cursor::reading(rows.len());
        Table { columns: &columns, rows: &rows, cursor: &cursor, focused: false, headed: true }
            .draw(frame, below, look.theme);
    }

    /// Draws how well similar questions find their entries, and those that do not.
    pub(super) fn draw_answers(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.trials;
        let Some(scores) = &self.answers else {
            paint::text(frame, area, t.no_answers, Role::Dim, 0, look.theme);
            return;
        };
        for (row, line) in paint::rows(area).zip(told::answers_told(scores, look.words)) {
            paint::line(frame, row, &[(Role::Text, &line)], look.theme);
        }
        let top = Rect { y: area.y + 3.min(area.height), height: 4.min(area.height.saturating_sub(3)), ..area };
        let columns =
            [Column::fixed(t.way, 14), Column::figures("R@1", 8), Column::figures("R@5", 8), Column::figures("MRR", 8)];
        let rows: Vec<Row> = told::answers(scores, look.words)
            .into_iter()
            .skip(1)
            .map(|row| Row::of(row.into_iter().map(|field| (Role::Text, field))))
            .collect();
        let none = Cursor::reading(rows.len());
        Table { columns: &columns, rows: &rows, cursor: &none, focused: false, headed: true }
            .draw(frame, top, look.theme);
        let columns = [
            Column::figures(t.sure, 8),
            Column::share(t.own, 1),
            Column::share(t.found, 1),
            Column::figures(t.place, 5),
            Column::share(t.text, 2),
        ];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .filter_map(|at| scores.mistakes.get(at))
            .map(|one| {
                Row::of([
                    (Role::Dim, format!("{:.2}", one.probability)),
                    (Role::Text, one.own.clone()),
                    (Role::Doubt, one.found.clone()),
                    (Role::Dim, one.place.to_string()),
                    (Role::Text, one.text.clone()),
                ])
            })
            .collect();
        let list = Rect { y: area.y + 8.min(area.height), height: area.height.saturating_sub(8), ..area };
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, list, look.theme);
    }
}

/// Returns both kinds of mistake and wrong answers over the limit, and the limit itself as a line.
fn limits_series(curve: &Curve, limit: f64) -> Vec<Series> {
    let line = |role, sign, of: &dyn Fn(usize) -> f64| Series {
        role,
        points: (0..curve.points.len()).map(|at| (curve.points[at].limit, of(at))).collect(),
        joined: true,
        sign,
    };
    let mut series = vec![
        Series { role: Role::Dim, points: vec![(limit, 0.0), (limit, 1.0)], joined: true, sign: '|' },
        line(Role::Text, 'w', &|at| curve.wrong(&curve.points[at])),
    ];
    if curve.outside > 0 {
        let accepted = |at: usize| curve.false_acceptance(&curve.points[at]).map_or(0.0, |(share, _)| share);
        series.push(line(Role::Doubt, 'o', &accepted));
    }
    series.push(line(Role::Bad, 'x', &|at| curve.false_rejection(&curve.points[at]).0));
    series
}
