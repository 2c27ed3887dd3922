//! What cleaning makes of turns that are kept: reading them, writing what changed, counting what was done.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, Transaction};

use crate::domain::conversation::{Channel, Role};
use crate::domain::ids::{ConversationId, EventId, FamilyId, TurnId, UtteranceId};
use crate::store::error::Result;
use crate::store::history::{self, Deed};
use crate::store::keys;
use crate::store::met::{Intake, Texts};
use crate::store::open::Store;
use crate::store::record::{self, Recorder};
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

/// One turn with what cleaning made of it before, and what a trainer said about it.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptTurn {
    pub id: TurnId,
    pub conversation: ConversationId,
    pub position: u32,
    pub channel: Channel,
    pub role: Role,
    pub at: Option<i64>,
    pub raw: String,
    pub text: Option<String>,
    pub offsets: Vec<u8>,
    pub hits: String,
    pub aside: Option<String>,
    /// The turn whose utterance it is a piece of.
    pub part_of: Option<TurnId>,
    /// The identity of its utterance.
    pub utterance: Option<i64>,
    /// Whether its file gave it an intent.
    pub labelled: bool,
    /// Whether its source named no conversation, so that its neighbours are strangers.
    pub alone: bool,
    /// Whether a trainer joined it to the turn before it, or parted it from that.
    pub joined: Option<bool>,
    /// Whether a trainer took it back from quarantine.
    pub returned: bool,
}

/// What a new cleaning made of one turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Recleaned {
    pub turn: TurnId,
    pub clean: CleanTurn,
    pub part_of: Option<TurnId>,
}

/// A place in the order of conversations and their turns.
pub type After = (ConversationId, u32, TurnId);

const COLUMNS: &str =
    "t.id, t.conversation, t.position, c.channel, t.role, t.at, t.raw, coalesce(t.clean, t.raw), t.offsets, t.hits, t.aside, t.part_of,
    u.hash, t.labelled, t.alone, k.joined, k.returned";

/// Turns with what stands beside them; the turn's own order leads.
const TABLES: &str =
    "turn t CROSS JOIN conversation c ON c.id = t.conversation LEFT JOIN batch_mark m ON m.batch = t.batch
    LEFT JOIN utterance u ON u.id = t.utterance LEFT JOIN turn_mark k ON k.turn = t.id";

