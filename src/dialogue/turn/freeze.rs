//! Stage 0: what came in, frozen, and what follows from it for memory.

use std::collections::BTreeMap;

use crate::dialogue::event::{Event, Pending, Target};
use crate::dialogue::hear::extract::values;
use crate::dialogue::hear::fold::signless;
use crate::dialogue::hear::number::numbers;
use crate::dialogue::trace::{Looked, Reason, Refusal};
use crate::dialogue::turn::candidates::{candidates, sure, target};
use crate::dialogue::turn::talk::{Talk, sound};

pub(crate) fn freeze(talk: &mut Talk) {
    let waited = talk.state.pending.clone();
    talk.emit(Event::Heard { said: talk.heard.text.clone() });
    let today = talk.clock().date.clone();
    let mut found = Vec::new();
    for entity in talk.policy.entities.iter().filter(|entity| entity.values().is_some()) {
        let mut all = values(entity, &talk.folded, &today);
        if let Some(last) = all.pop() {
            found.extend(all.into_iter().map(|f| (entity.name.clone(), f.value)));
            found.push((entity.name.clone(), last.value.clone()));
            talk.emit(Event::Mentioned { entity: entity.name.clone(), value: last.value });
        }
    }
    talk.candidates = candidates(talk);
    if talk.state.closed && stars(talk).is_none() && !says_goodbye(talk) {
        talk.emit(Event::Reopened);
        talk.answered();
    }
    let emotion = &talk.heard.emotion;
    let scores = [
        ("angry", emotion.angry),
        ("anxious", emotion.anxious),
        ("confused", emotion.confused),
        ("satisfied", emotion.satisfied),
    ];
    let emotion: BTreeMap<String, f32> =
        scores.iter().map(|(n, s)| ((*n).to_owned(), sound(*s))).filter(|(_, s)| *s > 0.0).collect();
    let reason = Reason::Frozen {
        intents: talk.heard.intents.iter().take(5).map(|(intent, p)| (intent.clone(), sound(*p))).collect(),
        found,
        emotion,
        risks: talk.heard.emotion.risks.clone(),
        date: today,
        minutes: talk.clock().minutes,
        channel: talk.heard.channel.clone(),
        waited,
        known: looked(talk).map(Box::new),
    };
    talk.note(0, true, reason);
}

/// Returns what the knowledge has for the text.
fn looked(talk: &Talk) -> Option<Looked> {
    let known = talk.heard.known.as_ref()?;
    let best = known.near.first()?;
    let called = |intent: &str| match talk.knowledge.intents.get(intent) {
        Some(known) if !known.question.is_empty() => known.question.clone(),
        _ => intent.to_owned(),
    };
    let refused = if known.held().is_none() {
        Some(Refusal::Unknown)
    } else if target(talk, &best.intent).is_some() {
        None
    } else if talk.knowledge.intents.get(&best.intent).is_some_and(|known| !known.answers.is_empty()) {
        Some(Refusal::Expired)
    } else {
        Some(Refusal::Unwritten)
    };
    Some(Looked {
        label: called(&best.intent),
        matched: best.matched.clone(),
        score: best.score,
        second: known.near.get(1).map(|near| (called(&near.intent), near.score)),
        probability: sound(known.probability),
        need: known.need,
        refused,
    })
}

/// Returns the stars given, when a rating waits and the text is one.
pub(crate) fn stars(talk: &Talk) -> Option<u8> {
    if talk.state.pending != Some(Pending::Rating) || signless(&talk.folded).chars().count() > 6 {
        return None;
    }
    match numbers(&talk.folded).as_slice() {
        [only] if (1.0..=5.0).contains(&only.value) && only.value.fract() == 0.0 => Some(only.value as u8),
        _ => None,
    }
}

/// Tells whether the text surely ends the chat.
pub(crate) fn says_goodbye(talk: &Talk) -> bool {
    sure(talk).is_some_and(|(best, _)| best.target == Some(Target::Close))
}
