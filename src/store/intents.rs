//! The catalogue of intents.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row};

use crate::domain::ids::IntentId;
use crate::domain::label::Intent;
use crate::store::error::{Error, Result};
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};

const COLUMNS: &str = "id, name, question, guideline, category, answers";

impl Store {
    /// Returns the intents in the order they came.
    pub fn intents(&self) -> Result<Vec<Intent>> {
        let mut select = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM intent ORDER BY id"))?;
        let rows = select.query_map([], |row| Ok(read(row)))?;
        rows.map(|row| row?).collect()
    }

    /// Returns one intent by id.
    pub fn intent(&self, id: IntentId) -> Result<Option<Intent>> {
        self.conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM intent WHERE id = ?1"))?
            .query_row([id.0], |row| Ok(read(row)))
            .optional()?
            .transpose()
    }

    /// Returns one intent by its exact name.
    pub fn intent_named(&self, name: &str) -> Result<Option<Intent>> {
        self.conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM intent WHERE name = ?1"))?
            .query_row([name], |row| Ok(read(row)))
            .optional()?
            .transpose()
    }

    /// Returns how many examples each intent has, and how many customers said them.
    pub fn example_counts(&self) -> Result<Vec<(IntentId, u64, u64)>> {
        let mut select = self.conn.prepare_cached(
            "SELECT l.intent, count(*), sum(u.count) FROM label l JOIN utterance u ON u.id = l.utterance
             WHERE l.intent IS NOT NULL GROUP BY l.intent ORDER BY l.intent",
        )?;
        let rows = select.query_map([], |row| {
            Ok((IntentId(row.get(0)?), row.get::<_, i64>(1)? as u64, row.get::<_, i64>(2)? as u64))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Recorder<'_, '_> {
    /// Adds an intent; `intent.id` is ignored and the new id returned.
    pub fn add_intent(&mut self, intent: &Intent) -> Result<IntentId> {
        let next: i64 = self.next_id("intent")?;
        let id = IntentId(next);
        self.put_intent(&Intent { id, ..intent.clone() })?;
        Ok(id)
    }

    /// Writes an intent under its id.
    pub fn put_intent(&mut self, intent: &Intent) -> Result<()> {
        let answers = serde_json::to_string(&intent.answers).map_err(Error::from)?;
        self.put(
            Place::Intent,
            vec![
                intent.id.0.into(),
                intent.name.clone().into(),
                intent.question.clone().into(),
                intent.guideline.clone().into(),
                intent.category.clone().into(),
                answers.into(),
            ],
        )
    }

    /// Returns an intent inside a deed, as it stands there.
    pub fn intent(&self, id: IntentId) -> Result<Option<Intent>> {
        self.tx
            .prepare_cached(&format!("SELECT {COLUMNS} FROM intent WHERE id = ?1"))?
            .query_row([id.0], |row| Ok(read(row)))
            .optional()?
            .transpose()
    }

    /// Finds an intent by name inside a deed.
    pub fn intent_named(&self, name: &str) -> Result<Option<IntentId>> {
        Ok(self
            .tx
            .prepare_cached("SELECT id FROM intent WHERE name = ?1")?
            .query_row([name], |row| row.get(0).map(IntentId))
            .optional()?)
    }

    /// Removes an intent; its labels must have gone before.
    pub fn remove_intent(&mut self, id: IntentId) -> Result<()> {
        self.remove(Place::Intent, &[Value::Integer(id.0)])
    }
}

fn read(row: &Row<'_>) -> Result<Intent> {
    Ok(Intent {
        id: IntentId(row.get(0)?),
        name: row.get(1)?,
        question: row.get(2)?,
        guideline: row.get(3)?,
        category: row.get(4)?,
        answers: serde_json::from_str(&row.get::<_, String>(5)?)?,
    })
}
