//! Rules, stories and test conversations in YAML.

use crate::domain::storybook::{Course, Entity, Step, StepAct, Told, Utter};
use crate::formats::corpus::inline;
use crate::formats::rasa::remark::{Remarks, What};
use crate::text::yaml::{Node, Value};

/// Reads the list under `rules` or `stories`.
pub(super) fn read(list: &Node, remarks: &mut Remarks<'_>) -> Vec<Course> {
    list.items().iter().filter_map(|node| course(node, remarks)).collect()
}

fn course(node: &Node, remarks: &mut Remarks<'_>) -> Option<Course> {
    let known = ["rule", "story", "steps", "condition", "conversation_start", "wait_for_user_input", "metadata"];
    for (key, _) in node.pairs() {
        let word = key.word().unwrap_or_default();
        if !known.contains(&word) {
            remarks.add(key.line, What::UnknownKey { key: word.to_owned() });
        }
    }
    let name = node.word_of("rule").or_else(|| node.word_of("story")).unwrap_or_default();
    let all = |key: &str, remarks: &mut Remarks<'_>| {
        let items = node.get(key).map_or(&[][..], Node::items);
        items.iter().flat_map(|item| steps(item, remarks)).collect::<Vec<_>>()
    };
    let steps = joined(all("steps", remarks), remarks);
    if steps.is_empty() {
        remarks.add(node.line, What::NoSteps { name });
        return None;
    }
    Some(Course {
        name,
        place: remarks.place(node.line),
        conditions: all("condition", remarks),
        steps,
        opens: node.truth_of("conversation_start").unwrap_or(false),
        waits: node.truth_of("wait_for_user_input").unwrap_or(true),
    })
}

/// Joins the two halves of a turn that was written as two steps.
fn joined(steps: Vec<Step>, remarks: &mut Remarks<'_>) -> Vec<Step> {
    let mut out: Vec<Step> = Vec::new();
    for step in steps {
        if let (Some(Step { act: StepAct::User(before), .. }), StepAct::User(now)) = (out.last_mut(), &step.act) {
            let halves = before.intent.is_none() != now.intent.is_none() && before.text.is_none() != now.text.is_none();
            if halves {
                remarks.add(step.line, What::SplitTurn);
                before.intent = before.intent.take().or_else(|| now.intent.clone());
                before.text = before.text.take().or_else(|| now.text.clone());
                before.entities.extend(now.entities.iter().cloned());
                continue;
            }
        }
        out.push(step);
    }
    out
}

/// Reads one item of a list of steps; it may hold several keys.
fn steps(node: &Node, remarks: &mut Remarks<'_>) -> Vec<Step> {
    let mut out = Vec::new();
    // Early versions of 2.0 wrote out that anything may stand before a rule.
    if node.word() == Some("...") {
        return out;
    }
    if node.pairs().is_empty() {
        let step = node.word().unwrap_or_default().to_owned();
        remarks.add(node.line, What::UnknownStep { step });
    }
    let mut spoken = false;
    for (key, value) in node.pairs() {
        let act = match key.word().unwrap_or_default() {
            "user" | "intent" if spoken => continue,
            "user" | "intent" => {
                spoken = true;
                StepAct::User(utter(node))
            }
            "action" => match value.word() {
                Some(name) => StepAct::Action(name.to_owned()),
                None => {
                    remarks.add(key.line, What::UnknownStep { step: "action".into() });
                    continue;
                }
            },
            "bot" => StepAct::Bot(value.word().unwrap_or_default().to_owned()),
            "active_loop" | "form" => StepAct::Form(value.word().map(str::to_owned)),
            "slot_was_set" | "slots" => StepAct::Slots(slots(value)),
            "checkpoint" => StepAct::Checkpoint(value.word().unwrap_or_default().to_owned()),
            "or" => StepAct::Or(value.items().iter().flat_map(|item| choices(item, remarks)).collect()),
            "entities" | "metadata" => continue,
            word => {
                remarks.add(key.line, What::UnknownStep { step: word.to_owned() });
                continue;
            }
        };
        out.push(Step { line: key.line, act });
    }
    out
}

/// Reads one item of alternatives; each slot of a list is one of its own.
fn choices(node: &Node, remarks: &mut Remarks<'_>) -> Vec<Step> {
    let first = steps(node, remarks).into_iter().next();
    match first {
        Some(Step { line, act: StepAct::Slots(slots) }) => {
            slots.into_iter().map(|slot| Step { line, act: StepAct::Slots(vec![slot]) }).collect()
        }
        first => first.into_iter().collect(),
    }
}

fn utter(node: &Node) -> Utter {
    let mut utter = Utter::default();
    if let Some(text) = node.word_of("user") {
        match payload(&text) {
            Some(said) => utter = Utter { text: Some(text), ..said },
            None => {
                utter.entities = inline::told(&text);
                utter.text = Some(inline::plain(&text).0);
            }
        }
    }
    if let Some(intent) = node.word_of("intent") {
        // Some write the older shorthand `greet{"name": "Li"}` here too.
        let said = payload(&format!("/{}", intent.trim_start_matches('/'))).unwrap_or_default();
        utter.intent = said.intent;
        utter.entities.extend(said.entities);
    }
    for item in node.get("entities").map_or(&[][..], Node::items) {
        utter.entities.extend(entity(item));
    }
    utter
}

