//! People who press keys: events in, frames out.
//!
//! [`open`] shows a project until the trainer leaves it: wait for an [`Event`](event::Event), give it to the
//! [`App`](app::App), draw. Called by `main`. Inside, imports go one way: `key action theme cells` < `keymap screen` <
//! `widgets` < `screens` < `frame` < `app` < `terminal` and this file. Only this room knows `ratatui` and `crossterm`. Not here:
//! phrases (`i18n`), what a verb does (`workbench`), long work (`jobs`).

pub mod action;
pub mod app;
pub mod cells;
pub mod decode;
pub mod event;
pub mod frame;
pub mod key;
pub mod keymap;
pub mod moment;
pub mod screen;
pub mod screens;
pub mod terminal;
pub mod theme;
pub mod widgets;

use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::explain;
use crate::formats::call::recogniser::Recogniser;
use crate::i18n::{Lang, Words, fill};
use crate::jobs::runner::Runner;
use crate::outside::source::Sources;
use crate::settings::{self, Settings};
use crate::tui::app::{App, Manner, Wish};
use crate::tui::event::Event;
use crate::tui::frame::Notice;
use crate::tui::keymap::Keymap;
use crate::tui::terminal::{Terminal, Unfit};
use crate::workbench::project::Project;

/// How often another trainer's changes are looked for.
const TICK: Duration = Duration::from_millis(250);

/// The shortest time between two frames that no key asked for.
const PACE: Duration = Duration::from_millis(50);

/// The longest time events are taken in before a frame shows where they led.
const DRAIN: Duration = Duration::from_millis(100);

/// How long running work may take to stop when the program ends.
const PATIENCE: Duration = Duration::from_millis(800);

/// Shows a project on screen until the trainer leaves it. The error is a sentence in the user's language.
pub fn open(path: &Path, actor: &str, asked: Option<Lang>, settings: &Settings) -> Result<(), String> {
    let words = settings.language(asked, None).words();
    terminal::fit().map_err(|unfit| match unfit {
        Unfit::NoTerminal => words.screens.no_terminal.to_owned(),
        Unfit::Dumb => words.screens.dumb_terminal.to_owned(),
    })?;
    let project = Project::open(path, actor).map_err(|error| explain::sentence(&error, words))?;
    let language = project.language().map_err(|error| explain::sentence(&error, words))?;
    let words = settings.language(asked, language.as_deref()).words();
    let (events, inbox) = channel();
    let news = events.clone();
    // A loop that has ended hears no news; the job is stopped with it.
    let runner = Runner::threaded(path.to_path_buf(), actor, move |event| drop(news.send(Event::Job(event))));
    let (keymap, trouble) = keymap(words);
    let manner = Manner {
        words,
        keymap,
        theme: settings.theme.clone().unwrap_or_else(|| "dark".to_owned()),
        depth: terminal::depth(),
        ascii: terminal::is_other_charset(),
    };
    let ascii = manner.ascii;
    let mut app = App::new(project, runner, manner).map_err(|error| explain::sentence(&error, words))?;
    let transcriber = settings.transcriber.as_deref();
    app.hear_with(transcriber.map(|command| Recogniser::new(command, settings.transcriber_minutes)));
    let trouble = match Sources::of(&settings.calls, path) {
        Ok(outside) => {
            app.call_with(outside);
            trouble
        }
        Err(error) => trouble.or_else(|| Some(explain::outside(&error, words))),
    };
    if let Some(trouble) = trouble.or_else(|| ascii.then(|| words.screens.not_utf8.to_owned())) {
        app.say(Notice::Trouble(trouble));
    }
    let failed = |error: io::Error| fill(words.screens.terminal, &[("what", &error.to_string())]);
    let listener = terminal::listen(events).map_err(failed)?;
    let mut terminal = Terminal::enter().map_err(failed)?;
    let ending = run(&mut app, &mut terminal, &inbox);
    // The work first: a job that writes must have let go of the file before the process may die.
    app.close(PATIENCE);
    drop(terminal);
    drop(listener);
    match ending {
        Ok(None) => Ok(()),
        Ok(Some(signal)) => {
            terminal::die_of(signal);
            Ok(())
        }
        Err(error) => Err(failed(error)),
    }
}

/// Returns the trainer's keymap; one that does not read gives ours and what is wrong with theirs.
fn keymap(words: &Words) -> (Keymap, Option<String>) {
    let Some(path) = settings::folder().map(|folder| folder.join("keymap.toml")) else { return (Keymap::ours(), None) };
    let Ok(text) = std::fs::read_to_string(&path) else { return (Keymap::ours(), None) };
    match Keymap::with(&text) {
        Ok(keymap) => (keymap, None),
        Err(error) => {
            let gaps = [("path", &*path.display().to_string()), ("what", &*error.to_string())];
            (Keymap::ours(), Some(fill(words.screens.keymap, &gaps)))
        }
    }
}

/// Waits, handles, draws; returns the signal that ended it, if one did.
fn run(app: &mut App, terminal: &mut Terminal, inbox: &Receiver<Event>) -> io::Result<Option<i32>> {
    let (columns, rows) = crossterm::terminal::size()?;
    app.handle(Event::Resize(columns, rows));
    let mut clock = Instant::now();
    let mut drawn: Option<Instant> = None;
    loop {
        for wish in app.wishes() {
            match wish {
                Wish::Copy(text) => terminal.copy(&text)?,
                Wish::Redraw => terminal.redraw()?,
                Wish::Sleep => terminal.sleep()?,
                Wish::Wake => terminal.wake()?,
            }
        }
        if app.is_dirty() {
            terminal.draw(|frame| app.draw(frame))?;
            drawn = Some(Instant::now());
        }
        let start = Instant::now();
        let mut urgent = false;
        loop {
            // After a key everything that waits is taken in and then shown; other news waits for its turn.
            let until = match (urgent, drawn) {
                (true, _) => Duration::ZERO,
                (false, Some(drawn)) if app.is_dirty() => PACE.saturating_sub(drawn.elapsed()),
                _ => TICK.saturating_sub(clock.elapsed()),
            };
            match inbox.recv_timeout(until.min(TICK.saturating_sub(clock.elapsed()))) {
                Ok(Event::End(signal)) => return Ok(Some(signal)),
                Ok(event) => {
                    urgent |= matches!(event, Event::Key(_) | Event::Paste(_));
                    #[cfg(debug_assertions)]
                    break_on_purpose(&event);
                    app.handle(event);
                }
                Err(RecvTimeoutError::Timeout) if clock.elapsed() >= TICK => {
                    clock = Instant::now();
                    app.handle(Event::Tick);
                }
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Ok(Some(libc::SIGHUP)),
            }
            if app.is_over() {
                return Ok(None);
            }
            if start.elapsed() > DRAIN && app.is_dirty() {
                break;
            }
        }
    }
}

/// In debug builds, F12 breaks the program when `DAOSHI_BREAK` is set, so that a test can see what it leaves behind.
#[cfg(debug_assertions)]
fn break_on_purpose(event: &Event) {
    use crate::tui::key::{Code, Key};
    let asked = matches!(event, Event::Key(key) if *key == Key::plain(Code::F(12)));
    assert!(!asked || std::env::var_os("DAOSHI_BREAK").is_none(), "broken on purpose");
}
