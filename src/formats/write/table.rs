//! Examples as a table for spreadsheets: text, intent, count, source.
//!
//! A cell that begins with `= + - @`, TAB or CR is run as a formula when a spreadsheet opens the file (CWE-1236), so
//! it gets a leading `'`. A text that already begins with such quotes gets one more, so that reading back loses nothing.

use std::io::{self, Write};

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

/// Returns the cell with the guard it needs.
pub fn guarded(cell: &str) -> String {
    if runs(cell) { format!("'{cell}") } else { cell.to_owned() }
}

/// Returns the cell without its guard; takes back `guarded` whatever the cell.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if runs(rest) => rest,
        _ => cell,
    }
}

/// Tells whether a spreadsheet would run the cell, were its leading quotes away.
fn runs(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_guard_comes_off_again(cell in "['=+@\t\ra好 -]{0,8}") {
            let safe = guarded(&cell);
            prop_assert_eq!(unguarded(&safe), cell.as_str());
            prop_assert!(!safe.starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }

    #[test]
    fn formulas_are_guarded_and_words_are_not() {
        assert_eq!(guarded("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(guarded("您好"), "您好");
        assert_eq!(guarded("'tis"), "'tis");
    }
}
