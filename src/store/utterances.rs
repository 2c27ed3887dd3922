//! Distinct customer texts: met while importing or labelling, listed in the orders labelling needs.

use rusqlite::{OptionalExtension, Row, Transaction};

use crate::domain::ids::{FamilyId, UtteranceId};
use crate::domain::utterance::{Language, Utterance};
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::Recorder;

/// A text to find or add. `hash` is its identity, `family` that of its family.
#[derive(Debug, Clone, PartialEq)]
pub struct NewUtterance {
    pub hash: i64,
    pub text: String,
    pub family: i64,
    pub language: Language,
}

const COLUMNS: &str = "u.id, u.text, u.count, u.family, u.language";

impl Store {
    /// Finds or adds a text outside an import (an example from a file, a correction); returns its id.
    pub fn meet(&mut self, new: &NewUtterance) -> Result<UtteranceId> {
        self.write(|tx| meet(tx, new, 0))
    }

    /// Finds or adds many texts in one transaction.
    pub fn meet_all(&mut self, news: &[NewUtterance]) -> Result<Vec<UtteranceId>> {
        self.write(|tx| news.iter().map(|new| meet(tx, new, 0)).collect())
    }

    /// Returns one utterance.
    pub fn utterance(&self, id: UtteranceId) -> Result<Option<Utterance>> {
        Ok(self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM utterance u WHERE u.id = ?1"))?
            .query_row([id.0], read)
            .optional()?)
    }

    /// Returns several utterances in the order asked; unknown ids are left out.
    pub fn utterances(&self, ids: &[UtteranceId]) -> Result<Vec<Utterance>> {
        let mut select = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM utterance u WHERE u.id = ?1"))?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(select.query_row([id.0], read).optional()?);
        }
        Ok(found)
    }

    /// Calls `each` with every utterance that customers said, in order of id.
    pub fn each_utterance(&self, mut each: impl FnMut(Utterance) -> Result<()>) -> Result<()> {
        let mut select =
            self.conn.prepare(&format!("SELECT {COLUMNS} FROM utterance u WHERE u.count > 0 ORDER BY u.id"))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            each(read(row)?)?;
        }
        Ok(())
    }

    /// Returns how many distinct texts customers said, and how many families they form.
    pub fn utterance_counts(&self) -> Result<(u64, u64)> {
        Ok(self
            .conn
            .prepare_cached("SELECT count(*), count(DISTINCT family) FROM utterance WHERE count > 0")?
            .query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))?)
    }

    /// Returns how many distinct texts customers said; cheap enough for every frame's refresh.
    ///
    /// All rows less those nobody says: a bare `count(*)` reads no rows, and few texts come without a turn.
    pub fn utterance_count(&self) -> Result<u64> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT (SELECT count(*) FROM utterance) - (SELECT count(*) FROM utterance WHERE count <= 0)",
            )?
            .query_row([], |row| row.get::<_, i64>(0))? as u64)
    }

    /// Returns unlabelled utterances, those most customers said first, after a place in that order.
    pub fn unlabelled_by_count(&self, after: Option<(u64, UtteranceId)>, limit: usize) -> Result<Vec<Utterance>> {
        // Two steps, each a seek in the index: one condition for both would walk everything before the place.
        let (count, mut found) = match after {
            None => (i64::MAX, Vec::new()),
            Some((count, id)) => {
                let mut beside = self.conn.prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM utterance u WHERE u.count = ?1 AND u.id > ?2
                       AND NOT EXISTS (SELECT 1 FROM label l WHERE l.utterance = u.id)
                     ORDER BY u.id LIMIT ?3"
                ))?;
                let rows = beside.query_map((count as i64, id.0, limit as i64), read)?;
                (count as i64, rows.collect::<rusqlite::Result<Vec<_>>>()?)
            }
        };
        let mut below = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM utterance u WHERE u.count > 0 AND u.count < ?1
               AND NOT EXISTS (SELECT 1 FROM label l WHERE l.utterance = u.id)
             ORDER BY u.count DESC, u.id LIMIT ?2"
        ))?;
        for row in below.query_map((count, (limit - found.len()) as i64), read)? {
            found.push(row?);
        }
        Ok(found)
    }

    /// Returns unlabelled utterances by the model's priority (doubt × customers), after a place in that order.
    pub fn unlabelled_by_priority(
        &self,
        after: Option<(f64, UtteranceId)>,
        limit: usize,
    ) -> Result<Vec<(Utterance, f64)>> {
        let read_both = |row: &Row<'_>| Ok((read(row)?, row.get(5)?));
        // `CROSS JOIN` keeps the order of the index on guesses; two steps as in `unlabelled_by_count`.
        let (priority, mut found) = match after {
            None => (f64::INFINITY, Vec::new()),
            Some((priority, id)) => {
                let mut beside = self.conn.prepare_cached(&format!(
                    "SELECT {COLUMNS}, g.priority FROM guess g CROSS JOIN utterance u ON u.id = g.utterance
                     WHERE g.priority = ?1 AND g.utterance > ?2 AND u.count > 0
                       AND NOT EXISTS (SELECT 1 FROM label l WHERE l.utterance = g.utterance)
                     ORDER BY g.utterance LIMIT ?3"
                ))?;
                let rows = beside.query_map((priority, id.0, limit as i64), read_both)?;
                (priority, rows.collect::<rusqlite::Result<Vec<_>>>()?)
            }
        };
        let mut below = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS}, g.priority FROM guess g CROSS JOIN utterance u ON u.id = g.utterance
             WHERE g.priority < ?1 AND u.count > 0
               AND NOT EXISTS (SELECT 1 FROM label l WHERE l.utterance = g.utterance)
             ORDER BY g.priority DESC, g.utterance LIMIT ?2"
        ))?;
        for row in below.query_map((priority, (limit - found.len()) as i64), read_both)? {
            found.push(row?);
        }
        Ok(found)
    }

    /// Returns utterances whose text holds `part`, most customers first.
    pub fn utterances_with(&self, part: &str, limit: usize) -> Result<Vec<Utterance>> {
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM utterance u WHERE instr(lower(u.text), lower(?1)) > 0 AND u.count > 0 ORDER BY u.count DESC, u.id LIMIT ?2"
        ))?;
        Ok(select.query_map((part, limit as i64), read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the members of a family, most customers first.
    pub fn family(&self, family: FamilyId) -> Result<Vec<Utterance>> {
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM utterance u WHERE u.family = ?1 ORDER BY u.count DESC, u.id"
        ))?;
        Ok(select.query_map([family.0], read)?.collect::<rusqlite::Result<_>>()?)
    }
}

