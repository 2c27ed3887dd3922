//! What was set aside, what came in pieces, what is said over and over: lists for a trainer who looks over cleaning.

use crate::domain::ids::{FamilyId, TurnId, UtteranceId};
use crate::domain::utterance::{Language, Utterance};
use crate::store::cleaning::KeptTurn;
use crate::store::conversations::AsideRow;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::utterances;

type Counts<T> = Vec<(T, u64)>;

impl Store {
    /// Returns how many turns that count each reason set aside, most first.
    pub fn aside_counts(&self) -> Result<Counts<String>> {
        self.counts(
            "SELECT t.aside, count(*) FROM turn t JOIN batch_mark m ON m.batch = t.batch WHERE t.aside IS NOT NULL
             GROUP BY t.aside ORDER BY count(*) DESC, t.aside",
        )
    }

    /// Returns how many rows of imported files were not taken, by reason, most first.
    pub fn aside_row_counts(&self) -> Result<Counts<String>> {
        self.counts(
            "SELECT r.reason, count(*) FROM aside_row r JOIN batch_mark m ON m.batch = r.batch
             GROUP BY r.reason ORDER BY count(*) DESC, r.reason",
        )
    }

    /// Returns turns that were set aside for a reason (or any), after one of them, reason by reason.
    pub fn aside_turns(
        &self,
        reason: Option<&str>,
        after: Option<(&str, TurnId)>,
        limit: usize,
    ) -> Result<Vec<KeptTurn>> {
        let (last, id) = after.map_or(("", 0), |(reason, id)| (reason, id.0));
        let mut select = self.conn.prepare_cached(
            "SELECT t.id FROM turn t CROSS JOIN batch_mark m ON m.batch = t.batch
             WHERE t.aside IS NOT NULL AND (?1 IS NULL OR t.aside = ?1) AND (t.aside, t.id) > (?2, ?3)
             ORDER BY t.aside, t.id LIMIT ?4",
        )?;
        let ids: Vec<i64> =
            select.query_map((reason, last, id, limit as i64), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mut turns = Vec::with_capacity(ids.len());
        for id in ids {
            turns.extend(self.kept_turn(TurnId(id))?);
        }
        Ok(turns)
    }

    /// Returns rows of imported files that were not taken, each with its number and its file, after a number.
    pub fn aside_rows_of(
        &self,
        reason: Option<&str>,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, String, AsideRow)>> {
        let mut select = self.conn.prepare_cached(
            "SELECT r.rowid, b.source, r.line, r.reason, r.raw FROM aside_row r JOIN batch b ON b.id = r.batch
             JOIN batch_mark m ON m.batch = r.batch
             WHERE (?1 IS NULL OR r.reason = ?1) AND r.rowid > ?2 ORDER BY r.rowid LIMIT ?3",
        )?;
        let rows = select.query_map((reason, after, limit as i64), |row| {
            let line = row.get::<_, i64>(2)? as u64;
            Ok((row.get(0)?, row.get(1)?, AsideRow { line, reason: row.get(3)?, raw: row.get(4)? }))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns turns that carry a sentence of several, after one of them.
    pub fn heads(&self, after: Option<TurnId>, limit: usize) -> Result<Vec<TurnId>> {
        let mut select = self.conn.prepare_cached(
            "SELECT DISTINCT t.part_of FROM turn t JOIN batch_mark m ON m.batch = t.batch
             WHERE t.part_of IS NOT NULL AND t.part_of > ?1 ORDER BY t.part_of LIMIT ?2",
        )?;
        let after = after.map_or(0, |id| id.0);
        Ok(select.query_map((after, limit as i64), |row| row.get(0).map(TurnId))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns turns that a trainer parted from the one before.
    pub fn parted(&self) -> Result<Vec<TurnId>> {
        let mut select = self.conn.prepare_cached("SELECT turn FROM turn_mark WHERE joined = 0 ORDER BY turn DESC")?;
        Ok(select.query_map([], |row| row.get(0).map(TurnId))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the utterance of a turn, or of the sentence it is a piece of.
    pub fn utterance_of_turn(&self, turn: TurnId) -> Result<Option<UtteranceId>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT coalesce(t.utterance, h.utterance) FROM turn t LEFT JOIN turn h ON h.id = t.part_of WHERE t.id = ?1",
            )?
            .query_row([turn.0], |row| row.get::<_, Option<i64>>(0))?
            .map(UtteranceId))
    }

    /// Returns the distinct clean texts of the turns (and their pieces) that say an utterance.
    pub fn texts_of(&self, utterance: UtteranceId) -> Result<Vec<String>> {
        let mut select = self.conn.prepare_cached(
            "SELECT DISTINCT text FROM (
                 SELECT coalesce(t.clean, t.raw) AS text FROM turn t WHERE t.utterance = ?1
                 UNION SELECT coalesce(p.clean, p.raw) FROM turn t JOIN turn p ON p.part_of = t.id WHERE t.utterance = ?1)
             WHERE text IS NOT NULL ORDER BY text",
        )?;
        Ok(select.query_map([utterance.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns texts that one side says in at least `least` conversations, most first.
    pub fn frequent_texts(&self, ours: bool, least: u64, limit: usize) -> Result<Counts<String>> {
        let roles = if ours { "t.role IN (1, 2)" } else { "t.role = 0" };
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT coalesce(t.clean, t.raw) AS said, count(DISTINCT t.conversation) AS n FROM turn t JOIN batch_mark m ON m.batch = t.batch
             WHERE {roles} AND (t.aside IS NULL OR t.aside = 'canned') AND length(coalesce(t.clean, t.raw)) > 3
             GROUP BY said HAVING n >= ?1 ORDER BY n DESC, said LIMIT ?2"
        ))?;
        let rows =
            select.query_map((least as i64, limit as i64), |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Calls `each` with every text and its family, in order of id.
    pub fn each_text(&self, mut each: impl FnMut(UtteranceId, String, FamilyId) -> Result<()>) -> Result<()> {
        let mut select = self.conn.prepare("SELECT id, text, family FROM utterance ORDER BY id")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            each(UtteranceId(row.get(0)?), row.get(1)?, FamilyId(row.get(2)?))?;
        }
        Ok(())
    }

    /// Returns families of several texts, the largest first.
    pub fn wide_families(&self, limit: usize) -> Result<Vec<FamilyId>> {
        let mut select = self.conn.prepare_cached(
            "SELECT family FROM utterance_family GROUP BY family HAVING count(*) > 1 ORDER BY count(*) DESC, family LIMIT ?1",
        )?;
        Ok(select.query_map([limit as i64], |row| row.get(0).map(FamilyId))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns families whose members have different verdicts, those most customers said first.
    pub fn split_families(&self, limit: usize) -> Result<Vec<FamilyId>> {
        let mut select = self.conn.prepare_cached(
            "SELECT u.family FROM label l JOIN utterance u ON u.id = l.utterance
             WHERE l.intent IS NOT NULL OR l.verdict = 'out-of-scope'
             GROUP BY u.family HAVING count(DISTINCT coalesce(l.intent, -1)) > 1 ORDER BY sum(u.count) DESC, u.family LIMIT ?1",
        )?;
        Ok(select.query_map([limit as i64], |row| row.get(0).map(FamilyId))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns how many distinct texts customers said in each language, most first.
    pub fn language_counts(&self) -> Result<Counts<Language>> {
        let counts = self.counts(
            "SELECT language, count(*) FROM utterance WHERE count > 0 GROUP BY language ORDER BY count(*) DESC, language",
        )?;
        Ok(counts.into_iter().map(|(tag, count)| (Language::tagged(&tag), count)).collect())
    }

    /// Returns texts of a language (or all), most customers first, after a place in that order.
    pub fn utterances_in(
        &self,
        language: Option<Language>,
        after: Option<(u64, UtteranceId)>,
        limit: usize,
    ) -> Result<Vec<Utterance>> {
        let (count, id) = after.map_or((i64::MAX, 0), |(count, id)| (count as i64, id.0));
        let mut found = Vec::new();
        // Those said more than once have an index in this order; the others stand in it by their ids.
        for often in ["u.count <> 1 AND u.count > 1", "u.count = 1"] {
            let mut select = self.conn.prepare_cached(&format!(
                "SELECT u.id, u.text, u.count, u.family, u.language FROM utterance u
                 WHERE {often} AND u.count <= ?2 AND (u.count < ?2 OR u.id > ?3) AND (?1 IS NULL OR u.language = ?1)
                 ORDER BY u.count DESC, u.id LIMIT ?4"
            ))?;
            let left = (limit - found.len()) as i64;
            for row in select.query_map((language.map(Language::tag), count, id, left), utterances::read)? {
                found.push(row?);
            }
        }
        Ok(found)
    }

    fn counts(&self, sql: &str) -> Result<Counts<String>> {
        let mut select = self.conn.prepare_cached(sql)?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
