//! What can go wrong with a project file, as data.

use std::path::PathBuf;

use crate::domain::label::Label;

/// A refusal of the store; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no file.
    #[error("no such project file: {}", path.display())]
    Missing { path: PathBuf },
    /// A new project would overwrite a file.
    #[error("exists already: {}", path.display())]
    Exists { path: PathBuf },
    /// The file is no project of ours.
    #[error("not a daoshi project: {}", path.display())]
    Foreign { path: PathBuf },
    /// The file was written by a newer program.
    #[error("newer project file: {} has version {found}, this program knows {known}", path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    /// The file or its folder cannot be written.
    #[error("read-only: {}", path.display())]
    ReadOnly { path: PathBuf },
    /// The folder does not exist or cannot be entered.
    #[error("cannot create: {}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    /// The disk is full.
    #[error("disk full: {}", path.display())]
    Full { path: PathBuf },
    /// Another process held the file too long.
    #[error("busy: {}", path.display())]
    Busy { path: PathBuf },
    /// A file comes in at this moment, and what was asked would take its rows away.
    #[error("importing: {actor}: {source_file}")]
    Importing { actor: String, source_file: String },
    /// Another trainer decided on an item since it was shown.
    #[error("{} decided on it meanwhile", .0.actor)]
    Crossed(Box<Label>),
    /// The file is damaged.
    #[error("damaged: {}: {what}", path.display())]
    Damaged { path: PathBuf, what: String },
    /// A statement of the trainer's own (`daoshi sql`) is refused.
    #[error("sql: {what}")]
    Statement { what: String },
    /// Long work was stopped.
    #[error("stopped")]
    Stopped,
    /// Anything else SQLite says.
    #[error("sqlite: {0}")]
    Sqlite(rusqlite::Error),
    /// A kept document does not read.
    #[error("kept document: {0}")]
    Document(#[from] serde_json::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Sqlite(error)
    }
}

impl Error {
    /// Names SQLite's refusal by what a trainer can do about it.
    pub fn at(self, path: &std::path::Path) -> Self {
        use rusqlite::ErrorCode as Code;
        let Error::Sqlite(rusqlite::Error::SqliteFailure(failure, ref what)) = self else { return self };
        let path = path.to_path_buf();
        match failure.code {
            Code::ReadOnly | Code::PermissionDenied => Error::ReadOnly { path },
            Code::CannotOpen if path.exists() => Error::ReadOnly { path },
            Code::DiskFull => Error::Full { path },
            Code::DatabaseBusy | Code::DatabaseLocked => Error::Busy { path },
            Code::NotADatabase => Error::Foreign { path },
            Code::DatabaseCorrupt => Error::Damaged { what: what.clone().unwrap_or_else(|| failure.to_string()), path },
            _ => self,
        }
    }
}

/// What the store's functions return.
pub type Result<T> = std::result::Result<T, Error>;
