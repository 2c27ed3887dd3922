//! A fault shown as a conversation: the shortest one found in which the bot does what the fault says.
//!
//! What is shown has been played; a fault for which playing shows nothing (a topic nobody can reach, an unknown
//! name) has no conversation.

use crate::dialogue::event::Event;
use crate::dialogue::lint::fault::FaultKind;
use crate::dialogue::policy::design::{Policy, StepKind};
use crate::dialogue::proof::coverage::arms_taken;
use crate::dialogue::proof::customer::{Exchange, Goal, feeling, play};
use crate::dialogue::proof::reach::{goals, of_case};
use crate::dialogue::state::State;
use crate::dialogue::trace::{Reason, Step};
use crate::dialogue::turn::heard::{Clock, Heard, Knowledge, Outcome};
use crate::dialogue::turn::play::{open, turn};

/// More messages than this show nothing new.
const MOST: usize = 12;

/// A conversation that shows a fault.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    pub goal: Goal,
    pub talk: Vec<Exchange>,
}

/// Returns the shortest conversation found that shows a fault.
pub fn witness(policy: &Policy, knowledge: &Knowledge, fault: &FaultKind, date: &str) -> Option<Witness> {
    let stage = Stage { policy, knowledge, date };
    match fault {
        FaultKind::DeadEnd { topic, example } => {
            let goal = Goal { topic: topic.clone(), ..of_case(policy, example, date) };
            let talk = play(policy, knowledge, &goal);
            stage.shows(&talk, &|outcome| {
                steps(outcome).any(|step| matches!(step, Step::NoArm { topic: t, .. } if t == topic))
            })?;
            Some(Witness { goal, talk })
        }
        FaultKind::ShadowedArm { topic, by, .. } => stage.of_topic(topic, &|outcome| {
            arms_taken(&outcome.trace).any(|(name, arm)| name == topic && by.contains(&arm))
        }),
        FaultKind::NeverHolds { topic, .. } => {
            stage.of_topic(topic, &|outcome| arms_taken(&outcome.trace).any(|(name, _)| name == topic))
        }
        FaultKind::RedoLoop { topic, .. } => stage.of_topic(topic, &|outcome| {
            steps(outcome).any(|step| matches!(step, Step::GaveUp { topic: t, .. } if t == topic))
        }),
        FaultKind::MissingFact { path } => stage.anywhere(&|outcome| {
            let missing = outcome.trace.iter().flat_map(|line| match &line.reason {
                Reason::After { missing, .. } => missing.as_slice(),
                _ => &[],
            });
            // The path of a fault has values in the place of slots.
            let last = path.rsplit('.').next().unwrap_or(path);
            missing
                .into_iter()
                .any(|name| name.trim_start_matches("kb.") == path || name.contains('.') && !last.is_empty())
        }),
        FaultKind::Promise { word } => {
            let word = crate::dialogue::hear::fold::fold(word);
            stage.anywhere(&|outcome| says(outcome, &|text| crate::dialogue::hear::fold::fold(text).contains(&word)))
        }
        FaultKind::TooLong { most, .. } => {
            stage.anywhere(&|outcome| says(outcome, &|text| text.chars().count() > *most))
        }
        FaultKind::DoubleIntent { intent, first, .. } => {
            let goal = Goal { topic: first.clone(), ..of_case(policy, &[], date) };
            let exchange = stage.say(&State::default(), "……", vec![(intent.clone(), 0.95)], None, &goal.clock);
            Some(Witness { goal, talk: vec![exchange] })
        }
        FaultKind::AngryAskedTwice { mood, .. } => stage.clarified(2, Some(mood)),
        FaultKind::ClarifyMany { cap } | FaultKind::ClarifyUncapped { cap } => stage.clarified(*cap as usize, None),
        FaultKind::AngerWithoutEnd { mood } => stage.angry(mood),
        FaultKind::LadderWithoutEnd | FaultKind::NoFallback | FaultKind::RepeatedRung { .. } => stage.lost(),
        FaultKind::EndlessMenus { topics } => stage.menus(topics),
        FaultKind::Unfillable { entity, .. } => {
            let topic = policy.topics.iter().find(|topic| topic.needs.iter().any(|(slot, _)| slot == entity))?;
            let listed = policy.entity(entity).and_then(|e| e.values()).and_then(|values| values.first());
            let value = listed.map_or("1".to_owned(), |(value, _)| value.clone());
            let mut goal = Goal { topic: topic.name.clone(), ..of_case(policy, &[], date) };
            goal.slots.insert(entity.clone(), value);
            let talk = play(policy, knowledge, &goal);
            let refused = |outcome: &Outcome| outcome.events.iter().any(|e| matches!(e, Event::Refused { .. }));
            stage.shows(&talk, &refused)?;
            Some(Witness { goal, talk })
        }
        FaultKind::SilentOpening { example } => {
            let goal = of_case(policy, example, date);
            let outcome = open(policy, &goal.clock, &goal.channel);
            let heard = Heard { now: goal.clock.clone(), channel: goal.channel.clone(), ..Heard::default() };
            outcome.replies.is_empty().then(|| Witness { goal, talk: vec![Exchange { heard, outcome }] })
        }
        FaultKind::NeverOpen { queue } => stage.anywhere(&|outcome| {
            outcome.events.iter().any(|event| matches!(event, Event::Queued { queue: q, .. } if q == queue))
        }),
        _ => None,
    }
}

