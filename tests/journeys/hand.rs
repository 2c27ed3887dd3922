//! The hand of a trainer: presses keys, writes and pastes text, reads the screen.
//!
//! The program runs without a terminal; long work is done before the key press returns, so nothing ever waits. Where what
//! is seen while it runs matters ([`Hand::beside`]), the work runs on a thread, and [`Hand::wait`] waits for its end.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

use daoshi::i18n::Lang;
use daoshi::jobs::job::JobEvent;
use daoshi::jobs::runner::Runner;
use daoshi::outside::source::Sources;
use daoshi::settings::Settings;
use daoshi::tui::app::{App, Manner, Wish};
use daoshi::tui::cells;
use daoshi::tui::event::Event;
use daoshi::tui::key::Key;
use daoshi::tui::keymap::Keymap;
use daoshi::tui::theme::Depth;
use daoshi::workbench::project::Project;
use ratatui::Terminal;
use ratatui::backend::{Backend, TestBackend};
use tempfile::TempDir;

/// One trainer before one screen.
pub struct Hand {
    app: App,
    news: Receiver<JobEvent>,
    terminal: Terminal<TestBackend>,
    path: PathBuf,
    /// Whether keys come as an input method left on sends them.
    full_width: bool,
    _folder: TempDir,
}

/// Returns what an input method makes of a key that stands for a character.
fn full_width(key: Key) -> Key {
    match key.text() {
        Some(' ') => Key::char('\u{3000}'),
        Some(c @ '!'..='~') => {
            Key::char(char::from_u32(c as u32 + 0xfee0).expect("the full-width block mirrors ASCII"))
        }
        _ => key,
    }
}

impl Hand {
    /// Opens an empty project.
    pub fn new(lang: Lang) -> Self {
        Self::with(lang, |_| {})
    }

    /// Opens a project that was filled before.
    pub fn with(lang: Lang, fill: impl FnOnce(&mut Project)) -> Self {
        Self::before(lang, fill, false)
    }

    /// Opens a project whose long work runs beside the keys.
    pub fn beside(lang: Lang, fill: impl FnOnce(&mut Project)) -> Self {
        Self::before(lang, fill, true)
    }

    fn before(lang: Lang, fill: impl FnOnce(&mut Project), beside: bool) -> Self {
        let folder = TempDir::new().expect("a folder for the test");
        let path = folder.path().join("bank.daoshi");
        let mut project = Project::create(&path, "li").expect("a new project");
        fill(&mut project);
        let (sender, news) = channel();
        let tell = move |event| drop(sender.send(event));
        let runner = match beside {
            true => Runner::threaded(path.clone(), "li", tell),
            false => Runner::inline(path.clone(), "li", tell),
        };
        let manner = Manner {
            words: lang.words(),
            keymap: Keymap::ours(),
            theme: "dark".to_owned(),
            depth: Depth::True,
            ascii: false,
        };
        let app = App::new(project, runner, manner).expect("the first screen");
        let terminal = Terminal::new(TestBackend::new(80, 24)).expect("a test backend");
        let mut hand = Self { app, news, terminal, path, full_width: lang == Lang::Zh, _folder: folder };
        hand.resize(80, 24);
        hand
    }

    /// Gives the screen another size.
    pub fn resize(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a test backend");
        self.happen(Event::Resize(columns, rows))
    }

    /// Presses keys, named as in the keymap and separated by blanks.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for name in keys.split_whitespace() {
            let key = Key::named(name).unwrap_or_else(|| panic!("no key {name}"));
            self.happen(Event::Key(if self.full_width { full_width(key) } else { key }));
        }
        self
    }

    /// Writes a text, key by key.
    pub fn write(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.happen(Event::Key(Key::char(c)));
        }
        self
    }

    /// Pastes a text at once.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.happen(Event::Paste(text.to_owned()))
    }

    /// Lets something happen, and the work it starts come to its end.
    pub fn happen(&mut self, event: Event) -> &mut Self {
        self.app.handle(event);
        loop {
            let Ok(event) = self.news.try_recv() else { return self };
            self.app.handle(Event::Job(event));
        }
    }

    /// Waits for the end of the work that runs beside the keys.
    pub fn wait(&mut self) -> &mut Self {
        loop {
            let event = self.news.recv().expect("work comes to an end");
            let over = !matches!(event, JobEvent::Progress { .. } | JobEvent::Waits { .. });
            self.app.handle(Event::Job(event));
            if over {
                return self;
            }
        }
    }

    /// Lets calls of the policy go where these settings say; `{project}` is the project's own file.
    pub fn call_with(&mut self, settings: &str) -> &mut Self {
        let settings = settings.replace("{project}", &self.path.display().to_string());
        let settings: Settings = toml::from_str(&settings).expect("good settings");
        self.app.call_with(Sources::of(&settings.calls, &self.path).expect("good settings"));
        self
    }

    /// Returns the screen as text, a line a row, blanks at the ends left out.
    pub fn frame(&mut self) -> String {
        // A test backend keeps what lies under the second half of a wide character, which no terminal does.
        self.terminal.clear().expect("a test backend never fails");
        self.terminal.draw(|frame| self.app.draw(frame)).expect("a test backend never fails");
        let buffer = self.terminal.backend().buffer();
        let rows = buffer.content().chunks(usize::from(buffer.area.width));
        let lines = rows.map(|row| {
            let mut line = String::new();
            let mut covered = 0;
            for cell in row {
                if covered == 0 {
                    line.push_str(cell.symbol());
                    covered = cells::width(cell.symbol()).max(1);
                }
                covered -= 1;
            }
            line.trim_end().to_owned()
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Returns the screen with every time of day as `00:00`.
    pub fn timeless_frame(&mut self) -> String {
        let frame = self.frame();
        let time = regex::Regex::new(r"\d\d:\d\d(:\d\d)?|\d\d-\d\d").expect("a right pattern");
        time.replace_all(&frame, |found: &regex::Captures| if found.get(1).is_some() { "00:00:00" } else { "00:00" })
            .into_owned()
    }

    /// Fails unless the screen shows a text.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Self {
        let frame = self.frame();
        assert!(frame.contains(text), "no {text:?} on the screen:\n{frame}");
        self
    }

    /// Fails when the screen shows a text.
    #[track_caller]
    pub fn sees_no(&mut self, text: &str) -> &mut Self {
        let frame = self.frame();
        assert!(!frame.contains(text), "{text:?} is on the screen:\n{frame}");
        self
    }

    /// Returns where the terminal's own cursor stands, column and row; `None` while it is hidden.
    pub fn caret(&mut self) -> Option<(u16, u16)> {
        self.frame();
        let shown = self.terminal.backend().cursor_visible();
        let position = self.terminal.backend_mut().get_cursor_position().expect("a test backend never fails");
        shown.then_some((position.x, position.y))
    }

    /// Returns what only a terminal could have done since the last call.
    pub fn wishes(&mut self) -> Vec<Wish> {
        self.app.wishes()
    }

    /// Tells whether the program is over.
    pub fn is_over(&self) -> bool {
        self.app.is_over()
    }

    /// Opens the same project as another trainer would, from another process.
    pub fn project(&self, actor: &str) -> Project {
        Project::open(&self.path, actor).expect("the same project")
    }
}
