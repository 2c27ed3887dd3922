//! Examples as a table for spreadsheets: text, intent, count, source.

use std::io::{self, Write};

use crate::formats::write::guard::guarded;
use crate::formats::write::row::{ExportRow, Written};

/// The headings; a table with exactly these is known as ours when it comes back.
pub const HEADINGS: [&str; 4] = ["text", "intent", "count", "source"];

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableOptions {
    pub delimiter: char,
    /// Leaves cells as they are, formulas included.
    pub raw: bool,
    /// Begins with a byte order mark, without which Excel takes UTF-8 for the local encoding.
    pub mark: bool,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self { delimiter: ',', raw: false, mark: true }
    }
}

/// Writes the headings and a row an example. Raw tables have other headings, so that they are not unguarded when read.
pub fn write<'a>(
    rows: impl IntoIterator<Item = &'a ExportRow>,
    options: TableOptions,
    out: &mut dyn Write,
) -> io::Result<Written> {
    if options.mark {
        out.write_all("\u{FEFF}".as_bytes())?;
    }
    let mut table = csv::WriterBuilder::new().delimiter(options.delimiter as u8).from_writer(out);
    let mut written = Written::default();
    if options.raw {
        table.write_record(&HEADINGS[..3])?;
    } else {
        table.write_record(HEADINGS)?;
    }
    for row in rows {
        let intent = row.intent.as_deref().unwrap_or_default();
        let count = row.count.to_string();
        if options.raw {
            table.write_record([&row.text, intent, &count])?;
        } else {
            table.write_record([&guarded(&row.text), &guarded(intent), &count, &guarded(&row.source)])?;
        }
        written.rows += 1;
        written.spans_left_out += row.spans.len() as u64;
    }
    table.flush()?;
    Ok(written)
}

/// Writes the headings of a table of rejected rows.
pub fn aside_head(out: &mut dyn Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["line", "reason", "row"])?;
    table.flush()
}

/// Writes one rejected row.
pub fn aside_row(out: &mut dyn Write, line: u64, reason: &str, raw: &str) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record([&line.to_string(), reason, &guarded(raw)])?;
    table.flush()
}
