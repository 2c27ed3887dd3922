//! What rehearsals reach of a policy: intents, topics, arms by mood and stage, and every other place that speaks.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::dialogue::event::{Event, Target};
use crate::dialogue::policy::design::{Policy, StepKind, Topic};
use crate::dialogue::script::replay::Replay;
use crate::dialogue::trace::{Reason, Rung, Step, TraceLine, decided};
use crate::dialogue::turn::heard::{Knowledge, Outcome};

/// The name of no mood.
pub const CALM: &str = "calm";

/// What was reached, each with how many turns reached it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Coverage {
    pub intents: Vec<Covered>,
    pub topics: Vec<Covered>,
    pub arms: Vec<Arm>,
    /// Greetings, questions that tell topics apart, moods, rungs, queues, common questions, by their path.
    pub places: Vec<Covered>,
}

/// One thing and how often it was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covered {
    pub name: String,
    /// Where it stands in the policy; 0 for what does not.
    pub line: u32,
    pub turns: usize,
}

/// One arm of a topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arm {
    pub topic: String,
    /// From 0.
    pub place: usize,
    pub line: u32,
    pub guard: Option<String>,
    pub turns: usize,
    /// By mood and by the stage that decided the turn; all that the design of the topic allows.
    pub cells: Vec<Cell>,
}

/// An arm in one mood, decided by one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    pub mood: String,
    pub stage: u8,
    pub turns: usize,
}

/// A part of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Share {
    pub reached: usize,
    pub all: usize,
}

impl Share {
    /// Returns the share in per cent; 100 of nothing.
    pub fn percent(self) -> f64 {
        if self.all == 0 { 100.0 } else { 100.0 * self.reached as f64 / self.all as f64 }
    }
}

fn share<'c>(turns: impl Iterator<Item = &'c usize>) -> Share {
    turns.fold(Share { reached: 0, all: 0 }, |share, turns| Share {
        reached: share.reached + usize::from(*turns > 0),
        all: share.all + 1,
    })
}

impl Coverage {
    /// Returns how many intents, topics, arms, arms by mood and stage, and other places were reached.
    pub fn shares(&self) -> [Share; 5] {
        [
            share(self.intents.iter().map(|covered| &covered.turns)),
            share(self.topics.iter().map(|covered| &covered.turns)),
            share(self.arms.iter().map(|arm| &arm.turns)),
            share(self.arms.iter().flat_map(|arm| &arm.cells).map(|cell| &cell.turns)),
            share(self.places.iter().map(|covered| &covered.turns)),
        ]
    }

    /// Returns the arms nothing reached.
    pub fn unreached(&self) -> impl Iterator<Item = &Arm> {
        self.arms.iter().filter(|arm| arm.turns == 0)
    }
}

/// Measures what some rehearsals reached.
pub fn coverage(policy: &Policy, knowledge: &Knowledge, replays: &[Replay]) -> Coverage {
    let mut tally = Tally::default();
    for turn in replays.iter().flat_map(|replay| &replay.turns) {
        if let Some((intent, probability)) = turn.heard.likeliest()
            && turn.said.is_some()
            && probability >= policy.limits.ask
        {
            *tally.intents.entry(intent.to_owned()).or_default() += 1;
        }
        tally.turn(policy, &turn.outcome);
    }
    Coverage {
        intents: intents(policy, knowledge)
            .into_iter()
            .map(|(name, line)| Covered { turns: tally.intents.get(&name).copied().unwrap_or(0), name, line })
            .collect(),
        topics: policy
            .topics
            .iter()
            .map(|topic| Covered {
                name: topic.name.clone(),
                line: topic.line,
                turns: tally.topics.get(&topic.name).copied().unwrap_or(0),
            })
            .collect(),
        arms: policy.topics.iter().flat_map(|topic| arms(policy, topic, &tally)).collect(),
        places: places(policy)
            .into_iter()
            .map(|(name, line)| Covered { turns: tally.places.get(&name).copied().unwrap_or(0), name, line })
            .collect(),
    }
}

/// Returns the intents a policy and its catalogue know, each with its line in the policy.
fn intents(policy: &Policy, knowledge: &Knowledge) -> Vec<(String, u32)> {
    let mut known: Vec<(String, u32)> = Vec::new();
    let of_topics = policy.topics.iter().flat_map(|topic| &topic.intents).map(|(name, line)| (name, *line));
    let of_close = policy.close.intents.iter().map(|name| (name, policy.close.line));
    let of_faq = policy.faq.iter().flat_map(|faq| faq.intents.iter().map(move |name| (name, faq.line)));
    let of_catalogue = knowledge.intents.keys().map(|name| (name, 0));
    for (name, line) in of_topics.chain(of_close).chain(of_faq).chain(of_catalogue) {
        if known.iter().all(|(other, _)| other != name) {
            known.push((name.clone(), line));
        }
    }
    known
}

