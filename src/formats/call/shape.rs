//! What every reader of calls says of itself, and the small words of JSON they share.
//!
//! A vendor is one file with one shape and one line in the table of `format.rs`.

use serde_json::Value;

use crate::formats::call::segment::{Segment, Transcript};

/// How one recogniser's JSON is told and read.
pub struct CallShape {
    /// Tells whether a document (or a line of one) is of this recogniser.
    pub fits: fn(&Value) -> bool,
    /// Returns what is said in it.
    pub read: fn(&Value) -> Transcript,
}

/// How one kind of plain text with times is told and read.
pub struct ScriptShape {
    /// Tells whether a text begins like one; the ending of its name is given in small letters.
    pub fits: fn(&str, &str) -> bool,
    /// Returns what is said in its lines, each with its number.
    pub read: fn(&[(u64, String)]) -> Transcript,
}

/// Returns the value of a field, whatever the vendor's year: `BeginTime`, `begin_time` and `begintime` are one name.
pub fn find<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let fields = value.as_object()?;
    fields.get(name).or_else(|| fields.iter().find(|(known, _)| same(known, name)).map(|(_, value)| value))
}

fn same(one: &str, other: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = u8> + '_ {
        name.bytes().filter(|b| *b != b'_').map(|b| b.to_ascii_lowercase())
    }
    one.len().abs_diff(other.len()) <= 4 && letters(one).eq(letters(other))
}

/// Returns the list at a field; nothing when there is none.
pub fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    find(value, name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns the words at a field, whether written as a string or as a number.
pub fn words(value: &Value, name: &str) -> Option<String> {
    let found = match find(value, name)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(found).filter(|text| !text.trim().is_empty())
}

/// Returns the number at a field, whether written as one or as a string.
pub fn number(value: &Value, name: &str) -> Option<f64> {
    let found = match find(value, name)? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    Some(found).filter(|number| number.is_finite())
}

/// Returns the milliseconds at a field; recordings longer than seven weeks are none.
pub fn millis(value: &Value, name: &str) -> Option<u32> {
    whole(number(value, name)?)
}

/// Returns the milliseconds at a field that counts seconds.
pub fn seconds(value: &Value, name: &str) -> Option<u32> {
    whole(number(value, name)? * 1000.0)
}

fn whole(millis: f64) -> Option<u32> {
    (0.0..=f64::from(u32::MAX)).contains(&millis.round()).then(|| millis.round() as u32)
}

/// Returns a share between 0 and 1 in thousandths.
pub fn thousandths(share: f64) -> u16 {
    (share.clamp(0.0, 1.0) * 1000.0).round() as u16
}

/// Returns the document a string holds, or the value itself: some vendors put JSON into JSON.
pub fn opened(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        other => other.clone(),
    }
}

/// Adds the next words to a sentence: with a blank between letters of alphabets, without one between Chinese.
pub fn join(sentence: &mut String, next: &str) {
    let spaced = |c: char| !c.is_whitespace() && !wide(c);
    let next = next.trim();
    let parted = sentence.chars().next_back().is_some_and(spaced)
        && next.chars().next().is_some_and(|c| spaced(c) && (c.is_alphanumeric() || "\"'([".contains(c)));
    if parted {
        sentence.push(' ');
    }
    sentence.push_str(next);
}

/// Returns a text without the blanks that some recognisers put between Chinese characters.
pub fn closed(text: &str) -> String {
    let mut sentence = String::with_capacity(text.len());
    text.split_whitespace().for_each(|part| join(&mut sentence, part));
    sentence
}

/// Tells whether a character stands without blanks around it.
fn wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Returns a segment between two moments.
pub fn segment(start: Option<u32>, end: Option<u32>, text: impl Into<String>) -> Segment {
    Segment { start, end, text: text.into(), ..Segment::default() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_is_found_by_its_letters() {
        let value = json!({"BeginTime": 500, "end_time": "3200", "channelid": 1});
        assert_eq!((millis(&value, "begin_time"), millis(&value, "EndTime")), (Some(500), Some(3200)));
        assert_eq!(words(&value, "channel_id").as_deref(), Some("1"));
        assert_eq!(find(&value, "text"), None);
    }

    #[test]
    fn times_without_sense_are_none() {
        for value in [json!({"t": -1}), json!({"t": 1e300}), json!({"t": "soon"}), json!({"t": null})] {
            assert_eq!(seconds(&value, "t"), None, "{value}");
        }
    }

    #[test]
    fn words_are_joined_as_their_script_writes_them() {
        assert_eq!(closed("正 是 因 为 card 丢 了"), "正是因为card丢了");
        assert_eq!(closed("go  forward ten"), "go forward ten");
    }
}
