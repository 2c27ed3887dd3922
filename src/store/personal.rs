//! What the way back from a clean text needs: a turn's offsets, an utterance as it was first said, the secret
//! that makes the project's pseudonyms its own.

use rand::RngCore;
use rusqlite::OptionalExtension;

use crate::domain::ids::{TurnId, UtteranceId};
use crate::store::error::Result;
use crate::store::open::Store;

/// One message with what cleaning made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    pub raw: String,
    pub clean: String,
    pub offsets: Vec<u8>,
}

impl Store {
    /// Returns the way from a turn's clean text to its raw one; empty when they are the same.
    pub fn offsets(&self, id: TurnId) -> Result<Vec<u8>> {
        let offsets: Option<Option<Vec<u8>>> = self
            .conn
            .prepare_cached("SELECT offsets FROM turn WHERE id = ?1")?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        Ok(offsets.flatten().unwrap_or_default())
    }

    /// Returns the first message that became an utterance and still counts.
    pub fn first_said(&self, id: UtteranceId) -> Result<Option<Spoken>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT t.raw, coalesce(t.clean, t.raw), t.offsets FROM turn t JOIN batch_mark m ON m.batch = t.batch
                 WHERE t.utterance = ?1 ORDER BY t.id LIMIT 1",
            )?
            .query_row([id.0], |row| {
                let offsets = row.get::<_, Option<Vec<u8>>>(2)?.unwrap_or_default();
                Ok(Spoken { raw: row.get(0)?, clean: row.get(1)?, offsets })
            })
            .optional()?)
    }

    /// Returns the project's secret; it is made when first asked for and stays.
    pub fn secret(&mut self) -> Result<[u8; 32]> {
        self.write(|tx| {
            let mut fresh = [0; 32];
            rand::rngs::OsRng.fill_bytes(&mut fresh);
            tx.prepare_cached("INSERT OR IGNORE INTO secret (name, value) VALUES ('pseudonyms', ?1)")?
                .execute([fresh])?;
            Ok(tx
                .prepare_cached("SELECT value FROM secret WHERE name = 'pseudonyms'")?
                .query_row([], |row| row.get(0))?)
        })
    }
}
