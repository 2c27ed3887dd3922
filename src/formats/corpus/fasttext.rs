//! fastText's lines: `__label__intent text`. A label has no blanks, a text no line ends.

use std::collections::HashMap;
use std::io::{self, Read, Write};

use serde_json::{Value, json};

use crate::domain::conversation::Message;
use crate::domain::extra::Form;
use crate::formats::corpus::labelled::{example, named};
use crate::formats::error::Error;
use crate::formats::extra;
use crate::formats::options::ReadOptions;
use crate::formats::record::Out;
use crate::formats::source::{Source, each_line};
use crate::formats::write::row::{ExportRow, Written};

const LABEL: &str = "__label__";

/// The field the labels behind the first are kept in.
const LABELS: &str = "labels";

/// Tells whether most of the first lines begin with a label.
pub(in crate::formats) fn fits(head: &str) -> bool {
    let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
    let labelled = lines.iter().filter(|line| line.starts_with(LABEL)).count();
    labelled > 0 && labelled * 2 >= lines.len()
}

/// Reads a text a line; the first of its labels is its intent.
pub(in crate::formats) fn read<R: Read>(
    source: Source<R>,
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    each_line(source, options, out, &mut |line, out| {
        let mut rest = line.text.trim();
        let mut intent = None;
        let mut more: Vec<&str> = Vec::new();
        while let Some(label) = rest.strip_prefix(LABEL) {
            let end = label.find(char::is_whitespace).unwrap_or(label.len());
            match intent {
                None => intent = Some(&label[..end]),
                Some(_) => more.push(&label[..end]),
            }
            rest = label[end..].trim_start();
        }
        let said = (!more.is_empty()).then(|| json!({ LABELS: more }));
        let extra = said.and_then(|said| extra::of(Form::FastText, &said, &|_| false));
        out.message(Message { extra, ..example(rest, intent, Vec::new(), line.number) })
    })
}

/// Writes a line a row.
pub fn write(rows: &[ExportRow], out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written::default();
    let mut renamed: HashMap<&str, bool> = HashMap::new();
    for row in rows {
        // What begins like a label would be read as one.
        if row.text.contains(['\n', '\r']) || row.text.trim_start().starts_with(LABEL) {
            written.left_out += 1;
            continue;
        }
        let name = named(row);
        let label: String = name.trim().chars().map(|c| if c.is_whitespace() { '_' } else { c }).collect();
        renamed.insert(name, label != name);
        let more = row.extra(Form::FastText).and_then(|said| said.get(LABELS)?.as_array());
        let more = more.into_iter().flatten().filter_map(Value::as_str).filter(|more| *more != label);
        let more: String = more.map(|more| format!(" {LABEL}{more}")).collect();
        writeln!(out, "{LABEL}{label}{more} {}", row.text)?;
        written.rows += 1;
        written.spans_left_out += row.spans.len() as u64;
        written.counts_left_out += u64::from(row.count > 1);
    }
    written.renamed = renamed.values().filter(|renamed| **renamed).count() as u64;
    Ok(written)
}
