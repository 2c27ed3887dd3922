//! The project's own settings, cleaning rules and import profiles.

use rusqlite::OptionalExtension;

use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::{Place, Recorder};

impl Store {
    /// Returns a setting.
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        Ok(self
            .conn
            .prepare_cached("SELECT value FROM setting WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?)
    }

    /// Returns the cleaning rules the trainer switched by hand: name and whether it is on.
    pub fn rules(&self) -> Result<Vec<(String, bool)>> {
        let mut select = self.conn.prepare_cached("SELECT name, enabled FROM rule ORDER BY name")?;
        Ok(select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the import profiles by name: name and text.
    pub fn profiles(&self) -> Result<Vec<(String, String)>> {
        let mut select = self.conn.prepare_cached("SELECT name, text FROM profile ORDER BY name")?;
        Ok(select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
    }
}

impl Recorder<'_, '_> {
    /// Writes a setting.
    pub fn put_setting(&mut self, name: &str, value: &str) -> Result<()> {
        self.put(Place::Setting, vec![name.to_string().into(), value.to_string().into()])
    }

    /// Removes a setting.
    pub fn remove_setting(&mut self, name: &str) -> Result<()> {
        self.remove(Place::Setting, &[name.to_string().into()])
    }

    /// Writes an import profile.
    pub fn put_profile(&mut self, name: &str, text: &str) -> Result<()> {
        self.put(Place::Profile, vec![name.to_string().into(), text.to_string().into()])
    }

    /// Removes an import profile.
    pub fn remove_profile(&mut self, name: &str) -> Result<()> {
        self.remove(Place::Profile, &[name.to_string().into()])
    }

    /// Switches a cleaning rule.
    pub fn put_rule(&mut self, name: &str, enabled: bool) -> Result<()> {
        self.put(Place::Rule, vec![name.to_string().into(), i64::from(enabled).into()])
    }
}
