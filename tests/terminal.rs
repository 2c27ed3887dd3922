//! The real program in a real terminal: what only bytes, signals and a line that drops can show.
//!
//! Few, because each starts a process. Every wait is for something to happen, never for time to pass.

use std::io::Write;
use std::num::NonZeroU16;
use std::os::fd::RawFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use daoshi::workbench::intents;
use daoshi::workbench::project::Project;
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

/// How long anything may take on a busy machine before a test gives up.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long a dropped line or a wish to end may leave the program behind.
const GONE: Duration = Duration::from_secs(2);

/// The program on a terminal of its own.
struct Line {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    reader: Option<JoinHandle<()>>,
    closing: Arc<AtomicBool>,
    seen: Arc<Mutex<Seen>>,
    before: Modes,
    _folder: TempDir,
}

/// What came out.
struct Seen {
    bytes: Vec<u8>,
    screen: vt100::Parser,
}

/// The terminal driver's settings, as numbers that can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Modes([libc::tcflag_t; 4], [libc::cc_t; libc::NCCS]);

impl Line {
    /// Opens a small project at 80×24.
    fn open() -> Self {
        Self::open_with(&[])
    }

    fn open_with(environment: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder for the test");
        let project = small_project(folder.path());
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_daoshi"));
        command.args(["open", &project.display().to_string(), "--lang", "zh"]);
        command.env_clear();
        command.env("HOME", folder.path());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "zh_CN.UTF-8");
        for (name, value) in environment {
            command.env(name, value);
        }
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let file = pair.master.as_raw_fd().expect("a file");
        let before = modes(file);
        let child = pair.slave.spawn_command(command).expect("the program");
        drop(pair.slave);
        let writer = pair.master.take_writer().expect("the keyboard");
        let seen = Arc::new(Mutex::new(Seen { bytes: Vec::new(), screen: vt100::Parser::new(some(24), some(80), 0) }));
        let closing = Arc::new(AtomicBool::new(false));
        let reader = read_along(file, seen.clone(), closing.clone());
        let (master, writer, reader) = (Some(pair.master), Some(writer), Some(reader));
        Self { child, master, writer, reader, closing, seen, before, _folder: folder }
    }

    fn type_bytes(&mut self, bytes: &[u8]) {
        let writer = self.writer.as_mut().expect("the line is up");
        writer.write_all(bytes).expect("the keyboard works");
        writer.flush().expect("the keyboard works");
    }

    /// Waits until the screen fulfils a wish.
    #[track_caller]
    fn wait_for(&self, what: &str, wish: impl Fn(&Seen) -> bool) {
        let start = Instant::now();
        while !wish(&self.seen.lock().expect("the reader lives")) {
            let seen = self.seen.lock().expect("the reader lives");
            assert!(start.elapsed() < PATIENCE, "never saw {what}:\n{}", seen.screen.screen().contents());
            drop(seen);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[track_caller]
    fn sees(&self, text: &str) {
        self.wait_for(text, |seen| seen.screen.screen().contents().contains(text));
    }

    /// Waits until nothing more comes out, and returns how many bytes came since `from`.
    fn settled(&self, from: usize) -> usize {
        let mut last = (self.count(), Instant::now());
        while last.1.elapsed() < Duration::from_millis(150) {
            std::thread::sleep(Duration::from_millis(5));
            let now = self.count();
            if now != last.0 {
                last = (now, Instant::now());
            }
        }
        last.0 - from
    }

    fn count(&self) -> usize {
        self.seen.lock().expect("the reader lives").bytes.len()
    }

    fn resize(&self, columns: u16, rows: u16) {
        self.seen.lock().expect("the reader lives").screen.screen_mut().set_size(some(rows), some(columns));
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().expect("the line is up").resize(size).expect("another size");
    }

    fn signal(&self, signal: i32) {
        let id = self.child.process_id().expect("the program runs") as libc::pid_t;
        // SAFETY: sends a signal to the child this test started.
        assert_eq!(unsafe { libc::kill(id, signal) }, 0);
    }

    /// Waits until the process is gone, no longer than `patience`.
    #[track_caller]
    fn gone(&mut self, patience: Duration) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                return status;
            }
            assert!(start.elapsed() < patience, "still there after {patience:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Drops the line, as a lost connection does.
    fn hang_up(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        self.reader.take().expect("once").join().expect("the reader ends");
        self.writer.take();
        self.master.take();
    }

    /// Checks that every mode the program set is undone.
    #[track_caller]
    fn is_as_before(&self) {
        self.settled(0);
        let seen = self.seen.lock().expect("the reader lives");
        let screen = seen.screen.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        let text = String::from_utf8_lossy(&seen.bytes);
        assert!(text.rfind("\x1b[?2026l") >= text.rfind("\x1b[?2026h"), "synchronized output is left on");
        let file = self.master.as_ref().and_then(|master| master.as_raw_fd()).expect("the line is up");
        assert_eq!(modes(file), self.before, "the terminal driver's settings");
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // A failed test must not leave the program behind.
        let _ = self.child.kill();
        self.closing.store(true, Ordering::SeqCst);
    }
}

/// Reads what the program writes without keeping the line open by a second handle.
fn read_along(file: RawFd, seen: Arc<Mutex<Seen>>, closing: Arc<AtomicBool>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut buffer = [0u8; 8192];
        while !closing.load(Ordering::SeqCst) {
            let mut poll = libc::pollfd { fd: file, events: libc::POLLIN, revents: 0 };
            // SAFETY: one struct and one buffer on this stack; the file outlives this thread.
            let read = unsafe {
                if libc::poll(&mut poll, 1, 20) <= 0 {
                    continue;
                }
                libc::read(file, buffer.as_mut_ptr().cast(), buffer.len())
            };
            if read <= 0 {
                // The other side is gone; what it said stays.
                return;
            }
            let mut seen = seen.lock().expect("the test lives");
            seen.bytes.extend_from_slice(&buffer[..read as usize]);
            seen.screen.process(&buffer[..read as usize]);
        }
    })
}

