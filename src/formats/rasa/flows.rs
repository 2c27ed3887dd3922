//! Flows and end-to-end tests of newer bots (CALM), as structure.

use crate::domain::storybook::{Case, CaseTurn, Flow, FlowAct, FlowStep, Next, Reply, Told};
use crate::formats::rasa::remark::{Remarks, What};
use crate::text::yaml::{Node, Value};

/// Reads the map under `flows`.
pub(super) fn flows(node: &Node, remarks: &mut Remarks<'_>) -> Vec<Flow> {
    let mut flows = Vec::new();
    for (id, about) in node.pairs() {
        let Some(word) = id.word() else { continue };
        let trigger = |item: &Node| match item.get("intent").map(|intent| (intent.word(), intent.word_of("name"))) {
            Some((Some(name), _)) => Some(name.to_owned()),
            Some((None, name)) => name,
            None => item.word().map(str::to_owned),
        };
        flows.push(Flow {
            id: word.to_owned(),
            name: about.word_of("name").unwrap_or_default(),
            description: about.word_of("description").unwrap_or_default(),
            guard: about.get("if").map(|guard| guard.told().text()),
            triggers: about.get("nlu_trigger").map_or(&[][..], Node::items).iter().filter_map(trigger).collect(),
            steps: steps(about.get("steps"), remarks),
            place: remarks.place(id.line),
        });
    }
    flows
}

fn steps(node: Option<&Node>, remarks: &mut Remarks<'_>) -> Vec<FlowStep> {
    node.map_or(&[][..], Node::items).iter().map(|item| step(item, remarks)).collect()
}

fn step(node: &Node, remarks: &mut Remarks<'_>) -> FlowStep {
    let word = |key: &str| node.word_of(key);
    let act = if let Some(slot) = word("collect") {
        FlowAct::Collect(slot)
    } else if let Some(action) = word("action").or_else(|| word("utter")) {
        FlowAct::Action(action)
    } else if let Some(list) = node.get("set_slots") {
        let pairs = list.items().iter().flat_map(Node::pairs);
        FlowAct::Set(pairs.filter_map(|(slot, value)| Some((slot.word()?.to_owned(), value.told()))).collect())
    } else if let Some(flow) = word("link") {
        FlowAct::Link(flow)
    } else if let Some(flow) = word("call") {
        FlowAct::Call(flow)
    } else if node.get("noop").is_some() {
        FlowAct::Nothing
    } else {
        let key =
            node.pairs().iter().filter_map(|(key, _)| key.word()).find(|key| !matches!(*key, "id" | "next" | "if"));
        match key {
            None => FlowAct::Nothing,
            Some(key) => {
                remarks.add(node.line, What::UnknownStep { step: key.to_owned() });
                FlowAct::Other(key.to_owned())
            }
        }
    };
    FlowStep { id: word("id"), act, next: next(node.get("next"), remarks), line: node.line }
}

fn next(node: Option<&Node>, remarks: &mut Remarks<'_>) -> Vec<Next> {
    let Some(node) = node else { return Vec::new() };
    let end = |when: Option<String>, node: &Node, remarks: &mut Remarks<'_>| match &node.value {
        Value::List(_) => Next { when, to: None, steps: steps(Some(node), remarks) },
        _ => Next { when, to: node.word().map(str::to_owned), steps: Vec::new() },
    };
    let one = |item: &Node, remarks: &mut Remarks<'_>| {
        if let Some(other) = item.get("else") {
            return end(None, other, remarks);
        }
        match item.get("then") {
            Some(then) => end(item.get("if").map(|guard| guard.told().text()), then, remarks),
            None => end(None, item, remarks),
        }
    };
    node.items().iter().map(|item| one(item, remarks)).collect()
}

/// Reads the list under `test_cases`.
pub(super) fn cases(node: &Node, remarks: &Remarks<'_>) -> Vec<Case> {
    node.items().iter().map(|item| case(item, remarks)).collect()
}

