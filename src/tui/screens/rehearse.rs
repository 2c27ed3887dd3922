//! rehearse: the saved conversations, which of them hold, and where the others break.

use std::borrow::Cow;
use std::collections::HashMap;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::dialogue::proof::reach::Reached;
use crate::domain::dialogue::Rehearsal;
use crate::domain::ids::RehearsalId;
use crate::explain;
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::error::Result;
use crate::workbench::rehearse;

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
}

/// The rehearsals.
#[derive(Default)]
pub struct Rehearse {
    list: Vec<Rehearsal>,
    cursor: Cursor,
    went: HashMap<RehearsalId, Went>,
    /// What the last playing of all reached, line by line; empty before.
    reached: Vec<String>,
    /// Conversations for arms nothing reached, ready to be kept.
    proposals: Vec<(String, String)>,
    coverage: bool,
    asked: Option<Asked>,
}

impl Rehearse {
    fn chosen(&self) -> Option<&Rehearsal> {
        self.cursor.at().and_then(|at| self.list.get(at))
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
        self.cursor.resize(self.list.len());
        Ok(())
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Play | Action::PlayOne | Action::Delete if self.list.is_empty() => {
                Err(Cow::Borrowed(desk.words.rehearse.empty))
            }
            Action::Play | Action::PlayOne => desk.is_free(),
            Action::Delete => Ok(()),
            Action::Add if !self.proposals.is_empty() => Ok(()),
            Action::Add if !self.reached.is_empty() => Err(Cow::Borrowed(desk.words.proof.nothing_to_propose)),
            Action::Coverage if !self.reached.is_empty() => Ok(()),
            Action::Add | Action::Coverage => Err(Cow::Borrowed(desk.words.rehearse.not_played)),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Play => return Ok(Effect::Start(Job::Rehearse { only: None })),
            Action::PlayOne => {
                let only = self.chosen().map(|rehearsal| vec![rehearsal.id]);
                return Ok(Effect::Start(Job::Rehearse { only }));
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
            Action::Coverage => self.coverage = !self.coverage,
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
            _ => {}
        }
        Ok(Effect::None)
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        let Outcome::Rehearse(rehearsed) = outcome else { return Ok(Effect::None) };
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
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
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
        if self.coverage {
            let lines: Vec<(Role, String)> = self
                .reached
                .iter()
                .enumerate()
                .map(|(at, line)| (if at < 5 { Role::Text } else { Role::Doubt }, line.clone()))
                .collect();
            write_lines(frame, inner, &lines, look);
            return;
        }
        let Some(rehearsal) = self.chosen() else { return };
        let lines: Vec<(Role, String)> = match self.went.get(&rehearsal.id) {
            Some(went) => went.lines.clone(),
            None => rehearsal.script.lines().map(|line| (Role::Dim, line.to_string())).collect(),
        };
        write_lines(frame, inner, &lines, look);
    }
}

/// Draws lines, wrapped, as far as there is room.
fn write_lines(frame: &mut Frame, area: Rect, lines: &[(Role, String)], look: &Look) {
    let mut rows = paint::rows(area);
    for (role, line) in lines {
        for part in crate::tui::cells::wrap(line, usize::from(area.width)) {
            let Some(row) = rows.next() else { return };
            paint::line(frame, row, &[(*role, &part)], look.theme);
        }
    }
}