/// Returns the places that speak outside topics.
fn places(policy: &Policy) -> Vec<(String, u32)> {
    let mut all: Vec<(String, u32)> = Vec::new();
    all.extend(policy.open.iter().enumerate().map(|(place, open)| (format!("open.{}", place + 1), open.line)));
    if !policy.close.say.is_empty() {
        all.push(("close".into(), policy.close.line));
    }
    for clarify in &policy.clarify {
        all.push((clarify_path(&clarify.between), clarify.line));
    }
    all.extend(policy.moods.iter().map(|mood| (format!("mood.{}", mood.name), mood.line)));
    all.extend(policy.fallback.iter().enumerate().map(|(place, rung)| (format!("fallback.{}", place + 1), rung.line)));
    for queue in &policy.handoff {
        all.push((format!("handoff.{}", queue.name), queue.line));
        if queue.hours.is_some() {
            all.push((format!("handoff.{}.closed", queue.name), queue.line));
        }
    }
    all.extend(policy.faq.iter().enumerate().map(|(place, faq)| (format!("faq.{}", place + 1), faq.line)));
    all
}

fn clarify_path(between: &[String]) -> String {
    if between.is_empty() { "clarify".into() } else { format!("clarify.{}", between.join("+")) }
}

fn arms(policy: &Policy, topic: &Topic, tally: &Tally) -> Vec<Arm> {
    let moods: Vec<&str> = std::iter::once(CALM).chain(policy.moods.iter().map(|mood| mood.name.as_str())).collect();
    let offered = |name: &str| {
        let arms = policy.topics.iter().flat_map(|t| &t.arms).flat_map(|arm| &arm.menu);
        let rungs = policy.fallback.iter().flat_map(|rung| match &rung.kind {
            StepKind::Menu(_, topics) => topics.as_slice(),
            _ => &[],
        });
        let pairs = policy.clarify.iter().flat_map(|clarify| &clarify.between);
        arms.chain(rungs).chain(pairs).any(|other| other == name)
    };
    let asks = !topic.needs.is_empty() || topic.confirm.is_some();
    let mut stages = Vec::new();
    if !topic.needs.is_empty() && (topic.needs.len() > 1 || topic.confirm.is_some()) {
        stages.push(3);
    }
    if asks || offered(&topic.name) {
        stages.push(4);
    }
    // After a confirmation no first message can be the last.
    if topic.confirm.is_none() && !topic.intents.is_empty() {
        stages.push(5);
    }
    let none = BTreeMap::new();
    topic
        .arms
        .iter()
        .enumerate()
        .map(|(place, arm)| {
            let seen = tally.arms.get(&(topic.name.clone(), place)).unwrap_or(&none);
            let mut cells: Vec<Cell> = moods
                .iter()
                .flat_map(|mood| stages.iter().map(|stage| ((*mood).to_owned(), *stage)))
                .map(|(mood, stage)| {
                    let turns = seen.get(&(mood.clone(), stage)).copied().unwrap_or(0);
                    Cell { mood, stage, turns }
                })
                .collect();
            for ((mood, stage), turns) in seen {
                if !cells.iter().any(|cell| cell.mood == *mood && cell.stage == *stage) {
                    cells.push(Cell { mood: mood.clone(), stage: *stage, turns: *turns });
                }
            }
            Arm {
                topic: topic.name.clone(),
                place,
                line: arm.line,
                guard: arm.when.as_ref().map(|guard| guard.source.clone()),
                turns: seen.values().sum(),
                cells,
            }
        })
        .collect()
}

/// Returns the arms a turn took, those that only call included.
pub fn arms_taken(trace: &[TraceLine]) -> impl Iterator<Item = (&str, usize)> {
    trace
        .iter()
        .flat_map(|line| match &line.reason {
            Reason::Ran { steps } => steps.as_slice(),
            _ => &[],
        })
        .filter_map(|step| match step {
            Step::Arm { topic, place, .. } => Some((topic.as_str(), *place)),
            step => step.calling(),
        })
}

/// Returns the mood a turn was in: the strongest that lasts.
pub fn mood_of(trace: &[TraceLine]) -> &str {
    let seen = trace.iter().find_map(|line| match &line.reason {
        Reason::Moods { moods, .. } => Some(moods.as_slice()),
        _ => None,
    });
    let lasting = seen.unwrap_or_default().iter().filter(|mood| mood.count > 0);
    lasting.max_by(|a, b| a.level.total_cmp(&b.level)).map_or(CALM, |mood| mood.mood.as_str())
}

#[derive(Default)]
struct Tally {
    intents: BTreeMap<String, usize>,
    topics: BTreeMap<String, usize>,
    arms: BTreeMap<(String, usize), BTreeMap<(String, u8), usize>>,
    places: BTreeMap<String, usize>,
}

