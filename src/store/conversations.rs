//! Imported turns: the batches they came in, showing them in context. Not here: cleaning them again (`cleaning`).
//!
//! A turn counts while its batch has a mark; undoing an import removes the mark, so nothing imported is lost.

use rusqlite::{OptionalExtension, Row};

use crate::domain::conversation::{Batch, Channel, Facts, Role, Turn};
use crate::domain::extra::Extra;
use crate::domain::ids::{BatchId, ConversationId, EventId, TurnId, UtteranceId};
use crate::store::cleaning::{CleanTurn, role};
use crate::store::error::Result;
use crate::store::open::Store;

/// One message ready to be kept.
#[derive(Debug, Clone)]
pub struct NewTurn {
    /// Identifies the conversation across imports.
    pub conversation: i64,
    pub name: String,
    pub channel: Channel,
    /// Identifies the turn across imports.
    pub digest: i64,
    pub position: u32,
    pub role: Role,
    pub speaker: Option<String>,
    pub at: Option<i64>,
    pub raw: String,
    pub facts: Facts,
    /// Fields of its record that nobody here reads.
    pub extra: Option<Box<Extra>>,
    /// Whether the source named no conversation, so that its neighbours are strangers.
    pub alone: bool,
    /// Whether its file gave it an intent.
    pub labelled: bool,
    pub clean: CleanTurn,
    /// The place, in the same portion, of the turn that carries the sentence it is a piece of.
    pub part_of: Option<usize>,
}

/// What became of one message: kept (with its utterance, for customers) or known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Kept(Option<UtteranceId>),
    /// Its import had been taken back; it counts again, as it was cleaned then.
    Back(Option<UtteranceId>),
    Known(Option<UtteranceId>),
}

/// Rows of one file that were not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideRow {
    pub line: u64,
    pub reason: String,
    pub raw: String,
}

/// The figures of a finished batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchCounts {
    pub read: u64,
    pub kept: u64,
    pub aside: u64,
}