impl Store {
    /// Returns turns that count, conversation by conversation in their order, after a place.
    pub fn turns_after(&self, after: Option<After>, limit: usize) -> Result<Vec<KeptTurn>> {
        let (conversation, position, id) = after.map_or((i64::MIN, 0, 0), |(c, p, t)| (c.0, p, t.0));
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE (t.conversation, t.position, t.id) > (?1, ?2, ?3) AND m.batch IS NOT NULL
             ORDER BY t.conversation, t.position, t.id LIMIT ?4"
        ))?;
        let rows = select.query_map((conversation, position, id, limit as i64), read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the turns of one conversation that count, in order; those of `batch` count too before it is finished.
    pub fn turns_of(
        &self,
        conversation: ConversationId,
        batch: Option<crate::domain::ids::BatchId>,
    ) -> Result<Vec<KeptTurn>> {
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE t.conversation = ?1 AND (m.batch IS NOT NULL OR t.batch = ?2)
             ORDER BY t.position, t.id"
        ))?;
        let rows = select.query_map((conversation.0, batch.map(|batch| batch.0)), read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns one turn.
    pub fn kept_turn(&self, id: TurnId) -> Result<Option<KeptTurn>> {
        Ok(self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE t.id = ?1 AND m.batch IS NOT NULL"))?
            .query_row([id.0], read)
            .optional()?)
    }

    /// Returns the conversation that is known by this identity across imports.
    pub fn conversation_of(&mut self, digest: i64) -> Result<Option<ConversationId>> {
        self.settle_keys(true)?;
        Ok(keys::conversation(&self.conn, digest)?.map(ConversationId))
    }

    /// Does `work` and cleans turns anew, as one event.
    pub fn act_on_turns(
        &mut self,
        deed: &Deed<'_>,
        turns: &[Recleaned],
        work: impl FnOnce(&mut Recorder<'_, '_>) -> Result<()>,
    ) -> Result<Option<EventId>> {
        self.write(|tx| {
            if history::event_of_op(tx, deed.op)?.is_some() {
                return Ok(None);
            }
            let mut recorder = Recorder::new(tx);
            work(&mut recorder)?;
            let changes = recorder.changes;
            let id = history::write_event(tx, deed, changes.len() as u64, None)?;
            record::keep(tx, id.0, &changes)?;
            write(tx, &mut Texts::default(), id.0, turns)?;
            Ok(Some(id))
        })
    }

    /// Keeps what a new cleaning made of turns, under a token until [`Store::finish_cleaning`] makes it an event.
    pub fn reclean(&mut self, token: i64, turns: &[Recleaned]) -> Result<()> {
        self.settle_keys(false)?;
        let mut taking = std::mem::take(&mut self.taking);
        self.unforced(|store| store.write(|tx| write(tx, &mut taking.texts, token, turns)))?;
        self.taking = taking;
        Ok(())
    }

    /// Puts utterances into families, under the token of a cleaning.
    pub fn refamily(&mut self, token: i64, families: &[(UtteranceId, FamilyId)]) -> Result<()> {
        self.settle_keys(true)?;
        self.write(|tx| {
            let mut leave = tx.prepare_cached(
                "DELETE FROM utterance_family WHERE utterance = ?1 AND family = (SELECT family FROM utterance WHERE id = ?1)",
            )?;
            let mut enter = tx.prepare_cached(keys::FAMILY)?;
            let mut past = tx.prepare_cached(
                "INSERT INTO family_past (event, utterance, family) SELECT ?1, id, family FROM utterance WHERE id = ?2",
            )?;
            let mut update = tx.prepare_cached("UPDATE utterance SET family = ?2 WHERE id = ?1")?;
            for (utterance, family) in families {
                past.execute((token, utterance.0))?;
                leave.execute([utterance.0])?;
                update.execute((utterance.0, family.0))?;
                enter.execute((family.0, utterance.0))?;
            }
            Ok(())
        })
    }

    /// Makes a finished cleaning an event; `work` records what else it decided.
    pub fn finish_cleaning(
        &mut self,
        token: i64,
        deed: &Deed<'_>,
        work: impl FnOnce(&mut Recorder<'_, '_>) -> Result<()>,
    ) -> Result<Option<EventId>> {
        self.taking = Intake::default();
        self.settle_keys(true)?;
        self.write(|tx| {
            let touched: i64 = tx.query_row(
                "SELECT (SELECT count(*) FROM (SELECT turn FROM turn_past WHERE event = ?1 UNION SELECT turn FROM role_past WHERE event = ?1))
                   + (SELECT count(*) FROM family_past WHERE event = ?1)",
                [token],
                |row| row.get(0),
            )?;
            let mut recorder = Recorder::new(tx);
            work(&mut recorder)?;
            let changes = recorder.changes;
            if touched == 0 && changes.is_empty() {
                return Ok(None);
            }
            let id = history::write_event(tx, deed, touched as u64, None)?;
            record::keep(tx, id.0, &changes)?;
            tx.execute("UPDATE turn_past SET event = ?2 WHERE event = ?1", (token, id.0))?;
            tx.execute("UPDATE family_past SET event = ?2 WHERE event = ?1", (token, id.0))?;
            tx.execute("UPDATE role_past SET event = ?2 WHERE event = ?1", (token, id.0))?;
            Ok(Some(id))
        })
    }

    /// Takes a stopped or broken-off cleaning back; `None` takes back every one left behind.
    pub fn drop_cleaning(&mut self, token: Option<i64>) -> Result<()> {
        self.write(|tx| {
            let tokens: Vec<i64> = tx
                .prepare(
                    "SELECT DISTINCT event FROM turn_past WHERE event < 0 AND (?1 IS NULL OR event = ?1)
                     UNION SELECT DISTINCT event FROM family_past WHERE event < 0 AND (?1 IS NULL OR event = ?1)
                     UNION SELECT DISTINCT event FROM role_past WHERE event < 0 AND (?1 IS NULL OR event = ?1)",
                )?
                .query_map([token], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for token in tokens {
                recount::swap_cleaned(tx, token)?;
                tx.execute("DELETE FROM turn_past WHERE event = ?1", [token])?;
                tx.execute("DELETE FROM family_past WHERE event = ?1", [token])?;
                tx.execute("DELETE FROM role_past WHERE event = ?1", [token])?;
            }
            Ok(())
        })
    }

    /// Returns turns a rule changed, in order of id.
    pub fn turns_hit_by(&self, rule: &str, limit: usize) -> Result<Vec<KeptTurn>> {
        // Walks in id order and stops early; a rule that never fires costs one pass over the hits column.
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE t.hits <> '' AND instr(' ' || t.hits || ' ', ' ' || ?1 || ' ') > 0
               AND m.batch IS NOT NULL ORDER BY t.id LIMIT ?2"
        ))?;
        Ok(select.query_map((rule, limit as i64), read)?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the pieces that went on with a turn, in order.
    pub fn parts_of(&self, turn: TurnId) -> Result<Vec<KeptTurn>> {
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM {TABLES} WHERE t.part_of = ?1 AND m.batch IS NOT NULL ORDER BY t.position, t.id"
        ))?;
        Ok(select.query_map([turn.0], read)?.collect::<rusqlite::Result<_>>()?)
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
}

