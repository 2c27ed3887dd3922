//! Rehearsals: scripted conversations that must hold.
//!
//! Answers "does the bot still say what we agreed on?". Called by `workbench::rehearse`, and by `policy` for the
//! tests kept beside a design. Not here: where scripts are kept (`store`), how a failure is told (`explain`).

pub mod read;
pub mod replay;
pub mod shape;
pub mod write;
