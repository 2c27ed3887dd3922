//! What changes for recorded customers when one version of the bot takes another's place.
//!
//! Each recorded conversation is played on both: the customer says what was said, each bot answers in its own
//! state. A turn has changed when it says something else, runs another topic or hands over otherwise. Changed
//! turns are grouped by their cause: another understanding, another decision of the policy on the same
//! understanding, or an earlier change in the same conversation.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dialogue::event::{Event, Target};
use crate::dialogue::policy::design::Policy;
use crate::dialogue::proof::coverage::arms_taken;
use crate::dialogue::state::State;
use crate::dialogue::trace::{Reason, decided};
use crate::dialogue::turn::heard::{Clock, Heard, Knowledge, Outcome, Understanding};
use crate::dialogue::turn::play::step;
use crate::domain::prediction::Emotion;

/// How many examples a group keeps.
const EXAMPLES: usize = 5;

/// One recorded conversation: what the customer said, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recorded {
    /// As the store numbers it; only handed back.
    pub id: i64,
    pub said: Vec<String>,
    pub clock: Clock,
    pub channel: String,
}

/// A version of the bot: a policy, what the catalogue answers, and what each text is understood to say.
pub struct Version<'v> {
    pub policy: &'v Policy,
    pub knowledge: &'v Knowledge,
    pub understood: &'v HashMap<&'v str, Understanding>,
}

/// Why a turn changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// The text is understood as something else; empty for nothing.
    Understood { from: String, to: String },
    /// The same intent, with another certainty, is decided by another stage.
    Certainty { intent: String, from: u8, to: u8 },
    /// The same understanding runs another topic, or hands over elsewhere.
    Topic { from: String, to: String },
    /// The same topic takes another arm; from 1, 0 for none.
    Arm { topic: String, from: usize, to: usize },
    /// Another stage decides.
    Stage { from: u8, to: u8 },
    /// The same decision in other words.
    Words { topic: String },
}

/// Changed turns of one cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    pub cause: Cause,
    /// Turns that changed by it.
    pub turns: usize,
    /// Later turns that changed because one of these did.
    pub after: usize,
    pub conversations: usize,
    /// Turns with a label that only the new version understands rightly, and only the old one.
    pub better: usize,
    pub worse: usize,
    pub examples: Vec<Example>,
}

/// One changed turn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Example {
    pub conversation: i64,
    /// From 0.
    pub turn: usize,
    pub said: String,
    pub before: Vec<String>,
    pub now: Vec<String>,
}

/// What a replay on two versions came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Comparison {
    pub conversations: usize,
    pub turns: usize,
    pub changed: usize,
    pub conversations_changed: usize,
    /// Turns of known meaning: understood rightly by both, only before, only now, by neither.
    pub both: usize,
    pub only_before: usize,
    pub only_now: usize,
    pub neither: usize,
    /// Largest first.
    pub groups: Vec<Group>,
}

impl Comparison {
    /// Returns the chance of a difference at least this large if both were equally good (McNemar's exact test on
    /// the turns only one of the two understands rightly).
    pub fn mcnemar(&self) -> f64 {
        mcnemar(self.only_before, self.only_now)
    }
}

/// Returns the two-sided exact p of McNemar's test: `a` against `b` under a fair coin.
pub fn mcnemar(a: usize, b: usize) -> f64 {
    let (n, k) = (a + b, a.min(b));
    if n == 0 {
        return 1.0;
    }
    // In logarithms, for thousands of turns leave a double otherwise.
    let mut log = -(n as f64) * 2f64.ln();
    let mut sum = log.exp();
    for i in 1..=k {
        log += ((n - i + 1) as f64).ln() - (i as f64).ln();
        sum += log.exp();
    }
    (2.0 * sum).min(1.0)
}