/// Returns what is kept of a clean text: nothing where it is the raw one, letter by letter.
pub(in crate::store) fn apart<'t>(clean: Option<&'t str>, raw: &str) -> Option<&'t str> {
    clean.filter(|clean| *clean != raw)
}

/// Writes what turns are now and keeps what they were under an event (or a token of one to come).
pub(in crate::store) fn write(tx: &Transaction<'_>, texts: &mut Texts, event: i64, turns: &[Recleaned]) -> Result<()> {
    if turns.is_empty() {
        return Ok(());
    }
    texts.catch_up(tx)?;
    let mut times: BTreeMap<i64, i64> = BTreeMap::new();
    let mut was = tx.prepare_cached("SELECT utterance FROM turn WHERE id = ?1 AND aside IS NULL")?;
    let mut keep = tx.prepare_cached(
        "INSERT INTO turn_past (event, turn, clean, offsets, hits, aside, utterance, part_of)
         SELECT ?1, id, clean, offsets, hits, aside, utterance, part_of FROM turn WHERE id = ?2",
    )?;
    let mut update = tx.prepare_cached(
        "UPDATE turn SET clean = CASE WHEN ?2 <> raw THEN ?2 END, offsets = ?3, hits = ?4, aside = ?5, utterance = ?6, part_of = ?7 WHERE id = ?1",
    )?;
    for Recleaned { turn, clean, part_of } in turns {
        let old: Option<i64> = was.query_row([turn.0], |row| row.get(0)).optional()?.flatten();
        keep.execute((event, turn.0))?;
        let new = clean.utterance.as_ref().map(|new| texts.meet(tx, &new.as_text(), 0)).transpose()?.map(|id| id.0);
        let head = part_of.map(|head| head.0);
        update.execute((turn.0, &clean.text, &clean.offsets, &clean.hits, &clean.aside, new, head))?;
        old.into_iter().for_each(|id| *times.entry(id).or_default() -= 1);
        new.into_iter().for_each(|id| *times.entry(id).or_default() += 1);
    }
    let mut count = tx.prepare_cached("UPDATE utterance SET count = count + ?2 WHERE id = ?1")?;
    for time in times.into_iter().filter(|(_, times)| *times != 0) {
        count.execute(time)?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeptTurn> {
    Ok(KeptTurn {
        id: TurnId(row.get(0)?),
        conversation: ConversationId(row.get(1)?),
        position: row.get(2)?,
        channel: Channel::named(&row.get::<_, String>(3)?).unwrap_or(Channel::List),
        role: role(row.get(4)?),
        at: row.get(5)?,
        raw: row.get(6)?,
        text: row.get(7)?,
        offsets: row.get::<_, Option<Vec<u8>>>(8)?.unwrap_or_default(),
        hits: row.get::<_, Option<String>>(9)?.unwrap_or_default(),
        aside: row.get(10)?,
        part_of: row.get::<_, Option<i64>>(11)?.map(TurnId),
        utterance: row.get(12)?,
        labelled: row.get(13)?,
        alone: row.get(14)?,
        joined: row.get(15)?,
        returned: row.get::<_, Option<bool>>(16)?.unwrap_or(false),
    })
}

pub(in crate::store) fn role(number: i64) -> Role {
    Role::ALL.get(number as usize).copied().unwrap_or(Role::System)
}
