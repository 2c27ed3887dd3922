//! Faults of sense in a policy that can be read: names that lead nowhere, arms nobody reaches, talks without an
//! end, texts one must not say.
//!
//! Called by `workbench::design` on every change, so it is fast: guards range over few values that matter, and
//! all of them are tried. Not here: faults that keep a policy from being read (`policy::read`).

pub mod answers;
mod arms;
mod calls;
pub(crate) mod cases;
pub mod check;
mod ends;
pub mod fault;
mod names;
mod sayings;
#[cfg(test)]
mod seeded;
#[cfg(test)]
mod tests;
pub mod text;
