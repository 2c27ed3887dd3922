//! Rankings of what waits: which utterances a way of asking would have labelled next, made anew after each training.
//!
//! Opinions of a model like the guesses beside them, so no event tells of them and `rebuild` leaves them alone.

use crate::domain::ids::UtteranceId;
use crate::domain::utterance::Utterance;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::utterances;

/// A ranking's name with its utterances, best first, each with its score.
pub type Ranking = (String, Vec<(UtteranceId, f64)>);

/// How much of a ranking still waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    pub ranking: String,
    /// Utterances without a label that score at least so much, and the customers who said them.
    pub utterances: u64,
    pub customers: u64,
}

impl Store {
    /// Writes all rankings in place of the ones before, in one transaction.
    pub fn put_rankings(&mut self, rankings: &[Ranking]) -> Result<()> {
        self.write(|tx| {
            tx.execute("DELETE FROM ranked", [])?;
            let mut insert =
                tx.prepare_cached("INSERT INTO ranked (ranking, place, utterance, score) VALUES (?1, ?2, ?3, ?4)")?;
            for (name, places) in rankings {
                for (place, (utterance, score)) in places.iter().enumerate() {
                    insert.execute((name, place as i64, utterance.0, score))?;
                }
            }
            Ok(())
        })
    }

    /// Returns what waits of a ranking after a place in it: place, utterance, score.
    pub fn ranked(&self, ranking: &str, after: Option<i64>, limit: usize) -> Result<Vec<(i64, Utterance, f64)>> {
        let mut select = self.conn.prepare_cached(
            "SELECT u.id, u.text, u.count, u.family, u.language, r.place, r.score
             FROM ranked r CROSS JOIN utterance u ON u.id = r.utterance
             WHERE r.ranking = ?1 AND r.place > ?2 AND u.labelled = 0 AND u.count > 0 ORDER BY r.place LIMIT ?3",
        )?;
        let rows = select.query_map((ranking, after.unwrap_or(-1), limit as i64), |row| {
            Ok((row.get(5)?, utterances::read(row)?, row.get(6)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns for each ranking whose name begins so how much waits that scores at least `least`.
    pub fn standings(&self, prefix: &str, least: f64) -> Result<Vec<Standing>> {
        let mut select = self.conn.prepare_cached(
            "SELECT r.ranking, count(*), sum(u.count) FROM ranked r CROSS JOIN utterance u ON u.id = r.utterance
             WHERE substr(r.ranking, 1, length(?1)) = ?1 AND r.score >= ?2 AND u.labelled = 0 AND u.count > 0
             GROUP BY r.ranking ORDER BY r.ranking",
        )?;
        let rows = select.query_map((prefix, least), |row| {
            let (utterances, customers): (i64, i64) = (row.get(1)?, row.get(2)?);
            Ok(Standing { ranking: row.get(0)?, utterances: utterances as u64, customers: customers as u64 })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the rankings an utterance stands in, with its score in each.
    pub fn rankings_of(&self, utterance: UtteranceId) -> Result<Vec<(String, f64)>> {
        let mut select =
            self.conn.prepare_cached("SELECT ranking, score FROM ranked WHERE utterance = ?1 ORDER BY ranking")?;
        Ok(select.query_map([utterance.0], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the largest id of an utterance; ids below it may be missing.
    pub fn last_utterance(&self) -> Result<i64> {
        Ok(self.conn.prepare_cached("SELECT coalesce(max(id), 0) FROM utterance")?.query_row([], |row| row.get(0))?)
    }

    /// Returns those of the ids that are said and wait for a label, in the order asked.
    pub fn waiting_of(&self, ids: &[UtteranceId]) -> Result<Vec<Utterance>> {
        let mut select = self.conn.prepare_cached(
            "SELECT u.id, u.text, u.count, u.family, u.language FROM utterance u WHERE u.id = ?1 AND u.labelled = 0 AND u.count > 0",
        )?;
        let mut found = Vec::new();
        for id in ids {
            if let Some(row) = select.query_map([id.0], utterances::read)?.next() {
                found.push(row?);
            }
        }
        Ok(found)
    }
}
