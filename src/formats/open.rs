//! Opening a file that somebody named: only a true file, and never waiting for one.

use std::fs::{File, Metadata, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::formats::error::Error;

/// Opens a file for reading. Folders, pipes and devices are refused; a pipe would keep us waiting, a device reading,
/// without end.
pub fn open(path: &Path) -> Result<(File, Metadata), Error> {
    let failed = |source| Error::Io { path: path.to_owned(), source };
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(failed)?;
    let about = file.metadata().map_err(failed)?;
    if about.is_file() { Ok((file, about)) } else { Err(Error::NotAFile { path: path.to_owned() }) }
}
