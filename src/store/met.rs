//! What a writer of texts and turns has met, so that it asks the file for each thing once.
//!
//! Nothing here is truth: each transaction first catches up with what others wrote, and stamps tell when all is to be
//! forgotten. [`Texts`] serves whoever adds texts, [`Talks`] whoever takes turns in.

use std::collections::hash_map::Entry;

use nohash_hasher::IntMap;
use rusqlite::{Connection, Transaction};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::domain::ids::{BatchId, UtteranceId};
use crate::store::error::Result;
use crate::store::keys::{self, Keyed};
use crate::store::recount;
use crate::store::rows;

/// What a batch has met so far.
#[derive(Debug)]
pub(in crate::store) struct Intake {
    pub(in crate::store) texts: Texts,
    pub(in crate::store) talks: Talks,
}

impl Default for Intake {
    fn default() -> Self {
        Self { texts: Texts::for_many(), talks: Talks::default() }
    }
}

/// The texts a writer has met, so that it asks the file for each once.
///
/// It holds every text whose key waits, so that nobody has to read through those rows for each text.
#[derive(Debug, Default)]
pub(in crate::store) struct Texts {
    by_hash: IntMap<i64, Met>,
    /// Whether keys of new texts wait; else each is written at once, where none waits already.
    many: bool,
    upto: i64,
    /// Texts up to this id are held or have their keys written.
    seen: i64,
    /// Whether it holds every text of the project.
    whole: bool,
    /// The stamp it was begun under; `None` before it was.
    stamp: Option<i64>,
    /// Texts that were there and were said again, with how many times more they count; `None` is to be counted anew.
    ///
    /// The same few thousand texts are said in every portion of a log: written each time they would touch pages all over
    /// the file, to be logged and written again.
    again: IntMap<i64, Option<i64>>,
}

/// A text to find or add.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Text<'a> {
    /// Its identity.
    pub hash: i64,
    pub family: i64,
    pub text: &'a str,
    pub language: &'a str,
}

#[derive(Debug, Clone, Copy)]
struct Met {
    id: i64,
    /// A second digest, which tells apart two texts with one hash.
    check: u32,
}

/// Returns the second digest of a text.
pub(in crate::store) fn check(text: &str) -> u32 {
    xxh3_64_with_seed(text.as_bytes(), 1) as u32
}

impl Texts {
    /// Returns what a writer of many texts begins with: the keys of new ones wait.
    pub(in crate::store) fn for_many() -> Self {
        Self { many: true, ..Self::default() }
    }

    /// Learns what others wrote; called first in every transaction that meets texts. Then `seen` is the last id there is.
    pub(in crate::store) fn catch_up(&mut self, conn: &Connection) -> Result<()> {
        let (upto, stamp) = keys::keyed(conn, Keyed::Utterance)?;
        if self.stamp != Some(stamp) {
            self.doubt_counts();
            let again = std::mem::take(&mut self.again);
            let begun = Self { many: self.many, seen: upto, whole: upto == 0, stamp: Some(stamp), ..Self::default() };
            *self = Self { again, ..begun };
        }
        self.upto = upto;
        let mut select = conn.prepare_cached("SELECT id, text, hash FROM utterance WHERE id > ?1 ORDER BY id")?;
        let mut rows = select.query([self.seen])?;
        while let Some(row) = rows.next()? {
            let met = Met { id: row.get(0)?, check: check(&row.get::<_, String>(1)?) };
            self.by_hash.insert(row.get(2)?, met);
            self.seen = met.id;
        }
        Ok(())
    }

