//! What is remembered and told apart: slots, entities, mappings, retrieval intents.

use super::*;

#[test]
fn slots_count_by_their_type() {
    let courses = "
rules:
- {rule: bread, condition: [{slot_was_set: [{kind: bread}]}], steps: [{intent: say}, {action: utter_small}]}
- {rule: cake, condition: [{slot_was_set: [{kind: CAKE}]}], steps: [{intent: say}, {action: utter_big}]}
- {rule: other, condition: [{slot_was_set: [{kind: pie}]}], steps: [{intent: say}, {action: utter_help}]}
- {rule: notes, condition: [{slot_was_set: [{notes: [x]}]}], steps: [{intent: more}, {action: utter_big}]}
- {rule: no notes, condition: [{slot_was_set: [{notes: null}]}], steps: [{intent: more}, {action: utter_small}]}
- {rule: heavy, condition: [{slot_was_set: [{weight: 2.5}]}], steps: [{intent: chat}, {action: utter_big}]}
- {rule: quiet, condition: [{slot_was_set: [{quiet: x}, {memo: y}]}], steps: [{intent: help}, {action: utter_help}]}
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: kinds, steps: [{slot_was_set: [{kind: bread}]}, {user: a, intent: say}, {action: utter_small}, {slot_was_set: [{kind: cake}]}, {user: a, intent: say}, {action: utter_big}, {slot_was_set: [{kind: tart}]}, {user: a, intent: say}, {action: utter_help}]}
- {story: lists, steps: [{slot_was_set: [{notes: []}]}, {user: a, intent: more}, {action: utter_small}, {slot_was_set: [{notes: [y, z]}]}, {user: a, intent: more}, {action: utter_big}]}
- {story: floats, steps: [{slot_was_set: [{weight: 2.5}]}, {user: a, intent: chat}, {action: utter_big}]}
- {story: what has no influence, steps: [{user: a, intent: help}, {action: utter_help}]}
",
    );
}

#[test]
fn retrieval_intents_are_one_intent_and_may_be_told_apart() {
    let domain = "
intents: [faq, chat]
responses: {utter_faq/hours: [{text: nine}], utter_faq/price: [{text: ten}], utter_price: [{text: p}]}
";
    let courses = "
rules:
- {rule: any, steps: [{intent: faq}, {action: utter_faq}]}
- {rule: one, steps: [{intent: chat/price}, {action: utter_price}]}
- {rule: rest, steps: [{intent: chat}, {action: utter_chat}]}
";
    right(
        domain,
        courses,
        "
stories:
- {story: t, steps: [{user: when, intent: faq/hours}, {action: utter_faq/hours}, {user: when, intent: faq}, {action: utter_faq}]}
- {story: u, steps: [{user: when, intent: chat/price}, {action: utter_price}, {user: when, intent: chat/weather}, {action: utter_chat}]}
",
    );
}

#[test]
fn entities_tell_turns_apart_by_name_and_role() {
    let domain = "
intents: [fly]
entities: [{town: {roles: [from, to]}}]
actions: [action_from, action_to, action_ask]
";
    let courses = "
stories:
- {story: a, steps: [{intent: fly, entities: [{town: Rome, role: from}]}, {action: action_from}]}
- {story: b, steps: [{intent: fly, entities: [{town: Rome, role: to}]}, {action: action_to}]}
- {story: c, steps: [{intent: fly}, {action: action_ask}]}
";
    right(
        domain,
        courses,
        r#"
stories:
- {story: t, steps: [{user: 'from [Oslo]{"entity": "town", "role": "from"}', intent: fly}, {action: action_from}, {user: 'to [Oslo]{"entity": "town", "role": "to"}', intent: fly}, {action: action_to}, {user: away, intent: fly}, {action: action_ask}]}
"#,
    );
}

