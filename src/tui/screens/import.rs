//! import: files and folders, what they seem to be, how they would be read, and what came of them.
//!
//! Three views: the files with the turns they would give, the files with the rows that would not be taken, and what
//! was imported so far. Its children: `path` asks for a file, `mapping` for the meaning of columns and names, `files`
//! knows one file of the list, `turns` draws what a file would give, `batches` what was imported.

mod batches;
mod files;
mod mapping;
mod path;
mod turns;

use std::borrow::Cow;
use std::path::Path;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::conversation::Channel;
use crate::explain;
use crate::formats::charset::Charset;
use crate::formats::format::Format;
use crate::formats::options;
use crate::i18n::{Words, fill};
use crate::jobs::job::{Job, Outcome};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::import::batches::Batches;
use crate::tui::screens::import::files::{DELIMITERS, Entry};
use crate::tui::screens::import::mapping::Mapping;
use crate::tui::screens::import::path::PathWindow;
use crate::tui::screens::message::Message;
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Table};
use crate::workbench::error::Result;
use crate::workbench::{import, places, profiles, sample, storybook};

/// What is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum View {
    #[default]
    Turns,
    Aside,
    Batches,
}

/// What the open window will answer.
enum Asked {
    Path,
    Format,
    Encoding,
    Mapping,
    ProfileName,
    Settings,
    Profile,
    Zone,
    Channel,
    Delimiter,
    /// A sheet of these.
    Sheet(Vec<String>),
    Withdraw,
    RejectedFile,
}

/// The files.
#[derive(Default)]
pub struct Import {
    entries: Vec<Entry>,
    cursor: Cursor,
    batches: Batches,
    view: View,
    asked: Option<Asked>,
    started: bool,
}

impl Import {
    fn chosen(&self) -> Option<&Entry> {
        self.cursor.at().and_then(|at| self.entries.get(at))
    }

    fn chosen_mut(&mut self) -> Option<&mut Entry> {
        self.cursor.at().and_then(|at| self.entries.get_mut(at))
    }

    fn add(&mut self, path: &Path, desk: &Desk) -> Result<usize> {
        let files = import::files(path)?;
        let before = self.entries.len();
        for path in files {
            if !self.entries.iter().any(|entry| entry.path == path) {
                let entry = Entry::new(path, desk);
                let was = self.batches.kept_of(&entry.name);
                self.entries
                    .push(entry.after(was.map(|kept| fill(desk.words.import.was, &[("kept", &thousands(kept))]))));
            }
        }
        self.cursor.resize(self.entries.len());
        Ok(self.entries.len() - before)
    }

    /// Opens the menu of what else can be said about a file.
    fn settings(&self, entry: &Entry, words: &'static Words) -> Choose {
        let t = &words.import;
        let o = &entry.options;
        let zone = o.zone.map(|zone| zone.to_string()).unwrap_or_else(|| o.zone().to_string());
        let channel = Channel::ALL.iter().position(|channel| Some(*channel) == o.channel);
        let delimiter = DELIMITERS.iter().position(|delimiter| Some(*delimiter) == entry.delimiter());
        let mut items = vec![
            Item::new(t.profile, entry.profile.as_deref().unwrap_or(t.none)),
            Item::new(t.zone, zone),
            Item::new(t.channel, channel.map_or(t.auto, |at| t.channels[at])),
            Item::new(t.delimiter, delimiter.map_or(t.none, |at| t.delimiters[at])),
        ];
        if entry.is_book() {
            items.push(Item::new(t.sheet, entry.sheet().unwrap_or(t.auto)));
        }
        Choose::menu(t.settings, items, 0)
    }

    fn open(&mut self, asked: Asked, screen: impl Screen + 'static) -> Result<Effect> {
        self.asked = Some(asked);
        Ok(Effect::Open(Box::new(screen)))
    }

    /// Opens the window behind a line of the settings.
    fn setting(&mut self, at: usize, desk: &Desk) -> Result<Effect> {
        let t = &desk.words.import;
        match at {
            0 => {
                let mut items = vec![Item::new(t.auto, ""), Item::new(t.none, "")];
                items.extend(profiles::all(&desk.project)?.iter().map(|p| Item::new(&p.name, &p.marks.file)));
                self.open(Asked::Profile, Choose::menu(t.profile, items, 0))
            }
            1 => {
                let zone = self.chosen().map(|entry| entry.options.zone().to_string()).unwrap_or_default();
                self.open(Asked::Zone, Write::line(t.zone, t.zone_hint, &zone))
            }
            2 => {
                let items = [t.auto].into_iter().chain(t.channels).map(|name| Item::new(name, ""));
                self.open(Asked::Channel, Choose::menu(t.channel, items.collect(), 0))
            }
            4 => {
                let sheets = self.chosen().map(|entry| import::sheets(&entry.path)).transpose()?.unwrap_or_default();
                let named = |name: &String| Item::new(name, "");
                let items = [Item::new(t.auto, "")].into_iter().chain(sheets.iter().map(named)).collect();
                let asked = self.chosen().and_then(|entry| entry.sheet());
                let at = sheets.iter().position(|name| Some(name.as_str()) == asked).map_or(0, |at| at + 1);
                self.open(Asked::Sheet(sheets), Choose::menu(t.sheet, items, at))
            }
            _ => {
                let items = [t.auto].into_iter().chain(t.delimiters).map(|name| Item::new(name, ""));
                self.open(Asked::Delimiter, Choose::menu(t.delimiter, items.collect(), 0))
            }
        }
    }
}

