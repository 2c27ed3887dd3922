//! Chats: vendors' records, one file each, and chats written as plain text.
//!
//! Called by `formats::read` through the table in `format.rs`. Not here: JSON itself (`json`), roles (`speaker`), times (`time`).

mod heading;
pub mod openai;
pub mod shape;
pub mod sharegpt;
pub mod survey;
pub mod text;
