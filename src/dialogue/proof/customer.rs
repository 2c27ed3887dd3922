//! A customer with a goal: says what is wanted, answers what is asked, and stops when it is done.

use std::collections::BTreeMap;

use crate::dialogue::event::{Event, Pending, Target};
use crate::dialogue::hear::extract::values;
use crate::dialogue::hear::fold::fold;
use crate::dialogue::policy::design::{Entity, Kind, Policy};
use crate::dialogue::state::State;
use crate::dialogue::turn::heard::{Clock, Heard, Knowledge, Outcome};
use crate::dialogue::turn::play::turn;
use crate::domain::prediction::Emotion;

/// What a customer wants and how.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Goal {
    pub topic: String,
    /// Values to give when asked; a slot that is absent gets one that fits.
    pub slots: BTreeMap<String, String>,
    /// The policy's mood shown in the first message; calm when absent.
    pub mood: Option<String>,
    pub clock: Clock,
    pub channel: String,
    /// Begins with plain words instead of the topic's label.
    pub plain: bool,
    /// Lists of words of which the first message holds one.
    pub words: Vec<String>,
}

/// One exchange of a conversation played.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    pub heard: Heard,
    pub outcome: Outcome,
}

/// Longer conversations lead nowhere.
const MOST: usize = 10;

/// Plays a customer until the goal is reached, people take over or nothing is asked any more.
pub fn play(policy: &Policy, knowledge: &Knowledge, goal: &Goal) -> Vec<Exchange> {
    let mut state = State::default();
    let mut said: Vec<Exchange> = Vec::new();
    let mut text = opening(policy, goal);
    let mut intents = policy
        .topic(&goal.topic)
        .and_then(|topic| topic.intents.first())
        .map_or(Vec::new(), |(intent, _)| vec![(intent.clone(), 0.95)]);
    while said.len() < MOST {
        let emotion =
            if said.is_empty() { feeling(policy, goal.mood.as_deref(), &mut text) } else { Emotion::default() };
        let heard = Heard {
            text,
            intents: intents.into(),
            emotion,
            now: goal.clock.clone(),
            channel: goal.channel.clone(),
            ..Heard::default()
        };
        let outcome = turn(policy, knowledge, &state, &heard);
        outcome.events.iter().for_each(|event| state.apply(event));
        let done = outcome.events.iter().any(|event| match event {
            Event::Finished { topic, .. } => *topic == goal.topic && state.frame(&goal.topic).is_none(),
            Event::HandedOff { .. } | Event::Queued { .. } | Event::Closed => true,
            _ => false,
        });
        said.push(Exchange { heard, outcome });
        let waits_for_choice = matches!(state.pending, Some(Pending::Menu { .. }));
        if done && !waits_for_choice {
            break;
        }
        (text, intents) = match reply(policy, goal, &state) {
            Some(text) => (text, Vec::new()),
            None => break,
        };
    }
    said
}

/// Returns what the customer says to the question that waits; `None` when there is nothing to answer.
pub fn reply(policy: &Policy, goal: &Goal, state: &State) -> Option<String> {
    let phrases = &policy.bot.phrases;
    match state.pending.as_ref()? {
        Pending::Need { slots, .. } => {
            let values: Vec<String> = slots.iter().filter_map(|slot| wanted(policy, goal, slot)).collect();
            (!values.is_empty()).then(|| values.join("，"))
        }
        Pending::Confirm { .. } | Pending::Digress { .. } => phrases.yes.first().cloned(),
        Pending::Menu { items, .. } => {
            let is = |target: &Target| matches!(target, Target::Topic(name) if *name == goal.topic);
            let place = items.iter().position(|item| is(&item.target));
            place.map(|place| items[place].label.clone()).or_else(|| phrases.none.first().cloned())
        }
        Pending::Message { .. } | Pending::Rating => None,
    }
}

/// Returns the value a customer gives for a slot.
fn wanted(policy: &Policy, goal: &Goal, slot: &str) -> Option<String> {
    goal.slots.get(slot).cloned().or_else(|| policy.entity(slot).and_then(|entity| sample(entity, &goal.clock.date)))
}

