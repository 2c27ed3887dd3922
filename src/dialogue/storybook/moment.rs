//! The moment before a decision: what was said and done last, which form runs, what is remembered.

use std::collections::BTreeMap;

use crate::dialogue::storybook::event::Act;
use crate::domain::storybook::{Entity, Slot, SlotKind, Told, Utter};

/// One moment. In a course it holds what the course mentions; in a conversation, what is the case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Moment {
    pub said: Option<Utter>,
    /// `None` before anything was done.
    pub did: Option<Act>,
    pub form: Running,
    /// Slots decisions depend on.
    pub slots: BTreeMap<String, Feature>,
}

/// Which form runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Running {
    /// A course does not say.
    #[default]
    Unsaid,
    None,
    Form(String),
}

/// A slot's value as far as decisions see it.
#[derive(Debug, Clone, PartialEq)]
pub enum Feature {
    Unset,
    Set,
    Truth(bool),
    /// One of the slot's values; any other word is one choice of its own.
    Choice(String),
    Number(f64),
}

/// What stands for a value a categorical slot does not list.
const OTHER: &str = "__other__";

/// Returns how a value of a slot counts.
pub fn feature(slot: &Slot, told: &Told) -> Feature {
    if *told == Told::Null {
        return Feature::Unset;
    }
    match (&slot.kind, told) {
        (_, Told::Some) => Feature::Set,
        (SlotKind::Bool, Told::Bool(yes)) => Feature::Truth(*yes),
        (SlotKind::Bool, Told::Text(word)) => match word.to_lowercase().as_str() {
            "true" | "yes" | "1" => Feature::Truth(true),
            _ => Feature::Truth(false),
        },
        (SlotKind::Bool, Told::Number(number)) => Feature::Truth(*number != 0.0),
        (SlotKind::Categorical(values), told) => {
            let word = told.text().to_lowercase();
            Feature::Choice(if values.contains(&word) { word } else { OTHER.to_owned() })
        }
        (SlotKind::Float, Told::Number(number)) => Feature::Number(*number),
        (SlotKind::List, Told::List(list)) if list.is_empty() => Feature::Unset,
        _ => Feature::Set,
    }
}

impl Feature {
    /// Tells whether a course that mentions this agrees with what is the case.
    fn agrees(&self, case: Option<&Feature>) -> bool {
        match (self, case) {
            (Feature::Unset, case) => matches!(case, None | Some(Feature::Unset)),
            (_, None | Some(Feature::Unset)) => false,
            (Feature::Set, _) | (_, Some(Feature::Set)) => true,
            (mentioned, Some(case)) => mentioned == case,
        }
    }
}

impl Moment {
    /// Tells whether a course that mentions this agrees with what is the case.
    pub fn agrees(&self, case: &Moment) -> bool {
        same_act(self.did.as_ref(), case.did.as_ref())
            && self.said.as_ref().is_none_or(|said| case.said.as_ref().is_some_and(|case| same(said, case)))
            && match &self.form {
                Running::Unsaid => true,
                Running::None => !matches!(case.form, Running::Form(_)),
                Running::Form(_) => self.form == case.form,
            }
            && self.slots.iter().all(|(name, feature)| feature.agrees(case.slots.get(name)))
    }

    /// Tells whether a course agrees in what the bot did and which form ran.
    pub fn agrees_in_acts(&self, case: &Moment) -> bool {
        Moment { slots: BTreeMap::new(), said: None, ..self.clone() }.agrees(case)
    }

    /// Returns how much is mentioned.
    pub fn mentions(&self) -> usize {
        let said = self.said.as_ref().map_or(0, |said| {
            let full = said.intent.as_ref().is_some_and(|intent| intent.contains('/'));
            1 + usize::from(full) + said.entities.len() + usize::from(said.text.is_some())
        });
        said + usize::from(self.form != Running::Unsaid) + self.slots.len()
    }

    /// Returns the form that runs.
    pub fn running(&self) -> Option<&str> {
        match &self.form {
            Running::Form(name) => Some(name),
            _ => None,
        }
    }

    /// Returns the intent said last.
    pub fn intent(&self) -> Option<&str> {
        self.said.as_ref().and_then(|said| said.intent.as_deref())
    }
}

/// Tells whether a turn a course mentions is the one that was said.
fn same(mentioned: &Utter, case: &Utter) -> bool {
    let intent = match (&mentioned.intent, &case.intent) {
        // A course of words alone asks for these words.
        (None, _) => mentioned.text.is_none() || mentioned.text == case.text,
        (Some(mentioned), Some(case)) => same_name(mentioned, case),
        (Some(_), None) => false,
    };
    intent && mentioned.entities.iter().all(|entity| case.entities.iter().any(|other| same_entity(entity, other)))
}

/// Tells whether two acts are one.
pub fn same_act(a: Option<&Act>, b: Option<&Act>) -> bool {
    match (a, b) {
        (Some(Act::Named(a)), Some(Act::Named(b))) => same_name(a, b),
        (a, b) => a == b,
    }
}

/// Tells whether two names of a retrieval intent or its response are one: `faq` and `faq/price` are.
pub fn same_name(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    match (a.split_once('/'), b.split_once('/')) {
        (Some((base, _)), None) => base == b,
        (None, Some((base, _))) => base == a,
        _ => false,
    }
}

fn same_entity(mentioned: &Entity, case: &Entity) -> bool {
    let optional = |a: &Option<String>, b: &Option<String>| a.is_none() || a == b;
    mentioned.name == case.name && optional(&mentioned.role, &case.role) && optional(&mentioned.group, &case.group)
}
