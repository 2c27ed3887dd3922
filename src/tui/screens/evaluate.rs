//! evaluate: how good the model is, where it goes wrong and why, what other limits would do, whether more examples
//! would help and how many, how answers are found. `draw` and `curves` draw them, `mend` acts on a mistake.

mod asks;
mod curves;
mod draw;
mod mend;
mod moods_view;
mod wording;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::answers::AnswerScores;
use crate::domain::cause::Cause;
use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::report::{Confusion, IntentScore};
use crate::evaluation::limits::{Costs, Fit};
use crate::evaluation::rejection::{self, Curve};
use crate::evaluation::reliability::{Reliability, reliability};
use crate::evaluation::spread::{Spread, spreads};
use crate::explain::report as paper;
use crate::formats::column::ColumnRole;
use crate::formats::options::ReadOptions;
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::nlu::train::TrainOptions;
use crate::store::runs::Run;
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::matrix::Matrix;
use crate::tui::widgets::paint;
use crate::workbench::error::Result;
use crate::workbench::evaluate::{self, Case, Evaluation, Source};
use crate::workbench::forecast::{self, Outlook};
use crate::workbench::growth::Growth;
use crate::workbench::moods::Moods;
use crate::workbench::{moods, train, trials};

/// Intents the heat map shows: those most often confused.
const MAPPED: usize = 12;

/// What is shown, in the order of the key that goes round.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum View {
    #[default]
    Confusions,
    Intents,
    Map,
    Limits,
    Reliability,
    Growth,
    Forecast,
    Answers,
    Moods,
}

impl View {
    const ALL: [View; 9] = [
        View::Confusions,
        View::Intents,
        View::Map,
        View::Limits,
        View::Reliability,
        View::Growth,
        View::Forecast,
        View::Answers,
        View::Moods,
    ];

    fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }
}

/// Which window's answer is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Asking {
    #[default]
    Nothing,
    What,
    File,
    Compare,
    Costs,
    Report,
    Cause,
    NewIntent,
    Teach,
    Answer,
}

/// The scores and what follows from them.
#[derive(Default)]
pub struct Evaluate {
    evaluation: Option<Evaluation>,
    view: View,
    cursor: Cursor,
    intents: Vec<(IntentScore, Spread)>,
    sorted: usize,
    cases: Vec<Case>,
    case: Cursor,
    in_cases: bool,
    map: Option<Matrix>,
    curve: Option<Curve>,
    fit: Option<Fit>,
    costs: Option<Costs>,
    /// The limit looked at, in hundredths, and the policy's own.
    limit: u32,
    policy: Option<f64>,
    bins: Option<Reliability>,
    growth: Option<Growth>,
    outlook: Option<Outlook>,
    answers: Option<AnswerScores>,
    moods: Option<Moods>,
    causes: BTreeMap<UtteranceId, Cause>,
    kept: u64,
    runs: Vec<Run>,
    asking: Asking,
}

impl Evaluate {
    fn pair(&self) -> Option<Confusion> {
        let report = &self.evaluation.as_ref()?.report;
        report.confusions.get(self.cursor.at()?).copied()
    }

    fn chosen_case(&self) -> Option<&Case> {
        self.cases.get(self.case.at()?).filter(|_| self.in_cases)
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
        let at = self.case.at().unwrap_or(0);
        self.case.resize(self.cases.len());
        self.case.go(at.min(self.cases.len().saturating_sub(1)));
        Ok(())
    }

    /// Takes over scores, from a run or from what a job found.
    fn take(&mut self, evaluation: Option<Evaluation>, desk: &mut Desk) -> Result<()> {
        self.evaluation = evaluation;
        let report = self.evaluation.as_ref().map(|evaluation| &evaluation.report);
        self.intents =
            report.map(|report| report.intents.iter().cloned().zip(spreads(report, 1)).collect()).unwrap_or_default();
        self.intents.retain(|(line, _)| line.support > 0);
        self.curve = report.map(|report| rejection::curve(&report.items));
        self.bins = report.map(|report| reliability(&report.items));
        let costs = evaluate::costs(&desk.project)?;
        self.costs = Some(costs);
        self.fit = self.evaluation.as_ref().and_then(|evaluation| evaluate::cheapest(evaluation, costs));
        self.policy = evaluate::answers_from(&desk.project)?;
        let best = self.policy.or(self.fit.as_ref().map(|fit| fit.best.limits.answer)).unwrap_or(0.5);
        self.limit = (best * 100.0).round() as u32;
        self.map = self.evaluation.as_ref().map(|evaluation| draw::map(evaluation, desk.words));
        self.sort();
        self.resize();
        self.open(desk)
    }

