//! Examples as a table for spreadsheets: text, intent, count, source.

use std::io::{self, Write};

use crate::domain::extra::Form;
use crate::formats::extra;
use crate::formats::write::guard::guarded;
use crate::formats::write::row::{ExportRow, Written};

/// The headings; a table that begins with exactly these is known as ours when it comes back.
pub const HEADINGS: [&str; 4] = ["text", "intent", "count", "source"];

/// Columns of a source that a table takes at most.
const COLUMNS: usize = 200;

/// Returns the columns of other tables that come behind ours; `count` is ours alone.
pub fn strange(rows: &[ExportRow]) -> Vec<&str> {
    let mut names = extra::headings(rows.iter(), COLUMNS);
    names.retain(|name| !HEADINGS.contains(name));
    names
}

/// Returns what a row's own table said in a column.
pub fn said(row: &ExportRow, column: &str) -> Option<String> {
    row.extra(Form::Table)?.get(column)?.as_str().map(str::to_owned)
}

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
pub fn write(rows: &[ExportRow], options: TableOptions, out: &mut dyn Write) -> io::Result<Written> {
    if options.mark {
        out.write_all("\u{FEFF}".as_bytes())?;
    }
    let mut table = csv::WriterBuilder::new().delimiter(options.delimiter as u8).from_writer(out);
    let mut written = Written::default();
    let strange = strange(rows);
    if options.raw {
        table.write_record(&HEADINGS[..3])?;
    } else {
        let more = strange.iter().map(|name| guarded(name));
        table.write_record(HEADINGS.map(str::to_owned).into_iter().chain(more))?;
    }
    for row in rows {
        let intent = row.intent.as_deref().unwrap_or_default();
        let count = row.count.to_string();
        if options.raw {
            table.write_record([&row.text, intent, &count])?;
        } else {
            let source = said(row, "source").unwrap_or_else(|| row.source.clone());
            let ours = [guarded(&row.text), guarded(intent), count, guarded(&source)];
            let theirs = strange.iter().map(|name| guarded(&said(row, name).unwrap_or_default()));
            table.write_record(ours.into_iter().chain(theirs))?;
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
