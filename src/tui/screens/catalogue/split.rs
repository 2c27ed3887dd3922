//! The examples of an intent, sorted by likeness, each given to another intent or left where it is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::utterance::Utterance;
use crate::i18n::{Words, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::catalogue::preview::Preview;
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::error::Result;
use crate::workbench::intents;
use crate::workbench::surgery::presorted::presorted;
use crate::workbench::surgery::{Part, Surgery};

/// Targets on the digits.
const DIGITS: usize = 9;

/// What the open window will answer.
enum Asked {
    Find(Vec<(IntentId, String)>),
    New,
    Done,
}

/// The window.
pub struct Split {
    from: IntentId,
    name: String,
    /// The examples with the group each is like.
    rows: Vec<(Utterance, usize)>,
    /// Where examples go, by the place of the target.
    given: BTreeMap<UtteranceId, usize>,
    marked: std::collections::BTreeSet<UtteranceId>,
    targets: Vec<(Part, String)>,
    cursor: Cursor,
    asked: Option<Asked>,
}

impl Split {
    /// Returns the window on an intent's examples.
    pub fn new(from: IntentId, name: &str) -> Self {
        Self {
            from,
            name: name.to_owned(),
            rows: Vec::new(),
            given: BTreeMap::new(),
            marked: Default::default(),
            targets: Vec::new(),
            cursor: Cursor::default(),
            asked: None,
        }
    }

    /// Returns what a target is for: what is marked, else the one in hand.
    fn chosen(&self) -> Vec<UtteranceId> {
        match self.marked.is_empty() {
            true => self.cursor.at().and_then(|at| self.rows.get(at)).map(|(u, _)| u.id).into_iter().collect(),
            false => self.marked.iter().copied().collect(),
        }
    }

    /// Gives what is chosen to a target; given there already, it stays here again.
    fn give(&mut self, target: usize) {
        let chosen = self.chosen();
        let back = chosen.iter().all(|id| self.given.get(id) == Some(&target));
        for id in chosen {
            match back {
                true => _ = self.given.remove(&id),
                false => _ = self.given.insert(id, target),
            }
        }
        if self.marked.is_empty() {
            self.cursor.act(Action::Down);
        }
        self.marked.clear();
    }

    fn give_to(&mut self, part: Part, name: &str) {
        let known = self.targets.iter().position(|(known, _)| *known == part);
        let target = known.unwrap_or_else(|| {
            self.targets.push((part, name.to_owned()));
            self.targets.len() - 1
        });
        self.give(target);
    }

    /// Marks the examples of the group the cursor is on, or lets go of them.
    fn mark_group(&mut self) {
        let Some(group) = self.cursor.at().and_then(|at| self.rows.get(at)).map(|(_, group)| *group) else { return };
        let own: Vec<UtteranceId> =
            self.rows.iter().filter(|(_, other)| *other == group).map(|(utterance, _)| utterance.id).collect();
        let all = own.iter().all(|id| self.marked.contains(id));
        for id in own {
            match all {
                true => _ = self.marked.remove(&id),
                false => _ = self.marked.insert(id),
            }
        }
    }

    fn surgery(&self) -> Surgery {
        let mut parts: Vec<(Part, Vec<UtteranceId>)> =
            self.targets.iter().map(|(part, _)| (part.clone(), Vec::new())).collect();
        for (id, target) in &self.given {
            parts[*target].1.push(*id);
        }
        parts.retain(|(_, texts)| !texts.is_empty());
        Surgery::Split { from: self.from, parts }
    }
}

impl Screen for Split {
    fn scope(&self) -> Scope {
        Scope::Split
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Owned(fill(words.surgery.splits, &[("name", &self.name), ("parts", "…")]))
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.rows = presorted(&mut desk.project, self.from)?;
        let there: Vec<UtteranceId> = self.rows.iter().map(|(utterance, _)| utterance.id).collect();
        self.given.retain(|id, _| there.contains(id));
        self.marked.retain(|id| there.contains(id));
        self.cursor.resize(self.rows.len());
        Ok(())
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.surgery;
        match action {
            Action::Choose if self.given.is_empty() => Err(Cow::Borrowed(t.nothing_split)),
            Action::Choose => Ok(()),
            _ if self.rows.is_empty() => Err(Cow::Borrowed(t.no_examples)),
            Action::FindIntent | Action::NewIntent | Action::Mark | Action::Range => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => match action.place() {
                Some(place) if place < self.targets.len() => Ok(()),
                Some(_) => Err(Cow::Borrowed(t.no_target)),
                None => desk.not_here(),
            },
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.surgery;
        match action {
            Action::Choose => {
                self.asked = Some(Asked::Done);
                return Ok(Effect::Open(Box::new(Preview::new(self.surgery()))));
            }
            Action::FindIntent => {
                let lines = intents::list(&desk.project)?.into_iter().filter(|line| line.intent.id != self.from);
                let lines: Vec<_> = lines.collect();
                let item = |line: &intents::IntentLine| {
                    let remark = format!("×{}", thousands(line.examples));
                    Item { also: line.intent.question.clone(), ..Item::new(&line.intent.name, remark) }
                };
                let items = lines.iter().map(item).collect();
                self.asked = Some(Asked::Find(lines.into_iter().map(|l| (l.intent.id, l.intent.name)).collect()));
                return Ok(Effect::Open(Box::new(Choose::search(t.into, items))));
            }
            Action::NewIntent => {
                self.asked = Some(Asked::New);
                return Ok(Effect::Open(Box::new(Write::line(t.new, t.new_hint, ""))));
            }
            Action::Mark => {
                if let Some(id) = self.cursor.at().and_then(|at| self.rows.get(at)).map(|(u, _)| u.id) {
                    if !self.marked.remove(&id) {
                        self.marked.insert(id);
                    }
                    self.cursor.act(Action::Down);
                }
            }
            Action::Range => self.mark_group(),
            _ => match action.place() {
                Some(place) => self.give(place),
                None => _ = self.cursor.act(action),
            },
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        match (self.asked.take(), answer) {
            (Some(Asked::Find(intents)), Answer::Chosen(at)) => {
                if let Some((id, name)) = intents.get(at) {
                    self.give_to(Part::Known(*id), name);
                }
            }
            (Some(Asked::New), Answer::Text(name)) => {
                let name = name.trim();
                let known = desk.project.catalogue()?.named(name).map(|intent| intent.id);
                match known {
                    _ if name.is_empty() => {}
                    Some(id) => self.give_to(Part::Known(id), name),
                    None => self.give_to(Part::New(name.to_owned()), name),
                }
            }
            (Some(Asked::Done), answer @ Answer::Text(_)) => return Ok(Effect::Done(answer)),
            _ => {}
        }
        Ok(Effect::None)
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(2));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.surgery;
        let mut rows = paint::rows(area);
        let (Some(head), Some(digits)) = (rows.next(), rows.next()) else { return };
        let gaps = [("name", self.name.as_str()), ("n", &*thousands(self.given.len() as u64))];
        paint::line(frame, head, &[(Role::Title, &fill(t.split_head, &gaps))], look.theme);
        if self.targets.is_empty() {
            let key = |action| look.key(Scope::Split, action);
            let gaps = [("find", &*key(Action::FindIntent)), ("new", &*key(Action::NewIntent))];
            paint::line(frame, digits, &[(Role::Dim, &fill(t.no_targets, &gaps))], look.theme);
        } else {
            let mut pieces: Vec<(Role, String)> = vec![(Role::Dim, format!("{}  ", t.split_targets))];
            for (place, (_, name)) in self.targets.iter().enumerate().take(DIGITS) {
                let times = self.given.values().filter(|target| **target == place).count();
                pieces.push((Role::Key, format!("{} ", place + 1)));
                pieces.push((Role::Text, format!("{name} ")));
                pieces.push((Role::Dim, format!("×{times}   ")));
            }
            let pieces: Vec<(Role, &str)> = pieces.iter().map(|(role, text)| (*role, text.as_str())).collect();
            paint::line(frame, digits, &pieces, look.theme);
        }
        let below = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
        let targets = self.targets.iter().map(|(_, name)| cells::width(name)).max().unwrap_or(0).clamp(6, 24) as u16;
        let columns =
            [Column::fixed("", 3), Column::share("", 1), Column::figures("", 8), Column::fixed("", targets + 4)];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let (utterance, group) = &self.rows[at];
                let target = self.given.get(&utterance.id);
                let to = match target {
                    Some(place) => (Role::Good, format!("→ {}", self.targets[*place].1)),
                    None => (Role::Dim, format!("  {}", t.stays_here)),
                };
                let group = char::from(b'A' + (*group % 26) as u8).to_string();
                let mut row = Row::of([
                    (Role::Dim, group),
                    (Role::Text, utterance.text.clone()),
                    (Role::Dim, format!("×{}", thousands(utterance.count))),
                    to,
                ]);
                row.marked = self.marked.contains(&utterance.id);
                row
            })
            .collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: false }
            .draw(frame, below, look.theme);
    }
}
