//! What daoshi writes for others: labelled examples as JSON Lines, as a table, as Rasa training data;
//! knowledge sheets; the rows of a file that could not be used.
//!
//! Called by `workbench::export` with plain values, to any `Write`. Not here: which rows are exported, and masking.

pub mod failed;
pub mod file;
pub mod grid;
pub mod guard;
pub mod jsonl;
pub mod knowledge;
pub mod known;
pub mod rasa;
pub mod row;
pub mod table;
