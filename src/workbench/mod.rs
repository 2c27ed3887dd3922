//! The verbs: each loads from the store, calls crafts, saves. The only floor that joins them.
//!
//! Called by `cli`, `tui` and `jobs`. Verbs never call each other; what several need of a project (its model, its
//! rules, its names) stands in [`project`] and [`current`]. Not here: words, keys, printing.

pub mod answers;
pub mod batches;
pub mod changes;
pub mod clean;
pub mod clusters;
pub mod current;
pub mod design;
pub mod encoders;
pub mod entities;
pub mod error;
pub mod evaluate;
pub mod export;
mod extras;
pub mod failed;
pub mod forecast;
pub mod group;
pub mod growth;
pub mod import;
pub mod intents;
mod knowledge;
pub mod label;
mod learn;
pub mod likely;
pub mod limits;
pub mod links;
pub mod moods;
pub mod personal;
pub mod places;
pub mod profiles;
pub mod project;
pub mod proposals;
mod reading;
pub mod rehearse;
pub mod rescue;
pub mod roles;
pub mod sample;
pub mod search;
mod sentences;
pub mod storybook;
pub mod surgery;
pub mod talk;
pub mod train;
pub mod trials;
pub mod tune;
pub mod upkeep;
mod vectors;
pub mod versions;
mod walk;
pub mod watch;
pub mod wording;

#[cfg(test)]
mod laws;