/// Reads `city`, `city: Paris`, `{city: Paris, role: from}` and `{entity: city, value: Paris}`.
fn entity(node: &Node) -> Option<Entity> {
    if let Some(name) = node.word() {
        return Some(Entity { name: name.to_owned(), value: Told::Some, ..Entity::default() });
    }
    let rest =
        |name: String, value: Told| Entity { name, value, role: node.word_of("role"), group: node.word_of("group") };
    if let Some(name) = node.word_of("entity") {
        return Some(rest(name, node.get("value").map_or(Told::Some, Node::told)));
    }
    let (key, value) = node.pairs().iter().find(|(key, _)| !matches!(key.word(), Some("role" | "group")))?;
    let value = if value.value == Value::Null { Told::Some } else { value.told() };
    Some(rest(key.word()?.to_owned(), value))
}

/// Reads `name`, `name: value` and lists of both.
fn slots(node: &Node) -> Vec<(String, Told)> {
    let of_map = |map: &Node| -> Vec<(String, Told)> {
        map.pairs().iter().filter_map(|(key, value)| Some((key.word()?.to_owned(), value.told()))).collect()
    };
    let items = node.items().iter();
    items
        .flat_map(|item| item.word().map_or_else(|| of_map(item), |name| vec![(name.to_owned(), Told::Some)]))
        .collect()
}

/// Reads the shorthand of buttons and tests: `/intent{"entity": "value"}`.
pub(super) fn payload(text: &str) -> Option<Utter> {
    let text = text.trim().strip_prefix('/')?;
    let (intent, json) = text.split_at(text.find('{').unwrap_or(text.len()));
    if intent.is_empty() || intent.contains(char::is_whitespace) {
        return None;
    }
    let entities = if json.is_empty() { Vec::new() } else { json_entities(json)? };
    Some(Utter { intent: Some(intent.to_owned()), text: None, entities })
}

/// Reads `{"entity": "value", …}`.
pub(super) fn json_entities(json: &str) -> Option<Vec<Entity>> {
    let map: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json.trim()).ok()?;
    Some(map.into_iter().map(|(name, value)| Entity { name, value: json_told(&value), ..Entity::default() }).collect())
}

/// Returns a value of JSON as rules tell it.
pub(super) fn json_told(value: &serde_json::Value) -> Told {
    match value {
        serde_json::Value::Null => Told::Null,
        serde_json::Value::Bool(yes) => Told::Bool(*yes),
        serde_json::Value::Number(number) => Told::Number(number.as_f64().unwrap_or_default()),
        serde_json::Value::String(text) => Told::Text(text.clone()),
        serde_json::Value::Array(list) => Told::List(list.iter().map(json_told).collect()),
        serde_json::Value::Object(_) => Told::Some,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::formats::rasa::node;

    fn courses(yaml: &str) -> (Vec<Course>, Vec<What>) {
        let file = Path::new("stories.yml");
        let mut remarks = Remarks { file, found: Vec::new() };
        let tree = node::read(file, yaml).expect("reads").expect("holds something");
        let courses = read(&tree, &mut remarks);
        (courses, remarks.found.into_iter().map(|remark| remark.what).collect())
    }

    #[test]
    fn every_kind_of_step_is_read() {
        let (courses, remarks) = courses(
            r#"
- rule: a
  condition:
  - active_loop: null
  - slot_was_set:
    - city: null
  conversation_start: true
  wait_for_user_input: false
  steps:
  - intent: book
    entities: [day, {city: Rome, role: from}]
  - user: "fly to [Rome]{\"entity\": \"city\", \"role\": \"to\"}"
    intent: book
  - or: [{intent: yes}, {slot_was_set: [{seat: 2}]}]
  - slot_was_set: seat
  - action: my_form
  - active_loop: my_form
  - checkpoint: later
  - bot: hello
"#,
        );
        assert_eq!(remarks, []);
        let [course] = courses.as_slice() else { panic!("{courses:?}") };
        assert!(course.opens && !course.waits);
        assert_eq!(course.conditions[0].act, StepAct::Form(None));
        assert_eq!(course.conditions[1].act, StepAct::Slots(vec![("city".into(), Told::Null)]));
        let StepAct::User(said) = &course.steps[0].act else { panic!("{course:?}") };
        assert_eq!(said.entities[1].role.as_deref(), Some("from"));
        let StepAct::User(said) = &course.steps[1].act else { panic!("{course:?}") };
        assert_eq!((said.text.as_deref(), said.entities[0].role.as_deref()), (Some("fly to Rome"), Some("to")));
        assert_eq!(said.entities[0].value, Told::Text("Rome".into()));
        let StepAct::Or(ways) = &course.steps[2].act else { panic!("{course:?}") };
        assert!(matches!(&ways[0].act, StepAct::User(said) if said.intent.as_deref() == Some("yes")));
        assert_eq!(course.steps[3].act, StepAct::Slots(vec![("seat".into(), Told::Some)]));
        assert_eq!(course.steps[4].line, 16);
    }

    #[test]
    fn a_turn_in_two_steps_is_joined_and_told() {
        let (courses, remarks) =
            courses("- story: a\n  steps:\n  - user: hi\n  - intent: greet\n  - action: utter_hi\n  - nonsense: 3\n");
        assert_eq!(remarks, [What::UnknownStep { step: "nonsense".into() }, What::SplitTurn]);
        assert_eq!(courses[0].steps.len(), 2);
    }

    #[test]
    fn a_payload_holds_an_intent_and_its_entities() {
        let said = payload(r#"/inform{"kind": "spend", "n": 3}"#).expect("reads");
        assert_eq!(said.entities.len(), 2);
        assert_eq!(payload(r#"/inform{"kind": "spend"}'"#), None);
        assert_eq!(payload("inform"), None);
        assert_eq!(payload("/affirm").expect("reads").intent.as_deref(), Some("affirm"));
    }
}
