//! How utterances sound, as trainers said, and what was learned of it beside a run.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row};

use crate::domain::ids::{RunId, UtteranceId};
use crate::domain::mood::{Mood, MoodLabel, MoodReport};
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};

impl Store {
    /// Returns what a trainer said of how an utterance sounds.
    pub fn mood_label(&self, utterance: UtteranceId) -> Result<Option<MoodLabel>> {
        let mut select =
            self.conn.prepare_cached("SELECT utterance, mood, risks, actor, at FROM mood WHERE utterance = ?1")?;
        Ok(select.query_row([utterance.0], read).optional()?.flatten())
    }

    /// Returns every labelled utterance's text with its mood, in order of utterance.
    pub fn mood_labels(&self) -> Result<Vec<(String, MoodLabel)>> {
        let mut select = self.conn.prepare_cached(
            "SELECT m.utterance, m.mood, m.risks, m.actor, m.at, u.text FROM mood m JOIN utterance u ON u.id = m.utterance
             ORDER BY m.utterance",
        )?;
        let rows = select.query_map([], |row| Ok((row.get::<_, String>(5)?, read(row)?)))?;
        let all: Vec<(String, Option<MoodLabel>)> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(all.into_iter().filter_map(|(text, label)| Some((text, label?))).collect())
    }

    /// Returns the bytes of what was learned of moods beside a run.
    pub fn sense(&self, run: RunId) -> Result<Option<Vec<u8>>> {
        let mut select = self.conn.prepare_cached("SELECT bytes FROM sense WHERE run = ?1")?;
        Ok(select.query_row([run.0], |row| row.get(0)).optional()?)
    }

    /// Returns how well moods were heard beside a run; `None` where too little was labelled.
    pub fn mood_report(&self, run: RunId) -> Result<Option<MoodReport>> {
        let mut select = self.conn.prepare_cached("SELECT report FROM sense WHERE run = ?1")?;
        let text: Option<String> = select.query_row([run.0], |row| row.get(0)).optional()?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }
}

impl Recorder<'_, '_> {
    /// Says how an utterance sounds.
    pub fn put_mood(&mut self, label: &MoodLabel) -> Result<()> {
        let MoodLabel { utterance, mood, risks, actor, at } = label;
        let cells: [Value; 5] = [
            utterance.0.into(),
            mood.word().to_string().into(),
            risks.join(" ").into(),
            actor.clone().into(),
            (*at).into(),
        ];
        self.put(Place::Mood, cells.to_vec())
    }

    /// Takes back what was said of it.
    pub fn remove_mood(&mut self, utterance: UtteranceId) -> Result<()> {
        self.remove(Place::Mood, &[Value::Integer(utterance.0)])
    }

    /// Keeps what was learned of moods beside a run.
    pub fn add_sense(
        &mut self,
        run: RunId,
        (version, hash): (u32, i64),
        bytes: &[u8],
        report: &MoodReport,
    ) -> Result<()> {
        self.tx.execute(
            "INSERT OR REPLACE INTO sense (run, version, hash, bytes, report) VALUES (?1, ?2, ?3, ?4, ?5)",
            (run.0, version, hash, bytes, serde_json::to_string(report)?),
        )?;
        Ok(())
    }
}

/// A mood a newer program knows reads as none.
fn read(row: &Row<'_>) -> rusqlite::Result<Option<MoodLabel>> {
    let Some(mood) = Mood::named(&row.get::<_, String>(1)?) else { return Ok(None) };
    let risks = row.get::<_, String>(2)?.split_whitespace().map(String::from).collect();
    Ok(Some(MoodLabel { utterance: UtteranceId(row.get(0)?), mood, risks, actor: row.get(3)?, at: row.get(4)? }))
}
