//! A delimited table as rows of fields, read with bounded memory.
//!
//! Fields are cut as the crate `csv` cuts them (a law in the tests), with what an importer needs on top: the line a
//! row began on, the row as it stood, the line of a quote that never closes, and a limit on all of it.

use std::io::{self, Read};

use crate::formats::record::LINE_LIMIT;
use crate::formats::source::{Broken, Source};

/// Rows of a table, one at a time.
pub(in crate::formats) struct Rows<R> {
    source: Source<R>,
    delimiter: u8,
    quoted: bool,
    /// The line the next row begins on.
    line: u64,
}

/// One row; kept by the caller and filled again and again.
#[derive(Default)]
pub(in crate::formats) struct Row {
    /// The line it began on, from 1.
    pub line: u64,
    /// The row as it stands, without its end.
    pub raw: String,
    /// The first place in it whose bytes did not fit the encoding.
    pub broken: Option<Broken>,
    /// Whether a quote closed in the middle of something.
    pub stray: bool,
    /// The line of the first such quote that swallowed a line end.
    pub swallowed: Option<u64>,
    cells: String,
    ends: Vec<usize>,
}

/// Why a next row could not be had.
#[derive(Debug)]
pub(in crate::formats) enum RowError {
    Io(io::Error),
    /// The row that begins on this line is over the limit.
    TooLong(u64),
    /// The quote that opens on this line never closes.
    OpenQuote(u64),
}

impl Row {
    /// Makes the row one of these fields, as a workbook gives them; it stands as it would in a file of commas.
    pub fn set(&mut self, line: u64, fields: &[String]) {
        *self = Self {
            line,
            cells: std::mem::take(&mut self.cells),
            ends: std::mem::take(&mut self.ends),
            ..Self::default()
        };
        self.cells.clear();
        self.ends.clear();
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                self.raw.push(',');
            }
            if field.contains([',', '"', '\n', '\r']) {
                self.raw.push('"');
                self.raw.push_str(&field.replace('"', "\"\""));
                self.raw.push('"');
            } else {
                self.raw.push_str(field);
            }
            self.cells.push_str(field);
            self.ends.push(self.cells.len());
        }
    }

    /// Returns the row with empty fields up to a width, if it is narrower: sheets leave empty cells out.
    pub fn padded(&self, width: usize) -> Option<Self> {
        (self.len() < width).then(|| {
            let mut ends = self.ends.clone();
            ends.resize(width, self.cells.len());
            let commas = ",".repeat(width - self.len());
            Self {
                line: self.line,
                raw: format!("{}{commas}", self.raw),
                cells: self.cells.clone(),
                ends,
                ..Self::default()
            }
        })
    }

    /// Returns how many fields the row has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns a field; empty when the row is shorter.
    pub fn get(&self, at: usize) -> &str {
        let Some(end) = self.ends.get(at) else { return "" };
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.cells[start..*end]
    }

    /// Goes through the fields.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }
}

impl<R: Read> Rows<R> {
    /// Reads the rows of `source`; without `quoted`, quotes are letters like any other.
    pub fn new(source: Source<R>, delimiter: u8, quoted: bool) -> Self {
        Self { source, delimiter, quoted, line: 1 }
    }

    /// Returns how many bytes of the file the rows so far took.
    pub fn spent(&self) -> u64 {
        self.source.spent()
    }

    /// Fills `row` with the next row that is not a blank line; returns false at the end.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, RowError> {
        loop {
            row.cells.clear();
            row.ends.clear();
            row.stray = false;
            row.swallowed = None;
            let text = self.source.text();
            if text.is_empty() {
                if !self.source.fill(1).map_err(RowError::Io)? {
                    return Ok(false);
                }
                continue;
            }
            let cut = Cut { text, delimiter: self.delimiter, quoted: self.quoted, line: self.line };
            match cut.row(row, self.source.ended()) {
                Cutting::Row { raw, used, lines } => {
                    row.line = self.line;
                    row.raw.clear();
                    row.raw.push_str(&text[..raw]);
                    row.broken = self.source.spend(used);
                    self.line += lines;
                    if raw > 0 {
                        return Ok(true);
                    }
                }
                Cutting::More(open) => {
                    let held = text.len();
                    if held > LINE_LIMIT {
                        return Err(open.map_or(RowError::TooLong(self.line), RowError::OpenQuote));
                    }
                    // As much again: a long row is then cut a few times only.
                    self.source.fill(held).map_err(RowError::Io)?;
                }
                Cutting::Open(line) => return Err(RowError::OpenQuote(line)),
            }
        }
    }
}

/// One attempt to cut a row off the front of some text.
struct Cut<'a> {
    text: &'a str,
    delimiter: u8,
    quoted: bool,
    line: u64,
}

enum Cutting {
    /// The row holds `raw` bytes, and with its end `used` bytes on `lines` lines.
    Row { raw: usize, used: usize, lines: u64 },
    /// The text ends before the row does, inside the quote of that line if any.
    More(Option<u64>),
    /// The file ends inside the quote of that line.
    Open(u64),
}

