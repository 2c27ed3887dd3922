//! Trainings and the models they made. Rows never change; a mark says that a run counts.

use rusqlite::{OptionalExtension, Row};

use crate::domain::ids::{IntentId, ModelId, RunId, UtteranceId};
use crate::domain::report::Report;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};

/// One training as lists show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub id: RunId,
    pub at: i64,
    pub actor: String,
    pub algorithm: String,
    /// The options, as JSON.
    pub settings: String,
    pub seed: u64,
    /// Identifies the example set; equal for two runs on the same data.
    pub snapshot: i64,
    pub examples: u64,
    pub intents: u64,
    pub accuracy: f64,
    pub macro_f1: f64,
    pub model: ModelId,
}

/// A training to keep.
pub struct NewRun<'a> {
    pub at: i64,
    pub actor: &'a str,
    pub algorithm: &'a str,
    pub settings: &'a str,
    pub seed: u64,
    pub snapshot: i64,
    /// The examples, `None` for out of scope.
    pub examples: &'a [(UtteranceId, Option<IntentId>)],
    pub intents: u64,
    pub report: &'a Report,
    pub model_version: u32,
    pub model_hash: i64,
    pub model: &'a [u8],
}

const COLUMNS: &str = "r.id, r.at, r.actor, r.algorithm, r.settings, r.seed, r.snapshot, r.examples, r.intents, r.accuracy, r.macro_f1, r.model";

impl Recorder<'_, '_> {
    /// Keeps a run with its model and its data, and makes it count.
    pub fn add_run(&mut self, run: &NewRun<'_>) -> Result<(RunId, ModelId)> {
        let rows: Vec<u8> = run
            .examples
            .iter()
            .flat_map(|(utterance, intent)| {
                let mut row = [0; 16];
                row[..8].copy_from_slice(&utterance.0.to_le_bytes());
                row[8..].copy_from_slice(&intent.map_or(-1, |id| id.0).to_le_bytes());
                row
            })
            .collect();
        self.tx.execute("INSERT OR IGNORE INTO snapshot (hash, rows) VALUES (?1, ?2)", (run.snapshot, rows))?;
        self.tx.execute(
            "INSERT INTO model (version, hash, bytes) VALUES (?1, ?2, ?3)",
            (run.model_version, run.model_hash, run.model),
        )?;
        let model = self.tx.last_insert_rowid();
        self.tx.execute(
            "INSERT INTO run (at, actor, algorithm, settings, seed, snapshot, examples, intents, accuracy, macro_f1, report, model)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            rusqlite::params![
                run.at,
                run.actor,
                run.algorithm,
                run.settings,
                run.seed as i64,
                run.snapshot,
                run.examples.len() as i64,
                run.intents as i64,
                run.report.accuracy,
                run.report.macro_f1,
                serde_json::to_string(run.report)?,
                model,
            ],
        )?;
        let id = self.tx.last_insert_rowid();
        self.put(Place::RunMark, vec![id.into(), 0.into()])?;
        Ok((RunId(id), ModelId(model)))
    }

    /// Makes a run's model the current one, until a newer run is made.
    pub fn choose_run(&mut self, id: RunId) -> Result<()> {
        let newest: i64 = self.tx.query_row("SELECT max(run) FROM run_mark", [], |row| row.get(0))?;
        self.put_setting(CHOSEN, &format!("{} {newest}", id.0))
    }

    /// Lets the runs of an actor count no more and throws their models and reports away.
    pub fn drop_runs_of(&mut self, actor: &str) -> Result<()> {
        let mut select = self.tx.prepare_cached(
            "SELECT r.id, r.model, r.snapshot FROM run r JOIN run_mark m ON m.run = r.id WHERE r.actor = ?1",
        )?;
        let runs: Vec<(i64, i64, i64)> = select
            .query_map([actor], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (run, model, snapshot) in runs {
            self.remove(Place::RunMark, &[run.into()])?;
            // Emptied, not deleted: their ids would be used again, and a model in memory is known by its id.
            self.tx.execute("UPDATE run SET report = 'null', snapshot = 0 WHERE id = ?1", [run])?;
            self.tx.execute("UPDATE model SET bytes = x'' WHERE id = ?1", [model])?;
            self.tx.execute("DELETE FROM tagger WHERE run = ?1", [run])?;
            self.tx.execute("DELETE FROM sense WHERE run = ?1", [run])?;
            self.tx.execute("DELETE FROM ranker WHERE run = ?1", [run])?;
            self.tx.execute(
                "DELETE FROM snapshot WHERE hash = ?1 AND hash NOT IN (SELECT snapshot FROM run)",
                [snapshot],
            )?;
        }
        Ok(())
    }
}

