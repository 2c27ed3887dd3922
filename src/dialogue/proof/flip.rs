//! Why not otherwise: the smallest change of the text, of a probability, a slot, the mood, the hour or the channel
//! that makes the bot decide differently. Each is found by running the turn with the change.

use std::sync::Arc;

use serde::Serialize;

use crate::dialogue::event::Event;
use crate::dialogue::guard::expr::{Expr, Guard, Term};
use crate::dialogue::policy::design::Policy;
use crate::dialogue::state::State;
use crate::dialogue::turn::heard::{Heard, Knowledge, Outcome, Understanding};
use crate::dialogue::turn::play::turn;
use crate::domain::prediction::Emotion;
use crate::text::segment::Segmenter;

/// How finely scores and probabilities are searched.
const FINE: f32 = 0.01;

/// One change that flips the decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flip {
    pub change: Change,
    /// What the bot then says.
    pub replies: Vec<String>,
}

/// What is changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// Without this word; the text as it then is.
    Without {
        word: String,
        text: String,
    },
    Probability {
        intent: String,
        from: f32,
        to: f32,
    },
    /// Empty `to`: without a value.
    Slot {
        slot: String,
        from: String,
        to: String,
    },
    Mood {
        mood: String,
        from: f32,
        to: f32,
    },
    /// Minutes after midnight.
    Clock {
        from: u16,
        to: u16,
    },
    Channel {
        from: String,
        to: String,
    },
}

/// What a turn is run with.
pub struct Stage<'s> {
    pub policy: &'s Policy,
    pub knowledge: &'s Knowledge,
    pub understand: &'s dyn Fn(&str) -> Understanding,
    pub emotion: &'s dyn Fn(&str) -> Emotion,
}

/// Returns, for each kind of change, the smallest that flips what the bot did with `heard` in `state`.
pub fn flips(stage: &Stage, state: &State, heard: &Heard) -> Vec<Flip> {
    let search = Search { stage, state, heard, now: decision(&run(stage, state, heard)) };
    let mut all = Vec::new();
    all.extend(search.words());
    all.extend(search.probability());
    all.extend(search.slot());
    all.extend(search.mood());
    all.extend(search.clock());
    all.extend(search.channel());
    all
}

fn run(stage: &Stage, state: &State, heard: &Heard) -> Outcome {
    turn(stage.policy, stage.knowledge, state, heard)
}

/// What a turn came to, as far as the customer sees it.
fn decision(outcome: &Outcome) -> (Vec<String>, Option<String>) {
    let queue = outcome.events.iter().find_map(|event| match event {
        Event::HandedOff { queue, .. } | Event::Queued { queue, .. } => Some(queue.clone()),
        _ => None,
    });
    (outcome.replies.iter().map(|reply| reply.text.clone()).collect(), queue)
}

struct Search<'s> {
    stage: &'s Stage<'s>,
    state: &'s State,
    heard: &'s Heard,
    now: (Vec<String>, Option<String>),
}

