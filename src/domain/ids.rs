//! Every id is its own type, so that a cluster can never be passed where an intent is meant.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    )*};
}

ids! {
    /// One import of one file.
    BatchId,
    /// One conversation.
    ConversationId,
    /// One message of a conversation.
    TurnId,
    /// One distinct cleaned customer text.
    UtteranceId,
    /// Utterances that are the same but for trifles.
    FamilyId,
    /// One intent of the catalogue; stable through renames.
    IntentId,
    /// One grouping of all utterances.
    GroupingId,
    /// One cluster; stable while its grouping stands.
    ClusterId,
    /// One marked stretch of an utterance.
    SpanId,
    /// One training.
    RunId,
    /// One trained model.
    ModelId,
    /// One saved text of the dialogue policy.
    PolicyId,
    /// One chat with the bot.
    DialogueId,
    /// One scripted conversation.
    RehearsalId,
    /// One recorded change; grows by one with each.
    EventId,
}
