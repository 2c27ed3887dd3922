//! The policies and rehearsals of the sample projects, replayed.

use std::fs;
use std::path::Path;

use crate::dialogue::lint::check::lint;
use crate::dialogue::lint::fault::Severity;
use crate::dialogue::policy::read::read;
use crate::dialogue::proof::coverage::{Covered, coverage};
use crate::dialogue::proof::mutation::{Understood, mutation};
use crate::dialogue::proof::simulate::simulate;
use crate::dialogue::script::read::parse_all;
use crate::dialogue::script::replay::{Replay, replay};
use crate::dialogue::script::shape::Script;
use crate::dialogue::turn::heard::{IntentKnowledge, Knowledge};
use crate::dialogue::yaml;
use crate::domain::label::Answer;
use crate::domain::prediction::Emotion;
use crate::text::yaml::Node;

fn knowledge(text: &str) -> Knowledge {
    let tree = yaml::read(text).expect("intents.yaml is well written");
    let mut knowledge = Knowledge::default();
    for intent in tree.list().expect("a list of intents") {
        let get = |node: &Node, key: &str| {
            let pairs = node.map().expect("a table").iter().find(|(k, _)| k.text().is_ok_and(|k| k == key));
            pairs.map(|(_, value)| value.clone())
        };
        let text = |node: &Node, key: &str| get(node, key).and_then(|n| n.text().ok().map(str::to_owned));
        let answers = get(intent, "answers").map_or(Vec::new(), |list| {
            let one = |a: &Node| Answer {
                text: text(a, "text").unwrap_or_default(),
                channel: text(a, "channel"),
                from: text(a, "from"),
                until: text(a, "until"),
                note: None,
            };
            list.list().expect("a list of answers").iter().map(one).collect()
        });
        let question = text(intent, "question").unwrap_or_default();
        knowledge.intents.insert(text(intent, "name").expect("a name"), IntentKnowledge::of(&question, answers));
    }
    knowledge
}

/// The rehearsals of a project with its policy's text and its catalogue.
fn sample(name: &str) -> (String, Knowledge, Vec<Script>) {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects").join(name);
    let text = fs::read_to_string(project.join("policy.yaml")).expect("policy.yaml");
    let mut scripts = read(&text).expect("a policy").tests;
    let mut files: Vec<_> =
        fs::read_dir(project.join("rehearsals")).expect("rehearsals").map(|e| e.expect("readable").path()).collect();
    files.sort();
    for file in files {
        scripts.extend(parse_all(&fs::read_to_string(file).expect("a rehearsal")).expect("a rehearsal"));
    }
    (text, knowledge(&fs::read_to_string(project.join("intents.yaml")).expect("intents.yaml")), scripts)
}

#[test]
fn the_rehearsals_reach_every_intent_topic_and_place_and_nearly_every_arm() {
    for name in ["finance-zh", "shop-en"] {
        let (text, knowledge, scripts) = sample(name);
        let policy = read(&text).expect("a policy");
        let none = |_: &str| Default::default();
        let replays: Vec<Replay> =
            scripts.iter().map(|s| replay(&policy, &knowledge, s, &none, &|_| Emotion::default())).collect();
        let seen = coverage(&policy, &knowledge, &replays);
        let [_, _, arms, _, _] = seen.shares();
        let unseen =
            |list: &[Covered]| list.iter().filter(|c| c.turns == 0).map(|c| c.name.clone()).collect::<Vec<_>>();
        assert_eq!((unseen(&seen.intents), unseen(&seen.topics)), (Vec::new(), Vec::new()), "{name}");
        let arms_left: Vec<_> = seen.unreached().map(|arm| (&arm.topic, arm.place + 1)).collect();
        assert!(arms.percent() >= 90.0, "{name} {arms:?} {arms_left:?}");
        assert_eq!(unseen(&seen.places), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn no_customer_with_a_goal_is_left_alone_in_any_mood() {
    for name in ["finance-zh", "shop-en"] {
        let (text, knowledge, _) = sample(name);
        let all = simulate(&read(&text).expect("a policy"), &knowledge, "2026-03-10");
        let alone: Vec<_> = all.iter().filter(|fared| fared.stuck > 0).collect();
        assert!(alone.is_empty(), "{name}: {alone:#?}");
    }
}

#[test]
fn the_finance_rehearsals_notice_four_of_five_edits() {
    let (text, knowledge, scripts) = sample("finance-zh");
    let understood = Understood::of(&scripts, &|_| Default::default(), &|_| Emotion::default());
    let seen = mutation(&text, &knowledge, &scripts, &understood, 48, 1, &crate::progress::Quiet).expect("a policy");
    let survivors: Vec<String> = seen
        .survivors
        .iter()
        .map(|e| format!("{}:{} {} {} → {}", e.line, e.column, e.place, e.before, e.after))
        .collect();
    assert_eq!(seen.broken, 0);
    assert!(seen.score() >= 80.0, "{:.1} %\n{}", seen.score(), survivors.join("\n"));
}

#[test]
fn every_rehearsal_of_the_sample_projects_holds_and_their_policies_have_no_error() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects");
    let mut replayed = 0;
    let mut wrong = Vec::new();
    for project in fs::read_dir(root).expect("sample projects").map(|e| e.expect("readable").path()) {
        let Ok(policy) = fs::read_to_string(project.join("policy.yaml")) else { continue };
        let policy = read(&policy).unwrap_or_else(|fault| panic!("{}: {fault}", project.display()));
        let knowledge = knowledge(&fs::read_to_string(project.join("intents.yaml")).expect("intents.yaml"));
        let names: Vec<&str> = knowledge.intents.keys().map(String::as_str).collect();
        for fault in lint(&policy, &names) {
            if fault.severity == Severity::Error {
                wrong.push(format!("{} {fault:?}", project.display()));
            }
        }
        let mut files: Vec<_> = fs::read_dir(project.join("rehearsals"))
            .map_or(Vec::new(), |d| d.map(|e| e.expect("readable").path()).collect());
        files.sort();
        let mut scripts = policy.tests.clone();
        for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "yaml")) {
            let text = fs::read_to_string(file).expect("a rehearsal");
            scripts.extend(parse_all(&text).unwrap_or_else(|fault| panic!("{}: {fault}", file.display())));
        }
        for script in &scripts {
            let result = replay(&policy, &knowledge, script, &|_| Default::default(), &|_| Emotion::default());
            replayed += 1;
            if !result.passed {
                let turns: Vec<_> = result.turns.iter().map(|t| (&t.said, &t.failures)).collect();
                wrong.push(format!("{}: {turns:#?}", script.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(replayed >= 50, "only {replayed} rehearsals");
}
