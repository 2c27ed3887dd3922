//! Chats with the bot, kept turn by turn so that a dropped line loses none.

use rusqlite::{OptionalExtension, Row};

use crate::domain::dialogue::{Dialogue, DialogueTurn};
use crate::domain::ids::{DialogueId, ModelId, PolicyId};
use crate::store::error::Result;
use crate::store::open::Store;

impl Store {
    /// Begins a chat; `branch` names the one it continues and how many of its turns it keeps.
    pub fn begin_dialogue(
        &mut self,
        name: &str,
        at: i64,
        actor: &str,
        policy: Option<PolicyId>,
        model: Option<ModelId>,
        branch: Option<(DialogueId, u32)>,
    ) -> Result<DialogueId> {
        self.write(|tx| {
            tx.execute(
                "INSERT INTO dialogue (name, at, actor, policy, model, branch_of, branch_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (name, at, actor, policy.map(|id| id.0), model.map(|id| id.0), branch.map(|(id, _)| id.0), branch.map(|(_, n)| n)),
            )?;
            let id = tx.last_insert_rowid();
            if let Some((from, turns)) = branch {
                tx.execute(
                    "INSERT INTO dialogue_turn (dialogue, position, said, record)
                     SELECT ?1, position, said, record FROM dialogue_turn WHERE dialogue = ?2 AND position < ?3",
                    (id, from.0, turns),
                )?;
            }
            Ok(DialogueId(id))
        })
    }

    /// Adds a turn to a chat.
    pub fn add_dialogue_turn(&mut self, id: DialogueId, position: u32, turn: &DialogueTurn) -> Result<()> {
        self.write(|tx| {
            tx.prepare_cached(
                "INSERT OR REPLACE INTO dialogue_turn (dialogue, position, said, record) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((id.0, position, &turn.said, &turn.record))?;
            Ok(())
        })
    }

    /// Returns a chat with its turns.
    pub fn dialogue(&self, id: DialogueId) -> Result<Option<Dialogue>> {
        let head = self
            .conn
            .prepare_cached("SELECT id, name, policy, model, branch_of, branch_at, at FROM dialogue WHERE id = ?1")?
            .query_row([id.0], read)
            .optional()?;
        let Some(mut dialogue) = head else { return Ok(None) };
        let mut select =
            self.conn.prepare_cached("SELECT said, record FROM dialogue_turn WHERE dialogue = ?1 ORDER BY position")?;
        dialogue.turns = select
            .query_map([id.0], |row| Ok(DialogueTurn { said: row.get(0)?, record: row.get(1)? }))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(Some(dialogue))
    }

    /// Returns the chats without their turns, newest first.
    pub fn dialogues(&self, limit: usize) -> Result<Vec<Dialogue>> {
        let mut select = self.conn.prepare_cached(
            "SELECT id, name, policy, model, branch_of, branch_at, at FROM dialogue ORDER BY id DESC LIMIT ?1",
        )?;
        Ok(select.query_map([limit as i64], read)?.collect::<rusqlite::Result<_>>()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Dialogue> {
    let branch: (Option<i64>, Option<u32>) = (row.get(4)?, row.get(5)?);
    Ok(Dialogue {
        id: DialogueId(row.get(0)?),
        name: row.get(1)?,
        policy: row.get::<_, Option<i64>>(2)?.map(PolicyId),
        model: row.get::<_, Option<i64>>(3)?.map(ModelId),
        branch: branch.0.map(|id| (DialogueId(id), branch.1.unwrap_or(0))),
        at: row.get(6)?,
        turns: Vec::new(),
    })
}