    fn sort(&mut self) {
        let evaluation = self.evaluation.as_ref();
        let name = |line: &IntentScore| evaluation.map_or("", |evaluation| evaluation.name(line.intent)).to_string();
        match self.sorted {
            0 => self.intents.sort_by(|(a, _), (b, _)| a.f1.total_cmp(&b.f1).then(b.support.cmp(&a.support))),
            1 => self.intents.sort_by(|(a, _), (b, _)| b.support.cmp(&a.support).then(a.f1.total_cmp(&b.f1))),
            _ => self.intents.sort_by_cached_key(|(line, _)| name(line)),
        }
    }

    fn resize(&mut self) {
        let len = match (&self.evaluation, self.view) {
            (Some(evaluation), View::Confusions) => evaluation.report.confusions.len(),
            (Some(_), View::Intents) => self.intents.len(),
            (_, View::Answers) => self.answers.as_ref().map_or(0, |answers| answers.mistakes.len()),
            _ => 0,
        };
        self.cursor.resize(len);
    }

    fn go(&mut self, view: View, desk: &mut Desk) -> Result<()> {
        self.view = view;
        self.in_cases = false;
        self.resize();
        self.cursor.go(0);
        self.open(desk)
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
        self.runs = train::runs(&desk.project)?;
        self.kept = trials::kept(&desk.project)?;
        self.causes = trials::causes(&desk.project)?;
        self.moods = Some(moods::moods(&desk.project, None)?);
        self.outlook = forecast::outlook(&desk.project)?;
        let newest = self.runs.first().map(|run| run.id);
        // What a job found stays to be looked at until there is another model.
        let stays = self.evaluation.as_ref().is_some_and(|evaluation| {
            matches!(evaluation.source, Source::File | Source::Kept { .. })
                && evaluation.run.as_ref().map(|run| run.id) == newest
        });
        let evaluation = match newest {
            _ if stays => self.evaluation.take(),
            // Without a run there is nothing to show, which is no fault.
            None => None,
            Some(_) => Some(evaluate::of_run(&desk.project, None)?),
        };
        self.take(evaluation, desk)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let (e, t) = (&desk.words.evaluate, &desk.words.trials);
        if self.evaluation.is_none() && !matches!(action, Action::View) && self.view != View::Answers {
            return Err(Cow::Borrowed(e.empty));
        }
        let has_cases = self.view == View::Confusions && !self.cases.is_empty();
        match action {
            Action::View => Ok(()),
            Action::Evaluate if self.view == View::Moods => desk.not_here(),
            Action::Evaluate => desk.is_free(),
            Action::Compare if self.others().is_empty() => Err(Cow::Borrowed(t.only_run)),
            Action::Compare | Action::Report if self.evaluation.is_some() => Ok(()),
            Action::Settings if self.view == View::Limits => Ok(()),
            Action::Sort if self.view == View::Intents => Ok(()),
            Action::Wording if self.has_wording() => Ok(()),
            Action::Wording => Err(Cow::Borrowed(desk.words.wording.nothing)),
            Action::Cause => match self.chosen_case() {
                Some(case) if case.utterance.is_none() => Err(Cow::Borrowed(t.outside_text)),
                Some(_) => Ok(()),
                None => desk.not_here(),
            },
            Action::Repair => match self.chosen_case().map(|case| case.utterance) {
                Some(Some(id)) if self.causes.contains_key(&id) => Ok(()),
                Some(Some(_)) => Err(Cow::Borrowed(t.cause_first)),
                Some(None) => Err(Cow::Borrowed(t.outside_text)),
                None => desk.not_here(),
            },
            Action::NextPane | Action::PreviousPane | Action::Left | Action::Right | Action::Open if has_cases => {
                Ok(())
            }
            Action::Accept if self.in_cases && !self.cases.is_empty() => Ok(()),
            Action::Left | Action::Right if matches!(self.view, View::Map | View::Limits) => Ok(()),
            _ if self.view == View::Map && self.cursor.clone().act(action) => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.trials;
        match action {
            Action::View => self.go(self.view.next(), desk)?,
            Action::Evaluate => {
                return Ok(match self.view {
                    View::Growth => Effect::Start(Job::Grow { options: TrainOptions::default() }),
                    View::Forecast => Effect::Start(Job::Outlook { seed: TrainOptions::default().seed }),
                    View::Answers => Effect::Start(Job::Answers),
                    _ => self.ask_what(desk),
                });
            }
            Action::Compare => return Ok(self.ask_run(desk)),
            Action::Report => {
                self.asking = Asking::Report;
                let path = Self::report_path(desk);
                return Ok(Effect::Open(Box::new(Write::line(t.report_path, t.report_hint, &path))));
            }
            Action::Settings => {
                self.asking = Asking::Costs;
                let costs = self.costs.unwrap_or(evaluate::COSTS);
                let now = format!("{} {} {}", costs.wrong, costs.ask, costs.handoff);
                return Ok(Effect::Open(Box::new(Write::line(t.ask_costs, t.costs_hint, &now))));
            }
            Action::Sort => {
                self.sorted = (self.sorted + 1) % t.sorted.len();
                self.sort();
                self.cursor.go(0);
                return Ok(Effect::Say(t.sorted[self.sorted].to_owned()));
            }
            Action::Wording => return self.wording(desk),
            Action::Cause => return Ok(self.ask_cause(desk)),
            Action::Repair => return self.mend(desk),
            Action::Left if self.view == View::Limits => self.limit = self.limit.saturating_sub(1),
            Action::Right if self.view == View::Limits => self.limit = (self.limit + 1).min(100),
            Action::NextPane | Action::PreviousPane => self.in_cases = !self.in_cases,
            Action::Left if self.view != View::Map => self.in_cases = false,
            Action::Right if self.view != View::Map => self.in_cases = true,
            Action::Open if !self.in_cases => self.in_cases = true,
            Action::Open | Action::Accept => return self.relabel(desk),
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

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.trials;
        match (std::mem::take(&mut self.asking), answer) {
            (Asking::What, Answer::Chosen(at)) => self.score_what(at, desk),
            (Asking::Compare, Answer::Chosen(at)) => self.compare(at, desk),
            (Asking::Cause, Answer::Chosen(at)) => self.blame(at, desk),
            (Asking::File, Answer::Text(path)) if !path.trim().is_empty() => {
                let file = PathBuf::from(path.trim());
                // Two columns without headings are the text and its intent: the usual test file.
                let plain = file.extension().is_some_and(|end| end == "tsv");
                let columns = plain.then(|| vec![ColumnRole::Text, ColumnRole::Intent]);
                Ok(Effect::Start(Job::Evaluate { file, options: ReadOptions { columns, ..ReadOptions::default() } }))
            }
            (Asking::Costs, Answer::Text(text)) => match evaluate::costs_of(&text) {
                None => Ok(Effect::Say(t.bad_costs.to_owned())),
                Some(costs) => {
                    evaluate::set_costs(&mut desk.project, costs)?;
                    let evaluation = self.evaluation.take();
                    self.take(evaluation, desk)?;
                    self.limit =
                        self.fit.as_ref().map_or(self.limit, |fit| (fit.best.limits.answer * 100.0).round() as u32);
                    Ok(Effect::Say(t.costs_kept.to_owned()))
                }
            },
            (Asking::Report, Answer::Text(path)) => self.write_report(&path, desk),
            (Asking::NewIntent, Answer::Text(name)) => self.new_intent(&name, desk),
            (Asking::Teach, Answer::Text(lines)) => self.teach(&lines, desk),
            (Asking::Answer, Answer::Text(text)) => self.rewrite(&text, desk),
            _ => Ok(Effect::None),
        }
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        match outcome {
            Outcome::Evaluate(evaluation) => {
                self.take(Some(evaluation.as_ref().clone()), desk)?;
                if let Source::Kept { seen: seen @ 1.. } = evaluation.source {
                    return Ok(Effect::Say(fill(desk.words.trials.kept_seen, &[("n", &seen.to_string())])));
                }
            }
            Outcome::Grow(growth) => self.growth = Some(growth.clone()),
            Outcome::Outlook(outlook) => {
                self.outlook = Some(outlook.as_ref().clone());
                return Ok(Effect::Say(desk.words.forecast.made.to_owned()));
            }
            Outcome::Answers(answers) => {
                self.answers = Some(answers.as_ref().clone());
                self.resize();
            }
            _ => {}
        }
        Ok(Effect::None)
    }

    fn fit(&mut self, area: Rect) {
        let above = if self.view == View::Answers { curves::ABOVE_MISTAKES } else { 3 };
        self.cursor.fit(area.height.saturating_sub(above));
        self.case.fit(area.height.saturating_sub(4));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let mut rows = paint::rows(area);
        let (Some(head), Some(line)) = (rows.next(), rows.next()) else { return };
        if let Some(evaluation) = &self.evaluation {
            paint::line(frame, head, &[(Role::Title, &paper::head(evaluation, look.words))], look.theme);
        }
        self.draw_views(frame, line, look);
        let below = Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area };
        let Some(evaluation) = &self.evaluation else {
            if self.view == View::Answers {
                self.draw_answers(frame, below, look);
            } else {
                paint::text(frame, below, look.words.evaluate.empty, Role::Dim, 0, look.theme);
            }
            return;
        };
        match self.view {
            View::Intents => self.draw_intents(frame, below, look),
            View::Map => {
                if let Some(map) = &self.map {
                    map.draw(frame, below, look.focused, look.theme);
                }
            }
            View::Limits => self.draw_limits(evaluation, frame, below, look),
            View::Reliability => self.draw_reliability(frame, below, look),
            View::Growth => self.draw_growth(frame, below, look),
            View::Forecast => self.draw_forecast(frame, below, look),
            View::Answers => self.draw_answers(frame, below, look),
            View::Moods => self.draw_moods(frame, below, look),
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
