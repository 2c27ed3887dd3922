//! The terminal: its modes, its bytes, its signals, its end.
//!
//! Called by `tui::open` alone. [`Terminal`] is the guard: every mode it sets is undone when it is dropped, when the
//! program panics, when the system ends it and while it sleeps. [`listen`] starts the key thread, which reads the
//! keyboard and the signals and can end the process when the loop does not answer: a dropped SSH line must not
//! leave a process behind. Frames go out whole, between the marks of synchronized output. Not here: what bytes
//! mean (`decode`), what is drawn (`app`).

use std::cell::RefCell;
use std::io::{self, IsTerminal, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use ratatui::backend::CrosstermBackend;
use ratatui::{CompletedFrame, Frame};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};

use crate::tui::decode::{Decoder, Said};
use crate::tui::event::Event;
use crate::tui::theme::Depth;

/// Alternate screen, bracketed paste, hidden cursor, no colours left over, an empty screen.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[0m\x1b[2J\x1b[H";

/// The opposite of everything the program may have switched on.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[?2004l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[0m\x1b[?25h\x1b[?1049l";

const FRAME_START: &[u8] = b"\x1b[?2026h";
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// How long the key thread waits for the rest of a sequence; a lone Esc is the Esc key after it.
const ESC_PAUSE: Duration = Duration::from_millis(40);

/// How long it waits for the rest of a paste.
const PASTE_PAUSE: Duration = Duration::from_millis(1000);

/// How long keys are ignored after a paste: what follows a forged end of paste would act as keys.
const AFTER_PASTE: Duration = Duration::from_millis(100);

/// How long the loop has to end by itself before the key thread ends the process.
const GRACE: Duration = Duration::from_millis(1200);

/// Whether the terminal is ours now, in the modes of [`ENTER`].
static OURS: AtomicBool = AtomicBool::new(false);

/// The terminal in the program's hands.
pub struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<Frames>>,
    frames: Frames,
}

/// Bytes of the frame being built; they go out together.
#[derive(Debug, Clone, Default)]
struct Frames(Rc<RefCell<Vec<u8>>>);

impl Write for Frames {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Terminal {
    /// Takes the terminal.
    pub fn enter() -> io::Result<Self> {
        hook_panics();
        take()?;
        let frames = Frames::default();
        let inner = ratatui::Terminal::new(CrosstermBackend::new(frames.clone())).inspect_err(|_| give_back())?;
        Ok(Self { inner, frames })
    }

    /// Draws a frame; what did not change costs nothing.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Frame)) -> io::Result<()> {
        let CompletedFrame { .. } = self.inner.draw(paint)?;
        let frame = self.frames.0.take();
        if frame.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(frame.len() + 16);
        bytes.extend_from_slice(FRAME_START);
        bytes.extend_from_slice(&frame);
        bytes.extend_from_slice(FRAME_END);
        write(&bytes)
    }

    /// Forgets what is on the screen, so that the next frame draws all of it.
    pub fn redraw(&mut self) -> io::Result<()> {
        // Not `clear`: it asks the terminal where the cursor stands and would wait for an answer among the keys.
        let size = self.inner.size()?;
        self.inner.resize(size.into())
    }

    /// Gives the terminal back, puts the process to sleep, and takes the terminal again when it is woken.
    pub fn sleep(&mut self) -> io::Result<()> {
        give_back();
        // SAFETY: sends a signal to this very process; no memory is involved.
        unsafe { libc::kill(libc::getpid(), libc::SIGSTOP) };
        self.wake()
    }

    /// Takes the terminal again after the process slept.
    pub fn wake(&mut self) -> io::Result<()> {
        take()?;
        self.redraw()
    }

    /// Puts a text on the clipboard of the person's own machine: through tmux when there is one, else by OSC 52.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        if std::env::var_os("TMUX").is_some() {
            let child = std::process::Command::new("tmux")
                .args(["load-buffer", "-w", "-"])
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn();
            if let Ok(mut child) = child {
                let written = child.stdin.take().is_some_and(|mut stdin| stdin.write_all(text.as_bytes()).is_ok());
                if written && child.wait().is_ok_and(|status| status.success()) {
                    return Ok(());
                }
            }
        }
        let mut bytes = Vec::new();
        crossterm::execute!(bytes, crossterm::clipboard::CopyToClipboard::to_clipboard_from(text))?;
        write(&bytes)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

/// Why there can be no screen here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Input or output is no terminal.
    NoTerminal,
    /// The terminal can show lines only.
    Dumb,
}

/// Tells whether a screen can be shown here.
pub fn fit() -> Result<(), Unfit> {
    if !io::stdout().is_terminal() || !io::stdin().is_terminal() {
        Err(Unfit::NoTerminal)
    } else if std::env::var("TERM").is_ok_and(|term| term == "dumb") {
        Err(Unfit::Dumb)
    } else {
        Ok(())
    }
}

