//! The command palette: every action that has a meaning here, and every tab, found by name or initials.
//! Gives back [`Answer::Action`] or [`Answer::Tab`]. An action that cannot run now says why.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::i18n::{EN, Words};
use crate::tui::action::{Action, Scope};
use crate::tui::key::Key;
use crate::tui::keymap::Keymap;
use crate::tui::screen::{Answer, Desk, Effect, Look, Reason, Screen, Tab};
use crate::tui::screens::choose::{Choose, Item};
use crate::workbench::error::Result;

/// The window.
pub struct Palette {
    list: Choose,
    answers: Vec<Answer>,
}

impl Palette {
    /// Returns the palette over a screen: its own actions first, then the tabs, then what works everywhere.
    ///
    /// `can` tells whether an action can run there now.
    pub fn new(
        keymap: &Keymap,
        scope: Scope,
        tabs: &[Tab],
        words: &'static Words,
        can: impl Fn(Action) -> std::result::Result<(), Reason>,
    ) -> Self {
        let mut items = Vec::new();
        let mut answers = Vec::new();
        let mut add = |action: Action| {
            let phrase = action.phrase(words);
            let allowed = can(action);
            let key = keymap.keys(scope, action).first().map(Key::to_string).unwrap_or_default();
            items.push(Item {
                name: phrase.long.to_owned(),
                remark: allowed.as_ref().err().map_or(key, |reason| reason.to_string()),
                dim: allowed.is_err(),
                also: format!("{} {} {}", phrase.short, action.name().replace('_', " "), action.phrase(&EN).short),
            });
            answers.push(Answer::Action(action));
        };
        let worth = |action: &Action| action.place().is_none() && *action != Action::Palette;
        keymap.actions(scope).filter(worth).for_each(&mut add);
        let everywhere: Vec<Action> = keymap.actions(Scope::Global).filter(worth).collect();
        everywhere.into_iter().for_each(&mut add);
        for tab in tabs {
            items.push(Item {
                also: format!("{} {}", tab.title(&EN), words.screens.go_to),
                ..Item::new(format!("→ {}", tab.title(words)), "")
            });
            answers.push(Answer::Tab(*tab));
        }
        Self { list: Choose::search(words.screens.palette, items), answers }
    }
}

impl Screen for Palette {
    fn scope(&self) -> Scope {
        Scope::Pick
    }

    fn title(&self, words: &'static Words) -> Cow<'_, str> {
        self.list.title(words)
    }

    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason> {
        self.list.can(action, desk)
    }

    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect> {
        Ok(match self.list.act(action, desk)? {
            Effect::Done(Answer::Chosen(at)) => Effect::Done(self.answers[at].clone()),
            other => other,
        })
    }

    fn typing(&self) -> bool {
        true
    }

    fn type_key(&mut self, key: Key, desk: &mut Desk) -> Result<bool> {
        self.list.type_key(key, desk)
    }

    fn paste(&mut self, text: &str, desk: &mut Desk) -> Result<()> {
        self.list.paste(text, desk)
    }

    fn fit(&mut self, area: Rect) {
        self.list.fit(area);
    }

    fn is_window(&self) -> bool {
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look) {
        self.list.draw(frame, area, look);
    }
}
