//! import: files and folders, what they seem to be, and how they would be read.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::conversation::{Batch, Role as Speaker};
use crate::explain;
use crate::formats::charset::Charset;
use crate::formats::options::ReadOptions;
use crate::formats::read::Preview;
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::chat::role_of;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::error::Result;
use crate::workbench::{import, sample};

/// Messages a preview shows.
const SHOWN: usize = 30;

/// One file on the list.
struct Entry {
    path: PathBuf,
    name: String,
    chosen: bool,
    charset: Option<Charset>,
    /// How it would be read, or why it would not.
    preview: std::result::Result<Preview, String>,
    done: Option<String>,
}

/// What the open window will answer.
enum Asked {
    Path,
    Encoding,
}

/// The files.
#[derive(Default)]
pub struct Import {
    entries: Vec<Entry>,
    cursor: Cursor,
    batches: Vec<Batch>,
    asked: Option<Asked>,
    started: bool,
    running: Vec<PathBuf>,
}

impl Import {
    fn chosen(&self) -> Option<&Entry> {
        self.cursor.at().and_then(|at| self.entries.get(at))
    }

    fn add(&mut self, path: &Path, desk: &Desk) -> Result<usize> {
        let files = import::files(path)?;
        let before = self.entries.len();
        for path in files {
            if self.entries.iter().any(|entry| entry.path == path) {
                continue;
            }
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let preview = look(&path, None, desk);
            let done = self
                .batches
                .iter()
                .find(|batch| batch.source == name)
                .map(|batch| fill(desk.words.import.was, &[("kept", &thousands(batch.kept))]));
            self.entries.push(Entry {
                path,
                name,
                chosen: preview.is_ok() && done.is_none(),
                charset: None,
                preview,
                done,
            });
        }
        self.cursor.resize(self.entries.len());
        Ok(self.entries.len() - before)
    }
}

/// Returns how a file would be read, or the sentence that says why not.
fn look(path: &Path, charset: Option<Charset>, desk: &Desk) -> std::result::Result<Preview, String> {
    let options = ReadOptions { charset, recogniser: desk.recogniser.clone(), ..ReadOptions::default() };
    import::preview(path, &options, SHOWN).map_err(|error| explain::sentence(&error, desk.words))
}

