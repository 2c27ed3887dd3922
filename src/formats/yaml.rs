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
