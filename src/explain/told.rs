//! Values of the dialogue craft as sentences: a phrase by the value's own word, its gaps filled by its own fields.

use serde::Serialize;
use serde_json::Value;

use crate::i18n::{Lang, Words, fill};
use crate::text::safe::safe;

/// Returns the sentence for a tagged value; the bare word where a phrase is missing.
pub fn told(value: &impl Serialize, tag: &str, table: &[(&str, &str)], words: &Words) -> String {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => object(&fields, tag, table, words),
        _ => String::new(),
    }
}

fn object(fields: &serde_json::Map<String, Value>, tag: &str, table: &[(&str, &str)], words: &Words) -> String {
    let word = fields.get(tag).and_then(Value::as_str).unwrap_or_default();
    let Some((_, phrase)) = table.iter().find(|(known, _)| *known == word) else { return word.to_string() };
    let filled: Vec<(&str, String)> = fields
        .iter()
        .map(|(name, value)| {
            let text = match (name.as_str(), value) {
                ("near", Value::Null) => String::new(),
                ("near", value) => fill(words.dialogue.near, &[("near", &shown(value, words))]),
                (_, value) => shown(value, words),
            };
            (name.as_str(), text)
        })
        .collect();
    let gaps: Vec<(&str, &str)> = filled.iter().map(|(name, text)| (*name, text.as_str())).collect();
    fill(phrase, &gaps)
}

/// Returns a value as people read it: scores with two digits, lists joined, candidates by label.
fn shown(value: &Value, words: &Words) -> String {
    let comma = if words.lang == Lang::Zh { "、" } else { ", " };
    match value {
        Value::Null => "–".to_string(),
        Value::Bool(yes) => if *yes { "✓" } else { "✗" }.to_string(),
        Value::Number(n) => match n.as_f64() {
            Some(x) if n.is_f64() => format!("{x:.2}"),
            _ => n.to_string(),
        },
        Value::String(text) => safe(text).into_string(),
        Value::Array(list) if list.is_empty() => "–".to_string(),
        Value::Array(list) if is_pair(list) => format!("{} {}", shown(&list[0], words), shown(&list[1], words)),
        Value::Array(list) => list.iter().take(5).map(|one| shown(one, words)).collect::<Vec<_>>().join(comma),
        Value::Object(fields) if fields.contains_key("did") => object(fields, "did", words.dialogue.steps, words),
        Value::Object(fields) if fields.contains_key("failure") => {
            object(fields, "failure", words.dialogue.call_failures, words)
        }
        Value::Object(fields) if fields.contains_key("probability") => {
            let name = fields.get("label").or_else(|| fields.get("intent")).unwrap_or(&Value::Null);
            format!("{} {}", shown(name, words), shown(&fields["probability"], words))
        }
        Value::Object(fields) if fields.is_empty() => "–".to_string(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| format!("{name}={}", shown(value, words))).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Tells whether a list is a name with its score or value, not a list of names.
fn is_pair(list: &[Value]) -> bool {
    matches!(list, [Value::String(_), Value::Number(_)])
}
