//! Fields of records that no reader reads: taken along when a record comes in, put back when it goes out in its own form.
//!
//! Called by the readers and writers of `corpus/` and `sheet/`. A record without such fields costs nothing. What we write
//! beside a text ourselves (`labelled::about`) is no such field when it comes back.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::domain::extra::{Extra, Form};
use crate::domain::label::LabelSource;
use crate::formats::column::{Column, ColumnRole};
use crate::formats::write::failed;
use crate::formats::write::row::ExportRow;

/// Bytes of the fields kept of one record.
const BYTES: usize = 16 * 1024;
/// Fields kept of one record.
const FIELDS: usize = 64;

/// Fields on their way into a project, within bounds.
#[derive(Default)]
struct Taken {
    json: Vec<u8>,
    count: usize,
    cut: bool,
}

impl Taken {
    /// Adds a field; one that would be too much is left out, and that is told.
    fn add(&mut self, name: &str, value: &impl serde::Serialize) {
        let before = self.json.len();
        self.json.push(if before == 0 { b'{' } else { b',' });
        let written = serde_json::to_writer(&mut self.json, name).and_then(|()| {
            self.json.push(b':');
            serde_json::to_writer(&mut self.json, value)
        });
        if written.is_err() || self.json.len() >= BYTES || self.count >= FIELDS {
            self.json.truncate(before);
            self.cut = true;
        } else {
            self.count += 1;
        }
    }

    fn end(mut self, form: Form) -> Option<Box<Extra>> {
        if self.json.is_empty() && !self.cut {
            return None;
        }
        self.json.extend_from_slice(if self.json.is_empty() { b"{}" } else { b"}" });
        let fields = String::from_utf8(self.json).expect("JSON of texts is text");
        Some(Box::new(Extra { form, fields, cut: self.cut }))
    }
}

/// Returns the fields of a record but for those its reader reads.
pub(in crate::formats) fn of(form: Form, record: &Value, read: &dyn Fn(&str) -> bool) -> Option<Box<Extra>> {
    of_nested(form, record, read, ("", ""))
}

/// Returns the fields of a record but for those its reader reads, one of them (`but`) within the object `outer`.
pub(in crate::formats) fn of_nested(
    form: Form,
    record: &Value,
    read: &dyn Fn(&str) -> bool,
    (outer, but): (&str, &str),
) -> Option<Box<Extra>> {
    let mut taken = Taken::default();
    for (name, value) in record.as_object()?.iter().filter(|(name, value)| !read(name) && !value.is_null()) {
        match value {
            Value::Object(within) if name == outer => {
                let theirs: Map<String, Value> = within.iter().filter(|(key, _)| *key != but).map(cloned).collect();
                if !theirs.is_empty() {
                    taken.add(name, &theirs);
                }
            }
            Value::Object(within) if matches!(name.as_str(), "meta" | "metadata") && is_about(within) => {
                let theirs: Map<String, Value> =
                    within.iter().filter(|(key, _)| !matches!(key.as_str(), "count" | "source")).map(cloned).collect();
                if !theirs.is_empty() {
                    taken.add(name, &theirs);
                }
            }
            _ => taken.add(name, value),
        }
    }
    taken.end(form)
}

