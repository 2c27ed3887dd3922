//! Handing over to people, with what they need to know.

use crate::dialogue::event::{Event, Pending};
use crate::dialogue::guard::eval::within;
use crate::dialogue::turn::talk::Talk;
use crate::domain::conversation::Role;

/// Hands over to a queue, or takes a message for it outside its hours. Returns whether it was open.
pub(crate) fn hand_off(talk: &mut Talk, queue: &str, why: &str) -> bool {
    let design = talk.policy.queue(queue);
    let hours = design.and_then(|q| q.hours);
    let open = hours.is_none_or(|(from, to)| within(talk.clock().hour(), from, to));
    let wanted: &[String] = design.map_or(&[], |q| &q.packet);
    let packet = wanted.iter().map(|part| (part.clone(), packed(talk, part, why))).collect();
    let (queue, why) = (queue.to_owned(), why.to_owned());
    let key = format!("handoff.{queue}");
    let extra = [("queue", queue.as_str())];
    let phrases = &talk.policy.bot.phrases;
    if open {
        let text = design.and_then(|q| talk.choose(&key, &q.say, &extra));
        let text = text.unwrap_or_else(|| talk.phrase("phrase.handoff", &phrases.handoff, &extra));
        talk.reply(text, Vec::new());
        talk.emit(Event::HandedOff { queue, why, packet });
    } else {
        let text = design.and_then(|q| talk.choose(&format!("{key}.closed"), &q.closed, &extra));
        let text = text.unwrap_or_else(|| talk.phrase("phrase.closed", &phrases.closed, &extra));
        talk.reply(text, Vec::new());
        talk.emit(Event::Queued { queue: queue.clone(), why, packet });
        talk.ask(Pending::Message { queue });
    }
    open
}

/// Returns one part of the packet; a slot's value by its name, empty when there is none.
fn packed(talk: &Talk, part: &str, why: &str) -> String {
    let state = &talk.state;
    let line = |t: &crate::dialogue::state::Talk| {
        let role = if t.customer { Role::Customer } else { Role::Bot };
        format!("{}: {}", role.name(), t.text)
    };
    match part {
        "goal" => match state.top() {
            Some(frame) => format!("{}: {}", talk.title(&frame.topic), frame.goal),
            None => talk.heard.text.clone(),
        },
        "slots" => {
            let each = state.stack.iter().flat_map(|f| &f.slots).map(|(slot, value)| format!("{slot}={value}"));
            each.collect::<Vec<_>>().join(", ")
        }
        "mood" => state.mood().map_or("calm".into(), |(mood, level)| format!("{mood} {level:.1}")),
        "last3" => {
            let last = state.talk.len().saturating_sub(3);
            state.talk[last..].iter().map(line).collect::<Vec<_>>().join("\n")
        }
        "why" => why.to_owned(),
        "said" => talk.heard.text.clone(),
        slot => {
            let filled = state.stack.iter().rev().find_map(|f| f.slots.get(slot));
            filled.or_else(|| state.mentions.get(slot).map(|m| &m.value)).cloned().unwrap_or_default()
        }
    }
}
