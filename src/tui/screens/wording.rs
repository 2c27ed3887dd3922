//! wording: a text in its words, its skeleton, what its intent is about and what sets it apart, the nearest examples.
//! A window over label, group and evaluate; a word added to the dictionary is felt at once.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::ids::IntentId;
use crate::domain::label::Word;
use crate::domain::utterance::Language;
use crate::explain::skeleton::{Skeleton, skeleton};
use crate::explain::wording as told;
use crate::i18n::{Words, fill};
use crate::text::language::language;
use crate::text::safe::safe;
use crate::tui::action::{Action, Scope};
use crate::tui::cells;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::write::Write;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::paint;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::workbench::clean::words;
use crate::workbench::error::Result;
use crate::workbench::wording::{self, About, Cut, Near};

/// Rows of the text and its words.
const WORDS: u16 = 4;
/// Rows of the skeleton and the intent, frames included.
const BONES: u16 = 9;
/// Columns of a part's name.
const NAME: usize = 11;

/// The window.
pub struct Wording {
    text: String,
    /// What the caller knows it to mean; else its own label, else the nearest example's.
    meant: Option<IntentId>,
    cut: Cut,
    bones: Option<Skeleton>,
    about: Option<About>,
    near: Vec<Near>,
    cursor: Cursor,
    asked: bool,
}

impl Wording {
    /// Returns the window on a text, with the intent it is known or guessed to have.
    pub fn of(text: impl Into<String>, meant: Option<IntentId>) -> Self {
        Self {
            text: text.into(),
            meant,
            cut: Cut::default(),
            bones: None,
            about: None,
            near: Vec::new(),
            cursor: Cursor::default(),
            asked: false,
        }
    }

    /// Adds a word to the dictionary, or takes one away that is there; one step to undo.
    fn change(&mut self, word: Word, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.wording;
        let mut all = words::words(&desk.project)?;
        let known = all.iter().position(|own| own.text == word.text);
        let phrase = match known {
            Some(at) => {
                all.remove(at);
                t.dropped
            }
            None => {
                all.push(word.clone());
                t.added
            }
        };
        words::set(&mut desk.project, &all)?;
        self.load(desk)?;
        Ok(Effect::Say(fill(phrase, &[("word", &word.text)])))
    }
}

