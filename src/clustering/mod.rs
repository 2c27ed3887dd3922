//! Vectors to groups: which utterances belong together, and what sets each group apart.
//!
//! The way of a text: `vectors` (words and characters, weighed) → `reduce` (a hundred dense numbers), an encoder's beside →
//! `branches` (a tree over the graph of neighbours, by `spectral`, `layout` and `hierarchy`), `kmeans` or `density` (who
//! belongs together) → `group` (small clusters dissolved, members core to edge) → `naming` (the words that set a cluster
//! apart). `options` is what a trainer turns. `novelty` and `neighbours` compare clusters and texts with what is known
//! already; `agreement` measures a grouping against labels.
//!
//! Called by `workbench::group`. Pure and deterministic for a seed, on any number of threads: work is cut
//! into blocks whose size does not depend on the threads, and sums are taken in the order of blocks.
//! Not here: deciding what a group means (the trainer does), keeping it (`store`), sentence encoders (`nlu`).

pub mod agreement;
pub mod branches;
pub mod choose;
pub mod dense;
pub mod density;
pub mod error;
pub mod group;
pub mod hierarchy;
pub mod kmeans;
pub mod layout;
pub mod links;
pub mod matching;
pub mod memory;
pub mod naming;
pub mod neighbours;
pub mod novelty;
pub mod options;
pub mod reduce;
pub mod rescue;
pub mod spectral;
pub mod steps;
pub mod vectors;