fn cloned((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}

/// Tells whether an object holds what we say of a text ourselves.
fn is_about(object: &Map<String, Value>) -> bool {
    object.get("count").is_some_and(Value::is_u64) && object.get("source").is_some_and(is_source)
}

fn is_source(value: &Value) -> bool {
    value.as_str().is_some_and(|word| word.is_empty() || LabelSource::named(word).is_some())
}

/// Returns the fields of a plain record that are no column of its file's mapping.
pub(in crate::formats) fn of_record(record: &Value, columns: &[Column]) -> Option<Box<Extra>> {
    let read = |name: &str| {
        let mapped = columns.iter().any(|column| column.name == name && column.role != ColumnRole::Ignore);
        let ours = match name {
            "spans" | "entities" | "count" => true,
            "source" => is_source(&record[name]),
            _ => false,
        };
        mapped || ours
    };
    of(Form::Records, record, &read)
}

/// The columns of a table that are of no use here.
pub(in crate::formats) struct Strange {
    columns: Vec<(usize, String)>,
    /// Whether the table is one of ours: then what we say of a text is no such column.
    ours: bool,
}

impl Strange {
    /// Finds the columns with a heading and no role.
    pub fn new(columns: &[Column], ours: bool) -> Self {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        // Rows that failed come back behind their line and reason.
        let front = if failed::HEADINGS.iter().any(|front| ours && names.starts_with(front)) { 2 } else { 0 };
        let strange = columns.iter().enumerate().skip(front).filter(|(_, column)| {
            column.role == ColumnRole::Ignore && !column.name.trim().is_empty() && !(ours && column.name == "count")
        });
        Self { columns: strange.map(|(at, column)| (at, column.name.clone())).collect(), ours }
    }

    /// Returns what a row says in them; `None` when nothing.
    pub fn of<'c>(&self, cell: &dyn Fn(usize) -> Cow<'c, str>) -> Option<Box<Extra>> {
        let mut taken = Taken::default();
        for (at, name) in &self.columns {
            let text = cell(*at);
            let about = self.ours && name == "source" && (text.is_empty() || LabelSource::named(&text).is_some());
            if !text.is_empty() && !about {
                taken.add(name, &text);
            }
        }
        taken.end(Form::Table)
    }
}

/// Puts a row's fields of this form into its record: what came from there stands before what we say ourselves.
pub(in crate::formats) fn restore(record: &mut Value, row: &ExportRow, form: Form) {
    for (name, value) in row.extra(form).into_iter().flatten() {
        match (record.get_mut(name), value) {
            (Some(Value::Object(ours)), Value::Object(theirs)) => ours.extend(theirs.clone()),
            _ => record[name] = value.clone(),
        }
    }
}

/// Returns the names of all fields of tables that some rows have, in the order they first appear; at most `most`.
pub(in crate::formats) fn headings<'r>(rows: impl Iterator<Item = &'r ExportRow>, most: usize) -> Vec<&'r str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in rows.filter_map(|row| row.extra(Form::Table)).flatten() {
        if names.len() < most && !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(record: &Value) -> Option<Value> {
        let extra = of(Form::Prodigy, record, &|name| name == "text")?;
        assert!(extra.fields.len() <= BYTES);
        Some(serde_json::from_str(&extra.fields).expect("JSON"))
    }

    #[test]
    fn what_is_read_and_what_we_say_ourselves_is_not_kept() {
        assert_eq!(kept(&json!({ "text": "在吗" })), None);
        assert_eq!(kept(&json!({ "text": "在吗", "meta": { "count": 3, "source": "hand" }, "no": null })), None);
        let meta = json!({ "meta": { "count": 3, "source": "hand", "page": 7 } });
        assert_eq!(kept(&meta), Some(json!({ "meta": { "page": 7 } })));
        let theirs = json!({ "meta": { "source": "GitHub" } });
        assert_eq!(kept(&theirs), Some(theirs));
    }

    #[test]
    fn a_field_too_large_is_left_out_and_told() {
        let record = json!({ "a": "x".repeat(BYTES), "b": [1, { "好": "😀\r\n" }] });
        let extra = of(Form::Prodigy, &record, &|_| false).expect("fields");
        assert_eq!((extra.fields.as_str(), extra.cut), (r#"{"b":[1,{"好":"😀\r\n"}]}"#, true));
        let many: Map<String, Value> = (0..100).map(|n| (format!("f{n:03}"), n.into())).collect();
        let extra = of(Form::Prodigy, &Value::Object(many), &|_| false).expect("fields");
        let fields: Map<String, Value> = serde_json::from_str(&extra.fields).expect("JSON");
        assert_eq!((fields.len(), extra.cut), (FIELDS, true));
        let all = of(Form::Prodigy, &json!({ "a": "x".repeat(BYTES) }), &|_| false).expect("told");
        assert_eq!((all.fields.as_str(), all.cut), ("{}", true));
    }
}