/// Replays recorded conversations on two versions. `emotion` gives how each text sounds, `gold` the intent of texts
/// a trainer labelled.
pub fn compare(
    before: &Version,
    now: &Version,
    recorded: &[Recorded],
    emotion: &HashMap<&str, Emotion>,
    gold: &HashMap<String, String>,
) -> Comparison {
    let each: Vec<Vec<Turn>> =
        recorded.par_iter().map(|conversation| play(before, now, conversation, emotion, gold)).collect();
    let mut comparison = Comparison { conversations: recorded.len(), ..Comparison::default() };
    let mut groups: BTreeMap<Cause, Group> = BTreeMap::new();
    for (conversation, turns) in recorded.iter().zip(each) {
        let mut causes: BTreeSet<Cause> = BTreeSet::new();
        let mut changed = false;
        for (place, turn) in turns.into_iter().enumerate() {
            comparison.turns += 1;
            match turn.right {
                Some((true, true)) => comparison.both += 1,
                Some((true, false)) => comparison.only_before += 1,
                Some((false, true)) => comparison.only_now += 1,
                Some((false, false)) => comparison.neither += 1,
                None => {}
            }
            let Some(change) = turn.change else { continue };
            changed = true;
            comparison.changed += 1;
            let group = groups.entry(change.cause.clone()).or_insert_with(|| Group {
                cause: change.cause.clone(),
                turns: 0,
                after: 0,
                conversations: 0,
                better: 0,
                worse: 0,
                examples: Vec::new(),
            });
            group.conversations += usize::from(causes.insert(change.cause));
            if change.follows {
                group.after += 1;
                continue;
            }
            group.turns += 1;
            group.better += usize::from(turn.right == Some((false, true)));
            group.worse += usize::from(turn.right == Some((true, false)));
            if group.examples.len() < EXAMPLES {
                group.examples.push(Example {
                    conversation: conversation.id,
                    turn: place,
                    said: conversation.said[place].clone(),
                    before: change.before,
                    now: change.now,
                });
            }
        }
        comparison.conversations_changed += usize::from(changed);
    }
    comparison.groups = groups.into_values().collect();
    comparison.groups.sort_by(|a, b| (b.turns + b.after).cmp(&(a.turns + a.after)).then(a.cause.cmp(&b.cause)));
    comparison
}

struct Turn {
    /// Whether each version understood it rightly, where its meaning is known.
    right: Option<(bool, bool)>,
    change: Option<Change>,
}

struct Change {
    cause: Cause,
    /// An earlier turn of the conversation changed first.
    follows: bool,
    before: Vec<String>,
    now: Vec<String>,
}

fn play(
    before: &Version,
    now: &Version,
    recorded: &Recorded,
    emotion: &HashMap<&str, Emotion>,
    gold: &HashMap<String, String>,
) -> Vec<Turn> {
    let (mut old_state, mut new_state) = (State::default(), State::default());
    let (mut first, mut shown): (Option<Cause>, bool) = (None, false);
    let mut turns = Vec::with_capacity(recorded.said.len());
    for text in &recorded.said {
        let hear = |version: &Version| {
            let Understanding { intents, known } = version.understood.get(text.as_str()).cloned().unwrap_or_default();
            Heard {
                text: text.clone(),
                intents,
                known,
                emotion: emotion.get(text.as_str()).cloned().unwrap_or_default(),
                now: recorded.clock.clone(),
                channel: recorded.channel.clone(),
                calls: Vec::new(),
            }
        };
        let (old_heard, new_heard) = (hear(before), hear(now));
        let (old, new);
        (old, old_state) = step(before.policy, before.knowledge, old_state, &old_heard);
        (new, new_state) = step(now.policy, now.knowledge, new_state, &new_heard);
        let right = gold.get(text).map(|gold| {
            let is = |heard: &Heard| heard.likeliest().is_some_and(|(best, _)| best == gold);
            (is(&old_heard), is(&new_heard))
        });
        // The same words may come from another decision, and only a later turn shows it.
        let visible = !same(&old, &new);
        let follows = visible && shown;
        if first.is_none() && (visible || leads(&old) != leads(&new)) {
            first = Some(cause(&old_heard, &new_heard, &old, &new));
        }
        shown |= visible;
        let change = first.clone().filter(|_| visible).map(|cause| {
            let texts = |outcome: &Outcome| outcome.replies.iter().map(|reply| reply.text.clone()).collect();
            Change { cause, follows, before: texts(&old), now: texts(&new) }
        });
        turns.push(Turn { right, change });
    }
    turns
}