#[test]
fn in_version_two_entities_fill_slots_of_their_name() {
    let domain = "
version: '2.0'
intents: [say, go]
entities: [town, name]
slots: {town: {type: text}, name: {type: text, auto_fill: false}}
forms: {town_form: {required_slots: {town: [{type: from_text, intent: say}]}}}
actions: [action_known, action_unknown]
";
    let courses = "
rules:
- {rule: known, condition: [{slot_was_set: [{town: x}]}], steps: [{intent: go}, {action: action_known}]}
- {rule: unknown, condition: [{slot_was_set: [{town: null}, {name: null}]}], steps: [{intent: go}, {action: action_unknown}]}
";
    right(
        domain,
        courses,
        "
stories:
- {story: t, steps: [{user: 'I am [Li](name)', intent: go}, {action: action_unknown}, {user: 'to [Oslo](town)', intent: go}, {action: action_known}]}
",
    );
}

#[test]
fn mappings_fill_slots_as_their_conditions_say() {
    let domain = "
version: '3.1'
intents: [order, say, agree, refuse, cake, go]
entities: [size]
slots:
  what: {type: text, mappings: [{type: from_trigger_intent, intent: cake, value: a cake, conditions: [{active_loop: order_form}]}]}
  size: {type: text, mappings: [{type: from_entity, entity: size, not_intent: refuse}, {type: from_text, intent: say, conditions: [{active_loop: order_form, requested_slot: size}]}]}
  sure: {type: bool, mappings: [{type: from_intent, intent: agree, value: true, conditions: [{active_loop: order_form, requested_slot: sure}]}]}
forms: {order_form: {required_slots: [size, sure]}}
actions: [action_a, action_b, action_c, action_d]
";
    let courses = "
rules:
- {rule: begin, steps: [{or: [{intent: order}, {intent: cake}]}, {action: order_form}, {active_loop: order_form}]}
- {rule: end, condition: [{active_loop: order_form}], steps: [{action: order_form}, {active_loop: null}, {action: action_d}]}
- {rule: all, condition: [{slot_was_set: [{what: x}, {size: x}, {sure: true}]}], steps: [{intent: go}, {action: action_a}]}
- {rule: size, condition: [{slot_was_set: [{what: null}, {size: x}, {sure: null}]}], steps: [{intent: go}, {action: action_b}]}
- {rule: none, condition: [{slot_was_set: [{size: null}, {sure: null}]}], steps: [{intent: go}, {action: action_c}]}
";
    right(
        domain,
        courses,
        "
stories:
- {story: all, steps: [{user: a cake, intent: cake}, {action: order_form}, {active_loop: order_form}, {user: very big, intent: say}, {action: order_form}, {user: yes, intent: agree}, {action: order_form}, {active_loop: null}, {action: action_d}, {user: go, intent: go}, {action: action_a}]}
- {story: not asked for, steps: [{user: a, intent: order}, {action: order_form}, {active_loop: order_form}, {user: yes, intent: agree}, {action: order_form}, {user: 'a [big](size) one', intent: say}, {action: order_form}, {active_loop: null}, {action: action_d}, {user: go, intent: go}, {action: action_b}]}
- {story: forbidden, steps: [{user: 'not a [big](size) one', intent: refuse}, {slot_was_set: [{size: null}]}, {user: go, intent: go}, {action: action_c}]}
",
    );
}

#[test]
fn entities_that_do_not_count_tell_no_turns_apart() {
    let domain = "
intents: [{fly: {ignore_entities: [town]}}, {ride: {use_entities: []}}, {walk: {use_entities: [town]}}, sail]
entities: [town, {mood: {influence_conversation: false}}]
actions: [action_a, action_b, action_c, action_d]
";
    let courses = "
stories:
- {story: a, steps: [{intent: fly, entities: [{town: Rome}]}, {action: action_a}]}
- {story: b, steps: [{intent: ride, entities: [{town: Rome}]}, {action: action_b}]}
- {story: c, steps: [{intent: sail, entities: [{mood: glad}]}, {action: action_c}]}
- {story: d, steps: [{intent: walk, entities: [{town: Rome}]}, {action: action_d}]}
";
    right(
        domain,
        courses,
        "
stories:
- {story: t, steps: [{user: away, intent: fly}, {action: action_a}, {user: away, intent: ride}, {action: action_b}, {user: away, intent: sail}, {action: action_c}]}
",
    );
    let counts = "stories: [{story: t, steps: [{user: away, intent: walk}, {action: action_d}]}]";
    let played = plays(domain, courses, counts);
    assert_eq!(played[0].decisions[0].verdict, Verdict::Undecided, "a town that counts was not said");
    assert!(played[0].decisions[0].missing.is_some());
}

