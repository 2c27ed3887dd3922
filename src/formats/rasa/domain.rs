//! The domain: intents, entities, slots, forms, responses, actions; of versions 1 to 3.

use crate::domain::storybook::{
    Condition, Counts, Form, Heading, Mapping, Response, Slot, SlotKind, Source, Storybook, Told, Variation,
};
use crate::formats::rasa::courses::payload;
use crate::formats::rasa::remark::{Remarks, What};
use crate::text::yaml::{Node, Value};

/// Adds what one key of a file says, if it is one of the domain's; tells whether it is.
pub(super) fn read(key: &str, node: &Node, book: &mut Storybook, remarks: &mut Remarks<'_>) -> bool {
    match key {
        "intents" => node.items().iter().for_each(|item| intent(item, book, remarks)),
        "entities" => {
            for item in node.items() {
                let about = item.pairs().first();
                let Some(name) = item.word().or_else(|| about?.0.word()) else { continue };
                add(&mut book.entities, name.to_owned());
                if about.is_some_and(|(_, about)| about.truth_of("influence_conversation") == Some(false)) {
                    add(&mut book.silent, name.to_owned());
                }
            }
        }
        "slots" => {
            for (name, slot) in node.pairs() {
                let slot = self::slot(name, slot, remarks);
                book.slots.retain(|known| known.name != slot.name);
                book.slots.push(slot);
            }
        }
        "forms" => forms(node, book, remarks),
        "responses" | "templates" => {
            for (name, node) in node.pairs() {
                let Some(name_said) = name.word() else { continue };
                let variations = node.items().iter().filter_map(|item| variation(item, remarks)).collect();
                let response = Response { name: name_said.to_owned(), variations, place: remarks.place(name.line) };
                book.responses.retain(|known| known.name != response.name);
                book.responses.push(response);
            }
        }
        "actions" => {
            let name = |item: &Node| item.word().or_else(|| item.pairs().first()?.0.word()).map(str::to_owned);
            node.items().iter().filter_map(name).for_each(|name| add(&mut book.actions, name));
        }
        "e2e_actions" | "session_config" | "config" => {}
        _ => return false,
    }
    true
}

fn add(list: &mut Vec<String>, name: String) {
    if !list.contains(&name) {
        list.push(name);
    }
}

fn intent(item: &Node, book: &mut Storybook, remarks: &Remarks<'_>) {
    let (name, triggers, counts) = match item.pairs().first() {
        Some((name, about)) => (name.word(), about.word_of("triggers"), counts(about)),
        None => (item.word(), None, Counts::All),
    };
    let Some(name) = name else { return };
    if !book.intents.iter().any(|known| known.name == name) {
        book.intents.push(Heading { name: name.to_owned(), triggers, counts, place: remarks.place(item.line) });
    }
}

/// Reads `use_entities` and `ignore_entities`, each a list or a truth value.
fn counts(about: &Node) -> Counts {
    let list =
        |key: &str| about.get(key).filter(|node| matches!(node.value, Value::List(_))).map(|_| about.words_of(key));
    let none = about.truth_of("use_entities") == Some(false) || about.truth_of("ignore_entities") == Some(true);
    match (list("use_entities"), list("ignore_entities")) {
        _ if none => Counts::Only(Vec::new()),
        (Some(used), ignored) => {
            let ignored = ignored.unwrap_or_default();
            Counts::Only(used.into_iter().filter(|name| !ignored.contains(name)).collect())
        }
        (None, Some(ignored)) => Counts::Not(ignored),
        (None, None) => Counts::All,
    }
}

fn slot(name: &Node, node: &Node, remarks: &mut Remarks<'_>) -> Slot {
    let class = node.word_of("type").unwrap_or_else(|| "text".to_owned());
    let kind = match class.rsplit('.').next().unwrap_or_default().trim_end_matches("Slot").to_lowercase().as_str() {
        "text" => SlotKind::Text,
        "bool" | "boolean" => SlotKind::Bool,
        "categorical" => {
            let values = node.get("values").map_or(&[][..], Node::items);
            SlotKind::Categorical(values.iter().map(|value| value.told().text().to_lowercase()).collect())
        }
        "float" => SlotKind::Float,
        "list" => SlotKind::List,
        "any" | "unfeaturized" => SlotKind::Any,
        _ => {
            remarks.add(node.line, What::CustomSlot { class: class.clone() });
            SlotKind::Custom(class)
        }
    };
    let mappings =
        node.get("mappings").map(|list| list.items().iter().map(|item| mapping(item, "", remarks)).collect());
    Slot {
        name: name.word().unwrap_or_default().to_owned(),
        influences: kind != SlotKind::Any && node.truth_of("influence_conversation").unwrap_or(true),
        kind,
        initial: node.get("initial_value").map_or(Told::Null, Node::told),
        mappings,
        fills_itself: node.truth_of("auto_fill").unwrap_or(true),
        place: remarks.place(name.line),
    }
}

