//! The language of queries: `intent:退款 -label:none (p<0.6 or size>=10) "发票"`.
//!
//! Conditions side by side must all hold; `or` binds weaker, `-` or `not` turns one round, parentheses group. A word alone
//! is sought in the text. Chinese names of fields and the full-width signs an input method writes mean the same. Called by
//! `workbench::label` and `export`. Not here: which texts meet a query (`store`).

pub mod error;
mod lex;
pub mod parse;
pub mod print;

#[cfg(test)]
mod tests;
