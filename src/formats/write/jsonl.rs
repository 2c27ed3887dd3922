//! Examples as JSON Lines: `{"text","intent","count","spans","source"}`. Positions of spans count characters.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::domain::extra::Form;
use crate::formats::extra;
use crate::formats::write::row::{ExportRow, Written};

/// Writes a record a row.
pub fn write<'a>(rows: impl IntoIterator<Item = &'a ExportRow>, out: &mut dyn Write) -> io::Result<Written> {
    let mut written = Written::default();
    for row in rows {
        let mut record = Map::new();
        record.insert("text".into(), row.text.as_str().into());
        record.insert("intent".into(), row.intent.as_deref().map_or(Value::Null, Into::into));
        record.insert("count".into(), row.count.into());
        if !row.spans.is_empty() {
            let place = |byte: u32| row.text.get(..byte as usize).map(|before| before.chars().count());
            let mut spans = Vec::new();
            for span in &row.spans {
                match (place(span.range.start), place(span.range.end)) {
                    (Some(start), Some(end)) => spans.push(json!({
                        "start": start, "end": end, "entity": span.entity,
                        "value": if span.value.is_empty() { span.range.of(&row.text) } else { &span.value },
                    })),
                    _ => written.spans_left_out += 1,
                }
            }
            record.insert("spans".into(), spans.into());
        }
        if !row.source.is_empty() {
            record.insert("source".into(), row.source.as_str().into());
        }
        let mut record = Value::Object(record);
        extra::restore(&mut record, row, Form::Records);
        serde_json::to_writer(&mut *out, &record)?;
        out.write_all(b"\n")?;
        written.rows += 1;
    }
    Ok(written)
}
