//! The policy: the dialogue design as the trainer wrote it, one YAML document.
//!
//! Answers "what may the bot do?". The unit is the topic: what the customer wants, what it needs, how it asks,
//! and its ordered outcomes. Called by `turn`, `lint`, `script` and `workbench::design`. Not here: deciding
//! anything (`turn`), finding faults of sense (`lint`); the readers refuse only what cannot be read.

pub mod design;
pub mod patch;
pub mod phrases;
pub mod read;
mod read_entity;
mod read_saying;
mod read_topic;
pub mod saying;
