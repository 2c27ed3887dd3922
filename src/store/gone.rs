//! What is to be erased for good, and what of it is left in hand while `purge` and `made` work.

use std::collections::HashSet;

use rusqlite::Transaction;

use crate::domain::ids::{BatchId, ConversationId};
use crate::store::error::Result;

/// What is to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Imports that were taken back, and texts nobody says or labels any more.
    Withdrawn,
    Conversation(ConversationId),
    Batch(BatchId),
    /// What was said before a moment, or imported before it where nobody knows when it was said.
    Before(i64),
    /// Whatever holds these words, in any case and width.
    Matching(String),
    /// Everything customers said and everything made of it; the catalogue and the policy stay.
    Everything,
}

impl Target {
    /// Returns the word the log keeps; what was erased is not told.
    pub fn name(&self) -> &'static str {
        match self {
            Target::Withdrawn => "withdrawn",
            Target::Conversation(_) => "conversation",
            Target::Batch(_) => "batch",
            Target::Before(_) => "before",
            Target::Matching(_) => "matching",
            Target::Everything => "all",
        }
    }
}

/// Returns the utterances that go.
pub(in crate::store) fn gone(tx: &Transaction<'_>) -> Result<HashSet<i64>> {
    Ok(tx.prepare("SELECT id FROM temp.gone")?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Returns the one number a query gives.
pub(in crate::store) fn count(tx: &Transaction<'_>, sql: &str) -> Result<u64> {
    Ok(tx.query_row(sql, [], |row| row.get::<_, i64>(0))? as u64)
}
