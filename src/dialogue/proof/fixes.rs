//! "This reply is wrong": the smallest changes that lead where the trainer wanted, each already played against every
//! rehearsal.

use serde::Serialize;

use crate::dialogue::event::{Event, Target};
use crate::dialogue::policy::design::Policy;
use crate::dialogue::policy::read::read;
use crate::dialogue::proof::mutation::Understood;
use crate::dialogue::script::replay::replay;
use crate::dialogue::script::shape::Script;
use crate::dialogue::state::State;
use crate::dialogue::trace::Reason;
use crate::dialogue::turn::heard::{Heard, Knowledge, Outcome};
use crate::dialogue::turn::play::turn;
use crate::dialogue::yaml;
use crate::text::yaml::Node;

/// How many fixes are offered.
const MOST: usize = 3;

/// One change, with what it does to the rehearsals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fix {
    pub change: Change,
    /// The policy with the change; `None` where the policy stays and the model learns.
    pub policy: Option<String>,
    /// Rehearsals that hold only with it, and those that no longer hold.
    pub mends: Vec<String>,
    pub breaks: Vec<String>,
    /// How many were played.
    pub of: usize,
}

/// What is changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "fix", rename_all = "snake_case")]
pub enum Change {
    /// The text becomes an example of the intent.
    Example { text: String, intent: String },
    /// A limit of the policy.
    Limit { limit: &'static str, from: f32, to: f32 },
    /// A question between the two.
    Clarify { a: String, b: String },
}

/// The turn that went wrong, and the intent it should have led to.
pub struct Wrong<'w> {
    pub state: &'w State,
    pub heard: &'w Heard,
    pub wanted: &'w str,
}

/// Returns at most three changes that lead to the wanted intent or ask about it, those that break least first.
/// `question` is what is asked between two topics by their labels.
pub fn fixes(
    text: &str,
    knowledge: &Knowledge,
    wrong: &Wrong,
    scripts: &[Script],
    understood: &Understood,
    question: &dyn Fn(&str, &str) -> String,
) -> Vec<Fix> {
    let (Ok(policy), Ok(tree)) = (read(text), yaml::read(text)) else { return Vec::new() };
    let held = |policy: &Policy| -> Vec<bool> {
        scripts
            .iter()
            .map(|script| {
                replay(policy, knowledge, script, &|t| understood.intents(t), &|t| understood.emotion(t)).passed
            })
            .collect()
    };
    let before = held(&policy);
    let mut found: Vec<Fix> = Vec::new();
    let mut taught = wrong.heard.clone();
    let others = wrong.heard.intents.iter().filter(|(intent, _)| intent != wrong.wanted);
    let others = others.map(|(intent, p)| (intent.clone(), p * 0.05));
    taught.intents = std::iter::once((wrong.wanted.to_owned(), 0.95)).chain(others).collect();
    // What ranks the knowledge learns the example too.
    taught.known = None;
    if leads(&policy, &turn(&policy, knowledge, wrong.state, &taught), wrong.wanted) {
        let change = Change::Example { text: wrong.heard.text.clone(), intent: wrong.wanted.to_owned() };
        found.push(Fix { change, policy: None, mends: Vec::new(), breaks: Vec::new(), of: scripts.len() });
    }
    for (change, changed) in changes(text, &tree, &policy, wrong, question) {
        let Ok(other) = read(&changed) else { continue };
        let outcome = turn(&other, knowledge, wrong.state, wrong.heard);
        if !leads(&other, &outcome, wrong.wanted) {
            continue;
        }
        let after = held(&other);
        let names = |is: &dyn Fn(bool, bool) -> bool| -> Vec<String> {
            let pairs = before.iter().zip(&after).zip(scripts);
            pairs.filter(|((b, a), _)| is(**b, **a)).map(|(_, script)| script.name.clone()).collect()
        };
        found.push(Fix {
            change,
            policy: Some(changed),
            mends: names(&|before, after| !before && after),
            breaks: names(&|before, after| before && !after),
            of: scripts.len(),
        });
    }
    found.sort_by_key(|fix| (fix.breaks.len(), std::cmp::Reverse(fix.mends.len())));
    found.truncate(MOST);
    found
}