/// Reads one mapping; `slot` is the entity where none is named.
fn mapping(node: &Node, slot: &str, remarks: &mut Remarks<'_>) -> Mapping {
    let value = || node.get("value").map_or(Told::Some, Node::told);
    let kind = node.word_of("type").unwrap_or_default();
    let from = match kind.as_str() {
        "from_entity" => Source::Entity {
            entity: node.word_of("entity").unwrap_or_else(|| slot.to_owned()),
            role: node.word_of("role"),
            group: node.word_of("group"),
        },
        "from_text" => Source::Text,
        "from_intent" => Source::Intent(value()),
        "from_trigger_intent" => Source::TriggerIntent(value()),
        "custom" | "from_llm" | "controlled" => Source::Elsewhere(kind),
        _ => {
            remarks.add(node.line, What::UnknownMapping { kind: kind.clone() });
            Source::Elsewhere(kind)
        }
    };
    for (key, _) in node.get("conditions").map_or(&[][..], Node::items).iter().flat_map(Node::pairs) {
        if let Some(word) = key.word().filter(|word| !matches!(*word, "active_loop" | "requested_slot")) {
            remarks.add(key.line, What::UnknownCondition { what: word.to_owned() });
        }
    }
    let condition = |item: &Node| Condition {
        form: item.get("active_loop").map(|form| form.word().map(str::to_owned)),
        requested: item.word_of("requested_slot"),
    };
    Mapping {
        from,
        intents: node.words_of("intent"),
        not_intents: node.words_of("not_intent"),
        conditions: node.get("conditions").map_or(&[][..], Node::items).iter().map(condition).collect(),
    }
}

fn forms(node: &Node, book: &mut Storybook, remarks: &mut Remarks<'_>) {
    for item in node.items() {
        // Version 1 has a list of names, later ones a map.
        let one = [(item.clone(), Node { value: Value::Null, ..item.clone() })];
        let pairs = if item.pairs().is_empty() { &one[..] } else { item.pairs() };
        for (name, about) in pairs {
            let Some(name_said) = name.word() else { continue };
            let form = form(name_said, about, remarks.place(name.line), book, remarks);
            book.forms.retain(|known| known.name != form.name);
            book.forms.push(form);
        }
    }
}

fn form(
    name: &str,
    about: &Node,
    place: crate::domain::storybook::Place,
    book: &mut Storybook,
    remarks: &mut Remarks<'_>,
) -> Form {
    let mut form = Form { name: name.to_owned(), ignored: about.words_of("ignored_intents"), place, ..Form::default() };
    let required = about.get("required_slots");
    // Before 2.6 the slots stood right below the form.
    let bare = required.is_none().then_some(about);
    for item in required.or(bare).map_or(&[][..], Node::items) {
        if let Some(slot) = item.word() {
            add(&mut form.required, slot.to_owned());
        }
        for (slot, mappings) in item.pairs() {
            let Some(slot) = slot.word().filter(|word| *word != "ignored_intents") else { continue };
            add(&mut form.required, slot.to_owned());
            let mut list: Vec<Mapping> = mappings
                .items()
                .iter()
                .filter(|item| !item.pairs().is_empty())
                .map(|item| mapping(item, slot, remarks))
                .collect();
            if list.is_empty() {
                let from = Source::Entity { entity: slot.to_owned(), role: None, group: None };
                list.push(Mapping { from, intents: vec![], not_intents: vec![], conditions: vec![] });
            }
            for mapping in &mut list {
                // In a form, words and intents answer the slot that was asked for; entities fill whatever slot is theirs.
                let asked = matches!(mapping.from, Source::Text | Source::Intent(_));
                let condition =
                    Condition { form: Some(Some(name.to_owned())), requested: asked.then(|| slot.to_owned()) };
                mapping.conditions = vec![condition];
            }
            inside(book, slot, list);
        }
    }
    form
}

/// Adds the mappings a form has for a slot to the slot's own.
fn inside(book: &mut Storybook, slot: &str, list: Vec<Mapping>) {
    match book.inside.iter_mut().find(|(name, _)| name == slot) {
        Some((_, known)) => known.extend(list),
        None => book.inside.push((slot.to_owned(), list)),
    }
}

