//! Replaying a rehearsal: the script's customer speaks, the bot answers, expectations are compared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dialogue::event::Event;
use crate::dialogue::policy::design::Policy;
use crate::dialogue::script::shape::{Expect, Given, Line, Script};
use crate::dialogue::state::State;
use crate::dialogue::trace::decided;
use crate::dialogue::turn::heard::{Heard, Knowledge, Outcome, Understanding};
use crate::dialogue::turn::play::{idle, open, turn};
use crate::domain::prediction::Emotion;

/// How a rehearsal went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    pub name: String,
    pub turns: Vec<TurnResult>,
    /// Whether every expectation held; a script without turns does not pass.
    pub passed: bool,
}

/// How one turn went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnResult {
    /// The script's line, from 1.
    pub line: u32,
    pub heard: Heard,
    /// `None` for the opening.
    pub said: Option<String>,
    /// What the replies should hold, as written.
    pub expected: Vec<String>,
    pub outcome: Outcome,
    pub failures: Vec<Failure>,
}

/// One expectation that did not hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "failure", rename_all = "snake_case")]
pub enum Failure {
    /// None of these is in the replies.
    Missing {
        wanted: Vec<String>,
        got: Vec<String>,
    },
    /// This is in the replies and must not be.
    Forbidden {
        text: String,
        got: Vec<String>,
    },
    /// Another topic ran, or none.
    Topic {
        wanted: String,
        got: Vec<String>,
    },
    /// Another stage decided.
    Stage {
        wanted: u8,
        got: Option<u8>,
    },
    Slot {
        slot: String,
        wanted: String,
        got: Option<String>,
    },
    Handoff {
        wanted: String,
        got: Option<String>,
    },
    Closed {
        wanted: bool,
    },
    /// Other choices are offered, or in another order.
    Choices {
        wanted: Vec<String>,
        got: Vec<String>,
    },
}

/// Replays a rehearsal. `understand` gives what a text says (a turn's own `intent` replaces it), `emotion`
/// how it sounds (a turn's own `mood` replaces that).
pub fn replay(
    policy: &Policy,
    knowledge: &Knowledge,
    script: &Script,
    understand: &dyn Fn(&str) -> Understanding,
    emotion: &dyn Fn(&str) -> Emotion,
) -> Replay {
    let (now, channel) = (script.given.clock(), script.given.channel());
    let mut state = State::default();
    let mut slots: BTreeMap<String, String> = BTreeMap::new();
    let mut turns = Vec::new();
    for line in &script.turns {
        let (heard, outcome) = match &line.said {
            None => {
                let heard = Heard { now: now.clone(), channel: channel.clone(), ..Heard::default() };
                let outcome = match line.idle {
                    Some(seconds) => idle(policy, &state, seconds, &now, &channel),
                    None => open(policy, &now, &channel),
                };
                (heard, outcome)
            }
            Some(text) => {
                let heard = heard(&script.given, line, text, understand, emotion);
                let outcome = turn(policy, knowledge, &state, &heard);
                (heard, outcome)
            }
        };
        for event in &outcome.events {
            state.apply(event);
            match event {
                Event::Filled { slot, value, .. } | Event::Corrected { slot, to: value, .. } => {
                    slots.insert(slot.clone(), value.clone());
                }
                _ => {}
            }
        }
        let failures = compare(line, &outcome, &state, &slots);
        let expected = line.expect.iter().map(Expect::written).collect();
        turns.push(TurnResult { line: line.line, heard, said: line.said.clone(), expected, outcome, failures });
    }
    let passed = !turns.is_empty() && turns.iter().all(|t| t.failures.is_empty());
    Replay { name: script.name.clone(), turns, passed }
}

