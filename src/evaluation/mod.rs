//! Honest numbers: splitting, scoring, calibration figures, and which labels look doubtful.
//!
//! Called by `workbench::train`, `evaluate` and `label`. Not here: learning (`nlu`).
//! `split` deals examples into folds and `growth` into rising sizes, `forecast` carries their curve on, `score` makes a
//! report of predictions, `spread` says how far it may be luck, `compare` tells whether two runs differ by more than
//! that, `rejection` and `limits` weigh answering against asking, `reliability` holds probabilities to their word,
//! `doubt` ranks what to look at, `blame` says why it may be wrong, `agreement` how far people agree. `spans` scores
//! entities.

pub mod agreement;
pub mod blame;
pub mod compare;
pub mod doubt;
pub mod forecast;
pub mod growth;
pub mod limits;
pub mod rejection;
pub mod reliability;
pub mod score;
pub mod spans;
pub mod split;
pub mod spread;
