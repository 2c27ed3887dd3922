//! The program on screen: tabs, windows over them, the notice line. Events in, frames out, and nothing else:
//! it knows neither threads nor the terminal, so a test drives it with keys.
//!
//! Called by `tui::open` and by the journeys' tests. [`App::handle`] takes an [`Event`], finds the [`Action`], asks
//! the screen on top and performs the [`Effect`]; [`App::draw`] draws what stands. What only the terminal can do
//! (copy, sleep, draw anew) is handed out as [`Wish`]es. Its children: `keys` finds the action, `everywhere` does what
//! works on every screen, `work` starts long work and hears of it. Not here: what a verb's screen does.

mod everywhere;
mod keys;
mod work;

use ratatui::Frame;

use crate::domain::ids::EventId;
use crate::explain;
use crate::formats::call::recogniser::Recogniser;
use crate::i18n::{Words, fill};
use crate::jobs::job::Job;
use crate::jobs::runner::Runner;
use crate::nlu::train::TrainOptions;
use crate::outside::source::Sources;
use crate::tui::action::Action;
use crate::tui::event::Event;
use crate::tui::frame::{self, Notice};
use crate::tui::keymap::Keymap;
use crate::tui::screen::{Answer, Desk, Effect, Look, Screen, Tab};
use crate::tui::screens;
use crate::tui::screens::ask::Ask;
use crate::tui::screens::message::Message;
use crate::tui::theme::{Depth, THEMES, Theme};
use crate::workbench::error::{Error, Result};
use crate::workbench::label;
use crate::workbench::project::Project;

/// How many ticks pass between two looks at the project while a job changes it all the time.
const JOB_TICKS: u32 = 8;

/// How the program should look and speak.
#[derive(Clone)]
pub struct Manner {
    pub words: &'static Words,
    pub keymap: Keymap,
    pub theme: String,
    pub depth: Depth,
    pub ascii: bool,
}

/// What only the terminal can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    Copy(String),
    Redraw,
    Sleep,
    /// Take the terminal again after somebody else put the process to sleep.
    Wake,
}

/// A window that is open, and who gets its answer.
struct Window {
    screen: Box<dyn Screen>,
    asker: Asker,
}

/// Who opened a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    /// The screen below.
    Screen,
    /// The program, to know whether to quit.
    Quit,
    /// The program, to know the tab.
    Tabs,
}

/// A tab's screen and what it last saw.
struct Page {
    tab: Tab,
    screen: Box<dyn Screen>,
    /// The state of the project it was loaded at; `None` before the first time.
    seen: Option<u64>,
}

/// The program.
pub struct App {
    desk: Desk,
    keymap: Keymap,
    theme: Theme,
    theme_name: String,
    ascii: bool,
    pages: Vec<Page>,
    page: usize,
    windows: Vec<Window>,
    notice: Option<Notice>,
    runner: Runner,
    started: Option<std::time::Instant>,
    /// Grows with every change to the project that this program made or saw.
    state: u64,
    saved: Option<(EventId, i64)>,
    size: (u16, u16),
    ticks: u32,
    strays: u32,
    wishes: Vec<Wish>,
    quit: bool,
    /// Whether something on the screen may have changed since the last frame.
    dirty: bool,
}

impl App {
    /// Lets recordings be heard.
    pub fn hear_with(&mut self, recogniser: Option<Recogniser>) {
        self.desk.recogniser = recogniser;
    }

    /// Lets calls of the policy go outside.
    pub fn call_with(&mut self, outside: Sources) {
        self.desk.outside = outside;
    }

    /// Returns the program on its home tab.
    pub fn new(project: Project, runner: Runner, manner: Manner) -> Result<Self> {
        let Manner { words, keymap, theme: name, depth, ascii } = manner;
        let (theme, notice) = match Theme::named(&name, depth) {
            Ok(theme) => (theme, None),
            Err(_) => {
                let known: Vec<&str> = THEMES.iter().map(|(name, _)| *name).collect();
                let gaps = [("name", name.as_str()), ("known", &known.join(" "))];
                let notice = Notice::Trouble(fill(words.screens.theme_file, &gaps));
                let ours = Theme::named(THEMES[0].0, depth).expect("our own themes are tested");
                (ours, Some(notice))
            }
        };
        let pages = screens::tabs().into_iter().filter_map(|tab| {
            let screen = screens::open(tab)?;
            Some(Page { tab, screen, seen: None })
        });
        let mut app = Self {
            desk: Desk {
                project,
                words,
                running: None,
                decided: 0,
                recogniser: None,
                outside: Sources::default(),
                handed: None,
                warming: runner.warm(),
            },
            keymap,
            theme: if ascii { theme.in_ascii() } else { theme },
            theme_name: name,
            ascii,
            pages: pages.collect(),
            page: 0,
            windows: Vec::new(),
            notice,
            runner,
            started: None,
            state: 0,
            saved: None,
            size: (80, 24),
            ticks: 0,
            strays: 0,
            wishes: Vec::new(),
            quit: false,
            dirty: true,
        };
        app.desk.project.changed()?;
        app.saved = app.desk.project.saved()?;
        app.show()?;
        Ok(app)
    }

