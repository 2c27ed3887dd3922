//! JSON as a stream of records: a record a line, or a document whose list is read element by element.
//!
//! A document of any size takes the memory of one record. Nesting is limited to 128 by the parser.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::io::{self, BufReader, Read};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::formats::call::calls::Calls;
use crate::formats::column::Column;
use crate::formats::error::Error;
use crate::formats::format::{Format, Reader};
use crate::formats::options::ReadOptions;
use crate::formats::record::{Out, Record, RejectReason};
use crate::formats::sheet::objects;
use crate::formats::sheet::table::Mapping;
use crate::formats::source::{Source, each_line};

/// Reads records of any shape, one after the other.
struct Records<'a> {
    reader: Reader,
    columns: &'a [Column],
    mapping: Mapping<'a>,
    options: &'a ReadOptions,
    found: Vec<Record>,
    calls: Calls,
    /// Whether each line is a record: a call's sentences then have its line, else their own number.
    lines: bool,
}

/// Reads a file with a record a line.
pub(super) fn read_lines<R: Read>(
    source: Source<R>,
    format: Format,
    columns: &[Column],
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let mut records = Records::new(format, columns, options, true);
    each_line(source, options, out, &mut |line, out| {
        if line.text.trim().is_empty() {
            return Ok(());
        }
        match serde_json::from_str(&line.text) {
            Ok(value) => records.value(&value, line.number, out),
            Err(error) => {
                let reason = RejectReason::Json { column: error.column() as u64, what: error.to_string() };
                out.reject(line.number, reason, &line.text)
            }
        }
    })?;
    records.calls.end(options, out)
}

/// Reads a file that is one document.
pub(super) fn read_document<R: Read>(
    source: Source<R>,
    format: Format,
    columns: &[Column],
    options: &ReadOptions,
    out: &mut Out<'_>,
) -> Result<(), Error> {
    let mut records = Records::new(format, columns, options, false);
    let lists = lists(format);
    let source = RefCell::new(source);
    let mut number = 0u64;
    let mut broken = None;
    let mut failed = None;
    let mut each = |value: Value| -> Result<(), Stopped> {
        number += 1;
        let first = source.borrow_mut().spend(0);
        out.spent = source.borrow().spent();
        let spent = out.spent;
        broken = broken.or(first);
        let done = match broken {
            // The reader is a little ahead of the records, so the mark in the text itself decides which one is meant.
            // A call is taken sentence by sentence, and so are its broken bytes.
            Some(place) if !records.are_calls() && value.to_string().contains('\u{FFFD}') => {
                out.undecodable(number, place.byte, &value.to_string(), options.charset)
            }
            _ => records.value(&value, number, out),
        };
        done.and_then(|()| if number.is_multiple_of(256) { out.at(spent) } else { Ok(()) }).map_err(|error| {
            failed = Some(error);
            Stopped
        })?;
        Ok(())
    };
    let mut parser = serde_json::Deserializer::from_reader(BufReader::new(Shared(&source)));
    let parsed = Document { lists: &lists, each: &mut each }.deserialize(&mut parser).and_then(|()| parser.end());
    if let Some(error) = failed {
        return Err(error);
    }
    match parsed {
        Ok(()) => {
            records.calls.end(options, out)?;
            out.at(out.size)
        }
        Err(error) if error.is_io() => Err(out.io(error.into())),
        Err(error) => Err(Error::Json {
            path: out.path.to_owned(),
            line: error.line() as u64,
            column: error.column() as u64,
            what: error.to_string(),
        }),
    }
}

/// How many records of a head are looked at.
const ENOUGH: usize = 100;

/// A head that may end anywhere, parsed once for all who ask what it is.
pub(super) enum Glimpse {
    /// Records, a line each.
    Lines(Vec<Value>),
    /// A document: what is whole of it, and whether its end was cut off.
    Document { value: Value, cut: bool },
    /// A document that breaks before its end; the records before that are read as they are asked for.
    Broken(String),
}

impl Glimpse {
    /// Looks at a head as records a line each, or as one document.
    pub fn of(head: &str, lines: bool) -> Self {
        if lines {
            let lines = head.lines().filter(|line| !line.trim().is_empty()).take(ENOUGH);
            return Self::Lines(lines.filter_map(|line| serde_json::from_str(line).ok()).collect());
        }
        match serde_json::from_str(head) {
            Ok(value) => Self::Document { value, cut: false },
            Err(_) => match cut_short(head) {
                Some(value) => Self::Document { value, cut: true },
                None => Self::Broken(head.to_owned()),
            },
        }
    }

