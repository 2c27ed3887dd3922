//! A program that runs beside this one: watched, stopped with all it started, and never left behind.
//!
//! Called where a trainer's own program does a piece of work: hearing a recording (`formats::call::recogniser`), answering
//! a call of the policy (`outside`). No shell is involved. Not here: which program, and what its output means.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

/// The shortest and the longest time between two looks at a running program.
const LOOKS: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(50));

/// How long it may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(3);

/// How a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended<S> {
    Status(ExitStatus),
    /// It took longer than it may.
    Late,
    /// Whoever looked on wanted it stopped, and why.
    Stopped(S),
}

/// A program that runs in a group of its own; it ends with this value, and so do the programs it started.
pub struct Running(Child);

impl Running {
    /// Starts a program.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        command.process_group(0).spawn().map(Self)
    }

    /// Waits for its end; `stop` is asked again and again whether, and why, it should come sooner.
    pub fn watch<S>(mut self, limit: Duration, mut stop: impl FnMut() -> Option<S>) -> io::Result<Ended<S>> {
        let begun = Instant::now();
        let mut look = LOOKS.0;
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(Ended::Status(status));
            }
            if let Some(why) = stop() {
                return Ok(Ended::Stopped(why));
            }
            let left = limit.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Ok(Ended::Late);
            }
            std::thread::sleep(look.min(left));
            look = (look * 2).min(LOOKS.1);
        }
    }

    fn signal(&self, signal: i32) {
        // SAFETY: kill only sends a signal; the group is the child's own and is not reaped yet.
        unsafe { libc::kill(-(self.0.id() as i32), signal) };
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(Some(_))) {
            return;
        }
        self.signal(libc::SIGTERM);
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE && matches!(self.0.try_wait(), Ok(None)) {
            std::thread::sleep(LOOKS.1);
        }
        self.signal(libc::SIGKILL);
        // Killed: the wait is short, and there is nobody to tell of its failure.
        drop(self.0.wait());
    }
}

/// Cuts a command line into words as a shell would; `None` when it has none, or when a quote stays open.
pub fn words(line: &str) -> Option<Vec<String>> {
    shlex::split(line).filter(|words| !words.is_empty())
}

/// Creates a file nobody else may read.
pub fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Returns the last bytes of a file as text; empty where there is none.
pub fn tail(path: &Path, most: u64) -> String {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(size.saturating_sub(most)))?;
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

/// Returns the last lines of a complaint on one line.
pub fn last_lines(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).rev().take(4).collect();
    lines.reverse();
    lines.join(" | ")
}
