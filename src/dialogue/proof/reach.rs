//! Reaching arms by playing: for each arm of a topic, the shortest conversation that takes it.
//!
//! Every combination of values that makes a difference to the topic's guards, to those of its calls and to those
//! of its texts is given to a customer who wants the topic; what the engine then does is what is told.

use std::collections::BTreeMap;

use crate::dialogue::guard::expr::Guard;
use crate::dialogue::lint::cases::{Cases, MOST, OTHER};
use crate::dialogue::policy::design::{Policy, Topic};
use crate::dialogue::proof::coverage::arms_taken;
use crate::dialogue::proof::customer::{Exchange, Goal, play, sample};
use crate::dialogue::script::shape::Given;
use crate::dialogue::script::write;
use crate::dialogue::turn::heard::{Clock, Knowledge};

/// More goals than this are not played for one topic.
const TRIES: usize = 4_000;

/// Ten in the morning.
const MORNING: u16 = 600;

/// A conversation that takes an arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    pub topic: String,
    /// From 0.
    pub arm: usize,
    pub goal: Goal,
    pub talk: Vec<Exchange>,
}

impl Reached {
    /// Writes it as a rehearsal that expects what the bot now says.
    pub fn script(&self, name: &str) -> String {
        written(name, &self.goal, &self.talk)
    }
}

/// Writes a conversation of a customer as a rehearsal.
pub fn written(name: &str, goal: &Goal, talk: &[Exchange]) -> String {
    let given = Given {
        minutes: (goal.clock.minutes != MORNING).then_some(goal.clock.minutes),
        date: (!goal.clock.date.is_empty()).then(|| goal.clock.date.clone()),
        channel: (goal.channel != "chat").then(|| goal.channel.clone()),
        mood: Vec::new(),
    };
    let exchanges: Vec<write::Exchange<'_>> = talk
        .iter()
        .map(|exchange| write::Exchange {
            said: Some(&exchange.heard.text),
            idle: None,
            intent: exchange.heard.intents.first().map(|(intent, _)| intent.as_str()),
            mood: write::mood(&exchange.heard.emotion),
            calls: &exchange.heard.calls,
            outcome: &exchange.outcome,
        })
        .collect();
    write::write(name, &given, &exchanges)
}

/// Returns the shortest conversation for each arm of a topic that playing reaches, by arm.
pub fn reach(policy: &Policy, knowledge: &Knowledge, topic: &Topic, date: &str) -> BTreeMap<usize, Reached> {
    let mut found: BTreeMap<usize, Reached> = BTreeMap::new();
    let mut tried: Vec<Goal> = Vec::new();
    let all = goals(policy, topic, date);
    // Where the label itself leads elsewhere (转人工), plain words of the same intent may lead there.
    let plain = all.iter().map(|goal| Goal { plain: true, ..goal.clone() }).collect::<Vec<_>>();
    let labelled = all.len();
    for (place, goal) in all.into_iter().chain(plain).enumerate() {
        if tried.contains(&goal) || place >= labelled && found.len() == topic.arms.len() {
            continue;
        }
        let talk = play(policy, knowledge, &goal);
        for exchange in &talk {
            for (name, arm) in arms_taken(&exchange.outcome.trace) {
                let shorter = found.get(&arm).is_none_or(|known| talk.len() < known.talk.len());
                if name == topic.name && shorter {
                    let (topic, goal, talk) = (name.to_owned(), goal.clone(), talk.clone());
                    found.insert(arm, Reached { topic, arm, goal, talk });
                }
            }
        }
        tried.push(goal);
        // One exchange cannot be beaten.
        if found.len() == topic.arms.len() && found.values().all(|reached| reached.talk.len() == 1) {
            break;
        }
    }
    found
}

/// Returns the goals worth playing for a topic: every combination of values its guards tell apart.
pub fn goals(policy: &Policy, topic: &Topic, date: &str) -> Vec<Goal> {
    let calls = topic.arms.iter().filter_map(|arm| arm.call.as_ref());
    let rows = calls.filter_map(|name| policy.calls.iter().find(|call| call.name == *name)).flat_map(|call| &call.rows);
    let own = topic.arms.iter().filter_map(|arm| arm.when.as_ref());
    let guards: Vec<&Guard> = own.chain(rows.filter_map(|row| row.when.as_ref())).collect();
    let cases = Cases::of(policy, Some(topic), &guards, &[]);
    let mut goals = Vec::new();
    if cases.count() <= MOST {
        cases.each(&mut |case| {
            let goal = of_case(policy, &case.example(), date);
            let goal = Goal { topic: topic.name.clone(), ..goal };
            if !goals.contains(&goal) {
                goals.push(goal);
            }
            goals.len() < TRIES
        });
    }
    if goals.is_empty() {
        goals.push(Goal { topic: topic.name.clone(), ..of_case(policy, &[], date) });
    }
    goals
}

/// Returns a goal with the values of a combination.
pub fn of_case(policy: &Policy, example: &[(String, String)], date: &str) -> Goal {
    let clock = Clock { minutes: MORNING, date: date.to_owned() };
    let mut goal = Goal { clock, channel: "chat".into(), ..Goal::default() };
    for (name, value) in example {
        match name.as_str() {
            "hour" => {
                goal.clock.minutes = value.parse::<f64>().map_or(MORNING, |hour| (hour * 60.0).round() as u16 % 1440)
            }
            "date" => goal.clock.date = value.clone(),
            "channel" if value != OTHER => goal.channel = value.clone(),
            "mood" if value != "calm" => goal.mood = Some(value.clone()),
            "words" => goal.words.push(value.clone()),
            slot => {
                if let Some(entity) = policy.entity(slot)
                    && !value.is_empty()
                {
                    let value = if value == OTHER { sample(entity, date) } else { Some(value.clone()) };
                    goal.slots.extend(value.map(|value| (slot.to_owned(), value)));
                }
            }
        }
    }
    goal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::script::read::parse;
    use crate::dialogue::script::replay::replay;
    use crate::dialogue::turn::tests::{bank, knowledge};
    use crate::domain::prediction::Emotion;

    #[test]
    fn every_arm_of_the_bank_is_reached_and_the_conversation_runs_as_a_rehearsal() {
        let mut missing = Vec::new();
        for topic in &bank().topics {
            let reached = reach(bank(), &knowledge(), topic, "2024-03-01");
            for arm in 0..topic.arms.len() {
                let Some(found) = reached.get(&arm) else {
                    missing.push((topic.name.clone(), arm));
                    continue;
                };
                let yaml = found.script("proposal");
                let script = parse(&yaml).unwrap_or_else(|fault| panic!("{fault}\n{yaml}"));
                let replay = replay(bank(), &knowledge(), &script, &|_| Default::default(), &|_| Emotion::default());
                assert!(replay.passed, "{yaml}\n{replay:#?}");
            }
        }
        assert_eq!(missing, []);
    }

    #[test]
    fn an_arm_behind_others_is_reached_by_the_value_that_leads_there() {
        let topic = bank().topic("transfer").expect("the bank has transfers");
        let reached = reach(bank(), &knowledge(), topic, "2024-03-01");
        // A transfer above 2000 is looked at by people; above the balance it is asked for anew.
        let amount = |arm: usize| reached[&arm].goal.slots["amount"].parse::<f64>().expect("a sum");
        assert!(amount(0) > 3000.0);
        assert!(amount(2) > 2000.0 && amount(2) <= 3000.0);
    }
}
