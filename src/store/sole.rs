//! One import at a time: two that write turns at once could each take the other's for what a broken-off one left.
//!
//! Who brings a file in holds a lock on an empty file beside the project. The system lets go of it when the process
//! ends, however it ends, so a killed import keeps nobody waiting. Labelling and reading go on meanwhile.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::OptionalExtension;

use crate::store::error::{Error, Result};
use crate::store::open::Store;

/// How often a waiting import asks again.
const STEP: Duration = Duration::from_millis(50);

/// The right to take a file in; given back when dropped.
#[derive(Debug)]
pub struct Sole(Option<(File, PathBuf)>);

/// Who holds that right, as far as the project tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Importer {
    pub actor: String,
    /// The file that comes in.
    pub source: String,
}

impl Store {
    /// Waits for the right to take a file in; `waits` hears who has it, each time before it is asked for again, and may
    /// end the waiting, which is [`Error::Stopped`].
    pub fn sole(&self, mut waits: impl FnMut(&Importer) -> bool) -> Result<Sole> {
        loop {
            if let Some(sole) = self.try_sole()? {
                return Ok(sole);
            }
            if !waits(&self.importer()?) {
                return Err(Error::Stopped);
            }
            std::thread::sleep(STEP);
        }
    }

    /// Takes the right to take a file in; `None` while another process has it.
    pub fn try_sole(&self) -> Result<Option<Sole>> {
        if self.path() == Path::new(":memory:") {
            return Ok(Some(Sole(None)));
        }
        let mut path = self.path().as_os_str().to_owned();
        path.push("-import");
        let path = PathBuf::from(path);
        loop {
            let open = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
            let Ok(file) = open else { return Err(Error::ReadOnly { path: self.path().to_path_buf() }) };
            match file.try_lock() {
                // Whoever had it may have taken the file away after it was opened here: such a lock locks nothing.
                Ok(()) if is_same(&file, &path) => return Ok(Some(Sole(Some((file, path))))),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                // A file system without locks: the digests of turns still keep doubles out.
                Err(TryLockError::Error(_)) => return Ok(Some(Sole(Some((file, path))))),
            }
        }
    }

    /// Returns who takes a file in now, or began to and broke off.
    pub(in crate::store) fn importer(&self) -> Result<Importer> {
        let found = self
            .conn
            .prepare_cached("SELECT actor, source FROM batch WHERE finished = 0 ORDER BY id DESC LIMIT 1")?
            .query_row([], |row| Ok(Importer { actor: row.get(0)?, source: row.get(1)? }))
            .optional()?;
        Ok(found.unwrap_or_default())
    }
}

/// Tells whether an open file is the one that lies at a path.
fn is_same(file: &File, path: &Path) -> bool {
    let identity = |about: std::fs::Metadata| (about.dev(), about.ino());
    file.metadata().ok().map(identity) == std::fs::metadata(path).ok().map(identity)
}

impl Drop for Sole {
    fn drop(&mut self) {
        if let Some((_, path)) = &self.0 {
            // While the lock is held, so that it is ours that goes.
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_to_import_is_one_and_leaves_no_file_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("p.daoshi");
        let mut store = Store::create(&path).expect("a project");
        let other = Store::open(&path).expect("opens");
        let sole = store.try_sole().expect("asks").expect("nobody has it");
        store.begin_batch("log.csv", 1, "", "", 0, "li").expect("begins");
        assert!(other.try_sole().expect("asks").is_none());
        let mut heard = Vec::new();
        let waited = other.sole(|importer| {
            heard.push(importer.clone());
            heard.len() < 3
        });
        assert!(matches!(waited, Err(Error::Stopped)));
        assert!(
            matches!(Store::open(&path).expect("opens").repair(), Err(Error::Importing { actor, .. }) if actor == "li")
        );
        assert_eq!(heard, vec![Importer { actor: "li".into(), source: "log.csv".into() }; 3]);
        let mut sole = Some(sole);
        let waited = other.sole(|_| {
            sole = None;
            true
        });
        drop(waited.expect("it was let go"));
        let left: Vec<_> =
            std::fs::read_dir(folder.path()).expect("reads").map(|entry| entry.unwrap().path()).collect();
        assert!(left.iter().all(|path| !path.to_string_lossy().ends_with("-import")), "{left:?}");
        assert!(Store::in_memory().expect("opens").try_sole().expect("asks").is_some());
    }
}
