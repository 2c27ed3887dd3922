//! A new file that is there whole or not at all: written under another name, then given its own.
//!
//! Called by every writer of exports. Nothing is overwritten, no link is followed, and nobody else may read it.

use std::fs::{File, OpenOptions, hard_link, remove_file, symlink_metadata};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file being written; gone without a trace unless [`NewFile::finish`] is called.
pub struct NewFile {
    out: Option<BufWriter<File>>,
    part: PathBuf,
    to: PathBuf,
    over: bool,
}

/// Writes a report whole; one of that name is replaced, but never written through a link.
pub fn put(to: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = NewFile::over(to)?;
    file.write_all(bytes)?;
    file.finish()
}

impl NewFile {
    /// Begins a file; `AlreadyExists` when anything has that name, a link to nowhere too.
    pub fn create(to: &Path) -> io::Result<Self> {
        if symlink_metadata(to).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Self::part_of(to, false)
    }

    fn part_of(to: &Path, over: bool) -> io::Result<Self> {
        let name = to.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
        for n in 0..100 {
            let part = to.with_file_name(format!(".{name}.{}-{n}.part", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part) {
                Ok(file) => return Ok(Self { out: Some(BufWriter::new(file)), part, to: to.to_owned(), over }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Begins a file that takes the place of one of that name when it is whole; links, folders and devices are refused.
    pub fn over(to: &Path) -> io::Result<Self> {
        match symlink_metadata(to) {
            Ok(about) if about.is_file() => Self::part_of(to, true),
            _ => Self::create(to),
        }
    }

    /// Gives the file its name; whoever took it meanwhile keeps it.
    pub fn finish(mut self) -> io::Result<()> {
        let Some(out) = self.out.take() else { return Ok(()) };
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        if self.over {
            return std::fs::rename(&self.part, &self.to);
        }
        match hard_link(&self.part, &self.to) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // Disks without hard links.
            Err(_) if symlink_metadata(&self.to).is_err() => std::fs::rename(&self.part, &self.to),
            Err(error) => Err(error),
        }
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.as_mut().map_or(Ok(0), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // The part has done its work, or its file came to nothing.
        let _ = remove_file(&self.part);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder");
        let mut names: Vec<_> =
            entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_there_whole_and_for_its_owner_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path().join("out.csv");
        let mut file = NewFile::create(&to).expect("begins");
        file.write_all("您好".as_bytes()).expect("writes");
        assert!(!to.exists(), "not before it is whole");
        file.finish().expect("ends");
        assert_eq!(std::fs::read_to_string(&to).expect("reads"), "您好");
        assert_eq!(to.metadata().expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(names(folder.path()), ["out.csv"]);
    }

    #[test]
    fn what_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut file = NewFile::create(&folder.path().join("out.csv")).expect("begins");
        file.write_all(b"half").expect("writes");
        drop(file);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_report_takes_the_place_of_the_last_one_but_not_of_a_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let (to, link) = (folder.path().join("report.html"), folder.path().join("link.html"));
        put(&to, b"old").expect("writes");
        put(&to, b"new").expect("writes");
        symlink(&to, &link).expect("links");
        assert!(put(&link, b"through").is_err());
        assert!(put(folder.path(), b"a folder").is_err());
        assert_eq!(std::fs::read(&to).expect("reads"), b"new");
        assert_eq!(names(folder.path()), ["link.html", "report.html"]);
    }

    #[test]
    fn neither_a_file_nor_a_link_is_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let (to, victim) = (folder.path().join("out.csv"), folder.path().join("victim"));
        for target in [&victim, &folder.path().join("nowhere")] {
            std::fs::write(&victim, "mine").expect("writes");
            symlink(target, &to).expect("links");
            assert_eq!(NewFile::create(&to).err().map(|e| e.kind()), Some(io::ErrorKind::AlreadyExists));
            std::fs::remove_file(&to).expect("there");
        }
        let mut late = NewFile::create(&to).expect("begins");
        late.write_all(b"late").expect("writes");
        symlink(&victim, &to).expect("links");
        assert_eq!(late.finish().err().map(|e| e.kind()), Some(io::ErrorKind::AlreadyExists));
        assert_eq!(std::fs::read_to_string(&victim).expect("reads"), "mine");
    }
}