fn case(node: &Node, remarks: &Remarks<'_>) -> Case {
    let name = node.word_of("test_case").unwrap_or_default();
    let mut case = Case { name, place: remarks.place(node.line), ..Case::default() };
    for step in node.get("steps").map_or(&[][..], Node::items) {
        if let Some(said) = step.word_of("user") {
            case.turns.push(CaseTurn { said: Some(said), line: step.line, ..CaseTurn::default() });
        } else if case.turns.is_empty() {
            case.turns.push(CaseTurn { line: step.line, ..CaseTurn::default() });
        }
        let turn = case.turns.last_mut().expect("just pushed");
        turn.replies.extend(step.word_of("bot").map(Reply::Text));
        turn.replies.extend(step.word_of("utter").map(Reply::Named));
        if let Some(slots) = step.get("slot_was_set") {
            turn.slots.extend(set(slots));
        }
        if step.get("slot_was_not_set").is_some() {
            check(&mut case.checks, "slot_was_not_set");
        }
        for assertion in step.get("assertions").map_or(&[][..], Node::items) {
            for (kind, about) in assertion.pairs() {
                let kind = kind.word().unwrap_or_default();
                let turn = case.turns.last_mut().expect("just pushed");
                match kind {
                    "bot_uttered" => {
                        turn.replies.extend(about.word_of("utter_name").map(Reply::Named));
                        turn.replies.extend(about.word_of("text_matches").map(Reply::Matches));
                    }
                    "slot_was_set" => turn.slots.extend(about.items().iter().filter_map(|slot| {
                        Some((slot.word_of("name")?, slot.get("value").map_or(Told::Some, Node::told)))
                    })),
                    kind => check(&mut case.checks, kind),
                }
            }
        }
    }
    case
}

fn set(node: &Node) -> Vec<(String, Told)> {
    let one = |item: &Node| -> Vec<(String, Told)> {
        match item.word() {
            Some(name) => vec![(name.to_owned(), Told::Some)],
            None => item.pairs().iter().filter_map(|(n, v)| Some((n.word()?.to_owned(), v.told()))).collect(),
        }
    };
    node.items().iter().flat_map(one).collect()
}

fn check(checks: &mut Vec<(String, usize)>, kind: &str) {
    match checks.iter_mut().find(|(known, _)| known == kind) {
        Some((_, count)) => *count += 1,
        None => checks.push((kind.to_owned(), 1)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::formats::rasa::node;

    #[test]
    fn a_flow_keeps_its_steps_and_branches() {
        let tree = node::read(
            Path::new("flows.yml"),
            "
send:
  description: send money
  if: slots.ready
  nlu_trigger: [{intent: {name: send, confidence_threshold: 0.4}}, {intent: pay}]
  steps:
  - collect: amount
    next: [{if: slots.amount > 9, then: [{action: utter_much, next: END}]}, {else: done}]
  - id: done
    set_slots: [{ready: true}]
  - link: other
  - weird: 1
",
        )
        .expect("reads")
        .expect("holds something");
        let mut remarks = Remarks { file: Path::new("flows.yml"), found: Vec::new() };
        let flows = flows(&tree, &mut remarks);
        assert_eq!(flows[0].triggers, ["send", "pay"]);
        let steps = &flows[0].steps;
        assert_eq!(steps[0].act, FlowAct::Collect("amount".into()));
        assert_eq!(steps[0].next[0].steps[0].act, FlowAct::Action("utter_much".into()));
        assert_eq!(steps[0].next[1].to.as_deref(), Some("done"));
        assert_eq!(steps[1].act, FlowAct::Set(vec![("ready".into(), Told::Bool(true))]));
        assert_eq!(remarks.found.len(), 1);
    }

    #[test]
    fn a_test_case_keeps_words_slots_and_counts_the_rest() {
        let tree = node::read(
            Path::new("e2e.yml"),
            "
- test_case: a
  steps:
  - bot: welcome
  - user: send money
    assertions:
    - flow_started: send
    - bot_uttered: {utter_name: utter_ask_amount}
    - slot_was_set: [{name: to, value: Li}]
  - user: 50
  - utter: utter_done
  - slot_was_set: [amount: 50]
  - slot_was_not_set: [to]
",
        )
        .expect("reads")
        .expect("holds something");
        let remarks = Remarks { file: Path::new("e2e.yml"), found: Vec::new() };
        let cases = cases(&tree, &remarks);
        let turns = &cases[0].turns;
        assert_eq!((turns.len(), turns[0].said.as_deref()), (3, None));
        assert_eq!(turns[1].replies, [Reply::Named("utter_ask_amount".into())]);
        assert_eq!((turns[2].replies.len(), turns[2].slots.len(), turns[1].slots.len()), (1, 1, 1));
        assert_eq!(cases[0].checks, [("flow_started".to_owned(), 1), ("slot_was_not_set".to_owned(), 1)]);
    }
}
