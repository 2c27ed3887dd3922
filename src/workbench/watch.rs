//! Watching a folder for the nightly drop: files are taken in once they have settled, each once.
//!
//! Called by `cli::watch`, which decides when to look again. A file has settled when its size and time did not change
//! between two looks. What was taken in is known by its bytes, so a watch that begins anew repeats nothing; a file
//! that grew is read again and adds what is new.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::formats::error::Error as FormatsError;
use crate::progress::Progress;
use crate::workbench::error::{Error, Result};
use crate::workbench::import::{self, FileReport, Wanted};
use crate::workbench::project::Project;

/// Endings of files a transfer has not finished.
const UNFINISHED: [&str; 5] = [".part", ".tmp", ".filepart", ".crdownload", ".partial"];

/// What a look at the folder came to, for one file.
#[derive(Debug)]
pub enum News {
    Imported(FileReport),
    /// Refused, or not to be read now; told once until the file changes.
    Refused(PathBuf, Error),
}

/// One file as it was last seen.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    size: u64,
    time: Option<SystemTime>,
    /// Whether it was taken in or refused for good.
    done: bool,
    /// Whether its refusal was told.
    told: bool,
}

/// A folder that is watched.
pub struct Watch {
    /// The folder, with what was asked for its files.
    wanted: Wanted,
    seen: HashMap<PathBuf, Seen>,
    /// Whether it was told that the folder is gone.
    gone: bool,
}

impl Watch {
    /// Returns a watch that has seen nothing yet.
    pub fn new(folder: Wanted) -> Self {
        Self { wanted: folder, seen: HashMap::new(), gone: false }
    }

    /// Tells whether a file waits to settle.
    pub fn waits(&self) -> bool {
        self.seen.values().any(|seen| !seen.done && !seen.told)
    }

    /// Looks at the folder once, and takes in what has settled since the last look.
    ///
    /// Only a stop ends it early; a file that vanishes or is refused is news, not an end.
    pub fn look(&mut self, project: &mut Project, progress: &dyn Progress, tell: &mut dyn FnMut(News)) -> Result<()> {
        let folder = self.wanted.path.clone();
        if !folder.is_dir() {
            if !std::mem::replace(&mut self.gone, true) {
                tell(News::Refused(folder.clone(), Error::NothingThere { path: folder }));
            }
            return Ok(());
        }
        self.gone = false;
        // An empty folder is no trouble here.
        let files = import::files(&folder).unwrap_or_default();
        self.seen.retain(|path, _| files.contains(path));
        for path in files.into_iter().filter(|path| is_finished(path)) {
            if progress.stopped() {
                return Err(Error::Stopped);
            }
            // A file may vanish between the list and the look.
            let Ok(about) = std::fs::metadata(&path) else { continue };
            let now = Seen { size: about.len(), time: about.modified().ok(), done: false, told: false };
            match self.seen.get(&path).copied() {
                Some(before) if (before.size, before.time) == (now.size, now.time) => {
                    if !before.done {
                        let after = self.take(project, &path, before, progress, tell)?;
                        self.seen.insert(path, after);
                    }
                }
                _ => drop(self.seen.insert(path, now)),
            }
        }
        Ok(())
    }

    /// Takes in one settled file, and returns how it stands then.
    fn take(
        &self,
        project: &mut Project,
        path: &Path,
        seen: Seen,
        progress: &dyn Progress,
        tell: &mut dyn FnMut(News),
    ) -> Result<Seen> {
        if import::is_known(project, path).unwrap_or(false) {
            return Ok(Seen { done: true, ..seen });
        }
        let one = Wanted { path: path.to_path_buf(), ..self.wanted.clone() };
        let refused = match import::import_all(project, &[one], None, progress) {
            Ok(report) => {
                report.files.into_iter().for_each(|file| tell(News::Imported(file)));
                report.refused.into_iter().next()
            }
            Err(error) if error.is_stop() => return Err(error),
            Err(error) => Some((path.to_path_buf(), error)),
        };
        let Some((path, error)) = refused else { return Ok(Seen { done: true, ..seen }) };
        if !path.exists() {
            return Ok(seen);
        }
        // What is wrong with the disk or the project may pass; what is wrong with the file stays until it changes.
        let passes = matches!(error, Error::Store(_) | Error::Formats(FormatsError::Io { .. }));
        if !seen.told {
            tell(News::Refused(path, error));
        }
        Ok(Seen { done: !passes, told: true, ..seen })
    }
}

