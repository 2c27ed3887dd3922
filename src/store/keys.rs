//! Texts and conversations by their digests.
//!
//! A row is kept first and its key later (`schema/2.sql` says why): whoever looks finds rows that wait by reading them.
//! Not here: writing the keys that wait (`settle`), what a writer remembers (`met`).

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::domain::ids::UtteranceId;
use crate::store::error::Result;

/// Writes a member of a family.
pub(in crate::store) const FAMILY: &str = "INSERT OR IGNORE INTO utterance_family (family, utterance) VALUES (?1, ?2)";

/// Writes members of families, up to the values.
pub(in crate::store) const FAMILIES: &str = "INSERT OR IGNORE INTO utterance_family (family, utterance)";

/// What is found by a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Keyed {
    Utterance,
    Conversation,
}

impl Keyed {
    pub(in crate::store) fn name(self) -> &'static str {
        match self {
            Keyed::Utterance => "utterance",
            Keyed::Conversation => "conversation",
        }
    }

    /// Rows that wait for their keys: id, digest, and the family of a text.
    pub(in crate::store) fn waiting(self) -> &'static str {
        match self {
            Keyed::Utterance => "SELECT id, hash, family FROM utterance WHERE id > ?1 ORDER BY id LIMIT ?2",
            Keyed::Conversation => "SELECT id, digest, 0 FROM conversation WHERE id > ?1 ORDER BY id LIMIT ?2",
        }
    }

    /// Writes keys, up to the values; one left by a row that went gives way.
    pub(in crate::store) fn put_many(self) -> &'static str {
        match self {
            Keyed::Utterance => "INSERT OR REPLACE INTO utterance_key (hash, utterance)",
            Keyed::Conversation => "INSERT OR REPLACE INTO conversation_key (digest, conversation)",
        }
    }

    /// Writes a key; one left by a row that went gives way.
    pub(in crate::store) fn put(self) -> &'static str {
        match self {
            Keyed::Utterance => "INSERT OR REPLACE INTO utterance_key (hash, utterance) VALUES (?1, ?2)",
            Keyed::Conversation => "INSERT OR REPLACE INTO conversation_key (digest, conversation) VALUES (?1, ?2)",
        }
    }
}

/// Up to which row keys are written, and the stamp that tells when knowledge is stale.
pub(in crate::store) fn keyed(conn: &Connection, what: Keyed) -> Result<(i64, i64)> {
    Ok(conn
        .prepare_cached("SELECT upto, stamp FROM keyed WHERE what = ?1")?
        .query_row([what.name()], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Says that turns were taken or texts counted anew, so that what another import knows of either is stale.
/// Returns the new stamp.
pub(in crate::store) fn stamp_turns(tx: &Transaction<'_>) -> Result<i64> {
    tx.prepare_cached("UPDATE keyed SET stamp = stamp + 1 WHERE what = 'turn'")?.execute([])?;
    turns_stamp(tx)
}

/// Returns the stamp that tells when knowledge of turns is stale.
pub(in crate::store) fn turns_stamp(conn: &Connection) -> Result<i64> {
    Ok(conn.prepare_cached("SELECT stamp FROM keyed WHERE what = 'turn'")?.query_row([], |row| row.get(0))?)
}

/// Returns the conversation with a digest whose key is written.
pub(in crate::store) fn conversation(conn: &Connection, digest: i64) -> Result<Option<i64>> {
    Ok(conn
        .prepare_cached("SELECT conversation FROM conversation_key WHERE digest = ?1")?
        .query_row([digest], |row| row.get(0))
        .optional()?)
}

/// Returns the members of families, given in order; reads those whose keys wait once for all.
pub(in crate::store) fn members(conn: &Connection, families: &[i64]) -> Result<Vec<UtteranceId>> {
    let mut found = BTreeSet::new();
    let mut select = conn.prepare_cached("SELECT utterance FROM utterance_family WHERE family = ?1")?;
    for family in families {
        for member in select.query_map([family], |row| row.get(0))? {
            found.insert(member?);
        }
    }
    let mut waiting = conn.prepare_cached(Keyed::Utterance.waiting())?;
    let mut rows = waiting.query((keyed(conn, Keyed::Utterance)?.0, i64::MAX))?;
    while let Some(row) = rows.next()? {
        if families.binary_search(&row.get(2)?).is_ok() {
            found.insert(row.get(0)?);
        }
    }
    Ok(found.into_iter().map(UtteranceId).collect())
}

/// Returns the text with a hash whose key is written.
pub(in crate::store) fn text(conn: &Connection, hash: i64) -> Result<Option<(UtteranceId, String)>> {
    Ok(conn
        .prepare_cached(
            "SELECT u.id, u.text FROM utterance_key k JOIN utterance u ON u.id = k.utterance WHERE k.hash = ?1",
        )?
        .query_row([hash], |row| Ok((UtteranceId(row.get(0)?), row.get(1)?)))
        .optional()?)
}

/// Writes the key of a text at once; none of those before it may wait.
pub(in crate::store) fn key_at_once(tx: &Transaction<'_>, id: i64, hash: i64, family: i64) -> Result<()> {
    tx.prepare_cached(Keyed::Utterance.put())?.execute((hash, id))?;
    tx.prepare_cached(FAMILY)?.execute((family, id))?;
    tx.prepare_cached("UPDATE keyed SET upto = ?2, rows = rows + 1 WHERE what = ?1")?
        .execute((Keyed::Utterance.name(), id))?;
    Ok(())
}
