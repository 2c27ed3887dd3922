//! Clusters: similar utterances, found together, decided on together.

use crate::domain::ids::{ClusterId, GroupingId, UtteranceId};

/// One cluster of the current grouping.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    pub id: ClusterId,
    pub grouping: GroupingId,
    /// The trainer's name for it; empty while only the words name it.
    pub name: String,
    /// The words that set it apart, best first.
    pub words: Vec<String>,
    /// Mean cosine of members to the centre, 0 to 1.
    pub cohesion: f32,
    /// Core to edge.
    pub members: Vec<Member>,
    pub state: ClusterState,
}

/// One utterance in a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    pub utterance: UtteranceId,
    /// Cosine to the cluster's centre, 0 to 1.
    pub closeness: f32,
}

/// What a trainer said of two utterances: one cluster holds both, or none does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link {
    pub one: UtteranceId,
    pub other: UtteranceId,
    pub together: bool,
}

/// What the trainer did with a cluster as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClusterState {
    Open,
    Accepted,
    Later,
    Ignored,
}

impl ClusterState {
    pub const ALL: [ClusterState; 4] =
        [ClusterState::Open, ClusterState::Accepted, ClusterState::Later, ClusterState::Ignored];

    /// Returns the word the store keeps.
    pub fn name(self) -> &'static str {
        match self {
            ClusterState::Open => "open",
            ClusterState::Accepted => "accepted",
            ClusterState::Later => "later",
            ClusterState::Ignored => "ignored",
        }
    }

    /// Returns the state with that name; anything unknown is `Open`.
    pub fn named(word: &str) -> Self {
        Self::ALL.into_iter().find(|s| s.name() == word).unwrap_or(ClusterState::Open)
    }
}
