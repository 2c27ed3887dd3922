//! Pairs of utterances that trainers said belong together, or never do.

use rusqlite::types::Value;

use crate::domain::cluster::Link;
use crate::domain::ids::UtteranceId;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};

impl Store {
    /// Returns all links.
    pub fn links(&self) -> Result<Vec<Link>> {
        let mut select = self.conn.prepare_cached("SELECT one, other, together FROM link ORDER BY one, other")?;
        let rows = select.query_map([], |row| {
            Ok(Link { one: UtteranceId(row.get(0)?), other: UtteranceId(row.get(1)?), together: row.get(2)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Recorder<'_, '_> {
    /// Writes a link in place of the one the pair had.
    pub fn put_link(&mut self, link: Link) -> Result<()> {
        let (one, other) = (link.one.0.min(link.other.0), link.one.0.max(link.other.0));
        self.put(Place::Link, vec![one.into(), other.into(), i64::from(link.together).into()])
    }

    /// Takes the link of a pair away.
    pub fn remove_link(&mut self, one: UtteranceId, other: UtteranceId) -> Result<()> {
        self.remove(Place::Link, &[Value::Integer(one.0.min(other.0)), Value::Integer(one.0.max(other.0))])
    }
}