impl Tally {
    fn turn(&mut self, policy: &Policy, outcome: &Outcome) {
        for event in &outcome.events {
            match event {
                Event::Begun { topic, .. } => *self.topics.entry(topic.clone()).or_default() += 1,
                Event::HandedOff { queue, .. } => self.at(format!("handoff.{queue}")),
                Event::Queued { queue, .. } => self.at(format!("handoff.{queue}.closed")),
                Event::Closed if !policy.close.say.is_empty() => self.at("close".into()),
                _ => {}
            }
        }
        let (mood, stage) = (mood_of(&outcome.trace).to_owned(), decided(&outcome.trace).unwrap_or(0));
        let mut seen: Vec<(&str, usize)> = Vec::new();
        for arm in arms_taken(&outcome.trace) {
            if !seen.contains(&arm) {
                seen.push(arm);
                let cells = self.arms.entry((arm.0.to_owned(), arm.1)).or_default();
                *cells.entry((mood.clone(), stage)).or_default() += 1;
            }
        }
        for line in &outcome.trace {
            match &line.reason {
                Reason::Opened { place, .. } => self.at(format!("open.{}", place + 1)),
                Reason::Clarified { .. } => {}
                Reason::Moods { moods, .. } => {
                    moods.iter().filter(|mood| mood.hit).for_each(|mood| self.at(format!("mood.{}", mood.mood)));
                }
                Reason::MoodHandoff { mood, .. } => self.at(format!("mood.{mood}")),
                Reason::Ladder { rung, kind, .. } if *kind != Rung::Again || *rung > 0 => {
                    self.at(format!("fallback.{rung}"));
                }
                Reason::Confident { best, .. } => {
                    if let Some(Target::Faq(place)) = &best.target {
                        self.at(format!("faq.{}", place + 1));
                    }
                }
                Reason::After { chosen, .. } => {
                    for (key, _, _) in chosen {
                        if key == "clarify" {
                            self.at(key.clone());
                        } else if let Some(place) = key.strip_prefix("clarify.").and_then(|p| p.parse::<usize>().ok())
                            && let Some(clarify) = policy.clarify.get(place)
                        {
                            self.at(clarify_path(&clarify.between));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn at(&mut self, place: String) {
        *self.places.entry(place).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::script::read::parse_all;
    use crate::dialogue::script::replay::replay;
    use crate::dialogue::turn::tests::{bank, knowledge};
    use crate::domain::prediction::Emotion;

    fn of(yaml: &str) -> Coverage {
        let scripts = parse_all(yaml).expect("scripts");
        let none = |_: &str| Default::default();
        let replays: Vec<Replay> =
            scripts.iter().map(|s| replay(bank(), &knowledge(), s, &none, &|_| Emotion::default())).collect();
        coverage(bank(), &knowledge(), &replays)
    }

    fn turns<'c>(list: &'c [Covered], name: &str) -> &'c Covered {
        list.iter().find(|covered| covered.name == name).unwrap_or_else(|| panic!("{name} is not in {list:?}"))
    }

    #[test]
    fn nothing_played_reaches_nothing() {
        let nothing = of("[]");
        assert!(nothing.shares().iter().all(|share| share.reached == 0 && share.all > 0), "{nothing:#?}");
    }

    #[test]
    fn an_arm_is_counted_with_its_mood_and_stage() {
        let seen = of("
- {u: 风险大吗, intent: ask_quality, mood: angry, b: 非常抱歉, then: {u: 活期宝, b: 不保证本金}}
- turns: [{b: 您好}, {u: 账单, intent: {bill_query: 0.45, bill_dispute: 0.4}, b: 您是想查看账单}, {u: 第二个}, {u: 6608, handoff: 账务}]
");
        assert_eq!(turns(&seen.topics, "ask_quality").turns, 1);
        assert_eq!(turns(&seen.places, "open.1").turns, 1);
        assert_eq!(turns(&seen.places, "clarify.bill_query+bill_dispute").turns, 1);
        assert_eq!(turns(&seen.places, "handoff.账务").turns, 1);
        assert_eq!(turns(&seen.places, "mood.angry").turns, 1);
        let arm = seen.arms.iter().find(|arm| arm.topic == "ask_quality" && arm.place == 0).expect("the arm");
        let cell = arm.cells.iter().find(|cell| cell.mood == "angry" && cell.stage == 4).expect("the cell");
        assert_eq!((arm.turns, cell.turns), (1, 1));
    }

    #[test]
    fn an_arm_that_only_calls_counts_too() {
        let seen = of("- {u: 给小李转500块, intent: transfer, then: {u: 确认, b: 转账成功}}");
        let taken: Vec<usize> =
            seen.arms.iter().filter(|arm| arm.topic == "transfer" && arm.turns > 0).map(|arm| arm.place).collect();
        assert_eq!(taken, [1, 3]);
    }
}
