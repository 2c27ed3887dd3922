//! Taking a file's turns in: a batch that begins, grows by portions in short transactions, and is finished or dropped.
//!
//! Called by `workbench::import`. A turn is known by its digest within its conversation, so a conversation nobody has
//! seen is taken without looking. What a batch meets is remembered between its portions ([`Intake`]) and
//! forgotten when others' portions or removals make it stale.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use nohash_hasher::IntMap;
use rusqlite::{OptionalExtension, Transaction};

use crate::domain::conversation::Facts;
use crate::domain::ids::{BatchId, EventId, UtteranceId};
use crate::store::cleaning::{self, Recleaned};
use crate::store::conversations::{AsideRow, BatchCounts, NewTurn, Taken};
use crate::store::error::Result;
use crate::store::extras;
use crate::store::history::{self, Deed};
use crate::store::keys;
use crate::store::met::{self, Intake, Talk, Talks, Text, Texts};
use crate::store::open::Store;
use crate::store::record::{self, Place, Recorder};
use crate::store::rows;

/// Rows a transaction removes.
const SLICE: i64 = 5_000;

/// How many texts may wait to be counted.
const WAITING: usize = 65_536;

/// Counts a transaction writes.
const COUNTS: usize = 4_096;

/// Writes turns.
const TURN: &str =
    "INSERT OR FAIL INTO turn (batch, conversation, digest, position, role, speaker, at, raw, clean, offsets, hits, aside,
    utterance, facts, alone, labelled, part_of)";

impl Store {
    /// Begins a batch; its turns count once it is finished.
    pub fn begin_batch(
        &mut self,
        source: &str,
        digest: i64,
        format: &str,
        encoding: &str,
        at: i64,
        actor: &str,
    ) -> Result<BatchId> {
        self.settle_keys(true)?;
        self.taking = Intake::default();
        // What a turn refers to is written or looked up just before it; to look again at each row costs a tenth.
        self.conn.pragma_update(None, "foreign_keys", false)?;
        self.write(|tx| {
            tx.execute(
                "INSERT INTO batch (source, digest, format, encoding, at, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (source, digest, format, encoding, at, actor),
            )?;
            Ok(BatchId(tx.last_insert_rowid()))
        })
    }

    /// Writes what a batch's file turned out to be.
    pub fn describe_batch(&mut self, batch: BatchId, format: &str, encoding: &str) -> Result<()> {
        self.write(|tx| {
            tx.execute("UPDATE batch SET format = ?2, encoding = ?3 WHERE id = ?1", (batch.0, format, encoding))?;
            Ok(())
        })
    }

    /// Takes messages into a batch, in one short transaction; at most ten thousand a call.
    ///
    /// The digests of one batch differ. A portion is not forced to the disk by itself: until the batch is finished
    /// nothing of it counts, and finishing forces everything before it.
    pub fn take_turns(&mut self, batch: BatchId, turns: &[NewTurn]) -> Result<Vec<Taken>> {
        self.settle_keys(false)?;
        self.settle_counts(WAITING)?;
        let mut taking = std::mem::take(&mut self.taking);
        let taken = self.unforced(|store| store.write(|tx| take(&mut taking, tx, batch, turns)))?;
        self.taking = taking;
        Ok(taken)
    }

    /// Writes the counts of texts that were said again, when at least `least` wait.
    fn settle_counts(&mut self, least: usize) -> Result<()> {
        if self.taking.texts.uncounted() < least {
            return Ok(());
        }
        let mut counts = self.taking.texts.take_counts();
        let mut talks = std::mem::take(&mut self.taking.talks);
        let mut written = Ok(());
        while written.is_ok() && !counts.is_empty() {
            let rest = counts.len().saturating_sub(COUNTS);
            let some = &counts[rest..];
            let stamped = self.unforced(|store| store.write(|tx| write_counts(tx, &talks, some)));
            written = stamped.map(|stamp| {
                talks.stamped(stamp);
                counts.truncate(rest);
            });
        }
        self.taking.talks = talks;
        // What could not be written still waits: a batch that is dropped takes off what it added.
        self.taking.texts.put_back(counts);
        written
    }

