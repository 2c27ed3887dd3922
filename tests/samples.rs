//! The sample projects we ship have no fault: they are the first thing a new user reads and copies.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use daoshi::dialogue::lint::check::lint;
use daoshi::dialogue::lint::fault::Severity;
use daoshi::dialogue::policy::design::Policy;
use daoshi::dialogue::policy::read::read as read_policy;
use daoshi::dialogue::script::read::parse;
use daoshi::dialogue::script::replay::{Replay, replay};
use daoshi::dialogue::trace::{Reason, Step};
use daoshi::dialogue::turn::heard::{IntentKnowledge, Knowledge};
use daoshi::domain::prediction::Emotion;
use daoshi::formats::sample::{Sample, read};

/// Each sample with the fewest similar questions it promises for an intent.
const SAMPLES: [(&str, usize); 2] = [("finance-zh", 20), ("shop-en", 15)];

/// An answer longer than this is read by nobody.
const LONGEST: usize = 200;

fn sample(name: &str) -> Sample {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sample-projects").join(name);
    read(&folder).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

fn policy(sample: &Sample) -> Policy {
    let text = sample.policy.as_deref().expect("a sample has a policy");
    read_policy(text).unwrap_or_else(|fault| panic!("{}: {fault:?}", sample.name))
}

/// The letters and digits of a text: what makes two questions the same to a learner.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Replays every rehearsal with the intents written in it, so that no model is needed.
fn replays(sample: &Sample) -> Vec<Replay> {
    let policy = policy(sample);
    let known = |i: &daoshi::formats::sample::SampleIntent| {
        (i.name.clone(), IntentKnowledge::of(&i.question, i.answers.clone()))
    };
    let knowledge = Knowledge { intents: sample.intents.iter().map(known).collect() };
    let scripts =
        sample.rehearsals.iter().map(|(name, text)| parse(text).unwrap_or_else(|fault| panic!("{name}: {fault:?}")));
    let scripts: Vec<_> = scripts.chain(policy.tests.iter().cloned()).collect();
    let one = |script| replay(&policy, &knowledge, script, &|_| Default::default(), &|_| Emotion::default());
    scripts.iter().map(one).collect()
}

#[test]
fn a_question_belongs_to_one_intent_and_every_intent_has_enough() {
    for (name, fewest) in SAMPLES {
        let sample = sample(name);
        let mut homes: BTreeMap<String, String> = BTreeMap::new();
        for line in &sample.out_of_scope {
            homes.insert(letters(line), "out of scope".to_owned());
        }
        for intent in &sample.intents {
            let mut own = BTreeSet::new();
            for text in &intent.examples {
                let key = letters(text);
                assert!(own.insert(key.clone()), "{name}: {text} stands twice under {}", intent.name);
                let other = homes.insert(key, intent.name.clone());
                assert!(other.is_none(), "{name}: {text} belongs to {other:?} and {}", intent.name);
            }
            assert!(own.len() >= fewest, "{name}: {} has {} similar questions", intent.name, own.len());
        }
    }
}

#[test]
fn an_intent_says_what_belongs_to_it_and_answers_within_bounds() {
    for (name, _) in SAMPLES {
        for intent in sample(name).intents {
            let of = format!("{name}: {}", intent.name);
            assert!(!intent.question.is_empty() && !intent.category.is_empty(), "{of}");
            assert!(!intent.guideline.is_empty(), "{of}");
            assert!(!intent.answers.is_empty(), "{of}");
            for answer in &intent.answers {
                let most = if name.ends_with("-zh") { LONGEST } else { 2 * LONGEST };
                assert!(!answer.text.is_empty() && answer.text.chars().count() <= most, "{of}: {}", answer.text);
                if let (Some(from), Some(until)) = (&answer.from, &answer.until) {
                    assert!(from <= until, "{of}: {from} to {until}");
                }
            }
        }
    }
}

#[test]
fn a_policy_can_be_read_and_does_what_is_written() {
    for (name, _) in SAMPLES {
        let sample = sample(name);
        let intents: Vec<&str> = sample.intents.iter().map(|i| i.name.as_str()).collect();
        let faults = lint(&policy(&sample), &intents);
        // The Chinese sample teaches, so it has not even a warning.
        let grave = |severity| severity == Severity::Error || name == "finance-zh";
        let grave: Vec<_> = faults.iter().filter(|f| grave(f.severity)).collect();
        assert!(grave.is_empty(), "{name}: {grave:?}");
    }
}

#[test]
fn every_rehearsal_holds() {
    for (name, _) in SAMPLES {
        let all = replays(&sample(name));
        assert!(all.len() >= 20, "{name}: {} rehearsals", all.len());
        for replay in all {
            let failures: Vec<_> = replay.turns.iter().filter(|t| !t.failures.is_empty()).collect();
            let told: Vec<_> = failures.iter().map(|t| (t.line, &t.said, &t.failures)).collect();
            assert!(replay.passed, "{name}: {}: {told:?}", replay.name);
        }
    }
}

#[test]
fn the_rehearsals_of_the_chinese_sample_reach_every_outcome() {
    let sample = sample("finance-zh");
    let mut reached: BTreeSet<(String, usize)> = BTreeSet::new();
    for turn in replays(&sample).iter().flat_map(|r| &r.turns) {
        for line in &turn.outcome.trace {
            let Reason::Ran { steps } = &line.reason else { continue };
            for step in steps {
                if let Step::Arm { topic, place, .. } = step {
                    reached.insert((topic.clone(), *place));
                }
            }
        }
    }
    for topic in &policy(&sample).topics {
        for (place, arm) in topic.arms.iter().enumerate().filter(|(_, arm)| !arm.goes_on()) {
            let said = arm.say.lines.first().map(|line| &line.text);
            assert!(reached.contains(&(topic.name.clone(), place)), "{} {place}: {said:?}", topic.name);
        }
    }
}

#[test]
fn a_vague_question_about_quality_is_asked_back_and_answered_soberly() {
    let sample = sample("finance-zh");
    let all = replays(&sample);
    let dialogue =
        all.iter().find(|r| r.turns[0].said.as_deref() == Some("这个东西好不好用？")).expect("it is rehearsed");
    let said = |turn: usize| dialogue.turns[turn].outcome.replies.iter().map(|r| r.text.as_str()).collect::<String>();
    assert_eq!(said(0), "您具体指的是哪个产品？主要想在哪些方面使用它？");
    assert!(said(1).contains("不保证本金"), "{}", said(1));
}
