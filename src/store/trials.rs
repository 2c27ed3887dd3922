//! What belongs to testing a model: the utterances kept for it, the causes trainers gave for mistakes, and the tagger
//! that was learned beside a run.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::OptionalExtension;
use rusqlite::types::Value;

use crate::domain::cause::Cause;
use crate::domain::ids::{RunId, UtteranceId};
use crate::domain::range::ByteRange;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};

impl Store {
    /// Returns the utterances kept for testing.
    pub fn tests(&self) -> Result<BTreeSet<UtteranceId>> {
        let mut select = self.conn.prepare_cached("SELECT utterance FROM test_mark")?;
        Ok(select.query_map([], |row| Ok(UtteranceId(row.get(0)?)))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the causes trainers gave; a cause of another version that we do not know is left out.
    pub fn causes(&self) -> Result<BTreeMap<UtteranceId, Cause>> {
        let mut select = self.conn.prepare_cached("SELECT utterance, cause FROM cause")?;
        let rows = select.query_map([], |row| Ok((UtteranceId(row.get(0)?), row.get::<_, String>(1)?)))?;
        let rows: Vec<(UtteranceId, String)> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(rows.into_iter().filter_map(|(id, word)| Some((id, Cause::named(&word)?))).collect())
    }

    /// Returns the bytes of the tagger learned beside a run.
    pub fn tagger(&self, run: RunId) -> Result<Option<Vec<u8>>> {
        let mut select = self.conn.prepare_cached("SELECT bytes FROM tagger WHERE run = ?1")?;
        Ok(select.query_row([run.0], |row| row.get(0)).optional()?)
    }

    /// Returns the marked stretches of all utterances with their texts, in order of utterance and place.
    pub fn each_span(&self, each: &mut dyn FnMut(UtteranceId, String, u32, u32, String)) -> Result<()> {
        let mut select = self.conn.prepare_cached(
            "SELECT s.utterance, u.text, s.start, s.finish, s.entity FROM span s JOIN utterance u ON u.id = s.utterance
             ORDER BY s.utterance, s.start, s.id",
        )?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            each(UtteranceId(row.get(0)?), row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        }
        Ok(())
    }

    /// Reads the words of every span with its entity and value.
    pub fn each_marked(&self, each: &mut dyn FnMut(String, String, String)) -> Result<()> {
        let mut select = self.conn.prepare_cached(
            "SELECT u.text, s.start, s.finish, s.entity, s.value FROM span s JOIN utterance u ON u.id = s.utterance
             ORDER BY s.id",
        )?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let text: String = row.get(0)?;
            let words = ByteRange { start: row.get(1)?, end: row.get(2)? }.of(&text).to_owned();
            if !words.is_empty() {
                each(words, row.get(3)?, row.get(4)?);
            }
        }
        Ok(())
    }
}

impl Recorder<'_, '_> {
    /// Keeps an utterance for testing, or not.
    pub fn mark_test(&mut self, utterance: UtteranceId, on: bool) -> Result<()> {
        let key = vec![Value::Integer(utterance.0)];
        if on { self.put(Place::TestMark, key) } else { self.remove(Place::TestMark, &key) }
    }

    /// Says why an utterance is understood wrongly; `None` takes it back.
    pub fn put_cause(&mut self, utterance: UtteranceId, cause: Option<Cause>) -> Result<()> {
        match cause {
            Some(cause) => self.put(Place::Cause, vec![utterance.0.into(), cause.name().to_string().into()]),
            None => self.remove(Place::Cause, &[Value::Integer(utterance.0)]),
        }
    }

    /// Keeps the tagger learned beside a run.
    pub fn add_tagger(&mut self, run: RunId, version: u32, hash: i64, bytes: &[u8]) -> Result<()> {
        self.tx.execute(
            "INSERT OR REPLACE INTO tagger (run, version, hash, bytes) VALUES (?1, ?2, ?3, ?4)",
            (run.0, version, hash, bytes),
        )?;
        Ok(())
    }
}
