//! Records of named fields (`{"text":…,"intent":…}`): the fields are columns, and a record is a row.

use std::borrow::Cow;

use serde_json::Value;

use crate::domain::label::Mark;
use crate::domain::range::ByteRange;
use crate::formats::chat::shape::{field, plain};
use crate::formats::column::Column;
use crate::formats::error::Error;
use crate::formats::extra;
use crate::formats::record::{Out, RejectReason};
use crate::formats::sheet::table::{Beside, Mapping};

/// Fields of a document whose lists hold records.
pub(in crate::formats) const LISTS: [&str; 8] =
    ["data", "items", "records", "rows", "results", "list", "examples", "common_examples"];

/// Returns the names of the fields of some records, in the order they first appear.
pub(in crate::formats) fn fields<'a>(records: impl Iterator<Item = &'a Value>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for record in records.filter_map(Value::as_object) {
        for name in record.keys() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    names
}

/// Returns the text of a field: strings and numbers as they are, lists of strings a line each.
pub(in crate::formats) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::Array(parts) => Cow::Owned(parts.iter().filter_map(plain).collect::<Vec<_>>().join("\n")),
        _ => Cow::Borrowed(""),
    }
}

/// Hands up the messages of one record.
pub(in crate::formats) fn read(
    record: &Value,
    line: u64,
    columns: &[Column],
    mapping: &mut Mapping<'_>,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    if !record.is_object() {
        return out.reject(line, RejectReason::OtherShape, &record.to_string());
    }
    let cell = |at: usize| record.get(&columns[at].name).map(text).unwrap_or_default();
    let beside = || Beside { marks: marks(record), extra: extra::of_record(record, columns) };
    mapping.row(line, &|| record.to_string(), &cell, 0..0, &beside, out)
}

/// Returns the marked stretches of a record (`spans` or `entities`; positions count characters).
fn marks(record: &Value) -> Vec<Mark> {
    let Some(said) = record.get("text").and_then(Value::as_str) else { return Vec::new() };
    let list = ["spans", "entities"].into_iter().find_map(|name| record.get(name)?.as_array());
    let byte = |at: &Value| {
        let at = usize::try_from(at.as_u64()?).ok()?;
        said.char_indices().map(|(byte, _)| byte).chain([said.len()]).nth(at)
    };
    let mark = |span: &Value| {
        let (start, end) = (byte(span.get("start")?)?, byte(span.get("end")?)?);
        let entity = field(span, "entity").or_else(|| field(span, "label"))?;
        let surface = said.get(start..end).filter(|surface| !surface.is_empty())?;
        let value = field(span, "value").filter(|value| value != surface).unwrap_or_default();
        Some(Mark { range: ByteRange::new(start, end), entity, value })
    };
    list.into_iter().flatten().filter_map(mark).collect()
}
