//! Imported turns: the batches they came in, what cleaning made of them, showing them in context.
//!
//! A turn counts while its batch has a mark; undoing an import removes the mark, so nothing imported is lost.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, Transaction};

use crate::domain::conversation::{Batch, Channel, Facts, Role, Turn};
use crate::domain::ids::{BatchId, ConversationId, EventId, TurnId, UtteranceId};
use crate::store::error::Result;
use crate::store::history::{self, Deed};
use crate::store::met::{Intake, Texts};
use crate::store::open::Store;
use crate::store::recount;
use crate::store::utterances::NewUtterance;

/// What cleaning made of one turn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CleanTurn {
    pub text: Option<String>,
    pub offsets: Vec<u8>,
    /// Names of the rules that changed it, joined by blanks.
    pub hits: String,
    pub aside: Option<String>,
    pub utterance: Option<NewUtterance>,
}

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
    pub clean: CleanTurn,
}

/// What became of one message: kept (with its utterance, for customers) or known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Kept(Option<UtteranceId>),
    Known(Option<UtteranceId>),
}

/// One turn with what cleaning made of it before.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptTurn {
    pub id: TurnId,
    pub channel: Channel,
    pub role: Role,
    pub raw: String,
    pub text: Option<String>,
    pub offsets: Vec<u8>,
    pub hits: String,
    pub aside: Option<String>,
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

    /// Returns turns that count, in order of id, after one of them.
    pub fn turns_after(&self, after: TurnId, limit: usize) -> Result<Vec<KeptTurn>> {
        let mut select = self.conn.prepare_cached(
            "SELECT t.id, c.channel, t.role, t.raw, t.clean, t.offsets, t.hits, t.aside
             FROM turn t JOIN conversation c ON c.id = t.conversation JOIN batch_mark m ON m.batch = t.batch
             WHERE t.id > ?1 ORDER BY t.id LIMIT ?2",
        )?;
        let rows = select.query_map((after.0, limit as i64), read_kept)?;
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

    /// Keeps what a new cleaning made of turns, under a token until [`Store::finish_cleaning`] makes it an event.
    pub fn reclean(&mut self, token: i64, turns: &[(TurnId, CleanTurn)]) -> Result<()> {
        self.settle_keys(false)?;
        let mut taking = std::mem::take(&mut self.taking);
        self.unforced(|store| store.write(|tx| reclean(tx, &mut taking.texts, token, turns)))?;
        self.taking = taking;
        Ok(())
    }

    /// Makes a finished cleaning an event.
    pub fn finish_cleaning(&mut self, token: i64, deed: &Deed<'_>) -> Result<Option<EventId>> {
        self.taking = Intake::default();
        self.settle_keys(true)?;
        self.write(|tx| {
            let touched: i64 =
                tx.query_row("SELECT count(*) FROM turn_past WHERE event = ?1", [token], |row| row.get(0))?;
            if touched == 0 {
                return Ok(None);
            }
            let id = history::write_event(tx, deed, touched as u64, None)?;
            tx.execute("UPDATE turn_past SET event = ?2 WHERE event = ?1", (token, id.0))?;
            tx.execute("UPDATE role_past SET event = ?2 WHERE event = ?1", (token, id.0))?;
            Ok(Some(id))
        })
    }

    /// Takes a stopped or broken-off cleaning back; `None` takes back every one left behind.
    pub fn drop_cleaning(&mut self, token: Option<i64>) -> Result<()> {
        self.write(|tx| {
            let tokens: Vec<i64> = tx
                .prepare("SELECT DISTINCT event FROM turn_past WHERE event < 0 AND (?1 IS NULL OR event = ?1)")?
                .query_map([token], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for token in tokens {
                recount::swap_cleaned(tx, token)?;
                tx.execute("DELETE FROM turn_past WHERE event = ?1", [token])?;
                tx.execute("DELETE FROM role_past WHERE event = ?1", [token])?;
            }
            Ok(())
        })
    }

    /// Returns customer turns a rule changed, as raw and clean text.
    pub fn turns_hit_by(&self, rule: &str, limit: usize) -> Result<Vec<KeptTurn>> {
        let mut found = Vec::new();
        let mut after = TurnId(0);
        // Walks in id order and stops early; a rule that never fires costs one pass over the hits column.
        let mut select = self.conn.prepare_cached(
            "SELECT id FROM turn WHERE id > ?1 AND hits <> '' AND instr(' ' || hits || ' ', ' ' || ?2 || ' ') > 0 ORDER BY id LIMIT ?3",
        )?;
        let ids: Vec<i64> =
            select.query_map((after.0, rule, limit as i64), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        for id in ids {
            after = TurnId(id - 1);
            found.extend(self.turns_after(after, 1)?.into_iter().filter(|turn| turn.id.0 == id));
        }
        Ok(found)
    }

    /// Returns how many turns each rule changed and how many each reason set aside: `(name, count)` lists.
    #[allow(clippy::type_complexity)]
    pub fn cleaning_counts(&self) -> Result<(Vec<(String, u64)>, Vec<(String, u64)>)> {
        // One walk over the turns for both lists; few turns were changed, and in few ways.
        let mut select = self.conn.prepare_cached(
            "SELECT t.hits, t.aside, count(*) FROM turn t JOIN batch_mark m ON m.batch = t.batch
             WHERE t.hits <> '' OR t.aside IS NOT NULL GROUP BY t.hits, t.aside",
        )?;
        let (mut hits, mut aside) = (BTreeMap::new(), BTreeMap::new());
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let count = row.get::<_, i64>(2)? as u64;
            if let Some(rules) = row.get::<_, Option<String>>(0)?.filter(|rules| !rules.is_empty()) {
                *hits.entry(rules).or_default() += count;
            }
            if let Some(reason) = row.get::<_, Option<String>>(1)? {
                *aside.entry(reason).or_default() += count;
            }
        }
        Ok((hits.into_iter().collect(), aside.into_iter().collect()))
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
        let Some((conversation, position, channel)) = place else { return Ok(None) };
        let around = if channel == Channel::List.name() { 0 } else { i64::from(around) };
        let mut select = self.conn.prepare_cached(
            "SELECT id, conversation, position, role, at, raw, clean, utterance, aside, facts FROM turn
             WHERE conversation = ?1 AND position BETWEEN ?2 AND ?3 ORDER BY position, id",
        )?;
        let turns: Vec<Turn> = select
            .query_map((conversation, position - around, position + around), read_turn)?
            .collect::<rusqlite::Result<_>>()?;
        let here = turns.iter().position(|turn| i64::from(turn.position) == position).unwrap_or(0);
        Ok(Some((turns, here)))
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
            "SELECT id, conversation, position, role, at, raw, clean, utterance, aside, facts FROM turn WHERE conversation = ?1 ORDER BY position, id",
        )?;
        ids.into_iter()
            .map(|id| {
                let turns = select.query_map([id], read_turn)?.collect::<rusqlite::Result<_>>()?;
                Ok((ConversationId(id), turns))
            })
            .collect()
    }
}

