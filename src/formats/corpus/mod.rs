//! Collections of single texts, with or without intents.

pub mod lines;
