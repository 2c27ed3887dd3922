//! Cleaning one message: which rules change it, what personal data they hide, why it may be set aside.
//!
//! Called by `workbench::clean` and by whoever compares a text with cleaned ones. A rule is a row of
//! [`rule::Rule::ALL`], in running order, and a function in a sibling file that returns patches;
//! [`cleaner::Cleaner`] applies them and keeps the way back to the raw text ([`offsets::Offsets`]). One scan
//! of character classes per line decides which rules look at it at all. Not here: what needs more than one
//! message (`fragments`, `family`, `near`, and frequencies, which `workbench` counts).

pub mod aside;
pub mod chinese;
pub mod cleaner;
pub mod learned;
pub mod masked;
pub mod mojibake;
pub mod offsets;
pub mod rule;

#[cfg(test)]
mod cases;

mod cards;
mod draft;
mod emoji;
mod form;
mod mail;
mod markup;
pub(crate) mod masks;
pub(crate) mod numbers;
pub(crate) mod scan;
mod speech;
pub(crate) mod starts;