impl Search<'_> {
    fn flipped(&self, state: &State, heard: &Heard) -> Option<Vec<String>> {
        let other = decision(&run(self.stage, state, heard));
        (other != self.now).then_some(other.0)
    }

    fn words(&self) -> Option<Flip> {
        let text = &self.heard.text;
        let mut tried: Vec<(usize, Flip)> = Vec::new();
        let mut at = 0;
        for word in Segmenter::general().words(text) {
            let range = at..at + word.len();
            at = range.end;
            if !word.chars().any(char::is_alphanumeric) || word.len() == text.len() {
                continue;
            }
            let rest = format!("{}{}", &text[..range.start], &text[range.end..]);
            let Understanding { intents, known } = (self.stage.understand)(&rest);
            let heard = Heard {
                text: rest.clone(),
                intents,
                known,
                emotion: (self.stage.emotion)(&rest),
                ..self.heard.clone()
            };
            if let Some(replies) = self.flipped(self.state, &heard) {
                let change = Change::Without { word: word.to_owned(), text: rest };
                tried.push((word.chars().count(), Flip { change, replies }));
            }
        }
        tried.into_iter().min_by_key(|(size, _)| *size).map(|(_, flip)| flip)
    }

    fn probability(&self) -> Option<Flip> {
        let mut best: Option<(f32, Flip)> = None;
        for (place, (intent, from)) in self.heard.intents.iter().take(3).enumerate() {
            for end in [0.0, 1.0] {
                let with = |p: f32| {
                    let mut heard = self.heard.clone();
                    let intents = Arc::make_mut(&mut heard.intents);
                    intents[place].1 = p;
                    intents.sort_by(|a, b| b.1.total_cmp(&a.1));
                    heard
                };
                let Some((to, replies)) = self.nearest(*from, end, &|p| self.flipped(self.state, &with(p))) else {
                    continue;
                };
                let change = Change::Probability { intent: intent.clone(), from: *from, to };
                let size = (to - from).abs();
                if best.as_ref().is_none_or(|(known, _)| size < *known) {
                    best = Some((size, Flip { change, replies }));
                }
            }
        }
        best.map(|(_, flip)| flip)
    }

    /// Returns the value nearest to `from`, towards `end`, at which it flips, and what is then said.
    fn nearest(&self, from: f32, end: f32, flips: &dyn Fn(f32) -> Option<Vec<String>>) -> Option<(f32, Vec<String>)> {
        let steps = ((end - from).abs() / FINE).floor() as u32;
        let at = |step: u32| {
            let value = from + (end - from).signum() * step as f32 * FINE;
            (value * 100.0).round() / 100.0
        };
        (1..=steps).map(at).find_map(|value| flips(value).map(|replies| (value, replies)))
    }

    fn slot(&self) -> Option<Flip> {
        let frame = self.state.top()?;
        let needs = self.stage.policy.topic(&frame.topic)?;
        for (slot, _) in &needs.needs {
            let Some(from) = frame.slots.get(slot) else { continue };
            let listed = self.stage.policy.entity(slot).and_then(|entity| entity.values()).unwrap_or_default();
            let others = listed.iter().map(|(value, _)| Some(value.clone())).filter(|v| v.as_ref() != Some(from));
            for to in std::iter::once(None).chain(others) {
                let mut state = self.state.clone();
                let slots = &mut state.stack.last_mut()?.slots;
                match &to {
                    Some(value) => slots.insert(slot.clone(), value.clone()),
                    None => slots.remove(slot),
                };
                if let Some(replies) = self.flipped(&state, self.heard) {
                    let change = Change::Slot { slot: slot.clone(), from: from.clone(), to: to.unwrap_or_default() };
                    return Some(Flip { change, replies });
                }
            }
        }
        None
    }

    fn mood(&self) -> Option<Flip> {
        type Score = fn(&mut Emotion) -> &mut f32;
        let scores: [(&str, Score); 4] = [
            ("angry", |e| &mut e.angry),
            ("anxious", |e| &mut e.anxious),
            ("confused", |e| &mut e.confused),
            ("satisfied", |e| &mut e.satisfied),
        ];
        let mut best: Option<(f32, Flip)> = None;
        for (mood, score) in scores {
            let from = *score(&mut self.heard.emotion.clone());
            for end in [0.0, 1.0] {
                let with = |value: f32| {
                    let mut heard = self.heard.clone();
                    *score(&mut heard.emotion) = value;
                    heard
                };
                let Some((to, replies)) = self.nearest(from, end, &|v| self.flipped(self.state, &with(v))) else {
                    continue;
                };
                let size = (to - from).abs();
                if best.as_ref().is_none_or(|(known, _)| size < *known) {
                    best = Some((size, Flip { change: Change::Mood { mood: mood.to_owned(), from, to }, replies }));
                }
            }
        }
        best.map(|(_, flip)| flip)
    }

    fn clock(&self) -> Option<Flip> {
        let from = self.heard.now.minutes;
        let mut hours: Vec<u16> = hours(self.stage.policy).iter().map(|h| (h * 60.0).round() as u16 % 1440).collect();
        // An hour excluded at its end flips just before it too.
        hours.extend(hours.clone().iter().map(|minutes| (minutes + 1439) % 1440));
        hours.sort_by_key(|minutes| (minutes.abs_diff(from), *minutes));
        hours.dedup();
        hours.into_iter().filter(|to| *to != from).find_map(|to| {
            let mut heard = self.heard.clone();
            heard.now.minutes = to;
            let replies = self.flipped(self.state, &heard)?;
            Some(Flip { change: Change::Clock { from, to }, replies })
        })
    }

    fn channel(&self) -> Option<Flip> {
        channels(self.stage.policy, self.stage.knowledge).into_iter().filter(|c| *c != self.heard.channel).find_map(
            |to| {
                let heard = Heard { channel: to.clone(), ..self.heard.clone() };
                let replies = self.flipped(self.state, &heard)?;
                Some(Flip { change: Change::Channel { from: self.heard.channel.clone(), to }, replies })
            },
        )
    }
}

