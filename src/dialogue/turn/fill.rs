//! Taking slot values from what was said.

use std::ops::Range;

use crate::dialogue::event::Event;
use crate::dialogue::guard::eval::holds;
use crate::dialogue::hear::extract::values;
use crate::dialogue::hear::fold::{fold, is_sign};
use crate::dialogue::policy::design::Topic;
use crate::dialogue::trace::Step;
use crate::dialogue::turn::talk::Talk;

/// A pronoun reaches back this many turns.
const REACH: u32 = 5;

/// A slot is given up after so many refused values.
pub(crate) const PATIENCE: u32 = 3;

/// A value taken for a slot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Taken {
    pub slot: String,
    pub value: String,
    /// Where it stood in the folded text; `None` for a pronoun.
    pub range: Option<Range<usize>>,
    /// It can be nothing else.
    pub sure: bool,
}

/// Returns the values a text gives for these slots. `first` (what is being asked for) takes before the others;
/// what can be nothing else is taken before bare numbers; pronouns come last.
pub(crate) fn take(talk: &Talk, text: &str, first: &[String], others: &[String]) -> Vec<Taken> {
    let folded = fold(text);
    let today = &talk.clock().date;
    let slots = || first.iter().chain(others.iter().filter(|o| !first.contains(o)));
    let mut taken: Vec<Taken> = Vec::new();
    for sure in [true, false] {
        for slot in slots() {
            let Some(entity) = talk.policy.entity(slot) else { continue };
            if taken.iter().any(|t| t.slot == *slot) {
                continue;
            }
            let free = |range: &Range<usize>| {
                let apart = |t: &Taken| t.range.as_ref().is_none_or(|r| range.end <= r.start || range.start >= r.end);
                taken.iter().all(apart)
            };
            let found = values(entity, &folded, today).into_iter().find(|f| f.sure == sure && free(&f.range));
            if let Some(found) = found {
                taken.push(Taken { slot: slot.clone(), value: found.value, range: Some(found.range), sure });
            }
        }
    }
    for slot in slots() {
        let Some(entity) = talk.policy.entity(slot) else { continue };
        if taken.iter().any(|t| t.slot == *slot) {
            continue;
        }
        let refers = entity.pronouns.any(&folded);
        let mention = talk.state.mentions.get(slot).filter(|m| talk.state.turn.saturating_sub(m.turn) <= REACH);
        if let (true, Some(mention)) = (refers, mention) {
            taken.push(Taken { slot: slot.clone(), value: mention.value.clone(), range: None, sure: true });
        }
    }
    taken
}

/// Returns the slots of a topic without a value.
pub(crate) fn missing(talk: &Talk, topic: &Topic) -> Vec<String> {
    let frame = talk.state.frame(&topic.name);
    let empty = |slot: &&String| frame.is_none_or(|f| !f.slots.contains_key(*slot));
    topic.needs.iter().map(|(slot, _)| slot).filter(empty).cloned().collect()
}

/// Returns the rule a value breaks; `None` when it is valid.
pub(crate) fn broken_rule(talk: &Talk, topic: &str, slot: &str, value: &str) -> Option<String> {
    let entity = talk.policy.entity(slot)?;
    let rule = entity.valid.as_ref()?;
    let mut view = talk.view(talk.state.frame(topic));
    view.it = Some(value);
    (!holds(&rule.expr, &view)).then(|| rule.source.clone())
}

/// Returns what is said when a value is refused.
pub(crate) fn retry(talk: &mut Talk, slot: &str) -> String {
    let policy = talk.policy;
    let title = talk.slot_titles(&[slot.to_owned()]);
    let own = policy.entity(slot).and_then(|e| talk.choose(&format!("entity.{slot}.retry"), &e.retry, &[]));
    own.unwrap_or_else(|| talk.phrase("phrase.retry", &policy.bot.phrases.retry, &[("slot", &title)]))
}

/// Fills slots. A value refused is kept for the question that follows.
pub(crate) fn fill(talk: &mut Talk, topic: &str, taken: Vec<Taken>) {
    let mut slots = Vec::new();
    let mut referred = Vec::new();
    for one in taken {
        let (topic, slot, value) = (topic.to_owned(), one.slot, one.value);
        match broken_rule(talk, &topic, &slot, &value) {
            None => {
                slots.push((slot.clone(), value.clone()));
                if one.range.is_none() {
                    referred.push(slot.clone());
                }
                talk.emit(Event::Filled { topic, slot, value });
            }
            Some(rule) => {
                talk.emit(Event::Refused { topic: topic.clone(), slot: slot.clone(), value: value.clone() });
                let text = retry(talk, &slot);
                talk.retry.get_or_insert((slot.clone(), text));
                talk.steps.push(Step::Refused { topic, slot, value, rule });
            }
        }
    }
    if !slots.is_empty() {
        talk.steps.push(Step::Took { topic: topic.to_owned(), slots, referred });
    }
}

/// Returns how many characters of a text no taken value explains, signs apart.
pub(crate) fn unexplained(folded: &str, taken: &[Taken]) -> usize {
    let outside = |at: usize| taken.iter().all(|t| t.range.as_ref().is_none_or(|r| !r.contains(&at)));
    folded.char_indices().filter(|(at, c)| outside(*at) && !is_sign(*c)).count()
}
