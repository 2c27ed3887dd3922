//! Tables: rows of fields, whatever stands between them.

pub mod guess;
pub mod objects;
pub mod rows;
pub mod table;
