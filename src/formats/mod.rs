//! The outside world's files: what they are, how they are read, how ours are written.
//!
//! Called by `workbench::import` and `export`. `sniff` says what a file seems to be, `read` hands up its rows (each a
//! message or a rejected row, so that counts add up), `write/` holds the exports. Mirrors of vendors' shapes live here,
//! never on domain types. Not here: what is done with the messages, and sentences about errors.
//!
//! A new kind of file is one file (`chat/zendesk.rs` for JSON records), its `pub mod`, one line in the table of
//! `format.rs`, and one row in the test of `fixtures/table.rs`.

pub mod bots;
pub mod call;
pub mod charset;
pub mod chat;
pub mod column;
pub mod corpus;
pub mod error;
mod extra;
mod foreign;
pub mod format;
mod headings;
mod json;
pub mod mail;
pub mod noted;
pub mod open;
pub mod options;
pub mod profile;
pub mod rasa;
pub mod read;
pub mod record;
pub mod sample;
pub mod sheet;
pub mod sniff;
mod source;
pub mod speaker;
pub mod time;
pub mod write;
mod yaml;

#[cfg(test)]
mod books;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod knowledge;
