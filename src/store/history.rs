//! Events: doing, taking back, doing again, and the log of it all.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, Transaction, TransactionBehavior};

use crate::domain::event::{Act, Event};
use crate::domain::ids::EventId;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::{self, Place, Recorder};
use crate::store::recount;

/// Who does what, when, under which operation id.
#[derive(Debug, Clone)]
pub struct Deed<'a> {
    /// Unique per decision; doing the same one again changes nothing and returns the first event.
    pub op: &'a str,
    pub actor: &'a str,
    pub at: i64,
    pub act: Act,
    pub subject: &'a str,
}

/// What taking back (or doing again) came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// The act that was taken back or done again.
    pub of: Event,
    /// Rows left alone because somebody changed them since.
    pub left: u64,
}

/// Acts that changed nothing one could take back, and those that take back.
const NO_DEEDS: &str = "('undo', 'redo', 'reveal', 'export', 'purge')";

/// The last purge; what happened before it has lost the rows it changed.
const PURGED: &str = "coalesce((SELECT max(id) FROM event WHERE act = 'purge'), 0)";

const COLUMNS: &str = "id, op, actor, at, act, subject, touched, of, stands";

impl Store {
    /// Does `work` and records it as one event, all or nothing.
    pub fn act<T>(
        &mut self,
        deed: &Deed<'_>,
        work: impl FnOnce(&mut Recorder<'_, '_>) -> Result<T>,
    ) -> Result<Option<(EventId, T)>> {
        self.write(|tx| {
            if event_of_op(tx, deed.op)?.is_some() {
                return Ok(None);
            }
            let mut recorder = Recorder::new(tx);
            let value = work(&mut recorder)?;
            let changes = recorder.changes;
            let id = write_event(tx, deed, changes.len() as u64, None)?;
            record::keep(tx, id.0, &changes)?;
            after(tx, &changes)?;
            Ok(Some((id, value)))
        })
    }

    /// Does `work` and lets it go: returns how many rows of each table it would have changed.
    pub fn tried<T>(
        &mut self,
        work: impl FnOnce(&mut Recorder<'_, '_>) -> Result<T>,
    ) -> Result<(BTreeMap<&'static str, u64>, T)> {
        // The transaction is dropped without a commit.
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut recorder = Recorder::new(&tx);
        let value = work(&mut recorder)?;
        let mut rows = BTreeMap::new();
        for change in &recorder.changes {
            *rows.entry(change.place.name()).or_default() += 1;
        }
        Ok((rows, value))
    }

    /// Records what changed no row and must be known all the same.
    pub fn note(&mut self, deed: &Deed<'_>, touched: u64) -> Result<Option<EventId>> {
        self.write(|tx| match event_of_op(tx, deed.op)? {
            Some(_) => Ok(None),
            None => write_event(tx, deed, touched, None).map(Some),
        })
    }

    /// Takes back the actor's latest standing act; `None` when there is none.
    pub fn undo(&mut self, op: &str, actor: &str, at: i64) -> Result<Option<Reversal>> {
        self.write(|tx| {
            if event_of_op(tx, op)?.is_some() {
                return Ok(None);
            }
            let target = tx
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM event WHERE actor = ?1 AND stands = 1 AND act NOT IN {NO_DEEDS} AND id > {PURGED}
                     ORDER BY id DESC LIMIT 1"
                ))?
                .query_row([actor], read)
                .optional()?;
            target.map(|target| reverse(tx, op, actor, at, target, false)).transpose()
        })
    }

    /// Does again the actor's act that was taken back last, unless they did something new since.
    pub fn redo(&mut self, op: &str, actor: &str, at: i64) -> Result<Option<Reversal>> {
        self.write(|tx| {
            if event_of_op(tx, op)?.is_some() {
                return Ok(None);
            }
            // An undone act waits for redo while no newer act of the same actor was done after its undoing.
            let target = tx
                .prepare_cached(&format!(
                    "SELECT e.id, e.op, e.actor, e.at, e.act, e.subject, e.touched, e.of, e.stands
                     FROM event e JOIN event u ON u.of = e.id AND u.act = 'undo'
                     WHERE e.actor = ?1 AND e.stands = 0 AND e.id > {PURGED}
                       AND u.id = (SELECT max(id) FROM event WHERE of = e.id AND act = 'undo')
                       AND NOT EXISTS (SELECT 1 FROM event n WHERE n.actor = ?1 AND n.id > u.id AND n.act NOT IN {NO_DEEDS})
                     ORDER BY u.id DESC LIMIT 1"
                ))?
                .query_row([actor], read)
                .optional()?;
            target.map(|target| reverse(tx, op, actor, at, target, true)).transpose()
        })
    }

    /// Returns events, newest first, older than `before`, of one actor or all, since a moment.
    pub fn log(&self, before: Option<EventId>, actor: Option<&str>, since: i64, limit: usize) -> Result<Vec<Event>> {
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM event WHERE id < ?1 AND (?2 IS NULL OR actor = ?2) AND at >= ?3 ORDER BY id DESC LIMIT ?4"
        ))?;
        let rows = select.query_map((before.map_or(i64::MAX, |id| id.0), actor, since, limit as i64), read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the number of the latest event and when it happened.
    pub fn latest_event(&self) -> Result<Option<(EventId, i64)>> {
        Ok(self
            .conn
            .prepare_cached("SELECT id, at FROM event ORDER BY id DESC LIMIT 1")?
            .query_row([], |row| Ok((EventId(row.get(0)?), row.get(1)?)))
            .optional()?)
    }

    /// Throws the projections away and makes them again from the events; for `doctor` and tests.
    pub fn rebuild(&mut self) -> Result<()> {
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(
            "DELETE FROM span; DELETE FROM label; DELETE FROM intent; DELETE FROM word; DELETE FROM rule; DELETE FROM rehearsal;
             DELETE FROM setting; DELETE FROM profile; DELETE FROM batch_mark; DELETE FROM cluster_mark; DELETE FROM pin; DELETE FROM link; DELETE FROM run_mark; DELETE FROM policy_mark; DELETE FROM version; DELETE FROM change_verdict;
             DELETE FROM turn_mark; DELETE FROM canned; DELETE FROM correction; DELETE FROM test_mark; DELETE FROM cause;
             DELETE FROM opinion; DELETE FROM settlement; DELETE FROM slice; DELETE FROM mood;",
        )?;
        let ids: Vec<i64> = tx
            .prepare("SELECT id FROM event ORDER BY id")?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for id in ids {
            let mut recorder = Recorder::new(&tx);
            for change in record::kept(&tx, id)? {
                record::apply(&mut recorder, &change, true)?;
            }
        }
        tx.commit()?;
        Ok(())
    }
}