    /// Returns the document, if it is one and not broken.
    pub fn document(&self) -> Option<&Value> {
        match self {
            Self::Document { value, .. } => Some(value),
            Self::Lines(_) | Self::Broken(_) => None,
        }
    }

    /// Returns the first records: lines, or the elements of a document that is a list or holds one of `lists`, or the
    /// document itself.
    pub fn records(&self, lists: &[&str]) -> Vec<Cow<'_, Value>> {
        let (value, cut) = match self {
            Self::Lines(values) => return values.iter().map(Cow::Borrowed).collect(),
            Self::Broken(head) => return until_broken(head, lists).into_iter().map(Cow::Owned).collect(),
            Self::Document { value, cut } => (value, *cut),
        };
        let mut found: Vec<&Value> = match value {
            Value::Array(elements) => elements.iter().take(ENOUGH + 1).collect(),
            Value::Object(fields) => {
                let listed = fields.iter().filter(|(name, _)| lists.contains(&name.as_str()));
                let listed: Vec<&Vec<Value>> = listed.filter_map(|(_, value)| value.as_array()).collect();
                if listed.is_empty() { vec![value] } else { listed.into_iter().flatten().take(ENOUGH + 1).collect() }
            }
            _ => Vec::new(),
        };
        // The last record of a cut document may be cut itself; a single one is better than none.
        if found.len() > ENOUGH || cut && found.len() > 1 {
            found.pop();
        }
        found.into_iter().map(Cow::Borrowed).collect()
    }
}

/// Returns the first records of a document up to where it breaks.
fn until_broken(head: &str, lists: &[&str]) -> Vec<Value> {
    let mut found = Vec::new();
    let mut each = |value| {
        found.push(value);
        if found.len() < ENOUGH { Ok(()) } else { Err(Stopped) }
    };
    // Where it breaks its reader tells.
    let _ = Document { lists, each: &mut each }.deserialize(&mut serde_json::Deserializer::from_str(head));
    found
}

/// Returns the names of lists that hold a format's records.
pub(super) fn lists(format: Format) -> Vec<&'static str> {
    match format.reader() {
        Reader::Records(shape) => shape.lists.to_vec(),
        Reader::Call(_) => Vec::new(),
        _ => objects::LISTS.to_vec(),
    }
}

/// Returns the value of a JSON text that may be cut anywhere: what is whole is kept, what is open is closed.
fn cut_short(head: &str) -> Option<Value> {
    let mut stack = Vec::new();
    // What is kept ends after a value or a comma; from there on brackets only open, so the open ones are a start of `stack`.
    let (mut kept, mut open) = (0, 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in head.bytes().enumerate() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' => stack.push('}'),
            b'[' => stack.push(']'),
            b'}' | b']' => {
                stack.pop();
                if stack.is_empty() {
                    return serde_json::from_str(&head[..=at]).ok();
                }
                (kept, open) = (at + 1, stack.len());
            }
            b',' => (kept, open) = (at, stack.len()),
            _ => {}
        }
    }
    let mut text = head[..kept].to_owned();
    text.extend(stack[..open].iter().rev());
    serde_json::from_str(&text).ok()
}

impl<'a> Records<'a> {
    fn new(format: Format, columns: &'a [Column], options: &'a ReadOptions, lines: bool) -> Self {
        let mapping = Mapping::new(columns, options);
        Self { reader: format.reader(), columns, mapping, options, found: Vec::new(), calls: Calls::default(), lines }
    }

    fn are_calls(&self) -> bool {
        matches!(self.reader, Reader::Call(_))
    }

    /// Hands up what one value says.
    fn value(&mut self, value: &Value, line: u64, out: &mut Out<'_>) -> Result<(), Error> {
        let shape = match self.reader {
            Reader::Call(shape) if (shape.fits)(value) => {
                return self.calls.take((shape.read)(value), self.lines.then_some(line), self.options, out);
            }
            Reader::Call(_) => return out.reject(line, RejectReason::OtherShape, &value.to_string()),
            Reader::Records(shape) if (shape.fits)(value) => Some(shape),
            // A page of records on one line.
            Reader::Records(shape) => {
                let Some(page) = shape.lists.iter().find_map(|list| value.get(*list)?.as_array()) else {
                    return out.reject(line, RejectReason::OtherShape, &value.to_string());
                };
                return page.iter().try_for_each(|record| self.value(record, line, out));
            }
            _ => Format::shapes().map(|(_, shape)| shape).find(|shape| (shape.fits)(value)),
        };
        let Some(shape) = shape else {
            return objects::read(value, line, self.columns, &mut self.mapping, out);
        };
        (shape.read)(value, line, &mut self.found);
        for mut record in self.found.drain(..) {
            if let Record::Message(message) = &mut record {
                let asked = message.speaker.as_deref().and_then(|name| self.options.role(name));
                message.role = asked.or_else(|| self.options.role(message.role.name())).unwrap_or(message.role);
                message.channel = self.options.channel.unwrap_or(message.channel);
            }
            out.record(record)?;
        }
        Ok(())
    }
}