fn some(size: u16) -> NonZeroU16 {
    NonZeroU16::new(size).expect("a size above zero")
}

fn modes(file: RawFd) -> Modes {
    // SAFETY: the struct is plain numbers and is filled by the call.
    unsafe {
        let mut termios: libc::termios = std::mem::zeroed();
        assert_eq!(libc::tcgetattr(file, &mut termios), 0);
        Modes([termios.c_iflag, termios.c_oflag, termios.c_cflag, termios.c_lflag], termios.c_cc)
    }
}

fn small_project(folder: &Path) -> PathBuf {
    let path = folder.join("bank.daoshi");
    let mut project = Project::create(&path, "li").expect("a new project");
    for name in ["提前还款", "挂失补卡", "账单查询", "转人工"] {
        intents::add(&mut project, name, "").expect("a new intent");
    }
    path
}

#[test]
fn it_starts_takes_keys_and_leaves_everything_as_it_was() {
    let mut line = Line::open();
    line.sees("下一步");
    line.type_bytes(b"\x1bOP");
    line.sees("按编号选一项");
    line.type_bytes(b"\x1b");
    line.wait_for("no help", |seen| !seen.screen.screen().contents().contains("按编号选一项"));
    line.resize(120, 40);
    line.wait_for("a wider screen", |seen| {
        let screen = seen.screen.screen();
        screen.rows(0, 120).nth(39).is_some_and(|row| row.contains("F1"))
    });
    line.type_bytes(b"\x11");
    assert!(line.gone(GONE).success());
    line.is_as_before();
}

#[test]
fn a_dropped_line_ends_it() {
    let mut line = Line::open();
    line.sees("下一步");
    line.hang_up();
    line.gone(GONE);
}

#[test]
fn a_dropped_line_in_the_middle_of_a_key_ends_it() {
    let mut line = Line::open();
    line.sees("下一步");
    line.type_bytes(b"\x1b[200~half a paste");
    line.hang_up();
    line.gone(GONE);
}

#[test]
fn it_obeys_the_wish_to_end_and_gives_the_terminal_back() {
    for signal in [libc::SIGTERM, libc::SIGHUP, libc::SIGINT] {
        let mut line = Line::open();
        line.sees("下一步");
        line.signal(signal);
        assert!(!line.gone(GONE).success(), "dies of the signal");
        line.is_as_before();
    }
}

