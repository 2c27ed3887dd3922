//! Who spoke: customer and agent change places, with all that hangs on it, and back.
//!
//! Whoever changes roles cleans the same turns anew under the same token: a customer's words become an utterance, an
//! agent's do not. Undo gives back both.

use crate::domain::conversation::Role;
use crate::domain::ids::{BatchId, ConversationId, TurnId};
use crate::store::conversations::{KeptTurn, read_kept};
use crate::store::error::Result;
use crate::store::open::Store;

/// Whose roles are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// One imported file.
    Batch(BatchId),
    Conversation(ConversationId),
}

impl Store {
    /// Returns the turns of customers and agents that count, in order of id, after one of them.
    pub fn sides_after(&self, whose: Whose, after: TurnId, limit: usize) -> Result<Vec<KeptTurn>> {
        let (id, meant) = match whose {
            Whose::Batch(id) => (
                id.0,
                "t.batch = ?2 AND t.id BETWEEN (SELECT first_turn FROM batch WHERE id = ?2) AND (SELECT last_turn FROM batch WHERE id = ?2)",
            ),
            Whose::Conversation(id) => (id.0, "t.conversation = ?2"),
        };
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT t.id, c.channel, t.role, t.raw, t.clean, t.offsets, t.hits, t.aside
             FROM turn t JOIN conversation c ON c.id = t.conversation JOIN batch_mark m ON m.batch = t.batch
             WHERE t.id > ?1 AND {meant} AND t.role IN (?3, ?4) ORDER BY t.id LIMIT ?5"
        ))?;
        let (customer, agent) = (Role::Customer as i64, Role::Agent as i64);
        let rows = select.query_map((after.0, id, customer, agent, limit as i64), read_kept)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Gives turns new roles, under the token of a cleaning that follows for the same turns.
    pub fn reseat(&mut self, token: i64, roles: &[(TurnId, Role)]) -> Result<()> {
        self.write(|tx| {
            let mut past = tx.prepare_cached(
                "INSERT INTO role_past (event, turn, role) SELECT ?1, id, role FROM turn WHERE id = ?2",
            )?;
            let mut now = tx.prepare_cached("UPDATE turn SET role = ?2 WHERE id = ?1")?;
            for (turn, role) in roles {
                past.execute((token, turn.0))?;
                now.execute((turn.0, *role as i64))?;
            }
            Ok(())
        })
    }

    /// Returns how a conversation is called in lists and in the log.
    pub fn conversation_name(&self, id: ConversationId) -> Result<String> {
        Ok(self
            .conn
            .prepare_cached("SELECT name FROM conversation WHERE id = ?1")?
            .query_row([id.0], |row| row.get(0))?)
    }
}
