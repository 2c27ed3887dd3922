//! Slots that forms ask for, as entities.

use regex::Regex;

use crate::dialogue::policy::saying::{Piece, pieces};
use crate::dialogue::storybook::carry::loss::{Loss, Lost};
use crate::dialogue::storybook::carry::sayings;
use crate::dialogue::storybook::carry::shape::{Entity, Kind, Line};
use crate::domain::storybook::{Mapping, SlotKind, Source, Storybook, Told};

/// More values than this are no list a trainer reads.
const MOST_VALUES: usize = 500;

/// Returns the entity of a slot.
pub(super) fn entity(book: &Storybook, slot: &str, lost: &mut Vec<Loss>) -> Entity {
    let ask = question(book, None, slot, lost).into_iter().filter(|line| !names_others(line)).collect();
    Entity { name: slot.to_owned(), kind: kind(book, slot, lost), ask }
}

/// Returns the question for a slot: the form's own, or the one all forms share.
pub(super) fn question(book: &Storybook, form: Option<&str>, slot: &str, lost: &mut Vec<Loss>) -> Vec<Line> {
    let name = match form {
        Some(form) => format!("utter_ask_{form}_{slot}"),
        None => format!("utter_ask_{slot}"),
    };
    sayings::lines(book, &name, lost).unwrap_or_default()
}

/// Tells whether a question holds a placeholder.
pub(super) fn names_others(line: &Line) -> bool {
    pieces(&line.text).iter().any(|piece| matches!(piece, Piece::Slot(_)))
}

fn kind(book: &Storybook, slot: &str, lost: &mut Vec<Loss>) -> Kind {
    let about = book.slots.iter().find(|known| known.name == slot);
    let inside = book.inside.iter().find(|(name, _)| name == slot).map_or(&[][..], |(_, list)| list.as_slice());
    let own = about.and_then(|slot| slot.mappings.as_deref()).unwrap_or_default();
    let mappings: Vec<&Mapping> = inside.iter().chain(own).collect();
    let place = about.map(|slot| slot.place.clone()).unwrap_or_default();
    let mut lose = |how: &str| {
        lost.push(Loss { place: place.clone(), what: Lost::Filling { slot: slot.to_owned(), how: how.to_owned() } });
    };
    let (mut values, mut entities): (Vec<(String, Vec<String>)>, Vec<&str>) = (Vec::new(), Vec::new());
    for mapping in &mappings {
        match &mapping.from {
            Source::Entity { entity, .. } => entities.push(entity),
            Source::Intent(told) => {
                let value = match told {
                    Told::Bool(true) => "yes".to_owned(),
                    Told::Bool(false) => "no".to_owned(),
                    told => told.text(),
                };
                let said = mapping.intents.iter().flat_map(|intent| short(book, intent)).collect();
                if !value.is_empty() && !values.iter().any(|(known, _)| *known == value) {
                    values.push((value, said));
                }
            }
            Source::TriggerIntent(_) => lose("from_trigger_intent"),
            Source::Elsewhere(how) => lose(how),
            Source::Text => {}
        }
    }
    if entities.is_empty() && mappings.is_empty() {
        entities.push(slot);
    }
    match about.map(|slot| &slot.kind) {
        Some(SlotKind::Bool) if values.is_empty() => {
            let words = |list: [&str; 6]| list.map(str::to_owned).to_vec();
            return Kind::Values(vec![
                ("yes".into(), words(["是", "对", "好", "确认", "sure", "ok"])),
                ("no".into(), words(["不", "不是", "否", "不要", "nope", "cancel"])),
            ]);
        }
        Some(SlotKind::Categorical(list)) => {
            return Kind::Values(list.iter().map(|value| (value.clone(), synonyms(book, value))).collect());
        }
        Some(SlotKind::Float) => return Kind::Number,
        _ => {}
    }
    if !values.is_empty() && entities.is_empty() {
        return Kind::Values(values);
    }
    let mut found = listed(book, &entities);
    found.extend(buttons(book, slot));
    if !found.is_empty() && found.len() <= MOST_VALUES {
        return Kind::Values(merged(found));
    }
    if found.len() > MOST_VALUES {
        let what = Lost::Values { entity: slot.to_owned(), count: found.len() };
        lost.push(Loss { place: place.clone(), what });
    }
    for (name, pattern) in book.patterns.iter().filter(|(name, _)| entities.contains(&name.as_str())) {
        if Regex::new(pattern).is_ok() {
            return Kind::Match(pattern.clone());
        }
        let what = Lost::Pattern { entity: name.clone(), pattern: pattern.clone() };
        lost.push(Loss { place: place.clone(), what });
    }
    let named = |names: &[&str]| entities.iter().any(|entity| names.contains(entity));
    if named(&["amount-of-money", "amount_of_money", "money"]) {
        Kind::Money
    } else if named(&["number", "ordinal"]) {
        Kind::Number
    } else if named(&["time", "date"]) {
        Kind::Date
    } else {
        Kind::Text
    }
}

