//! How a table is cut and what its columns hold, from a sample of its text.

use serde_json::Value;

use crate::formats::charset::Charset;
use crate::formats::column::{Column, ColumnRole, TableShape, of_values};
use crate::formats::headings::{headed, of_headings};
use crate::formats::options::ReadOptions;
use crate::formats::sheet::objects;
use crate::formats::sheet::rows::{Row, Rows};
use crate::formats::sheet::table::holds_text;
use crate::formats::source::Source;
use crate::formats::write::known;

/// What may stand between fields, most telling first.
const DELIMITERS: [char; 4] = ['\t', ',', ';', '|'];

/// How many rows are looked at.
pub(in crate::formats) const SAMPLE: usize = 300;

/// Rows of a sample under one way of cutting.
struct Cutting {
    delimiter: char,
    quoted: bool,
    rows: Vec<Vec<String>>,
    /// The most frequent number of fields.
    width: usize,
    /// The share of rows that have it.
    share: f64,
    /// Rows whose quotes do not add up.
    stray: usize,
}

/// Tells whether a text of unknown kind is regular enough to be a table.
pub(in crate::formats) fn regular(text: &str, whole: bool, options: &ReadOptions) -> bool {
    let cutting = best(text, whole, options.delimiter, options);
    if cutting.width < 2 || cutting.rows.len() < 2 || cutting.share < 0.95 {
        return false;
    }
    let known = heading(&cutting).is_some();
    match cutting.delimiter {
        '\t' => true,
        _ if known => true,
        // Commas stand in sentences too: every row must agree, and the columns must say what they are.
        _ => {
            let roles = of_values(&even(&cutting, 0));
            cutting.share == 1.0
                && cutting.rows.len() >= 5
                && roles.contains(&ColumnRole::Text)
                && roles.iter().filter(|role| **role != ColumnRole::Ignore).count() >= 2
        }
    }
}

/// Returns how a table is best cut, and what its columns hold.
pub(in crate::formats) fn shape(
    text: &str,
    whole: bool,
    ending: &str,
    delimiter: Option<char>,
    options: &ReadOptions,
) -> TableShape {
    let mut cutting = best(text, whole, delimiter, options);
    if cutting.width < 2 && delimiter.is_none() {
        let usual = if ending == "tsv" { '\t' } else { ',' };
        cutting = cut(text, whole, usual, options.quoted.unwrap_or(true));
    }
    of_cutting(&cutting, options)
}

/// Returns what the columns of rows hold that nobody had to cut: the first rows of a sheet.
pub(in crate::formats) fn of_rows(mut rows: Vec<Vec<String>>, options: &ReadOptions) -> TableShape {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    rows.iter_mut().for_each(|row| row.resize(width, String::new()));
    let cutting = Cutting { delimiter: ',', quoted: true, rows, width, share: 1.0, stray: 0 };
    // A workbook has a mark of its own against formulas, which is no part of its texts.
    TableShape { guarded: false, ..of_cutting(&cutting, options) }
}

fn of_cutting(cutting: &Cutting, options: &ReadOptions) -> TableShape {
    let at = match options.header {
        Some(false) => None,
        Some(true) => Some(heading(cutting).unwrap_or(0)),
        None => heading(cutting).or_else(|| odd_first(cutting)),
    };
    let body = even(cutting, at.map_or(0, |at| at + 1));
    let columns = match at.and_then(|at| cutting.rows.get(at)) {
        Some(headings) => fill(of_headings(headings), &body),
        None => {
            let roles = if body.is_empty() { vec![ColumnRole::Text] } else { of_values(&body) };
            roles.into_iter().map(|role| Column { name: String::new(), role }).collect()
        }
    };
    let guarded = known::ours(&columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>());
    TableShape {
        delimiter: Some(cutting.delimiter),
        quoted: cutting.quoted,
        header: at.is_some(),
        skip: at.unwrap_or(0) as u64,
        guarded,
        columns,
    }
}

/// Returns what the fields of some records hold.
pub(in crate::formats) fn fields(names: &[String], records: &[Value]) -> Vec<Column> {
    let row = |record: &Value| {
        names.iter().map(|name| record.get(name).map(objects::text).unwrap_or_default().into_owned()).collect()
    };
    let body: Vec<Vec<String>> = records.iter().map(row).collect();
    fill(of_headings(names), &body)
}

