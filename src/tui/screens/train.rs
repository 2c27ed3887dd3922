//! train: the runs there are, and a new one.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::answers::AnswerScores;
use crate::explain;
use crate::explain::moods as told;
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::nlu::algorithm::Algorithm;
use crate::nlu::train::TrainOptions;
use crate::store::runs::Run;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::moment;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen, Tab};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::error::Result;
use crate::workbench::forecast::{self, Outlook};
use crate::workbench::moods::Moods;
use crate::workbench::project::Counts;
use crate::workbench::train::{self, Contender};
use crate::workbench::{answers, encoders, moods};

/// The runs, or the algorithms side by side.
#[derive(Default)]
pub struct Train {
    runs: Vec<Run>,
    /// How the algorithms did when they were compared, the best first; while there are any, they are shown.
    contenders: Vec<Contender>,
    cursor: Cursor,
    counts: Counts,
    options: TrainOptions,
    /// The encoder of one's own that reads the texts.
    encoder: Option<String>,
    /// How moods are heard beside the current model.
    moods: Option<Moods>,
    /// How well the knowledge is found beside it, where two intents have answers.
    answers: Option<AnswerScores>,
    /// What more labels would bring, or what came of that.
    outlook: Option<Outlook>,
    now: i64,
}

impl Screen for Train {
    fn scope(&self) -> Scope {
        Scope::Train
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.train.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.runs = train::runs(&desk.project)?;
        self.counts = desk.project.counts()?;
        self.encoder = encoders::chosen(&desk.project)?;
        self.moods = Some(moods::moods(&desk.project, None)?);
        self.answers = answers::kept(&desk.project)?;
        self.outlook = forecast::outlook(&desk.project)?;
        self.now = moment::now();
        self.cursor.resize(self.lines());
        Ok(())
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Train | Action::Compare => desk.is_free(),
            Action::View if !self.contenders.is_empty() => Ok(()),
            Action::Settings => Ok(()),
            Action::Open if self.cursor.at().is_some() => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Train => return Ok(Effect::Start(Job::Train { options: self.options })),
            Action::Settings => {
                let t = &desk.words.train;
                let mut items = vec![Item::new(t.auto, t.auto_told)];
                items.extend(Algorithm::ALL.iter().zip(t.algorithms).map(|(a, told)| Item::new(a.name(), *told)));
                let at = Algorithm::ALL.iter().position(|a| Some(*a) == self.options.algorithm).map_or(0, |at| at + 1);
                return Ok(Effect::Open(Box::new(Choose::menu(t.algorithm, items, at))));
            }
            Action::Compare => return Ok(Effect::Start(Job::Compare { options: self.options })),
            Action::View => self.show(Vec::new()),
            Action::Open if !self.contenders.is_empty() => {
                self.options.algorithm = self.cursor.at().and_then(|at| self.contenders.get(at)).map(|c| c.algorithm);
                self.show(Vec::new());
            }
            Action::Open => return Ok(Effect::Go(Tab::Evaluate)),
            _ => {
                self.cursor.act(action);
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, _desk: &mut Desk) -> Result<Effect> {
        if let Answer::Chosen(at) = answer {
            self.options.algorithm = at.checked_sub(1).and_then(|at| Algorithm::ALL.get(at).copied());
        }
        Ok(Effect::None)
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        if let Outcome::Compare(contenders) = outcome {
            self.show(contenders.clone());
            return Ok(Effect::Say(desk.words.train.compared.to_owned()));
        }
        let Outcome::Train(report) = outcome else { return Ok(Effect::None) };
        self.show(Vec::new());
        self.cursor.go(0);
        Ok(Effect::Say(fill(
            desk.words.train.trained,
            &[
                ("id", &report.run.id.to_string()),
                ("accuracy", &format!("{:.1} %", report.run.accuracy * 100.0)),
                ("f1", &format!("{:.3}", report.run.macro_f1)),
            ],
        )))
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(self.above() + 1));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.train;
        let mut rows = paint::rows(area);
        let (Some(head), Some(next)) = (rows.next(), rows.next()) else { return };
        let figures = fill(
            t.head,
            &[
                ("examples", &thousands(self.counts.examples + self.counts.out_of_scope)),
                ("intents", &thousands(self.counts.intents)),
                ("new", &thousands(self.counts.since_run)),
            ],
        );
        paint::line(frame, head, &[(Role::Title, &figures)], look.theme);
        let chosen = fill(t.chosen, &[("algorithm", self.options.algorithm.map_or(t.auto, Algorithm::name))]);
        let encoder = self.encoder.as_ref().map(|name| fill(t.encoder, &[("name", name)])).unwrap_or_default();
        paint::line(frame, next, &[(Role::Dim, &chosen), (Role::Text, &encoder)], look.theme);
        let moods = self.moods.as_ref().filter(|_| !self.runs.is_empty()).map(|moods| told::learned(moods, look.words));
        if let (Some(row), Some(line)) = (rows.next(), moods.and_then(|lines| lines.into_iter().next())) {
            paint::line(frame, row, &[(Role::Dim, &cells::cut(&line, usize::from(row.width)))], look.theme);
        }
        if let Some(scores) = &self.answers
            && let (Some(row), Some(line)) = (rows.next(), explain::trials::knowledge(scores, look.words).first())
        {
            paint::line(frame, row, &[(Role::Dim, &cells::cut(line, usize::from(row.width)))], look.theme);
        }
        if let (Some(row), Some(outlook)) = (rows.next(), &self.outlook) {
            let line = match &outlook.came {
                Some(came) => explain::forecast::came_shortly(came, look.words),
                None => explain::forecast::short(&outlook.plan, look.words),
            };
            paint::line(frame, row, &[(Role::Text, &cells::cut(&line, usize::from(row.width)))], look.theme);
        }
        let above = self.above().min(area.height);
        let list = Rect { y: area.y + above, height: area.height - above, ..area };
        if !self.contenders.is_empty() {
            self.draw_contenders(frame, list, look);
            return;
        }
        if self.runs.is_empty() {
            paint::text(frame, list, t.empty, Role::Dim, 0, look.theme);
            return;
        }
        let columns = [
            Column::figures("#", 4),
            Column::fixed(t.when, 12),
            Column::fixed(t.who, 10),
            Column::fixed(t.algorithm, 14),
            Column::figures(t.examples, 8),
            Column::figures(t.intents, 7),
            Column::figures(t.accuracy, 9),
            Column::figures("macro-F1", 9),
        ];
        let lines: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let run = &self.runs[at];
                let better = self.runs.get(at + 1).map(|before| run.macro_f1 - before.macro_f1);
                let (role, arrow) = match better {
                    Some(gain) if gain > 0.0005 => (Role::Good, "↑"),
                    Some(gain) if gain < -0.0005 => (Role::Bad, "↓"),
                    _ => (Role::Text, " "),
                };
                Row::of([
                    (Role::Text, run.id.to_string()),
                    (Role::Dim, moment::short(run.at, self.now)),
                    (Role::Dim, run.actor.clone()),
                    (Role::Text, run.algorithm.clone()),
                    (Role::Text, thousands(run.examples)),
                    (Role::Text, run.intents.to_string()),
                    (Role::Text, format!("{:.1} %", run.accuracy * 100.0)),
                    (role, format!("{:.3} {arrow}", run.macro_f1)),
                ])
            })
            .collect();
        Table { columns: &columns, rows: &lines, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, list, look.theme);
    }
}

