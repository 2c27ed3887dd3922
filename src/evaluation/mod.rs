//! Honest numbers: splitting, scoring, calibration figures, and which labels look doubtful.
//!
//! Called by `workbench::train`, `evaluate` and `label`. Not here: learning (`nlu`).
//! `split` deals examples into folds, `score` makes a report of predictions, `compare` tells whether two runs
//! differ by more than luck, `doubt` ranks what to look at.

pub mod compare;
pub mod doubt;
pub mod limits;
pub mod score;
pub mod split;
