//! How the item in hand sounds: what is heard, what a trainer said, the window that says it; and its wording.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::domain::mood::{Mood, RISKS};
use crate::explain::moods as told;
use crate::i18n::{Words, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen};
use crate::tui::screens::label::{Asked, Label};
use crate::tui::screens::wording::Wording;
use crate::tui::theme::Role;
use crate::tui::widgets::cursor::Cursor;
use crate::tui::widgets::table::{Column, Row, Table};
use crate::tui::widgets::{paint, popup};
use crate::workbench::error::Result;
use crate::workbench::moods::{self, Said};

impl Label {
    /// Opens the wording of the item in hand.
    pub(super) fn wording(&self) -> Effect {
        let Some(item) = self.item() else { return Effect::None };
        let meant = item.prediction.best().and_then(|guess| guess.intent);
        Effect::Open(Box::new(Wording::of(&item.utterance.text, meant)))
    }

    /// Reads how the item in hand sounds.
    pub(super) fn listen(&mut self, desk: &Desk) -> Result<()> {
        let Some(item) = self.item() else { return Ok(()) };
        let said = moods::said(&desk.project, item.utterance.id)?;
        self.sounds = match &said {
            Some(said) => fill(desk.words.moods.said, &[("what", &told::said(said, desk.words))]),
            // Shown when it is there: no key waits for it.
            None if !desk.hears() => String::new(),
            None => {
                let heard = told::heard(&self.hearing.hear(&item.utterance.text), desk.words);
                fill(desk.words.moods.heard, &[("what", &heard)])
            }
        };
        self.said = said;
        Ok(())
    }

    /// Asks how the item in hand sounds; the cursor is on what was said, else on what is heard.
    pub(super) fn ask_mood(&mut self) -> Effect {
        let Some(item) = self.item() else { return Effect::None };
        let heard = self.hearing.hear(&item.utterance.text);
        let mood = heard.mood.unwrap_or_else(|| crate::nlu::moods::sense::tone(&heard));
        let said = self.said.clone();
        let is_said = said.is_some();
        let start = said.unwrap_or_else(|| Said::of(mood, |risk| heard.risks.iter().any(|own| own == risk)));
        self.asked = Some(Asked::Mood);
        Effect::Open(Box::new(Ask::of(&start, is_said)))
    }

    /// Says how the item in hand sounds, or nothing any more; it stays in hand.
    pub(super) fn say_mood(&mut self, text: &str, desk: &mut Desk) -> Result<Effect> {
        let Some(id) = self.item().map(|item| item.utterance.id) else { return Ok(Effect::None) };
        let said = if text.is_empty() { None } else { Some(Said::read(text)?) };
        let op = desk.project.op();
        moods::say(&mut desk.project, &op, &[id], said.as_ref())?;
        self.listen(desk)?;
        let t = &desk.words.moods;
        Ok(Effect::Say(match &said {
            Some(said) => fill(t.said, &[("what", &told::said(said, desk.words))]),
            None => t.taken_back.to_string(),
        }))
    }
}

/// The window: moods by digit, risks to tick. Gives back the words [`Said::read`] reads; none to say nothing any more.
struct Ask {
    risks: [bool; RISKS.len()],
    /// The last line takes back what was said, where something was.
    cursor: Cursor,
}

impl Ask {
    fn of(start: &Said, is_said: bool) -> Self {
        let risks = RISKS.map(|risk| start.risks.iter().any(|own| own == risk));
        let mut cursor = Cursor::new(Mood::ALL.len() + RISKS.len() + usize::from(is_said));
        cursor.go(start.mood as usize);
        Self { risks, cursor }
    }

    /// Returns the risk a line ticks.
    fn risk(line: usize) -> Option<usize> {
        line.checked_sub(Mood::ALL.len()).filter(|at| *at < RISKS.len())
    }

    fn give(&self, mood: Mood) -> Effect {
        let risks = RISKS.iter().zip(self.risks).filter(|(_, ticked)| *ticked).map(|(risk, _)| *risk);
        let words: Vec<&str> = std::iter::once(mood.word()).chain(risks).collect();
        Effect::Done(Answer::Text(words.join(" ")))
    }
}

impl Screen for Ask {
    fn scope(&self) -> Scope {
        Scope::Pick
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        Cow::Borrowed(words.moods.title)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        match action {
            Action::Choose => Ok(()),
            Action::Mark if self.cursor.at().and_then(Self::risk).is_some() => Ok(()),
            _ if action.place().is_some_and(|at| at < Mood::ALL.len()) => Ok(()),
            _ if self.cursor.clone().act(action) => Ok(()),
            _ => desk.not_here(),
        }
    }

    fn act(&mut self, action: Action, _desk: &mut Desk) -> Result<Effect> {
        if let Some(mood) = action.place().and_then(|at| Mood::ALL.get(at)) {
            return Ok(self.give(*mood));
        }
        let line = self.cursor.at().unwrap_or(0);
        match (action, Self::risk(line)) {
            (Action::Choose | Action::Mark, Some(risk)) => self.risks[risk] = !self.risks[risk],
            (Action::Choose, None) => {
                return Ok(match Mood::ALL.get(line) {
                    Some(mood) => self.give(*mood),
                    None => Effect::Done(Answer::Text(String::new())),
                });
            }
            _ => {
                self.cursor.act(action);
            }
        }
        Ok(Effect::None)
    }

    fn fit(&mut self, area: Rect) {
        self.cursor.fit(area.height.saturating_sub(2).min(self.cursor.len() as u16));
    }

    fn is_window(&self) -> bool {
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        let t = &look.words.moods;
        let title = fill(t.window, &[("key", &look.key(Scope::Move, Action::Mark))]);
        let size = (60, self.cursor.len() as u16 + 2);
        let inner = popup::popup(frame, area, size, &title, look.theme);
        let columns = [Column::fixed("", 4), Column::share("", 1)];
        let rows: Vec<Row> = self
            .cursor
            .shown()
            .map(|line| match (Mood::ALL.get(line), Self::risk(line)) {
                (Some(mood), _) => Row::of([
                    (Role::Key, (line + 1).to_string()),
                    (Role::Text, told::mood(*mood, look.words).to_string()),
                ]),
                (None, Some(risk)) => {
                    let tick = if self.risks[risk] { "[x]" } else { "[ ]" };
                    let name = fill(t.risk_line, &[("name", t.risks[risk])]);
                    Row::of([(Role::Dim, tick.to_string()), (Role::Text, name)])
                }
                (None, None) => Row::of([(Role::Dim, String::new()), (Role::Dim, t.take_back.to_string())]),
            })
            .collect();
        Table { columns: &columns, rows: &rows, cursor: &self.cursor, focused: look.focused, headed: false }
            .draw(frame, inner, look.theme);
        if let Some(at) = self.cursor.at() {
            let row = at.saturating_sub(self.cursor.shown().start) as u16;
            paint::caret(frame, inner, 0, row);
        }
    }
}
