//! The rows of a file that could not be used, as a table to mend and to import again: line, reason, and the row as it
//! stood, column by column.

use std::io::{self, Write};

use crate::formats::charset::Charset;
use crate::formats::column::TableShape;
use crate::formats::sheet::rows::{Row, Rows};
use crate::formats::source::Source;
use crate::formats::write::guard::guarded;

/// What stands above the two columns in front; known again when the table comes back.
pub const HEADINGS: [[&str; 2]; 2] = [["行", "原因"], ["line", "reason"]];

/// Writes failed rows one after the other.
pub struct Failed<W: Write> {
    table: csv::Writer<W>,
    cut: Option<(u8, bool)>,
}

impl<W: Write> Failed<W> {
    /// Begins with the headings of the file; a file without columns has one, its rows.
    pub fn new(shape: Option<&TableShape>, headings: [&str; 2], mut out: W) -> io::Result<Self> {
        out.write_all("\u{FEFF}".as_bytes())?;
        let mut table = csv::WriterBuilder::new().flexible(true).from_writer(out);
        let shape = shape.filter(|shape| shape.delimiter.is_some());
        let columns = shape.map(|shape| shape.columns.iter().map(|column| guarded(&column.name)).collect::<Vec<_>>());
        let columns = columns.unwrap_or_else(|| vec![String::new()]);
        table.write_record(headings.iter().map(|heading| (*heading).to_owned()).chain(columns))?;
        Ok(Self { table, cut: shape.map(|shape| (shape.delimiter.unwrap_or(',') as u8, shape.quoted)) })
    }

    /// Writes one row with the reason in words.
    pub fn row(&mut self, line: u64, reason: &str, raw: &str) -> io::Result<()> {
        let mut cells = vec![line.to_string(), guarded(reason)];
        let mut row = Row::default();
        let cut = self.cut.is_some_and(|(delimiter, quoted)| {
            matches!(Rows::new(Source::new(raw.as_bytes(), Charset::UTF_8), delimiter, quoted).next(&mut row), Ok(true))
        });
        if cut {
            cells.extend(row.iter().map(guarded));
        } else {
            cells.push(guarded(raw));
        }
        Ok(self.table.write_record(cells)?)
    }

    /// Ends the table and gives back what it was written to.
    pub fn end(self) -> io::Result<W> {
        self.table.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }
}
