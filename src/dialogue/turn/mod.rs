//! One turn: what the customer is understood to say, in; events, replies and the trace, out.
//!
//! Ten stages in a fixed order; the first that decides wins, and every stage leaves one line saying why it
//! fired or did not. Called by `bot` and `script`. Not here: which events mean what for the state (`state`).
//!
//! | stage | file | asks |
//! |---|---|---|
//! | 0 | `freeze` | what came in? |
//! | 1 | `hard` | does something leave no choice? |
//! | 2 | `mood` | how does the customer feel? |
//! | 3 | `correction` | is an earlier value taken back? |
//! | 4 | `pending`, `menu`, `need` | is the waiting question answered? |
//! | 5 | `confident` | is it surely something else? |
//! | 6 | `ambiguous` | is it one of a few? |
//! | 7 | `low` | what now? |
//! | 8 | `run`, `call` | how does the topic go on? |
//! | 9 | `after` | what was chosen, what waits? |

mod after;
mod ambiguous;
mod begin;
mod call;
mod candidates;
mod choices;
mod confident;
mod correction;
mod fill;
mod freeze;
mod handoff;
mod hard;
pub mod heard;
mod low;
mod meant;
mod menu;
mod mood;
mod need;
pub mod outside;
mod pending;
pub mod play;
mod run;
mod talk;
pub(crate) mod view;

#[cfg(test)]
mod laws;
#[cfg(test)]
pub(crate) mod tests;
