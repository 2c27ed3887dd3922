//! What ranks the knowledge beside a run, and how well it did.

use rusqlite::OptionalExtension;

use crate::domain::answers::AnswerScores;
use crate::domain::ids::RunId;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::Recorder;

impl Store {
    /// Returns the bytes of what ranks the knowledge beside a run; `None` where too little was answered then.
    pub fn ranker(&self, run: RunId) -> Result<Option<Vec<u8>>> {
        let mut select = self.conn.prepare_cached("SELECT bytes FROM ranker WHERE run = ?1")?;
        Ok(select.query_row([run.0], |row| row.get(0)).optional()?)
    }

    /// Returns how well it did on questions held out.
    pub fn answer_scores(&self, run: RunId) -> Result<Option<AnswerScores>> {
        let mut select = self.conn.prepare_cached("SELECT report FROM ranker WHERE run = ?1")?;
        let text: Option<String> = select.query_row([run.0], |row| row.get(0)).optional()?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }
}

impl Recorder<'_, '_> {
    /// Keeps what ranks the knowledge beside a run.
    pub fn add_ranker(
        &mut self,
        run: RunId,
        (version, hash): (u32, i64),
        bytes: &[u8],
        scores: &AnswerScores,
    ) -> Result<()> {
        self.tx.execute(
            "INSERT OR REPLACE INTO ranker (run, version, hash, bytes, report) VALUES (?1, ?2, ?3, ?4, ?5)",
            (run.0, version, hash, bytes, serde_json::to_string(scores)?),
        )?;
        Ok(())
    }
}