impl Train {
    /// Rows above the list: what there is, what is chosen, moods, the knowledge and the forecast where there is one.
    fn above(&self) -> u16 {
        3 + u16::from(self.answers.is_some()) + u16::from(self.outlook.is_some())
    }

    fn lines(&self) -> usize {
        if self.contenders.is_empty() { self.runs.len() } else { self.contenders.len() }
    }

    fn show(&mut self, contenders: Vec<Contender>) {
        self.contenders = contenders;
        self.cursor.resize(self.lines());
        self.cursor.go(0);
    }

    fn draw_contenders(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.train;
        let columns = [
            Column::fixed(t.algorithm, 14),
            Column::figures(t.accuracy, 9),
            Column::figures("95 %", 13),
            Column::figures("macro-F1", 9),
            Column::figures("ECE", 6),
            Column::figures(t.seconds, 7),
            Column::figures(t.speed, 8),
            Column::figures("MB", 6),
        ];
        let lines: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let contender = &self.contenders[at];
                let (low, high) = contender.interval;
                Row::of([
                    (Role::Text, contender.algorithm.name().to_owned()),
                    (if at == 0 { Role::Good } else { Role::Text }, format!("{:.1} %", contender.accuracy * 100.0)),
                    (Role::Dim, format!("{:.1}–{:.1}", low * 100.0, high * 100.0)),
                    (Role::Text, format!("{:.3}", contender.macro_f1)),
                    (Role::Text, format!("{:.3}", contender.calibration_error)),
                    (Role::Dim, format!("{:.1}", contender.seconds)),
                    (Role::Dim, thousands(contender.speed as u64)),
                    (Role::Dim, format!("{:.1}", contender.bytes as f64 / 1e6)),
                ])
            })
            .collect();
        Table { columns: &columns, rows: &lines, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, area, look.theme);
    }
}
