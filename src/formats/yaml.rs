//! YAML of others as values, with limits on all it may unfold to. Policies and scripts have a reader of their own in
//! `dialogue::yaml`, with the same limits.

use std::path::Path;

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::formats::error::Error;

/// The largest YAML file that is read: YAML is read whole.
pub const YAML_LIMIT: u64 = 16 * 1024 * 1024;

/// Reads a document whose values may know their place; a fault knows its line and column.
pub fn spanned<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, Error> {
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_events: 8_000_000, max_nodes: 4_000_000, max_aliases: 1_000, max_depth: 64 },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let place = error.location();
        Error::Yaml {
            path: path.to_owned(),
            line: place.map_or(0, |place| place.line()),
            column: place.map_or(0, |place| place.column()),
            what: error.without_snippet().to_string(),
        }
    })
}

/// Reads a document of plain values, within the same limits.
pub fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, Error> {
    spanned::<IgnoredAny>(path, text)?;
    serde_yaml::from_str(text).map_err(|error| {
        let (line, column) = error.location().map_or((0, 0), |at| (at.line() as u64, at.column() as u64));
        Error::Yaml { path: path.to_path_buf(), line, column, what: error.to_string() }
    })
}

/// Returns a name as YAML: bare where nothing can be misread, else quoted.
pub(super) fn word(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || "_/.-".contains(c));
    let lower = name.to_ascii_lowercase();
    let reserved = ["y", "n", "yes", "no", "true", "false", "on", "off", "null", "nan", "inf"];
    if plain && !reserved.contains(&lower.as_str()) { name.to_owned() } else { quoted(name) }
}

/// Letters that end a line somewhere, or that YAML does not print.
pub(super) fn hard(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Returns a text between double quotes, with escapes every YAML reader knows.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if hard(c) => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
