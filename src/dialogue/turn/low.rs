//! Stage 7: nothing fits. A bounded ladder that always says something, and never the same twice running.

use crate::dialogue::event::{Event, Pending, Target};
use crate::dialogue::policy::design::StepKind;
use crate::dialogue::policy::saying::Saying;
use crate::dialogue::trace::{Reason, Rung};
use crate::dialogue::turn::ambiguous::menu_question;
use crate::dialogue::turn::handoff::hand_off;
use crate::dialogue::turn::menu::offer;
use crate::dialogue::turn::talk::{Next, Talk};

pub(crate) fn low(talk: &mut Talk) -> Next {
    let (rung, next) = ladder(talk);
    let (place, of) = (talk.state.misses, talk.policy.fallback.len().max(1) as u32);
    talk.note(7, true, Reason::Ladder { rung: place, rungs: of, kind: rung });
    next
}

/// Takes the next rung of the ladder.
pub(crate) fn ladder(talk: &mut Talk) -> (Rung, Next) {
    let place = talk.state.misses as usize;
    talk.emit(Event::Missed);
    // What answers no question is an answer that failed: choosing the same topic from the ladder's menu again and again
    // would otherwise go on without end.
    if let Some(Pending::Need { topic, slots, .. }) = &talk.state.pending
        && let Some(slot) = slots.first()
    {
        let (topic, slot, value) = (topic.clone(), slot.clone(), talk.heard.text.clone());
        talk.emit(Event::Refused { topic, slot, value });
    }
    let human = talk.policy.human_queue();
    let rungs = &talk.policy.fallback;
    let kind = match rungs.get(place) {
        Some(step) => &step.kind,
        // Past the last rung, or no ladder: a person when there is one, else ask again in other words.
        None if place > 0 && human.is_some() => {
            hand_off(talk, human.unwrap_or_default(), "fallback");
            return (Rung::Handoff, Next::Listen);
        }
        None => {
            let last = rungs.iter().rev().find_map(|step| match &step.kind {
                StepKind::Say(say) => Some(say),
                _ => None,
            });
            return say(talk, last, "last");
        }
    };
    match kind {
        StepKind::Say(saying) => say(talk, Some(saying), &place.to_string()),
        StepKind::Handoff(queue) => {
            hand_off(talk, queue, "fallback");
            (Rung::Handoff, Next::Listen)
        }
        StepKind::Menu(saying, topics) => {
            let known = topics.iter().filter(|name| talk.policy.topic(name).is_some());
            let targets: Vec<Target> = known.map(|name| Target::Topic(name.clone())).collect();
            if targets.is_empty() {
                return say(talk, Some(saying), &place.to_string());
            }
            let own = talk.choose(&format!("fallback.{place}"), saying, &[]);
            let text = own.unwrap_or_else(|| menu_question(talk));
            talk.answered();
            offer(talk, text, &targets, false);
            (Rung::Menu, Next::Listen)
        }
    }
}

/// Asks for other words, then repeats the question that waits.
fn say(talk: &mut Talk, saying: Option<&Saying>, place: &str) -> (Rung, Next) {
    let text = saying.and_then(|saying| talk.choose(&format!("fallback.{place}"), saying, &[]));
    let text = text.unwrap_or_else(|| talk.phrase("phrase.rephrase", &talk.policy.bot.phrases.rephrase, &[]));
    talk.reply(text, Vec::new());
    match &talk.state.pending {
        Some(Pending::Need { .. } | Pending::Confirm { .. } | Pending::Digress { .. })
            if !talk.state.stack.is_empty() =>
        {
            talk.answered();
            (Rung::Again, Next::Run)
        }
        _ => (Rung::Say, Next::Listen),
    }
}
