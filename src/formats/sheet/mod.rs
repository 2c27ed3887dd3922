//! Tables: rows of fields, whatever stands between them.

pub mod book;
pub mod guess;
mod knowledge;
pub mod objects;
pub mod rows;
pub mod table;
mod wall;
