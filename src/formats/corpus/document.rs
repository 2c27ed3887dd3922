//! Reading a labelled set that must be seen whole.

use std::io::Read;

use serde_json::Value;

use crate::formats::chat::shape::rejected;
use crate::formats::corpus::labelled::Labelled;
use crate::formats::error::Error;
use crate::formats::options::ReadOptions;
use crate::formats::record::{Out, Record, RejectReason};
use crate::formats::source::Source;

/// The largest document that is read whole.
const DOCUMENT_LIMIT: u64 = 128 * 1024 * 1024;

/// Reads a document to its end.
pub(in crate::formats) fn read<R: Read>(
    mut source: Source<R>,
    format: &Labelled,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    if out.size > DOCUMENT_LIMIT {
        return Err(Error::TooBig { path: out.path.to_owned(), size: out.size, limit: DOCUMENT_LIMIT });
    }
    source.fill(usize::MAX).map_err(|error| out.io(error))?;
    let text = source.text().to_owned();
    if let Some(broken) = source.spend(text.len()) {
        let line = 1 + text.bytes().take(broken.byte as usize).filter(|b| *b == b'\n').count() as u64;
        let charset = options.charset.map_or("UTF-8", |charset| charset.name());
        return Err(Error::Encoding { path: out.path.to_owned(), line, byte: broken.byte, charset });
    }
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
    for (done, mut record) in (0u64..).zip(found) {
        if let (Record::Message(message), Some(channel)) = (&mut record, options.channel) {
            message.channel = channel;
        }
        out.record(record)?;
        if done % 256 == 0 {
            out.at(out.size * done / count)?;
        }
    }
    out.at(out.size)
}
