//! Moods learned from what trainers say of single texts, on top of the lexicon.
//!
//! `learn` fits a small linear learner to words, characters and what the lexicon finds, judges it on texts held out,
//! and decides how much of its say counts beside the lexicon's: as much as helps and as leaves right what the lexicon
//! hears rightly among the texts that mislead (`traps`). `sense` hears a text so, `carry` writes and reads it as bytes.
//! Called by `workbench::moods`. Not here: the lexicon (`emotion`), what a mood changes (`dialogue`).

pub mod carry;
pub mod learn;
pub mod sense;
pub mod traps;