impl Recorder<'_, '_> {
    /// Takes back what an event changed, as a change of its own; returns how many rows somebody changed since.
    pub fn take_back(&mut self, event: EventId) -> Result<u64> {
        let mut left = 0;
        for change in record::kept(self.tx, event.0)?.iter().rev() {
            left += u64::from(!record::apply(self, change, false)?);
        }
        Ok(left)
    }
}

/// Writes an event row inside a transaction that already did the work.
pub(in crate::store) fn write_event(
    tx: &Transaction<'_>,
    deed: &Deed<'_>,
    touched: u64,
    of: Option<EventId>,
) -> Result<EventId> {
    tx.prepare_cached(
        "INSERT INTO event (op, actor, at, act, subject, touched, of) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((deed.op, deed.actor, deed.at, deed.act.name(), deed.subject, touched as i64, of.map(|id| id.0)))?;
    Ok(EventId(tx.last_insert_rowid()))
}

/// Finds the event an operation id already made.
pub(in crate::store) fn event_of_op(tx: &Transaction<'_>, op: &str) -> Result<Option<EventId>> {
    Ok(tx
        .prepare_cached("SELECT id FROM event WHERE op = ?1")?
        .query_row([op], |row| Ok(EventId(row.get(0)?)))
        .optional()?)
}

fn reverse(tx: &Transaction<'_>, op: &str, actor: &str, at: i64, of: Event, forward: bool) -> Result<Reversal> {
    let mut changes = record::kept(tx, of.id.0)?;
    if !forward {
        changes.reverse();
    }
    let mut recorder = Recorder::new(tx);
    let mut left = 0;
    for change in &changes {
        if !record::apply(&mut recorder, change, forward)? {
            left += 1;
        }
    }
    let done = recorder.changes;
    let act = if forward { Act::Redo } else { Act::Undo };
    let deed = Deed { op, actor, at, act, subject: &of.subject };
    // What turns were lies in `turn_past`, not among the changes.
    let rewrote = matches!(of.act, Act::Clean | Act::Roles);
    let touched = if rewrote { of.touched } else { done.len() as u64 };
    let id = write_event(tx, &deed, touched, Some(of.id))?;
    record::keep(tx, id.0, &done)?;
    recount::swap_cleaned(tx, of.id.0)?;
    after(tx, &done)?;
    tx.prepare_cached("UPDATE event SET stands = ?2 WHERE id = ?1")?.execute((of.id.0, forward))?;
    Ok(Reversal { of: Event { stands: forward, ..of }, left })
}

/// Brings counts in line with the rows that changed.
fn after(tx: &Transaction<'_>, changes: &[record::Change]) -> Result<()> {
    for change in changes.iter().filter(|change| change.place == Place::BatchMark) {
        if let Some(rusqlite::types::Value::Integer(batch)) =
            change.after.as_ref().or(change.before.as_ref()).and_then(|cells| cells.first())
        {
            recount::recount(tx, *batch)?;
        }
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        id: EventId(row.get(0)?),
        op: row.get(1)?,
        actor: row.get(2)?,
        at: row.get(3)?,
        // A file of our version holds only acts we know; the check at opening saw to that.
        act: Act::named(&row.get::<_, String>(4)?).unwrap_or(Act::Setting),
        subject: row.get(5)?,
        touched: row.get::<_, i64>(6)? as u64,
        of: row.get::<_, Option<i64>>(7)?.map(EventId),
        stands: row.get(8)?,
    })
}
