//! The policies and rehearsals of the sample projects, replayed.

use std::fs;
use std::path::Path;

use crate::dialogue::lint::check::lint;
use crate::dialogue::lint::fault::Severity;
use crate::dialogue::policy::read::read;
use crate::dialogue::script::read::parse_all;
use crate::dialogue::script::replay::replay;
use crate::dialogue::turn::heard::{IntentKnowledge, Knowledge};
use crate::dialogue::yaml;
use crate::domain::label::Answer;
use crate::domain::prediction::Emotion;

fn knowledge(text: &str) -> Knowledge {
    let tree = yaml::read(text).expect("intents.yaml is well written");
    let mut knowledge = Knowledge::default();
    for intent in tree.list().expect("a list of intents") {
        let get = |node: &yaml::Node, key: &str| {
            let pairs = node.map().expect("a table").iter().find(|(k, _)| k.text().is_ok_and(|k| k == key));
            pairs.map(|(_, value)| value.clone())
        };
        let text = |node: &yaml::Node, key: &str| get(node, key).and_then(|n| n.text().ok().map(str::to_owned));
        let answers = get(intent, "answers").map_or(Vec::new(), |list| {
            let one = |a: &yaml::Node| Answer {
                text: text(a, "text").unwrap_or_default(),
                channel: text(a, "channel"),
                from: text(a, "from"),
                until: text(a, "until"),
                note: None,
            };
            list.list().expect("a list of answers").iter().map(one).collect()
        });
        let question = text(intent, "question").unwrap_or_default();
        knowledge.intents.insert(text(intent, "name").expect("a name"), IntentKnowledge { question, answers });
    }
    knowledge
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
            let result = replay(&policy, &knowledge, script, &|_| Vec::new(), &|_| Emotion::default());
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
