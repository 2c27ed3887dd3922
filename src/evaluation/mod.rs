//! Honest numbers: splitting, scoring, calibration figures, and which labels look doubtful.
//!
//! Called by `workbench::train`, `evaluate` and `label`. Not here: learning (`nlu`).