    /// Keeps the rows that were not taken, with their reasons.
    pub fn set_aside(&mut self, batch: BatchId, rows: &[AsideRow]) -> Result<()> {
        self.unforced(|store| {
            store.write(|tx| {
                let mut insert =
                    tx.prepare_cached("INSERT INTO aside_row (batch, line, reason, raw) VALUES (?1, ?2, ?3, ?4)")?;
                for row in rows {
                    insert.execute((batch.0, row.line as i64, &row.reason, &row.raw))?;
                }
                Ok(())
            })
        })
    }

    /// Ends a batch: its turns count, and the import is an event that can be taken back.
    ///
    /// `more` records what else the import decides (intents and labels the file brought), `turns` are those whose
    /// sentences the new ones changed.
    pub fn finish_batch(
        &mut self,
        batch: BatchId,
        counts: BatchCounts,
        deed: &Deed<'_>,
        turns: &[Recleaned],
        more: impl FnOnce(&mut Recorder<'_, '_>) -> Result<()>,
    ) -> Result<EventId> {
        self.settle_counts(1)?;
        self.taking = Intake::default();
        self.conn.pragma_update(None, "foreign_keys", true)?;
        self.settle_keys(true)?;
        self.write(|tx| {
            tx.execute(
                "UPDATE batch SET read = ?2, kept = ?3, aside = ?4, finished = 1 WHERE id = ?1",
                (batch.0, counts.read as i64, counts.kept as i64, counts.aside as i64),
            )?;
            settle_mails(tx, batch)?;
            let mut recorder = Recorder::new(tx);
            recorder.put(Place::BatchMark, vec![batch.0.into(), 0.into()])?;
            more(&mut recorder)?;
            let Recorder { changes, mut texts, .. } = recorder;
            let id = history::write_event(tx, deed, counts.kept, None)?;
            record::keep(tx, id.0, &changes)?;
            cleaning::write(tx, &mut texts, id.0, turns)?;
            Ok(id)
        })
    }

    /// Removes an unfinished batch as if it had never begun, by short transactions.
    pub fn drop_batch(&mut self, batch: BatchId) -> Result<()> {
        self.settle_counts(1)?;
        self.taking = Intake::default();
        self.conn.pragma_update(None, "foreign_keys", true)?;
        while self.unforced(|store| store.write(|tx| drop_turns(tx, batch)))? {}
        let mut after = 0;
        while let Some(last) = self.unforced(|store| store.write(|tx| drop_conversations(tx, batch, after)))? {
            after = last;
        }
        self.settle_keys(true)?;
        self.write(|tx| {
            tx.execute("DELETE FROM batch WHERE id = ?1", [batch.0])?;
            Ok(())
        })
    }
}

fn take(intake: &mut Intake, tx: &Transaction<'_>, batch: BatchId, turns: &[NewTurn]) -> Result<Vec<Taken>> {
    let Intake { texts, talks } = intake;
    texts.catch_up(tx)?;
    if talks.catch_up(tx)? {
        texts.doubt_counts();
    }
    let mut taken: Vec<Option<Taken>> = Vec::with_capacity(turns.len());
    let mut ids: Vec<i64> = Vec::with_capacity(turns.len());
    let mut places = Vec::with_capacity(turns.len());
    let mut counting = HashMap::new();
    for turn in turns {
        let talk = Talk { digest: turn.conversation, name: &turn.name, channel: turn.channel.name() };
        places.push(talks.meet(tx, batch, &talk)?);
        let known = talks.known(tx, turn.conversation, turn.digest)?;
        ids.push(known.unwrap_or_default());
        let known = match known {
            Some(id) => again(texts, tx, batch, id, turn.digest, &mut counting)?,
            None => None,
        };
        taken.push(known);
    }
    let new = || turns.iter().zip(&taken).filter(|(_, taken)| taken.is_none()).map(|(turn, _)| turn);
    let mut utterances = meet_texts(texts, tx, new())?.into_iter();
    let last: i64 = tx.prepare_cached("SELECT coalesce(max(id), 0) FROM turn")?.query_row([], |row| row.get(0))?;
    let mut fresh: Vec<(usize, Option<UtteranceId>)> = Vec::with_capacity(turns.len());
    let all: Vec<Taken> = taken
        .into_iter()
        .enumerate()
        .map(|(place, known)| {
            known.unwrap_or_else(|| {
                let utterance = utterances.next().expect("one for each new turn");
                fresh.push((place, utterance));
                ids[place] = last + fresh.len() as i64;
                Taken::Kept(utterance)
            })
        })
        .collect();
    rows::insert(tx, TURN, 17, &fresh, |row, (place, utterance)| {
        let turn = &turns[*place];
        let clean = &turn.clean;
        row.put(batch.0)?;
        row.put(places[*place])?;
        row.put(turn.digest)?;
        row.put(turn.position)?;
        row.put(turn.role as i64)?;
        row.put(turn.speaker.as_deref())?;
        row.put(turn.at)?;
        row.put(&*turn.raw)?;
        row.put(cleaning::apart(clean.text.as_deref(), &turn.raw))?;
        row.put(&*clean.offsets)?;
        row.put(&*clean.hits)?;
        row.put(clean.aside.as_deref())?;
        row.put(utterance.map(|id| id.0))?;
        row.put(facts_text(&turn.facts))?;
        row.put(turn.alone)?;
        row.put(turn.labelled)?;
        row.put(turn.part_of.map(|head| ids[head]))
    })?;
    if !fresh.is_empty() {
        assert_eq!(tx.last_insert_rowid(), last + fresh.len() as i64, "rows get the next ids in order");
        widen(tx, batch, last + 1, last + fresh.len() as i64)?;
        extras::take(
            tx,
            fresh.iter().filter_map(|(place, utterance)| {
                Some((ids[*place], turns[*place].extra.as_deref().filter(|_| utterance.is_some())?))
            }),
        )?;
    }
    talks.taken(tx)?;
    Ok(all)
}

