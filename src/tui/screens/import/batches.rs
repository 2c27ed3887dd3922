//! What was imported so far: counts, the rows that were not taken, withdrawing one.

use std::borrow::Cow;
use std::path::Path;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::conversation::Batch;
use crate::i18n::fill;
use crate::jobs::job::Job;
use crate::store::conversations::AsideRow;
use crate::store::roles::Whose;
use crate::tui::action::Action;
use crate::tui::moment;
use crate::tui::screen::{Desk, Effect, Look, Reason};
use crate::tui::screens::import::turns;
use crate::tui::screens::message::Message;
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::batches;
use crate::workbench::error::Result;

/// Rejected rows shown below the list, and in a window of their own.
const BELOW: usize = 40;
const WINDOW: usize = 2_000;

/// The list.
#[derive(Default)]
pub struct Batches {
    list: Vec<Batch>,
    cursor: Cursor,
    /// The first rejected rows of the one the cursor is on.
    aside: Vec<AsideRow>,
}

impl Batches {
    /// Reads what was imported.
    pub fn load(&mut self, desk: &Desk) -> Result<()> {
        self.list = batches::batches(&desk.project)?;
        self.cursor.resize(self.list.len());
        self.show(desk)
    }

    /// Returns how many messages came from files of that name.
    pub fn kept_of(&self, name: &str) -> Option<u64> {
        self.list.iter().find(|batch| batch.source == name).map(|batch| batch.kept)
    }

    /// Tells whether an action means something here, else why not.
    pub fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.import;
        match action {
            Action::Delete | Action::Open | Action::Save | Action::Swap if self.chosen().is_none() => {
                Err(Cow::Borrowed(t.no_batches))
            }
            Action::Delete | Action::Swap => desk.is_free(),
            Action::Open | Action::Save if self.aside.is_empty() => Err(Cow::Borrowed(t.none_aside)),
            Action::Open | Action::Save => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    /// Does an action; withdrawing and writing ask first.
    pub fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.import;
        if let Some(batch) = self.chosen() {
            match action {
                Action::Delete => {
                    let gaps = [("source", batch.source.as_str()), ("kept", &thousands(batch.kept))];
                    return Ok(Effect::Ask(fill(t.withdraw, &gaps)));
                }
                Action::Swap => return Ok(Effect::Start(Job::Swap { whose: Whose::Batch(batch.id) })),
                Action::Save => {
                    let beside = desk.project.path().with_file_name(format!("{}.rejected.csv", batch.source));
                    let text = beside.display().to_string();
                    return Ok(Effect::Open(Box::new(Write::line(t.rejected_file, t.rejected_hint, &text))));
                }
                Action::Open => {
                    let rows = batches::aside_rows(&desk.project, batch.id, 0, WINDOW)?;
                    let line = |row: &AsideRow| format!("{:>5}  {}  {}", row.line, t.reason(&row.reason), row.raw);
                    let text: Vec<String> = rows.iter().map(line).collect();
                    let title = fill(t.rejected_of, &[("source", &batch.source)]);
                    return Ok(Effect::Open(Box::new(Message::new(title, text.join("\n")))));
                }
                _ => {}
            }
        }
        self.cursor.act(action);
        self.show(desk)?;
        Ok(Effect::None)
    }

    /// Withdraws the one the cursor is on.
    pub fn withdraw(&mut self, desk: &mut Desk) -> Result<Effect> {
        let Some(batch) = self.chosen() else { return Ok(Effect::None) };
        let done = batches::withdraw(&mut desk.project, batch.id)?;
        let mut said = fill(desk.words.import.withdrawn, &[("source", &done.batch.source)]);
        if done.left > 0 {
            said.push_str(&fill(desk.words.screens.left, &[("n", &done.left.to_string())]));
        }
        self.load(desk)?;
        Ok(Effect::Say(said))
    }

    /// Writes the rejected rows of the one the cursor is on to a new file.
    pub fn write(&mut self, path: &Path, desk: &Desk) -> Result<Effect> {
        let Some(batch) = self.chosen() else { return Ok(Effect::None) };
        let n = batches::write_rejected(&desk.project, batch.id, path)?;
        let gaps = [("n", thousands(n)), ("path", path.display().to_string())];
        let gaps: Vec<(&str, &str)> = gaps.iter().map(|(name, text)| (*name, text.as_str())).collect();
        Ok(Effect::Say(fill(desk.words.import.rejected_written, &gaps)))
    }

    /// Learns how many lines are shown.
    pub fn fit(&mut self, height: u16) {
        self.cursor.fit(height);
    }

    /// Draws the list, and the rejected rows of the one the cursor is on.
    pub fn draw(&self, frame: &mut Frame, list: Rect, below: Rect, look: &Look) {
        let t = &look.words.import;
        let head = fill(t.batches, &[("n", &self.list.len().to_string())]);
        paint::line(frame, Rect { height: 1.min(list.height), ..list }, &[(Role::Title, &head)], look.theme);
        let table = Rect { y: list.y + 1.min(list.height), height: list.height.saturating_sub(1), ..list };
        let Some(chosen) = self.chosen() else {
            paint::text(frame, table, t.no_batches, Role::Dim, 0, look.theme);
            return;
        };
        let columns = [
            Column::figures(t.batch, 4),
            Column::share(t.file, 1),
            Column::fixed(t.format, 11),
            Column::fixed(t.who_when, 20),
            Column::figures(t.counts, 24),
        ];
        let rows: Vec<Row> = self.cursor.shown().filter_map(|at| self.list.get(at)).map(row).collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, table, look.theme);
        let mut lines = paint::rows(below);
        let Some(head) = lines.next() else { return };
        let title = fill(t.rejected_of, &[("source", &chosen.source)]);
        paint::line(frame, head, &[(Role::Title, &title)], look.theme);
        if self.aside.is_empty() {
            let rest = Rect { y: below.y + 1, height: below.height - 1, ..below };
            paint::text(frame, rest, t.none_aside, Role::Dim, 0, look.theme);
        }
        for (row, line) in self.aside.iter().zip(lines) {
            turns::aside_line(frame, line, row.line, t.reason(&row.reason), &row.raw, look);
        }
    }

    fn chosen(&self) -> Option<&Batch> {
        self.cursor.at().and_then(|at| self.list.get(at))
    }

    fn show(&mut self, desk: &Desk) -> Result<()> {
        self.aside = match self.chosen() {
            Some(batch) => batches::aside_rows(&desk.project, batch.id, 0, BELOW)?,
            None => Vec::new(),
        };
        Ok(())
    }
}

fn row(batch: &Batch) -> Row {
    let counts = format!("{} / {} / {}", thousands(batch.read), thousands(batch.kept), thousands(batch.aside));
    Row::of([
        (Role::Dim, batch.id.0.to_string()),
        (Role::Text, batch.source.clone()),
        (Role::Dim, batch.format.clone()),
        (Role::Dim, format!("{} {}", batch.actor, moment::short(batch.at, moment::now()))),
        (Role::Text, counts),
    ])
}
