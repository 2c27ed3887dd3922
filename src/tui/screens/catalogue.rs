//! The catalogue of intents, and surgery on it: renamed, merged, split, put elsewhere, deleted, after a look at what follows.

pub mod preview;
pub mod split;

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::{Words, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::catalogue::preview::Preview;
use crate::tui::screens::catalogue::split::Split;
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::error::Result;
use crate::workbench::intents::{self, IntentLine};
use crate::workbench::surgery::Surgery;

/// What the open window will answer.
enum Asked {
    New,
    Name,
    /// Into which of these lines.
    Merge(Vec<usize>),
    Category,
    Guideline,
    /// What was done, in words.
    Done,
}

/// The window.
#[derive(Default)]
pub struct Catalogue {
    lines: Vec<IntentLine>,
    cursor: Cursor,
    asked: Option<Asked>,
}

impl Catalogue {
    fn line(&self) -> Option<&IntentLine> {
        self.lines.get(self.cursor.at()?)
    }

    fn look(&mut self, surgery: Surgery) -> Effect {
        self.asked = Some(Asked::Done);
        Effect::Open(Box::new(Preview::new(surgery)))
    }
}

impl Screen for Catalogue {
    fn scope(&self) -> Scope {
        Scope::Catalogue
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.surgery.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        let here = self.line().map(|line| line.intent.id);
        self.lines = intents::list(&desk.project)?;
        self.lines.sort_by(|a, b| a.intent.category.cmp(&b.intent.category).then(a.intent.id.cmp(&b.intent.id)));
        self.cursor.resize(self.lines.len());
        if let Some(at) = self.lines.iter().position(|line| Some(line.intent.id) == here) {
            self.cursor.go(at);
        }
        Ok(())
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.surgery;
        match action {
            Action::NewIntent => Ok(()),
            Action::Rename | Action::Merge | Action::Split | Action::Category | Action::Guideline | Action::Delete
                if self.line().is_none() =>
            {
                Err(Cow::Borrowed(t.no_intent))
            }
            Action::Merge if self.lines.len() < 2 => Err(Cow::Borrowed(t.alone)),
            Action::Split if self.line().is_some_and(|line| line.examples == 0) => Err(Cow::Borrowed(t.no_examples)),
            Action::Rename | Action::Merge | Action::Split | Action::Category | Action::Guideline | Action::Delete => {
                Ok(())
            }
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.surgery;
        if action == Action::NewIntent {
            self.asked = Some(Asked::New);
            return Ok(Effect::Open(Box::new(Write::line(t.new, t.new_hint, ""))));
        }
        let Some(line) = self.line() else { return Ok(Effect::None) };
        let (id, name) = (line.intent.id, line.intent.name.clone());
        let titled = |phrase: &str| fill(phrase, &[("name", &name)]);
        let (asked, window): (Asked, Box<dyn Screen>) = match action {
            Action::Rename => (Asked::Name, Box::new(Write::line(titled(t.rename), t.rename_hint, &name))),
            Action::Category => {
                (Asked::Category, Box::new(Write::line(titled(t.place), t.place_hint, &line.intent.category)))
            }
            Action::Guideline => {
                (Asked::Guideline, Box::new(Write::lines(titled(t.guideline), "", &line.intent.guideline)))
            }
            Action::Merge => {
                let others: Vec<usize> = (0..self.lines.len()).filter(|at| self.lines[*at].intent.id != id).collect();
                let item = |at: &usize| {
                    let other = &self.lines[*at];
                    let remark = format!("×{}", thousands(other.examples));
                    Item { also: other.intent.question.clone(), ..Item::new(&other.intent.name, remark) }
                };
                let items = others.iter().map(item).collect();
                (Asked::Merge(others), Box::new(Choose::search(titled(t.merge), items)))
            }
            Action::Split => (Asked::Done, Box::new(Split::new(id, &name))),
            Action::Delete => return Ok(self.look(Surgery::Delete { intent: id })),
            _ => {
                self.cursor.act(action);
                return Ok(Effect::None);
            }
        };
        self.asked = Some(asked);
        Ok(Effect::Open(window))
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        let line = self.line().map(|line| line.intent.clone());
        match (self.asked.take(), answer, line) {
            (Some(Asked::New), Answer::Text(name), _) => {
                let id = intents::add(&mut desk.project, &name, "")?;
                self.load(desk)?;
                if let Some(at) = self.lines.iter().position(|line| line.intent.id == id) {
                    self.cursor.go(at);
                }
                Ok(Effect::None)
            }
            (Some(Asked::Name), Answer::Text(name), Some(intent)) => {
                if name.trim() == intent.name {
                    return Ok(Effect::None);
                }
                Ok(self.look(Surgery::Rename { intent: intent.id, name }))
            }
            (Some(Asked::Category), Answer::Text(category), Some(intent)) => {
                if category.trim() == intent.category {
                    return Ok(Effect::None);
                }
                Ok(self.look(Surgery::Place { intent: intent.id, category }))
            }
            (Some(Asked::Guideline), Answer::Text(text), Some(mut intent)) => {
                intent.guideline = text.trim().to_owned();
                intents::edit(&mut desk.project, &intent)?;
                self.load(desk)?;
                Ok(Effect::Say(desk.words.surgery.guideline_kept.to_owned()))
            }
            (Some(Asked::Merge(others)), Answer::Chosen(at), Some(intent)) => {
                match others.get(at).and_then(|at| self.lines.get(*at)).map(|line| line.intent.id) {
                    Some(into) => Ok(self.look(Surgery::Merge { from: intent.id, into })),
                    None => Ok(Effect::None),
                }
            }
            (Some(Asked::Done), Answer::Text(said), _) => {
                self.load(desk)?;
                Ok(Effect::Say(said))
            }
            _ => Ok(Effect::None),
        }
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(2));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.surgery;
        let mut rows = paint::rows(area);
        let Some(head) = rows.next() else { return };
        let examples: u64 = self.lines.iter().map(|line| line.examples).sum();
        let gaps = [("n", thousands(self.lines.len() as u64)), ("examples", thousands(examples))];
        let gaps = gaps.each_ref().map(|(gap, n)| (*gap, n.as_str()));
        paint::line(frame, head, &[(Role::Title, &fill(t.head, &gaps))], look.theme);
        let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        if self.lines.is_empty() {
            let said = fill(t.none, &[("key", &look.key(Scope::Catalogue, Action::NewIntent))]);
            paint::line(frame, below, &[(Role::Dim, &said)], look.theme);
            return;
        }
        let [intent, category, examples, customers] = t.columns;
        let columns = [
            Column::share(intent, 3),
            Column::share(category, 2),
            Column::figures(examples, 10),
            Column::figures(customers, 10),
        ];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let line = &self.lines[at];
                Row::of([
                    (Role::Text, line.intent.name.clone()),
                    (Role::Dim, line.intent.category.clone()),
                    (Role::Text, thousands(line.examples)),
                    (Role::Dim, thousands(line.customers)),
                ])
            })
            .collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, below, look.theme);
    }
}
