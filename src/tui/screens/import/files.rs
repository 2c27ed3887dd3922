//! One file of the list: what was asked for it, how it would be read, what came of it.

use std::path::PathBuf;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::explain;
use crate::formats::options::ReadOptions;
use crate::formats::read::Preview;
use crate::i18n::{Words, fill};
use crate::tui::action::Action;
use crate::tui::screen::{Desk, Look, Reason};
use crate::tui::screens::import::turns;
use crate::tui::theme::Role;
use crate::tui::widgets::gauge::thousands;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::Row;
use crate::workbench::error::Result;
use crate::workbench::import::{self, FileReport, KNOWN, Wanted, Wish};
use crate::workbench::profiles;

/// Messages a preview shows.
const SHOWN: usize = 30;

/// What may be chosen to stand between fields, in the order of their names.
pub const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// One file.
pub struct Entry {
    pub path: PathBuf,
    pub name: String,
    pub chosen: bool,
    pub options: ReadOptions,
    pub profile: Option<String>,
    /// How it would be read, or why it would not.
    pub preview: std::result::Result<Preview, String>,
    pub done: Option<String>,
}

impl Entry {
    /// Returns a file as it would be read by its profile, else by itself.
    pub fn new(path: PathBuf, desk: &Desk) -> Self {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let wanted = Wanted { path: path.clone(), ..Wanted::default() };
        // A profile that does not read is no reason not to show the file.
        let (options, profile) = import::settle_wishes(&desk.project, &wanted).unwrap_or_default();
        let preview = Err(String::new());
        let mut entry = Self { path, name, chosen: false, options, profile, preview, done: None };
        entry.look(desk);
        entry
    }

    /// Returns the file with what came of it before; one that was imported is not chosen again by itself.
    pub fn after(self, done: Option<String>) -> Self {
        Self { chosen: self.preview.is_ok() && done.is_none(), done, ..self }
    }

    /// Looks how it would be read now.
    pub fn look(&mut self, desk: &Desk) {
        let options = ReadOptions { recogniser: desk.recogniser.clone(), ..self.options.clone() };
        let preview = import::preview(&self.path, &options, SHOWN);
        self.preview = preview.map_err(|error| explain::sentence(&error, desk.words));
    }

    /// Forgets what the columns were taken for: cut or decoded anew, they are others.
    pub fn unmap(&mut self) {
        (self.options.columns, self.options.headings) = (None, None);
    }

    /// Takes a profile: the one it fits, none, or the `at`th of the list after these two.
    pub fn read_by(&mut self, at: usize, desk: &Desk) -> Result<()> {
        let profile = match at.checked_sub(2) {
            Some(at) => profiles::all(&desk.project)?.get(at).map_or(Wish::None, |p| Wish::Named(p.name.clone())),
            None if at == 0 => Wish::Fitting,
            None => Wish::None,
        };
        let wanted = Wanted { path: self.path.clone(), options: ReadOptions::default(), profile };
        (self.options, self.profile) = import::settle_wishes(&desk.project, &wanted)?;
        Ok(())
    }

    /// Turns the row of headings into a row like any other, or back.
    pub fn toggle_header(&mut self, desk: &Desk) {
        let table = self.preview.as_ref().ok().and_then(|preview| preview.sniffed.table.as_ref());
        let now = self.options.header.or(table.map(|table| table.header)).unwrap_or(true);
        self.options.header = Some(!now);
        self.unmap();
        self.look(desk);
    }

    /// Returns what stands between its fields.
    pub fn delimiter(&self) -> Option<char> {
        let table = self.preview.as_ref().ok().and_then(|preview| preview.sniffed.table.as_ref());
        self.options.delimiter.or(table.and_then(|table| table.delimiter))
    }

    /// Tells whether it is a workbook, of which one sheet is read; also when that sheet holds nothing to read.
    pub fn is_book(&self) -> bool {
        let told = self.preview.as_ref().ok().map(|preview| !preview.sniffed.sheets.is_empty());
        told.unwrap_or_else(|| import::sheets(&self.path).is_ok_and(|sheets| !sheets.is_empty()))
    }

    /// Returns the sheet that is read of a workbook, or that was asked for in vain.
    pub fn sheet(&self) -> Option<&str> {
        let read = self.preview.as_ref().ok().and_then(|preview| preview.sniffed.sheets.first());
        read.or(self.options.sheet.as_ref()).map(String::as_str)
    }

    /// Tells whether an action means something for this file, else why not.
    pub fn can(&self, action: Action, words: &'static Words) -> std::result::Result<(), Reason> {
        let t = &words.import;
        match (&self.preview, action) {
            (Ok(preview), Action::Header) => match &preview.sniffed.table {
                Some(table) if table.delimiter.is_some() => Ok(()),
                _ => Err(t.nothing_to_map.into()),
            },
            // A table without a text column may have a wrong header.
            (Err(_), Action::Header) | (Ok(_), _) => Ok(()),
            (Err(_), _) => Err(t.refused.into()),
        }
    }