    /// Takes an event.
    pub fn handle(&mut self, event: Event) {
        self.dirty |= !matches!(event, Event::Tick);
        match event {
            Event::Key(key) => self.press(key),
            Event::Paste(text) => self.paste(&text),
            Event::Resize(columns, rows) => {
                self.size = (columns, rows);
                self.wishes.push(Wish::Redraw);
            }
            Event::Tick => self.tick(),
            Event::Job(news) => self.hear(news),
            Event::Changed => self.changed(),
            Event::Suspend => self.wishes.push(Wish::Sleep),
            Event::Resume => self.wishes.push(Wish::Wake),
            Event::End(_) => self.quit = true,
        }
    }

    /// Draws what stands.
    pub fn draw(&mut self, frame: &mut Frame) {
        self.dirty = false;
        let parts = frame::parts(frame.area(), self.notice.as_ref());
        self.pages[self.page].screen.fit(parts.body);
        for window in &mut self.windows {
            window.screen.fit(parts.body);
        }
        let words = self.desk.words;
        let titles: Vec<&str> = self.pages.iter().map(|page| page.tab.title(words)).collect();
        let look = |focused| Look { theme: &self.theme, words, keymap: &self.keymap, focused };
        frame::header(frame, parts.header, &titles, self.page, self.saved, &look(false));
        let bottom = self.windows.iter().rposition(|window| !window.screen.is_window());
        if bottom.is_none() {
            self.pages[self.page].screen.draw(frame, parts.body, &look(self.windows.is_empty()));
        }
        for (at, window) in self.windows.iter().enumerate().skip(bottom.unwrap_or(0)) {
            window.screen.draw(frame, parts.body, &look(at + 1 == self.windows.len()));
        }
        frame::notice(frame, parts.notice, self.notice.as_ref(), self.desk.running.as_ref(), &look(false));
        let hints = frame::hints(self.top(), &self.desk, &self.keymap);
        frame::footer(frame, parts.footer, &hints, &look(false));
    }

    /// Tells whether something on the screen may have changed since the last frame.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Tells whether the program is over.
    pub fn is_over(&self) -> bool {
        self.quit
    }

    /// Returns what only the terminal can do, once.
    pub fn wishes(&mut self) -> Vec<Wish> {
        std::mem::take(&mut self.wishes)
    }

    /// Puts something on the notice line.
    pub fn say(&mut self, notice: Notice) {
        self.notice = Some(notice);
        self.dirty = true;
    }

    /// Stops what runs and lets go of the project.
    pub fn close(mut self, patience: std::time::Duration) {
        self.runner.close(patience);
    }

    fn top(&self) -> &dyn Screen {
        self.windows.last().map_or(&*self.pages[self.page].screen, |window| &*window.screen)
    }

    fn top_mut(&mut self) -> (&mut dyn Screen, &mut Desk) {
        let screen: &mut dyn Screen = match self.windows.last_mut() {
            Some(window) => &mut *window.screen,
            None => &mut *self.pages[self.page].screen,
        };
        (screen, &mut self.desk)
    }

    /// Does an action: the screen's own first, then what works everywhere.
    fn act(&mut self, action: Action) {
        let refused = match self.top().can(action, &self.desk) {
            Ok(()) => {
                let (screen, desk) = self.top_mut();
                let done = screen.act(action, desk);
                return self.follow(done);
            }
            Err(reason) => reason,
        };
        if let Err(reason) = self.everywhere(action, refused) {
            self.say(Notice::Word(reason.into_owned()));
        }
    }

    /// Performs what a screen's act came to.
    fn follow(&mut self, done: Result<Effect>) {
        let effect = match done {
            Ok(effect) => effect,
            Err(error) => {
                self.fail(&error);
                Effect::None
            }
        };
        self.notice_save(true);
        self.perform(effect);
        self.learn_beside();
    }

    /// Begins a training beside the labelling when enough was decided since the last.
    fn learn_beside(&mut self) {
        if self.desk.decided == 0 || self.desk.is_free().is_err() {
            return;
        }
        match label::is_enough(&self.desk.project, self.desk.decided) {
            Ok(true) => self.start(Job::Relearn { options: TrainOptions::default() }),
            Ok(false) => {}
            Err(error) => self.fail(&error),
        }
    }

