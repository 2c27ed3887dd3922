//! Tables we wrote ourselves, told by their headings when they come back: their cells carry the guard.

use crate::formats::write::{failed, knowledge, table};

/// Tells whether headings are those of a table of ours.
pub fn ours(headings: &[&str]) -> bool {
    let standard = headings.contains(&knowledge::QUESTION) && headings.contains(&knowledge::ANSWER);
    headings.starts_with(&table::HEADINGS)
        || failed::HEADINGS.iter().any(|ours| headings.starts_with(ours))
        || (standard && headings.iter().all(|heading| knowledge::heads(heading)))
}
