//! The dialogue policy: reading it, checking it, deciding one turn and saying why, replaying scripts.
//!
//! Called by `bot`, `workbench::design`, `talk` and `rehearse`. Takes what the customer is understood to say
//! as a value, never a model, so that tests and scripts write predictions by hand. Pure: the same policy, state
//! and words give the same replies, events and trace. Not here: understanding (`nlu`), keeping anything (`store`).
//!
//! A policy is read by [`policy::read`], checked by [`lint`], and run by [`turn`]: ten stages in a fixed order,
//! each of which leaves one line of trace. What happened is [`event::Event`]s, and [`state::State`] is their fold.

mod edit;
pub mod error;
pub mod event;
pub mod guard;
pub mod hear;
pub mod lint;
pub mod names;
pub mod nearest;
pub mod policy;
pub mod proof;
#[cfg(test)]
mod samples;
pub mod script;
pub mod state;
pub mod storybook;
pub mod trace;
pub mod turn;
pub mod yaml;