/// Tells whether a turn went to the wanted intent, or asked about it.
fn leads(policy: &Policy, outcome: &Outcome, wanted: &str) -> bool {
    let topic = policy.topic_of(wanted).map(|(_, topic)| topic.name.as_str());
    let begun = outcome.events.iter().any(|event| match event {
        Event::Begun { topic: name, .. } | Event::Raised { topic: name } => Some(name.as_str()) == topic,
        Event::Clarified { between } => between.iter().any(|intent| intent == wanted),
        _ => false,
    });
    begun
        || outcome.trace.iter().any(|line| match &line.reason {
            Reason::Confident { best, .. } => best.intent == wanted && !matches!(&best.target, Some(Target::Topic(_))),
            _ => false,
        })
}

/// Returns the small changes of the policy worth trying, each with the changed text.
fn changes(
    text: &str,
    tree: &Node,
    policy: &Policy,
    wrong: &Wrong,
    question: &dyn Fn(&str, &str) -> String,
) -> Vec<(Change, String)> {
    let mut all = Vec::new();
    let intents = wrong.heard.joined();
    let place = intents.iter().position(|(intent, _)| intent == wrong.wanted);
    let p = |place: usize| intents.get(place).map_or(0.0, |(_, p)| *p);
    let down = |p: f32| (p * 100.0).floor() / 100.0;
    let mut limit = |limit: &'static str, from: f32, to: f32| {
        let node = field(tree, "limits").and_then(|limits| field(limits, limit));
        if let Some(changed) = node.and_then(|node| replaced(text, node, &format!("{to:.2}"))).filter(|_| from != to) {
            all.push((Change::Limit { limit, from, to }, changed));
        }
    };
    let gap = p(0) - p(1);
    match place {
        Some(0) => {
            limit("answer", policy.limits.answer, down(p(0)).min(policy.limits.answer));
            limit("margin", policy.limits.margin, down(gap).min(policy.limits.margin));
            limit("ask", policy.limits.ask, down(p(0)).min(policy.limits.ask));
        }
        Some(_) => {
            // Asking is what can help where another intent is surer.
            limit("answer", policy.limits.answer, (down(p(0)) + 0.01).max(policy.limits.answer));
            limit("margin", policy.limits.margin, (down(gap) + 0.01).max(policy.limits.margin));
        }
        None => {}
    }
    let first = intents.first().map(|(intent, _)| intent.as_str()).filter(|intent| *intent != wrong.wanted);
    if let (Some(first), Some(node)) = (first, field(tree, "clarify")) {
        let name = |intent: &str| policy.topic_of(intent).map_or(intent.to_owned(), |(_, topic)| topic.name.clone());
        let label = |name: &str| policy.topic(name).map_or(name.to_owned(), |topic| topic.title().to_owned());
        let (a, b) = (name(first), name(wrong.wanted));
        let line = format!("  - {{between: [{a}, {b}], ask: {}}}", question(&label(&a), &label(&b)));
        let mut lines: Vec<&str> = text.lines().collect();
        // Before the first question of the list.
        if let Some(at) = node.list().ok().and_then(|list| list.first()).map(|first| first.line as usize - 1) {
            lines.insert(at, &line);
            all.push((Change::Clarify { a, b }, lines.join("\n") + "\n"));
        }
    }
    all
}

/// Returns a policy's text with one of its limits changed, to two places; `None` where the text does not give it.
pub fn with_limit(text: &str, limit: &str, to: f64) -> Option<String> {
    let tree = yaml::read(text).ok()?;
    replaced(text, field(field(&tree, "limits")?, limit)?, &format!("{to:.2}"))
}