/// Writes counts that waited; returns the stamp of turns by which this import knows them, `None` for the one it knew.
fn write_counts(tx: &Transaction<'_>, talks: &Talks, counts: &[(i64, Option<i64>)]) -> Result<Option<i64>> {
    let sure = talks.is_current(tx)?;
    if !met::write_counts(tx, counts, sure)? {
        return Ok(None);
    }
    // Counted anew, a text has what waits elsewhere too: whoever else takes turns must count it anew.
    let stamp = keys::stamp_turns(tx)?;
    Ok(sure.then_some(stamp))
}

/// Finds or adds the texts of turns, each once with all its times.
fn meet_texts<'t>(
    texts: &mut Texts,
    tx: &Transaction<'_>,
    turns: impl Iterator<Item = &'t NewTurn>,
) -> Result<Vec<Option<UtteranceId>>> {
    let mut distinct: Vec<(Text<'_>, i64)> = Vec::new();
    let mut places: IntMap<i64, usize> = IntMap::default();
    let of_turn: Vec<Option<usize>> = turns
        .map(|turn| {
            let new = turn.clean.utterance.as_ref()?;
            let mut place = *places.entry(new.hash).or_insert(distinct.len());
            // Of two texts with one hash the later is looked up each time.
            if distinct.get(place).is_none_or(|(text, _)| text.text != new.text) {
                place = distinct.len();
                distinct.push((new.as_text(), 0));
            }
            distinct[place].1 += 1;
            Some(place)
        })
        .collect();
    let ids = texts.meet_many(tx, &distinct)?;
    Ok(of_turn.into_iter().map(|place| place.map(|place| ids[place])).collect())
}

/// Takes a turn that is there already; `None` when it went meanwhile.
fn again(
    texts: &mut Texts,
    tx: &Transaction<'_>,
    batch: BatchId,
    id: i64,
    digest: i64,
    counting: &mut HashMap<i64, bool>,
) -> Result<Option<Taken>> {
    let found: Option<(i64, Option<i64>)> = tx
        .prepare_cached("SELECT batch, utterance FROM turn WHERE id = ?1 AND digest = ?2")?
        .query_row((id, digest), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((owner, utterance)) = found else { return Ok(None) };
    let counts = match counting.entry(owner) {
        Entry::Occupied(known) => *known.get(),
        Entry::Vacant(place) => *place.insert(
            owner == batch.0 || tx.prepare_cached("SELECT 1 FROM batch_mark WHERE batch = ?1")?.exists([owner])?,
        ),
    };
    if counts {
        return Ok(Some(Taken::Known(utterance.map(UtteranceId))));
    }
    // Its import was taken back or broke off: this import brings it again.
    tx.prepare_cached("UPDATE turn SET batch = ?2 WHERE id = ?1")?.execute((id, batch.0))?;
    tx.prepare_cached("UPDATE conversation SET batch = ?2 WHERE id = (SELECT conversation FROM turn WHERE id = ?1)")?
        .execute((id, batch.0))?;
    widen(tx, batch, id, id)?;
    utterance.into_iter().for_each(|utterance| texts.count_anew(utterance));
    Ok(Some(Taken::Back(utterance.map(UtteranceId))))
}

/// Widens the stretch of ids a batch's turns lie in.
fn widen(tx: &Transaction<'_>, batch: BatchId, first: i64, last: i64) -> Result<()> {
    tx.prepare_cached(
        "UPDATE batch SET first_turn = min(coalesce(first_turn, ?2), ?2), last_turn = max(coalesce(last_turn, ?3), ?3) WHERE id = ?1",
    )?
    .execute((batch.0, first, last))?;
    Ok(())
}

/// Puts the mails of the threads a batch brought in the order they were sent: a mailbox holds them in any order, and a
/// folder holds each in a file of its own.
fn settle_mails(tx: &Transaction<'_>, batch: BatchId) -> Result<()> {
    tx.prepare_cached(
        "UPDATE turn SET position = placed.place FROM (
             SELECT t.id, row_number() OVER (PARTITION BY t.conversation ORDER BY t.at IS NULL, t.at, t.position, t.id) - 1 AS place
             FROM turn t WHERE t.conversation IN (
                 SELECT c.id FROM conversation c WHERE c.channel = 'mail'
                     AND EXISTS (SELECT 1 FROM turn b WHERE b.conversation = c.id AND b.batch = ?1))
         ) AS placed WHERE placed.id = turn.id AND turn.position <> placed.place",
    )?
    .execute([batch.0])?;
    Ok(())
}

/// Removes some turns of a batch and gives back what they counted; tells whether there may be more.
fn drop_turns(tx: &Transaction<'_>, batch: BatchId) -> Result<bool> {
    let mut select = tx.prepare_cached(
        "SELECT t.id, CASE WHEN t.aside IS NULL THEN t.utterance END FROM batch b JOIN turn t ON t.id BETWEEN b.first_turn AND b.last_turn
         WHERE b.id = ?1 AND t.batch = ?1 ORDER BY t.id LIMIT ?2",
    )?;
    let turns: Vec<(i64, Option<i64>)> =
        select.query_map((batch.0, SLICE), |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    let Some((last, _)) = turns.last() else { return Ok(false) };
    let mut times: HashMap<i64, i64> = HashMap::new();
    turns.iter().filter_map(|(_, utterance)| *utterance).for_each(|id| *times.entry(id).or_default() += 1);
    for (id, times) in times {
        tx.prepare_cached("UPDATE utterance SET count = count - ?2 WHERE id = ?1")?.execute((id, times))?;
    }
    let mut delete = tx.prepare_cached("DELETE FROM turn WHERE id = ?1")?;
    for (id, _) in &turns {
        delete.execute([id])?;
    }
    tx.prepare_cached("UPDATE batch SET first_turn = ?2 WHERE id = ?1")?.execute((batch.0, last + 1))?;
    Ok(true)
}

/// Removes some conversations a batch began, or leaves them to whose turns they hold; returns the last one looked at.
fn drop_conversations(tx: &Transaction<'_>, batch: BatchId, after: i64) -> Result<Option<i64>> {
    let found: Vec<i64> = tx
        .prepare_cached("SELECT id FROM conversation WHERE id > ?2 AND batch = ?1 ORDER BY id LIMIT ?3")?
        .query_map((batch.0, after, SLICE), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut delete = tx.prepare_cached(
        "DELETE FROM conversation WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM turn WHERE conversation = ?1)",
    )?;
    let mut leave = tx.prepare_cached(
        "UPDATE conversation SET batch = (SELECT batch FROM turn WHERE conversation = ?1 LIMIT 1) WHERE id = ?1",
    )?;
    for id in &found {
        if delete.execute([id])? == 0 {
            leave.execute([id])?;
        }
    }
    Ok(found.last().copied())
}

/// Returns facts as the store keeps them.
fn facts_text(facts: &Facts) -> Option<String> {
    (!facts.is_empty()).then(|| serde_json::to_string(facts).expect("plain fields become JSON"))
}
