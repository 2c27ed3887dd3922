//! What trainers said about single texts for cleaning: turns taken back or joined, canned texts, corrections.

use rusqlite::types::Value;

use crate::domain::ids::TurnId;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};

/// What a trainer said about a turn; nothing when both are unset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TurnMark {
    /// Whether it goes on with the turn before it, whatever the rules say.
    pub joined: Option<bool>,
    /// Whether it counts, whatever the rules say.
    pub returned: bool,
}

/// One decision about words of the same sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub heard: String,
    /// The one text it holds for; empty for all.
    pub within: String,
    /// What was meant; empty when the words are right as they stand.
    pub meant: String,
}

impl Store {
    /// Returns the texts a trainer ticked as canned, and whether our side says them.
    pub fn canned(&self) -> Result<Vec<(String, bool)>> {
        let mut select = self.conn.prepare_cached("SELECT text, ours FROM canned ORDER BY text, ours")?;
        Ok(select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the decisions about words of the same sound.
    pub fn heard(&self) -> Result<Vec<Heard>> {
        let mut select =
            self.conn.prepare_cached("SELECT heard, within, meant FROM correction ORDER BY heard, within")?;
        let rows =
            select.query_map([], |row| Ok(Heard { heard: row.get(0)?, within: row.get(1)?, meant: row.get(2)? }))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Recorder<'_, '_> {
    /// Says something about a turn.
    pub fn mark_turn(&mut self, turn: TurnId, mark: TurnMark) -> Result<()> {
        if mark == TurnMark::default() {
            return self.remove(Place::TurnMark, &[Value::Integer(turn.0)]);
        }
        let joined = mark.joined.map_or(Value::Null, |joined| Value::Integer(joined.into()));
        self.put(Place::TurnMark, vec![turn.0.into(), joined, i64::from(mark.returned).into()])
    }

    /// Ticks a text as canned, or not.
    pub fn mark_canned(&mut self, text: &str, ours: bool, on: bool) -> Result<()> {
        let key: Vec<Value> = vec![text.to_string().into(), i64::from(ours).into()];
        if on { self.put(Place::Canned, key) } else { self.remove(Place::Canned, &key) }
    }

    /// Decides about words of the same sound.
    pub fn put_heard(&mut self, heard: &Heard) -> Result<()> {
        let cells = [&heard.heard, &heard.within, &heard.meant].map(|text| Value::Text(text.clone()));
        self.put(Place::Correction, cells.to_vec())
    }

    /// Takes such a decision away.
    pub fn remove_heard(&mut self, heard: &str, within: &str) -> Result<()> {
        self.remove(Place::Correction, &[Value::Text(heard.to_string()), Value::Text(within.to_string())])
    }
}