impl Store {
    /// Tells whether the same bytes were imported already and still count.
    pub fn batch_known(&self, digest: i64) -> Result<bool> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT 1 FROM batch b JOIN batch_mark m ON m.batch = b.id WHERE b.digest = ?1 AND b.finished = 1",
            )?
            .exists([digest])?)
    }

    /// Returns the event by which a batch came to count.
    pub fn import_of(&self, batch: BatchId) -> Result<Option<EventId>> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT e.id FROM event e JOIN change c ON c.event = e.id AND c.position = 0
                 WHERE e.act = 'import' AND c.place = 'batch_mark' AND json_extract(c.after, '$[0]') = ?1",
            )?
            .query_row([batch.0], |row| row.get(0).map(EventId))
            .optional()?)
    }

    /// Returns the batches that count, newest first.
    pub fn batches(&self) -> Result<Vec<Batch>> {
        let mut select = self.conn.prepare_cached(
            "SELECT b.id, b.source, b.format, b.encoding, b.at, b.actor, b.read, b.kept, b.aside
             FROM batch b JOIN batch_mark m ON m.batch = b.id ORDER BY b.id DESC",
        )?;
        let rows = select.query_map([], |row| {
            Ok(Batch {
                id: BatchId(row.get(0)?),
                source: row.get(1)?,
                format: row.get(2)?,
                encoding: row.get(3)?,
                at: row.get(4)?,
                actor: row.get(5)?,
                read: row.get::<_, i64>(6)? as u64,
                kept: row.get::<_, i64>(7)? as u64,
                aside: row.get::<_, i64>(8)? as u64,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the rows of a batch that were not taken, from a place on.
    pub fn aside_rows(&self, batch: BatchId, from: usize, limit: usize) -> Result<Vec<AsideRow>> {
        let mut select = self.conn.prepare_cached(
            "SELECT line, reason, raw FROM aside_row WHERE batch = ?1 ORDER BY line, rowid LIMIT ?2 OFFSET ?3",
        )?;
        let rows = select.query_map((batch.0, limit as i64, from as i64), |row| {
            Ok(AsideRow { line: row.get::<_, i64>(0)? as u64, reason: row.get(1)?, raw: row.get(2)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns how many turns count, and how many of them customers said.
    ///
    /// Most texts are said once: each said text counts once, and only those said more often are added up.
    pub fn turn_counts(&self) -> Result<(u64, u64)> {
        let (turns, again) = self
            .conn
            .prepare_cached(
                "SELECT coalesce(sum(b.kept), 0), (SELECT coalesce(sum(count - 1), 0) FROM utterance WHERE count <> 1 AND count > 1)
                 FROM batch b JOIN batch_mark m ON m.batch = b.id",
            )?
            .query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))?;
        Ok((turns, again + self.utterance_count()?))
    }

    /// Returns the turns around one occurrence of an utterance, and which of them it is.
    ///
    /// `nth` walks the occurrences; `None` when there are not so many. Lists have no surroundings.
    pub fn context(&self, utterance: UtteranceId, nth: usize, around: u32) -> Result<Option<(Vec<Turn>, usize)>> {
        let place: Option<(i64, i64, String)> = self
            .conn
            .prepare_cached(
                "SELECT t.conversation, t.position, c.channel FROM turn t JOIN conversation c ON c.id = t.conversation
                 JOIN batch_mark m ON m.batch = t.batch WHERE t.utterance = ?1 ORDER BY t.id LIMIT 1 OFFSET ?2",
            )?
            .query_row((utterance.0, nth as i64), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        place.map(|place| self.around(place, around)).transpose()
    }

    /// Returns the turns around one, and which of them it is.
    pub fn context_of(&self, turn: TurnId, around: u32) -> Result<Option<(Vec<Turn>, usize)>> {
        let place: Option<(i64, i64, String)> = self
            .conn
            .prepare_cached(
                "SELECT t.conversation, t.position, c.channel FROM turn t JOIN conversation c ON c.id = t.conversation WHERE t.id = ?1",
            )?
            .query_row([turn.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        place.map(|place| self.around(place, around)).transpose()
    }

    fn around(&self, place: (i64, i64, String), around: u32) -> Result<(Vec<Turn>, usize)> {
        let (conversation, position, channel) = place;
        let around = if channel == Channel::List.name() { 0 } else { i64::from(around) };
        let mut select = self.conn.prepare_cached(
            "SELECT id, conversation, position, role, at, raw, coalesce(clean, raw), utterance, aside, facts, part_of FROM turn
             WHERE conversation = ?1 AND position BETWEEN ?2 AND ?3 ORDER BY position, id",
        )?;
        let turns: Vec<Turn> = select
            .query_map((conversation, position - around, position + around), read_turn)?
            .collect::<rusqlite::Result<_>>()?;
        let here = turns.iter().position(|turn| i64::from(turn.position) == position).unwrap_or(0);
        Ok((turns, here))
    }

    /// Returns the conversations of the project in order, as their customers' and others' turns.
    pub fn conversation_turns(&self, after: ConversationId, limit: usize) -> Result<Vec<(ConversationId, Vec<Turn>)>> {
        let ids: Vec<i64> = self
            .conn
            .prepare_cached(
                "SELECT c.id FROM conversation c JOIN batch_mark m ON m.batch = c.batch WHERE c.id > ?1 ORDER BY c.id LIMIT ?2",
            )?
            .query_map((after.0, limit as i64), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut select = self.conn.prepare_cached(
            "SELECT id, conversation, position, role, at, raw, coalesce(clean, raw), utterance, aside, facts, part_of FROM turn WHERE conversation = ?1 ORDER BY position, id",
        )?;
        ids.into_iter()
            .map(|id| {
                let turns = select.query_map([id], read_turn)?.collect::<rusqlite::Result<_>>()?;
                Ok((ConversationId(id), turns))
            })
            .collect()
    }
}

fn read_turn(row: &Row<'_>) -> rusqlite::Result<Turn> {
    Ok(Turn {
        id: TurnId(row.get(0)?),
        conversation: ConversationId(row.get(1)?),
        position: row.get(2)?,
        role: role(row.get(3)?),
        at: row.get(4)?,
        raw: row.get(5)?,
        clean: row.get(6)?,
        utterance: row.get::<_, Option<i64>>(7)?.map(UtteranceId),
        aside: row.get(8)?,
        part_of: row.get::<_, Option<i64>>(10)?.map(TurnId),
        facts: row.get_ref(9)?.as_str_or_null()?.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default(),
    })
}