/// The setting that says which run was chosen, and which was the newest then.
const CHOSEN: &str = "run";

fn pair(word: &str) -> Option<(RunId, RunId)> {
    let (chosen, newest) = word.split_once(' ')?;
    Some((RunId(chosen.parse().ok()?), RunId(newest.parse().ok()?)))
}

impl Store {
    /// Returns the runs that count, newest first.
    pub fn runs(&self) -> Result<Vec<Run>> {
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM run r JOIN run_mark m ON m.run = r.id ORDER BY r.id DESC"
        ))?;
        Ok(select.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the run whose model is the current one: the newest that counts, or the one chosen since it was made.
    pub fn latest_run(&self) -> Result<Option<Run>> {
        let newest = self.newest_run()?;
        let Some((chosen, at)) = self.setting(CHOSEN)?.and_then(|word| pair(&word)) else { return Ok(newest) };
        if newest.as_ref().is_none_or(|newest| newest.id != at) {
            return Ok(newest);
        }
        let chosen = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM run r JOIN run_mark m ON m.run = r.id WHERE r.id = ?1"))?
            .query_row([chosen.0], read)
            .optional()?;
        Ok(chosen.or(newest))
    }

    fn newest_run(&self) -> Result<Option<Run>> {
        Ok(self
            .conn
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM run r JOIN run_mark m ON m.run = r.id ORDER BY r.id DESC LIMIT 1"
            ))?
            .query_row([], read)
            .optional()?)
    }

    /// Returns the run that made a model, when it counts.
    pub fn run_of_model(&self, model: ModelId) -> Result<Option<Run>> {
        Ok(self
            .conn
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM run r JOIN run_mark m ON m.run = r.id WHERE r.model = ?1 ORDER BY r.id DESC LIMIT 1"
            ))?
            .query_row([model.0], read)
            .optional()?)
    }

    /// Returns the report of a run.
    pub fn report(&self, id: RunId) -> Result<Option<Report>> {
        let text: Option<String> = self
            .conn
            .prepare_cached("SELECT report FROM run WHERE id = ?1")?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    /// Returns the bytes of a model.
    pub fn model(&self, id: ModelId) -> Result<Option<Vec<u8>>> {
        Ok(self
            .conn
            .prepare_cached("SELECT bytes FROM model WHERE id = ?1")?
            .query_row([id.0], |row| row.get(0))
            .optional()?)
    }

    /// Returns the examples a run was trained on; `None` is out of scope.
    pub fn snapshot(&self, hash: i64) -> Result<Vec<(UtteranceId, Option<IntentId>)>> {
        let rows: Option<Vec<u8>> = self
            .conn
            .prepare_cached("SELECT rows FROM snapshot WHERE hash = ?1")?
            .query_row([hash], |row| row.get(0))
            .optional()?;
        Ok(rows
            .unwrap_or_default()
            .chunks_exact(16)
            .map(|row| {
                let (utterance, intent) = row.split_at(8);
                let intent = i64::from_le_bytes(intent.try_into().expect("eight of sixteen bytes"));
                (
                    UtteranceId(i64::from_le_bytes(utterance.try_into().expect("eight of sixteen bytes"))),
                    (intent >= 0).then_some(IntentId(intent)),
                )
            })
            .collect())
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: RunId(row.get(0)?),
        at: row.get(1)?,
        actor: row.get(2)?,
        algorithm: row.get(3)?,
        settings: row.get(4)?,
        seed: row.get::<_, i64>(5)? as u64,
        snapshot: row.get(6)?,
        examples: row.get::<_, i64>(7)? as u64,
        intents: row.get::<_, i64>(8)? as u64,
        accuracy: row.get(9)?,
        macro_f1: row.get(10)?,
        model: ModelId(row.get(11)?),
    })
}
