//! Flows of newer bots as topics: what they collect is needed, what they do is the outcome.

use std::collections::{BTreeMap, BTreeSet};

use crate::dialogue::storybook::carry::loss::{Loss, Lost};
use crate::dialogue::storybook::carry::sayings::joined;
use crate::dialogue::storybook::carry::shape::{Arm, Line, Shape, Topic};
use crate::dialogue::storybook::carry::{entities, topics};
use crate::domain::storybook::{Flow, FlowAct, FlowStep, Place, SlotKind, Storybook};

/// Adds a topic for each flow of the bot; repair flows (`pattern_…`) are the engine's affair.
pub(super) fn topics(
    book: &Storybook,
    shape: &mut Shape,
    calls: &mut BTreeMap<String, BTreeSet<String>>,
    lost: &mut Vec<Loss>,
) {
    for flow in book.flows.iter().filter(|flow| !flow.id.starts_with("pattern_")) {
        let mut walk = Walk { book, flow, needs: Vec::new(), say: Vec::new(), calls: Vec::new(), arms: Vec::new() };
        walk.steps(&flow.steps, calls, lost);
        let Walk { needs, say, calls: own, mut arms, .. } = walk;
        for slot in &needs {
            if !shape.entities.iter().any(|entity| entity.name == *slot) {
                shape.entities.push(entities::entity(book, slot, lost));
            }
        }
        let free = |intent: &&String| shape.topic_of(intent).is_none();
        let mut intents: Vec<String> = flow.triggers.iter().filter(free).cloned().collect();
        if intents.is_empty() {
            intents.push(flow.id.clone());
        }
        intents.iter().for_each(|intent| topics::named(shape, intent, &flow.description));
        let mut say = joined(say);
        if say.is_empty() {
            say.push(Line { text: format!("({})", flow.id), ..Line::default() });
        }
        let label = if flow.name.is_empty() { flow.id.clone() } else { flow.name.clone() };
        shape.topics.push(Topic {
            name: flow.id.clone(),
            label,
            intents,
            needs: needs.iter().map(|slot| (slot.clone(), topics::question(book, &flow.id, slot, lost))).collect(),
            arms: {
                arms.push(Arm { calls: own, say, ..Arm::default() });
                arms
            },
        });
    }
}

struct Walk<'b> {
    book: &'b Storybook,
    flow: &'b Flow,
    needs: Vec<String>,
    say: Vec<Vec<Line>>,
    calls: Vec<String>,
    /// Outcomes under a condition, in their order.
    arms: Vec<Arm>,
}

impl Walk<'_> {
    fn steps(&mut self, steps: &[FlowStep], calls: &mut BTreeMap<String, BTreeSet<String>>, lost: &mut Vec<Loss>) {
        for step in steps {
            let place = Place { file: self.flow.place.file.clone(), line: step.line };
            let mut lose = |what: String| {
                lost.push(Loss { place: place.clone(), what: Lost::Flow { flow: self.flow.id.clone(), step: what } });
            };
            match &step.act {
                FlowAct::Collect(slot) if !self.needs.contains(slot) => self.needs.push(slot.clone()),
                FlowAct::Collect(_) | FlowAct::Nothing => {}
                FlowAct::Action(name) => {
                    let said = topics::act(self.book, name, &place, &mut self.calls, calls, lost);
                    self.say.push(said);
                }
                FlowAct::Set(_) => lose("set_slots".into()),
                FlowAct::Link(to) => lose(format!("link {to}")),
                FlowAct::Call(to) => lose(format!("call {to}")),
                FlowAct::Other(key) => lose(key.clone()),
            }
            for next in &step.next {
                let Some(guard) = &next.when else {
                    self.steps(&next.steps, calls, lost);
                    continue;
                };
                // A branch that does something and ends is an outcome of its own.
                let arm = self.guard(guard).and_then(|when| self.branch(when, &next.steps, calls, lost));
                match arm {
                    Some(arm) => self.arms.push(arm),
                    None => {
                        let what = Lost::Flow { flow: self.flow.id.clone(), step: format!("if {guard}") };
                        lost.push(Loss { place: place.clone(), what });
                    }
                }
            }
        }
    }

    /// Returns a condition as a guard: a slot that is set or not, or compared with a value.
    fn guard(&self, text: &str) -> Option<String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let slot = |word: &str| word.strip_prefix("slots.").map(str::to_owned);
        let is_bool = |name: &str| self.book.slots.iter().any(|s| s.name == name && s.kind == SlotKind::Bool);
        let needed = |name: &String| self.needs.contains(name) && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        match words.as_slice() {
            [one] => {
                slot(one).filter(needed).map(|name| if is_bool(&name) { format!("{name} = \"yes\"") } else { name })
            }
            ["not", one] => {
                let name = slot(one).filter(needed)?;
                Some(if is_bool(&name) { format!("{name} = \"no\"") } else { format!("not {name}") })
            }
            [one, op @ ("==" | "is" | "=" | "!=" | "<" | ">" | "<=" | ">="), value] => {
                let name = slot(one).filter(needed)?;
                let op = if matches!(*op, "==" | "is") { "=" } else { op };
                let value = value.trim_matches(['\'', '"']);
                let number = value.parse::<f64>().is_ok();
                (number || !value.contains('"')).then(|| match number {
                    true => format!("{name} {op} {value}"),
                    false => format!("{name} {op} \"{value}\""),
                })
            }
            _ => None,
        }
    }

    /// Returns the outcome of a branch; `None` when it asks or branches again.
    fn branch(
        &self,
        when: String,
        steps: &[FlowStep],
        calls: &mut BTreeMap<String, BTreeSet<String>>,
        lost: &mut Vec<Loss>,
    ) -> Option<Arm> {
        let plain =
            |step: &FlowStep| matches!(step.act, FlowAct::Action(_)) && step.next.iter().all(|n| n.steps.is_empty());
        if steps.is_empty() || !steps.iter().all(plain) {
            return None;
        }
        let mut arm = Arm { when: Some(when), ..Arm::default() };
        let mut said = Vec::new();
        for step in steps {
            if let FlowAct::Action(name) = &step.act {
                let place = Place { file: self.flow.place.file.clone(), line: step.line };
                said.push(topics::act(self.book, name, &place, &mut arm.calls, calls, lost));
            }
        }
        arm.say = joined(said);
        (!arm.say.is_empty()).then_some(arm)
    }
}
