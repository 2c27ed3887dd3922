//! Events: the record of who changed what, and how to take it back.

use crate::domain::ids::EventId;

/// What a change of a policy's limits alone is done to.
pub const BY_LIMITS: &str = "limits";

/// One recorded change, as lists and logs show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    /// Unique per key press; repeating it changes nothing.
    pub op: String,
    pub actor: String,
    /// Milliseconds since 1970 UTC.
    pub at: i64,
    pub act: Act,
    /// What it was done to, in the trainer's own words (an intent's name, a file, a text).
    pub subject: String,
    /// How many rows it touched.
    pub touched: u64,
    /// The event this one takes back, or brings again.
    pub of: Option<EventId>,
    /// Whether it stands now; an undone act does not.
    pub stands: bool,
}

macro_rules! acts {
    ($($name:ident = $word:literal),* $(,)?) => {
        /// What kind of change an event records.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Act { $($name),* }

        impl Act {
            pub const ALL: &'static [Act] = &[$(Act::$name),*];

            /// Returns the word the store keeps and the log prints.
            pub fn name(self) -> &'static str {
                match self { $(Act::$name => $word),* }
            }

            /// Returns the act with that word.
            pub fn named(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|a| a.name() == word)
            }
        }
    };
}

acts! {
    Import = "import",
    Clean = "clean",
    Roles = "swap-roles",
    Rule = "rule",
    Group = "group",
    ClusterState = "cluster",
    MergeCluster = "merge-cluster",
    SplitCluster = "split-cluster",
    Label = "label",
    AddIntent = "add-intent",
    EditIntent = "edit-intent",
    RenameIntent = "rename-intent",
    MergeIntent = "merge-intent",
    DeleteIntent = "delete-intent",
    Span = "span",
    Words = "words",
    Train = "train",
    Policy = "policy",
    Rehearsal = "rehearsal",
    Setting = "setting",
    Undo = "undo",
    Redo = "redo",
    Reveal = "reveal",
    Export = "export",
    Purge = "purge",
    Profile = "profile",
    Withdraw = "withdraw",
    Join = "join",
    Return = "return",
    Canned = "canned",
    Correct = "correct",
    Test = "test",
    Cause = "cause",
    Adjudicate = "adjudicate",
    Mood = "mood",
    SplitIntent = "split-intent",
    Link = "link",
    Rescue = "rescue",
}
