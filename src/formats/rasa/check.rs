//! Names that are used and not known, checked once all files are merged.

use std::collections::BTreeSet;

use crate::domain::storybook::{Course, Place, Step, StepAct, Storybook};
use crate::formats::rasa::remark::{Remark, What};

/// Actions every bot has.
const OWN: [&str; 14] = [
    "action_listen",
    "action_restart",
    "action_session_start",
    "action_default_fallback",
    "action_deactivate_loop",
    "action_deactivate_form",
    "action_revert_fallback_events",
    "action_two_stage_fallback",
    "action_default_ask_affirmation",
    "action_default_ask_rephrase",
    "action_back",
    "action_unlikely_intent",
    "action_extract_slots",
    "...",
];

/// Intents every bot has.
const SAID: [&str; 4] = ["nlu_fallback", "restart", "back", "session_start"];

/// Returns a remark for each name no file makes known, at its first place. A project without a domain knows nothing,
/// and nothing of it is doubted.
pub(super) fn names(book: &Storybook) -> Vec<Remark> {
    if book.intents.is_empty() && book.slots.is_empty() && book.actions.is_empty() {
        return Vec::new();
    }
    let intents: BTreeSet<&str> = book.intents.iter().map(|i| i.name.as_str()).chain(SAID).collect();
    let said = book.responses.iter().map(|response| base(&response.name));
    let forms: BTreeSet<&str> = book.forms.iter().map(|form| form.name.as_str()).collect();
    // A form the domain does not list is told once, as a form.
    let run = book.rules.iter().chain(&book.stories).flat_map(|course| &course.steps);
    let run = run.filter_map(|step| match &step.act {
        StepAct::Form(Some(name)) => Some(name.as_str()),
        _ => None,
    });
    let own = book.actions.iter().map(|name| base(name));
    let actions: BTreeSet<&str> = own.chain(said).chain(forms.iter().copied()).chain(run).chain(OWN).collect();
    let slots: BTreeSet<&str> = book.slots.iter().map(|s| s.name.as_str()).chain(["requested_slot"]).collect();
    let mut doubts = Doubts { book, seen: BTreeSet::new(), found: Vec::new() };
    for course in book.rules.iter().chain(&book.stories).chain(&book.tests) {
        for step in course.conditions.iter().chain(&course.steps) {
            doubts.step(course, step, &|what| match what {
                What::UnknownIntent { name } => !intents.contains(name.as_str()) && !intents.contains(base(name)),
                What::UnknownAction { name } => !actions.contains(base(name)),
                What::UnknownForm { name } => !forms.contains(name.as_str()),
                What::UnknownSlot { name } => !slots.contains(name.as_str()),
                _ => false,
            });
        }
    }
    doubts.checkpoints();
    doubts.found
}

/// Returns the part of a name before its slash.
fn base(name: &str) -> &str {
    name.split_once('/').map_or(name, |(base, _)| base)
}

struct Doubts<'b> {
    book: &'b Storybook,
    seen: BTreeSet<String>,
    found: Vec<Remark>,
}

impl Doubts<'_> {
    fn step(&mut self, course: &Course, step: &Step, doubted: &dyn Fn(&What) -> bool) {
        let whats = match &step.act {
            StepAct::User(said) => said.intent.iter().map(|name| What::UnknownIntent { name: name.clone() }).collect(),
            StepAct::Action(name) => vec![What::UnknownAction { name: name.clone() }],
            StepAct::Form(Some(name)) => vec![What::UnknownForm { name: name.clone() }],
            StepAct::Slots(slots) => slots.iter().map(|(name, _)| What::UnknownSlot { name: name.clone() }).collect(),
            StepAct::Or(ways) => return ways.iter().for_each(|way| self.step(course, way, doubted)),
            _ => Vec::new(),
        };
        for what in whats {
            if doubted(&what) && self.seen.insert(format!("{what:?}")) {
                let place = Place { file: course.place.file.clone(), line: step.line };
                self.found.push(Remark { place, what });
            }
        }
    }

    /// A checkpoint needs a course that ends and one that begins with it.
    fn checkpoints(&mut self) {
        let (mut begins, mut ends) = (BTreeSet::new(), Vec::new());
        for course in self.book.rules.iter().chain(&self.book.stories) {
            for (at, step) in course.steps.iter().enumerate() {
                let StepAct::Checkpoint(name) = &step.act else { continue };
                let place = Place { file: course.place.file.clone(), line: step.line };
                if at == 0 {
                    begins.insert((name.clone(), place));
                } else {
                    ends.push((name.clone(), place));
                }
            }
        }
        let loose_ends = ends.iter().filter(|(name, _)| !begins.iter().any(|(known, _)| known == name));
        let loose_begins = begins.iter().filter(|(name, _)| !ends.iter().any(|(known, _)| known == name));
        for (name, place) in loose_ends.chain(loose_begins) {
            if self.seen.insert(format!("checkpoint {name}")) {
                self.found.push(Remark { place: place.clone(), what: What::LooseCheckpoint { name: name.clone() } });
            }
        }
    }
}