    /// Finds or adds texts that differ, each with how many times more it counts; their keys wait, and so do the counts of
    /// those that are there ([`Texts::take_counts`]).
    pub(in crate::store) fn meet_many(
        &mut self,
        tx: &Transaction<'_>,
        news: &[(Text<'_>, i64)],
    ) -> Result<Vec<UtteranceId>> {
        let (mut ids, mut fresh) = (Vec::with_capacity(news.len()), Vec::new());
        for (new, times) in news {
            match self.find(tx, new)? {
                Found::There(id) => {
                    if let Some(more) = self.again.entry(id).or_insert(Some(0)) {
                        *more += times;
                    }
                    ids.push(UtteranceId(id));
                }
                Found::Free { hash, check } => {
                    self.seen += 1;
                    self.by_hash.insert(hash, Met { id: self.seen, check });
                    fresh.push((hash, new, *times));
                    ids.push(UtteranceId(self.seen));
                }
            }
        }
        let into = "INSERT OR FAIL INTO utterance (hash, text, family, count, language)";
        rows::insert(tx, into, 5, &fresh, |row, (hash, new, times)| {
            row.put(hash)?;
            row.put(new.text)?;
            row.put(new.family)?;
            row.put(times)?;
            row.put(new.language)
        })?;
        if !fresh.is_empty() {
            assert_eq!(tx.last_insert_rowid(), self.seen, "rows get the next ids in order");
        }
        Ok(ids)
    }

    /// Finds or adds a text and counts it `times` more.
    pub(in crate::store) fn meet(&mut self, tx: &Transaction<'_>, new: &Text<'_>, times: i64) -> Result<UtteranceId> {
        let (hash, check) = match self.find(tx, new)? {
            Found::There(id) => {
                count(tx, id, times)?;
                return Ok(UtteranceId(id));
            }
            Found::Free { hash, check } => (hash, check),
        };
        tx.prepare_cached("INSERT INTO utterance (hash, text, family, count, language) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute((hash, new.text, new.family, times, new.language))?;
        let id = tx.last_insert_rowid();
        self.by_hash.insert(hash, Met { id, check });
        self.seen = id;
        if !self.many && self.upto == id - 1 {
            self.upto = id;
            keys::key_at_once(tx, id, hash, new.family)?;
        }
        Ok(UtteranceId(id))
    }

    /// Says that a text is to be counted anew.
    pub(in crate::store) fn count_anew(&mut self, id: i64) {
        self.again.insert(id, None);
    }

    /// Says that somebody else may have counted texts anew, with turns whose counts wait here.
    pub(in crate::store) fn doubt_counts(&mut self) {
        self.again.values_mut().for_each(|more| *more = None);
    }

    /// Returns how many texts wait to be counted.
    pub(in crate::store) fn uncounted(&self) -> usize {
        self.again.len()
    }

    /// Takes the counts that wait, in the order of the file.
    pub(in crate::store) fn take_counts(&mut self) -> Vec<(i64, Option<i64>)> {
        let mut counts: Vec<_> = std::mem::take(&mut self.again).into_iter().collect();
        counts.sort_unstable();
        counts
    }

    /// Puts back counts that could not be written.
    pub(in crate::store) fn put_back(&mut self, counts: impl IntoIterator<Item = (i64, Option<i64>)>) {
        self.again.extend(counts);
    }

    fn find(&mut self, tx: &Transaction<'_>, new: &Text<'_>) -> Result<Found> {
        let check = check(new.text);
        let mut hash = new.hash;
        loop {
            match self.by_hash.entry(hash) {
                Entry::Occupied(met) if met.get().check == check => return Ok(Found::There(met.get().id)),
                // Two texts with one 64-bit hash: the later one takes the next free place, always the same way.
                Entry::Occupied(_) => hash = hash.wrapping_add(1),
                Entry::Vacant(place) => match if self.whole { None } else { keys::text(tx, hash)? } {
                    Some((id, text)) => _ = place.insert(Met { id: id.0, check: self::check(&text) }),
                    None => return Ok(Found::Free { hash, check }),
                },
            }
        }
    }
}

/// A text that is there, or the place where it would be.
enum Found {
    There(i64),
    Free { hash: i64, check: u32 },
}

/// Writes counts that waited; unless they are `sure`, each text is counted anew. Tells whether one was.
pub(in crate::store) fn write_counts(tx: &Transaction<'_>, counts: &[(i64, Option<i64>)], sure: bool) -> Result<bool> {
    let mut anew = false;
    for (id, more) in counts {
        match more.filter(|_| sure) {
            Some(times) => count(tx, *id, times)?,
            None => {
                anew = true;
                recount::one(tx, *id)?;
            }
        }
    }
    Ok(anew)
}

fn count(tx: &Transaction<'_>, id: i64, times: i64) -> Result<()> {
    if times != 0 {
        tx.prepare_cached("UPDATE utterance SET count = count + ?2 WHERE id = ?1")?.execute((id, times))?;
    }
    Ok(())
}

/// The conversations a batch has met, and the turns of those it did not begin itself.
#[derive(Debug, Default)]
pub(in crate::store) struct Talks {
    by_digest: IntMap<i64, Known>,
    turns: IntMap<i64, i64>,
    /// Conversations up to this id are held or have their keys written.
    seen: i64,
    whole: bool,
    /// The stamps of conversations and of turns it knows; `None` before it was begun.
    stamps: Option<(i64, i64)>,
}

/// A conversation to find or add.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Talk<'a> {
    /// Its identity.
    pub digest: i64,
    pub name: &'a str,
    pub channel: &'a str,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    id: i64,
    told: Told,
}

/// What is known of a conversation's turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// All of them are this batch's.
    Ours,
    /// They are among [`Talks::turns`].
    Read,
    Unread,
}

impl Talks {
    /// Learns what others wrote; called first in every transaction. Tells whether others took or counted turns.
    pub(in crate::store) fn catch_up(&mut self, tx: &Transaction<'_>) -> Result<bool> {
        let (upto, stamp) = keys::keyed(tx, Keyed::Conversation)?;
        let taken = keys::turns_stamp(tx)?;
        let others = self.stamps.is_some_and(|(_, known)| known != taken);
        if self.stamps.is_none_or(|(known, _)| known != stamp) {
            *self = Self { seen: upto, whole: upto == 0, ..Self::default() };
        } else if others {
            // Another import may have added to any conversation, ours too.
            self.by_digest.values_mut().for_each(|talk| talk.told = Told::Unread);
            self.turns.clear();
        }
        self.stamps = Some((stamp, taken));
        let mut select = tx.prepare_cached("SELECT id, digest FROM conversation WHERE id > ?1 ORDER BY id")?;
        let mut rows = select.query([self.seen])?;
        while let Some(row) = rows.next()? {
            self.seen = row.get(0)?;
            self.by_digest.insert(row.get(1)?, Known { id: self.seen, told: Told::Unread });
        }
        Ok(others)
    }

