//! A program of the trainer's answers: the question on its stdin, the answer on its stdout.

use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::dialogue::turn::outside::{Failure, Why};
use crate::outside::answer::MOST;
use crate::process::{Ended, Running, last_lines, private_file, tail};
use crate::progress::Progress;

/// How much of what it complained of is kept, in bytes.
const TAIL: u64 = 512;

/// Runs a program, its words already cut, and returns what it printed. It and all it started end within the limit.
pub(super) fn run(
    words: &[String],
    question: &[u8],
    limit: Duration,
    progress: &dyn Progress,
) -> Result<Vec<u8>, Failure> {
    let broken = |error: io::Error| Failure::new(Why::NotRun, error);
    let folder = tempfile::Builder::new().prefix("daoshi-").tempdir().map_err(broken)?;
    let file = |name: &str| private_file(&folder.path().join(name)).map_err(broken);
    // Files, not pipes: a program that does not read, or does not stop to write, cannot make anybody wait.
    let mut asked = file("asked")?;
    asked.write_all(question).and_then(|()| asked.rewind()).map_err(broken)?;
    let mut printed = file("printed")?;
    let complained = folder.path().join("complained");
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdin(asked).stdout(printed.try_clone().map_err(broken)?).stderr(file("complained")?);
    let running = Running::start(&mut command).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::new(Why::Missing, &words[0]),
        _ => broken(error),
    })?;
    let ended = running.watch(limit, || {
        progress.at(0, 0);
        let long = size(&folder.path().join("printed")) > MOST as u64;
        long.then_some(Why::TooLong).or(progress.stopped().then_some(Why::Stopped))
    });
    match ended.map_err(broken)? {
        Ended::Late => return Err(Failure::new(Why::Late, limit.as_secs())),
        Ended::Stopped(Why::TooLong) => return Err(Failure::new(Why::TooLong, MOST)),
        Ended::Stopped(why) => return Err(Failure::new(why, "")),
        Ended::Status(status) if status.success() => {}
        Ended::Status(status) => {
            let code = status.code().unwrap_or(-1);
            let said = last_lines(&tail(&complained, TAIL));
            let detail = if said.is_empty() { code.to_string() } else { format!("{code}: {said}") };
            return Err(Failure::new(Why::Exit, detail));
        }
    }
    let mut bytes = Vec::new();
    printed.rewind().map_err(broken)?;
    // One more than it may be, so that it is known to be too long.
    printed.take(MOST as u64 + 1).read_to_end(&mut bytes).map_err(broken)?;
    Ok(bytes)
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |about| about.len())
}
