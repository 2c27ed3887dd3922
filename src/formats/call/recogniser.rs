//! Recordings: the trainer's own recogniser runs over them, and what it writes is read like any other file.
//!
//! The recogniser is a command line with `{input}` and `{output}`. No shell sees it: it is cut into words as a shell would,
//! and the places of the two stand for whole paths. What it writes lies in a folder nobody else may enter, and goes with it.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::formats::error::{Error, Unheard};
use crate::process::{self, Ended, Running, last_lines, private_file, tail};
use crate::progress::Progress;

/// How much of what it complained of is kept, in bytes.
const TAIL: u64 = 2048;

/// Minutes a recording may take, unless the trainer says otherwise.
pub const MINUTES: u64 = 60;

/// Kinds of files a recogniser writes, best first: those that know times and speakers.
const BEST: [&str; 7] = ["json", "jsonl", "vtt", "srt", "lrc", "tsv", "txt"];

/// The trainer's own recogniser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recogniser {
    /// The command line, with `{input}` and `{output}`; without `{output}` what it prints is read.
    pub command: String,
    /// How long one recording may take.
    pub limit: Duration,
}

/// What a recogniser wrote; it vanishes with this value.
pub struct Heard {
    pub path: PathBuf,
    /// The last words of its complaints, for whoever cannot read what it wrote.
    pub complaint: String,
    _folder: TempDir,
}

impl Recogniser {
    /// Returns the recogniser of a command line.
    pub fn new(command: &str, minutes: Option<u64>) -> Self {
        let minutes = minutes.unwrap_or(MINUTES).clamp(1, 7 * 24 * 60);
        Self { command: command.to_owned(), limit: Duration::from_secs(minutes * 60) }
    }

    /// Runs over a recording and returns what was heard.
    pub fn hear(&self, recording: &Path, progress: &dyn Progress) -> Result<Heard, Error> {
        let unheard = |why: Unheard| self.refusal(recording, why);
        let broken = |error: io::Error| self.refusal(recording, Unheard::NotRun { what: error.to_string() });
        let private = std::fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().prefix("daoshi-").permissions(private).tempdir().map_err(broken)?;
        let out = folder.path().join("out");
        std::fs::create_dir(&out).map_err(broken)?;
        let (printed, complained) = (folder.path().join("printed"), folder.path().join("complained"));
        let input = std::path::absolute(recording).map_err(broken)?;
        let words = self.words(&input, &out.join("transcript")).map_err(unheard)?;
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdin(Stdio::null());
        command.stdout(private_file(&printed).map_err(broken)?).stderr(private_file(&complained).map_err(broken)?);
        let running = Running::start(&mut command).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => unheard(Unheard::Missing { program: words[0].clone() }),
            _ => broken(error),
        })?;
        let size = std::fs::metadata(recording).map_or(0, |about| about.len());
        let status = running.watch(self.limit, || {
            progress.at(done(&tail(&complained, 256), size), size);
            progress.stopped().then_some(())
        });
        let complaint = last_lines(&tail(&complained, TAIL));
        let code = match status.map_err(broken)? {
            Ended::Stopped(()) => return Err(Error::Stopped),
            Ended::Late => return Err(unheard(Unheard::Late { minutes: self.limit.as_secs().div_ceil(60).max(1) })),
            Ended::Status(status) if status.success() => 0,
            Ended::Status(status) => status.code().unwrap_or(-1),
        };
        if code != 0 {
            return Err(unheard(Unheard::Failed { code, said: complaint }));
        }
        let path = written(&out).or_else(|| Some(printed).filter(|path| filled(path)));
        let path = path.ok_or_else(|| unheard(Unheard::Nothing { said: complaint.clone() }))?;
        Ok(Heard { path, complaint, _folder: folder })
    }

    /// Returns the refusal of a recording.
    pub fn refusal(&self, recording: &Path, why: Unheard) -> Error {
        Error::Unheard { path: recording.to_owned(), command: self.command.clone(), why }
    }

    /// Cuts the command line into its program and arguments.
    fn words(&self, input: &Path, output: &Path) -> Result<Vec<String>, Unheard> {
        let words = process::words(&self.command).ok_or(Unheard::Quotes)?;
        if !words.iter().any(|word| word.contains("{input}")) {
            return Err(Unheard::NoInput);
        }
        let (input, output) = (input.to_str().ok_or(Unheard::Name)?, output.to_str().ok_or(Unheard::Name)?);
        // The recording's name may hold braces of its own: it is put in last, and never looked at again.
        Ok(words.iter().map(|word| word.replace("{output}", output).replace("{input}", input)).collect())
    }
}

