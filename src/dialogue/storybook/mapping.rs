//! Which slots a turn fills.

use crate::domain::storybook::{Condition, Entity, Form, Mapping, Slot, SlotKind, Source, Storybook, Told, Utter};

/// What a mapping is asked in: the turn and the form that runs.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'t> {
    pub said: &'t Utter,
    pub form: Option<&'t Form>,
    /// The slot the form has asked for.
    pub requested: Option<&'t str>,
    /// Whether the turn has just begun the form.
    pub begins: bool,
}

/// Returns the slots a turn fills, with their values.
pub fn filled(book: &Storybook, turn: &Turn<'_>) -> Vec<(String, Told)> {
    let ignored =
        turn.form.is_some_and(|form| turn.said.intent.as_ref().is_some_and(|intent| form.ignored.contains(intent)));
    let one = |slot: &Slot| Some((slot.name.clone(), value(book, slot, turn, ignored)?));
    book.slots.iter().filter_map(one).collect()
}

/// Returns the slots whose values come from entities wherever they are said: what stories do not need to tell.
pub fn from_entities(book: &Storybook, said: &Utter) -> Vec<(String, Told)> {
    let turn = Turn { said, form: None, requested: None, begins: false };
    let one = |slot: &Slot| {
        let anywhere =
            |mapping: &Mapping| mapping.conditions.first().is_none_or(|first| !matches!(first.form, Some(Some(_))));
        let own = |mapping: &&Mapping| matches!(mapping.from, Source::Entity { .. }) && anywhere(mapping);
        let mapped =
            slot.mappings.iter().flatten().filter(own).find_map(|mapping| said_by(mapping, slot, &turn, false));
        Some((slot.name.clone(), mapped.or_else(|| by_name(slot, said))?))
    };
    book.slots.iter().filter_map(one).collect()
}

fn value(book: &Storybook, slot: &Slot, turn: &Turn<'_>, ignored: bool) -> Option<Told> {
    let inside = book.inside.iter().find(|(name, _)| *name == slot.name).map_or(&[][..], |(_, list)| list.as_slice());
    let own = slot.mappings.iter().flatten();
    let holds = |mapping: &&Mapping| mapping.conditions.is_empty() || mapping.conditions.iter().any(|c| holds(c, turn));
    let mut mappings = inside.iter().chain(own).filter(holds);
    mappings.find_map(|mapping| said_by(mapping, slot, turn, ignored)).or_else(|| by_name(slot, turn.said))
}

/// A slot without mappings is filled by the entity of its name.
fn by_name(slot: &Slot, said: &Utter) -> Option<Told> {
    if slot.mappings.is_some() || !slot.fills_itself {
        return None;
    }
    said.entities.iter().rev().find(|entity| entity.name == slot.name).map(|entity| entity.value.clone())
}

fn holds(condition: &Condition, turn: &Turn<'_>) -> bool {
    let form = condition.form.as_ref().is_none_or(|form| form.as_deref() == turn.form.map(|form| form.name.as_str()));
    form && condition.requested.as_deref().is_none_or(|slot| turn.requested == Some(slot))
}

/// Returns the value a mapping takes from a turn. `ignored` tells that the form that runs ignores the turn's intent: no
/// mapping takes anything from it then, whether or not it has conditions, but one that names the intent.
fn said_by(mapping: &Mapping, slot: &Slot, turn: &Turn<'_>, ignored: bool) -> Option<Told> {
    let intent = turn.said.intent.as_deref().unwrap_or_default();
    let base = intent.split_once('/').map_or(intent, |(base, _)| base);
    let named = |list: &[String]| list.iter().any(|name| name == intent || name == base);
    // As there (`SlotMapping.intent_is_desired`): an intent that is named is wanted, whatever else is said of it.
    let wanted = match mapping.intents.is_empty() {
        true => !ignored && !named(&mapping.not_intents),
        false => named(&mapping.intents),
    };
    if !wanted {
        return None;
    }
    match &mapping.from {
        Source::Entity { entity, role, group } => {
            let fits = |said: &&Entity| said.name == *entity && said.role == *role && said.group == *group;
            let values: Vec<Told> = turn.said.entities.iter().filter(fits).map(|entity| entity.value.clone()).collect();
            match slot.kind {
                SlotKind::List if !values.is_empty() => Some(Told::List(values)),
                _ => values.into_iter().next_back(),
            }
        }
        // Without a condition every text fills it, as greedily as there.
        Source::Text => (!turn.begins).then(|| turn.said.text.clone().map_or(Told::Some, Told::Text)),
        Source::Intent(value) => (!turn.begins).then(|| value.clone()),
        Source::TriggerIntent(value) => turn.begins.then(|| value.clone()),
        Source::Elsewhere(_) => None,
    }
}
