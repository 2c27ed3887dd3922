//! Reading a labelled set that must be seen whole.

use std::io::Read;

use serde_json::Value;

use crate::formats::chat::shape::rejected;
use crate::formats::corpus::labelled::Labelled;
use crate::formats::error::Error;
use crate::formats::options::ReadOptions;
use crate::formats::record::{Out, RejectReason};
use crate::formats::source::{Source, whole_text};

/// The largest document that is read whole.
const DOCUMENT_LIMIT: u64 = 128 * 1024 * 1024;

/// Reads a document to its end.
pub(in crate::formats) fn read<R: Read>(
    source: Source<R>,
    format: &Labelled,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let text = whole_text(source, DOCUMENT_LIMIT, options, out)?;
    let document: Value = serde_json::from_str(&text).map_err(|error| Error::Json {
        path: out.path.to_owned(),
        line: error.line() as u64,
        column: error.column() as u64,
        what: error.to_string(),
    })?;
    drop(text);
    let mut found = Vec::new();
    if (format.fits)(&document) {
        (format.read)(&document, out.path, &mut found);
    } else {
        found.push(rejected(1, RejectReason::OtherShape, &document));
    }
    let count = found.len().max(1) as u64;
    for (done, record) in (0u64..).zip(found) {
        out.record(record)?;
        if done % 256 == 0 {
            out.at(out.size * done / count)?;
        }
    }
    out.at(out.size)
}