#[test]
fn words_fill_a_slot_at_every_turn_where_nothing_is_asked_of_them() {
    let domain = "
version: '3.1'
intents: [say, order, go]
slots:
  last: {type: text, mappings: [{type: from_text, not_intent: go}]}
  name: {type: text, mappings: [{type: from_text, conditions: [{active_loop: name_form, requested_slot: name}]}]}
forms: {name_form: {required_slots: [name]}}
actions: [action_known, action_unknown, action_named, action_end]
";
    let courses = "
rules:
- {rule: known, condition: [{slot_was_set: [{last: x}, {name: null}]}], steps: [{intent: go}, {action: action_known}]}
- {rule: unknown, condition: [{slot_was_set: [{last: null}]}], steps: [{intent: go}, {action: action_unknown}]}
- {rule: named, condition: [{slot_was_set: [{name: x}]}], steps: [{intent: go}, {action: action_named}]}
- {rule: begin, steps: [{intent: order}, {action: name_form}, {active_loop: name_form}]}
- {rule: end, condition: [{active_loop: name_form}], steps: [{action: name_form}, {active_loop: null}, {action: action_end}]}
";
    right(
        domain,
        courses,
        "
stories:
- {story: t, steps: [{user: a, intent: go}, {action: action_unknown}, {user: a, intent: order}, {action: name_form}, {active_loop: name_form}, {active_loop: null}, {action: action_end}, {user: a, intent: go}, {action: action_known}]}
- {story: u, steps: [{user: a, intent: order}, {action: name_form}, {active_loop: name_form}, {user: Li, intent: say}, {action: name_form}, {active_loop: null}, {action: action_end}, {user: a, intent: go}, {action: action_named}]}
",
    );
}

#[test]
fn what_a_form_ignores_fills_nothing_while_it_runs_but_where_the_intent_is_named() {
    let domain = "
version: '3.1'
intents: [say, order, chat, go]
slots:
  last: {type: text, mappings: [{type: from_text, not_intent: [go, order]}]}
  talk: {type: text, mappings: [{type: from_text, intent: chat}]}
  name: {type: text, mappings: [{type: from_text, conditions: [{active_loop: name_form, requested_slot: name}]}]}
forms: {name_form: {required_slots: [name], ignored_intents: chat}}
actions: [action_last, action_none, action_talk, action_end]
";
    let courses = "
rules:
- {rule: begin, steps: [{intent: order}, {action: name_form}, {active_loop: name_form}]}
- {rule: chat, condition: [{active_loop: name_form}, {slot_was_set: [{last: null}, {talk: x}]}], steps: [{intent: chat}, {action: action_talk}]}
- {rule: end, condition: [{active_loop: name_form}], steps: [{action: name_form}, {active_loop: null}, {action: action_end}]}
- {rule: none, condition: [{slot_was_set: [{last: null}]}], steps: [{intent: go}, {action: action_none}]}
- {rule: last, condition: [{slot_was_set: [{last: x}]}], steps: [{intent: go}, {action: action_last}]}
";
    right(
        domain,
        courses,
        "
stories:
- {story: t, steps: [{user: a, intent: order}, {action: name_form}, {active_loop: name_form}, {user: nice day, intent: chat}, {action: action_talk}]}
",
    );
}

#[test]
fn what_an_action_remembers_decides_what_comes_after_it() {
    let courses = "
rules:
- {rule: bake, steps: [{intent: order}, {action: action_bake}], wait_for_user_input: false}
- {rule: baked, condition: [{slot_was_set: [{sure: true}]}], steps: [{action: action_bake}, {action: utter_big}]}
- {rule: burnt, condition: [{slot_was_set: [{sure: false}]}], steps: [{action: action_bake}, {action: utter_small}]}
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: t, steps: [{user: a, intent: order}, {action: action_bake}, {slot_was_set: [sure: true]}, {action: utter_big}]}
- {story: u, steps: [{user: a, intent: order}, {action: action_bake}, {slot_was_set: [{sure: false}, {kind: cake}]}, {action: utter_small}]}
",
    );
}
