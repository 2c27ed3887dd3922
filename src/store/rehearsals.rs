//! Scripted conversations.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row};

use crate::domain::dialogue::Rehearsal;
use crate::domain::ids::RehearsalId;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};

impl Store {
    /// Returns the rehearsals in the order they came.
    pub fn rehearsals(&self) -> Result<Vec<Rehearsal>> {
        let mut select = self.conn.prepare_cached("SELECT id, name, script FROM rehearsal ORDER BY id")?;
        Ok(select.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns a rehearsal by its exact name.
    pub fn rehearsal_named(&self, name: &str) -> Result<Option<Rehearsal>> {
        Ok(self
            .conn
            .prepare_cached("SELECT id, name, script FROM rehearsal WHERE name = ?1")?
            .query_row([name], read)
            .optional()?)
    }
}

impl Recorder<'_, '_> {
    /// Adds a rehearsal, or writes a new script under a name that exists.
    pub fn put_rehearsal(&mut self, name: &str, script: &str) -> Result<RehearsalId> {
        let known: Option<i64> = self
            .tx
            .prepare_cached("SELECT id FROM rehearsal WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        let id = match known {
            Some(id) => id,
            None => self.next_id("rehearsal")?,
        };
        self.put(Place::Rehearsal, vec![id.into(), name.to_string().into(), script.to_string().into()])?;
        Ok(RehearsalId(id))
    }

    /// Removes a rehearsal.
    pub fn remove_rehearsal(&mut self, id: RehearsalId) -> Result<()> {
        self.remove(Place::Rehearsal, &[Value::Integer(id.0)])
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Rehearsal> {
    Ok(Rehearsal { id: RehearsalId(row.get(0)?), name: row.get(1)?, script: row.get(2)? })
}
