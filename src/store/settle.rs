//! Writing the keys that wait: sorted, so that few pages change, and in short transactions.

use crate::store::error::Result;
use crate::store::keys::{FAMILIES, Keyed, keyed};
use crate::store::open::Store;
use crate::store::rows;

/// How many rows may wait for their keys before an import stops to write them.
const WAITING: i64 = 262_144;

/// Keys a transaction writes; they lie side by side.
const SLICE: usize = 8_192;

/// A row that waits: its id, its digest, and the family of a text.
type Waiting = (i64, i64, i64);

impl Store {
    /// Writes the keys that wait, when there are many or `all` are asked for.
    pub(in crate::store) fn settle_keys(&mut self, all: bool) -> Result<()> {
        for what in [Keyed::Utterance, Keyed::Conversation] {
            while self.settle_some(what, if all { 1 } else { WAITING })? {}
        }
        Ok(())
    }

    /// Writes the keys of the next rows when at least `least` wait; tells whether there may be more.
    fn settle_some(&mut self, what: Keyed, least: i64) -> Result<bool> {
        let (upto, stamp) = keyed(&self.conn, what)?;
        let last: i64 =
            self.conn.query_row(&format!("SELECT coalesce(max(id), 0) FROM {}", what.name()), [], |row| row.get(0))?;
        if last - upto < least {
            return Ok(false);
        }
        let mut rows: Vec<Waiting> = self
            .conn
            .prepare_cached(what.waiting())?
            .query_map((upto, WAITING), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let Some((last, ..)) = rows.last().copied() else { return Ok(false) };
        rows.sort_unstable_by_key(|(_, digest, _)| *digest);
        let mut whole = true;
        for slice in rows.chunks(SLICE) {
            whole &= self.put_keys(what, stamp, slice, what.put_many(), |(id, digest, _)| (digest, id))?;
        }
        if what == Keyed::Utterance {
            rows.sort_unstable_by_key(|(id, _, family)| (*family, *id));
            for slice in rows.chunks(SLICE) {
                whole &= self.put_keys(what, stamp, slice, FAMILIES, |(id, _, family)| (family, id))?;
            }
        }
        self.write(|tx| {
            if whole && keyed(tx, what)?.1 == stamp {
                // Unless another process has written them too.
                tx.prepare_cached("UPDATE keyed SET upto = ?3, rows = rows + ?4 WHERE what = ?1 AND upto = ?2")?
                    .execute((what.name(), upto, last, rows.len() as i64))?;
            }
            Ok(())
        })?;
        Ok(true)
    }

    /// Writes keys unless rows went meanwhile, of which these may be some.
    fn put_keys(
        &mut self,
        what: Keyed,
        stamp: i64,
        keyed_rows: &[Waiting],
        into: &'static str,
        key: impl Fn(Waiting) -> (i64, i64),
    ) -> Result<bool> {
        self.unforced(|store| {
            store.write(|tx| {
                if keyed(tx, what)?.1 != stamp {
                    return Ok(false);
                }
                rows::insert(tx, into, 2, keyed_rows, |row, waiting| {
                    let (key, id) = key(*waiting);
                    row.put(key)?;
                    row.put(id)
                })?;
                Ok(true)
            })
        })
    }
}
