//! A workbook (xlsx) as rows of fields: one sheet of it, cell by cell, so that a far cell costs nothing.
//!
//! Dates are written `2024-03-01 10:00:00`, numbers as short as they are, and a cell merged over many rows says its
//! text in each of them. Rows without any cell are counted, not handed up.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::formats::error::BookFault;
use crate::formats::sheet::rows::Row;
use crate::formats::sheet::wall;

/// The first column nobody looks at.
pub const COLUMNS_LIMIT: u32 = 1024;

/// An open workbook.
pub(in crate::formats) struct Book {
    xlsx: Xlsx<BufReader<File>>,
}

impl Book {
    /// Opens a workbook that has passed the wall.
    pub fn open(mut file: File, size: u64) -> Result<Self, BookFault> {
        wall::check(&mut file, size)?;
        Ok(Self { xlsx: Xlsx::new(BufReader::new(file)).map_err(fault)? })
    }

    /// Returns the names of the sheets with cells, those in sight first.
    pub fn sheets(&self) -> Vec<String> {
        let sheets = || self.xlsx.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let seen = sheets().filter(|sheet| sheet.visible == SheetVisible::Visible);
        let hidden = sheets().filter(|sheet| sheet.visible != SheetVisible::Visible);
        seen.chain(hidden).map(|sheet| sheet.name.clone()).collect()
    }

    /// Returns the sheet that was asked for, or the first that holds anything.
    pub fn choose(&mut self, asked: Option<&str>) -> Result<String, BookFault> {
        let known = self.sheets();
        if let Some(asked) = asked {
            return match known.iter().find(|name| name.trim() == asked.trim()) {
                Some(name) => Ok(name.clone()),
                None => Err(BookFault::NoSheet { name: asked.to_owned(), known }),
            };
        }
        let Some(first) = known.first().cloned() else {
            return Err(BookFault::NoSheet { name: String::new(), known });
        };
        for name in known {
            let mut filled = false;
            self.each_row(&name, &mut |_, _| {
                filled = true;
                false
            })?;
            if filled {
                return Ok(name);
            }
        }
        Ok(first)
    }

    /// Hands up the rows of a sheet that have a cell, each with the number of empty rows right above it, until `each`
    /// wants no more.
    pub fn each_row(&mut self, sheet: &str, each: &mut dyn FnMut(&Row, u64) -> bool) -> Result<(), BookFault> {
        let mut merged = Merged::new(self.xlsx.merge_cells_by_sheet_name(sheet).map_err(fault)?);
        let mut cells = self.xlsx.worksheet_cells_reader(sheet).map_err(fault)?;
        let mut fields: Vec<String> = Vec::new();
        let mut row = Row::default();
        // The row being gathered and the last one handed up, from 0; `None` before the first.
        let (mut at, mut last) = (None, None::<u32>);
        loop {
            let next = cells.next_cell().map_err(fault)?;
            let (place, text) = match &next {
                Some(cell) => (Some(cell.get_position()), shown(cell.get_value())),
                None => (None, String::new()),
            };
            if let Some((line, column)) = place {
                if text.trim().is_empty() {
                    continue;
                }
                if column >= COLUMNS_LIMIT {
                    return Err(BookFault::Far { cell: cell_name(line, column) });
                }
                if at.is_some_and(|at| line < at) {
                    return Err(BookFault::Damaged { what: cell_name(line, column) });
                }
            }
            if let Some(done) = at
                && place.is_none_or(|(line, _)| line != done)
            {
                let blank =
                    last.map_or(0, |last| u64::from(done - last - 1)).saturating_sub(merged.covered(last, done));
                merged.fill(done, &mut fields);
                row.set(u64::from(done) + 1, &fields);
                if !each(&row, blank) {
                    return Ok(());
                }
                fields.clear();
                last = Some(done);
            }
            let Some((line, column)) = place else { return Ok(()) };
            at = Some(line);
            let column = column as usize;
            if fields.len() <= column {
                fields.resize(column + 1, String::new());
            }
            fields[column] = text;
        }
    }
}

/// Cells merged over many rows: what each says is said again in the rows below.
struct Merged {
    /// By their first row, the last first, so that the next is at the end.
    waiting: Vec<Dimensions>,
    /// By column: the last row and the text.
    open: HashMap<u32, (u32, String)>,
}

impl Merged {
    fn new(mut waiting: Vec<Dimensions>) -> Self {
        waiting.retain(|area| area.end.0 > area.start.0 && area.start.1 < COLUMNS_LIMIT);
        waiting.sort_unstable_by_key(|area| std::cmp::Reverse(area.start));
        Self { waiting, open: HashMap::new() }
    }

    /// Fills the empty fields of a row from the merged cells above.
    fn fill(&mut self, line: u32, fields: &mut Vec<String>) {
        self.open.retain(|_, (end, _)| *end >= line);
        for (column, (_, text)) in &self.open {
            let column = *column as usize;
            if fields.len() <= column {
                fields.resize(column + 1, String::new());
            }
            if fields[column].is_empty() {
                fields[column].clone_from(text);
            }
        }
        while self.waiting.last().is_some_and(|area| area.start.0 <= line) {
            let Some(area) = self.waiting.pop() else { break };
            let text = fields.get(area.start.1 as usize).filter(|text| !text.is_empty());
            if let Some(text) = text.filter(|_| area.start.0 == line) {
                self.open.insert(area.start.1, (area.end.0, text.clone()));
            }
        }
    }

    /// Returns how many rows between two rows lie under a merged cell.
    fn covered(&self, last: Option<u32>, done: u32) -> u64 {
        let end = self.open.values().map(|(end, _)| *end).max();
        match (last, end) {
            (Some(last), Some(end)) => u64::from(end.min(done.saturating_sub(1)).saturating_sub(last)),
            _ => 0,
        }
    }
}

/// Returns what a cell says.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::DateTimeIso(text) => text.replacen('T', " ", 1),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// Returns a number without the noise of its binary form: telephone numbers keep their digits.
fn number_text(number: f64) -> String {
    if number.is_finite() && number.abs() < 1e21 { format!("{number}") } else { format!("{number:e}") }
}

/// Returns a date, a time or both, as much as the cell holds.
fn moment_text(moment: &ExcelDateTime) -> String {
    let serial = moment.as_f64();
    // The last day a sheet knows is 31 December 9999.
    if !(0.0..2_958_466.0).contains(&serial) {
        return number_text(serial);
    }
    if moment.is_duration() {
        let seconds = (serial * 86_400.0).round() as u64;
        return format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match (serial < 1.0, serial.fract() == 0.0) {
        (true, _) => time,
        (false, true) => format!("{year:04}-{month:02}-{day:02}"),
        (false, false) => format!("{year:04}-{month:02}-{day:02} {time}"),
    }
}

/// Returns the name people give a cell.
pub(in crate::formats) fn cell_name(line: u32, column: u32) -> String {
    let (mut letters, mut rest) = (Vec::new(), column + 1);
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect::<String>() + &(u64::from(line) + 1).to_string()
}

fn fault(error: XlsxError) -> BookFault {
    match error {
        XlsxError::Password => BookFault::Password,
        other => BookFault::Damaged { what: other.to_string() },
    }
}
