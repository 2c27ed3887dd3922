//! A storybook as the files of a Rasa project, version 3.1.
//!
//! What is read back is the same book but for places, comments and what a book does not hold (pictures, settings of
//! the session). Texts are quoted wherever YAML could take them for something else.

use std::fmt::Write;

use crate::domain::storybook::{
    Condition, Course, Entity, Mapping, Response, Slot, SlotKind, Source, Step, StepAct, Storybook, Told, Utter,
};
use crate::formats::corpus::inline::annotated;
use crate::text::yaml::{quoted, word};

/// Returns the files of a project: path below its folder, and text.
pub fn files(book: &Storybook) -> Vec<(&'static str, String)> {
    let mut files = vec![("domain.yml", domain(book)), ("data/nlu.yml", nlu(book)), ("config.yml", config(book))];
    let lists = [
        ("data/rules.yml", "rules", &book.rules),
        ("data/stories.yml", "stories", &book.stories),
        ("tests/test_stories.yml", "stories", &book.tests),
    ];
    for (path, key, courses) in lists {
        if !courses.is_empty() {
            files.push((path, self::courses(key, courses)));
        }
    }
    files
}

/// Writes rules or stories under their key.
pub fn courses(key: &str, courses: &[Course]) -> String {
    let mut out = format!("version: \"3.1\"\n{key}:\n");
    let kind = if key == "rules" { "rule" } else { "story" };
    for course in courses {
        let _ = writeln!(out, "- {kind}: {}", word(&course.name));
        if course.opens {
            out.push_str("  conversation_start: true\n");
        }
        if kind == "rule" && !course.waits {
            out.push_str("  wait_for_user_input: false\n");
        }
        if !course.conditions.is_empty() {
            out.push_str("  condition:\n");
            course.conditions.iter().for_each(|step| self::step(&mut out, step, "  "));
        }
        out.push_str("  steps:\n");
        course.steps.iter().for_each(|step| self::step(&mut out, step, "  "));
    }
    out
}

fn step(out: &mut String, step: &Step, indent: &str) {
    let _ = match &step.act {
        StepAct::User(said) => {
            user(out, said, indent);
            Ok(())
        }
        StepAct::Action(name) => writeln!(out, "{indent}- action: {}", word(name)),
        StepAct::Bot(words) => writeln!(out, "{indent}- bot: {}", quoted(words)),
        StepAct::Form(name) => {
            writeln!(out, "{indent}- active_loop: {}", name.as_ref().map_or("null".to_owned(), |name| word(name)))
        }
        StepAct::Slots(slots) => {
            let _ = writeln!(out, "{indent}- slot_was_set:");
            for (name, told) in slots {
                let _ = match told {
                    Told::Some => writeln!(out, "{indent}  - {}", word(name)),
                    told => writeln!(out, "{indent}  - {}: {}", word(name), value(told)),
                };
            }
            Ok(())
        }
        StepAct::Or(ways) => {
            let _ = writeln!(out, "{indent}- or:");
            let deeper = format!("{indent}  ");
            ways.iter().for_each(|way| self::step(out, way, &deeper));
            Ok(())
        }
        StepAct::Checkpoint(name) => writeln!(out, "{indent}- checkpoint: {}", word(name)),
    };
}

fn user(out: &mut String, said: &Utter, indent: &str) {
    let mut lead = format!("{indent}- ");
    let mut line = |text: String| {
        let _ = writeln!(out, "{lead}{text}");
        lead = format!("{indent}  ");
    };
    if let Some(text) = &said.text {
        line(format!("user: {}", quoted(text)));
    }
    if let Some(intent) = &said.intent {
        line(format!("intent: {}", word(intent)));
    }
    if !said.entities.is_empty() {
        line("entities:".to_owned());
        for entity in &said.entities {
            line(format!("- {}", self::entity(entity)));
        }
    }
}

