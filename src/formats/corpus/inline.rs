//! Rasa's inline entities: `申请[重疾险](product)理赔`, `[LA]{"entity":"city","value":"Los Angeles"}`.
//!
//! Rasa has no way to write a plain `[a](b)`; ours is a backslash between the two, which Rasa reads as a letter and we
//! take off again. It is also set before a second bracket, since newer Rasa reads `[a][{…}]` as a list of entities.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::domain::label::Mark;
use crate::domain::range::ByteRange;
use crate::domain::storybook::{Entity, Told};
use crate::formats::chat::shape::field;

static ENTITY: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"\[(?P<text>[^\]]+?)\](?:\((?P<entity>[^:)]+?)(?::(?P<value>[^)]+))?\)|\{(?P<one>[^}]+?)\}|\[(?P<many>\{.*?\})\])";
    Regex::new(pattern).expect("a pattern the tests run")
});

static ESCAPED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\](\\*)\\([(\[{])").expect("a pattern the tests run"));
static TO_ESCAPE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\](\\*)([(\[{])").expect("a pattern the tests run"));

/// Returns the plain text of an annotated example, and its marks.
pub(in crate::formats) fn plain(example: &str) -> (String, Vec<Mark>) {
    let (mut text, mut marks, mut done) = (String::new(), Vec::new(), 0);
    for found in ENTITY.captures_iter(example) {
        let whole = found.get(0).expect("group 0 is the match");
        let Some(said) = entities(&found) else { continue };
        push(&mut text, &example[done..whole.start()], true);
        done = whole.end();
        let start = text.len();
        text.push_str(&found["text"]);
        let range = ByteRange::new(start, text.len());
        marks.extend(said.into_iter().map(|said| {
            let value = if said.value == found["text"] { String::new() } else { said.value };
            Mark { range, entity: said.entity, value }
        }));
    }
    push(&mut text, &example[done..], false);
    (text, marks)
}

/// Returns the entities of an annotated text with their roles and groups.
pub(in crate::formats) fn told(example: &str) -> Vec<Entity> {
    let each = |found: regex::Captures<'_>| {
        let surface = found["text"].to_owned();
        let said = entities(&found).unwrap_or_default().into_iter();
        said.map(move |said| {
            let value = if said.value.is_empty() { surface.clone() } else { said.value };
            Entity { name: said.entity, value: Told::Text(value), role: said.role, group: said.group }
        })
    };
    ENTITY.captures_iter(example).flat_map(each).collect()
}

/// Returns the annotated form of a text, and how many marks it has no way to say.
pub(in crate::formats) fn annotated(text: &str, marks: &[Mark]) -> (String, u64) {
    let mut sorted: Vec<&Mark> = marks.iter().collect();
    sorted.sort_by_key(|mark| (mark.range.start, mark.range.end));
    let (mut out, mut done, mut left_out) = (String::new(), 0, 0);
    for mark in sorted {
        let (start, end) = (mark.range.start as usize, mark.range.end as usize);
        let before = text.get(done..start);
        let Some(surface) = text.get(start..end).filter(|s| !s.is_empty() && !s.contains([']', '\n', '\r'])) else {
            left_out += 1;
            continue;
        };
        // An open bracket before the mark would become the beginning of its surface.
        let swallowed =
            |before: &str| before.rfind('[') > before.rfind(']') || (before.contains('[') && !before.contains(']'));
        let Some(before) = before.filter(|before| !swallowed(before) && !mark.entity.is_empty()) else {
            left_out += 1;
            continue;
        };
        escape(&mut out, before);
        if before.trim_end_matches('\\').ends_with(']') {
            out.push('\\');
        }
        out.push_str(&format!("[{surface}]"));
        out.push_str(&tag(&mark.entity, &mark.value));
        done = end;
    }
    escape(&mut out, &text[done..]);
    (out, left_out)
}

fn tag(entity: &str, value: &str) -> String {
    if value.is_empty() && !entity.contains([':', ')', '\n']) {
        return format!("({entity})");
    }
    let mut said = serde_json::Map::new();
    said.insert("entity".into(), entity.into());
    if !value.is_empty() {
        said.insert("value".into(), value.into());
    }
    let body = Value::Object(said).to_string();
    // Inside the braces no other brace may close.
    format!("{{{}}}", body[1..body.len() - 1].replace('}', "\\u007d"))
}

/// One entity as it is written.
struct Said {
    entity: String,
    value: String,
    role: Option<String>,
    group: Option<String>,
}

fn entities(found: &regex::Captures<'_>) -> Option<Vec<Said>> {
    if let Some(entity) = found.name("entity") {
        let value = found.name("value").map(|value| value.as_str().to_owned()).unwrap_or_default();
        return Some(vec![Said { entity: entity.as_str().to_owned(), value, role: None, group: None }]);
    }
    let json = match (found.name("one"), found.name("many")) {
        (Some(one), _) => format!("[{{{}}}]", one.as_str()),
        (_, many) => format!("[{}]", many?.as_str()),
    };
    let list: Vec<Value> = serde_json::from_str(&json).ok()?;
    let said = |value: &Value| {
        let value_said = field(value, "value").unwrap_or_default();
        Some(Said {
            entity: field(value, "entity")?,
            value: value_said,
            role: field(value, "role"),
            group: field(value, "group"),
        })
    };
    list.iter().map(said).collect()
}

/// Adds a plain piece without its escapes; `before_mark` says that a bracket follows.
fn push(text: &mut String, piece: &str, before_mark: bool) {
    let plain = ESCAPED.replace_all(piece, "]$1$2");
    let cut = before_mark && plain.ends_with('\\') && plain.trim_end_matches('\\').ends_with(']');
    text.push_str(if cut { &plain[..plain.len() - 1] } else { &plain });
}

fn escape(out: &mut String, piece: &str) {
    out.push_str(&TO_ESCAPE.replace_all(piece, r"]$1\$2"));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_ways_of_writing_an_entity_are_read() {
        let (text, marks) = plain(r#"申请[重疾险](product)到[LA]{"entity": "city", "value": "Los Angeles"}"#);
        assert_eq!(text, "申请重疾险到LA");
        assert_eq!(marks[0], Mark { range: ByteRange::new(6, 15), entity: "product".into(), value: String::new() });
        assert_eq!(
            marks[1],
            Mark { range: ByteRange::new(18, 20), entity: "city".into(), value: "Los Angeles".into() }
        );
        assert_eq!(plain("[花呗](app:蚂蚁花呗)").1[0].value, "蚂蚁花呗");
        assert_eq!(plain("好的[微笑]").0, "好的[微笑]");
    }

    #[test]
    fn two_faces_in_a_row_are_no_entities_for_rasa() {
        assert_eq!(annotated("好[微笑][鲜花]", &[]).0, "好[微笑]\\[鲜花]");
    }

    proptest! {
        #[test]
        fn what_is_annotated_comes_back(
            text in "[a好😀\\[\\](){}\\\\\": ]{0,14}",
            cuts in proptest::collection::vec((0usize..14, 1usize..5), 0..3),
            entity in "[a-z好:)]{1,4}",
            value in "[a好}\"\\\\ ]{0,4}",
        ) {
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let marks: Vec<Mark> = cuts
                .into_iter()
                .filter_map(|(from, length)| Some((*ends.get(from)?, *ends.get(from + length)?)))
                .map(|(start, end)| Mark { range: ByteRange::new(start, end), entity: entity.clone(), value: value.clone() })
                .collect();
            let (written, left_out) = annotated(&text, &marks);
            let (read, found) = plain(&written);
            prop_assert_eq!(&read, &text, "{}", written);
            prop_assert_eq!(found.len() as u64 + left_out, marks.len() as u64);
            for mark in found {
                let kept = if value == mark.range.of(&text) { String::new() } else { value.clone() };
                prop_assert_eq!(&mark.value, &kept);
                prop_assert!(marks.iter().any(|m| m.range == mark.range && m.entity == mark.entity));
            }
        }
    }
}
