//! Import profiles: how the files of one source are read, kept under a name and known again by their marks.
//!
//! Called by `import` for files nobody gave options for, by its screen and by the command line.

use std::path::{Path, PathBuf};

use crate::domain::event::Act;
use crate::formats;
use crate::formats::options::ReadOptions;
use crate::formats::profile::{Marks, Profile};
use crate::store::error::Result as StoreResult;
use crate::store::history::Deed;
use crate::store::record::Recorder;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// What stands before a folder's path in the setting that keeps its profile.
const FOLDER: &str = "profile of ";

/// Returns the project's profiles by name.
pub fn list(project: &Project) -> Result<Vec<Profile>> {
    let kept = project.store.profiles()?;
    Ok(kept.iter().map(|(_, text)| Profile::read(text)).collect::<std::result::Result<_, _>>()?)
}

/// Returns the project's profiles, then those of the program.
pub fn all(project: &Project) -> Result<Vec<Profile>> {
    Ok(list(project)?.into_iter().chain(Profile::ours()).collect())
}

/// Returns the profile with that name: the project's, else the program's.
pub fn named(project: &Project, name: &str) -> Result<Profile> {
    let all = all(project)?;
    match all.iter().find(|profile| profile.name == name) {
        Some(profile) => Ok(profile.clone()),
        None => Err(unknown(name, &all)),
    }
}

/// Returns the profile a file fits best.
pub fn matching(project: &Project, path: &Path) -> Result<Option<Profile>> {
    let mut looks: Vec<(ReadOptions, Option<Marks>)> = Vec::new();
    let mut best: Option<(u8, Profile)> = None;
    for profile in list(project)? {
        let cut = Profile::cut(&profile.options);
        let at = looks.iter().position(|(known, _)| *known == cut).unwrap_or_else(|| {
            // A file that cannot be looked at fits nothing; its reader says what is wrong.
            let marks = marks(path, &cut).ok();
            looks.push((cut, marks));
            looks.len() - 1
        });
        let fit = looks[at].1.as_ref().map_or(0, |marks| profile.fits(marks));
        // Of several that fit alike the first by name is taken.
        if fit > best.as_ref().map_or(0, |(fit, _)| *fit) {
            best = Some((fit, profile));
        }
    }
    Ok(best.map(|(_, profile)| profile))
}

/// Keeps how a file was read under a name; an older profile of that name is replaced.
pub fn save(project: &mut Project, name: &str, options: &ReadOptions, path: &Path) -> Result<Profile> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::EmptyName);
    }
    let mut options = options.clone();
    let seen = formats::read::sniffed(path, &options)?;
    if let Some(table) = seen.table {
        // What was found is kept as if it had been said: the next file may be too small to show it.
        if table.delimiter.is_some() {
            (options.header, options.delimiter, options.quoted) =
                (Some(table.header), table.delimiter, Some(table.quoted));
        }
        // Roles are kept with the headings they were read under, so that columns may move.
        let named = table.columns.iter().any(|column| !column.name.is_empty());
        options.columns = Some(table.columns.iter().map(|column| column.role).collect());
        options.headings = named.then(|| table.columns.iter().map(|column| column.name.clone()).collect());
    }
    let marks = marks(path, &Profile::cut(&options))?;
    let profile = Profile { name: name.to_owned(), options, marks };
    put(project, &profile)?;
    Ok(profile)
}

/// Takes in a profile another project wrote.
pub fn put(project: &mut Project, profile: &Profile) -> Result<()> {
    act(project, &profile.name, |recorder| recorder.put_profile(&profile.name, &profile.write()))
}

/// Forgets a profile.
pub fn delete(project: &mut Project, name: &str) -> Result<()> {
    let all = list(project)?;
    if !all.iter().any(|profile| profile.name == name) {
        return Err(unknown(name, &all));
    }
    act(project, name, |recorder| recorder.remove_profile(name))
}

/// Returns the profile kept for a folder.
pub fn of_folder(project: &Project, folder: &Path) -> Result<Option<String>> {
    Ok(project.store.setting(&folder_key(folder))?)
}

/// Keeps a profile for a folder.
pub fn keep_for_folder(project: &mut Project, folder: &Path, name: &str) -> Result<()> {
    let key = folder_key(folder);
    if project.store.setting(&key)?.as_deref() == Some(name) {
        return Ok(());
    }
    act(project, name, |recorder| recorder.put_setting(&key, name))
}