    /// Returns how it is to be imported.
    pub fn wanted(&self, desk: &Desk) -> Wanted {
        let profile = self.profile.clone().map_or(Wish::None, Wish::Settled);
        let options = ReadOptions { recogniser: desk.recogniser.clone(), ..self.options.clone() };
        Wanted { path: self.path.clone(), options, profile }
    }

    /// Takes what came of its import.
    pub fn took(&mut self, file: &FileReport, words: &'static Words) {
        let t = &words.import;
        self.chosen = false;
        let known = thousands(file.reasons.get(KNOWN).copied().unwrap_or(0));
        if file.batch.is_none() && known != "0" {
            self.done = Some(fill(t.nothing_new, &[("known", &known)]));
            return;
        }
        let figures =
            [("read", thousands(file.read)), ("kept", thousands(file.kept)), ("aside", thousands(file.aside))];
        let figures: Vec<(&str, &str)> = figures.iter().map(|(name, n)| (*name, n.as_str())).collect();
        let known = if known == "0" { String::new() } else { fill(t.known, &[("known", &known)]) };
        self.done = Some(fill(t.done, &figures) + &known);
    }

    /// Returns its line on the list.
    pub fn row(&self, words: &'static Words) -> Row {
        let t = &words.import;
        let mark = if self.chosen { "[x]" } else { "[ ]" };
        let Ok(preview) = &self.preview else {
            return Row::of([
                (Role::Dim, "   ".to_string()),
                (Role::Dim, self.name.clone()),
                (Role::Bad, t.refused.to_string()),
            ]);
        };
        let about = if preview.whole { "" } else { "~" };
        let state = match (&self.done, &self.profile) {
            (Some(done), _) => (Role::Good, done.clone()),
            (None, Some(name)) => (Role::Key, fill(t.by_profile, &[("name", name)])),
            (None, None) => (Role::Dim, String::new()),
        };
        Row::of([
            (Role::Key, mark.to_string()),
            (Role::Text, self.name.clone()),
            (Role::Dim, preview.sniffed.format.name().to_string()),
            (Role::Dim, preview.sniffed.charset.name().to_string()),
            (Role::Dim, format!("{about}{}", thousands(preview.estimated_rows))),
            state,
        ])
    }

    /// Draws what it would give: its turns, or the rows that would not be taken.
    pub fn draw(&self, frame: &mut Frame, area: Rect, aside: bool, look: &Look) {
        let t = &look.words.import;
        let Some(head) = paint::rows(area).next() else { return };
        let rest = Rect { y: area.y + 1, height: area.height - 1, ..area };
        let title = if aside { t.aside } else { t.preview };
        let preview = match &self.preview {
            Ok(preview) => preview,
            Err(why) => {
                paint::line(
                    frame,
                    head,
                    &[(Role::Title, title), (Role::Dim, " · "), (Role::Dim, &self.name)],
                    look.theme,
                );
                paint::text(frame, rest, why, Role::Bad, 0, look.theme);
                return;
            }
        };
        let figures = turns::figures(preview, look.words);
        let swapped = if self.options.swap { t.swapped } else { "" };
        let sheet = match preview.sniffed.sheets.as_slice() {
            [sheet, _, ..] => fill(t.sheet_of, &[("sheet", sheet), ("n", &preview.sniffed.sheets.len().to_string())]),
            _ => String::new(),
        };
        let pieces = [
            (Role::Title, title),
            (Role::Dim, " · "),
            (Role::Key, &sheet),
            (Role::Dim, &figures),
            (Role::Dim, " "),
            (Role::Key, swapped),
        ];
        paint::line(frame, head, &pieces, look.theme);
        if aside {
            turns::draw_aside(frame, rest, preview, look);
        } else {
            turns::draw(frame, rest, preview, self.options.zone(), look);
        }
    }
}

/// Returns where the next file is likely to lie: beside this one, else here.
pub fn beside(entry: Option<&Entry>) -> String {
    let folder = entry.and_then(|entry| entry.path.parent()).map(|folder| folder.display().to_string());
    folder.filter(|folder| !folder.is_empty()).map(|folder| format!("{folder}/")).unwrap_or_default()
}

/// Returns a name for a source from the name of one of its files: without its ending, its date and its number.
pub fn stem(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem = stem.trim_matches(|c: char| c.is_ascii_digit() || "-_. ".contains(c));
    if stem.is_empty() { name.to_owned() } else { stem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_named_after_its_files_without_their_dates() {
        for (file, name) in
            [("chat_2024-03-01.csv", "chat"), ("20240301.csv", "20240301.csv"), ("会话 12.xlsx", "会话")]
        {
            assert_eq!(stem(file), name);
        }
    }
}