/// Returns the best file in the folder the recogniser was given, or one folder deeper.
fn written(folder: &Path) -> Option<PathBuf> {
    let list = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    let here = list(folder);
    let deeper = here.iter().filter(|path| path.is_dir()).flat_map(|path| list(path)).collect::<Vec<_>>();
    let mut files: Vec<PathBuf> = here.into_iter().chain(deeper).filter(|path| filled(path)).collect();
    let rank = |path: &PathBuf| {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        BEST.iter().position(|known| *known == ending).unwrap_or(if ending.is_empty() { 0 } else { BEST.len() })
    };
    files.sort_by_key(|path| (rank(path), path.clone()));
    files.into_iter().next()
}

fn filled(path: &Path) -> bool {
    // A link may lead anywhere: only what the recogniser itself wrote is read.
    std::fs::symlink_metadata(path).is_ok_and(|about| about.is_file() && about.len() > 0)
}

/// Returns how many of `size` bytes are behind us, by the last percentage a recogniser printed.
fn done(text: &str, size: u64) -> u64 {
    let percent = text.rsplit_once('%').and_then(|(before, _)| {
        let digits = before.trim_end().rsplit(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse::<u64>().ok().filter(|percent| *percent <= 100)
    });
    size / 100 * percent.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Instant;

    use super::*;
    use crate::progress::Quiet;

    /// Stops at the nth look.
    struct Tired(AtomicU32);

    impl Progress for Tired {
        fn at(&self, _: u64, _: u64) {}
        fn stopped(&self) -> bool {
            self.0.fetch_sub(1, Ordering::Relaxed) <= 1
        }
    }

    /// A recording and a recogniser that is a little shell script.
    struct Booth {
        folder: TempDir,
    }

    impl Booth {
        fn new() -> Self {
            let booth = Self { folder: tempfile::tempdir().expect("a folder") };
            std::fs::write(booth.recording(), b"RIFF....WAVE").expect("a file");
            booth
        }

        fn recording(&self) -> PathBuf {
            // Blanks, quotes and a dollar: no shell may see this name.
            self.folder.path().join("a call's $(touch x) {output}.wav")
        }

        fn recogniser(&self, script: &str, words: &str) -> Recogniser {
            let program = self.folder.path().join("hear.sh");
            std::fs::write(&program, script).expect("a file");
            Recogniser::new(&format!("sh '{}' {words}", program.display()), None)
        }

        fn hear(&self, script: &str, words: &str) -> Result<String, Unheard> {
            match self.recogniser(script, words).hear(&self.recording(), &Quiet) {
                Ok(heard) => {
                    let mode = std::fs::metadata(heard.path.parent().expect("a folder")).expect("there").permissions();
                    let _ = mode;
                    Ok(std::fs::read_to_string(&heard.path).expect("reads"))
                }
                Err(Error::Unheard { why, .. }) => Err(why),
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn what_is_written_or_printed_is_heard() {
        let booth = Booth::new();
        let input = std::path::absolute(booth.recording()).expect("a path").display().to_string();
        assert_eq!(booth.hear("printf '%s' \"$1\"", "{input}"), Ok(input.clone()));
        assert_eq!(booth.hear("printf '%s' \"$1\" > \"$2\"; echo noise", "{input} {output}"), Ok(input.clone()));
        assert_eq!(booth.hear("printf b > \"$2.txt\"; printf a > \"$2.json\"", "{input} {output}"), Ok("a".to_owned()));
        assert_eq!(booth.hear("mkdir \"$2\"; printf a > \"$2/call.srt\"", "{input} {output}"), Ok("a".to_owned()));
        assert_eq!(booth.hear("printf '%s' \"$1\"", "--file={input}"), Ok(format!("--file={input}")));
        assert!(!booth.folder.path().join("x").exists() && !Path::new("x").exists(), "a shell saw the name");
    }

    #[test]
    fn what_is_heard_is_private_and_goes_away() {
        let booth = Booth::new();
        let recogniser = booth.recogniser("echo a", "{input}");
        let heard = recogniser.hear(&booth.recording(), &Quiet).expect("hears");
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        let folder = heard.path.parent().expect("a folder").to_owned();
        assert_eq!((mode(&folder), mode(&heard.path)), (0o700, 0o600));
        drop(heard);
        assert!(!folder.exists());
    }

    #[test]
    fn every_failure_has_its_own_name() {
        let booth = Booth::new();
        let failed = booth.hear("echo loading >&2; echo no model >&2; exit 3", "{input}");
        assert_eq!(failed, Err(Unheard::Failed { code: 3, said: "loading | no model".to_owned() }));
        assert_eq!(booth.hear("echo quiet >&2", "{input}"), Err(Unheard::Nothing { said: "quiet".to_owned() }));
        let hear = |command: &str| match Recogniser::new(command, None).hear(&booth.recording(), &Quiet) {
            Err(Error::Unheard { why, .. }) => why,
            _ => panic!("{command}"),
        };
        assert_eq!(hear("no-such-recogniser {input}"), Unheard::Missing { program: "no-such-recogniser".to_owned() });
        assert_eq!(hear("sh 'open {input}"), Unheard::Quotes);
        assert_eq!(hear(""), Unheard::Quotes);
        assert_eq!(hear("sh -c true"), Unheard::NoInput);
    }

    #[test]
    fn one_that_hangs_is_stopped_with_all_it_started() {
        let booth = Booth::new();
        let mark = booth.folder.path().join("pid");
        let script = format!("sleep 1000 & echo $! > '{}'; wait", mark.display());
        let recogniser = booth.recogniser(&script, "{input}");
        let begun = Instant::now();
        let stopped = recogniser.hear(&booth.recording(), &Tired(AtomicU32::new(20)));
        assert!(matches!(stopped, Err(Error::Stopped)));
        assert!(begun.elapsed() < Duration::from_secs(60));
        let pid: i32 = std::fs::read_to_string(&mark).expect("begun").trim().parse().expect("a number");
        // SAFETY: signal 0 sends nothing; it only asks whether the process lives.
        let lives = || unsafe { libc::kill(pid, 0) } == 0;
        while lives() && begun.elapsed() < Duration::from_secs(60) {
            // A dead process may wait for its new parent to notice.
            let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            if state.contains(") Z ") {
                break;
            }
            std::thread::yield_now();
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{pid} lives on");
        let late = Recogniser { limit: Duration::from_millis(60), ..recogniser };
        let late = late.hear(&booth.recording(), &Quiet);
        assert!(matches!(late, Err(Error::Unheard { why: Unheard::Late { minutes: 1 }, .. })));
    }

    #[test]
    fn a_percentage_is_progress() {
        assert_eq!(done("progress =  45%\r", 1000), 450);
        assert_eq!(done(" 12%|##  | 3/9\r 40%|", 1000), 400);
        assert_eq!((done("", 1000), done("900%", 1000), done("%", 1000)), (0, 0, 0));
    }
}
