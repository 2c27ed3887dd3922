//! Distinct customer texts: met while importing or labelling, listed in the orders labelling needs.

use std::cmp::Reverse;
use std::collections::HashMap;

use rusqlite::{OptionalExtension, Row};

use crate::domain::ids::{FamilyId, UtteranceId};
use crate::domain::utterance::{Language, Utterance};
use crate::store::error::Result;
use crate::store::keys;
use crate::store::met::{Text, Texts};
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

impl NewUtterance {
    pub(in crate::store) fn as_text(&self) -> Text<'_> {
        Text { hash: self.hash, family: self.family, text: &self.text, language: self.language.tag() }
    }
}

const COLUMNS: &str = "u.id, u.text, u.count, u.family, u.language";

impl Store {
    /// Finds or adds a text outside an import (an example from a file, a correction); returns its id.
    pub fn meet(&mut self, new: &NewUtterance) -> Result<UtteranceId> {
        Ok(self.meet_all(std::slice::from_ref(new))?[0])
    }

    /// Finds or adds many texts in one transaction.
    pub fn meet_all(&mut self, news: &[NewUtterance]) -> Result<Vec<UtteranceId>> {
        self.write(|tx| {
            let mut texts = Texts::default();
            texts.catch_up(tx)?;
            news.iter().map(|new| texts.meet(tx, &new.as_text(), 0)).collect()
        })
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
        let mut select = self.conn.prepare_cached("SELECT family FROM utterance WHERE count > 0")?;
        let mut families: Vec<i64> = select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let texts = families.len() as u64;
        // Eight bytes a text, sorted here: SQLite would put each into a tree of its own.
        families.sort_unstable();
        families.dedup();
        Ok((texts, families.len() as u64))
    }

    /// Returns how many distinct texts customers said; cheap enough for every frame's refresh.
    ///
    /// All rows less those nobody says: the rows are counted as their keys are written, and few texts come without a turn.
    pub fn utterance_count(&self) -> Result<u64> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT (SELECT rows + (SELECT count(*) FROM utterance WHERE id > upto) FROM keyed WHERE what = 'utterance')
                     - (SELECT count(*) FROM utterance WHERE count <> 1 AND count <= 0)",
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
                    "SELECT {COLUMNS} FROM utterance u WHERE u.labelled = 0 AND u.count = ?1 AND u.id > ?2 ORDER BY u.id LIMIT ?3"
                ))?;
                let rows = beside.query_map((count as i64, id.0, limit as i64), read)?;
                (count as i64, rows.collect::<rusqlite::Result<Vec<_>>>()?)
            }
        };
        let mut below = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM utterance u WHERE u.labelled = 0 AND u.count > 0 AND u.count < ?1
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
                     WHERE g.labelled = 0 AND g.priority = ?1 AND g.utterance > ?2 AND u.count > 0 ORDER BY g.utterance LIMIT ?3"
                ))?;
                let rows = beside.query_map((priority, id.0, limit as i64), read_both)?;
                (priority, rows.collect::<rusqlite::Result<Vec<_>>>()?)
            }
        };
        let mut below = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS}, g.priority FROM guess g CROSS JOIN utterance u ON u.id = g.utterance
             WHERE g.labelled = 0 AND g.priority < ?1 AND u.count > 0 ORDER BY g.priority DESC, g.utterance LIMIT ?2"
        ))?;
        for row in below.query_map((priority, (limit - found.len()) as i64), read_both)? {
            found.push(row?);
        }
        Ok(found)
    }

    /// Returns utterances whose text holds `part`, most customers first.
    pub fn utterances_with(&self, part: &str, limit: usize) -> Result<Vec<Utterance>> {
        // Those said more than once have an index in this order; the others stand in it by their ids.
        let mut found = Vec::new();
        for often in ["u.count <> 1 AND u.count > 1", "u.count = 1"] {
            let mut select = self.conn.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM utterance u WHERE {often} AND instr(lower(u.text), lower(?1)) > 0 ORDER BY u.count DESC, u.id LIMIT ?2"
            ))?;
            for row in select.query_map((part, (limit - found.len()) as i64), read)? {
                found.push(row?);
            }
        }
        Ok(found)
    }

    /// Returns the members of families, most customers first in each.
    pub fn families(&self, families: &[FamilyId]) -> Result<HashMap<FamilyId, Vec<Utterance>>> {
        let mut wanted: Vec<i64> = families.iter().map(|family| family.0).collect();
        wanted.sort_unstable();
        let mut found: HashMap<FamilyId, Vec<Utterance>> = HashMap::new();
        for member in self.utterances(&keys::members(&self.conn, &wanted)?)? {
            found.entry(member.family).or_default().push(member);
        }
        found.values_mut().for_each(|members| members.sort_by_key(|member| (Reverse(member.count), member.id)));
        Ok(found)
    }
}

impl Recorder<'_, '_> {
    /// Finds or adds a text inside a deed; texts themselves are no decision and leave no change.
    pub fn meet(&mut self, new: &NewUtterance) -> Result<UtteranceId> {
        self.texts.catch_up(self.tx)?;
        self.texts.meet(self.tx, &new.as_text(), 0)
    }

    /// Returns the members of the families these utterances belong to.
    pub fn with_families(&self, ids: &[UtteranceId]) -> Result<Vec<UtteranceId>> {
        let mut family = self.tx.prepare_cached("SELECT family FROM utterance WHERE id = ?1")?;
        let mut families = Vec::with_capacity(ids.len());
        for id in ids {
            families.extend(family.query_row([id.0], |row| row.get::<_, i64>(0)).optional()?);
        }
        families.sort_unstable();
        families.dedup();
        let mut all = keys::members(self.tx, &families)?;
        all.sort_unstable();
        Ok(all)
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
