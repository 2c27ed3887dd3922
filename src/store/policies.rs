//! Saved texts of the dialogue policy. Texts never change; the setting `policy` says which is the draft.

use rusqlite::{OptionalExtension, Row};

use crate::domain::dialogue::PolicyText;
use crate::domain::ids::PolicyId;
use crate::store::error::Result;
use crate::store::open::Store;
use crate::store::record::Recorder;

const SELECT: &str =
    "SELECT p.id, p.yaml, p.at, p.actor, coalesce((SELECT v.name FROM version v WHERE v.policy = p.id ORDER BY v.at DESC, v.name LIMIT 1), m.published)
     FROM policy p LEFT JOIN policy_mark m ON m.policy = p.id";

impl Recorder<'_, '_> {
    /// Keeps a policy text and makes it the draft.
    pub fn add_policy(&mut self, yaml: &str, at: i64, actor: &str) -> Result<PolicyId> {
        self.tx.execute("INSERT INTO policy (at, actor, yaml) VALUES (?1, ?2, ?3)", (at, actor, yaml))?;
        let id = self.tx.last_insert_rowid();
        self.put_setting("policy", &id.to_string())?;
        Ok(PolicyId(id))
    }

    /// Makes a kept text the draft again.
    pub fn choose_policy(&mut self, id: PolicyId) -> Result<()> {
        self.put_setting("policy", &id.to_string())
    }
}

impl Store {
    /// Returns the draft.
    pub fn policy(&self) -> Result<Option<PolicyText>> {
        match self.setting("policy")?.and_then(|id| id.parse().ok()) {
            Some(id) => self.policy_text(PolicyId(id)),
            None => Ok(None),
        }
    }

    /// Returns one policy text.
    pub fn policy_text(&self, id: PolicyId) -> Result<Option<PolicyText>> {
        Ok(self.conn.prepare_cached(&format!("{SELECT} WHERE p.id = ?1"))?.query_row([id.0], read).optional()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<PolicyText> {
    Ok(PolicyText {
        id: PolicyId(row.get(0)?),
        yaml: row.get(1)?,
        at: row.get(2)?,
        actor: row.get(3)?,
        published: row.get(4)?,
    })
}
