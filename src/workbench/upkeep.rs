//! Keeping a project: checking, repairing, copying, erasing, asking in SQL.

use std::path::{Path, PathBuf};

use crate::store::open::Store;
use crate::store::upkeep::{Health, Table};
use crate::workbench::error::{Error, Result};
use crate::workbench::project::Project;

/// Checks the project file.
pub fn check(project: &Project) -> Result<Health> {
    Ok(project.store.check()?)
}

/// Repairs what a check can find: counts, broken-off imports and cleanings, projections.
pub fn repair(project: &mut Project) -> Result<()> {
    project.store.repair()?;
    Ok(project.store.rebuild()?)
}

/// Copies the project, checks the copy and returns where it lies.
pub fn backup(project: &Project, to: Option<&Path>) -> Result<PathBuf> {
    let to = match to {
        Some(to) => to.to_path_buf(),
        None => {
            let stamp = jiff::ZonedDateTime::now().strftime("%Y%m%d-%H%M%S").to_string();
            let path = project.path();
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            path.with_file_name(format!("{stem}.{stamp}.backup.daoshi"))
        }
    };
    project.store.backup(&to)?;
    Ok(to)
}

/// Puts a backup in the place of a project; the present file is kept beside it. Returns where.
pub fn restore(path: &Path, backup: &Path) -> Result<Option<PathBuf>> {
    let copy = Store::open_to_read(backup)?;
    let kept = if path.exists() {
        let stamp = jiff::ZonedDateTime::now().strftime("%Y%m%d-%H%M%S").to_string();
        let aside = path.with_extension(format!("before-restore-{stamp}.daoshi"));
        let write = |source| Error::Write { path: path.to_path_buf(), source };
        // The log beside the file belongs to it: fold it in before the file moves.
        if let Ok(store) = Store::open(path) {
            store.backup(&aside)?;
            drop(store);
            std::fs::remove_file(path).map_err(write)?;
        } else {
            std::fs::rename(path, &aside).map_err(write)?;
        }
        for end in ["-wal", "-shm"] {
            let mut beside = path.as_os_str().to_owned();
            beside.push(end);
            let _ = std::fs::remove_file(PathBuf::from(beside));
        }
        Some(aside)
    } else {
        None
    };
    copy.backup(path)?;
    Ok(kept)
}

/// Erases what was withdrawn or deleted from the file and from the backups beside it; returns turns and files erased.
pub fn purge(project: &mut Project) -> Result<(u64, Vec<PathBuf>)> {
    let erased = project.store.purge()?;
    let path = project.path();
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut gone = Vec::new();
    if let Some(folder) = path.parent()
        && let Ok(entries) = std::fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
    {
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let ours = name.starts_with(&format!("{stem}."))
                && (name.ends_with(".backup.daoshi") || name.contains(".before-restore-"));
            if ours && std::fs::remove_file(entry.path()).is_ok() {
                gone.push(entry.path());
            }
        }
    }
    Ok((erased, gone))
}

/// Answers one reading statement.
pub fn ask(path: &Path, sql: &str, limit: usize) -> Result<Table> {
    Ok(Store::open_to_read(path)?.ask(sql, limit)?)
}
