//! A table of texts, for a file between delimiters or for a workbook.

use std::io::{self, Write};

use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

use crate::formats::write::guard::{guarded, runs};
use crate::formats::write::row::Written;

/// Characters a cell of a workbook may hold.
pub const CELL_LIMIT: usize = 32_767;

/// Rows a sheet may have, with its headings.
const ROWS_LIMIT: usize = 1_048_576;

/// Headings and rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grid {
    pub headings: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Stretches of a column that are one cell: first row, last row (below the headings, from 0), column.
    pub merged: Vec<(usize, usize, usize)>,
    /// The column that holds numbers.
    pub numbers: Option<usize>,
}

impl Grid {
    /// Writes the table between delimiters, with a byte order mark, without which Excel takes UTF-8 for the local encoding.
    pub fn text(&self, delimiter: char, out: &mut dyn Write) -> io::Result<Written> {
        out.write_all("\u{FEFF}".as_bytes())?;
        let mut table = csv::WriterBuilder::new().delimiter(delimiter as u8).from_writer(out);
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            table.write_record(row.iter().map(|cell| guarded(cell)))?;
        }
        table.flush()?;
        Ok(Written { rows: self.rows.len() as u64, ..Written::default() })
    }

    /// Writes the table as a workbook: every cell a text, with the mark that keeps a spreadsheet from running it.
    pub fn workbook(&self, out: &mut dyn Write) -> io::Result<Written> {
        let (bytes, written) = self.build().map_err(io::Error::other)?;
        out.write_all(&bytes)?;
        Ok(written)
    }

    fn build(&self) -> Result<(Vec<u8>, Written), XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let head = Format::new().set_bold();
        let plain = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let quoted = plain.clone().set_quote_prefix();
        let format = |text: &str| if runs(text) { &quoted } else { &plain };
        for (column, heading) in self.headings.iter().enumerate() {
            sheet.write_string_with_format(0, column as u16, heading, &head)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        let mut written = Written::default();
        for (at, row) in self.rows.iter().enumerate() {
            if at + 1 >= ROWS_LIMIT || row.iter().any(|cell| cell.encode_utf16().count() > CELL_LIMIT) {
                written.left_out += 1;
                continue;
            }
            for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                let (line, place) = (at as u32 + 1, column as u16);
                match cell.parse::<u32>() {
                    Ok(number) if self.numbers == Some(column) => sheet.write_number(line, place, number)?,
                    _ => sheet.write_string_with_format(line, place, cell, format(cell))?,
                };
            }
            written.rows += 1;
        }
        for (first, last, column) in self.merged.iter().filter(|(_, last, _)| last + 1 < ROWS_LIMIT) {
            let text = &self.rows[*first][*column];
            if text.encode_utf16().count() <= CELL_LIMIT {
                let (first, last, column) = (*first as u32 + 1, *last as u32 + 1, *column as u16);
                sheet.merge_range(first, column, last, column, text, format(text))?;
            }
        }
        Ok((book.save_to_buffer()?, written))
    }
}
