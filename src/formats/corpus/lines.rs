//! One text a line: exports of unrecognised questions, lists of similar questions.

use std::io::Read;

use crate::domain::conversation::{Channel, Message};
use crate::formats::error::Error;
use crate::formats::options::ReadOptions;
use crate::formats::record::{LINE_LIMIT, Out};
use crate::formats::source::{Line, LineError, Lines, Source};

/// Reads the lines to the end; blank lines are no rows.
pub(in crate::formats) fn read<R: Read>(
    source: Source<R>,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let mut lines = Lines::new(source);
    let mut line = Line::new();
    loop {
        match lines.next(&mut line, LINE_LIMIT) {
            Ok(true) => {}
            Ok(false) => return out.at(out.size),
            Err(LineError::Io(error)) => return Err(out.io(error)),
            Err(LineError::TooLong(number)) => {
                return Err(Error::TooLong { path: out.path.to_owned(), line: number, limit: LINE_LIMIT as u64 });
            }
        }
        out.spent = lines.source.spent();
        if line.number.is_multiple_of(4096) {
            out.at(out.spent)?;
        }
        if let Some(broken) = line.broken {
            out.undecodable(line.number, broken.byte, &line.text, options.charset)?;
        } else if !line.text.trim().is_empty() {
            let channel = options.channel.unwrap_or(Channel::List);
            out.message(Message { channel, text: line.text.clone(), line: line.number, ..Message::default() })?;
        }
    }
}