impl Screen for Wording {
    fn scope(&self) -> Scope {
        Scope::Wording
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.wording.title)
    }

    fn load(&mut self, desk: &mut Desk) -> Result<()> {
        self.cut = wording::cut(&mut desk.project, &self.text)?;
        self.cursor.resize(self.cut.proposed.len());
        let segmenter = desk.project.segmenter()?;
        self.bones = matches!(language(&self.text), Language::Chinese | Language::Cantonese)
            .then(|| skeleton(&self.text, &segmenter));
        let examples = wording::Wording::of(&mut desk.project)?;
        self.near = examples.near(&desk.project, &self.text)?;
        let nearest = || self.near.first().and_then(|near| examples.named(&near.intent));
        let intent = examples.intent_of(&self.text).or(self.meant).or_else(nearest);
        self.about = intent.and_then(|intent| examples.about(intent, &segmenter));
        Ok(())
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Words | Action::Copy => Ok(()),
            Action::Add if self.cursor.at().is_some() => Ok(()),
            Action::Add => Err(Cow::Owned(fill(desk.words.wording.nothing_proposed, &[("key", "F2")]))),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        let t = &desk.words.wording;
        match action {
            Action::Words => {
                self.asked = true;
                return Ok(Effect::Open(Box::new(Write::line(t.add, t.add_hint, ""))));
            }
            Action::Copy => return Ok(Effect::Copy(told::cut(&self.cut))),
            Action::Add => {
                if let Some((word, _)) = self.cursor.at().and_then(|at| self.cut.proposed.get(at)) {
                    return self.change(Word { text: word.clone(), tag: "n".to_string() }, desk);
                }
            }
            _ => {
                self.cursor.act(action);
            }
        }
        Ok(Effect::None)
    }

    fn answer(&mut self, answer: Answer, desk: &mut Desk) -> Result<Effect> {
        match (std::mem::take(&mut self.asked), answer) {
            (true, Answer::Text(line)) => match words::from_lines(&line).into_iter().next() {
                Some(word) => self.change(word, desk),
                None => Ok(Effect::None),
            },
            _ => Ok(Effect::None),
        }
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(WORDS + BONES + 3));
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.wording;
        let mut rows = paint::rows(Rect { height: WORDS.min(area.height), ..area });
        let Some(head) = rows.next() else { return };
        let text = safe(&self.text).into_string();
        paint::line(frame, head, &[(Role::Word, &cells::cut(&text, usize::from(area.width)))], look.theme);
        let own = told::own(&self.cut, look.words);
        let room = usize::from(WORDS) - 1 - usize::from(own.is_some());
        let cut = safe(&told::cut(&self.cut)).into_string();
        let lines = cells::wrap(&cut, usize::from(area.width)).into_iter().take(room).map(|line| (Role::Text, line));
        for (row, (role, line)) in rows.zip(lines.chain(own.map(|own| (Role::Good, own)))) {
            paint::line(frame, row, &[(role, &line)], look.theme);
        }
        let below = |top: u16, height: u16| Rect {
            y: area.y + top.min(area.height),
            height: height.min(area.height.saturating_sub(top)),
            ..area
        };
        let middle = below(WORDS, BONES);
        let half = area.width * 2 / 5;
        let left = Rect { width: half, ..middle };
        let right = Rect { x: middle.x + half, width: middle.width - half, ..middle };
        let inner = paint::framed(frame, left, t.skeleton, false, look.theme);
        match &self.bones {
            Some(bones) => named(frame, inner, told::bones(bones, look.words), look),
            None => {
                paint::text(frame, inner, t.no_bones, Role::Dim, 0, look.theme);
            }
        }
        let title = self.about.as_ref().map(|about| fill(t.intent, &[("name", &about.name)]));
        let inner = paint::framed(frame, right, title.as_deref().unwrap_or(t.no_intent), false, look.theme);
        if let Some(about) = &self.about {
            named(frame, inner, told::about(about, look.words), look);
        }
        let bottom = below(WORDS + BONES, area.height);
        let left = Rect { width: half, ..bottom };
        let right = Rect { x: bottom.x + half, width: bottom.width - half, ..bottom };
        self.draw_proposed(frame, left, look);
        let inner = paint::framed(frame, right, t.near, false, look.theme);
        if self.near.is_empty() {
            paint::text(frame, inner, t.no_near, Role::Dim, 0, look.theme);
        }
        for (row, near) in paint::rows(inner).zip(&self.near) {
            let intent = format!(" {}", cells::cut(&near.intent, usize::from(row.width) / 3));
            let text = safe(&near.text).into_string();
            let room = usize::from(row.width).saturating_sub(6 + cells::width(&intent));
            let text = cells::fit(&text, room);
            paint::line(
                frame,
                row,
                &[(Role::Dim, &format!("{:.2}  ", near.cosine)), (Role::Text, &text), (Role::Key, &intent)],
                look.theme,
            );
        }
    }
}

impl Wording {
    fn draw_proposed(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.wording;
        let inner = paint::framed(frame, area, t.proposed, true, look.theme);
        if self.cut.proposed.is_empty() {
            let key = look.key(Scope::Wording, Action::Words);
            paint::text(frame, inner, &fill(t.nothing_proposed, &[("key", &key)]), Role::Dim, 0, look.theme);
            return;
        }
        let columns = [Column::share("", 1), Column::figures(t.count, 10)];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .filter_map(|at| self.cut.proposed.get(at))
            .map(|(word, count)| Row::of([(Role::Text, word.clone()), (Role::Dim, count.to_string())]))
            .collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: true }
            .draw(frame, inner, look.theme);
    }
}

/// Draws parts with their names before them, wrapped where they are long.
fn named(frame: &mut Frame, area: Rect, parts: Vec<(&'static str, String)>, look: &Look) {
    let mut rows = paint::rows(area);
    for (name, part) in parts {
        let part = safe(&part).into_string();
        let lines = cells::wrap(&part, usize::from(area.width).saturating_sub(NAME));
        for (nth, line) in lines.iter().take(2).enumerate() {
            let Some(row) = rows.next() else { return };
            let name = cells::fit(if nth == 0 { name } else { "" }, NAME);
            paint::line(frame, row, &[(Role::Dim, &name), (Role::Text, line)], look.theme);
        }
    }
}