impl Recorder<'_, '_> {
    /// Finds or adds a text inside a deed; texts themselves are no decision and leave no change.
    pub fn meet(&mut self, new: &NewUtterance) -> Result<UtteranceId> {
        meet(self.tx, new, 0)
    }

    /// Returns the members of the families these utterances belong to.
    pub fn with_families(&self, ids: &[UtteranceId]) -> Result<Vec<UtteranceId>> {
        let mut select = self.tx.prepare_cached(
            "SELECT f.id FROM utterance u JOIN utterance f ON f.family = u.family WHERE u.id = ?1 ORDER BY f.id",
        )?;
        let mut all = Vec::with_capacity(ids.len());
        for id in ids {
            for member in select.query_map([id.0], |row| row.get(0))? {
                all.push(UtteranceId(member?));
            }
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }
}

/// Finds or adds a text and counts it `times` more.
pub(in crate::store) fn meet(tx: &Transaction<'_>, new: &NewUtterance, times: i64) -> Result<UtteranceId> {
    let mut upsert = tx.prepare_cached(
        "INSERT INTO utterance (hash, text, family, count, language) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (hash) DO UPDATE SET count = count + CASE WHEN text = ?2 THEN ?4 ELSE 0 END RETURNING id, text = ?2",
    )?;
    let mut hash = new.hash;
    loop {
        let (id, same): (i64, bool) = upsert
            .query_row((hash, &new.text, new.family, times, new.language.tag()), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        if same {
            return Ok(UtteranceId(id));
        }
        // Two texts with one 64-bit hash: the later one takes the next free place, always the same way.
        hash = hash.wrapping_add(1);
    }
}

pub(in crate::store) fn read(row: &Row<'_>) -> rusqlite::Result<Utterance> {
    Ok(Utterance {
        id: UtteranceId(row.get(0)?),
        text: row.get(1)?,
        count: row.get::<_, i64>(2)?.max(0) as u64,
        family: FamilyId(row.get(3)?),
        language: Language::tagged(&row.get::<_, String>(4)?),
    })
}