fn entity(entity: &Entity) -> String {
    let mut parts = vec![format!("entity: {}", word(&entity.name))];
    if entity.value != Told::Some {
        parts.push(format!("value: {}", value(&entity.value)));
    }
    parts.extend(entity.role.as_ref().map(|role| format!("role: {}", word(role))));
    parts.extend(entity.group.as_ref().map(|group| format!("group: {}", word(group))));
    format!("{{{}}}", parts.join(", "))
}

fn domain(book: &Storybook) -> String {
    let mut out = "version: \"3.1\"\n".to_owned();
    let list = |out: &mut String, key: &str, items: Vec<String>| {
        if !items.is_empty() {
            let _ = writeln!(out, "{key}:");
            items.iter().for_each(|item| {
                let _ = writeln!(out, "- {item}");
            });
        }
    };
    let heading = |intent: &crate::domain::storybook::Heading| match &intent.triggers {
        Some(action) => format!("{}: {{triggers: {}}}", word(&intent.name), word(action)),
        None => word(&intent.name),
    };
    list(&mut out, "intents", book.intents.iter().map(heading).collect());
    list(&mut out, "entities", book.entities.iter().map(|name| word(name)).collect());
    if !book.slots.is_empty() {
        out.push_str("slots:\n");
        book.slots.iter().for_each(|slot| self::slot(&mut out, book, slot));
    }
    if !book.forms.is_empty() {
        out.push_str("forms:\n");
        for form in &book.forms {
            let _ = writeln!(out, "  {}:\n    required_slots: {}", word(&form.name), flow(&form.required));
            if !form.ignored.is_empty() {
                let _ = writeln!(out, "    ignored_intents: {}", flow(&form.ignored));
            }
        }
    }
    if !book.responses.is_empty() {
        out.push_str("responses:\n");
        book.responses.iter().for_each(|response| self::response(&mut out, response));
    }
    list(&mut out, "actions", book.actions.iter().map(|name| word(name)).collect());
    out
}

fn slot(out: &mut String, book: &Storybook, slot: &Slot) {
    let kind = match &slot.kind {
        SlotKind::Text => "text",
        SlotKind::Bool => "bool",
        SlotKind::Categorical(_) => "categorical",
        SlotKind::Float => "float",
        SlotKind::List => "list",
        SlotKind::Any => "any",
        SlotKind::Custom(class) => class,
    };
    let _ = writeln!(out, "  {}:\n    type: {}", word(&slot.name), word(kind));
    if let SlotKind::Categorical(values) = &slot.kind {
        let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        let _ = writeln!(out, "    values: [{}]", values.join(", "));
    }
    if slot.initial != Told::Null {
        let _ = writeln!(out, "    initial_value: {}", value(&slot.initial));
    }
    let _ = writeln!(out, "    influence_conversation: {}", slot.influences);
    let inside = book.inside.iter().find(|(name, _)| *name == slot.name).map_or(&[][..], |(_, list)| list.as_slice());
    let by_name = || Mapping {
        from: Source::Entity { entity: slot.name.clone(), role: None, group: None },
        intents: Vec::new(),
        not_intents: Vec::new(),
        conditions: Vec::new(),
    };
    let own = match &slot.mappings {
        Some(list) => list.clone(),
        None if slot.fills_itself && book.entities.contains(&slot.name) => vec![by_name()],
        None => Vec::new(),
    };
    let all: Vec<&Mapping> = inside.iter().chain(&own).collect();
    if all.is_empty() {
        out.push_str("    mappings:\n    - type: custom\n");
        return;
    }
    out.push_str("    mappings:\n");
    all.into_iter().for_each(|mapping| self::mapping(out, mapping));
}