/// Returns short ways of saying an intent: what answers a question.
fn short(book: &Storybook, intent: &str) -> Vec<String> {
    let said = book.examples.iter().filter(|example| example.intent == intent && example.text.chars().count() <= 12);
    let mut texts: Vec<String> = Vec::new();
    for example in said.take(24) {
        if !texts.contains(&example.text) {
            texts.push(example.text.clone());
        }
    }
    texts
}

/// Returns the values lookups and marked examples know, with their synonyms.
fn listed(book: &Storybook, entities: &[&str]) -> Vec<(String, Vec<String>)> {
    let mut values: Vec<(String, Vec<String>)> = Vec::new();
    let lookups = book.lookups.iter().filter(|(name, _)| entities.contains(&name.as_str()));
    values.extend(lookups.flat_map(|(_, words)| words.iter().map(|word| (word.clone(), synonyms(book, word)))));
    // Values that examples name (`[上海](city:沪)`) are values too, where they come with a list.
    let valued = book.examples.iter().flat_map(|example| example.marks.iter().map(move |mark| (example, mark)));
    for (example, mark) in valued.filter(|(_, mark)| entities.contains(&mark.entity.as_str()) && !mark.value.is_empty())
    {
        values.push((mark.value.clone(), vec![mark.range.of(&example.text).to_owned()]));
    }
    values
}

fn synonyms(book: &Storybook, value: &str) -> Vec<String> {
    let found = book.synonyms.iter().filter(|(known, _)| known.eq_ignore_ascii_case(value));
    found.flat_map(|(_, words)| words.clone()).collect()
}

/// Returns the values the buttons of a slot's question give.
fn buttons(book: &Storybook, slot: &str) -> Vec<(String, Vec<String>)> {
    let mut values = Vec::new();
    let asks = book
        .responses
        .iter()
        .filter(|response| response.name.starts_with("utter_ask_") && response.name.ends_with(slot));
    for (title, payload) in asks.flat_map(|response| &response.variations).flat_map(|said| &said.buttons) {
        let Some(open) = payload.find('{') else { continue };
        let Some(close) = payload.rfind('}') else { continue };
        let Ok(map) = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&payload[open..=close]) else {
            continue;
        };
        if let Some(value) = map.get(slot).and_then(serde_json::Value::as_str) {
            let title = title.clone();
            values.push((value.to_owned(), if title == value { Vec::new() } else { vec![title] }));
        }
    }
    values
}

/// Puts the words of one value together; a word belongs to the first value that has it.
fn merged(values: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    let mut out: Vec<(String, Vec<String>)> = Vec::new();
    for (value, words) in values {
        let place = out.iter().position(|(known, _)| *known == value).unwrap_or_else(|| {
            out.push((value.clone(), Vec::new()));
            out.len() - 1
        });
        for word in words {
            let taken = word == value || out.iter().any(|(known, list)| *known == word || list.contains(&word));
            if !taken {
                out[place].1.push(word);
            }
        }
    }
    out
}