impl Screen for Import {
    fn scope(&self) -> Scope {
        Scope::Import
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.import.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.batches.load(desk)?;
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
            Action::Add | Action::View => Ok(()),
            Action::Import if self.entries.iter().any(|entry| entry.chosen) => desk.is_free(),
            Action::Import => Err(Cow::Borrowed(t.none_chosen)),
            _ if self.view == View::Batches => self.batches.can(action, desk),
            Action::Header | Action::Swap | Action::Save => match self.chosen() {
                None => Err(Cow::Borrowed(t.empty)),
                Some(entry) => entry.can(action, desk.words),
            },
            Action::Toggle
            | Action::Encoding
            | Action::Format
            | Action::Columns
            | Action::Settings
            | Action::Delete
            | Action::Open => match self.chosen() {
                None => Err(Cow::Borrowed(t.empty)),
                Some(_) => Ok(()),
            },
            Action::MarkAll if !self.entries.is_empty() => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.import;
        match action {
            Action::Add => return self.open(Asked::Path, PathWindow::new(&files::beside(self.chosen()))),
            Action::Import => {
                let files = self.entries.iter().filter(|entry| entry.chosen).map(|entry| entry.wanted(desk)).collect();
                return Ok(Effect::Start(Job::Import { files }));
            }
            Action::View => {
                self.view = match self.view {
                    View::Turns => View::Aside,
                    View::Aside => View::Batches,
                    View::Batches => View::Turns,
                };
                return Ok(Effect::None);
            }
            _ if self.view == View::Batches => {
                let effect = self.batches.act(action, desk)?;
                self.asked = match action {
                    Action::Delete => Some(Asked::Withdraw),
                    Action::Save => Some(Asked::RejectedFile),
                    _ => None,
                };
                return Ok(effect);
            }
            Action::MarkAll => {
                let all = self.entries.iter().all(|entry| entry.chosen || entry.preview.is_err());
                for entry in &mut self.entries {
                    entry.chosen = !all && entry.preview.is_ok();
                }
                return Ok(Effect::None);
            }
            _ => {}
        }
        let words = desk.words;
        let Some(entry) = self.cursor.at().and_then(|at| self.entries.get_mut(at)) else { return Ok(Effect::None) };
        match action {
            Action::Toggle => entry.chosen = !entry.chosen && entry.preview.is_ok(),
            Action::Header => entry.toggle_header(desk),
            Action::Swap => {
                entry.options.swap = !entry.options.swap;
                entry.look(desk);
                let said = if entry.options.swap { t.swapped } else { t.unswapped };
                return Ok(Effect::Say(said.to_owned()));
            }
            Action::Delete => {
                let said = fill(t.removed, &[("name", &entry.name)]);
                if let Some(at) = self.cursor.at() {
                    self.entries.remove(at);
                }
                self.cursor.resize(self.entries.len());
                return Ok(Effect::Say(said));
            }
            Action::Encoding => {
                let mut items = vec![Item::new(t.auto, "")];
                items.extend(Charset::USUAL.iter().map(|charset| Item::new(charset.name(), "")));
                return self.open(Asked::Encoding, Choose::menu(t.encoding, items, 0));
            }
            Action::Format => {
                let mut items = vec![Item::new(t.auto, "")];
                items.extend(Format::ALL.iter().map(|format| Item::new(format.name(), "")));
                return self.open(Asked::Format, Choose::search(t.format, items));
            }
            Action::Columns | Action::Open => {
                let window = Mapping::new(entry.path.clone(), entry.name.clone(), entry.options.clone(), desk);
                return self.open(Asked::Mapping, window);
            }
            Action::Save => {
                let name = entry.profile.clone().unwrap_or_else(|| files::stem(&entry.name));
                return self.open(Asked::ProfileName, Write::line(t.profile_name, t.profile_hint, &name));
            }
            Action::Settings => {
                let menu = self.chosen().map(|entry| self.settings(entry, words));
                return menu.map_or(Ok(Effect::None), |menu| self.open(Asked::Settings, menu));
            }
            _ => {
                self.cursor.act(action);
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        let Some(asked) = self.asked.take() else { return Ok(Effect::None) };
        match (&asked, &answer) {
            (Asked::Path, Answer::Text(path)) => {
                let path = places::written(path);
                if storybook::is_one(&path) {
                    return Ok(Effect::Start(Job::Bot { path }));
                }
                let added = self.add(&path, desk)?;
                self.cursor.go(self.entries.len().saturating_sub(added.max(1)));
                return Ok(Effect::Say(fill(desk.words.import.added, &[("n", &added.to_string())])));
            }
            (Asked::Settings, Answer::Chosen(at)) => return self.setting(*at, desk),
            (Asked::Withdraw, Answer::Sure) => return self.batches.withdraw(desk),
            (Asked::RejectedFile, Answer::Text(path)) => return self.batches.write(&places::written(path), desk),
            _ => {}
        }
        let Some(entry) = self.chosen_mut() else { return Ok(Effect::None) };
        let o = &mut entry.options;
        match (asked, answer) {
            (Asked::Encoding, Answer::Chosen(at)) => {
                o.charset = at.checked_sub(1).and_then(|at| Charset::USUAL.get(at)).copied();
                entry.unmap();
            }
            (Asked::Format, Answer::Chosen(at)) => {
                o.format = at.checked_sub(1).and_then(|at| Format::ALL.get(at)).copied();
                entry.unmap();
            }
            (Asked::Channel, Answer::Chosen(at)) => {
                o.channel = at.checked_sub(1).and_then(|at| Channel::ALL.get(at)).copied();
            }
            (Asked::Delimiter, Answer::Chosen(at)) => {
                o.delimiter = at.checked_sub(1).and_then(|at| DELIMITERS.get(at)).copied();
                entry.unmap();
            }
            (Asked::Sheet(sheets), Answer::Chosen(at)) => {
                o.sheet = at.checked_sub(1).and_then(|at| sheets.into_iter().nth(at));
                entry.unmap();
            }
            (Asked::Zone, Answer::Text(word)) => o.zone = Some(options::zone(&word)?),
            (Asked::Mapping, Answer::Options(options)) => *o = *options,
            (Asked::Profile, Answer::Chosen(at)) => entry.read_by(at, desk)?,
            (Asked::ProfileName, Answer::Text(name)) => {
                let profile = profiles::save(&mut desk.project, &name, &entry.options, &entry.path)?;
                let said = fill(desk.words.import.profile_saved, &[("name", &profile.name)]);
                entry.profile = Some(profile.name);
                return Ok(Effect::Say(said));
            }
            _ => return Ok(Effect::None),
        }
        entry.look(desk);
        entry.chosen = entry.preview.is_ok();
        Ok(Effect::None)
    }

    fn hear(&mut self, outcome: &Outcome, desk: &mut Desk) -> Result<Effect> {
        let report = match outcome {
            Outcome::Import(report) => report,
            Outcome::Bot(bot) => {
                let mut lines = explain::storybook::brought(&bot.brought, &bot.replayed, desk.words);
                lines.extend(explain::storybook::read(&bot.rasa, &bot.path, desk.words));
                if !bot.brought.carried.lost.is_empty() {
                    lines.push(desk.words.storybook.lost_head.to_owned());
                }
                let lost = bot.brought.carried.lost.iter();
                lines.extend(lost.map(|loss| explain::storybook::loss(loss, &bot.path, desk.words)));
                let title = desk.words.storybook.title;
                return Ok(Effect::Open(Box::new(Message::new(title, lines.join("\n")))));
            }
            _ => return Ok(Effect::None),
        };
        let (mut kept, mut aside) = (0, 0);
        for file in &report.files {
            kept += file.kept;
            aside += file.aside;
            if let Some(entry) = self.entries.iter_mut().find(|entry| entry.path == file.path) {
                entry.took(file, desk.words);
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
        Ok(Effect::Say(said))
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(parts(area).0.height.saturating_sub(2));
        self.batches.fit(parts(area).0.height.saturating_sub(2));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.import;
        let (list, below) = parts(area);
        if self.view == View::Batches {
            return self.batches.draw(frame, list, below, look);
        }
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
        let rows: Vec<_> = self.cursor.shown().map(|at| self.entries[at].row(look.words)).collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, table, look.theme);
        if let Some(entry) = self.chosen() {
            entry.draw(frame, below, self.view == View::Aside, look);
        }
    }
}

/// Cuts the screen into the list and what stands below it.
fn parts(area: Rect) -> (Rect, Rect) {
    let top = (area.height / 2).min(area.height);
    (Rect { height: top, ..area }, Rect { y: area.y + top, height: area.height - top, ..area })
}
