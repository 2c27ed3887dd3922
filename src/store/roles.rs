//! Who spoke: customer and agent change places, with all that hangs on it, and back.
//!
//! Whoever changes roles cleans the same turns anew under the same token: a customer's words become an utterance, an
//! agent's do not. Undo gives back both.

use crate::domain::conversation::Role;
use crate::domain::ids::{BatchId, ConversationId, TurnId};
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
    /// Returns the conversations with turns of customers or agents that count, in order of id.
    pub fn conversations_with_sides(&self, whose: Whose) -> Result<Vec<ConversationId>> {
        let (id, meant) = meant(whose);
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT DISTINCT t.conversation FROM turn t JOIN batch_mark m ON m.batch = t.batch
             WHERE {meant} AND t.role IN (?2, ?3) ORDER BY t.conversation"
        ))?;
        let rows =
            select.query_map((id, Role::Customer as i64, Role::Agent as i64), |row| Ok(ConversationId(row.get(0)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the turns of customers and agents in a conversation that are meant.
    pub fn sides(&self, whose: Whose, conversation: ConversationId) -> Result<Vec<TurnId>> {
        let (id, meant) = meant(whose);
        let mut select = self.conn.prepare_cached(&format!(
            "SELECT t.id FROM turn t JOIN batch_mark m ON m.batch = t.batch
             WHERE t.conversation = ?4 AND {meant} AND t.role IN (?2, ?3) ORDER BY t.id"
        ))?;
        let given = (id, Role::Customer as i64, Role::Agent as i64, conversation.0);
        let rows = select.query_map(given, |row| Ok(TurnId(row.get(0)?)))?;
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

/// Returns the id that is meant and the condition it stands in, as `?1`.
fn meant(whose: Whose) -> (i64, &'static str) {
    match whose {
        Whose::Batch(id) => (
            id.0,
            "t.batch = ?1 AND t.id BETWEEN (SELECT first_turn FROM batch WHERE id = ?1) AND (SELECT last_turn FROM batch WHERE id = ?1)",
        ),
        Whose::Conversation(id) => (id.0, "t.conversation = ?1"),
    }
}