impl Screen for Import {
    fn scope(&self) -> Scope {
        Scope::Import
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.import.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.batches = import::batches(&desk.project)?;
        if !self.started {
            self.started = true;
            // A project made from a sample knows where its raw logs lie.
            if let Some(logs) = sample::logs(&desk.project)? {
                self.add(&logs, desk)?;
            }
        }
        Ok(())
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        let t = &desk.words.import;
        match action {
            Action::Add => Ok(()),
            Action::Import if self.entries.iter().any(|entry| entry.chosen) => desk.is_free(),
            Action::Import => Err(Cow::Borrowed(t.none_chosen)),
            Action::Toggle | Action::Encoding if self.chosen().is_some() => Ok(()),
            Action::Toggle | Action::Encoding => Err(Cow::Borrowed(t.empty)),
            Action::MarkAll if !self.entries.is_empty() => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.import;
        match action {
            Action::Add => {
                self.asked = Some(Asked::Path);
                return Ok(Effect::Open(Box::new(Write::line(t.path, t.path_hint, ""))));
            }
            Action::Import => {
                // Files read with an encoding chosen by hand run with it; all others find their own.
                let by_hand = self.entries.iter().find(|entry| entry.chosen && entry.charset.is_some());
                let options = ReadOptions { recogniser: desk.recogniser.clone(), ..ReadOptions::default() };
                let (paths, options) = match by_hand {
                    Some(entry) => (vec![entry.path.clone()], ReadOptions { charset: entry.charset, ..options }),
                    None => (self.entries.iter().filter(|e| e.chosen).map(|e| e.path.clone()).collect(), options),
                };
                self.running = paths.clone();
                return Ok(Effect::Start(Job::Import { paths, options }));
            }
            Action::Toggle => {
                if let Some(entry) = self.cursor.at().and_then(|at| self.entries.get_mut(at)) {
                    entry.chosen = !entry.chosen && entry.preview.is_ok();
                }
            }
            Action::MarkAll => {
                let all = self.entries.iter().all(|entry| entry.chosen || entry.preview.is_err());
                for entry in &mut self.entries {
                    entry.chosen = !all && entry.preview.is_ok();
                }
            }
            Action::Encoding => {
                self.asked = Some(Asked::Encoding);
                let mut items = vec![Item::new(t.auto, "")];
                items.extend(Charset::USUAL.iter().map(|charset| Item::new(charset.name(), "")));
                return Ok(Effect::Open(Box::new(Choose::menu(t.encoding, items, 0))));
            }
            _ => {
                self.cursor.act(action);
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        match (self.asked.take(), answer) {
            (Some(Asked::Path), Answer::Text(path)) => {
                let added = self.add(Path::new(path.trim()), desk)?;
                self.cursor.go(self.entries.len().saturating_sub(added.max(1)));
                Ok(Effect::Say(fill(desk.words.import.added, &[("n", &added.to_string())])))
            }
            (Some(Asked::Encoding), Answer::Chosen(at)) => {
                if let Some(entry) = self.cursor.at().and_then(|at| self.entries.get_mut(at)) {
                    entry.charset = at.checked_sub(1).and_then(|at| Charset::USUAL.get(at)).copied();
                    entry.preview = look(&entry.path, entry.charset, desk);
                    entry.chosen = entry.preview.is_ok();
                }
                Ok(Effect::None)
            }
            _ => Ok(Effect::None),
        }
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        let Outcome::Import(report) = outcome else { return Ok(Effect::None) };
        let (mut kept, mut aside) = (0, 0);
        for file in &report.files {
            kept += file.kept;
            aside += file.aside;
            if let Some(entry) = self.entries.iter_mut().find(|entry| entry.path == file.path) {
                entry.chosen = false;
                let figures =
                    [("read", thousands(file.read)), ("kept", thousands(file.kept)), ("aside", thousands(file.aside))];
                let figures: Vec<(&str, &str)> = figures.iter().map(|(name, n)| (*name, n.as_str())).collect();
                entry.done = Some(fill(desk.words.import.done, &figures));
            }
        }
        for (path, error) in &report.refused {
            if let Some(entry) = self.entries.iter_mut().find(|entry| &entry.path == path) {
                entry.chosen = false;
                entry.preview = Err(explain::sentence(error, desk.words));
            }
        }
        let said = fill(
            desk.words.import.imported,
            &[("kept", &thousands(kept)), ("aside", &thousands(aside)), ("refused", &report.refused.len().to_string())],
        );
        // Files with an encoding of their own run one by one.
        let more = self.running.len() == 1 && self.entries.iter().any(|entry| entry.chosen);
        Ok(if more { Effect::Do(Action::Import) } else { Effect::Say(said) })
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(parts(area).0.height.saturating_sub(2));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.import;
        let (list, below) = parts(area);
        let chosen = self.entries.iter().filter(|entry| entry.chosen).count();
        let head = fill(t.head, &[("n", &self.entries.len().to_string()), ("chosen", &chosen.to_string())]);
        paint::line(frame, Rect { height: 1.min(list.height), ..list }, &[(Role::Title, &head)], look.theme);
        let table = Rect { y: list.y + 1.min(list.height), height: list.height.saturating_sub(1), ..list };
        if self.entries.is_empty() {
            paint::text(frame, table, t.empty, Role::Dim, 0, look.theme);
            return;
        }
        let columns = [
            Column::fixed("", 3),
            Column::share(t.file, 1),
            Column::fixed(t.format, 11),
            Column::fixed(t.encoding, 9),
            Column::figures(t.rows, 8),
            Column::share(t.state, 1),
        ];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|at| {
                let entry = &self.entries[at];
                let mark = if entry.chosen { "[x]" } else { "[ ]" };
                match &entry.preview {
                    Ok(preview) => Row::of([
                        (Role::Key, mark.to_string()),
                        (Role::Text, entry.name.clone()),
                        (Role::Dim, preview.sniffed.format.name().to_string()),
                        (Role::Dim, preview.sniffed.charset.name().to_string()),
                        (
                            Role::Dim,
                            format!("{}{}", if preview.whole { "" } else { "~" }, thousands(preview.estimated_rows)),
                        ),
                        (Role::Good, entry.done.clone().unwrap_or_default()),
                    ]),
                    Err(_) => Row::of([
                        (Role::Dim, "   ".to_string()),
                        (Role::Dim, entry.name.clone()),
                        (Role::Bad, t.refused.to_string()),
                        (Role::Dim, String::new()),
                        (Role::Dim, String::new()),
                        (Role::Dim, String::new()),
                    ]),
                }
            })
            .collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, table, look.theme);
        self.draw_preview(frame, below, look);
    }
}

impl Import {
    fn draw_preview(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.import;
        let Some(entry) = self.chosen() else { return };
        let mut rows = paint::rows(area);
        let Some(head) = rows.next() else { return };
        paint::line(frame, head, &[(Role::Title, t.preview), (Role::Dim, " · "), (Role::Dim, &entry.name)], look.theme);
        let preview = match &entry.preview {
            Ok(preview) => preview,
            Err(why) => {
                let rest = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
                paint::text(frame, rest, why, Role::Bad, 0, look.theme);
                return;
            }
        };
        let l = &look.words.label;
        for message in &preview.messages {
            let Some(row) = rows.next() else { return };
            let who = match message.role {
                Speaker::Customer => l.customer,
                Speaker::Agent => l.agent,
                Speaker::Bot => l.bot,
                Speaker::System => l.system,
            };
            let line = format!("{:>4} ", message.line);
            let intent = message.intent.as_ref().map(|intent| format!("  [{intent}]")).unwrap_or_default();
            paint::line(
                frame,
                row,
                &[
                    (Role::Dim, &line),
                    (role_of(message.role), who),
                    (Role::Text, " "),
                    (Role::Text, &message.text),
                    (Role::Word, &intent),
                ],
                look.theme,
            );
        }
        for rejected in &preview.rejected {
            let Some(row) = rows.next() else { return };
            let line = format!("{:>4} ", rejected.line);
            let why = t.reason(rejected.reason.name());
            paint::line(frame, row, &[(Role::Dim, &line), (Role::Bad, "✗ "), (Role::Bad, why)], look.theme);
        }
    }
}

/// Cuts the screen into the list and the preview below it.
fn parts(area: Rect) -> (Rect, Rect) {
    let top = (area.height / 2).min(area.height);
    (Rect { height: top, ..area }, Rect { y: area.y + top, height: area.height - top, ..area })
}
