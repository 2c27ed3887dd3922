//! Calls in plain text: the lines of the file, taken in whole, go to the reader of their kind.

use std::io::Read;

use crate::formats::call::calls::Calls;
use crate::formats::call::shape::ScriptShape;
use crate::formats::error::Error;
use crate::formats::options::ReadOptions;
use crate::formats::record::Out;
use crate::formats::source::{Source, each_line};

/// Reads a file to its end.
pub(in crate::formats) fn read<R: Read>(
    source: Source<R>,
    shape: &ScriptShape,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let mut kept = Vec::new();
    each_line(source, options, out, &mut |line, _| {
        kept.push((line.number, line.text.clone()));
        Ok(())
    })?;
    let mut calls = Calls::default();
    calls.take((shape.read)(&kept), None, options, out)?;
    calls.end(options, out)
}
