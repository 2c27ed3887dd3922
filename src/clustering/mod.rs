//! Vectors to groups: which utterances belong together, and what sets each group apart.
//!
//! Called by `workbench::group`. Pure and deterministic for a seed. Not here: deciding what a group means
//! (the trainer does), keeping it (`store`).
