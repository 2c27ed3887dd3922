//! Training data in YAML: examples, synonyms, lookups, patterns.

use crate::domain::storybook::{Example, Storybook};
use crate::formats::corpus::inline;
use crate::formats::rasa::remark::{Remarks, What};
use crate::text::yaml::{Node, Value};

/// Takes the list under `nlu`.
pub(super) fn read(list: &Node, book: &mut Storybook, remarks: &mut Remarks<'_>) {
    for item in list.items() {
        let lines = item.get("examples").map(|node| examples(node, remarks)).unwrap_or_default();
        let texts = |lines: Vec<(u32, String)>| lines.into_iter().map(|(_, text)| text);
        if let Some(intent) = item.word_of("intent") {
            for (line, text) in lines {
                let (text, marks) = inline::plain(&text);
                book.examples.push(Example { intent: intent.clone(), text, marks, place: remarks.place(line) });
            }
        } else if let Some(value) = item.word_of("synonym") {
            extend(&mut book.synonyms, value, texts(lines));
        } else if let Some(entity) = item.word_of("lookup") {
            extend(&mut book.lookups, entity, texts(lines));
        } else if let Some(entity) = item.word_of("regex") {
            book.patterns.extend(texts(lines).map(|pattern| (entity.clone(), pattern)));
        } else {
            let key = item.pairs().first().and_then(|(key, _)| key.word()).unwrap_or_default();
            remarks.add(item.line, What::UnknownKey { key: key.to_owned() });
        }
    }
}

/// Adds words under a name, which may have some already.
pub(in crate::formats) fn extend(
    list: &mut Vec<(String, Vec<String>)>,
    name: String,
    words: impl Iterator<Item = String>,
) {
    match list.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => known.extend(words),
        None => list.push((name, words.collect())),
    }
}

/// Returns the examples with their lines: dashed lines of a block, or records.
fn examples(node: &Node, remarks: &mut Remarks<'_>) -> Vec<(u32, String)> {
    match &node.value {
        Value::Text { text, .. } => {
            let mut out = Vec::new();
            // A block stands where its first line does.
            for (line, text) in (node.line..).zip(text.lines()) {
                match text.trim_start().strip_prefix('-') {
                    Some(example) => out.push((line, example.trim().to_owned())),
                    None if text.trim().is_empty() => {}
                    None => remarks.add(line, What::StrayLine { text: text.to_owned() }),
                }
            }
            out
        }
        Value::List(items) => {
            let text = |item: &Node| item.word().map(str::to_owned).or_else(|| item.word_of("text"));
            items.iter().filter_map(|item| Some((item.line, text(item)?))).collect()
        }
        _ => Vec::new(),
    }
}