fn variation(node: &Node, remarks: &mut Remarks<'_>) -> Option<Variation> {
    if let Some(text) = node.word() {
        return Some(Variation { text: text.to_owned(), ..Variation::default() });
    }
    if node.pairs().is_empty() {
        return None;
    }
    let mut said = Variation {
        text: node.word_of("text").unwrap_or_default(),
        channel: node.word_of("channel"),
        ..Variation::default()
    };
    for button in node.get("buttons").map_or(&[][..], Node::items) {
        let payload_said = button.word_of("payload").unwrap_or_default();
        let title = button.word_of("title").unwrap_or_else(|| payload_said.clone());
        if payload_said.starts_with('/') && payload_said.contains('{') && payload(&payload_said).is_none() {
            let line = button.get("payload").map_or(button.line, |at| at.line);
            remarks.add(line, What::StrayPayload { payload: payload_said.clone() });
        }
        said.buttons.push((title, payload_said));
    }
    for condition in node.get("condition").map_or(&[][..], Node::items) {
        let of_slot = condition.word_of("type").as_deref() == Some("slot");
        match condition.word_of("name").filter(|_| of_slot) {
            Some(name) => said.when.push((name, condition.get("value").map_or(Told::Null, Node::told))),
            None => {
                // Without its condition the wording would be said where it must not be.
                let what = condition.word().map(str::to_owned).or_else(|| condition.word_of("type"));
                remarks.add(condition.line, What::UnknownCondition { what: what.unwrap_or_default() });
                return None;
            }
        }
    }
    let worded = ["text", "channel", "buttons", "condition", "id", "metadata"];
    let extras = node.pairs().iter().filter_map(|(key, _)| key.word()).filter(|key| !worded.contains(key));
    said.extras = extras.map(str::to_owned).collect();
    Some(said)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::formats::rasa::node;

    fn book(yaml: &str) -> (Storybook, Vec<What>) {
        let file = Path::new("domain.yml");
        let (mut book, mut remarks) = (Storybook::default(), Remarks { file, found: Vec::new() });
        let tree = node::read(file, yaml).expect("reads").expect("holds something");
        for (key, value) in tree.pairs() {
            assert!(read(key.word().expect("a word"), value, &mut book, &mut remarks), "{key:?}");
        }
        (book, remarks.found.into_iter().map(|remark| remark.what).collect())
    }

    #[test]
    fn a_domain_of_version_three_is_read() {
        let (book, remarks) = book(
            r#"
intents: [greet, {book: {use_entities: []}}, {help: {triggers: action_help}}]
entities: [city, {day: {roles: [from]}}]
slots:
  seat: {type: categorical, values: [Aisle, window], mappings: [{type: from_entity, entity: seat, role: a, not_intent: no}]}
  free: {type: any, influence_conversation: true, mappings: [{type: custom}]}
  own: {type: bot.slots.Weather}
  sure: {type: bool, initial_value: false, influence_conversation: false, mappings: [{type: from_intent, intent: [yes, ok], value: true, conditions: [{active_loop: f, requested_slot: sure}, {active_loop: null}]}]}
forms: {f: {required_slots: [seat, sure], ignored_intents: chat}, g: }
responses:
  utter_hi:
  - text: hi {name}
    buttons: [{title: a, payload: "/go{\"x\": \"y\"}'"}]
    condition: [{type: slot, name: sure, value: true}]
  - {text: hey, channel: sms, image: x.png}
actions: [action_a, {action_b: {send_domain: true}}]
session_config: {session_expiration_time: 60}
"#,
        );
        assert_eq!(
            remarks,
            [
                What::CustomSlot { class: "bot.slots.Weather".into() },
                What::StrayPayload { payload: "/go{\"x\": \"y\"}'".into() }
            ]
        );
        let names: Vec<&str> = book.intents.iter().map(|intent| intent.name.as_str()).collect();
        assert_eq!(names, ["greet", "book", "help"]);
        assert_eq!(book.intents[2].triggers.as_deref(), Some("action_help"));
        assert_eq!((book.entities.len(), book.actions.len()), (2, 2));
        assert_eq!(book.slots[0].kind, SlotKind::Categorical(vec!["aisle".into(), "window".into()]));
        assert!(!book.slots[1].influences && book.slots[2].influences && !book.slots[3].influences);
        let sure = &book.slots[3].mappings.as_ref().expect("mappings")[0];
        assert_eq!((sure.intents.len(), &sure.from), (2, &Source::Intent(Told::Bool(true))));
        assert_eq!(sure.conditions[1], Condition { form: Some(None), requested: None });
        assert_eq!((book.forms[0].required.len(), book.forms[0].ignored.len(), book.forms.len()), (2, 1, 2));
        assert_eq!(book.responses[0].variations[1].extras, ["image"]);
        assert_eq!(book.responses[0].variations[0].when, [("sure".to_owned(), Told::Bool(true))]);
    }

    #[test]
    fn older_versions_keep_mappings_in_forms_and_names_in_lists() {
        let (two, remarks) = book(
            "
slots: {city: {type: text, auto_fill: false}, size: {type: float}}
forms:
  f:
    required_slots:
      city: [{type: from_text, intent: inform}, {type: from_entity, entity: place}]
      size:
  g: {city: [{type: from_entity, entity: town}]}
",
        );
        assert_eq!(remarks, []);
        assert!(!two.slots[0].fills_itself && two.slots[1].fills_itself);
        assert_eq!(
            (&two.forms[0].required, &two.forms[1].required),
            (&vec!["city".into(), "size".into()], &vec!["city".to_owned()])
        );
        let (_, city) = &two.inside[0];
        assert_eq!(city.len(), 3);
        assert_eq!(city[0].conditions[0].requested.as_deref(), Some("city"));
        assert_eq!(city[2].conditions[0], Condition { form: Some(Some("g".into())), requested: None });
        let (one, _) = book("forms: [book_form]\ntemplates: {utter_a: [just words], utter_b: words alone}\n");
        assert_eq!(one.forms[0].name, "book_form");
        assert_eq!(one.responses[1].variations[0].text, "words alone");
    }
}