fn mapping(out: &mut String, mapping: &Mapping) {
    let kind = match &mapping.from {
        Source::Entity { .. } => "from_entity",
        Source::Text => "from_text",
        Source::Intent(_) => "from_intent",
        Source::TriggerIntent(_) => "from_trigger_intent",
        Source::Elsewhere(kind) => kind,
    };
    let _ = writeln!(out, "    - type: {}", word(kind));
    let mut line = |key: &str, value: String| {
        let _ = writeln!(out, "      {key}: {value}");
    };
    match &mapping.from {
        Source::Entity { entity, role, group } => {
            line("entity", word(entity));
            role.iter().for_each(|role| line("role", word(role)));
            group.iter().for_each(|group| line("group", word(group)));
        }
        Source::Intent(told) | Source::TriggerIntent(told) if *told != Told::Some => line("value", value(told)),
        _ => {}
    }
    if !mapping.intents.is_empty() {
        line("intent", flow(&mapping.intents));
    }
    if !mapping.not_intents.is_empty() {
        line("not_intent", flow(&mapping.not_intents));
    }
    if !mapping.conditions.is_empty() {
        line("conditions", String::new());
        for Condition { form, requested } in &mapping.conditions {
            let mut parts = Vec::new();
            if let Some(form) = form {
                parts.push(format!("active_loop: {}", form.as_ref().map_or("null".to_owned(), |form| word(form))));
            }
            parts.extend(requested.as_ref().map(|slot| format!("requested_slot: {}", word(slot))));
            let _ = writeln!(out, "      - {{{}}}", parts.join(", "));
        }
    }
}

fn response(out: &mut String, response: &Response) {
    let _ = writeln!(out, "  {}:", word(&response.name));
    for said in &response.variations {
        let _ = writeln!(out, "  - text: {}", quoted(&said.text));
        if let Some(channel) = &said.channel {
            let _ = writeln!(out, "    channel: {}", word(channel));
        }
        if !said.when.is_empty() {
            out.push_str("    condition:\n");
            for (slot, told) in &said.when {
                let _ = writeln!(out, "    - {{type: slot, name: {}, value: {}}}", word(slot), value(told));
            }
        }
        if !said.buttons.is_empty() {
            out.push_str("    buttons:\n");
            for (title, payload) in &said.buttons {
                let _ = writeln!(out, "    - title: {}\n      payload: {}", quoted(title), quoted(payload));
            }
        }
    }
}

fn nlu(book: &Storybook) -> String {
    let mut out = "version: \"3.1\"\n".to_owned();
    let mut items = String::new();
    let mut intents: Vec<&str> = Vec::new();
    for example in &book.examples {
        if !intents.contains(&example.intent.as_str()) {
            intents.push(&example.intent);
        }
    }
    for intent in intents {
        let _ = writeln!(items, "- intent: {}\n  examples:", word(intent));
        for example in book.examples.iter().filter(|example| example.intent == intent) {
            let _ = writeln!(items, "  - text: {}", quoted(&annotated(&example.text, &example.marks).0));
        }
    }
    let mut texts = |kind: &str, name: &str, lines: &[String]| {
        let _ = writeln!(items, "- {kind}: {}\n  examples:", word(name));
        lines.iter().for_each(|line| {
            let _ = writeln!(items, "  - text: {}", quoted(line));
        });
    };
    book.synonyms.iter().for_each(|(value, words)| texts("synonym", value, words));
    book.lookups.iter().for_each(|(entity, words)| texts("lookup", entity, words));
    book.patterns.iter().for_each(|(entity, pattern)| texts("regex", entity, std::slice::from_ref(pattern)));
    let _ = write!(out, "nlu:{}\n{items}", if items.is_empty() { " []" } else { "" });
    out
}

fn config(book: &Storybook) -> String {
    let mut out = "recipe: default.v1\nlanguage: zh\npipeline:\n".to_owned();
    out.push_str("- name: WhitespaceTokenizer\n- name: CountVectorsFeaturizer\n  analyzer: char_wb\n  min_ngram: 1\n  max_ngram: 4\n");
    out.push_str("- name: DIETClassifier\n  epochs: 100\n- name: EntitySynonymMapper\npolicies:\n- name: AugmentedMemoizationPolicy\n");
    if let Some(history) = book.history {
        let _ = writeln!(out, "  max_history: {history}");
    }
    out.push_str("- name: RulePolicy\n");
    if let Some(fallback) = &book.fallback {
        let _ = writeln!(out, "  core_fallback_action_name: {}", word(fallback));
    }
    out
}