fn same(old: &Outcome, new: &Outcome) -> bool {
    old.replies == new.replies && queue(old) == queue(new)
}

fn queue(outcome: &Outcome) -> Option<&str> {
    outcome.events.iter().find_map(|event| match event {
        Event::HandedOff { queue, .. } | Event::Queued { queue, .. } => Some(queue.as_str()),
        _ => None,
    })
}

fn cause(old_heard: &Heard, new_heard: &Heard, old: &Outcome, new: &Outcome) -> Cause {
    let best = |heard: &Heard| heard.likeliest().map_or(String::new(), |(intent, _)| intent.to_owned());
    let (from, to) = (best(old_heard), best(new_heard));
    if from != to {
        return Cause::Understood { from, to };
    }
    let (old_stage, new_stage) = (decided(&old.trace).unwrap_or(0), decided(&new.trace).unwrap_or(0));
    if old_stage != new_stage && (&old_heard.intents, &old_heard.known) != (&new_heard.intents, &new_heard.known) {
        return Cause::Certainty { intent: to, from: old_stage, to: new_stage };
    }
    let (old_leads, new_leads) = (leads(old), leads(new));
    if old_leads != new_leads {
        return Cause::Topic { from: old_leads, to: new_leads };
    }
    let arm = |outcome: &Outcome| arms_taken(&outcome.trace).last().map(|(topic, arm)| (topic.to_owned(), arm + 1));
    let (old_arm, new_arm) = (arm(old), arm(new));
    if old_arm != new_arm {
        let topic = new_arm.as_ref().or(old_arm.as_ref()).map(|(topic, _)| topic.clone()).unwrap_or_default();
        let place = |arm: Option<(String, usize)>| arm.map_or(0, |(_, arm)| arm);
        return Cause::Arm { topic, from: place(old_arm), to: place(new_arm) };
    }
    if old_stage != new_stage {
        return Cause::Stage { from: old_stage, to: new_stage };
    }
    Cause::Words { topic: new_leads }
}

