//! Creating and opening project files: settings of the connection, identity, file modes.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::store::error::{Error, Result};
use crate::store::met::Intake;
use crate::store::schema;

/// How long a write waits for another process's write.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long bulk work leaves the file alone after a long transaction; a waiting writer asks again after half of it.
///
/// SQLite's own waiting asks ever less often, and so misses these pauses for seconds.
const PAUSE: Duration = Duration::from_millis(1);

/// An open project file.
pub struct Store {
    pub(in crate::store) conn: Connection,
    path: PathBuf,
    /// What the batch that is being taken has met.
    pub(in crate::store) taking: Intake,
}

impl Store {
    /// Creates a project file, readable by its owner alone.
    pub fn create(path: &Path) -> Result<Self> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|source| {
            let path = path.to_path_buf();
            match source.kind() {
                std::io::ErrorKind::AlreadyExists => Error::Exists { path },
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                    Error::ReadOnly { path }
                }
                _ => Error::Folder { path, source },
            }
        })?;
        let mut store = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let made = schema::lift(&mut store.conn).map_err(|error| error.at(path));
        if let Err(error) = made {
            // Leave no half-made file behind; the folder was writable a moment ago.
            drop(store);
            let _ = std::fs::remove_file(path);
            return Err(error);
        }
        Ok(store)
    }

    /// Opens a project file, lifting an older one; refuses a newer or a foreign one untouched.
    pub fn open(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Err(Error::Missing { path: path.to_path_buf() });
        }
        let mut store = Self::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        if store.conn.is_readonly("main")? {
            return Err(Error::ReadOnly { path: path.to_path_buf() });
        }
        schema::lift(&mut store.conn).map_err(|error| error.at(path))?;
        Ok(store)
    }

    /// Opens a project file for reading alone.
    pub fn open_to_read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Err(Error::Missing { path: path.to_path_buf() });
        }
        Self::connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    /// Creates a project that lives in memory, for tests and trials.
    pub fn in_memory() -> Result<Self> {
        let mut conn = Connection::open_in_memory()?;
        conn.pragma_update(None, "foreign_keys", true)?;
        schema::lift(&mut conn)?;
        Ok(Self { conn, path: PathBuf::from(":memory:"), taking: Intake::default() })
    }

    /// Returns where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns a number that changes when another connection has written.
    pub fn data_version(&self) -> Result<i64> {
        Ok(self.conn.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// Runs `work` in one short writing transaction.
    pub(in crate::store) fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let Self { conn, path, .. } = self;
        let run = || -> Result<T> {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&tx)?;
            tx.commit()?;
            Ok(value)
        };
        run().map_err(|error| error.at(path))
    }

    /// Does `work`, one transaction among many, without forcing it to the disk; the next forced one forces it too.
    ///
    /// Then it leaves the file alone for a moment: whoever labels beside it gets their turn between two transactions.
    /// A power cut may take the latest such transactions, never one out of their middle. On a network file system nothing changes.
    pub(in crate::store) fn unforced<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        const FULL: i64 = 2;
        let begun = Instant::now();
        let forced = self.conn.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0))? == FULL;
        if forced {
            self.conn.pragma_update(None, "synchronous", "NORMAL")?;
        }
        let done = work(self);
        if forced {
            self.conn.pragma_update(None, "synchronous", "FULL")?;
        }
        std::thread::sleep((begun.elapsed() / 16).min(PAUSE));
        done
    }

    fn connect(path: &Path, access: OpenFlags) -> Result<Self> {
        let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let open = || -> Result<Connection> {
            let mut conn = Connection::open_with_flags(path, flags.difference(OpenFlags::SQLITE_OPEN_URI))?;
            // First of all: even reading the header may meet another process that recovers the log.
            conn.busy_handler(Some(wait))?;
            recognise(&conn, path)?;
            prepare(&conn, path, access == OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            Ok(conn)
        };
        let conn = open().map_err(|error| error.at(path))?;
        Ok(Self { conn, path: path.to_path_buf(), taking: Intake::default() })
    }
}

/// Waits a little for another's write, `times` before; gives up after [`PATIENCE`].
fn wait(times: i32) -> bool {
    let step = PAUSE / 2;
    std::thread::sleep(step);
    step * times.unsigned_abs() < PATIENCE
}

/// Refuses what is not ours or is newer than us. An empty file is a project being born.
fn recognise(conn: &Connection, path: &Path) -> Result<()> {
    let id: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version = schema::found(conn)?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    if tables > 0 && id != schema::APPLICATION_ID {
        return Err(Error::Foreign { path: path.to_path_buf() });
    }
    if version > schema::version() {
        return Err(Error::Newer { path: path.to_path_buf(), found: version, known: schema::version() });
    }
    Ok(())
}

fn prepare(conn: &Connection, path: &Path, reading: bool) -> Result<()> {
    use rusqlite::config::DbConfig;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "mmap_size", 0)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    // 32 MiB: a large import touches its unique indexes everywhere; the default 2 MiB would read each page again.
    conn.pragma_update(None, "cache_size", -32_768)?;
    conn.set_prepared_statement_cache_capacity(128);
    if reading {
        return Ok(());
    }
    if shared_over_network(path) {
        // A write-ahead log needs shared memory that network file systems do not give.
        conn.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        conn.pragma_update(None, "synchronous", "EXTRA")?;
    } else {
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
        // 32 MiB of log before it is worked into the file: pages an import writes again and again go there once, and each
        // time the disk is waited for.
        conn.pragma_update_and_check(None, "wal_autocheckpoint", 8_192, |_| Ok(()))?;
    }
    conn.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    Ok(())
}

/// Tells whether the file lies on a network or user-space file system.
fn shared_over_network(path: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let Ok(name) = std::ffi::CString::new(path.as_os_str().as_bytes()) else { return false };
    let mut info = std::mem::MaybeUninit::<libc::statfs>::uninit();
    // SAFETY: `name` is a C string, `info` has room for the answer, read only after success.
    let kind = unsafe {
        if libc::statfs(name.as_ptr(), info.as_mut_ptr()) != 0 {
            return false;
        }
        info.assume_init().f_type & 0xffff_ffff
    };
    // NFS, SMB, SMB2, CIFS, FUSE, 9P: magic numbers of statfs(2).
    [0x6969, 0x517b, 0xfe53_4d42, 0xff53_4d42, 0x6573_5546, 0x0102_1997].contains(&kind)
}
