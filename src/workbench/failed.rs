//! The rows of an import that could not be used, written beside it for the trainer to mend.

use std::path::{Path, PathBuf};

use crate::formats;
use crate::formats::options::ReadOptions;
use crate::formats::record::{RejectReason, Rejected};
use crate::formats::write::failed::Failed;
use crate::formats::write::file::NewFile;
use crate::workbench::error::{Error, Result};

/// Where failed rows go, and how their reasons are said.
pub struct FailedTo<'d> {
    pub folder: PathBuf,
    pub headings: [&'static str; 2],
    pub says: &'d dyn Fn(&RejectReason) -> String,
}

/// The failed rows of one file; the table begins with the first of them.
pub(in crate::workbench) struct FailedRows<'d> {
    to: &'d FailedTo<'d>,
    path: &'d Path,
    options: &'d ReadOptions,
    begun: Option<(PathBuf, Failed<NewFile>)>,
}

impl<'d> FailedRows<'d> {
    /// Begins without a file.
    pub fn new(to: &'d FailedTo<'d>, path: &'d Path, options: &'d ReadOptions) -> Self {
        Self { to, path, options, begun: None }
    }

    /// Adds a row.
    pub fn add(&mut self, row: &Rejected) -> Result<()> {
        if self.begun.is_none() {
            self.begun = Some(self.begin()?);
        }
        let Some((path, table)) = &mut self.begun else { return Ok(()) };
        let said = (self.to.says)(&row.reason);
        table.row(row.line, &said, &row.raw).map_err(|source| Error::Write { path: path.clone(), source })
    }

    fn begin(&self) -> Result<(PathBuf, Failed<NewFile>)> {
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let path = self.to.folder.join(format!("{name}.failed.csv"));
        let fault = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::AlreadyExists => Error::Exists { path: path.clone() },
            _ => Error::Write { path: path.clone(), source },
        };
        let sniffed = formats::read::sniffed(self.path, self.options)?;
        let file = NewFile::create(&path).map_err(fault)?;
        let table = Failed::new(sniffed.table.as_ref(), self.to.headings, file).map_err(fault)?;
        Ok((path, table))
    }

    /// Ends the table; returns where it lies, if there is one.
    pub fn finish(self) -> Result<Option<PathBuf>> {
        let Some((path, table)) = self.begun else { return Ok(None) };
        let ended = table.end().and_then(NewFile::finish);
        ended.map(|()| Some(path.clone())).map_err(|source| Error::Write { path, source })
    }
}