/// Returns where a turn led: the queue, the topic, the answer or the question it came to.
fn leads(outcome: &Outcome) -> String {
    if let Some(queue) = queue(outcome) {
        return format!("→ {queue}");
    }
    let ran = outcome.events.iter().rev().find_map(|event| match event {
        Event::Begun { topic, .. } | Event::Raised { topic } | Event::Finished { topic, .. } => Some(topic.clone()),
        Event::Filled { topic, .. } | Event::Corrected { topic, .. } => Some(topic.clone()),
        _ => None,
    });
    let target = |target: &Target| match target {
        Target::Topic(name) | Target::Answers(name) => name.clone(),
        Target::Faq(place) => format!("faq.{}", place + 1),
        Target::Close => "close".to_owned(),
    };
    let by_trace = || {
        outcome.trace.iter().find_map(|line| match &line.reason {
            Reason::Confident { best, .. } => best.target.as_ref().map(target),
            Reason::Clarified { between, .. } => {
                Some(format!("? {}", between.iter().map(|c| c.intent.as_str()).collect::<Vec<_>>().join(" / ")))
            }
            Reason::Ladder { rung, .. } => Some(format!("fallback.{rung}")),
            _ => None,
        })
    };
    ran.or_else(by_trace).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::policy::read::read;
    use crate::dialogue::turn::tests::{BANK, bank, knowledge};

    fn recorded(said: &[&str]) -> Recorded {
        Recorded {
            id: 7,
            said: said.iter().map(|text| (*text).to_owned()).collect(),
            clock: Clock { minutes: 600, date: "2024-03-01".into() },
            channel: "chat".into(),
        }
    }

    type Intents<'v> = HashMap<&'v str, Understanding>;

    fn intents(pairs: &[(&'static str, &str, f32)]) -> Intents<'static> {
        pairs.iter().map(|(text, intent, p)| (*text, vec![((*intent).to_owned(), *p)].into())).collect()
    }

    fn of(now: &Policy, old_intents: &Intents, new_intents: &Intents, said: &[&[&str]]) -> Comparison {
        let known = knowledge();
        let before = Version { policy: bank(), knowledge: &known, understood: old_intents };
        let now = Version { policy: now, knowledge: &known, understood: new_intents };
        let all: Vec<Recorded> = said.iter().map(|said| recorded(said)).collect();
        let gold = HashMap::from([("查账单".to_owned(), "bill_query".to_owned())]);
        compare(&before, &now, &all, &HashMap::new(), &gold)
    }

    #[test]
    fn two_equal_versions_change_nothing() {
        let known = intents(&[("给小李转500块", "transfer", 0.9)]);
        let same = of(bank(), &known, &known, &[&["给小李转500块", "确认"], &["转人工"]]);
        assert_eq!((same.turns, same.changed, same.groups.len()), (3, 0, 0));
        assert_eq!(same.mcnemar(), 1.0);
    }

    #[test]
    fn another_understanding_is_the_cause_and_later_turns_follow_from_it() {
        let old = intents(&[("弄一下账单", "bill_query", 0.9)]);
        let new = intents(&[("弄一下账单", "bill_dispute", 0.9)]);
        let seen = of(bank(), &old, &new, &[&["弄一下账单", "6608"]]);
        let [group] = seen.groups.as_slice() else { panic!("{seen:#?}") };
        assert_eq!(group.cause, Cause::Understood { from: "bill_query".into(), to: "bill_dispute".into() });
        assert_eq!(
            (group.turns + group.after, group.conversations, seen.changed),
            (seen.changed, 1, group.turns + group.after)
        );
        assert_eq!(group.examples[0].conversation, 7);
    }

    #[test]
    fn another_guard_is_told_by_its_arm_and_other_words_by_their_topic() {
        let known = intents(&[("给小李转2500块", "transfer", 0.9), ("看账单尾号6608", "bill_query", 0.9)]);
        let guard = read(&BANK.replace("amount > balance", "amount > 2400")).expect("a policy");
        let said: &[&[&str]] = &[&["给小李转2500块", "确认"], &["看账单尾号6608"]];
        let seen = of(&guard, &known, &known, said);
        assert!(
            seen.groups.iter().any(|group| matches!(&group.cause, Cause::Arm { topic, .. } if topic == "transfer")
                || matches!(&group.cause, Cause::Topic { .. })),
            "{seen:#?}"
        );
        let words = read(&BANK.replace("尾号<card>的账单：", "账单（<card>）：")).expect("a policy");
        let seen = of(&words, &known, &known, said);
        assert_eq!(seen.groups[0].cause, Cause::Words { topic: "bill_query".into() });
        assert_eq!(seen.changed, 1);
    }

    #[test]
    fn labelled_turns_tell_which_version_understands_better() {
        let old = intents(&[("查账单", "transfer", 0.9)]);
        let new = intents(&[("查账单", "bill_query", 0.9)]);
        let all: Vec<&[&str]> = vec![&["查账单"]; 8];
        let seen = of(bank(), &old, &new, &all);
        assert_eq!((seen.only_before, seen.only_now), (0, 8));
        assert!((seen.mcnemar() - 2.0 / 256.0).abs() < 1e-12);
    }

    #[test]
    fn the_test_is_exact_and_stays_a_chance_for_many_turns() {
        assert_eq!(mcnemar(0, 0), 1.0);
        assert_eq!(mcnemar(5, 5), 1.0);
        assert!((mcnemar(1, 9) - 22.0 / 1024.0).abs() < 1e-12);
        let p = mcnemar(40_000, 41_000);
        assert!(p > 0.0 && p < 0.001, "{p}");
    }
}