/// Writes what a new cleaning made of turns and keeps what they were under a token.
fn reclean(tx: &Transaction<'_>, texts: &mut Texts, token: i64, turns: &[(TurnId, CleanTurn)]) -> Result<()> {
    texts.catch_up(tx)?;
    let mut times: BTreeMap<i64, i64> = BTreeMap::new();
    let mut was = tx.prepare_cached("SELECT utterance FROM turn WHERE id = ?1 AND aside IS NULL")?;
    let mut keep = tx.prepare_cached(
        "INSERT INTO turn_past (event, turn, clean, offsets, hits, aside, utterance)
         SELECT ?1, id, clean, offsets, hits, aside, utterance FROM turn WHERE id = ?2",
    )?;
    let mut update = tx.prepare_cached(
        "UPDATE turn SET clean = ?2, offsets = ?3, hits = ?4, aside = ?5, utterance = ?6 WHERE id = ?1",
    )?;
    for (id, clean) in turns {
        let old: Option<i64> = was.query_row([id.0], |row| row.get(0)).optional()?.flatten();
        keep.execute((token, id.0))?;
        let new = clean.utterance.as_ref().map(|new| texts.meet(tx, &new.as_text(), 0)).transpose()?.map(|id| id.0);
        update.execute((id.0, &clean.text, &clean.offsets, &clean.hits, &clean.aside, new))?;
        old.into_iter().for_each(|id| *times.entry(id).or_default() -= 1);
        new.into_iter().for_each(|id| *times.entry(id).or_default() += 1);
    }
    let mut count = tx.prepare_cached("UPDATE utterance SET count = count + ?2 WHERE id = ?1")?;
    for time in times.into_iter().filter(|(_, times)| *times != 0) {
        count.execute(time)?;
    }
    Ok(())
}

pub(in crate::store) fn read_kept(row: &Row<'_>) -> rusqlite::Result<KeptTurn> {
    Ok(KeptTurn {
        id: TurnId(row.get(0)?),
        channel: Channel::named(&row.get::<_, String>(1)?).unwrap_or(Channel::List),
        role: role(row.get(2)?),
        raw: row.get(3)?,
        text: row.get(4)?,
        offsets: row.get::<_, Option<Vec<u8>>>(5)?.unwrap_or_default(),
        hits: row.get::<_, Option<String>>(6)?.unwrap_or_default(),
        aside: row.get(7)?,
    })
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
        facts: row.get_ref(9)?.as_str_or_null()?.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default(),
    })
}

fn role(number: i64) -> Role {
    Role::ALL.get(number as usize).copied().unwrap_or(Role::System)
}