fn steps(outcome: &Outcome) -> impl Iterator<Item = &Step> {
    outcome.trace.iter().flat_map(|line| match &line.reason {
        Reason::Ran { steps } => steps.as_slice(),
        _ => &[],
    })
}

fn says(outcome: &Outcome, is: &dyn Fn(&str) -> bool) -> bool {
    outcome.replies.iter().any(|reply| is(&reply.text))
}

struct Stage<'p> {
    policy: &'p Policy,
    knowledge: &'p Knowledge,
    date: &'p str,
}

/// A message with its intents and the mood it is said in.
type Said = (String, Vec<(String, f32)>, Option<String>);

impl Stage<'_> {
    /// Returns how many exchanges it takes until one shows it.
    fn shows(&self, talk: &[Exchange], is: &dyn Fn(&Outcome) -> bool) -> Option<usize> {
        talk.iter().position(|exchange| is(&exchange.outcome)).map(|place| place + 1)
    }

    /// Plays every goal of a topic; returns the shortest that shows it, up to where it does.
    fn of_topic(&self, name: &str, is: &dyn Fn(&Outcome) -> bool) -> Option<Witness> {
        let topic = self.policy.topic(name)?;
        let mut best: Option<Witness> = None;
        for goal in goals(self.policy, topic, self.date) {
            let talk = play(self.policy, self.knowledge, &goal);
            if let Some(length) = self.shows(&talk, is)
                && best.as_ref().is_none_or(|known| length < known.talk.len())
            {
                best = Some(Witness { goal, talk: talk[..length].to_vec() });
            }
            if best.as_ref().is_some_and(|known| known.talk.len() == 1) {
                break;
            }
        }
        best
    }

    /// Tries whatever a customer may ask: greetings, topics, common questions, answers of the catalogue.
    fn anywhere(&self, is: &dyn Fn(&Outcome) -> bool) -> Option<Witness> {
        let goal = of_case(self.policy, &[], self.date);
        let greeting = open(self.policy, &goal.clock, &goal.channel);
        if is(&greeting) {
            let heard = Heard { now: goal.clock.clone(), channel: goal.channel.clone(), ..Heard::default() };
            return Some(Witness { goal, talk: vec![Exchange { heard, outcome: greeting }] });
        }
        let asked = self.policy.faq.iter().filter_map(|faq| faq.questions.first()).map(|q| (q.clone(), Vec::new()));
        let known = self.knowledge.intents.iter();
        let answers = known.map(|(intent, known)| {
            let text = if known.question.is_empty() { intent.clone() } else { known.question.clone() };
            (text, vec![(intent.clone(), 0.95)])
        });
        for (text, intents) in asked.chain(answers) {
            let exchange = self.say(&State::default(), &text, intents, None, &goal.clock);
            if is(&exchange.outcome) {
                return Some(Witness { goal, talk: vec![exchange] });
            }
        }
        let topics = self.policy.topics.iter().filter_map(|topic| self.of_topic(&topic.name, is));
        topics.min_by_key(|witness| witness.talk.len())
    }

    fn say(
        &self,
        state: &State,
        text: &str,
        intents: Vec<(String, f32)>,
        mood: Option<&str>,
        clock: &Clock,
    ) -> Exchange {
        let mut text = text.to_owned();
        let emotion = feeling(self.policy, mood, &mut text);
        let heard = Heard {
            text,
            intents: intents.into(),
            emotion,
            now: clock.clone(),
            channel: "chat".into(),
            ..Heard::default()
        };
        let outcome = turn(self.policy, self.knowledge, state, &heard);
        Exchange { heard, outcome }
    }

    /// Says the same kind of message again and again until it is enough.
    fn again(&self, messages: &mut dyn FnMut(usize) -> Said, enough: &dyn Fn(&[Exchange]) -> bool) -> Option<Witness> {
        let goal = of_case(self.policy, &[], self.date);
        let (mut state, mut talk) = (State::default(), Vec::new());
        while talk.len() < MOST {
            let (text, intents, mood) = messages(talk.len());
            let exchange = self.say(&state, &text, intents, mood.as_deref(), &goal.clock);
            exchange.outcome.events.iter().for_each(|event| state.apply(event));
            talk.push(exchange);
            if enough(&talk) {
                return Some(Witness { goal, talk });
            }
        }
        None
    }

    /// Two topics that may be meant, again and again, until that many clarifying questions were asked.
    fn clarified(&self, times: usize, mood: Option<&str>) -> Option<Witness> {
        let named = |place: usize| {
            let topic =
                self.policy.topics.iter().filter(|topic| !topic.intents.is_empty() && !topic.urgent).nth(place)?;
            topic.intents.first().map(|(intent, _)| intent.clone())
        };
        let limits = &self.policy.limits;
        let p = (limits.answer - 0.01).min(0.49).max(limits.ask);
        let count = |talk: &[Exchange]| {
            let asked = |exchange: &&Exchange| {
                exchange.outcome.events.iter().any(|event| matches!(event, Event::Clarified { .. }))
            };
            talk.iter().filter(asked).count()
        };
        let (first, second, third) = (named(0)?, named(1)?, named(2).or_else(|| named(0))?);
        self.again(
            &mut |place| {
                // Not the same message twice, which would be an answer to the menu.
                let other = if place % 2 == 0 { &second } else { &third };
                let text = format!("……{}", "？".repeat(place + 1));
                (
                    text,
                    vec![(first.clone(), p), (other.clone(), p - 0.01)],
                    (place == 0).then(|| mood.map(str::to_owned)).flatten(),
                )
            },
            &|talk| count(talk) >= times,
        )
    }

    /// An angry customer whom nobody takes over, for as long as a customer would bear.
    fn angry(&self, mood: &str) -> Option<Witness> {
        let handed = |talk: &[Exchange]| {
            talk.iter().flat_map(|exchange| &exchange.outcome.events).any(|event| {
                matches!(event, Event::HandedOff { why, .. } | Event::Queued { why, .. } if why.starts_with("mood:"))
            })
        };
        let intent =
            self.policy.topics.first().and_then(|topic| topic.intents.first()).map(|(intent, _)| intent.clone());
        let found = self.again(
            &mut |place| {
                let intents = intent.clone().map_or(Vec::new(), |intent| vec![(intent, 0.95)]);
                (format!("……{}", "！".repeat(place + 1)), intents, Some(mood.to_owned()))
            },
            &|talk| talk.len() == 4,
        )?;
        (!handed(&found.talk)).then_some(found)
    }

    /// Nothing is understood, until the ladder begins to repeat itself without a person.
    fn lost(&self) -> Option<Witness> {
        let rungs = self.policy.fallback.len();
        let rung = |step: &StepKind| matches!(step, StepKind::Handoff(_));
        let ends = self.policy.fallback.iter().any(|step| rung(&step.kind));
        let length = if ends { rungs } else { rungs + 2 };
        self.again(&mut |place| (format!("……{}", "。".repeat(place + 1)), Vec::new(), None), &|talk| {
            talk.len() >= length
        })
    }

    /// The first choice of every menu, until a topic comes back.
    fn menus(&self, topics: &[String]) -> Option<Witness> {
        let first = self.policy.topic(topics.first()?)?;
        let intent = first.intents.first().map(|(intent, _)| intent.clone())?;
        let begun = |talk: &[Exchange]| {
            let events = talk.iter().flat_map(|exchange| &exchange.outcome.events);
            events.filter(|event| matches!(event, Event::Begun { topic, .. } if *topic == first.name)).count()
        };
        self.again(
            &mut |place| match place {
                0 => (first.title().to_owned(), vec![(intent.clone(), 0.95)], None),
                _ => ("1".to_owned(), Vec::new(), None),
            },
            &|talk| begun(talk) > 1,
        )
    }
}
