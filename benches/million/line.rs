//! The real program in a real terminal at 80×24, with a project of a million utterances: what a trainer waits for.

use std::io::Write;
use std::os::fd::RawFd;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// The program ends each frame with this (DEC 2026).
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// How long anything may take before the measuring gives up.
const PATIENCE: Duration = Duration::from_secs(20);

const DOWN: &[u8] = b"\x1b[B";
const UP: &[u8] = b"\x1b[A";
const PAGE_DOWN: &[u8] = b"\x1b[6~";
const NEXT_TAB: &[u8] = b"\x1b[1;5C";
const QUIT: &[u8] = b"\x11";

/// What came out: the screen, and when each frame was whole.
struct Seen {
    screen: vt100::Parser,
    tail: Vec<u8>,
    frames: Vec<Instant>,
}

/// The program on a terminal of its own.
struct Line {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
    _master: Box<dyn portable_pty::MasterPty + Send>,
}

/// Prints how long the first frame takes, how long a key takes on each list, and what memory labelling holds.
pub fn measure(file: &Path) {
    let mut first: Vec<Duration> = (0..5).map(|_| Line::open(file).1).collect();
    first.sort_unstable();
    println!("first frame      median {}, longest {} of 5", crate::ms(first[2]), crate::ms(first[4]));
    let (mut line, _) = Line::open(file);
    for (name, tabs, keys) in [
        ("keys, imports", 1, [DOWN, UP].as_slice()),
        ("keys, ladder", 2, &[DOWN, DOWN, DOWN, UP, PAGE_DOWN]),
        ("keys, queue", 1, &[DOWN, DOWN, DOWN, UP]),
        // A digit decides: the label is on the disk before the frame is.
        ("decisions", 0, &[b"1"]),
    ] {
        let mut entering = Duration::ZERO;
        for _ in 0..tabs {
            entering = line.press(NEXT_TAB);
        }
        let mut took: Vec<Duration> = (0..200).map(|n| line.press(keys[n % keys.len()])).collect();
        took.sort_unstable();
        println!(
            "{name:<16} p50 {}, p99 {}, longest {} of 200; entering took {}",
            crate::ms(took[100]),
            crate::ms(took[197]),
            crate::ms(took[199]),
            crate::ms(entering)
        );
    }
    println!("memory, terminal {}", line.memory());
    line.writer.write_all(QUIT).expect("the keyboard works");
    let _ = line.child.wait();
}

impl Line {
    /// Opens the project; returns how long its first frame took.
    fn open(file: &Path) -> (Self, Duration) {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_daoshi"));
        command.args(["open", &file.display().to_string(), "--lang", "zh"]);
        command.env_clear();
        command.env("HOME", file.parent().expect("a file lies in a folder"));
        command.env("TERM", "xterm-256color");
        command.env("LANG", "zh_CN.UTF-8");
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let output = pair.master.as_raw_fd().expect("a file");
        let writer = pair.master.take_writer().expect("the keyboard");
        let some = |size| std::num::NonZeroU16::new(size).expect("above zero");
        let screen = vt100::Parser::new(some(24), some(80), 0);
        let seen = Arc::new(Mutex::new(Seen { screen, tail: Vec::new(), frames: Vec::new() }));
        let begun = Instant::now();
        let child = pair.slave.spawn_command(command).expect("the program");
        drop(pair.slave);
        read_along(output, seen.clone());
        let line = Self { child, writer, seen, _master: pair.master };
        let drawn = line.frame_after(0);
        (line, drawn - begun)
    }

    /// Presses a key and returns how long its frame took; the frame is drawn even where the list has ended.
    fn press(&mut self, key: &[u8]) -> Duration {
        // Whatever is still under way belongs to the key before.
        let mut known = self.frames();
        loop {
            std::thread::sleep(Duration::from_millis(15));
            if self.frames() == known {
                break;
            }
            known = self.frames();
        }
        let begun = Instant::now();
        self.writer.write_all(key).expect("the keyboard works");
        self.writer.flush().expect("the keyboard works");
        self.frame_after(known) - begun
    }

    fn frames(&self) -> usize {
        self.seen.lock().expect("the reader lives").frames.len()
    }

    /// Waits for a frame beyond the first `known` ones.
    fn frame_after(&self, known: usize) -> Instant {
        let begun = Instant::now();
        loop {
            let seen = self.seen.lock().expect("the reader lives");
            if let Some(frame) = seen.frames.get(known) {
                return *frame;
            }
            assert!(begun.elapsed() < PATIENCE, "no frame came:\n{}", seen.screen.screen().contents());
            drop(seen);
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// Resident memory of the program, now and at its highest.
    fn memory(&self) -> String {
        let id = self.child.process_id().expect("the program runs");
        crate::memory_of(&format!("/proc/{id}/status"))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_along(file: RawFd, seen: Arc<Mutex<Seen>>) {
    std::thread::spawn(move || {
        let mut buffer = [0u8; 8192];
        loop {
            // SAFETY: one buffer on this stack; a closed file only makes the read fail, which ends the thread.
            let read = unsafe { libc::read(file, buffer.as_mut_ptr().cast(), buffer.len()) };
            if read <= 0 {
                return;
            }
            let now = Instant::now();
            let bytes = &buffer[..read as usize];
            let mut seen = seen.lock().expect("the measuring lives");
            seen.screen.process(bytes);
            seen.tail.extend_from_slice(bytes);
            let ends = seen.tail.windows(FRAME_END.len()).filter(|window| *window == FRAME_END).count();
            seen.frames.extend(std::iter::repeat_n(now, ends));
            // What may be the beginning of a mark is kept for the bytes to come; a whole mark is counted once.
            let keep = (1..FRAME_END.len()).rev().find(|n| seen.tail.ends_with(&FRAME_END[..*n])).unwrap_or(0);
            let cut = seen.tail.len() - keep;
            seen.tail.drain(..cut);
        }
    });
}
