//! What records of imported files said that nobody here reads. It belongs to the turn the record became and goes with it.

use rusqlite::Transaction;

use crate::domain::extra::{Extra, Form};
use crate::domain::ids::UtteranceId;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::rows;

/// Keeps the fields of new turns.
pub(in crate::store) fn take<'t>(tx: &Transaction<'_>, extras: impl Iterator<Item = (i64, &'t Extra)>) -> Result<()> {
    let extras: Vec<(i64, &Extra)> = extras.collect();
    if extras.is_empty() {
        return Ok(());
    }
    rows::insert(tx, "INSERT OR REPLACE INTO extra (turn, form, fields)", 3, &extras, |row, (turn, extra)| {
        row.put(turn)?;
        row.put(extra.form.name())?;
        row.put(&*extra.fields)
    })
}

impl Store {
    /// Goes through what the records of labelled utterances said, in the order they came; tells whether the text stands
    /// as the record had it.
    pub fn each_extra(&self, mut take: impl FnMut(UtteranceId, Form, &str, bool) -> Result<()>) -> Result<()> {
        let mut select = self.conn.prepare_cached(
            "SELECT t.utterance, x.form, x.fields, t.raw = u.text FROM extra x JOIN turn t ON t.id = x.turn
             JOIN batch_mark m ON m.batch = t.batch JOIN label l ON l.utterance = t.utterance
             JOIN utterance u ON u.id = t.utterance ORDER BY x.turn",
        )?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            // A form a newer program knows cannot stand in a file of our version.
            let Some(form) = Form::named(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?) else { continue };
            let fields = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
            take(UtteranceId(row.get(0)?), form, fields, row.get(3)?)?;
        }
        Ok(())
    }
}
