//! What a screen is, what it works on, what it can ask for.
//!
//! A screen is a file in `screens/` and a line in its table. It reads keys only as [`Action`]s or as text, changes
//! the project only through the workbench on its [`Desk`], and says what should happen next as an [`Effect`] that
//! `app` performs. It never sees threads, channels or the terminal.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::dialogue::proof::robust::Broken;
use crate::domain::range::ByteRange;
use crate::formats::call::recogniser::Recogniser;
use crate::formats::options::ReadOptions;
use crate::i18n::Words;
use crate::jobs::job::{Job, Outcome};
use crate::outside::source::Sources;
use crate::tui::action::{Action, Scope};
use crate::tui::key::Key;
use crate::tui::keymap::Keymap;
use crate::tui::theme::Theme;
use crate::workbench::error::Result;
use crate::workbench::moods;
use crate::workbench::project::Project;

/// One of the program's screens, or a window over one.
pub trait Screen {
    /// Returns where its keys are looked up first.
    fn scope(&self) -> Scope;

    /// Returns its heading.
    fn title(&self, words: &'static Words) -> Cow<'_, str>;

    /// Reads from the project what it shows. Called before the first frame, when one comes back to it, and after
    /// every change that was not its own act: undo, a job's end, another trainer.
    fn load(&mut self, _desk: &mut Desk) -> Result<()> {
        Ok(())
    }

    /// Says what should happen as it opens as a window, after the first [`Screen::load`].
    fn opened(&mut self, _desk: &mut Desk) -> Effect {
        Effect::None
    }

    /// Tells whether an action can run now, else why not; the reason is shown. An action the screen does not know is
    /// [`Desk::not_here`].
    fn can(&self, action: Action, desk: &Desk) -> std::result::Result<(), Reason>;

    /// Does an action that can run.
    fn act(&mut self, action: Action, desk: &mut Desk) -> Result<Effect>;

    /// Tells whether a text is being written here; characters then go to [`Screen::type_key`] before the keymap.
    fn typing(&self) -> bool {
        false
    }

    /// Takes a key while a text is written; `false` leaves it to the keymap.
    fn type_key(&mut self, _key: Key, _desk: &mut Desk) -> Result<bool> {
        Ok(false)
    }

    /// Takes pasted text while a text is written; elsewhere a paste does nothing.
    fn paste(&mut self, _text: &str, _desk: &mut Desk) -> Result<()> {
        Ok(())
    }

    /// Takes the answer of the window it opened.
    fn answer(&mut self, _answer: Answer, _desk: &mut Desk) -> Result<Effect> {
        Ok(Effect::None)
    }

    /// Hears that long work is done; [`Screen::load`] follows.
    fn hear(&mut self, _outcome: &Outcome, _desk: &mut Desk) -> Result<Effect> {
        Ok(Effect::None)
    }

    /// Learns that long work ended without a result.
    fn cut_short(&mut self) {}

    /// Learns that another tab is shown now: what stood open closes.
    fn leave(&mut self) {}

    /// Learns the area it will be drawn on, before each frame, so that lists know what they show.
    fn fit(&mut self, _area: Rect) {}

    /// Draws itself from what it holds; twice the same.
    fn draw(&self, frame: &mut Frame, area: Rect, look: &Look);

    /// Tells whether it is a window, with the screen below still to be seen.
    fn is_window(&self) -> bool {
        false
    }
}

/// Why an action cannot run now, in the user's language.
pub type Reason = Cow<'static, str>;

/// What the trainer works on.
pub struct Desk {
    pub project: Project,
    pub words: &'static Words,
    /// The long work that runs now.
    pub running: Option<Running>,
    /// Decisions since the last training began; enough of them begin the next.
    pub decided: u64,
    /// What hears recordings, when the trainer has set it.
    pub recogniser: Option<Recogniser>,
    /// What answers calls of the project's policy; nothing, unless the trainer has set it.
    pub outside: Sources,
    /// What one screen hands another that comes up next.
    pub handed: Option<Handed>,
    /// Whether what hears moods is being read beside; until then nothing is heard.
    pub warming: bool,
}

/// What one screen hands another.
#[derive(Debug, Clone, PartialEq)]
pub enum Handed {
    /// A rehearsal that breaks when one message is said otherwise, for the talk screen to play.
    Broken(Box<Broken>),
    /// A place of the policy's text, line and column from 1, for the design screen to edit at.
    Place { line: u32, column: u32 },
}

impl Desk {
    /// Returns the refusal of an action that means nothing on this screen.
    pub fn not_here<T>(&self) -> std::result::Result<T, Reason> {
        Err(Cow::Borrowed(self.words.screens.not_here))
    }

    /// Tells whether moods can be heard without waiting.
    pub fn hears(&self) -> bool {
        !self.warming || moods::is_ready()
    }

    /// Tells whether long work can be started, else why not.
    pub fn is_free(&self) -> std::result::Result<(), Reason> {
        match self.running {
            None => Ok(()),
            Some(_) => Err(Cow::Borrowed(self.words.screens.busy)),
        }
    }
}

/// Long work as it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Running {
    /// Its name, in the user's language.
    pub what: &'static str,
    pub done: u64,
    pub total: u64,
    /// Rows read so far, where the work counts bytes; else 0.
    pub rows: u64,
    pub seconds: f64,
    pub stopping: bool,
}

/// How things look and are called while a frame is drawn.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    pub theme: &'a Theme,
    pub words: &'static Words,
    pub keymap: &'a Keymap,
    /// Whether the keys go to the screen being drawn, not to a window over it.
    pub focused: bool,
}

impl Look<'_> {
    /// Returns the key of an action as a hint shows it; empty when nothing is bound.
    pub fn key(&self, scope: Scope, action: Action) -> String {
        self.keymap.hint(scope, action, false).map(|key| key.to_string()).unwrap_or_default()
    }
}

/// The tabs, a verb each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tab {
    Home,
    Import,
    Clean,
    Group,
    Label,
    Train,
    Evaluate,
    Design,
    Talk,
    Rehearse,
    Export,
}

impl Tab {
    pub const ALL: [Tab; 11] = [
        Tab::Home,
        Tab::Import,
        Tab::Clean,
        Tab::Group,
        Tab::Label,
        Tab::Train,
        Tab::Evaluate,
        Tab::Design,
        Tab::Talk,
        Tab::Rehearse,
        Tab::Export,
    ];

    /// Returns the verb in a language.
    pub fn title(self, words: &Words) -> &'static str {
        words.screens.tabs[self as usize]
    }
}

/// What should happen next.
pub enum Effect {
    None,
    /// Show a tab.
    Go(Tab),
    /// Show a window; its answer comes to [`Screen::answer`].
    Open(Box<dyn Screen>),
    /// Close this window without an answer.
    Back,
    /// Close this window and give the screen below an answer.
    Done(Answer),
    /// Run long work.
    Start(Job),
    /// Ask before something hard to undo; "yes" comes as [`Answer::Sure`].
    Ask(String),
    /// Say something on the notice line.
    Say(String),
    Undo,
    Redo,
    /// Put a text on the clipboard.
    Copy(String),
    /// Do what another key means, as if it had been pressed.
    Do(Action),
    Quit,
}

/// What a window gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The question was answered with yes.
    Sure,
    /// The item at that place of the list that was given.
    Chosen(usize),
    /// A text was written.
    Text(String),
    /// A command was chosen.
    Action(Action),
    /// How a file is to be read.
    Options(Box<ReadOptions>),
    /// A tab was chosen.
    Tab(Tab),
    /// A stretch of a text was chosen.
    Stretch(ByteRange),
}