    /// Tells whether nobody else took or counted turns since the last portion.
    pub(in crate::store) fn is_current(&self, tx: &Transaction<'_>) -> Result<bool> {
        let taken = keys::turns_stamp(tx)?;
        Ok(self.stamps.is_none_or(|(_, known)| known == taken))
    }

    /// Says that this batch took a portion.
    pub(in crate::store) fn taken(&mut self, tx: &Transaction<'_>) -> Result<()> {
        let taken = keys::stamp_turns(tx)?;
        self.stamped(Some(taken));
        Ok(())
    }

    /// Learns the stamp of turns that this batch set itself, if any.
    pub(in crate::store) fn stamped(&mut self, taken: Option<i64>) {
        self.stamps = self.stamps.map(|(stamp, known)| (stamp, taken.unwrap_or(known)));
    }

    /// Finds or adds the conversation of a turn.
    pub(in crate::store) fn meet(&mut self, tx: &Transaction<'_>, batch: BatchId, new: &Talk<'_>) -> Result<i64> {
        let place = match self.by_digest.entry(new.digest) {
            Entry::Occupied(talk) => return Ok(talk.get().id),
            Entry::Vacant(place) => place,
        };
        if !self.whole
            && let Some(id) = keys::conversation(tx, new.digest)?
        {
            place.insert(Known { id, told: Told::Unread });
            return Ok(id);
        }
        tx.prepare_cached("INSERT INTO conversation (batch, digest, name, channel) VALUES (?1, ?2, ?3, ?4)")?
            .execute((batch.0, new.digest, new.name, new.channel))?;
        self.seen = tx.last_insert_rowid();
        place.insert(Known { id: self.seen, told: Told::Ours });
        Ok(self.seen)
    }

    /// Returns the turn with a digest in a conversation that was met.
    pub(in crate::store) fn known(
        &mut self,
        tx: &Transaction<'_>,
        conversation: i64,
        digest: i64,
    ) -> Result<Option<i64>> {
        let Some(talk) = self.by_digest.get_mut(&conversation) else { return Ok(None) };
        match talk.told {
            Told::Ours => return Ok(None),
            Told::Read => {}
            Told::Unread => {
                let mut select = tx.prepare_cached("SELECT digest, id FROM turn WHERE conversation = ?1")?;
                let mut rows = select.query([talk.id])?;
                while let Some(row) = rows.next()? {
                    self.turns.insert(row.get(0)?, row.get(1)?);
                }
                talk.told = Told::Read;
            }
        }
        Ok(self.turns.get(&digest).copied())
    }
}
