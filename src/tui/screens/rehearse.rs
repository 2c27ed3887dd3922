//! rehearse: the saved conversations, which of them hold, and where the others break; by one key what they reach,
//! what two versions change for recorded customers, the limits, the edits nothing notices and the slips they do not
//! stand.

mod findings;

use std::borrow::Cow;
use std::collections::HashMap;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::dialogue::proof::mutation::Mutation;
use crate::dialogue::proof::reach::Reached;
use crate::dialogue::proof::robust::Robustness;
use crate::domain::dialogue::{Rehearsal, Version};
use crate::domain::ids::RehearsalId;
use crate::explain;
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Handed, Look, Reason, Screen, Tab};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::rehearse::findings::{Findings, lines};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::changes::Changes;
use crate::workbench::error::Result;
use crate::workbench::limits::Advice;
use crate::workbench::{changes, limits, rehearse, versions};

/// How one rehearsal went: each exchange, and what failed in it.
#[derive(Default, Clone)]
struct Went {
    passed: bool,
    lines: Vec<(Role, String)>,
}

/// What the open window will answer.
enum Asked {
    Delete,
    Keep,
    Version,
}

/// What is looked at, in the order of the key that changes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Default)]
enum View {
    #[default]
    List,
    Coverage,
    Changes,
    Limits,
    Survivors,
    Broken,
}

impl View {
    const ALL: [View; 6] = [View::List, View::Coverage, View::Changes, View::Limits, View::Survivors, View::Broken];
}

/// The rehearsals.
#[derive(Default)]
pub struct Rehearse {
    list: Vec<Rehearsal>,
    published: Vec<Version>,
    cursor: Cursor,
    went: HashMap<RehearsalId, Went>,
    /// What the last playing of all reached, line by line; empty before.
    reached: Vec<String>,
    /// Conversations for arms nothing reached, ready to be kept.
    proposals: Vec<(String, String)>,
    view: View,
    /// What the view shows, but for the first two.
    findings: Findings,
    changes: Option<Changes>,
    limits: Option<Advice>,
    mutation: Option<Mutation>,
    robustness: Option<Robustness>,
    asked: Option<Asked>,
}

impl Rehearse {
    fn chosen(&self) -> Option<&Rehearsal> {
        self.cursor.at().and_then(|at| self.list.get(at))
    }

    /// Returns the place of the thing found under the cursor, where a view shows such.
    fn found(&self, view: View) -> Option<usize> {
        self.findings.cursor.at().filter(|_| self.view == view)
    }

    fn has(&self, view: View) -> bool {
        match view {
            View::List => true,
            View::Coverage => !self.reached.is_empty(),
            View::Changes => self.changes.is_some(),
            View::Limits => self.limits.is_some(),
            View::Survivors => self.mutation.is_some(),
            View::Broken => self.robustness.is_some(),
        }
    }

    /// Returns the view that the key leads to.
    fn next(&self) -> View {
        let turn = View::ALL.into_iter().cycle().skip(self.view as usize + 1).take(View::ALL.len());
        turn.into_iter().find(|view| self.has(*view)).unwrap_or_default()
    }

    fn show(&mut self, view: View, words: &Words) {
        let at = (self.view == view).then(|| self.findings.cursor.at()).flatten();
        self.view = view;
        self.findings = match (view, &self.changes, &self.limits, &self.mutation, &self.robustness) {
            (View::Changes, Some(changes), ..) => Findings::changes(changes, words),
            (View::Limits, _, Some(advice), ..) => Findings::limits(advice, words),
            (View::Survivors, _, _, Some(mutation), _) => Findings::survivors(mutation, words),
            (View::Broken, .., Some(robustness)) => Findings::broken(robustness, words),
            _ => Findings::default(),
        };
        if let Some(at) = at {
            self.findings.cursor.go(at);
        }
    }

    /// Accepts or rejects the changes under the cursor.
    fn judge(&mut self, at: usize, accepted: bool, desk: &mut Desk) -> Result<Effect> {
        let Some(changes) = &mut self.changes else { return Ok(Effect::None) };
        changes::judge(&mut desk.project, changes, at, accepted)?;
        let cause = explain::proof::cause(&changes.comparison.groups[at].cause, desk.words);
        self.show(View::Changes, desk.words);
        let t = &desk.words.rehearse;
        Ok(Effect::Say(fill(if accepted { t.accepted } else { t.rejected }, &[("cause", &cause)])))
    }

    /// Writes the limits under the cursor into the draft.
    fn adopt(&self, at: usize, desk: &mut Desk) -> Result<Effect> {
        let Some(one) = self.limits.as_ref().and_then(|advice| advice.fit.curve.get(at)) else {
            return Ok(Effect::None);
        };
        let t = &desk.words.rehearse;
        if !limits::adopt(&mut desk.project, one.limits)? {
            return Ok(Effect::Say(t.not_adopted.to_string()));
        }
        let two = |number: f64| format!("{number:.2}");
        let (answer, ask, margin) = (two(one.limits.answer), two(one.limits.ask), two(one.limits.margin));
        Ok(Effect::Say(fill(t.adopted, &[("answer", &answer), ("ask", &ask), ("margin", &margin)])))
    }
}

