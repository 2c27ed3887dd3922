//! A row of events folded to the moments before each decision.

use std::collections::BTreeMap;

use crate::dialogue::storybook::event::{Act, Event};
use crate::dialogue::storybook::mapping::{self, Turn};
use crate::dialogue::storybook::moment::{Feature, Moment, Running, feature};
use crate::domain::storybook::{Storybook, Told};

/// A conversation as it goes on.
#[derive(Debug, Clone)]
pub struct History<'b> {
    book: &'b Storybook,
    events: Vec<Event>,
    values: BTreeMap<String, Told>,
    form: Option<String>,
    /// The form has refused the turn and was not run since.
    refused: bool,
}

impl<'b> History<'b> {
    /// Begins a conversation: slots have their first values.
    pub fn new(book: &'b Storybook) -> Self {
        let values = book.slots.iter().map(|slot| (slot.name.clone(), slot.initial.clone())).collect();
        Self { book, events: Vec::new(), values, form: None, refused: false }
    }

    /// Lets something happen; a turn fills the slots it fills.
    pub fn happen(&mut self, event: Event) {
        match &event {
            Event::Slot(name, told) => {
                self.values.insert(name.clone(), told.clone());
            }
            Event::Form(name) => {
                let begins = name.is_some() && *name != self.form;
                self.form.clone_from(name);
                self.refused = false;
                if begins {
                    self.events.push(event);
                    self.fill(true);
                    return;
                }
                if name.is_none() {
                    self.values.remove("requested_slot");
                }
            }
            Event::Refused(name) => self.refused = self.form.as_ref() == Some(name),
            Event::Did(Act::Named(name)) if self.form.as_ref() == Some(name) => self.refused = false,
            _ => {}
        }
        let said = matches!(event, Event::Said(_));
        self.events.push(event);
        if said {
            self.fill(false);
        }
    }

    fn fill(&mut self, begins: bool) {
        let Some(said) = self.events.iter().rev().find_map(|event| match event {
            Event::Said(said) => Some(said.clone()),
            _ => None,
        }) else {
            return;
        };
        let form = self.book.forms.iter().find(|form| Some(&form.name) == self.form.as_ref());
        let requested = self.requested();
        let turn = Turn { said: &said, form, requested: requested.as_deref(), begins };
        for (name, told) in mapping::filled(self.book, &turn) {
            self.values.insert(name.clone(), told.clone());
            self.events.push(Event::Slot(name, told));
        }
    }

    /// Returns the slot the running form asks for: the one a course tells, else the first that is not set.
    pub fn requested(&self) -> Option<String> {
        if let Some(Told::Text(slot)) = self.values.get("requested_slot") {
            return Some(slot.clone());
        }
        let form = self.book.forms.iter().find(|form| Some(&form.name) == self.form.as_ref())?;
        form.required.iter().find(|slot| matches!(self.values.get(*slot), None | Some(Told::Null))).cloned()
    }

    /// Returns the running form, and whether it has refused the turn.
    pub fn running(&self) -> Option<(&str, bool)> {
        self.form.as_deref().map(|form| (form, self.refused))
    }

    /// Returns what the form has just refused, when nothing happened since.
    pub fn just_refused(&self) -> Option<&str> {
        match self.events.last() {
            Some(Event::Refused(form)) => Some(form),
            _ => None,
        }
    }

    /// Returns the moments of the conversation: one before each act, and now.
    pub fn moments(&self) -> Vec<Moment> {
        let first = self.book.slots.iter().filter(|slot| slot.influences);
        let slots = first.map(|slot| (slot.name.clone(), feature(slot, &slot.initial))).collect();
        let begin = Moment { form: Running::None, slots, ..Moment::default() };
        let events: Vec<&Event> = self.events.iter().collect();
        let (mut moments, now) = fold(self.book, begin, &applied(&events));
        moments.push(now);
        moments.into_iter().collect()
    }
}

/// Returns the moments before each act of a row with the act's place in `events`: only what the row mentions.
pub fn mentioned(book: &Storybook, events: &[&Event]) -> Vec<(Moment, usize)> {
    let applied = applied(events);
    let acts = applied.iter().filter(|(_, event)| matches!(event, Event::Did(_))).map(|(at, _)| *at);
    let (moments, _) = fold(book, Moment::default(), &applied);
    moments.into_iter().zip(acts.collect::<Vec<_>>()).collect()
}

fn fold(book: &Storybook, begin: Moment, events: &[(usize, &Event)]) -> (Vec<Moment>, Moment) {
    let (mut now, mut moments) = (begin, Vec::new());
    let set = |slots: &mut BTreeMap<String, Feature>, name: &str, told: &Told| {
        if let Some(slot) = book.slots.iter().find(|slot| slot.name == *name && slot.influences) {
            slots.insert(name.to_owned(), feature(slot, told));
        }
    };
    for (_, event) in events {
        match event {
            Event::Did(act) => {
                moments.push(now.clone());
                now.did = Some(act.clone());
            }
            Event::Said(said) => {
                let mut counted = said.clone();
                counted.entities.retain(|entity| book.counts(said.intent.as_deref(), &entity.name));
                now.said = Some(counted);
                for (name, told) in mapping::from_entities(book, said) {
                    set(&mut now.slots, &name, &told);
                }
            }
            Event::Slot(name, told) => set(&mut now.slots, name, told),
            Event::Form(name) => now.form = name.clone().map_or(Running::None, Running::Form),
            Event::Refused(_) => {}
        }
    }
    (moments, now)
}

/// Leaves out what happened in a form while all went well: between two runs of it only the first is kept.
fn applied<'e>(events: &[&'e Event]) -> Vec<(usize, &'e Event)> {
    let forms: Vec<&str> = events
        .iter()
        .filter_map(|event| match event {
            Event::Form(Some(name)) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let mut done: Vec<(usize, &Event)> = Vec::with_capacity(events.len());
    for (at, event) in events.iter().enumerate() {
        match event {
            Event::Did(Act::Named(name)) if forms.contains(&name.as_str()) && goes_on(name, &done) => {
                back_to(name, &mut done)
            }
            event => done.push((at, event)),
        }
    }
    done
}

/// Tells whether a form runs again with nothing but answers in between.
fn goes_on(form: &str, done: &[(usize, &Event)]) -> bool {
    let mut after: Option<&Act> = None;
    for (_, event) in done.iter().rev() {
        match event {
            Event::Form(None) => return false,
            Event::Refused(name) if name == form => return false,
            Event::Said(_) if after.is_some_and(|act| act.written() != form) => return false,
            Event::Did(act) => {
                if act.written() == form {
                    return true;
                }
                after = Some(act);
            }
            _ => {}
        }
    }
    false
}

/// Takes off what was said and done since the form ran; what was remembered stays.
fn back_to(form: &str, done: &mut Vec<(usize, &Event)>) {
    let Some(ran) = done.iter().rposition(|(_, event)| matches!(event, Event::Did(act) if act.written() == form))
    else {
        return;
    };
    let mut at = 0;
    done.retain(|(_, event)| {
        at += 1;
        at - 1 <= ran || !matches!(event, Event::Did(_) | Event::Said(_))
    });
}