/// Returns what a line's customer is heard to say with this text: the line's own intents and moods stand for what
/// would be understood, its calls for what the outside would say.
pub fn heard(
    given: &Given,
    line: &Line,
    text: &str,
    understand: &dyn Fn(&str) -> Understanding,
    emotion: &dyn Fn(&str) -> Emotion,
) -> Heard {
    let Understanding { intents, known } = match line.intents.as_slice() {
        [] => understand(text),
        own => own.to_vec().into(),
    };
    Heard {
        text: text.to_owned(),
        intents,
        known,
        emotion: sounding(emotion(text), given, line),
        now: given.clock(),
        channel: given.channel(),
        calls: line.calls.clone(),
    }
}

fn sounding(mut emotion: Emotion, given: &Given, line: &Line) -> Emotion {
    for (mood, score) in given.mood.iter().chain(&line.mood) {
        match mood.as_str() {
            "angry" => emotion.angry = *score,
            "anxious" => emotion.anxious = *score,
            "confused" => emotion.confused = *score,
            "satisfied" => emotion.satisfied = *score,
            "calm" => (emotion.angry, emotion.anxious, emotion.confused) = (0.0, 0.0, 0.0),
            risk => emotion.risks.push(risk.to_owned()),
        }
    }
    emotion
}

fn compare(line: &Line, outcome: &Outcome, state: &State, slots: &BTreeMap<String, String>) -> Vec<Failure> {
    let got: Vec<String> = outcome.replies.iter().map(|r| r.text.clone()).collect();
    let whole = got.join("\n");
    let mut failures = Vec::new();
    if !line.expect.is_empty() && !line.expect.iter().any(|e| e.found(&whole)) {
        let wanted = line.expect.iter().map(Expect::written).collect();
        failures.push(Failure::Missing { wanted, got: got.clone() });
    }
    for refused in line.refuse.iter().filter(|e| e.found(&whole)) {
        failures.push(Failure::Forbidden { text: refused.written(), got: got.clone() });
    }
    if let Some(wanted) = &line.topic {
        let ran = topics(outcome, state);
        if !ran.contains(wanted) {
            failures.push(Failure::Topic { wanted: wanted.clone(), got: ran });
        }
    }
    let by = decided(&outcome.trace);
    if let Some(wanted) = line.stage.filter(|stage| !outcome.trace.iter().any(|l| l.stage == *stage && l.fired)) {
        failures.push(Failure::Stage { wanted, got: by });
    }
    for (slot, wanted) in &line.slots {
        if slots.get(slot) != Some(wanted) {
            let (slot, wanted, got) = (slot.clone(), wanted.clone(), slots.get(slot).cloned());
            failures.push(Failure::Slot { slot, wanted, got });
        }
    }
    if let Some(wanted) = &line.handoff {
        let got = queue(outcome).or_else(|| state.handed.clone());
        if got.as_ref() != Some(wanted) {
            failures.push(Failure::Handoff { wanted: wanted.clone(), got });
        }
    }
    if !line.choices.is_empty() {
        let got = outcome.replies.last().map_or(Vec::new(), |reply| reply.options.clone());
        if got != line.choices {
            failures.push(Failure::Choices { wanted: line.choices.clone(), got });
        }
    }
    if let Some(wanted) = line.closed.filter(|wanted| *wanted != state.closed) {
        failures.push(Failure::Closed { wanted });
    }
    failures
}

/// Returns the topics a turn touched, and the one on top after it.
pub(crate) fn topics(outcome: &Outcome, state: &State) -> Vec<String> {
    let mut ran: Vec<String> = Vec::new();
    let touched = outcome.events.iter().filter_map(|event| match event {
        Event::Begun { topic, .. } | Event::Raised { topic } | Event::Finished { topic, .. } => Some(topic.clone()),
        _ => None,
    });
    for topic in touched.chain(state.top().map(|f| f.topic.clone())) {
        if !ran.contains(&topic) {
            ran.push(topic);
        }
    }
    ran
}

