//! Mails one by one out of a stream: an mbox, or a file that is one mail.
//!
//! One mail is in memory at a time, and no more of it than the limit. Lines of any length are read in pieces.

use std::io::{self, BufRead, BufReader, Read};

/// How much of a line is looked at together.
const PIECE: u64 = 64 * 1024;

/// One mail as it stands in the file.
pub(super) struct Raw {
    /// The line it begins at, from 1.
    pub line: u64,
    /// Its first bytes, up to the limit.
    pub bytes: Vec<u8>,
    /// How many it has.
    pub size: u64,
}

/// The mails of a stream.
pub(super) struct Mails<R> {
    reader: BufReader<R>,
    limit: usize,
    /// Whether `From ` lines part mails.
    boxed: bool,
    /// A piece read ahead, and whether it begins a line.
    ahead: Option<(Vec<u8>, bool)>,
    begun: bool,
    lines: u64,
    /// Bytes behind us.
    pub spent: u64,
    at_line: bool,
}

/// Tells whether a text begins like an mbox.
pub(in crate::formats) fn is_boxed(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(head.len());
    let line = head[start..].split(|byte| *byte == b'\n').next().unwrap_or_default();
    parts_mails(line)
}

/// Tells whether a line is mbox's `From sender date`: sentences that begin with From have no clock and year.
fn parts_mails(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let rest = &rest[..rest.len().min(300)];
    let clock = rest.windows(5).any(|w| w[2] == b':' && [w[0], w[1], w[3], w[4]].iter().all(u8::is_ascii_digit));
    let year = rest.split(u8::is_ascii_whitespace).any(|word| word.len() == 4 && word.iter().all(u8::is_ascii_digit));
    clock && year
}

/// Tells whether a line is a field of a head (`Name: value`).
pub(super) fn is_field(line: &[u8]) -> bool {
    match line.iter().position(|byte| *byte == b':') {
        Some(colon) => colon > 0 && line[..colon].iter().all(|byte| (33..127).contains(byte)),
        None => false,
    }
}

impl<R: Read> Mails<R> {
    /// Reads the mails of a stream, keeping at most `limit` bytes of each.
    pub fn new(reader: R, limit: usize) -> Self {
        let reader = BufReader::with_capacity(PIECE as usize, reader);
        Self { reader, limit, boxed: false, ahead: None, begun: false, lines: 0, spent: 0, at_line: true }
    }

    /// Returns the next mail; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<Raw>> {
        if !self.begun {
            self.begin()?;
        }
        let Some(first) = self.ahead.take() else { return Ok(None) };
        let mut mail = Raw { line: self.lines, bytes: Vec::new(), size: 0 };
        let (mut piece, mut starts) = first;
        let mut blank = false;
        loop {
            self.add(&mut mail, &piece, starts);
            blank = if starts { is_blank(&piece) } else { blank && is_blank(&piece) };
            let Some(next) = self.piece()? else { return Ok(Some(mail)) };
            (piece, starts) = next;
            if self.boxed && blank && starts && parts_mails(&piece) {
                let line = self.lines;
                match self.piece()? {
                    Some((next, true)) if is_field(&next) || next.starts_with(b">From ") => {
                        self.ahead = Some((next, true));
                        return Ok(Some(mail));
                    }
                    // A mail's own line that only looks like a parting.
                    Some(next) => {
                        self.add(&mut mail, &piece, true);
                        (piece, starts) = next;
                    }
                    None => {
                        self.lines = line;
                        self.add(&mut mail, &piece, true);
                        return Ok(Some(mail));
                    }
                }
            }
        }
    }

    /// Skips what stands before the first mail.
    fn begin(&mut self) -> io::Result<()> {
        self.begun = true;
        while let Some((mut piece, starts)) = self.piece()? {
            if self.lines == 1 && piece.starts_with(b"\xEF\xBB\xBF") {
                piece.drain(..3);
            }
            if is_blank(&piece) {
                continue;
            }
            self.boxed = parts_mails(&piece);
            self.ahead = if self.boxed { self.piece()? } else { Some((piece, starts)) };
            return Ok(());
        }
        Ok(())
    }

    fn add(&self, mail: &mut Raw, piece: &[u8], starts: bool) {
        let quoted = self.boxed && starts && {
            let marks = piece.iter().take_while(|byte| **byte == b'>').count();
            marks > 0 && piece[marks..].starts_with(b"From ")
        };
        let piece = &piece[usize::from(quoted)..];
        mail.size += piece.len() as u64;
        let room = self.limit.saturating_sub(mail.bytes.len());
        mail.bytes.extend_from_slice(&piece[..piece.len().min(room)]);
    }

    /// Reads a line, or the next piece of a long one; tells whether a line begins with it.
    fn piece(&mut self) -> io::Result<Option<(Vec<u8>, bool)>> {
        let mut piece = Vec::new();
        let count = self.reader.by_ref().take(PIECE).read_until(b'\n', &mut piece)?;
        if count == 0 {
            return Ok(None);
        }
        self.spent += count as u64;
        let starts = self.at_line;
        self.lines += u64::from(starts);
        self.at_line = piece.ends_with(b"\n");
        Ok(Some((piece, starts)))
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, limit: usize) -> Vec<(u64, String, u64)> {
        let mut mails = Mails::new(text.as_bytes(), limit);
        let mut all = Vec::new();
        while let Some(mail) = mails.next().expect("memory does not fail") {
            all.push((mail.line, String::from_utf8(mail.bytes).expect("text"), mail.size));
        }
        all
    }

    #[test]
    fn an_mbox_parts_at_its_from_lines_and_nowhere_else() {
        let text = "From a@b.c Fri Mar  1 10:00:05 2024\nSubject: one\n\nFrom now on I pay.\n\nFrom me at 10:00 in 2024\nno head here\n>From quoted\n>>From twice\n\n\
                    From a@b.c Fri Mar  1 10:00:06 2024\nSubject: two\n\nlast";
        let mails = split(text, 1000);
        assert_eq!(mails.iter().map(|mail| mail.0).collect::<Vec<_>>(), [2, 12]);
        assert!(
            mails[0]
                .1
                .contains("From now on I pay.\n\nFrom me at 10:00 in 2024\nno head here\nFrom quoted\n>From twice\n")
        );
        assert_eq!(mails[1].1, "Subject: two\n\nlast");
    }

    #[test]
    fn a_file_without_a_from_line_is_one_mail() {
        let mails = split("Subject: one\n\n>From here on\n", 1000);
        assert_eq!(mails, [(1, "Subject: one\n\n>From here on\n".to_owned(), 28)]);
        assert_eq!(split("", 1000), []);
        assert_eq!(split("\n\n", 1000), []);
    }

    #[test]
    fn no_more_than_the_limit_of_a_mail_is_kept() {
        let long = "x".repeat(300_000);
        let text = format!(
            "From a Fri Mar  1 10:00:05 2024\nSubject: a\n\n{long}\n\nFrom a Fri Mar  1 10:00:06 2024\nSubject: b\n\nend"
        );
        let mails = split(&text, 100);
        assert_eq!(mails.iter().map(|mail| (mail.0, mail.1.len())).collect::<Vec<_>>(), [(2, 100), (7, 15)]);
        assert_eq!(mails[0].2, 12 + 300_000 + 2);
    }
}