fn act(
    project: &mut Project,
    subject: &str,
    work: impl FnOnce(&mut Recorder<'_, '_>) -> StoreResult<()>,
) -> Result<()> {
    let (op, actor) = (project.op(), project.actor().to_owned());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Profile, subject };
    project.store.act(&deed, work)?;
    Ok(())
}

fn unknown(name: &str, all: &[Profile]) -> Error {
    let known = all.iter().map(|profile| profile.name.clone()).collect();
    Error::UnknownChoice { what: "profile", name: name.to_owned(), known }
}

/// Returns the marks of a file that is decoded and cut in a way.
fn marks(path: &Path, cut: &ReadOptions) -> Result<Marks> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Marks::of(&name, &formats::read::sniffed(path, cut)?))
}

fn folder_key(folder: &Path) -> String {
    let whole: PathBuf = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    format!("{FOLDER}{}", whole.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::Role;
    use crate::formats::column::ColumnRole;
    use crate::progress::Quiet;
    use crate::workbench::import;

    /// A folder with one odd table in it, and a project.
    fn odd() -> (tempfile::TempDir, PathBuf, Project) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("odd_1.csv");
        std::fs::write(&path, "甲,乙,丙\nA,客户甲说了这句话,1\nB,坐席说了另一句话,2\nA,客户又说了一句,1\n").unwrap();
        (folder, path, Project::in_memory("li").unwrap())
    }

    fn wishes() -> ReadOptions {
        let roles = [("A", Role::Customer), ("B", Role::Agent)];
        ReadOptions {
            header: Some(true),
            columns: Some(vec![ColumnRole::Role, ColumnRole::Text, ColumnRole::Conversation]),
            roles: roles.map(|(name, role)| (name.to_owned(), role)).to_vec(),
            ..ReadOptions::default()
        }
    }

    #[test]
    fn a_source_mapped_once_is_read_by_its_profile_next_time() {
        let (folder, path, mut project) = odd();
        save(&mut project, "夜间", &wishes(), &path).unwrap();
        let next = folder.path().join("odd_2.csv");
        // Another order, another column, and too few rows to tell headings by.
        std::fs::write(&next, "丙,甲,丁,乙\n7,A,x,卡丢了怎么办\n7,B,y,请先挂失\n").unwrap();
        let report = import::import(&mut project, &[next], &ReadOptions::default(), &Quiet).unwrap();
        assert_eq!(report.files[0].profile.as_deref(), Some("夜间"));
        assert_eq!((report.files[0].kept, report.files[0].customers), (2, 1));
    }

    #[test]
    fn saving_and_deleting_can_be_taken_back() {
        let (_folder, path, mut project) = odd();
        save(&mut project, "夜间", &wishes(), &path).unwrap();
        let kept = list(&project).unwrap();
        delete(&mut project, "夜间").unwrap();
        assert_eq!(list(&project).unwrap(), []);
        project.undo().unwrap().expect("the deletion");
        assert_eq!(list(&project).unwrap(), kept);
        project.undo().unwrap().expect("the saving");
        assert_eq!(list(&project).unwrap(), []);
        project.redo().unwrap().expect("the saving");
        project.store.rebuild().unwrap();
        assert_eq!(list(&project).unwrap(), kept, "events make the profiles again");
        assert!(matches!(delete(&mut project, "昼间"), Err(Error::UnknownChoice { .. })));
    }

    #[test]
    fn what_is_said_by_hand_wins_over_the_profile() {
        let (_folder, path, mut project) = odd();
        save(&mut project, "夜间", &wishes(), &path).unwrap();
        let other = ReadOptions {
            columns: Some(vec![ColumnRole::Ignore, ColumnRole::Text, ColumnRole::Ignore]),
            ..ReadOptions::default()
        };
        let report = import::import(&mut project, &[path], &other, &Quiet).unwrap();
        assert_eq!(report.files[0].customers, 3, "without a role column customers speak");
    }

    #[test]
    fn a_folder_keeps_its_profile() {
        let (folder, path, mut project) = odd();
        save(&mut project, "夜间", &wishes(), &path).unwrap();
        assert_eq!(of_folder(&project, folder.path()).unwrap(), None);
        keep_for_folder(&mut project, folder.path(), "夜间").unwrap();
        assert_eq!(of_folder(&project, folder.path()).unwrap().as_deref(), Some("夜间"));
        assert_eq!(project.undo().unwrap().expect("the keeping").of.act, Act::Profile);
        assert_eq!(of_folder(&project, folder.path()).unwrap(), None);
    }
}
