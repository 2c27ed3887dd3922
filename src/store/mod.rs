//! The project file: the only SQL in the program.
//!
//! One SQLite file. Truth is the imported turns and the append-only events; a change to anything a trainer
//! decides goes through [`history`], which writes the event with its inverse in the same transaction as its
//! effect. A file a noun. Called by `workbench` alone. Not here: what a change means, how it is explained.

pub mod answers;
pub mod cleaning;
pub mod clusters;
pub mod conversations;
pub mod dialogues;
pub mod error;
pub mod extras;
pub mod gone;
pub mod guesses;
pub mod history;
pub mod intents;
mod keys;
pub mod labels;
pub mod leases;
pub mod links;
mod made;
pub mod marks;
pub mod matching;
mod met;
pub mod moods;
pub mod open;
pub mod opinions;
pub mod personal;
pub mod policies;
pub mod purge;
pub mod quarantine;
pub mod ranked;
pub mod record;
pub mod recount;
pub mod rehearsals;
pub mod roles;
mod rows;
pub mod runs;
pub mod schema;
pub mod settings;
mod settle;
pub mod sole;
pub mod sought;
mod taking;
pub mod trials;
pub mod upkeep;
pub mod utterances;
pub mod vectors;
pub mod versions;

#[cfg(test)]
mod tests;