#[test]
fn a_fault_of_the_program_gives_the_terminal_back_before_it_speaks() {
    let mut line = Line::open_with(&[("DAOSHI_BREAK", "1")]);
    line.sees("下一步");
    line.type_bytes(b"\x1b[24~");
    assert!(!line.gone(GONE).success());
    line.is_as_before();
    line.sees("broken on purpose");
}

#[test]
fn it_sleeps_and_wakes() {
    let mut line = Line::open();
    line.sees("下一步");
    line.type_bytes(b"\x1c");
    line.wait_for("the shell's screen", |seen| !seen.screen.screen().alternate_screen());
    let id = line.child.process_id().expect("the program runs");
    line.wait_for("a sleeping process", |_| {
        std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| stat.contains(") T "))
    });
    line.is_as_before();
    line.signal(libc::SIGCONT);
    line.wait_for("the program's screen", |seen| seen.screen.screen().alternate_screen());
    line.sees("下一步");
    line.type_bytes(b"\x11");
    assert!(line.gone(GONE).success());
    line.is_as_before();
}

#[test]
fn half_a_sequence_swallows_nothing() {
    let mut line = Line::open();
    line.sees("下一步");
    let from = line.count();
    line.type_bytes(b"\x1b[1;5");
    line.settled(from);
    line.type_bytes(b"?");
    line.sees("按编号选一项");
    line.type_bytes(b"\r");
    line.wait_for("no help", |seen| !seen.screen.screen().contents().contains("按编号选一项"));
    // A paste whose end was lost ends by itself, and the keys come back.
    line.type_bytes(b"\x1b[200~lost");
    line.sees("这里不能粘贴");
    line.wait_for("a key that works again", |_| true);
    line.settled(0);
    line.type_bytes(b"\x10");
    line.sees("命令 ·");
}

#[test]
fn a_storm_of_sizes_ends_in_the_right_frame() {
    let mut line = Line::open();
    line.sees("下一步");
    for n in 0u16..100 {
        line.resize(1 + n * 37 % 300, 1 + n * 13 % 100);
    }
    line.resize(100, 30);
    line.wait_for("the last size", |seen| {
        let screen = seen.screen.screen();
        screen.rows(0, 100).nth(29).is_some_and(|row| row.contains("F1"))
    });
    line.type_bytes(b"\x11");
    assert!(line.gone(GONE).success());
}

#[test]
fn little_goes_over_a_slow_line() {
    let mut line = Line::open();
    line.sees("下一步");
    let from = line.settled(0);
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(line.count(), from, "an idle screen sends nothing");
    line.type_bytes(b"\x1b[B");
    let moved = line.settled(from);
    assert!(moved > 0 && moved <= 700, "a cursor move sent {moved} bytes");
}

#[test]
fn a_paste_of_ten_thousand_lines_is_quick() {
    let mut line = Line::open();
    line.sees("下一步");
    line.type_bytes(b"\x10");
    line.sees("命令 ·");
    let start = Instant::now();
    let mut paste = b"\x1b[200~".to_vec();
    paste.extend("退款怎么还没有到账\r".repeat(10_000).bytes());
    paste.extend(b"\x1b[201~");
    line.type_bytes(&paste);
    line.sees("没有找到");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn no_colour_is_sent_where_none_is_wanted() {
    let line = Line::open_with(&[("NO_COLOR", "1")]);
    line.sees("下一步");
    line.settled(0);
    let bytes = line.seen.lock().expect("the reader lives").bytes.clone();
    let text = String::from_utf8_lossy(&bytes);
    for part in text.split("\x1b[").skip(1) {
        let Some((numbers, _)) =
            part.split_once('m').filter(|(n, _)| n.chars().all(|c| c.is_ascii_digit() || c == ';'))
        else {
            continue;
        };
        let coloured = |n: &str| matches!(n.parse::<u32>(), Ok(30..=38 | 40..=48 | 90..=97 | 100..=107));
        assert!(!numbers.split(';').any(coloured), "{numbers:?}");
    }
}

#[test]
fn a_terminal_that_shows_lines_only_is_told_so() {
    let mut line = Line::open_with(&[("TERM", "dumb")]);
    line.sees("--plain");
    assert_eq!(line.gone(PATIENCE).exit_code(), 1);
    line.is_as_before();
}
