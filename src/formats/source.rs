//! Bytes of a file as a running stretch of text: decoded as they come, so that memory stays bounded.
//!
//! Bytes that do not fit the encoding become U+FFFD, and where that happened is remembered until the row they
//! stand in has passed. Called by every reader of the room.

use std::collections::VecDeque;
use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult};

use crate::formats::charset::Charset;
use crate::formats::error::Error;
use crate::formats::options::ReadOptions;
use crate::formats::record::{LINE_LIMIT, Out};

/// How many bytes are read at a time.
const STEP: usize = 64 * 1024;

/// A file being decoded. `text()` is what has been decoded and not been spent.
pub(super) struct Source<R> {
    reader: R,
    decoder: Decoder,
    input: Box<[u8]>,
    /// Bytes taken from the reader.
    taken: u64,
    text: String,
    /// Where the unspent text begins in `text`.
    start: usize,
    /// How much decoded text lies before `text`.
    before: u64,
    broken: VecDeque<Broken>,
    ended: bool,
}

/// A place where bytes did not fit the encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken {
    /// The place in the decoded text, in bytes.
    at: u64,
    /// The place in the file, in bytes from 0, to within one read step's rest.
    pub byte: u64,
}

impl<R: Read> Source<R> {
    /// Opens the stretch; a byte order mark of that encoding is dropped.
    pub fn new(reader: R, charset: Charset) -> Self {
        Self {
            reader,
            decoder: charset.encoding().new_decoder_with_bom_removal(),
            input: vec![0; STEP].into_boxed_slice(),
            taken: 0,
            text: String::new(),
            start: 0,
            before: 0,
            broken: VecDeque::new(),
            ended: false,
        }
    }

    /// Returns the decoded text nobody has spent yet.
    pub fn text(&self) -> &str {
        &self.text[self.start..]
    }

    /// Tells whether nothing is left to decode.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Drops the first `bytes` of the text, and returns the first broken place in them.
    pub fn spend(&mut self, bytes: usize) -> Option<Broken> {
        self.start += bytes;
        let here = self.before + self.start as u64;
        let mut first = None;
        while self.broken.front().is_some_and(|broken| broken.at < here) {
            let broken = self.broken.pop_front();
            first = first.or(broken);
        }
        first
    }

    /// Returns how many bytes of the file the spent text took, by proportion within the text at hand.
    pub fn spent(&self) -> u64 {
        let decoded = self.before + self.text.len() as u64;
        let spent = self.before + self.start as u64;
        if decoded == 0 { 0 } else { (u128::from(self.taken) * u128::from(spent) / u128::from(decoded)) as u64 }
    }

    /// Decodes until at least `more` bytes of text were added or the file ends; returns whether anything was added.
    pub fn fill(&mut self, more: usize) -> io::Result<bool> {
        if self.start > 0 {
            self.before += self.start as u64;
            self.text.drain(..self.start);
            self.start = 0;
        }
        let had = self.text.len();
        while !self.ended && self.text.len() - had < more.max(1) {
            let count = match self.reader.read(&mut self.input) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let began = self.taken;
            self.taken += count as u64;
            self.ended = count == 0;
            self.decode(count, began);
        }
        Ok(self.text.len() > had)
    }

    fn decode(&mut self, count: usize, began: u64) {
        let mut used = 0;
        loop {
            let rest = &self.input[used..count];
            let need = self.decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len() * 4);
            self.text.reserve(need.max(16));
            let (result, read) = self.decoder.decode_to_string_without_replacement(rest, &mut self.text, self.ended);
            used += read;
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(length, after) => {
                    let back = u64::from(length) + u64::from(after);
                    let byte = (began + used as u64).saturating_sub(back);
                    self.broken.push_back(Broken { at: self.before + self.text.len() as u64, byte });
                    self.text.push('\u{FFFD}');
                }
            }
        }
    }
}

/// One line of a source, without its end.
pub(super) struct Line {
    /// From 1.
    pub number: u64,
    pub text: String,
    pub broken: Option<Broken>,
}

/// A source read line by line. Lines end with LF or CRLF.
pub(super) struct Lines<R> {
    pub source: Source<R>,
    number: u64,
}

/// How many lines pass between two reports of progress.
const REPORT: u64 = 1024;

/// Returns the text of a file that is read whole; one over the limit, or with bytes of no text, is refused.
pub(super) fn whole_text<R: Read>(
    mut source: Source<R>,
    limit: u64,
    options: &ReadOptions,
    out: &Out<'_>,
) -> Result<String, Error> {
    if out.size > limit {
        return Err(Error::TooBig { path: out.path.to_owned(), size: out.size, limit });
    }
    source.fill(usize::MAX).map_err(|error| out.io(error))?;
    let text = source.text().to_owned();
    if let Some(broken) = source.spend(text.len()) {
        let line = 1 + text.bytes().take(broken.byte as usize).filter(|b| *b == b'\n').count() as u64;
        let charset = options.charset.map_or("UTF-8", |charset| charset.name());
        return Err(Error::Encoding { path: out.path.to_owned(), line, byte: broken.byte, charset });
    }
    Ok(text)
}