/// The words a topic begins with: its label, or plainer words when the label already gives a value.
fn opening(policy: &Policy, goal: &Goal) -> String {
    let title = policy.topic(&goal.topic).map_or(goal.topic.as_str(), |topic| topic.title());
    let needs = policy.topic(&goal.topic).map_or(&[][..], |topic| &topic.needs);
    let tells = |text: &str| {
        needs.iter().filter_map(|(slot, _)| policy.entity(slot)).any(|entity| {
            let found = values(entity, &fold(text), &goal.clock.date);
            found.iter().any(|value| goal.slots.get(&entity.name) != Some(&value.value))
        })
    };
    let english = policy.bot.languages.first().is_some_and(|language| language.starts_with("en"));
    let plain = if english { "I have a question" } else { "我想办一件事" };
    let mut text = if goal.plain || tells(title) { plain.to_owned() } else { title.to_owned() };
    for list in &goal.words {
        let known = policy.words.iter().find(|(name, _)| name == list);
        if let Some(word) = known.and_then(|(_, words)| words.first()) {
            text = format!("{text}，{word}");
        }
    }
    text
}

/// Returns how a mood of the policy is shown: by a score that its guard takes, else by its words in the text.
pub fn feeling(policy: &Policy, mood: Option<&str>, text: &mut String) -> Emotion {
    let mut emotion = Emotion::default();
    match mood {
        Some("angry") => emotion.angry = 0.9,
        Some("anxious") => emotion.anxious = 0.9,
        Some("confused") => emotion.confused = 0.9,
        Some("satisfied") => emotion.satisfied = 0.9,
        Some(other) => {
            let lists = policy.moods.iter().find(|m| m.name == other).map_or(Vec::new(), |mood| {
                let mut lists = Vec::new();
                mood.when.expr.each(&mut |expr| {
                    if let crate::dialogue::guard::expr::Expr::Words(list) = expr {
                        lists.push(list.clone());
                    }
                });
                lists
            });
            let word = lists.iter().find_map(|list| policy.words.iter().find(|(name, _)| name == list));
            if let Some(word) = word.and_then(|(_, words)| words.first()) {
                *text = format!("{text}，{word}");
            }
        }
        None => {}
    }
    emotion
}

/// Texts tried for a slot that takes whatever matches a pattern.
const TRIED: &[&str] = &[
    "6608",
    "1",
    "12",
    "123",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "13900000000",
    "110101199003070011",
    "A1",
    "AB123456",
    "甲",
    "给甲转",
];

/// Returns a value of an entity that is valid and that the engine hears in it.
pub fn sample(entity: &Entity, today: &str) -> Option<String> {
    let valid = |value: &str| crate::dialogue::lint::cases::is_valid(entity, value);
    let heard = |text: &str| values(entity, &fold(text), today).first().is_some_and(|found| found.value == fold(text));
    match &entity.kind {
        Kind::Values(listed) => listed.iter().map(|(value, _)| value.clone()).find(|value| valid(value)),
        Kind::Money | Kind::Number => {
            let mut numbers = [100, 1, 10, 1000, 5, 50, 500, 10_000, 100_000, 0].iter().map(|n| n.to_string());
            numbers.find(|text| valid(text))
        }
        Kind::Date => Some(if today.is_empty() { "2026-03-01".to_owned() } else { today.to_owned() }),
        Kind::Text => Some("小王".to_owned()),
        Kind::TextMatch(_) => Some("小王".to_owned()),
        Kind::Match(_) => TRIED.iter().find(|text| heard(text) && valid(text)).map(|text| (*text).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::turn::tests::{bank, knowledge};

    fn morning() -> Clock {
        Clock { minutes: 600, date: "2024-03-01".into() }
    }

    #[test]
    fn a_customer_gets_through_a_form_with_confirmation() {
        let goal = Goal {
            topic: "transfer".into(),
            slots: [("amount".to_owned(), "800".to_owned()), ("payee".to_owned(), "小李".to_owned())].into(),
            clock: morning(),
            channel: "chat".into(),
            ..Goal::default()
        };
        let said = play(bank(), &knowledge(), &goal);
        let last = said.last().expect("something was said");
        assert!(last.outcome.replies.iter().any(|r| r.text.contains("转账成功")), "{said:#?}");
        assert!(said.len() <= 4);
    }

    #[test]
    fn an_angry_customer_hears_the_apology() {
        let goal = Goal {
            topic: "bill_query".into(),
            mood: Some("angry".into()),
            clock: morning(),
            channel: "chat".into(),
            ..Goal::default()
        };
        let said = play(bank(), &knowledge(), &goal);
        assert!(said[0].outcome.replies[0].text.starts_with("非常抱歉"), "{said:#?}");
    }

    #[test]
    fn every_entity_of_the_bank_has_a_value_to_give() {
        for entity in &bank().entities {
            assert!(sample(entity, "2024-03-01").is_some(), "{}", entity.name);
        }
    }
}
