//! What fills the gaps of sentences: paths and texts of others, made safe for a terminal.

use std::fmt::Display;
use std::path::Path;

use crate::text::safe::safe;

/// Returns a path to read.
pub(in crate::explain) fn place(path: &Path) -> String {
    safe(&path.display().to_string()).into_string()
}

/// Returns anything else to read.
pub(in crate::explain) fn shown(what: &(impl Display + ?Sized)) -> String {
    safe(&what.to_string()).into_string()
}