/// Asks the values when no heading named a text.
fn fill(mut columns: Vec<Column>, body: &[Vec<String>]) -> Vec<Column> {
    if holds_text(&columns) || body.is_empty() {
        return columns;
    }
    let known: Vec<ColumnRole> = columns.iter().map(|column| column.role).collect();
    for (column, role) in columns.iter_mut().zip(of_values(body)) {
        let unnamed = headed(&column.name).is_none();
        if unnamed && (role == ColumnRole::Text || !known.contains(&role)) {
            column.role = role;
        }
    }
    columns
}

fn best(text: &str, whole: bool, delimiter: Option<char>, options: &ReadOptions) -> Cutting {
    let tried = DELIMITERS.into_iter().filter(|known| delimiter.is_none_or(|d| d == *known));
    let own = delimiter.filter(|d| d.is_ascii() && !DELIMITERS.contains(d));
    let quoted = |delimiter: char| {
        let cutting = cut(text, whole, delimiter, options.quoted.unwrap_or(true));
        // Quotes mean nothing to many who write tabs: when they do not add up, they are letters.
        if options.quoted.is_none() && delimiter == '\t' && cutting.stray > 0 {
            let plain = cut(text, whole, delimiter, false);
            if plain.share >= 0.95 {
                return plain;
            }
        }
        cutting
    };
    tried
        .chain(own)
        .map(quoted)
        .reduce(|best, next| if value(&next) > value(&best) { next } else { best })
        .unwrap_or_else(|| cut(text, whole, ',', true))
}

/// Returns how good a cutting is: rows agree, and the headings are known words.
fn value(cutting: &Cutting) -> f64 {
    if cutting.width < 2 {
        return 0.0;
    }
    cutting.share + if heading(cutting).is_some() { 0.5 } else { 0.0 }
}

fn cut(text: &str, whole: bool, delimiter: char, quoted: bool) -> Cutting {
    let mut rows = Rows::new(Source::new(text.as_bytes(), Charset::UTF_8), delimiter as u8, quoted);
    let (mut row, mut found, mut stray) = (Row::default(), Vec::new(), 0);
    while found.len() <= SAMPLE {
        match rows.next(&mut row) {
            Ok(true) => {
                stray += usize::from(row.stray);
                found.push(row.iter().map(str::to_owned).collect::<Vec<_>>());
            }
            Ok(false) => {
                // The last row of a cut text may be cut itself.
                if !whole {
                    found.pop();
                }
                break;
            }
            Err(_) => {
                stray += usize::from(whole);
                break;
            }
        }
    }
    found.truncate(SAMPLE);
    let mut widths: Vec<usize> = found.iter().map(Vec::len).collect();
    widths.sort_unstable();
    let width = widths.chunk_by(|a, b| a == b).max_by_key(|run| (run.len(), run[0])).map_or(0, |run| run[0]);
    let agreeing = widths.iter().filter(|w| **w == width).count();
    let share = if found.is_empty() { 0.0 } else { agreeing as f64 / found.len() as f64 };
    Cutting { delimiter, quoted, rows: found, width, share, stray }
}

/// Returns the row of headings: the first of the top five in which known words stand.
fn heading(cutting: &Cutting) -> Option<usize> {
    cutting.rows.iter().take(5).enumerate().find_map(|(at, row)| {
        let known = row.iter().filter(|cell| headed(cell).is_some()).count();
        let filled = row.iter().filter(|cell| !cell.trim().is_empty()).count();
        let enough = if at == 0 { known >= 1 && known * 3 >= filled } else { known >= 2 && known * 2 >= filled };
        (enough && row.len() == cutting.width).then_some(at)
    })
}

/// Returns the first row when its time or role column holds neither a time nor a role.
fn odd_first(cutting: &Cutting) -> Option<usize> {
    let body = even(cutting, 1);
    let first = cutting.rows.first().filter(|row| row.len() == cutting.width)?;
    if body.len() < 2 {
        return None;
    }
    let telling = [ColumnRole::Time, ColumnRole::Role];
    let below = of_values(&body);
    let with: Vec<Vec<String>> = vec![first.clone()];
    let above = of_values(&with);
    let odd = (0..cutting.width).any(|at| telling.contains(&below[at]) && above[at] != below[at]);
    odd.then_some(0)
}

/// Returns the rows from one on that have the usual width.
fn even(cutting: &Cutting, from: usize) -> Vec<Vec<String>> {
    cutting.rows.iter().skip(from).filter(|row| row.len() == cutting.width).cloned().collect()
}
