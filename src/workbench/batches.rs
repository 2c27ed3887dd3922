//! What was imported, file by file: how much each brought, which rows were set aside, and withdrawing one.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::domain::conversation::Batch;
use crate::domain::event::Act;
use crate::domain::ids::BatchId;
use crate::formats::write::table;
use crate::store::conversations::AsideRow;
use crate::store::history::Deed;
use crate::text::clean::masked::masked;
use crate::workbench::error::{Error, Result};
use crate::workbench::project::{Project, now};

/// Rows fetched at once while a file of rejected rows is written.
const PAGE: usize = 1_000;

/// What withdrawing an import came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    pub batch: Batch,
    /// Labels and intents it brought that somebody changed since; they stay.
    pub left: u64,
}

/// Returns the files imported so far, newest first.
pub fn batches(project: &Project) -> Result<Vec<Batch>> {
    Ok(project.store.batches()?)
}

/// Returns rows of a file that were set aside, from a place on, with their personal data hidden.
pub fn aside_rows(project: &Project, batch: BatchId, from: usize, limit: usize) -> Result<Vec<AsideRow>> {
    let mut rows = project.store.aside_rows(batch, from, limit)?;
    rows.iter_mut().for_each(|row| row.raw = masked(&row.raw).into_owned());
    Ok(rows)
}

/// Withdraws one import, however old: its turns count no more, and labels it brought go unless somebody changed them.
///
/// It is an act like any other: undo brings the import back.
pub fn withdraw(project: &mut Project, id: BatchId) -> Result<Withdrawn> {
    let batch = known(project, id)?;
    let event = project.store.import_of(id)?.ok_or(Error::UnknownBatch { id: id.0 })?;
    let (op, actor) = (project.op(), project.actor().to_owned());
    let deed = Deed { op: &op, actor: &actor, at: now(), act: Act::Withdraw, subject: &batch.source };
    let left = project.store.act(&deed, |recorder| recorder.take_back(event))?.map_or(0, |(_, left)| left);
    Ok(Withdrawn { batch, left })
}

/// Hands the rejected rows of an import to `each`, in their order, with their personal data hidden.
/// Returns how many there were.
pub fn each_rejected(project: &Project, id: BatchId, mut each: impl FnMut(&AsideRow) -> Result<()>) -> Result<u64> {
    known(project, id)?;
    let mut count = 0;
    loop {
        let rows = aside_rows(project, id, count, PAGE)?;
        rows.iter().try_for_each(&mut each)?;
        count += rows.len();
        if rows.len() < PAGE {
            return Ok(count as u64);
        }
    }
}

/// Writes the rejected rows of an import to `out` as a table: line, reason, row. Returns how many there were.
pub fn rejected(project: &Project, id: BatchId, out: &mut dyn Write) -> Result<u64> {
    let failed = |source| Error::Write { path: "-".into(), source };
    known(project, id)?;
    table::aside_head(out).map_err(failed)?;
    each_rejected(project, id, |row| table::aside_row(out, row.line, &row.reason, &row.raw).map_err(failed))
}

/// Writes the rejected rows of an import to a new file; refuses to overwrite one.
pub fn write_rejected(project: &Project, id: BatchId, path: &Path) -> Result<u64> {
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AlreadyExists => Error::Exists { path: path.to_owned() },
        _ => Error::Write { path: path.to_owned(), source },
    };
    // Rows of customers are for nobody else's eyes.
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    let mut out = BufWriter::new(file);
    let count = rejected(project, id, &mut out)?;
    out.flush().map_err(failed)?;
    Ok(count)
}

fn known(project: &Project, id: BatchId) -> Result<Batch> {
    let all = project.store.batches()?;
    all.into_iter().find(|batch| batch.id == id).ok_or(Error::UnknownBatch { id: id.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::options::ReadOptions;
    use crate::progress::Quiet;
    use crate::workbench::import;

    /// A project with two imports: an older one with labels and a bad row, and a newer one.
    fn project() -> Project {
        let folder = tempfile::tempdir().unwrap();
        let mut project = Project::in_memory("li").unwrap();
        for (name, text) in [
            ("old.csv", "text,intent\n怎么开户,开户\n卡丢了,挂失\n=坏,行,多\n怎么开户,开户\n"),
            ("new.csv", "text,intent\n怎么开户,开户\n利息多少,利息\n"),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            import::import(&mut project, &[path], &ReadOptions::default(), &Quiet).unwrap();
        }
        project
    }

    fn state(project: &Project) -> (u64, u64, u64, u64) {
        let counts = project.counts().unwrap();
        (counts.files, counts.turns, counts.customer_turns, counts.examples)
    }

    #[test]
    fn an_old_import_is_withdrawn_alone_and_comes_back() {
        let mut project = project();
        assert_eq!(state(&project), (2, 5, 5, 3));
        let old = batches(&project).unwrap().pop().expect("two imports");
        let withdrawn = withdraw(&mut project, old.id).unwrap();
        assert_eq!((withdrawn.batch.source.as_str(), withdrawn.left), ("old.csv", 0));
        assert_eq!(state(&project), (1, 2, 2, 1));
        assert!(matches!(withdraw(&mut project, old.id), Err(Error::UnknownBatch { .. })));
        assert_eq!(project.undo().unwrap().expect("the withdrawal").of.act, Act::Withdraw);
        assert_eq!(state(&project), (2, 5, 5, 3));
        project.redo().unwrap().expect("the withdrawal again");
        assert_eq!(state(&project), (1, 2, 2, 1));
    }

    #[test]
    fn rejected_rows_leave_as_a_table_that_runs_nothing() {
        let project = project();
        let old = batches(&project).unwrap().pop().expect("two imports");
        let mut out = Vec::new();
        assert_eq!(rejected(&project, old.id, &mut out).unwrap(), 1);
        assert_eq!(String::from_utf8(out).unwrap(), "line,reason,row\n4,ragged,\"'=坏,行,多\"\n");
    }
}
