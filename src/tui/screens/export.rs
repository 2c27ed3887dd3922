//! export: which format, where to, and what it will look like.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::formats::write::row::Written;
use crate::i18n::{Words, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::error::Result;
use crate::workbench::export::{self, Content, ExportFormat};
use crate::workbench::personal::Personal;

/// The formats.
#[derive(Default)]
pub struct Export {
    cursor: Cursor,
    rows: u64,
    sample: Vec<String>,
    /// The last file written, and what it holds.
    written: Option<(PathBuf, Written)>,
    /// How personal data will be written.
    way: Personal,
}

impl Export {
    fn format(&self) -> ExportFormat {
        self.cursor.at().and_then(|at| ExportFormat::ALL.get(at)).copied().unwrap_or_default()
    }

    /// Returns the window that asks where to write.
    fn ask_where(&self, desk: &Desk) -> Effect {
        let project = desk.project.path();
        let stem = project.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let ending = self.format().ending();
        let path = free(&project.with_file_name(format!("{stem}.{ending}")), &stem, ending);
        let t = &desk.words.export;
        Effect::Open(Box::new(Write::line(t.path, t.path_hint, &path.display().to_string())))
    }

    fn show(&mut self, desk: &mut Desk) -> Result<()> {
        // What the file will tell is not put on the screen to show that it will.
        self.written = None;
        let way = if self.way == Personal::Raw { Personal::Masked } else { self.way };
        let content = Content::of(&mut desk.project, way)?;
        self.rows = content.rows.len() as u64;
        self.sample = export::sample(&content, self.format());
        Ok(())
    }
}

impl Screen for Export {
    fn scope(&self) -> Scope {
        Scope::Export
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.export.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.cursor.resize(ExportFormat::ALL.len());
        self.show(desk)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Write if self.rows == 0 => Err(Cow::Borrowed(desk.words.export.empty)),
            Action::Write | Action::Format | Action::Masked => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        match action {
            Action::Write if self.way == Personal::Raw => {
                return Ok(Effect::Ask(desk.words.privacy.export_ask.to_string()));
            }
            Action::Write => return Ok(self.ask_where(desk)),
            Action::Masked => {
                self.way = self.way.next();
                self.show(desk)?;
            }
            Action::Format => {
                let next = self.cursor.at().map_or(0, |at| (at + 1) % ExportFormat::ALL.len());
                self.cursor.go(next);
                self.show(desk)?;
            }
            _ => {
                self.cursor.act(action);
                self.show(desk)?;
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        let path = match answer {
            Answer::Sure => return Ok(self.ask_where(desk)),
            Answer::Text(path) => PathBuf::from(path.trim()),
            _ => return Ok(Effect::None),
        };
        let written = export::export(&mut desk.project, &path, self.format(), self.way)?;
        // Said once: the next file is masked again.
        if self.way == Personal::Raw {
            self.way = Personal::Masked;
        }
        let n = thousands(written.rows);
        let said = fill(desk.words.command.exported, &[("n", &n), ("path", &path.display().to_string())]);
        self.written = Some((path, written));
        Ok(Effect::Say(said))
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(list_height(area));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.export;
        let head = fill(t.head, &[("n", &thousands(self.rows))]);
        paint::line(frame, Rect { height: 1.min(area.height), ..area }, &[(Role::Title, &head)], look.theme);
        if area.height > 1 {
            let row = Rect { y: area.y + 1, height: 1, ..area };
            let role = if self.way == Personal::Raw { Role::Bad } else { Role::Dim };
            paint::line(frame, row, &[(role, look.words.privacy.export_ways[self.way as usize])], look.theme);
        }
        let columns = [Column::fixed("", 13), Column::share("", 1)];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                Row::of([
                    (Role::Text, ExportFormat::ALL[at].name().to_string()),
                    (Role::Dim, t.formats[at].to_string()),
                ])
            })
            .collect();
        let list = Rect { y: area.y + 2.min(area.height), height: list_height(area), ..area };
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: false }
            .draw(frame, list, look.theme);
        let top = (list_height(area) + 3).min(area.height);
        let rest = Rect { y: area.y + top, height: area.height - top, ..area };
        let mut rows = paint::rows(rest);
        if let Some((path, written)) = &self.written {
            let done = fill(t.written, &[("path", &path.display().to_string())]);
            let lost = look.words.command.lost.iter().zip(written.lost()).filter(|(_, lost)| *lost > 0);
            let lost = lost.map(|(phrase, lost)| (Role::Doubt, fill(phrase, &[("n", &thousands(lost))])));
            let field = look.words.command.lost_field;
            let fields = written
                .fields
                .iter()
                .map(|(name, n)| (Role::Doubt, fill(field, &[("name", name), ("n", &thousands(*n))])));
            for (row, (role, line)) in rows.zip(std::iter::once((Role::Good, done)).chain(lost).chain(fields)) {
                paint::line(frame, row, &[(role, &line)], look.theme);
            }
            return;
        }
        if let Some(row) = rows.next() {
            paint::line(frame, row, &[(Role::Title, t.sample)], look.theme);
        }
        for (row, line) in rows.zip(&self.sample) {
            paint::line(frame, row, &[(Role::Dim, "  "), (Role::Dim, line)], look.theme);
        }
    }
}

/// Returns how many formats are seen at once; the sample has the other half.
fn list_height(area: Rect) -> u16 {
    (area.height.saturating_sub(2) / 2).min(ExportFormat::ALL.len() as u16)
}

/// Returns a name no file has yet, so that the first suggestion is one that works.
fn free(wanted: &Path, stem: &str, ending: &str) -> PathBuf {
    let mut path = wanted.to_path_buf();
    let mut n = 2;
    while path.exists() {
        path = wanted.with_file_name(format!("{stem}-{n}.{ending}"));
        n += 1;
    }
    path
}