/// Returns the queue a turn handed over to, open or not.
pub(crate) fn queue(outcome: &Outcome) -> Option<String> {
    outcome.events.iter().find_map(|event| match event {
        Event::HandedOff { queue, .. } | Event::Queued { queue, .. } => Some(queue.clone()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::script::read::{parse, parse_all};
    use crate::dialogue::turn::tests::{bank, knowledge};

    fn run(yaml: &str) -> Replay {
        let script = parse(yaml).expect("a script");
        replay(bank(), &knowledge(), &script, &|_| Understanding::default(), &|_| Emotion::default())
    }

    #[test]
    fn the_tests_beside_the_design_hold() {
        for script in &bank().tests {
            let replay = replay(bank(), &knowledge(), script, &|_| Understanding::default(), &|_| Emotion::default());
            assert!(replay.passed, "{replay:?}");
        }
        assert_eq!(bank().tests.len(), 1);
    }

    #[test]
    fn a_rehearsal_checks_words_topics_slots_stages_and_queues() {
        let replay = run("
name: 转账改主意
given: {hour: '10:00', date: 2024-03-01}
turns:
  - {b: [您好, 很高兴]}
  - {u: 给小李转500块, intent: transfer, b: '/向小李转500元.*确认/', topic: transfer, stage: 5, slots: {payee: 小李, amount: 500}}
  - {u: 不是500，是800, b: 800, not: 500元, stage: 3, slots: {amount: 800}}
  - {u: 叫人工客服, handoff: 客服, stage: 1}
");
        assert!(replay.passed, "{replay:#?}");
    }

    #[test]
    fn each_broken_expectation_is_its_own_failure() {
        let replay = run("
turns:
  - {u: 给小李转500块, intent: transfer, b: 800元, not: 确认, topic: book, stage: 6, slots: {amount: 5}, handoff: 账务, closed: true}
");
        let failures = &replay.turns[0].failures;
        assert_eq!(failures.len(), 7, "{failures:#?}");
        assert!(matches!(&failures[3], Failure::Stage { wanted: 6, got: Some(5) }));
        assert!(matches!(&failures[4], Failure::Slot { got: Some(got), .. } if got == "500"));
        assert!(!replay.passed);
    }

    #[test]
    fn choices_are_compared_whole_and_a_silence_is_played() {
        let replay = run("
turns:
  - {u: 账单, intent: {bill_query: 0.45, bill_dispute: 0.4}, choices: [查账单, 账单有误, 都不是]}
  - {u: 账单, intent: {bill_query: 0.45, bill_dispute: 0.4}, choices: [查账单]}
  - {idle: 200, b: 您还在吗}
  - {idle: 400, closed: true}
");
        let failed: Vec<usize> = (0..4).filter(|place| !replay.turns[*place].failures.is_empty()).collect();
        assert_eq!(failed, [1], "{replay:#?}");
        assert!(matches!(&replay.turns[1].failures[0], Failure::Choices { .. }));
    }

    #[test]
    fn a_script_without_turns_does_not_pass() {
        assert!(!run("{name: x, turns: []}").passed);
    }

    #[test]
    fn the_hour_and_the_mood_of_a_script_hold_throughout() {
        let replays: Vec<Replay> = parse_all(
            "
- {name: 夜里, given: {hour: '22:00'}, turns: [{b: 下班}, {u: 转人工, b: 留下手机号, handoff: 客服}]}
- {name: 生气, given: {mood: angry}, turns: [{u: 我要转账, intent: transfer, b: 非常抱歉}, {u: 快点啊你们, handoff: 客服}]}
- {name: 被骗, turns: [{u: 有人骗我转账, mood: fraud, handoff: 客服, stage: 1}]}
",
        )
        .expect("scripts")
        .iter()
        .map(|script| replay(bank(), &knowledge(), script, &|_| Understanding::default(), &|_| Emotion::default()))
        .collect();
        assert!(replays.iter().all(|r| r.passed), "{replays:#?}");
    }
}