impl Screen for Rehearse {
    fn scope(&self) -> Scope {
        Scope::Rehearse
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.rehearse.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.list = rehearse::list(&desk.project)?;
        self.published = versions::list(&desk.project)?;
        self.cursor.resize(self.list.len());
        if let Some(changes) = &mut self.changes {
            changes::reread(&desk.project, changes)?;
        }
        self.show(self.view, desk.words);
        Ok(())
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.rehearse;
        let not_shown = || Err(Cow::Borrowed(t.not_shown));
        match action {
            Action::PlayOne if self.found(View::Broken).is_some() => Ok(()),
            Action::PlayOne if self.view > View::Coverage => not_shown(),
            Action::Play | Action::PlayOne | Action::Mutate | Action::Vary | Action::Delete if self.list.is_empty() => {
                Err(Cow::Borrowed(t.empty))
            }
            Action::Compare if self.published.is_empty() => Err(Cow::Borrowed(t.none_published)),
            Action::Play | Action::PlayOne | Action::Mutate | Action::Vary | Action::Compare | Action::Limits => {
                desk.is_free()
            }
            Action::Delete if self.view > View::Coverage => not_shown(),
            Action::Delete => Ok(()),
            Action::Add if !self.proposals.is_empty() => Ok(()),
            Action::Add if !self.reached.is_empty() => Err(Cow::Borrowed(desk.words.proof.nothing_to_propose)),
            Action::Add => Err(Cow::Borrowed(t.not_played)),
            Action::View if self.next() != self.view => Ok(()),
            Action::View => Err(Cow::Borrowed(t.not_played)),
            Action::Bless if self.found(View::Changes).or(self.found(View::Limits)).is_some() => Ok(()),
            Action::Reject if self.found(View::Changes).is_some() => Ok(()),
            Action::Edit if self.found(View::Survivors).is_some() => Ok(()),
            Action::Bless | Action::Reject | Action::Edit => not_shown(),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Play => return Ok(Effect::Start(Job::Rehearse { only: None })),
            Action::PlayOne => {
                if let Some(at) = self.found(View::Broken) {
                    let broken = self.robustness.as_ref().and_then(|seen| seen.broken.get(at)).cloned();
                    desk.handed = broken.map(|broken| Handed::Broken(Box::new(broken)));
                    return Ok(Effect::Go(Tab::Talk));
                }
                let only = self.chosen().map(|rehearsal| vec![rehearsal.id]);
                return Ok(Effect::Start(Job::Rehearse { only }));
            }
            Action::Mutate => return Ok(Effect::Start(Job::Mutate)),
            Action::Vary => return Ok(Effect::Start(Job::Vary)),
            Action::Limits => return Ok(Effect::Start(Job::Limits { costs: limits::costs(&desk.project)? })),
            Action::Compare => {
                self.asked = Some(Asked::Version);
                let items = self.published.iter().map(|version| Item::new(version.name.clone(), "")).collect();
                return Ok(Effect::Open(Box::new(Choose::menu(desk.words.rehearse.which_version, items, 0))));
            }
            Action::Bless => {
                if let Some(at) = self.found(View::Changes) {
                    return self.judge(at, true, desk);
                }
                if let Some(at) = self.found(View::Limits) {
                    return self.adopt(at, desk);
                }
            }
            Action::Reject => {
                if let Some(at) = self.found(View::Changes) {
                    return self.judge(at, false, desk);
                }
            }
            Action::Edit => {
                if let Some(at) = self.found(View::Survivors) {
                    let edit = self.mutation.as_ref().and_then(|seen| seen.survivors.get(at));
                    desk.handed = edit.map(|edit| Handed::Place { line: edit.line, column: edit.column });
                    return Ok(Effect::Go(Tab::Design));
                }
            }
            Action::Delete => {
                let name = self.chosen().map(|rehearsal| rehearsal.name.clone()).unwrap_or_default();
                self.asked = Some(Asked::Delete);
                return Ok(Effect::Ask(fill(desk.words.rehearse.delete, &[("name", &name)])));
            }
            Action::Add => {
                self.asked = Some(Asked::Keep);
                let n = self.proposals.len().to_string();
                return Ok(Effect::Ask(fill(desk.words.proof.keep_proposals, &[("n", &n)])));
            }
            Action::View => {
                let next = self.next();
                self.show(next, desk.words);
                return Ok(Effect::Say(desk.words.rehearse.views[next as usize].to_string()));
            }
            _ if self.view > View::Coverage => {
                self.findings.cursor.act(action);
            }
            _ => {
                self.cursor.act(action);
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        match (self.asked.take(), answer) {
            (Some(Asked::Delete), Answer::Sure) => {
                if let Some(rehearsal) = self.chosen().cloned() {
                    rehearse::remove(&mut desk.project, &rehearsal)?;
                    self.load(desk)?;
                }
            }
            (Some(Asked::Keep), Answer::Sure) => {
                let n = rehearse::keep(&mut desk.project, &std::mem::take(&mut self.proposals))?;
                self.load(desk)?;
                return Ok(Effect::Say(fill(desk.words.proof.kept, &[("n", &n.to_string())])));
            }
            (Some(Asked::Version), Answer::Chosen(at)) => {
                if let Some(version) = self.published.get(at) {
                    return Ok(Effect::Start(Job::Changes { before: version.name.clone() }));
                }
            }
            _ => {}
        }
        Ok(Effect::None)
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        let rehearsed = match outcome {
            Outcome::Rehearse(rehearsed) => rehearsed,
            Outcome::Changes(changes) => {
                self.changes = Some((**changes).clone());
                self.show(View::Changes, desk.words);
                return Ok(Effect::None);
            }
            Outcome::Limits(advice) => {
                self.limits = Some((**advice).clone());
                self.show(View::Limits, desk.words);
                return Ok(Effect::None);
            }
            Outcome::Mutate(mutation) => {
                self.mutation = Some((**mutation).clone());
                self.show(View::Survivors, desk.words);
                return Ok(Effect::None);
            }
            Outcome::Vary(robustness) => {
                self.robustness = Some((**robustness).clone());
                self.show(View::Broken, desk.words);
                return Ok(Effect::None);
            }
            _ => return Ok(Effect::None),
        };
        for played in &rehearsed.results {
            let Some(id) = played.id else { continue };
            let mut lines = Vec::new();
            for turn in &played.replay.turns {
                if let Some(said) = &turn.said {
                    lines.push((Role::Customer, format!("{} {said}", desk.words.label.customer)));
                }
                for reply in &turn.outcome.replies {
                    lines.push((Role::Bot, format!("{} {}", desk.words.label.bot, reply.text)));
                }
                for failure in &turn.failures {
                    lines.push((Role::Bad, format!("✗ {}", explain::policy::failure(failure, desk.words))));
                }
            }
            self.went.insert(id, Went { passed: played.replay.passed, lines });
        }
        if rehearsed.results.len() == self.list.len() {
            self.reached = explain::proof::coverage(&rehearsed.coverage, &rehearsed.proposals, desk.words);
            let written = |reached: &Reached| {
                let name = explain::proof::proposal_name(reached, desk.words);
                let script = reached.script(&name);
                (name, script)
            };
            self.proposals = rehearsed.proposals.iter().map(written).collect();
        }
        // What broke comes into view.
        if let Some(at) = self.list.iter().position(|r| self.went.get(&r.id).is_some_and(|went| !went.passed)) {
            self.cursor.go(at);
        }
        let (total, passed) = (rehearsed.results.len(), rehearsed.passed());
        Ok(Effect::Say(fill(
            desk.words.command.rehearsed,
            &[
                ("total", &total.to_string()),
                ("passed", &passed.to_string()),
                ("failed", &(total - passed).to_string()),
            ],
        )))
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(2));
        self.findings.fit(area);
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        if self.view > View::Coverage {
            return self.findings.draw(frame, area, look);
        }
        let t = &look.words.rehearse;
        let passed = self.went.values().filter(|went| went.passed).count();
        let failed = self.went.len() - passed;
        let head = fill(
            t.head,
            &[
                ("total", &self.list.len().to_string()),
                ("passed", &passed.to_string()),
                ("failed", &failed.to_string()),
            ],
        );
        paint::line(frame, Rect { height: 1.min(area.height), ..area }, &[(Role::Title, &head)], look.theme);
        let below = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
        if self.list.is_empty() {
            paint::text(frame, below, t.empty, Role::Dim, 0, look.theme);
            return;
        }
        let left = if area.width >= 60 { area.width * 2 / 5 } else { area.width };
        let columns = [Column::fixed("", 3), Column::share("", 1)];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let rehearsal = &self.list[at];
                let (role, mark) = match self.went.get(&rehearsal.id) {
                    None => (Role::Dim, "·"),
                    Some(went) if went.passed => (Role::Good, "✓"),
                    Some(_) => (Role::Bad, "✗"),
                };
                Row::of([(role, mark.to_string()), (Role::Text, rehearsal.name.clone())])
            })
            .collect();
        let list = Rect { width: left, ..below };
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: false }
            .draw(frame, list, look.theme);
        if left == area.width {
            return;
        }
        let inner = paint::ruled(frame, Rect { x: below.x + left, width: area.width - left, ..below }, look.theme);
        if self.view == View::Coverage {
            let lines: Vec<(Role, String)> = self
                .reached
                .iter()
                .enumerate()
                .map(|(at, line)| (if at < 5 { Role::Text } else { Role::Doubt }, line.clone()))
                .collect();
            self::lines(frame, inner, &lines, look);
            return;
        }
        let Some(rehearsal) = self.chosen() else { return };
        let lines: Vec<(Role, String)> = match self.went.get(&rehearsal.id) {
            Some(went) => went.lines.clone(),
            None => rehearsal.script.lines().map(|line| (Role::Dim, line.to_string())).collect(),
        };
        self::lines(frame, inner, &lines, look);
    }
}