fn is_finished(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    !name.starts_with("~$") && !UNFINISHED.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;

    /// A watched folder.
    struct Drop {
        folder: tempfile::TempDir,
        project: Project,
        watch: Watch,
    }

    impl Drop {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let watch = Watch::new(Wanted { path: folder.path().to_path_buf(), ..Wanted::default() });
            Self { folder, project: Project::in_memory("li").unwrap(), watch }
        }

        fn write(&self, name: &str, text: impl AsRef<[u8]>) {
            std::fs::write(self.folder.path().join(name), text).unwrap();
        }

        /// Looks once; says what was told: `name kept` or `name refused`.
        fn look(&mut self) -> Vec<String> {
            let mut told = Vec::new();
            let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut tell = |news| {
                told.push(match news {
                    News::Imported(file) => format!("{} {}", name(&file.path), file.kept),
                    News::Refused(path, _) => format!("{} refused", name(&path)),
                });
            };
            self.watch.look(&mut self.project, &Quiet, &mut tell).unwrap();
            told
        }
    }

    #[test]
    fn a_file_is_taken_once_it_has_settled_and_once_only() {
        let mut drop = Drop::new();
        assert!(drop.look().is_empty(), "an empty folder is no trouble");
        drop.write("a.txt", "怎么开户\n");
        assert!(drop.look().is_empty(), "it may still be written");
        drop.write("a.txt", "怎么开户\n卡丢了\n");
        assert!(drop.look().is_empty(), "it was");
        assert_eq!(drop.look(), ["a.txt 2"]);
        assert!(drop.look().is_empty());
        drop.write("copy.txt", "怎么开户\n卡丢了\n");
        assert!([drop.look(), drop.look()].concat().is_empty(), "the same bytes under another name");
    }

    #[test]
    fn a_file_that_grew_adds_what_is_new() {
        let mut drop = Drop::new();
        let rows = "会话ID,角色,内容\nS1,客户,怎么开户\n";
        drop.write("a.csv", rows);
        assert_eq!([drop.look(), drop.look()].concat(), ["a.csv 1"]);
        drop.write("a.csv", format!("{rows}S1,客服,带身份证\n"));
        assert_eq!([drop.look(), drop.look()].concat(), ["a.csv 1"]);
        assert_eq!(drop.project.counts().unwrap().turns, 2);
    }

    #[test]
    fn a_watch_that_begins_anew_repeats_nothing() {
        let mut drop = Drop::new();
        drop.write("a.txt", "怎么开户\n");
        assert_eq!([drop.look(), drop.look()].concat(), ["a.txt 1"]);
        drop.watch = Watch::new(Wanted { path: drop.folder.path().to_path_buf(), ..Wanted::default() });
        assert!([drop.look(), drop.look(), drop.look()].concat().is_empty());
    }

    #[test]
    fn what_is_refused_is_told_once_until_it_changes() {
        let mut drop = Drop::new();
        drop.write("a.json", "[{\"text\": oops}]");
        assert_eq!([drop.look(), drop.look(), drop.look()].concat(), ["a.json refused"]);
        drop.write("a.json", "[{\"text\": \"怎么开户\"}]");
        assert_eq!([drop.look(), drop.look(), drop.look()].concat(), ["a.json 1"]);
    }

    #[test]
    fn vanished_files_folders_and_unfinished_transfers_are_survived() {
        let mut drop = Drop::new();
        drop.write("a.csv.part", "内容\n怎么开户\n");
        drop.write("b.txt", "卡丢了\n");
        assert!(drop.look().is_empty());
        std::fs::remove_file(drop.folder.path().join("b.txt")).unwrap();
        assert!([drop.look(), drop.look()].concat().is_empty());
        assert!(!drop.watch.waits());
        let moved = drop.folder.path().with_extension("moved");
        std::fs::rename(drop.folder.path(), &moved).unwrap();
        assert_eq!([drop.look(), drop.look()].concat().len(), 1, "the folder is gone, told once");
        std::fs::rename(&moved, drop.folder.path()).unwrap();
        drop.write("c.txt", "卡丢了\n");
        assert_eq!([drop.look(), drop.look()].concat(), ["c.txt 1"]);
    }
}