fn guards(policy: &Policy) -> Vec<&Guard> {
    let arms = policy.topics.iter().flat_map(|topic| &topic.arms);
    let mut all: Vec<&Guard> = arms.clone().filter_map(|arm| arm.when.as_ref()).collect();
    all.extend(arms.flat_map(|arm| &arm.say.lines).filter_map(|line| line.when.as_ref()));
    all.extend(policy.open.iter().filter_map(|open| open.when.as_ref()));
    all.extend(policy.moods.iter().map(|mood| &mood.when));
    all
}

/// Returns the hours at which something in the policy may change.
fn hours(policy: &Policy) -> Vec<f64> {
    let mut hours: Vec<f64> =
        policy.handoff.iter().filter_map(|queue| queue.hours).flat_map(|(from, to)| [from, to]).collect();
    for guard in guards(policy) {
        guard.expr.each(&mut |expr| match expr {
            Expr::Within(name, from, to) if name == "hour" => hours.extend([*from, *to]),
            Expr::Compare(Term::Name(name), _, Term::Number(hour)) if name == "hour" => hours.push(*hour),
            _ => {}
        });
    }
    hours.retain(|hour| (0.0..24.0).contains(hour));
    hours
}

/// Returns the channels the policy and the answers speak of.
fn channels(policy: &Policy, knowledge: &Knowledge) -> Vec<String> {
    let answers = knowledge.intents.values().flat_map(|known| &known.answers);
    let lines = policy
        .faq
        .iter()
        .map(|faq| &faq.answer)
        .chain(policy.open.iter().map(|open| &open.say))
        .chain(policy.topics.iter().flat_map(|topic| topic.arms.iter().map(|arm| &arm.say)));
    let said = lines.flat_map(|say| &say.lines).filter_map(|line| line.channel.clone());
    let mut all: Vec<String> =
        said.chain(answers.filter_map(|answer| answer.channel.clone())).chain(["chat".to_owned()]).collect();
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::turn::heard::Clock;
    use crate::dialogue::turn::tests::{bank, knowledge};

    fn of(text: &str, intents: &[(&str, f32)], said: &[Heard]) -> Vec<Flip> {
        let known = knowledge();
        let none = |_: &str| Understanding::default();
        let stage = Stage { policy: bank(), knowledge: &known, understand: &none, emotion: &|_| Emotion::default() };
        let mut state = State::default();
        for heard in said {
            turn(bank(), &known, &state.clone(), heard).events.iter().for_each(|event| state.apply(event));
        }
        flips(&stage, &state, &heard(text, intents))
    }

    fn heard(text: &str, intents: &[(&str, f32)]) -> Heard {
        Heard {
            text: text.into(),
            intents: intents.iter().map(|(intent, p)| ((*intent).to_owned(), *p)).collect(),
            now: Clock { minutes: 600, date: "2024-03-01".into() },
            channel: "chat".into(),
            ..Heard::default()
        }
    }

    #[test]
    fn the_probability_that_flips_is_the_limit() {
        let all = of("我想看一下这个月的账单", &[("bill_query", 0.9)], &[]);
        let found = all.iter().find_map(|flip| match &flip.change {
            Change::Probability { to, .. } => Some(*to),
            _ => None,
        });
        assert_eq!(found, Some(0.69));
    }

    #[test]
    fn the_mood_that_flips_is_where_the_apology_begins() {
        let all = of("我想看一下这个月的账单", &[("bill_query", 0.9)], &[]);
        let flip = all.iter().find(|flip| matches!(&flip.change, Change::Mood { .. })).expect("a mood flips it");
        assert!(matches!(&flip.change, Change::Mood { to, .. } if *to == 0.5 || *to == 0.6), "{flip:?}");
    }

    #[test]
    fn a_word_that_decides_is_found() {
        let before = [heard("好不好用啊这个", &[("ask_quality", 0.9)])];
        let all = of("活期宝 安全 吗", &[], &before);
        let flip = all.iter().find(|flip| matches!(&flip.change, Change::Without { .. })).expect("a word decides");
        assert_ne!(flip.replies, Vec::<String>::new());
    }

    #[test]
    fn after_hours_the_same_words_reach_nobody() {
        let all = of("转人工", &[], &[]);
        let to = all.iter().find_map(|flip| match flip.change {
            Change::Clock { to, .. } => Some(to),
            _ => None,
        });
        // The queue opens at nine.
        assert_eq!(to, Some(8 * 60 + 59));
    }
}
