//! What works on every screen: help, commands, tabs, undo, language, colours, the end.

use std::borrow::Cow;

use crate::domain::event::Event as Change;
use crate::i18n::{Lang, fill};
use crate::tui::action::{Action, Scope};
use crate::tui::app::{App, Asker, Wish};
use crate::tui::frame::Notice;
use crate::tui::screen::{Reason, Tab};
use crate::tui::screens::ask::Ask;
use crate::tui::screens::choose::{Choose, Item};
use crate::tui::screens::help::Help;
use crate::tui::screens::palette::Palette;
use crate::tui::theme::{THEMES, Theme};

impl App {
    /// Does an action that works on every screen; `refused` is what the screen said to it.
    pub(super) fn everywhere(&mut self, action: Action, refused: Reason) -> std::result::Result<(), Reason> {
        let words = self.desk.words;
        let in_window = !self.windows.is_empty();
        match action {
            Action::Help if self.top().scope() == Scope::Read => {
                self.windows.pop();
            }
            Action::Help => {
                let top = self.top();
                let title = top.title(words).into_owned();
                let can = |action| top.can(action, &self.desk).is_ok();
                let help = Help::new(&self.keymap, (top.scope(), top.typing()), &title, words, can);
                self.open(Box::new(help), Asker::Screen);
            }
            Action::Back if in_window => self.close_window(),
            Action::Back if self.page != 0 => self.go(Tab::Home),
            Action::Back => {
                let quit = self.keymap.hint(Scope::Global, Action::Quit, true).map(|key| key.to_string());
                let gaps = [("quit", quit.as_deref().unwrap_or_default())];
                self.say(Notice::Word(fill(words.screens.home_already, &gaps)));
            }
            Action::Quit => self.ask_to_quit(),
            Action::Stop => {
                let running = self.desk.running.as_mut().ok_or(Cow::Borrowed(words.screens.nothing_runs))?;
                running.stopping = true;
                self.runner.stop();
            }
            Action::Language => {
                let lang = if words.lang == Lang::Zh { Lang::En } else { Lang::Zh };
                self.desk.words = lang.words();
                self.state += 1;
                self.refresh();
            }
            Action::Theme => self.next_theme(),
            Action::Redraw => self.wishes.push(Wish::Redraw),
            Action::Suspend => self.wishes.push(Wish::Sleep),
            // What follows would act on the screen under a window.
            Action::Undo if !self.top().is_window() => self.reverse(true),
            Action::Redo if !self.top().is_window() => self.reverse(false),
            _ if in_window && Self::is_global(action) => return Err(Cow::Borrowed(words.screens.close_first)),
            Action::Palette => {
                let tabs: Vec<Tab> = self.pages.iter().map(|page| page.tab).collect();
                let palette =
                    Palette::new(&self.keymap, self.top().scope(), &tabs, words, |action| self.allows(action));
                self.open(Box::new(palette), Asker::Screen);
            }
            Action::GoTo => {
                let tabs = self.pages.iter().map(|page| Item::new(page.tab.title(words), ""));
                let menu = Choose::menu(words.screens.go_to, tabs.collect(), self.page);
                self.open(Box::new(menu), Asker::Tabs);
            }
            Action::NextTab => self.turn(1),
            Action::PreviousTab => self.turn(self.pages.len() - 1),
            _ => return Err(refused),
        }
        Ok(())
    }

    fn is_global(action: Action) -> bool {
        matches!(
            action,
            Action::Palette | Action::GoTo | Action::NextTab | Action::PreviousTab | Action::Undo | Action::Redo
        )
    }

    /// Tells whether an action would do something on the screen the keys go to, else why not.
    pub(super) fn allows(&self, action: Action) -> std::result::Result<(), Reason> {
        match self.top().can(action, &self.desk) {
            Ok(()) => Ok(()),
            Err(_) if Self::is_global(action) => Ok(()),
            Err(reason) => match action {
                Action::Stop if self.desk.running.is_none() => Err(Cow::Borrowed(self.desk.words.screens.nothing_runs)),
                Action::Help | Action::Back | Action::Quit | Action::Stop | Action::Language | Action::Theme => Ok(()),
                Action::Redraw | Action::Suspend => Ok(()),
                _ => Err(reason),
            },
        }
    }

    pub(super) fn reverse(&mut self, undo: bool) {
        let t = &self.desk.words.screens;
        let (phrase, nothing) = if undo { (t.undone, t.nothing_undone) } else { (t.redone, t.nothing_redone) };
        let done = if undo { self.desk.project.undo() } else { self.desk.project.redo() };
        match done {
            Ok(Some(reversal)) => {
                let mut said = fill(phrase, &[("what", &self.told(&reversal.of))]);
                if reversal.left > 0 {
                    said.push_str(&fill(t.left, &[("n", &reversal.left.to_string())]));
                }
                self.notice_save(false);
                self.refresh();
                self.say(Notice::Word(said));
            }
            Ok(None) => self.say(Notice::Word(nothing.to_owned())),
            Err(error) => self.fail(&error),
        }
    }

    /// Returns a change in words: `标注 退款 ×12`.
    fn told(&self, change: &Change) -> String {
        let what = self.desk.words.act(change.act);
        let times = if change.touched > 1 { format!(" ×{}", change.touched) } else { String::new() };
        format!("{what} {}{times}", self.desk.words.subject(change.act, &change.subject))
    }

    fn next_theme(&mut self) {
        let at = THEMES.iter().position(|(name, _)| *name == self.theme_name).map_or(0, |at| (at + 1) % THEMES.len());
        let name = THEMES[at].0;
        let theme = Theme::named(name, self.theme.depth).expect("our own themes are tested");
        self.theme = if self.ascii { theme.in_ascii() } else { theme };
        self.theme_name = name.to_owned();
        self.say(Notice::Word(fill(self.desk.words.screens.theme, &[("name", name)])));
    }

    pub(super) fn ask_to_quit(&mut self) {
        match self.desk.running {
            Some(running) if !self.quit => {
                let question = fill(self.desk.words.screens.running_quit, &[("what", running.what)]);
                self.open(Box::new(Ask::new(question)), Asker::Quit);
            }
            _ => self.quit = true,
        }
    }
}
