//! Training data of version 1 in JSON (`rasa_nlu_data`).

use serde_json::Value;

use crate::domain::label::Mark;
use crate::domain::range::ByteRange;
use crate::domain::storybook::{Example, Storybook};
use crate::formats::rasa::remark::Remarks;
use crate::formats::rasa::training::extend;

/// Takes the data of a file; tells whether there is any.
pub(super) fn read(text: &str, book: &mut Storybook, remarks: &Remarks<'_>) -> bool {
    if !text.contains("rasa_nlu_data") {
        return false;
    }
    let Ok(whole) = serde_json::from_str::<Value>(text) else { return false };
    let Some(data) = whole.get("rasa_nlu_data") else { return false };
    let list = |key: &str| data.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let word = |item: &Value, key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
    for item in list("common_examples") {
        let (Some(text), Some(intent)) = (word(item, "text"), word(item, "intent")) else { continue };
        let entities = item.get("entities").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let marks = entities.iter().filter_map(|entity| mark(entity, &text)).collect();
        book.examples.push(Example { intent, text, marks, place: remarks.place(0) });
    }
    for item in list("entity_synonyms") {
        let words = item.get("synonyms").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let words = words.iter().filter_map(Value::as_str).map(str::to_owned);
        extend(&mut book.synonyms, word(item, "value").unwrap_or_default(), words);
    }
    for item in list("lookup_tables") {
        let words = item.get("elements").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let words = words.iter().filter_map(Value::as_str).map(str::to_owned);
        extend(&mut book.lookups, word(item, "name").unwrap_or_default(), words);
    }
    for item in list("regex_features") {
        book.patterns.extend(word(item, "name").zip(word(item, "pattern")));
    }
    true
}

/// Places are counted in letters there.
fn mark(entity: &Value, text: &str) -> Option<Mark> {
    let at = |key: &str| {
        let letters = entity.get(key)?.as_u64()? as usize;
        text.char_indices().map(|(byte, _)| byte).chain([text.len()]).nth(letters)
    };
    let (start, end) = (at("start")?, at("end")?);
    let surface = text.get(start..end).filter(|surface| !surface.is_empty())?;
    let value = entity.get("value").and_then(Value::as_str).filter(|value| *value != surface).unwrap_or_default();
    Some(Mark {
        range: ByteRange::new(start, end),
        entity: entity.get("entity")?.as_str()?.to_owned(),
        value: value.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn examples_have_their_marks_at_bytes() {
        let text = r#"{"rasa_nlu_data": {"common_examples": [
            {"text": "我在上海", "intent": "place", "entities": [{"start": 2, "end": 4, "value": "沪", "entity": "city"}]},
            {"text": "no intent"}],
            "entity_synonyms": [{"value": "沪", "synonyms": ["上海", "申城"]}],
            "regex_features": [{"name": "zip", "pattern": "[0-9]{6}"}]}}"#;
        let mut book = Storybook::default();
        assert!(read(text, &mut book, &Remarks { file: Path::new("a.json"), found: Vec::new() }));
        assert_eq!(book.examples.len(), 1);
        assert_eq!(
            book.examples[0].marks,
            [Mark { range: ByteRange::new(6, 12), entity: "city".into(), value: "沪".into() }]
        );
        assert_eq!((book.synonyms[0].1.len(), book.patterns.len()), (2, 1));
    }
}
