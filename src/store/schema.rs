//! The shape of the file and how older shapes become this one. Append-only: add a step, never edit one.

use rusqlite::Connection;

use crate::store::error::Result;

/// Marks a SQLite file as a daoshi project (`file` and the like can tell).
pub const APPLICATION_ID: i32 = 0x64_61_6f_73; // "daos"

/// The steps; step `n` (from 0) lifts version `n` to `n + 1`.
const STEPS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
    include_str!("schema/7.sql"),
    include_str!("schema/8.sql"),
    include_str!("schema/9.sql"),
];

/// Returns the version this program writes.
pub fn version() -> i64 {
    STEPS.len() as i64
}

/// Returns the version of an open file.
pub fn found(conn: &Connection) -> Result<i64> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Lifts the file to this program's version, all steps in one transaction.
pub fn lift(conn: &mut Connection) -> Result<()> {
    if found(conn)? >= version() {
        return Ok(());
    }
    // A table that others refer to is made anew under the same name: the references are not checked meanwhile.
    conn.pragma_update(None, "foreign_keys", false)?;
    let lifted = steps(conn);
    conn.pragma_update(None, "foreign_keys", true)?;
    lifted
}

fn steps(conn: &mut Connection) -> Result<()> {
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Another process may have lifted the file while we waited for the lock.
    let from = found(&tx)?;
    for step in STEPS.iter().skip(from as usize) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", version().max(from))?;
    tx.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_older_version_is_lifted_to_the_same_tables() {
        let tables = |from: usize| -> Vec<String> {
            let mut conn = Connection::open_in_memory().unwrap();
            STEPS[..from].iter().for_each(|step| conn.execute_batch(step).unwrap());
            conn.pragma_update(None, "user_version", from as i64).unwrap();
            lift(&mut conn).unwrap();
            assert_eq!(found(&conn).unwrap(), version());
            let mut select = conn
                .prepare("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1")
                .unwrap();
            select.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
        };
        let new = tables(0);
        assert!((1..=STEPS.len()).all(|from| tables(from) == new));
    }
}