    /// Closes the window on top; what filled the screen may have changed what lies below.
    fn close_window(&mut self) {
        if self.windows.pop().is_some_and(|window| !window.screen.is_window()) {
            self.pages[self.page].seen = None;
            self.refresh();
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::None => {}
            Effect::Go(tab) => {
                self.windows.clear();
                self.go(tab);
            }
            Effect::Open(screen) => self.open(screen, Asker::Screen),
            Effect::Back => self.close_window(),
            Effect::Done(answer) => self.answer(answer),
            Effect::Start(job) => self.start(job),
            Effect::Ask(question) => self.open(Box::new(Ask::new(question)), Asker::Screen),
            Effect::Say(word) => self.say(Notice::Word(word)),
            Effect::Undo => self.reverse(true),
            Effect::Redo => self.reverse(false),
            Effect::Copy(text) => {
                self.wishes.push(Wish::Copy(text));
                self.say(Notice::Word(self.desk.words.screens.copied.to_owned()));
            }
            Effect::Do(action) => self.act(action),
            Effect::Quit => self.ask_to_quit(),
        }
    }

    /// Closes the window on top and gives its answer to whoever opened it.
    fn answer(&mut self, answer: Answer) {
        let Some(window) = self.windows.pop() else { return };
        match (window.asker, answer) {
            (Asker::Quit, Answer::Sure) => self.quit = true,
            (Asker::Tabs, Answer::Chosen(at)) => {
                if let Some(tab) = self.pages.get(at).map(|page| page.tab) {
                    self.go(tab);
                }
            }
            (_, Answer::Action(action)) => self.act(action),
            (_, Answer::Tab(tab)) => self.go(tab),
            (_, answer) => {
                let (screen, desk) = self.top_mut();
                let done = screen.answer(answer, desk);
                self.follow(done);
            }
        }
    }

    fn open(&mut self, mut screen: Box<dyn Screen>, asker: Asker) {
        match screen.load(&mut self.desk) {
            Ok(()) => {
                let effect = screen.opened(&mut self.desk);
                self.windows.push(Window { screen, asker });
                self.perform(effect);
            }
            Err(error) => self.fail(&error),
        }
    }

    fn go(&mut self, tab: Tab) {
        if let Some(page) = self.pages.iter().position(|page| page.tab == tab) {
            self.pages[self.page].screen.leave();
            self.page = page;
            self.refresh();
        }
    }

    fn turn(&mut self, by: usize) {
        self.pages[self.page].screen.leave();
        self.page = (self.page + by) % self.pages.len();
        self.refresh();
    }

    /// Loads the tab's screen when the project changed since it last looked.
    fn refresh(&mut self) {
        if let Err(error) = self.show() {
            self.fail(&error);
        }
    }

    fn show(&mut self) -> Result<()> {
        self.dirty = true;
        let page = &mut self.pages[self.page];
        if page.seen != Some(self.state) {
            page.screen.load(&mut self.desk)?;
            page.seen = Some(self.state);
        }
        for window in &mut self.windows {
            window.screen.load(&mut self.desk)?;
        }
        Ok(())
    }

    /// Looks whether something was saved; `own` when the screen that is shown did it and knows.
    fn notice_save(&mut self, own: bool) {
        match self.desk.project.saved() {
            Ok(saved) if saved != self.saved => {
                self.saved = saved;
                self.state += 1;
                if own {
                    self.pages[self.page].seen = Some(self.state);
                }
            }
            Ok(_) => {}
            Err(error) => self.fail(&error),
        }
    }

    fn tick(&mut self) {
        self.ticks = self.ticks.wrapping_add(1);
        if self.desk.running.is_some() && !self.ticks.is_multiple_of(JOB_TICKS) {
            return;
        }
        match self.desk.project.changed() {
            Ok(true) => self.changed(),
            Ok(false) => {}
            Err(error) => self.fail(&error),
        }
    }

    fn changed(&mut self) {
        self.state += 1;
        self.notice_save(false);
        self.refresh();
    }

    /// Says what went wrong: on the notice line when it fits there, else in a window.
    fn fail(&mut self, error: &Error) {
        let words = self.desk.words;
        let sentence = explain::sentence(error, words);
        if frame::fits_notice(&sentence, self.size.0) {
            self.say(Notice::Trouble(sentence));
        } else {
            self.dirty = true;
            let screen = Box::new(Message::new(words.screens.message, sentence));
            self.windows.push(Window { screen, asker: Asker::Screen });
        }
    }
}