/// The sink wants no more; what it said is kept beside.
struct Stopped;

/// A document being read: each record goes to `each` as soon as it is whole.
struct Document<'a, F> {
    lists: &'a [&'a str],
    each: &'a mut F,
}

/// A value that may be the list of records; gives back what was no list.
struct List<'a, F>(&'a mut F);

impl<'de, F: FnMut(Value) -> Result<(), Stopped>> DeserializeSeed<'de> for Document<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(Value) -> Result<(), Stopped>> Visitor<'de> for Document<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        each_of(seq, self.each)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut rest = Map::new();
        let mut listed = false;
        while let Some(key) = map.next_key::<String>()? {
            if !self.lists.contains(&key.as_str()) {
                rest.insert(key, map.next_value()?);
            } else if let Some(value) = map.next_value_seed(List(&mut *self.each))? {
                rest.insert(key, value);
            } else {
                listed = true;
            }
        }
        if listed { Ok(()) } else { (self.each)(Value::Object(rest)).map_err(|Stopped| A::Error::custom("stopped")) }
    }
}

impl<'de, F: FnMut(Value) -> Result<(), Stopped>> DeserializeSeed<'de> for List<'_, F> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(Value) -> Result<(), Stopped>> Visitor<'de> for List<'_, F> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Option<Value>, A::Error> {
        each_of(seq, self.0).map(|()| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Value>, A::Error> {
        let mut all = Map::new();
        while let Some((key, value)) = map.next_entry()? {
            all.insert(key, value);
        }
        Ok(Some(Value::Object(all)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<Value>, E> {
        Ok(Some(text.into()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Option<Value>, E> {
        Ok(Some(Value::Null))
    }
}

fn each_of<'de, A: SeqAccess<'de>, F>(mut seq: A, each: &mut F) -> Result<(), A::Error>
where
    F: FnMut(Value) -> Result<(), Stopped>,
{
    while let Some(value) = seq.next_element()? {
        each(value).map_err(|Stopped| A::Error::custom("stopped"))?;
    }
    Ok(())
}

/// A source the parser reads while the records ask it where they are.
struct Shared<'a, R>(&'a RefCell<Source<R>>);

impl<R: Read> Read for Shared<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(out)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_document_cut_anywhere_gives_its_first_whole_records(cut in 0usize..200) {
            let text = r#"[{"a":"x,]}","b":[1,2]},{"a":"好\"","b":[]},{"a":"z","b":[3,{"c":4}]}]"#;
            let whole: Value = serde_json::from_str(text).expect("json");
            let head = &text[..text.floor_char_boundary(cut.min(text.len()))];
            for (at, value) in Glimpse::of(head, false).records(&[]).iter().enumerate() {
                prop_assert!(**value == whole[at] || at == 0, "{}", value);
            }
        }
    }

    #[test]
    fn a_record_longer_than_the_head_keeps_its_whole_fields() {
        let found = cut_short(r#"{"id": 1, "events": [{"event": "user", "text": "好"}, {"event": "bo"#);
        assert_eq!(found, Some(serde_json::json!({"id": 1, "events": [{"event": "user", "text": "好"}]})));
    }

    #[test]
    fn the_list_of_a_cut_document_is_found() {
        let head = Glimpse::of(r#"{"count": 2, "chats": [{"id": 1, "x": "y"}, {"id": 2, "#, false);
        let found = head.records(&["chats"]);
        assert_eq!((found.len(), &found[0]["x"]), (1, &"y".into()));
    }

    #[test]
    fn a_document_that_breaks_gives_its_records_up_to_there() {
        let head = Glimpse::of(r#"[{"id": 1}, {"id": 2}, {"id": oh}, {"id": 4}]"#, false);
        assert!(head.document().is_none());
        assert_eq!(head.records(&[]).len(), 2);
    }
}
