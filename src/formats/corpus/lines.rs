//! One text a line: exports of unrecognised questions, lists of similar questions.

use std::io::Read;

use crate::domain::conversation::{Channel, Message};
use crate::formats::error::Error;
use crate::formats::options::ReadOptions;
use crate::formats::record::Out;
use crate::formats::source::{Source, each_line};

/// Reads the lines to the end; blank lines are no rows.
pub(in crate::formats) fn read<R: Read>(
    source: Source<R>,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let channel = options.channel.unwrap_or(Channel::List);
    each_line(source, options, out, &mut |line, out| {
        if line.text.trim().is_empty() {
            return Ok(());
        }
        out.message(Message { channel, text: line.text.clone(), line: line.number, ..Message::default() })
    })
}
