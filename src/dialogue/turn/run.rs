//! Stage 8: the topic on top goes on. Ask for what is missing, confirm, take the first arm whose guard holds and
//! whose call does not fail, leave, return to the topic below.

use crate::dialogue::event::{Event, Pending, Target};
use crate::dialogue::policy::design::{Arm, Question, Topic};
use crate::dialogue::trace::{Reason, Step};
use crate::dialogue::turn::ambiguous::menu_question;
use crate::dialogue::turn::begin::answer;
use crate::dialogue::turn::call;
use crate::dialogue::turn::choices::yes_no;
use crate::dialogue::turn::fill::{PATIENCE, missing};
use crate::dialogue::turn::handoff::hand_off;
use crate::dialogue::turn::low::ladder;
use crate::dialogue::turn::menu::offer;
use crate::dialogue::turn::talk::Talk;

/// More than this many values are not offered as choices.
const FEW: usize = 5;

pub(crate) fn run(talk: &mut Talk) {
    let mut lead = String::new();
    // Each round asks (and stops) or takes a topic from the stack, so there are never more rounds than topics.
    while let Some(frame) = talk.state.top().cloned() {
        let Some(topic) = talk.policy.topic(&frame.topic) else {
            // The policy changed under an old chat.
            talk.emit(Event::Cancelled { topic: frame.topic });
            continue;
        };
        if one(talk, topic, &mut lead) {
            break;
        }
        if let Some(below) = talk.state.top().map(|f| f.topic.clone()) {
            let label = talk.title(&below);
            lead = talk.phrase("phrase.resume", &talk.policy.bot.phrases.resume, &[("label", label)]);
            talk.steps.push(Step::Resumed { topic: below });
        }
    }
    let steps = std::mem::take(&mut talk.steps);
    if steps.is_empty() {
        talk.note(8, false, Reason::NoTopic);
    } else {
        talk.note(8, true, Reason::Ran { steps });
    }
}

/// Runs one topic; returns whether the customer speaks next.
fn one(talk: &mut Talk, topic: &Topic, lead: &mut String) -> bool {
    let name = &topic.name;
    let worn = talk.state.top().and_then(|f| f.refused.iter().find(|(_, times)| **times >= PATIENCE));
    if let Some((slot, times)) = worn.map(|(slot, times)| (slot.clone(), *times)) {
        talk.steps.push(Step::GaveUp { topic: name.clone(), slot: slot.clone(), times });
        return give_up(talk, topic, &slot);
    }
    let empty = missing(talk, topic);
    if !empty.is_empty() {
        ask(talk, topic, &empty, lead);
        return true;
    }
    if let Some(confirm) = topic.confirm.as_ref().filter(|_| talk.state.top().is_some_and(|f| !f.confirmed)) {
        let text = talk.choose(&format!("topic.{name}.confirm"), confirm, &[]).unwrap_or_default();
        let slots = talk.state.top().map(|f| f.slots.clone()).unwrap_or_default();
        talk.steps.push(Step::AskedToConfirm { topic: name.clone(), slots });
        let text = std::mem::take(lead) + &text;
        let options = yes_no(talk);
        talk.reply(text, options);
        talk.ask(Pending::Confirm { topic: name.clone() });
        return true;
    }
    outcome(talk, topic, lead)
}

/// Asks for missing slots, several at once where a question was written for them.
fn ask(talk: &mut Talk, topic: &Topic, empty: &[String], lead: &mut String) {
    let name = &topic.name;
    let retry = talk.retry.take().filter(|(slot, _)| empty.contains(slot));
    let (slots, text) = match retry {
        Some((slot, text)) => (vec![slot], Some(text)),
        None => {
            let all = |slots: &[String]| slots.iter().all(|s| empty.contains(s));
            let fitting = topic.ask.iter().filter(|q| all(&q.slots) && (q.slots.len() > 1 || q.slots[0] == empty[0]));
            // The most slots at once; ties follow the file.
            let mut best = None;
            for question in fitting {
                if best.is_none_or(|b: &Question| question.slots.len() > b.slots.len()) {
                    best = Some(question);
                }
            }
            match best {
                Some(question) => {
                    let key = format!("topic.{name}.ask.{}", question.slots.join("+"));
                    (question.slots.clone(), talk.choose(&key, &question.say, &[]))
                }
                None => (vec![empty[0].clone()], None),
            }
        }
    };
    let text = text.unwrap_or_else(|| {
        let slot = &slots[0];
        let entity = talk.policy.entity(slot);
        let own = entity.and_then(|e| talk.choose(&format!("entity.{slot}.ask"), &e.ask, &[]));
        let title = talk.slot_titles(&slots);
        own.unwrap_or_else(|| talk.phrase("phrase.ask", &talk.policy.bot.phrases.ask, &[("slot", &title)]))
    });
    let options = few(talk, &slots);
    talk.steps.push(Step::Asked { topic: name.clone(), slots: slots.clone(), missing: empty.to_vec() });
    let text = std::mem::take(lead) + &text;
    talk.reply(text, options.clone());
    talk.ask(Pending::Need { topic: name.clone(), slots, options });
}