fn flow(words: &[String]) -> String {
    format!("[{}]", words.iter().map(|text| word(text)).collect::<Vec<_>>().join(", "))
}

fn value(told: &Told) -> String {
    match told {
        Told::Some => "any".to_owned(),
        Told::Null => "null".to_owned(),
        Told::Bool(yes) => yes.to_string(),
        Told::Number(number) => number.to_string(),
        Told::Text(text) => quoted(text),
        Told::List(list) => format!("[{}]", list.iter().map(value).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::rasa::folder;

    const BOT: &str = r#"
intents: [hi, {help: {triggers: utter_help}}, "yes"]
entities: [size, town]
slots:
  size: {type: categorical, values: [big, small], initial_value: big, mappings: [{type: from_entity, entity: size, role: a, not_intent: [hi]}, {type: from_intent, intent: "yes", value: true, conditions: [{active_loop: f, requested_slot: size}, {active_loop: null}]}]}
  town: {type: text, influence_conversation: false, mappings: [{type: from_text}]}
forms: {f: {required_slots: [size, town], ignored_intents: [help]}}
responses: {utter_help: [{text: "a: \"b\"\nc", buttons: [{title: x, payload: '/hi{"a": "b"}'}], condition: [{type: slot, name: town, value: null}]}, {text: d, channel: sms}]}
actions: [action_a]
nlu:
- {intent: hi, examples: [{text: "hello [there](town)"}, {text: "- : #"}]}
- {synonym: big, examples: [{text: large}]}
- {lookup: town, examples: [{text: Oslo}]}
- {regex: size, examples: [{text: "[0-9]+ cm"}]}
rules:
- {rule: "a: b", condition: [{active_loop: null}, {slot_was_set: [{size: big}, town]}], conversation_start: true, wait_for_user_input: false, steps: [{intent: hi, entities: [{town: Oslo, role: a}, size]}, {action: action_a}]}
stories:
- {story: s, steps: [{or: [{intent: hi}, {intent: "yes"}]}, {action: f}, {active_loop: f}, {active_loop: null}, {bot: "said: so"}, {checkpoint: c}]}
"#;

    /// A book without its places.
    fn bare(mut book: Storybook) -> Storybook {
        let none = crate::domain::storybook::Place::default;
        book.intents.iter_mut().for_each(|intent| intent.place = none());
        book.slots.iter_mut().for_each(|slot| slot.place = none());
        book.forms.iter_mut().for_each(|form| form.place = none());
        book.responses.iter_mut().for_each(|response| response.place = none());
        book.examples.iter_mut().for_each(|example| example.place = none());
        fn lines(steps: &mut [Step]) {
            for step in steps {
                step.line = 0;
                if let StepAct::Or(ways) = &mut step.act {
                    lines(ways);
                }
            }
        }
        for course in book.rules.iter_mut().chain(&mut book.stories).chain(&mut book.tests) {
            course.place = none();
            lines(&mut course.steps);
            lines(&mut course.conditions);
        }
        book
    }

    #[test]
    fn what_is_written_is_read_back() {
        let first = tempfile::tempdir().expect("a folder");
        std::fs::write(first.path().join("domain.yml"), BOT).expect("a file");
        let read = folder::read(first.path()).expect("reads");
        assert_eq!(read.remarks.len(), 1, "{:?}", read.remarks);
        let second = tempfile::tempdir().expect("a folder");
        for (path, text) in files(&read.book) {
            let path = second.path().join(path);
            std::fs::create_dir_all(path.parent().expect("below")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        let back = folder::read(second.path()).expect("reads");
        assert_eq!(bare(back.book), bare(read.book));
    }
}
