//! evaluate: the scores of the latest run, its confusions, and the confused examples one key away.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::ids::IntentId;
use crate::domain::label::{LabelSource, Verdict};
use crate::domain::report::{Confusion, IntentScore};
use crate::i18n::{Words, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::bar::bar;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::matrix::Matrix;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::error::Result;
use crate::workbench::evaluate::{self, Case, Evaluation};
use crate::workbench::label;

/// Intents the heat map shows: those most often confused.
const MAPPED: usize = 12;

/// What the left side shows.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum View {
    #[default]
    Confusions,
    Intents,
    Map,
}

/// The scores.
#[derive(Default)]
pub struct Evaluate {
    evaluation: Option<Evaluation>,
    view: View,
    cursor: Cursor,
    intents: Vec<IntentScore>,
    cases: Vec<Case>,
    case: Cursor,
    in_cases: bool,
    map: Option<Matrix>,
}

impl Evaluate {
    fn pair(&self) -> Option<Confusion> {
        let report = &self.evaluation.as_ref()?.report;
        report.confusions.get(self.cursor.at()?).copied()
    }

    fn name(&self, id: Option<IntentId>, words: &Words) -> String {
        match (&self.evaluation, id) {
            (Some(evaluation), Some(_)) => evaluation.name(id).to_string(),
            _ => words.label.out_of_scope.to_string(),
        }
    }

    fn open(&mut self, desk: &mut Desk) -> Result<()> {
        self.cases = match (self.view, &self.evaluation, self.pair()) {
            (View::Confusions, Some(evaluation), Some(pair)) => {
                evaluate::confused(&desk.project, evaluation, pair.gold, pair.predicted)?
            }
            _ => Vec::new(),
        };
        self.case = Cursor::new(self.cases.len());
        Ok(())
    }

    fn resize(&mut self) {
        let len = match (&self.evaluation, self.view) {
            (Some(evaluation), View::Confusions) => evaluation.report.confusions.len(),
            (Some(_), View::Intents) => self.intents.len(),
            _ => 0,
        };
        self.cursor.resize(len);
    }

    fn draw_pairs(&self, evaluation: &Evaluation, frame: &mut Frame, area: Rect, look: &Look) {
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

    fn draw_intents(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.evaluate;
        let columns = [
            Column::share(t.intent, 1),
            Column::fixed("", 8),
            Column::figures("F1", 6),
            Column::figures("P", 6),
            Column::figures("R", 6),
            Column::figures(t.examples, 6),
        ];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let line = &self.intents[at];
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
                    (Role::Dim, format!("{:.3}", line.precision)),
                    (Role::Dim, format!("{:.3}", line.recall)),
                    (Role::Dim, line.support.to_string()),
                ])
            })
            .collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, area, look.theme);
    }

    fn draw_cases(&self, frame: &mut Frame, area: Rect, look: &Look) {
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
            paint::line(frame, row, &[(role, lead), (Role::Dim, &format!("{p:.2} ")), (role, &case.text)], look.theme);
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

impl Screen for Evaluate {
    fn scope(&self) -> Scope {
        Scope::Evaluate
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.evaluate.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        // Without a run there is nothing to show, which is no fault.
        self.evaluation = match desk.project.counts()?.runs {
            0 => None,
            _ => Some(evaluate::of_run(&desk.project, None)?),
        };
        self.intents = self.evaluation.as_ref().map(|e| e.report.intents.clone()).unwrap_or_default();
        self.intents.retain(|line| line.support > 0);
        self.intents.sort_by(|a, b| a.f1.total_cmp(&b.f1).then(b.support.cmp(&a.support)));
        self.map = self.evaluation.as_ref().map(|evaluation| map(evaluation, desk.words));
        self.resize();
        self.open(desk)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.evaluate;
        if self.evaluation.is_none() {
            return Err(Cow::Borrowed(t.empty));
        }
        match action {
            Action::View => Ok(()),
            Action::NextPane | Action::PreviousPane | Action::Left | Action::Right
                if self.view == View::Confusions && !self.cases.is_empty() =>
            {
                Ok(())
            }
            Action::Open if self.view == View::Confusions && !self.cases.is_empty() => Ok(()),
            Action::Accept if self.in_cases && !self.cases.is_empty() => Ok(()),
            Action::Left | Action::Right if self.view == View::Map => Ok(()),
            _ if self.view == View::Map && self.cursor.clone().act(action) => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::View => {
                self.view = match self.view {
                    View::Confusions => View::Intents,
                    View::Intents => View::Map,
                    View::Map => View::Confusions,
                };
                self.in_cases = false;
                self.resize();
                self.cursor.go(0);
                self.open(desk)?;
            }
            Action::NextPane | Action::PreviousPane => self.in_cases = !self.in_cases,
            Action::Left if self.view != View::Map => self.in_cases = false,
            Action::Right if self.view != View::Map => self.in_cases = true,
            Action::Open if !self.in_cases => self.in_cases = true,
            Action::Open | Action::Accept => {
                // The model is right and the label is wrong: the label changes.
                let case = self.case.at().and_then(|at| self.cases.get(at));
                if let Some((id, intent)) =
                    case.and_then(|case| Some((case.utterance?, case.prediction.best()?.intent)))
                {
                    let op = desk.project.op();
                    let verdict = intent.map_or(Verdict::OutOfScope, Verdict::Intent);
                    label::decide(&mut desk.project, &op, &[id], verdict, LabelSource::Hand)?;
                    let name = self.name(intent, desk.words);
                    return Ok(Effect::Say(fill(desk.words.evaluate.relabelled, &[("name", &name)])));
                }
            }
            _ if self.view == View::Map => {
                if let Some(map) = &mut self.map {
                    map.act(action);
                }
            }
            _ if self.in_cases => {
                self.case.act(action);
            }
            _ => {
                self.cursor.act(action);
                self.open(desk)?;
            }
        }
        Ok(Effect::None)
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(3));
        self.case.fit(area.height.saturating_sub(4));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.evaluate;
        let Some(evaluation) = &self.evaluation else {
            paint::text(frame, area, t.empty, Role::Dim, 0, look.theme);
            return;
        };
        let report = &evaluation.report;
        let id = evaluation.run.as_ref().map(|run| run.id.to_string()).unwrap_or_default();
        let head = fill(
            t.head,
            &[
                ("id", &id),
                ("examples", &report.examples.to_string()),
                ("accuracy", &format!("{:.1} %", report.accuracy * 100.0)),
                ("f1", &format!("{:.3}", report.macro_f1)),
                ("ece", &format!("{:.3}", report.calibration_error)),
            ],
        );
        paint::line(frame, Rect { height: 1.min(area.height), ..area }, &[(Role::Title, &head)], look.theme);
        let below = Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area };
        match self.view {
            View::Intents => self.draw_intents(frame, below, look),
            View::Map => {
                if let Some(map) = &self.map {
                    map.draw(frame, below, look.focused, look.theme);
                }
            }
            View::Confusions => {
                let left = if area.width >= 60 { area.width / 2 } else { area.width };
                self.draw_pairs(evaluation, frame, Rect { width: left, ..below }, look);
                if left < area.width {
                    let right = Rect { x: below.x + left, width: area.width - left, ..below };
                    self.draw_cases(frame, right, look);
                }
            }
        }
    }
}

/// Returns the heat map of the intents most often confused.
fn map(evaluation: &Evaluation, words: &Words) -> Matrix {
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