/// Returns the values of a single slot when they are few.
fn few(talk: &Talk, slots: &[String]) -> Vec<String> {
    let [slot] = slots else { return Vec::new() };
    let values = talk.policy.entity(slot).and_then(|e| e.values());
    let few = values.filter(|values| values.len() <= FEW);
    few.map_or(Vec::new(), |values| values.iter().map(|(value, _)| value.clone()).collect())
}

/// Takes the arms in order; returns whether the customer speaks next.
fn outcome(talk: &mut Talk, topic: &Topic, lead: &mut String) -> bool {
    let name = &topic.name;
    if topic.arms.is_empty() {
        let known = topic.intents.iter().find_map(|(intent, _)| answer(talk, intent).map(|place| (intent, place)));
        if let Some((intent, place)) = known {
            talk.steps.push(Step::Answered { intent: intent.clone(), place });
            finish(talk, name);
            return false;
        }
    }
    for (place, arm) in topic.arms.iter().enumerate() {
        if !talk.holds(arm.when.as_ref()) {
            continue;
        }
        // An arm whose call failed is not taken either: what it says would not be true.
        let came = arm.call.as_ref().is_none_or(|call| call::call(talk, name, place, call));
        if !came || arm.goes_on() {
            continue;
        }
        let slots = talk.state.top().map(|f| f.slots.clone()).unwrap_or_default();
        let guard = arm.when.as_ref().map(|g| g.source.clone());
        talk.steps.push(Step::Arm { topic: name.clone(), place, guard, slots });
        return take(talk, topic, place, arm, lead);
    }
    let guards = topic.arms.iter().filter_map(|a| a.when.as_ref()).map(|g| g.source.clone()).collect();
    talk.steps.push(Step::NoArm { topic: name.clone(), guards });
    talk.say_phrase("phrase.stuck", &talk.policy.bot.phrases.stuck, &[]);
    talk.emit(Event::Cancelled { topic: name.clone() });
    if talk.state.stack.is_empty() {
        ladder(talk);
        return true;
    }
    false
}

/// Does what an arm says; returns whether the customer speaks next.
fn take(talk: &mut Talk, topic: &Topic, place: usize, arm: &Arm, lead: &mut String) -> bool {
    let name = &topic.name;
    let key = format!("topic.{name}.do.{place}");
    let text = talk.choose(&key, &arm.say, &[]);
    if let Some(slot) = &arm.redo {
        talk.emit(Event::Cleared { topic: name.clone(), slot: slot.clone() });
        talk.retry = text.map(|text| (slot.clone(), text));
        return one(talk, topic, lead);
    }
    if let (Some(text), true) = (&text, arm.menu.is_empty()) {
        talk.reply(std::mem::take(lead) + text, Vec::new());
    }
    if let Some(queue) = &arm.handoff {
        let open = hand_off(talk, queue, &format!("topic:{name}"));
        talk.steps.push(Step::HandedOff { queue: queue.clone(), open });
        finish(talk, name);
        return true;
    }
    finish(talk, name);
    if arm.menu.is_empty() {
        return false;
    }
    let known = arm.menu.iter().filter(|n| talk.policy.topic(n).is_some());
    let targets: Vec<Target> = known.map(|n| Target::Topic(n.clone())).collect();
    let text = std::mem::take(lead) + &text.unwrap_or_else(|| menu_question(talk));
    offer(talk, text, &targets, false);
    true
}

fn finish(talk: &mut Talk, topic: &str) {
    let slots = talk.state.frame(topic).map(|f| f.slots.clone()).unwrap_or_default();
    talk.emit(Event::Finished { topic: topic.to_owned(), slots });
}

/// A person takes over what cannot be filled; without one the topic ends.
fn give_up(talk: &mut Talk, topic: &Topic, slot: &str) -> bool {
    match talk.policy.human_queue() {
        Some(queue) => {
            let open = hand_off(talk, queue, &format!("slot:{slot}"));
            talk.steps.push(Step::HandedOff { queue: queue.to_owned(), open });
            talk.emit(Event::Cancelled { topic: topic.name.clone() });
            true
        }
        None => {
            talk.say_phrase("phrase.stuck", &talk.policy.bot.phrases.stuck, &[]);
            talk.emit(Event::Cancelled { topic: topic.name.clone() });
            talk.state.stack.is_empty()
        }
    }
}