fn field<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    node.map().ok()?.iter().find(|(k, _)| k.text().is_ok_and(|word| word == key)).map(|(_, value)| value)
}

/// Returns the text with the plain word of a node replaced where it stands.
fn replaced(text: &str, node: &Node, by: &str) -> Option<String> {
    let word = node.text().ok()?;
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let line = lines.get_mut(node.line as usize - 1)?;
    let start = line.char_indices().nth(node.column as usize - 1)?.0;
    if !line[start..].starts_with(word) {
        return None;
    }
    line.replace_range(start..start + word.len(), by);
    Some(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::script::read::parse_all;
    use crate::dialogue::turn::heard::{Clock, Known};
    use crate::dialogue::turn::tests::{BANK, knowledge, known};
    use crate::domain::prediction::Emotion;

    fn of(intents: &[(&str, f32)], wanted: &str, scripts: &str) -> Vec<Fix> {
        with(intents, None, wanted, scripts)
    }

    fn with(intents: &[(&str, f32)], known: Option<Known>, wanted: &str, scripts: &str) -> Vec<Fix> {
        let scripts = parse_all(scripts).expect("scripts");
        let understood = Understood::of(&scripts, &|_| Default::default(), &|_| Emotion::default());
        let heard = Heard {
            text: "这个月的钱怎么算的呀".into(),
            intents: intents.iter().map(|(intent, p)| ((*intent).to_owned(), *p)).collect(),
            now: Clock { minutes: 600, date: "2024-03-01".into() },
            channel: "chat".into(),
            known,
            ..Heard::default()
        };
        let wrong = Wrong { state: &State::default(), heard: &heard, wanted };
        fixes(BANK, &knowledge(), &wrong, &scripts, &understood, &|a, b| format!("{a}还是{b}？"))
    }

    #[test]
    fn what_was_just_unsure_is_mended_by_an_example_or_a_lower_limit_and_the_cost_is_known() {
        let scripts = "- {name: 要问, turns: [{u: 钱的事情想问, intent: {transfer: 0.66}, stage: 6}]}";
        let all = of(&[("bill_query", 0.64)], "bill_query", scripts);
        assert!(matches!(&all[0].change, Change::Example { intent, .. } if intent == "bill_query"), "{all:#?}");
        let limit =
            all.iter().find(|fix| matches!(&fix.change, Change::Limit { limit: "answer", .. })).expect("a limit");
        assert_eq!(limit.breaks, ["要问"]);
        assert!(limit.policy.as_ref().expect("a policy").contains("answer: 0.64"));
        assert!(all.len() <= 3);
    }

    #[test]
    fn what_was_taken_for_another_is_mended_without_breaking_what_holds() {
        let scripts = "- {name: 账单, turns: [{u: 我要看账单, intent: bill_query, b: 卡号后四位}]}";
        let all = of(&[("bill_query", 0.8), ("bill_dispute", 0.55)], "bill_dispute", scripts);
        assert!(all.iter().all(|fix| fix.breaks.is_empty()), "{all:#?}");
        assert!(all.iter().any(|fix| matches!(&fix.change, Change::Limit { .. })), "{all:#?}");
    }

    #[test]
    fn what_the_knowledge_answered_wrongly_is_mended_too() {
        let all = with(&[("bill_query", 0.6)], known("open_hours", 0.9), "bill_query", "[]");
        assert!(all.iter().any(|fix| matches!(fix.change, Change::Example { .. })), "{all:#?}");
        let higher = all
            .iter()
            .any(|fix| matches!(fix.change, Change::Limit { limit: "answer" | "margin", from, to } if to > from));
        assert!(higher, "{all:#?}");
    }

    #[test]
    fn what_leads_nowhere_is_not_offered() {
        assert_eq!(of(&[("bill_query", 0.9)], "no_such_intent", "[]"), []);
    }
}