/// Hands each line that could be decoded to `each`, and says how far the file has come.
///
/// Lines that could not be decoded are rejected here; one line over the limit refuses the file.
pub(super) fn each_line<R: Read>(
    source: Source<R>,
    options: &ReadOptions,
    out: &mut Out<'_>,
    each: &mut dyn FnMut(&Line, &mut Out<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut lines = Lines::new(source);
    let mut line = Line::new();
    loop {
        match lines.next(&mut line, LINE_LIMIT) {
            Ok(true) => {}
            Ok(false) => return out.at(out.size),
            Err(LineError::Io(error)) => return Err(out.io(error)),
            Err(LineError::TooLong(line)) => {
                return Err(Error::TooLong { path: out.path.to_owned(), line, limit: LINE_LIMIT as u64 });
            }
        }
        out.spent = lines.source.spent();
        if line.number.is_multiple_of(REPORT) {
            out.at(out.spent)?;
        }
        match line.broken {
            Some(broken) => out.undecodable(line.number, broken.byte, &line.text, options.charset)?,
            None => each(&line, out)?,
        }
    }
}

/// Why a next line could not be had.
#[derive(Debug)]
pub(super) enum LineError {
    Io(io::Error),
    /// The line with this number is over the limit.
    TooLong(u64),
}

impl<R: Read> Lines<R> {
    /// Reads the lines of `source`.
    pub fn new(source: Source<R>) -> Self {
        Self { source, number: 0 }
    }

    /// Fills `line` with the next line; returns false at the end.
    pub fn next(&mut self, line: &mut Line, limit: usize) -> Result<bool, LineError> {
        let mut seen = 0;
        let (length, end) = loop {
            let text = self.source.text();
            if let Some(found) = text[seen..].find('\n') {
                break (seen + found, seen + found + 1);
            }
            seen = text.len();
            if seen > limit {
                return Err(LineError::TooLong(self.number + 1));
            }
            if !self.source.fill(seen).map_err(LineError::Io)? {
                if seen == 0 {
                    return Ok(false);
                }
                break (seen, seen);
            }
        };
        self.number += 1;
        line.number = self.number;
        line.text.clear();
        let text = &self.source.text()[..length];
        line.text.push_str(text.strip_suffix('\r').unwrap_or(text));
        line.broken = self.source.spend(end);
        Ok(true)
    }
}

impl Line {
    /// Returns an empty line to fill.
    pub fn new() -> Self {
        Self { number: 0, text: String::new(), broken: None }
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A reader of bytes may have stopped inside a character.
        if self.start == self.text.len() && !self.fill(1)? {
            return Ok(0);
        }
        // Broken places stay in the queue: who reads bytes asks `spend(0)` when a record is done.
        let text = &self.text.as_bytes()[self.start..];
        let count = text.len().min(out.len());
        out[..count].copy_from_slice(&text[..count]);
        self.start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives its bytes out a few at a time.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(out.len());
            out[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn lines(bytes: &[u8], charset: Charset, step: usize) -> Vec<(u64, String, bool)> {
        let mut lines = Lines::new(Source::new(Drip(bytes, step), charset));
        let (mut line, mut all) = (Line::new(), Vec::new());
        while lines.next(&mut line, 1 << 20).expect("nothing fails here") {
            all.push((line.number, line.text.clone(), line.broken.is_some()));
        }
        all
    }

    proptest! {
        #[test]
        fn lines_do_not_depend_on_how_the_bytes_arrive(text in "[a好\r\n😀,]{0,60}", step in 1usize..7) {
            for charset in Charset::USUAL {
                if charset == Charset::BIG5 && text.contains('😀') { continue; }
                let bytes = if charset == Charset::UTF_16LE {
                    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
                } else if charset == Charset::UTF_16BE {
                    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
                } else {
                    charset.encoding().encode(&text).0.into_owned()
                };
                let read: Vec<String> = lines(&bytes, charset, step).into_iter().map(|l| l.1).collect();
                let wanted: Vec<String> = text.split_terminator('\n').map(|l| l.strip_suffix('\r').unwrap_or(l).to_owned()).collect();
                prop_assert_eq!(read, wanted);
            }
        }
    }

    #[test]
    fn broken_bytes_are_pinned_to_their_line() {
        let bytes = b"good\nb\xFFd\ngood again\n";
        let told: Vec<bool> = lines(bytes, Charset::UTF_8, 3).into_iter().map(|l| l.2).collect();
        assert_eq!(told, [false, true, false]);
    }

    #[test]
    fn a_broken_byte_knows_its_place_in_the_file() {
        let mut lines = Lines::new(Source::new(&b"good\nb\xFFd\n"[..], Charset::UTF_8));
        let mut line = Line::new();
        lines.next(&mut line, 100).expect("reads");
        lines.next(&mut line, 100).expect("reads");
        assert_eq!(line.broken.map(|b| b.byte), Some(6));
    }

    #[test]
    fn an_endless_line_is_refused_with_its_number() {
        let bytes = [&b"short\n"[..], &vec![b'x'; 300_000]].concat();
        let mut lines = Lines::new(Source::new(&bytes[..], Charset::UTF_8));
        let mut line = Line::new();
        assert!(lines.next(&mut line, 1000).is_ok());
        assert!(matches!(lines.next(&mut line, 1000), Err(LineError::TooLong(2))));
    }
}