/// Returns how many colours the environment says the terminal has.
pub fn depth() -> Depth {
    let var = |name| std::env::var(name).ok();
    depth_of(var("NO_COLOR").as_deref(), var("TERM").as_deref(), var("COLORTERM").as_deref())
}

/// Tells whether the locale names a charset other than UTF-8; one that names none is taken for UTF-8.
pub fn is_other_charset() -> bool {
    let locale =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    locale.is_some_and(|locale| names_other_charset(&locale))
}

fn depth_of(no_color: Option<&str>, term: Option<&str>, colorterm: Option<&str>) -> Depth {
    let term = term.unwrap_or("");
    if no_color.is_some_and(|value| !value.is_empty()) || term.is_empty() || term == "dumb" || term.ends_with("-m") {
        Depth::None
    } else if matches!(colorterm, Some("truecolor" | "24bit")) || term.ends_with("-direct") {
        Depth::True
    } else if term.contains("256color") {
        Depth::Indexed
    } else if term.starts_with("vt") && !term.starts_with("vte") {
        Depth::None
    } else {
        Depth::Sixteen
    }
}

fn names_other_charset(locale: &str) -> bool {
    let charset = locale.split('.').nth(1).and_then(|rest| rest.split('@').next());
    charset.is_some_and(|charset| !charset.replace('-', "").eq_ignore_ascii_case("utf8"))
}

fn take() -> io::Result<()> {
    // The library believes the modes it set still stand; a shell may have changed them while we slept.
    crossterm::terminal::disable_raw_mode()?;
    crossterm::terminal::enable_raw_mode()?;
    OURS.store(true, Ordering::SeqCst);
    write(ENTER).inspect_err(|_| give_back())
}

/// Undoes every mode, once, from whatever thread and state.
fn give_back() {
    if OURS.swap(false, Ordering::SeqCst) {
        // A terminal that takes no bytes must not keep the process from ending.
        if is_ready(libc::STDOUT_FILENO, libc::POLLOUT, Duration::from_millis(200)) {
            let _ = write(LEAVE);
        }
        let _ = crossterm::terminal::disable_raw_mode();
    }
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// A panic of the thread that draws gives the terminal back before anything is printed; a panic of a worker prints
/// nothing over the live screen, it comes back as news.
fn hook_panics() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let ui = std::thread::current().id();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == ui {
                give_back();
                before(panic);
            } else if !OURS.load(Ordering::SeqCst) {
                before(panic);
            }
        }));
    });
}

/// The loop's end of the key thread.
pub struct Listener {
    /// Set when the loop has ended, so that the thread does not end the process.
    ended: Arc<AtomicBool>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
    }
}

/// Starts the thread that reads the keyboard and the signals; what it hears goes to `events`.
pub fn listen(events: Sender<Event>) -> io::Result<Listener> {
    let ended = Arc::new(AtomicBool::new(false));
    let signals = Signals::register()?;
    let ear = Ear { events, signals, decoder: Decoder::default(), pasted: None, ended: ended.clone() };
    std::thread::Builder::new().name("keys".to_owned()).spawn(move || ear.run())?;
    Ok(Listener { ended })
}

/// Dies of a signal as a program without handlers would, so that shells and services see why.
pub fn die_of(signal: i32) {
    let _ = signal_hook::low_level::emulate_default_handler(signal);
    std::process::exit(128 + signal);
}

/// The signals, each a flag, and a pipe that wakes the thread.
struct Signals {
    flags: Vec<(i32, Arc<AtomicBool>)>,
    pipe: UnixStream,
}

impl Signals {
    fn register() -> io::Result<Self> {
        let (pipe, writer) = UnixStream::pair()?;
        pipe.set_nonblocking(true)?;
        writer.set_nonblocking(true)?;
        let mut flags = Vec::new();
        for signal in [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH] {
            let flag = Arc::new(AtomicBool::new(false));
            signal_hook::flag::register(signal, flag.clone())?;
            signal_hook::low_level::pipe::register(signal, writer.try_clone()?)?;
            flags.push((signal, flag));
        }
        Ok(Self { flags, pipe })
    }

    /// Returns the signals that came since the last call.
    fn come(&mut self) -> Vec<i32> {
        let mut buffer = [0; 64];
        while io::Read::read(&mut self.pipe, &mut buffer).is_ok_and(|n| n == buffer.len()) {}
        self.flags.iter().filter(|(_, flag)| flag.swap(false, Ordering::SeqCst)).map(|(signal, _)| *signal).collect()
    }
}

/// The key thread.
struct Ear {
    events: Sender<Event>,
    signals: Signals,
    decoder: Decoder,
    /// When the last paste ended.
    pasted: Option<Instant>,
    ended: Arc<AtomicBool>,
}

impl Ear {
    fn run(mut self) {
        let end = self.listen();
        self.end(end);
    }

