//! A chat with the bot and a scripted one, as the store keeps them.

use crate::domain::ids::{DialogueId, ModelId, PolicyId, RehearsalId};

/// One chat with the bot: which policy and model answered, and its turns.
#[derive(Debug, Clone, PartialEq)]
pub struct Dialogue {
    pub id: DialogueId,
    pub name: String,
    pub policy: Option<PolicyId>,
    pub model: Option<ModelId>,
    /// The dialogue this one branched from, and after how many of its turns.
    pub branch: Option<(DialogueId, u32)>,
    pub at: i64,
    pub turns: Vec<DialogueTurn>,
}

/// One exchange: what was said, and the engine's own record of it (JSON, written by the dialogue craft).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogueTurn {
    /// The customer's words; `None` for the opening.
    pub said: Option<String>,
    /// Frozen inputs, events, replies and trace.
    pub record: String,
}

/// One scripted conversation that must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    pub id: RehearsalId,
    pub name: String,
    /// YAML, read by the dialogue craft.
    pub script: String,
}

/// A policy and a model that were published together under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub name: String,
    pub policy: PolicyId,
    /// `None` when there was no model, or when it was published before versions had one.
    pub model: Option<ModelId>,
    pub at: i64,
    pub actor: String,
}

/// What a trainer said of the changes of one cause between two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeVerdict {
    pub before: String,
    pub now: String,
    /// The cause, as JSON.
    pub cause: String,
    pub accepted: bool,
}

/// One saved text of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyText {
    pub id: PolicyId,
    pub yaml: String,
    pub at: i64,
    pub actor: String,
    /// The name it was published under.
    pub published: Option<String>,
}
