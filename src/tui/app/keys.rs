//! A key or a paste finds its way: into the text being written, or to the action it means here.

use crate::i18n::fill;
use crate::tui::action::{Action, Scope};
use crate::tui::app::App;
use crate::tui::frame::Notice;
use crate::tui::key::Key;

/// How many letters without a meaning in a row make an input method likely.
const STRAY_LETTERS: u32 = 3;

impl App {
    pub(super) fn press(&mut self, key: Key) {
        if !matches!(self.notice, Some(Notice::Trouble(_))) || key.text().is_none() {
            self.notice = None;
        }
        let typing = self.top().typing();
        if typing {
            let (screen, desk) = self.top_mut();
            match screen.type_key(key, desk) {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => return self.fail(&error),
            }
        }
        let key = key.folded();
        let action = self.keymap.action(self.top().scope(), key).filter(|_| !typing || key.text().is_none());
        match action {
            Some(action) => {
                self.strays = 0;
                self.act(action);
            }
            None => self.stray(key),
        }
    }

    /// A key without a meaning: says so, and after some letters that an input method may be on.
    fn stray(&mut self, key: Key) {
        let t = &self.desk.words.screens;
        let letter = key.text().is_some_and(char::is_alphabetic);
        self.strays = if letter { self.strays + 1 } else { 0 };
        self.notice = Some(Notice::Word(if self.strays >= STRAY_LETTERS {
            t.letters.to_owned()
        } else {
            let help =
                self.keymap.hint(Scope::Global, Action::Help, true).map(|key| key.to_string()).unwrap_or_default();
            fill(t.no_meaning, &[("key", &key.to_string()), ("help", &help)])
        }));
    }

    pub(super) fn paste(&mut self, text: &str) {
        self.notice = None;
        if !self.top().typing() {
            return self.say(Notice::Word(self.desk.words.screens.typing_paste.to_owned()));
        }
        let (screen, desk) = self.top_mut();
        if let Err(error) = screen.paste(text, desk) {
            self.fail(&error);
        }
    }
}