    /// Listens until the end; returns the signal it ends by.
    fn listen(&mut self) -> i32 {
        let keyboard = libc::STDIN_FILENO;
        let mut buffer = [0u8; 4096];
        loop {
            if self.ended.load(Ordering::SeqCst) {
                return 0;
            }
            let pause = match (self.decoder.is_pasting(), self.decoder.is_open()) {
                (true, _) => Some(PASTE_PAUSE),
                (_, true) => Some(ESC_PAUSE),
                _ => None,
            };
            let [keys, woken] = wait([keyboard, self.signals.pipe.as_raw_fd()], pause);
            if woken != 0
                && let Some(signal) = self.hear_signals()
            {
                return signal;
            }
            if keys & libc::POLLIN != 0 {
                // SAFETY: the buffer lives on this stack and its true length is given.
                let read = unsafe { libc::read(keyboard, buffer.as_mut_ptr().cast(), buffer.len()) };
                match read {
                    0 => return SIGHUP,
                    n if n > 0 => {
                        let said = self.decoder.feed(&buffer[..n as usize]);
                        self.tell(said);
                    }
                    _ if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
                    _ => return SIGHUP,
                }
            } else if keys & (libc::POLLHUP | libc::POLLERR | libc::POLLNVAL) != 0 {
                return SIGHUP;
            } else if keys == 0 && woken == 0 {
                let said = self.decoder.settle();
                self.tell(said);
            }
        }
    }

    /// Passes on what signals mean; returns the one that ends the process.
    fn hear_signals(&mut self) -> Option<i32> {
        for signal in self.signals.come() {
            let event = match signal {
                SIGWINCH => {
                    let (columns, rows) = crossterm::terminal::size().unwrap_or((80, 24));
                    Event::Resize(columns, rows)
                }
                SIGTSTP => Event::Suspend,
                SIGCONT => Event::Resume,
                end => return Some(end),
            };
            if self.events.send(event).is_err() {
                return Some(0);
            }
        }
        None
    }

    fn tell(&mut self, said: Vec<Said>) {
        for said in said {
            let event = match said {
                Said::Paste(text) => {
                    self.pasted = Some(Instant::now());
                    Event::Paste(text)
                }
                Said::Key(_) if self.pasted.is_some_and(|at| at.elapsed() < AFTER_PASTE) => continue,
                Said::Key(key) => Event::Key(key),
            };
            // Nobody listens any more: the loop is ending by itself.
            let _ = self.events.send(event);
        }
    }

    /// Tells the loop to end; a loop that does not answer in time is ended with the process.
    fn end(&self, signal: i32) {
        if signal == 0 {
            return;
        }
        let _ = self.events.send(Event::End(signal));
        let start = Instant::now();
        while start.elapsed() < GRACE {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        give_back();
        die_of(signal);
    }
}

/// Waits until one of the files has news; returns what each has.
fn wait(files: [RawFd; 2], pause: Option<Duration>) -> [i16; 2] {
    let mut fds = files.map(|fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 });
    let pause = pause.map_or(-1, |pause| pause.as_millis() as i32);
    // SAFETY: the array lives on this stack and its true length is given.
    let ready = unsafe { libc::poll(fds.as_mut_ptr(), fds.len() as libc::nfds_t, pause) };
    if ready < 0 {
        // A signal broke the wait; its pipe tells which.
        return [0, libc::POLLIN];
    }
    fds.map(|fd| fd.revents)
}

fn is_ready(file: RawFd, what: i16, patience: Duration) -> bool {
    let mut fd = libc::pollfd { fd: file, events: what, revents: 0 };
    // SAFETY: one struct on this stack.
    unsafe { libc::poll(&mut fd, 1, patience.as_millis() as i32) > 0 && fd.revents & what != 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_the_environment_names() {
        let check = |no_color, term, colorterm, depth| assert_eq!(depth_of(no_color, term, colorterm), depth);
        check(Some("1"), Some("xterm-256color"), Some("truecolor"), Depth::None);
        check(Some(""), Some("xterm-256color"), Some("truecolor"), Depth::True);
        check(None, Some("dumb"), Some("truecolor"), Depth::None);
        check(None, Some("tmux-256color"), None, Depth::Indexed);
        check(None, Some("xterm"), None, Depth::Sixteen);
        check(None, Some("linux"), None, Depth::Sixteen);
        check(None, Some("vt100"), None, Depth::None);
        check(None, None, None, Depth::None);
    }

    #[test]
    fn a_locale_that_names_another_charset_is_known() {
        for (locale, other) in [
            ("zh_CN.UTF-8", false),
            ("zh_CN.GBK", true),
            ("C", false),
            ("en_US.utf8", false),
            ("de_DE.ISO-8859-15@euro", true),
        ] {
            assert_eq!(names_other_charset(locale), other, "{locale}");
        }
    }

    #[test]
    fn leaving_undoes_what_entering_did() {
        let leave = std::str::from_utf8(LEAVE).unwrap();
        for mode in
            std::str::from_utf8(ENTER).unwrap().split('\x1b').filter(|s| s.starts_with("[?") && s.ends_with('h'))
        {
            assert!(leave.contains(&mode.replace('h', "l")), "{mode}");
        }
        assert!(leave.contains("[?25h") && leave.contains("[?2026l"));
    }
}
