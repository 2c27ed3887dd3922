//! What daoshi writes for others: labelled examples as JSON Lines, as a table, as Rasa training data.
//!
//! Called by `workbench::export` with plain values, to any `Write`. Not here: which rows are exported, and masking.

pub mod jsonl;
pub mod rasa;
pub mod row;
pub mod table;
