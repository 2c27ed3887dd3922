//! What several trainers said of the same texts, where they differ, and what was decided then.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row};

use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::label::{LabelSource, Opinion, Verdict};
use crate::domain::utterance::Utterance;
use crate::store::error::Result;
use crate::store::labels::{cells, verdict_at};
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};
use crate::store::utterances;

const COLUMNS: &str = "utterance, actor, verdict, intent, at";

/// Texts with different opinions: of those who said anything, not all said the same.
const DIFFERING: &str = "SELECT utterance FROM opinion WHERE verdict <> 'later' GROUP BY utterance
     HAVING count(DISTINCT verdict || coalesce(intent, '')) > 1";

impl Store {
    /// Returns every opinion, in order of utterance, then of trainer.
    pub fn opinions(&self) -> Result<Vec<Opinion>> {
        let mut select =
            self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM opinion ORDER BY utterance, actor"))?;
        Ok(select.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the opinions on one text, the earliest first.
    pub fn opinions_on(&self, utterance: UtteranceId) -> Result<Vec<Opinion>> {
        let mut select = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM opinion WHERE utterance = ?1 ORDER BY at, actor"))?;
        Ok(select.query_map([utterance.0], read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns texts on which fewer than `raters` gave an opinion and this trainer none, the earliest first.
    pub fn asked_again(&self, actor: &str, raters: u32, limit: usize) -> Result<Vec<Utterance>> {
        let mut select = self.conn.prepare_cached(
            "SELECT u.id, u.text, u.count, u.family, u.language FROM (
                 SELECT utterance, min(at) AS since FROM opinion GROUP BY utterance
                 HAVING count(*) < ?2 AND sum(actor = ?1) = 0) AS asked
             JOIN utterance u ON u.id = asked.utterance
             WHERE u.id NOT IN (SELECT utterance FROM settlement) ORDER BY asked.since, u.id LIMIT ?3",
        )?;
        let rows = select.query_map((actor, raters, limit as i64), utterances::read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns texts with different opinions on which nothing was decided, most customers first.
    pub fn disputed(&self, limit: usize) -> Result<Vec<Utterance>> {
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT u.id, u.text, u.count, u.family, u.language FROM utterance u
             WHERE u.id IN ({DIFFERING}) AND u.id NOT IN (SELECT utterance FROM settlement)
             ORDER BY u.count DESC, u.id LIMIT ?1"
        ))?;
        Ok(select.query_map([limit as i64], utterances::read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns on how many texts opinions differ and nothing was decided, and on how many something was.
    pub fn dispute_counts(&self) -> Result<(u64, u64)> {
        let open =
            format!("SELECT count(*) FROM ({DIFFERING}) WHERE utterance NOT IN (SELECT utterance FROM settlement)");
        let open: i64 = self.conn.prepare_cached(&open)?.query_row([], |row| row.get(0))?;
        let settled: i64 =
            self.conn.prepare_cached("SELECT count(*) FROM settlement")?.query_row([], |row| row.get(0))?;
        Ok((open as u64, settled as u64))
    }

    /// Returns what was decided on disputed texts.
    pub fn settlements(&self) -> Result<BTreeMap<UtteranceId, Verdict>> {
        let mut select = self.conn.prepare_cached("SELECT utterance, verdict, intent FROM settlement")?;
        let rows = select.query_map([], |row| Ok((UtteranceId(row.get(0)?), verdict_at(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns how many standing labels each trainer gave in each way.
    pub fn label_counts(&self) -> Result<Vec<(String, LabelSource, u64)>> {
        let mut select = self
            .conn
            .prepare_cached("SELECT actor, source, count(*) FROM label GROUP BY actor, source ORDER BY actor")?;
        let rows = select.query_map([], |row| {
            let source = LabelSource::named(&row.get::<_, String>(1)?).unwrap_or(LabelSource::Hand);
            Ok((row.get(0)?, source, row.get::<_, i64>(2)? as u64))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns when each trainer decided by hand (milliseconds since 1970 UTC), act by act, as far as it stands.
    pub fn decision_times(&self) -> Result<BTreeMap<String, Vec<i64>>> {
        // A hand decides on one family at a time: its first changed row tells how it was given.
        let mut select = self.conn.prepare_cached(
            "SELECT e.actor, e.at FROM event e WHERE e.act = 'label' AND e.stands = 1 AND EXISTS (
                 SELECT 1 FROM change c WHERE c.event = e.id AND c.position = 0
                     AND (c.place = 'opinion' OR c.place = 'label' AND json_extract(c.after, '$[3]') = 'hand'))
             ORDER BY e.id",
        )?;
        let mut times: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            times.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
        Ok(times)
    }
}

impl Recorder<'_, '_> {
    /// Writes what a trainer said of a text.
    pub fn put_opinion(&mut self, opinion: &Opinion) -> Result<()> {
        let (verdict, intent) = cells(opinion.verdict);
        let Opinion { utterance, actor, at, .. } = opinion;
        self.put(Place::Opinion, vec![utterance.0.into(), actor.clone().into(), verdict, intent, (*at).into()])
    }

    /// Writes what was decided on a text with different opinions.
    pub fn put_settlement(&mut self, utterance: UtteranceId, verdict: Verdict, actor: &str, at: i64) -> Result<()> {
        let (verdict, intent) = cells(verdict);
        self.put(Place::Settlement, vec![utterance.0.into(), verdict, intent, actor.to_string().into(), at.into()])
    }

    /// Returns the trainers who gave an opinion on a text.
    pub fn raters(&self, utterance: UtteranceId) -> Result<Vec<String>> {
        let mut select = self.tx.prepare_cached("SELECT actor FROM opinion WHERE utterance = ?1 ORDER BY actor")?;
        Ok(select.query_map([utterance.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Tells whether something was decided on a text with different opinions.
    pub fn is_settled(&self, utterance: UtteranceId) -> Result<bool> {
        let mut select = self.tx.prepare_cached("SELECT 1 FROM settlement WHERE utterance = ?1")?;
        Ok(select.query_row([utterance.0], |_| Ok(())).optional()?.is_some())
    }

    /// Gives every opinion and settlement for an intent to another; without one they go.
    pub fn move_opinions(&mut self, from: IntentId, into: Option<IntentId>) -> Result<()> {
        let opinions: Vec<Opinion> = {
            let mut select = self.tx.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM opinion WHERE intent = ?1 ORDER BY utterance, actor"
            ))?;
            select.query_map([from.0], read)?.collect::<rusqlite::Result<_>>()?
        };
        for opinion in opinions {
            match into {
                Some(into) => self.put_opinion(&Opinion { verdict: Verdict::Intent(into), ..opinion })?,
                None => self.remove(Place::Opinion, &[opinion.utterance.0.into(), opinion.actor.into()])?,
            }
        }
        let settled: Vec<(i64, String, i64)> = {
            let mut select = self
                .tx
                .prepare_cached("SELECT utterance, actor, at FROM settlement WHERE intent = ?1 ORDER BY utterance")?;
            select
                .query_map([from.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?
        };
        for (utterance, actor, at) in settled {
            match into {
                Some(into) => self.put_settlement(UtteranceId(utterance), Verdict::Intent(into), &actor, at)?,
                None => self.remove(Place::Settlement, &[Value::Integer(utterance)])?,
            }
        }
        Ok(())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Opinion> {
    Ok(Opinion {
        utterance: UtteranceId(row.get(0)?),
        actor: row.get(1)?,
        verdict: verdict_at(row, 2)?,
        at: row.get(4)?,
    })
}
