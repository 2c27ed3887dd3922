//! Writing the keys that wait: sorted, so that few pages change, and in short transactions.

use crate::store::error::Result;
use crate::store::keys::{FAMILY, Keyed, keyed};
use crate::store::open::Store;

/// How many rows may wait for their keys before an import stops to write them.
const WAITING: i64 = 65_536;

/// Keys a transaction writes; they lie side by side.
const SLICE: usize = 8_192;

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
        let mut rows: Vec<(i64, i64, i64)> = self
            .conn
            .prepare_cached(what.waiting())?
            .query_map((upto, WAITING), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let Some((last, ..)) = rows.last().copied() else { return Ok(false) };
        rows.sort_unstable_by_key(|(_, digest, _)| *digest);
        let mut whole = true;
        for slice in rows.chunks(SLICE) {
            whole &= self.put_keys(what, stamp, slice.iter().map(|(id, digest, _)| (*digest, *id)), what.put())?;
        }
        if what == Keyed::Utterance {
            rows.sort_unstable_by_key(|(id, _, family)| (*family, *id));
            for slice in rows.chunks(SLICE) {
                whole &= self.put_keys(what, stamp, slice.iter().map(|(id, _, family)| (*family, *id)), FAMILY)?;
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
    fn put_keys(&mut self, what: Keyed, stamp: i64, keys: impl Iterator<Item = (i64, i64)>, put: &str) -> Result<bool> {
        self.unforced(|store| {
            store.write(|tx| {
                if keyed(tx, what)?.1 != stamp {
                    return Ok(false);
                }
                let mut insert = tx.prepare_cached(put)?;
                for key in keys {
                    insert.execute(key)?;
                }
                Ok(true)
            })
        })
    }
}
