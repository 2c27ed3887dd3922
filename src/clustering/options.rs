//! What a trainer can turn before utterances are grouped.

use crate::clustering::links::Links;

/// How groups are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Branches of a tree over the graph of nearest neighbours, every item in one.
    Graph,
    /// A number of groups, every item in one.
    KMeans,
    /// Groups where items lie close; what lies alone stays unassigned.
    Density,
}

impl Method {
    pub const ALL: [Method; 3] = [Method::Graph, Method::KMeans, Method::Density];

    /// Returns the word for the store and the command line.
    pub fn name(self) -> &'static str {
        match self {
            Method::Graph => "graph",
            Method::KMeans => "kmeans",
            Method::Density => "density",
        }
    }

    /// Returns the method with that name.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.name() == word)
    }
}

/// What the trainer can turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    pub method: Method,
    /// How many groups are looked for; `None` lets the texts decide (`choose::clusters`). Density ignores it.
    pub clusters: Option<usize>,
    /// A group of fewer items is dissolved.
    pub min_size: usize,
    pub seed: u64,
    /// An item without a group joins the nearest centre when its cosine is at least this; above 1 none does.
    pub rescue: f32,
    /// What trainers said of pairs of items; they hold by every method.
    pub links: Links,
}

impl Default for Options {
    fn default() -> Self {
        Self { method: Method::Graph, clusters: None, min_size: 3, seed: 42, rescue: 0.5, links: Links::default() }
    }
}
