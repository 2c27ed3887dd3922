//! Many rows by one statement: beginning and ending a statement costs about as much as writing a short row.

use rusqlite::{Statement, ToSql, Transaction};

use crate::store::error::Result;

/// Rows a statement writes.
const ROWS: usize = 16;

/// The values of one row on their way into a statement, in the order of its columns.
pub(in crate::store) struct Binder<'b, 't> {
    statement: &'b mut Statement<'t>,
    /// How many values of all rows were given.
    at: usize,
}

impl Binder<'_, '_> {
    /// Gives the next value.
    pub(in crate::store) fn put(&mut self, value: impl ToSql) -> Result<()> {
        self.at += 1;
        Ok(self.statement.raw_bind_parameter(self.at, value)?)
    }
}

/// Writes rows in their order; `into` is the statement up to its values, `columns` how many each row has.
///
/// Say `OR FAIL` and leave ids to SQLite, which gives the next ones in order, where that can be: nothing then fails
/// within a statement that the transaction does not go with, and SQLite keeps no copy of each page to take it back.
pub(in crate::store) fn insert<R>(
    tx: &Transaction<'_>,
    into: &'static str,
    columns: usize,
    rows: &[R],
    bind: impl Fn(&mut Binder<'_, '_>, &R) -> Result<()>,
) -> Result<()> {
    let row = format!("({})", vec!["?"; columns].join(", "));
    let (many, rest) = rows.split_at(rows.len() / ROWS * ROWS);
    for (rows, size) in [(many, ROWS), (rest, 1)] {
        if rows.is_empty() {
            continue;
        }
        let mut statement = tx.prepare_cached(&format!("{into} VALUES {}", vec![row.as_str(); size].join(", ")))?;
        for rows in rows.chunks(size) {
            let mut binder = Binder { statement: &mut statement, at: 0 };
            rows.iter().try_for_each(|row| bind(&mut binder, row))?;
            debug_assert_eq!(binder.at, columns * rows.len(), "a value for each column: {into}");
            statement.raw_execute()?;
        }
    }
    Ok(())
}
