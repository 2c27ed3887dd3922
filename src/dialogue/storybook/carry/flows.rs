//! Flows of newer bots as topics: what they collect is needed, what they do is the outcome.

use std::collections::{BTreeMap, BTreeSet};

use crate::dialogue::storybook::carry::loss::{Loss, Lost};
use crate::dialogue::storybook::carry::sayings::joined;
use crate::dialogue::storybook::carry::shape::{Arm, Line, Shape, Topic};
use crate::dialogue::storybook::carry::{entities, topics};
use crate::domain::storybook::{Flow, FlowAct, FlowStep, Place, Storybook};

/// Adds a topic for each flow of the bot; repair flows (`pattern_…`) are the engine's affair.
pub(super) fn topics(
    book: &Storybook,
    shape: &mut Shape,
    calls: &mut BTreeMap<String, BTreeSet<String>>,
    lost: &mut Vec<Loss>,
) {
    for flow in book.flows.iter().filter(|flow| !flow.id.starts_with("pattern_")) {
        let mut walk = Walk { book, flow, needs: Vec::new(), say: Vec::new(), calls: Vec::new() };
        walk.steps(&flow.steps, calls, lost);
        let Walk { needs, say, calls: own, .. } = walk;
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
            needs: needs.into_iter().map(|slot| (slot, Vec::new())).collect(),
            arms: vec![Arm { calls: own, say, ..Arm::default() }],
        });
    }
}

struct Walk<'b> {
    book: &'b Storybook,
    flow: &'b Flow,
    needs: Vec<String>,
    say: Vec<Vec<Line>>,
    calls: Vec<String>,
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
                if let Some(guard) = &next.when {
                    let what = Lost::Flow { flow: self.flow.id.clone(), step: format!("if {guard}") };
                    lost.push(Loss { place: place.clone(), what });
                }
                // The way of the condition is told; the way of all others is the topic's.
                if next.when.is_none() {
                    self.steps(&next.steps, calls, lost);
                }
            }
        }
    }
}
