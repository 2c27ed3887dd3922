//! Small changes of a policy's text that leave the rest as the trainer wrote it, remarks and blanks too.
//!
//! A change is made at the place the reader gives for a node, and what comes out is read again: a text that does not
//! read back as meant is never handed out. Called by `workbench`. Not here: changes of sense (`design` and the editor).

use crate::dialogue::edit::{get, inserted, is, line_of, place};
use crate::dialogue::policy::design::Kind;
use crate::dialogue::policy::read::read;
use crate::dialogue::yaml;
use crate::text::yaml::{Node, Value, word};

/// Returns the text with one more synonym of an entity's value, which is made when it is new.
///
/// `None` when the entity has no listed values, knows the word already, or is written in a way that has no room for it.
pub fn with_synonym(text: &str, entity: &str, value: &str, synonym: &str) -> Option<String> {
    let tree = yaml::read(text).ok()?;
    let values = get(get(get(&tree, "entities")?, entity)?, "values")?;
    let before = known(text, entity)?;
    if before.iter().any(|(known, words)| known == synonym || words.iter().any(|w| w == synonym)) {
        return None;
    }
    let new = if value == synonym { format!("{}: []", word(value)) } else { listed(value, synonym) };
    let changed = match &values.value {
        Value::Map(pairs) => match pairs.iter().find(|(key, _)| is(key, value)) {
            Some((key, words)) => into_words(text, key, words, synonym)?,
            None => into_map(text, values, pairs, &new)?,
        },
        _ => return None,
    };
    let mut wanted = before;
    match wanted.iter_mut().find(|(known, _)| known == value) {
        Some((_, words)) => words.push(synonym.to_owned()),
        None => wanted.push((value.to_owned(), if value == synonym { vec![] } else { vec![synonym.to_owned()] })),
    }
    let sorted = |mut all: Vec<(String, Vec<String>)>| {
        all.iter_mut().for_each(|(_, words)| words.sort());
        all.sort();
        all
    };
    (sorted(known(&changed, entity)?) == sorted(wanted)).then_some(changed)
}

fn known(text: &str, entity: &str) -> Option<Vec<(String, Vec<String>)>> {
    match &read(text).ok()?.entity(entity)?.kind {
        Kind::Values(values) => Some(values.clone()),
        _ => None,
    }
}

fn listed(value: &str, synonym: &str) -> String {
    format!("{}: [{}]", word(value), word(synonym))
}

fn into_words(text: &str, key: &Node, words: &Node, synonym: &str) -> Option<String> {
    let at = place(text, words)?;
    match &words.value {
        Value::List(items) if text[at..].starts_with('[') => {
            let comma = if items.is_empty() { "" } else { ", " };
            Some(inserted(text, at + 1, &format!("{}{comma}", word(synonym))))
        }
        Value::List(_) if text[at..].starts_with('-') => {
            let (start, indent) = line_of(text, at)?;
            Some(inserted(text, start, &format!("{indent}- {}\n", word(synonym))))
        }
        Value::Null => {
            // Nothing stands after the key: its colon is the next sign.
            let end = place(text, key)? + written(text, key)?;
            let colon = text[end..].find(':').filter(|n| text[end..end + n].trim().is_empty())?;
            Some(inserted(text, end + colon + 1, &format!(" [{}]", word(synonym))))
        }
        _ => None,
    }
}

fn into_map(text: &str, map: &Node, pairs: &[(Node, Node)], new: &str) -> Option<String> {
    let at = place(text, map)?;
    if text[at..].starts_with('{') {
        let comma = if pairs.is_empty() { "" } else { ", " };
        return Some(inserted(text, at + 1, &format!("{new}{comma}")));
    }
    let (start, indent) = line_of(text, place(text, &pairs.first()?.0)?)?;
    Some(inserted(text, start, &format!("{indent}{new}\n")))
}

/// Returns the bytes a name takes where it stands bare; `None` when it is quoted.
fn written(text: &str, node: &Node) -> Option<usize> {
    let Value::Text { text: name, plain: true } = &node.value else { return None };
    text[place(text, node)?..].starts_with(name.as_str()).then_some(name.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(values: &str, value: &str, synonym: &str, expected: &str) {
        let text = |values: &str| format!("# 卡\nentities:\n  卡种:  # 种类\n    values: {values}\ntopics: {{}}\n");
        assert_eq!(with_synonym(&text(values), "卡种", value, synonym), Some(text(expected)), "{values}");
    }

    #[test]
    fn a_synonym_finds_its_place_however_values_are_written() {
        check("{白金卡: [白金, Platinum]}", "白金卡", "铂金", "{白金卡: [铂金, 白金, Platinum]}");
        check("{白金卡: []}", "白金卡", "yes", "{白金卡: [\"yes\"]}");
        check("{白金卡: []}", "金卡", "gold", "{金卡: [gold], 白金卡: []}");
        check("{白金卡: []}", "金卡", "金卡", "{金卡: [], 白金卡: []}");
        check("\n      白金卡: [白金] # 旧名\n", "白金卡", "铂金", "\n      白金卡: [铂金, 白金] # 旧名\n");
        check("\n      白金卡:\n      金卡: [x]", "白金卡", "铂金", "\n      白金卡: [铂金]\n      金卡: [x]");
        check(
            "\n      白金卡:\n        - 白金",
            "白金卡",
            "a: b",
            "\n      白金卡:\n        - \"a: b\"\n        - 白金",
        );
        check("\n      白金卡: [x]", "金卡", "gold", "\n      金卡: [gold]\n      白金卡: [x]");
    }

    #[test]
    fn where_there_is_no_room_nothing_changes() {
        let none = |values: &str, value: &str, synonym: &str| {
            let text = format!("entities:\n  卡种: {values}\n");
            assert_eq!(with_synonym(&text, "卡种", value, synonym), None, "{values}");
        };
        none("{type: money}", "白金卡", "铂金");
        none("{values: [白金卡]}", "白金卡", "铂金");
        none("{values: {白金卡: 白金}}", "白金卡", "铂金");
        none("{values: {白金卡: [铂金]}}", "白金卡", "铂金");
        none("{values: {金卡: [], 白金卡: [铂金]}}", "金卡", "铂金");
        assert_eq!(with_synonym("entities: [", "卡种", "a", "b"), None);
    }

    proptest! {
        #[test]
        fn what_comes_out_reads_and_knows_the_word(value in "[a-z甲: #'\"\\[-]{1,6}", synonym in "\\PC{1,6}") {
            for text in ["entities: {it: {values: {白金卡: [x9x]}}}\n", "entities:\n  it:\n    values:\n      白金卡:\n      - x9x\n"] {
                if let Some(changed) = with_synonym(text, "it", &value, &synonym) {
                    let values = known(&changed, "it").expect("it reads");
                    prop_assert!(values.iter().any(|(known, words)| *known == value && (value == synonym || words.contains(&synonym))));
                }
            }
        }
    }
}
