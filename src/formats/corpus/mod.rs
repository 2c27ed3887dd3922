//! Collections of single texts, with or without intents.

pub mod inline;
pub mod lines;
pub mod rasa;