impl Cut<'_> {
    fn row(&self, row: &mut Row, last: bool) -> Cutting {
        let bytes = self.text.as_bytes();
        let (mut at, mut lines) = (0, 0);
        loop {
            if self.quoted && bytes.get(at) == Some(&b'"') {
                let opened = self.line + lines;
                match self.quote(&mut at, row) {
                    Some(crossed) => {
                        lines += crossed;
                        let after = bytes.get(at).copied();
                        if after.is_none() && !last {
                            return Cutting::More(Some(opened));
                        }
                        let clean = after.is_none_or(|b| b == self.delimiter || b == b'\n' || b == b'\r');
                        row.stray |= !clean;
                        if crossed > 0 && !clean {
                            row.swallowed = row.swallowed.or(Some(opened));
                        }
                    }
                    None if last => return Cutting::Open(opened),
                    None => return Cutting::More(Some(opened)),
                }
            }
            let start = at;
            at += memchr::memchr3(self.delimiter, b'\n', b'\r', &bytes[at..]).unwrap_or(bytes.len() - at);
            row.cells.push_str(&self.text[start..at]);
            match bytes.get(at) {
                None if !last => return Cutting::More(None),
                None => {
                    row.ends.push(row.cells.len());
                    return Cutting::Row { raw: at, used: at, lines: lines + 1 };
                }
                Some(b) if *b == self.delimiter => {
                    row.ends.push(row.cells.len());
                    at += 1;
                }
                Some(b'\r') if at + 1 == bytes.len() && !last => return Cutting::More(None),
                Some(b) => {
                    row.ends.push(row.cells.len());
                    let end = if *b == b'\r' && bytes.get(at + 1) == Some(&b'\n') { 2 } else { 1 };
                    return Cutting::Row { raw: at, used: at + end, lines: lines + 1 };
                }
            }
        }
    }

    /// Reads a quoted stretch from its quote on; returns how many line ends it crossed, `None` when it does not close.
    fn quote(&self, at: &mut usize, row: &mut Row) -> Option<u64> {
        let mut crossed = 0;
        let mut start = *at + 1;
        loop {
            let bytes = self.text.as_bytes();
            let length = memchr::memchr(b'"', &bytes[start..])?;
            let inside = &self.text[start..start + length];
            crossed += memchr::memchr_iter(b'\n', inside.as_bytes()).count() as u64;
            row.cells.push_str(inside);
            let close = start + length;
            if bytes.get(close + 1) == Some(&b'"') {
                row.cells.push('"');
                start = close + 2;
            } else {
                *at = close + 1;
                return Some(crossed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formats::charset::Charset;

    /// The line a row began on, its fields, and the line of a quote that swallowed lines.
    type Cells = (u64, Vec<String>, Option<u64>);

    fn rows(text: &str, quoted: bool) -> Result<Vec<Cells>, RowError> {
        let mut rows = Rows::new(Source::new(text.as_bytes(), Charset::UTF_8), b',', quoted);
        let (mut row, mut all) = (Row::default(), Vec::new());
        while rows.next(&mut row)? {
            all.push((row.line, row.iter().map(str::to_owned).collect(), row.swallowed));
        }
        Ok(all)
    }

    proptest! {
        #[test]
        fn fields_are_those_of_the_csv_crate(text in "[ab好,\"\n\r ]{0,40}") {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> = reader.records().map(|r| r.expect("text").iter().map(str::to_owned).collect()).collect();
            match rows(&text, true) {
                Ok(ours) => prop_assert_eq!(ours.into_iter().map(|r| r.1).collect::<Vec<_>>(), theirs),
                Err(RowError::OpenQuote(_)) => prop_assert!(text.matches('"').count() > 0),
                Err(other) => prop_assert!(false, "{:?}", other),
            }
        }

        #[test]
        fn what_was_written_is_read(table in proptest::collection::vec(proptest::collection::vec("[ab好😀,\"\n\r;| ]{0,8}", 2..4), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).expect("memory");
            }
            let text = String::from_utf8(writer.into_inner().expect("memory")).expect("text");
            let ours: Vec<Vec<String>> = rows(&text, true).expect("regular").into_iter().map(|r| r.1).collect();
            prop_assert_eq!(ours, table);
        }
    }

    #[test]
    fn rows_know_the_line_they_began_on() {
        let read = rows("a,b\n\"x\ny\",2\n\nlast,3", true).expect("regular");
        let lines: Vec<u64> = read.iter().map(|r| r.0).collect();
        assert_eq!(lines, [1, 2, 5]);
    }

    #[test]
    fn a_quote_that_never_closes_is_named_by_its_line() {
        let text = "a,b\nc,d\ne,\"f\ng,h\ni,j\n";
        assert!(matches!(rows(text, true), Err(RowError::OpenQuote(3))));
    }

    #[test]
    fn a_quote_that_swallowed_lines_up_to_the_next_quote_is_seen() {
        let read = rows("a,\"b\nc,d\ne,\"f\"\ng,h\n", true).expect("it closes somewhere");
        assert_eq!(read[0].2, Some(1));
        assert_eq!(read.last().map(|r| r.1.clone()), Some(vec!["g".to_owned(), "h".to_owned()]));
    }

    #[test]
    fn quotes_are_letters_when_the_table_does_not_quote() {
        let read = rows("\"hello\" he said,x\n\"open,y\n", false).expect("nothing to close");
        assert_eq!(read[0].1, ["\"hello\" he said", "x"]);
        assert_eq!(read[1].1, ["\"open", "y"]);
    }

    #[test]
    fn an_endless_quote_is_refused_before_it_fills_the_memory() {
        let text = format!("a,b\nc,\"{}", "x,y\n".repeat(LINE_LIMIT / 2));
        assert!(matches!(rows(&text, true), Err(RowError::OpenQuote(2))));
    }
}
