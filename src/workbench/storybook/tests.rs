//! Each construct of Rasa's rules, stories and forms, in bots of a few lines.

use std::path::Path;

use crate::bot::Bot;
use crate::dialogue::state::State;
use crate::dialogue::storybook::decide::{By, Decider};
use crate::dialogue::storybook::replay::{Played, Verdict, play};
use crate::formats::rasa::folder::{self, Project};
use crate::formats::rasa::remark::What;
use crate::workbench::project::Project as Ours;
use crate::workbench::storybook::{bring, read, replay, replay_understood, write_botium, write_rasa};

/// Reads a project of these files.
fn project(files: &[(&str, &str)]) -> Project {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let mut project = folder::read(folder.path()).expect("a project");
    project.remarks.iter_mut().for_each(|remark| {
        remark.place.file = remark.place.file.strip_prefix(folder.path()).expect("below").to_path_buf();
    });
    project
}

/// Plays the tests of a project of three files.
fn plays(domain: &str, courses: &str, tests: &str) -> Vec<Played> {
    let project = project(&[("domain.yml", domain), ("data/all.yml", courses), ("tests/test_all.yml", tests)]);
    let decider = Decider::new(&project.book);
    assert!(!project.book.tests.is_empty(), "{:?}", project.remarks);
    project.book.tests.iter().map(|test| play(&decider, test, &|_| None)).collect()
}

/// Tells that every decision of every test is right.
fn right(domain: &str, courses: &str, tests: &str) {
    for played in plays(domain, courses, tests) {
        assert!(played.passed(), "{}: {:#?}", played.name, not_right(&played));
    }
}

fn not_right(played: &Played) -> Vec<String> {
    let wrong = played.decisions.iter().filter(|decided| decided.verdict != Verdict::Right);
    wrong
        .map(|d| format!("{}: {:?} wanted {:?} got {:?} by {:?}", d.line, d.verdict, d.wanted, d.got.act, d.got.by))
        .collect()
}

const SHOP: &str = "
intents: [hi, bye, order, say, help, agree, refuse, chat, more]
entities: [size, town]
slots:
  size: {type: text, influence_conversation: true, mappings: [{type: from_entity, entity: size}]}
  sure: {type: bool, mappings: [{type: custom}]}
  kind: {type: categorical, values: [Bread, cake], mappings: [{type: custom}]}
  notes: {type: list, mappings: [{type: custom}]}
  weight: {type: float, mappings: [{type: custom}]}
  quiet: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  memo: {type: any, mappings: [{type: custom}]}
forms: {order_form: {required_slots: [size, sure]}, town_form: {required_slots: [town]}}
responses: {utter_hi: [{text: Hello there}], utter_bye: [{text: Bye}], utter_help: [{text: I help}], utter_small: [{text: s}], utter_big: [{text: b}]}
actions: [action_bake, action_ship, action_ask]
";

#[test]
fn a_rule_of_several_acts_is_followed_and_then_the_bot_listens() {
    right(
        SHOP,
        "rules: [{rule: a, steps: [{intent: hi}, {action: utter_hi}, {action: utter_help}]}]",
        "stories: [{story: t, steps: [{user: hey, intent: hi}, {action: utter_hi}, {action: utter_help}, {user: hey, intent: hi}, {action: utter_hi}, {action: utter_help}]}]",
    );
}

#[test]
fn what_a_rule_does_not_mention_does_not_count() {
    let courses = "rules:\n- {rule: a, steps: [{intent: hi}, {action: utter_hi}]}\n";
    right(
        SHOP,
        courses,
        "stories: [{story: t, steps: [{slot_was_set: [{size: big}, {sure: true}]}, {user: '[big](size) hi', intent: hi}, {action: utter_hi}]}]",
    );
}

#[test]
fn a_rule_holds_only_under_its_conditions() {
    let courses = "
rules:
- {rule: unset, condition: [{slot_was_set: [{size: null}]}], steps: [{intent: order}, {action: action_ask}]}
- {rule: set, condition: [{slot_was_set: [{size: any}]}], steps: [{intent: order}, {action: action_bake}]}
- {rule: sure, condition: [{slot_was_set: [{sure: true}]}], steps: [{intent: say}, {action: utter_big}]}
- {rule: not sure, condition: [{slot_was_set: [{sure: false}]}], steps: [{intent: say}, {action: utter_small}]}
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: t, steps: [{user: a, intent: order}, {action: action_ask}, {user: 'a [big](size) one', intent: order}, {action: action_bake}]}
- {story: u, steps: [{slot_was_set: [{sure: true}]}, {user: a, intent: say}, {action: utter_big}, {slot_was_set: [{sure: false}]}, {user: a, intent: say}, {action: utter_small}]}
",
    );
}

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
fn a_form_runs_until_it_ends_and_its_rule_goes_on() {
    let courses = "
rules:
- {rule: begin, steps: [{intent: order}, {action: order_form}, {active_loop: order_form}]}
- {rule: end, condition: [{active_loop: order_form}], steps: [{action: order_form}, {active_loop: null}, {slot_was_set: [{requested_slot: null}]}, {action: action_bake}, {action: utter_bye}]}
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: at once, steps: [{user: a, intent: order}, {action: order_form}, {active_loop: order_form}, {active_loop: null}, {action: action_bake}, {action: utter_bye}]}
- {story: with answers, steps: [{user: a, intent: order}, {action: order_form}, {active_loop: order_form}, {user: '[big](size)', intent: say}, {action: order_form}, {user: sure, intent: agree}, {action: order_form}, {active_loop: null}, {action: action_bake}, {action: utter_bye}, {user: a, intent: order}, {action: order_form}, {active_loop: order_form}]}
",
    );
}

#[test]
fn a_turn_the_form_refuses_is_answered_and_the_form_comes_back() {
    let courses = "
rules:
- {rule: begin, steps: [{intent: order}, {action: order_form}, {active_loop: order_form}]}
- {rule: end, condition: [{active_loop: order_form}], steps: [{action: order_form}, {active_loop: null}, {action: action_bake}]}
- {rule: help, steps: [{intent: help}, {action: utter_help}]}
stories:
- {story: small talk, steps: [{intent: chat}, {action: utter_hi}]}
- {story: stops, steps: [{intent: order}, {action: order_form}, {active_loop: order_form}, {intent: refuse}, {action: action_ask}, {intent: agree}, {action: action_deactivate_loop}, {active_loop: null}, {action: utter_bye}]}
- {story: goes on, steps: [{intent: order}, {action: order_form}, {active_loop: order_form}, {intent: refuse}, {action: action_ask}, {intent: refuse}, {action: order_form}, {active_loop: null}, {action: action_bake}]}
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: by a rule, steps: [{user: a, intent: order}, {action: order_form}, {active_loop: order_form}, {user: b, intent: help}, {action: utter_help}, {action: order_form}, {user: b, intent: help}, {action: utter_help}, {action: order_form}, {active_loop: null}, {action: action_bake}]}
- {story: by a story, steps: [{user: a, intent: order}, {action: order_form}, {active_loop: order_form}, {user: b, intent: chat}, {action: utter_hi}, {action: order_form}, {active_loop: null}, {action: action_bake}]}
- {story: given up, steps: [{user: a, intent: order}, {action: order_form}, {active_loop: order_form}, {user: b, intent: refuse}, {action: action_ask}, {user: c, intent: agree}, {action: action_deactivate_loop}, {active_loop: null}, {action: utter_bye}]}
- {story: gone on with, steps: [{user: a, intent: order}, {action: order_form}, {active_loop: order_form}, {user: b, intent: refuse}, {action: action_ask}, {user: c, intent: refuse}, {action: order_form}, {active_loop: null}, {action: action_bake}]}
",
    );
}

#[test]
fn a_rule_may_forbid_or_ask_for_a_form() {
    let courses = "
rules:
- {rule: outside, condition: [{active_loop: null}], steps: [{intent: refuse}, {action: utter_bye}]}
- {rule: inside, condition: [{active_loop: order_form}], steps: [{intent: refuse}, {action: action_deactivate_loop}, {active_loop: null}, {action: utter_small}]}
- {rule: begin, steps: [{intent: order}, {action: order_form}, {active_loop: order_form}]}
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: t, steps: [{user: a, intent: refuse}, {action: utter_bye}, {user: b, intent: order}, {action: order_form}, {active_loop: order_form}, {user: c, intent: refuse}, {action: action_deactivate_loop}, {active_loop: null}, {action: utter_small}]}
",
    );
}

#[test]
fn a_rule_may_begin_with_the_bot_and_need_not_wait() {
    let courses = "
rules:
- {rule: shipped, steps: [{action: action_ship}, {action: utter_bye}]}
- {rule: ship, steps: [{intent: order}, {action: action_ship}], wait_for_user_input: false}
- {rule: asked, steps: [{action: action_ask}, {intent: agree}, {action: action_bake}]}
- {rule: ask, steps: [{intent: say}, {action: action_ask}]}
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: t, steps: [{user: a, intent: order}, {action: action_ship}, {action: utter_bye}, {user: a, intent: say}, {action: action_ask}, {user: b, intent: agree}, {action: action_bake}]}
",
    );
}

#[test]
fn a_rule_for_the_beginning_holds_at_the_beginning() {
    let courses = "
rules:
- {rule: first, conversation_start: true, steps: [{intent: hi}, {action: utter_hi}, {action: utter_help}]}
- {rule: later, steps: [{intent: hi}, {action: utter_small}]}
";
    let played = plays(
        SHOP,
        courses,
        "stories: [{story: t, steps: [{user: a, intent: hi}, {action: utter_hi}, {action: utter_help}, {user: a, intent: hi}, {action: utter_small}]}]",
    );
    assert!(played[0].passed(), "{:#?}", not_right(&played[0]));
}

#[test]
fn alternatives_stand_for_each_of_them() {
    let courses = "
rules:
- rule: a
  steps:
  - or: [{intent: hi}, {intent: help}]
  - action: utter_hi
stories:
- story: b
  steps:
  - intent: order
  - action: action_ask
  - or:
    - slot_was_set: [{sure: true}]
    - slot_was_set: [{kind: cake}]
  - action: action_bake
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: t, steps: [{user: a, intent: hi}, {action: utter_hi}, {user: a, intent: help}, {action: utter_hi}]}
- {story: u, steps: [{user: a, intent: order}, {action: action_ask}, {slot_was_set: [{kind: cake}]}, {action: action_bake}]}
",
    );
}

#[test]
fn checkpoints_join_stories() {
    let courses = "
stories:
- {story: one, steps: [{intent: hi}, {action: utter_hi}, {checkpoint: met}]}
- {story: other, steps: [{intent: more}, {action: utter_big}, {checkpoint: met}]}
- {story: then a, steps: [{checkpoint: met}, {intent: agree}, {action: utter_help}, {checkpoint: met}]}
- {story: then b, steps: [{checkpoint: met}, {intent: refuse}, {action: utter_bye}]}
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: t, steps: [{user: a, intent: hi}, {action: utter_hi}, {user: a, intent: agree}, {action: utter_help}, {user: a, intent: refuse}, {action: utter_bye}]}
- {story: u, steps: [{user: a, intent: more}, {action: utter_big}, {user: a, intent: refuse}, {action: utter_bye}]}
",
    );
}

#[test]
fn stories_remember_what_the_bot_did_before() {
    let courses = "
stories:
- {story: a, steps: [{intent: order}, {action: action_ask}, {intent: agree}, {action: action_bake}]}
- {story: b, steps: [{intent: more}, {action: action_ship}, {intent: agree}, {action: utter_bye}]}
- {story: c, steps: [{action: utter_help}, {intent: agree}, {action: utter_big}]}
- {story: d, steps: [{intent: help}, {action: utter_help}]}
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: t, steps: [{user: a, intent: order}, {action: action_ask}, {user: a, intent: agree}, {action: action_bake}, {user: a, intent: more}, {action: action_ship}, {user: a, intent: agree}, {action: utter_bye}, {user: a, intent: help}, {action: utter_help}, {user: a, intent: agree}, {action: utter_big}]}
",
    );
}

#[test]
fn words_alone_are_steps_too() {
    let courses = "
stories:
- {story: a, steps: [{user: two loaves please}, {bot: Coming up}]}
- {story: b, steps: [{intent: hi}, {action: utter_hi}, {user: and you}, {action: utter_help}]}
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: t, steps: [{user: two loaves please}, {bot: Coming up}]}
- {story: u, steps: [{user: a, intent: hi}, {bot: Hello there}, {user: and you}, {action: utter_help}]}
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
fn intents_of_version_one_bring_their_action() {
    let played = plays(
        "intents: [{hi: {triggers: utter_hi}}]\nresponses: {utter_hi: [{text: a}]}\n",
        "stories: []",
        "stories: [{story: t, steps: [{user: a, intent: hi}, {action: utter_hi}, {user: a, intent: restart}, {action: action_restart}]}]",
    );
    assert!(matches!(&played[0].decisions[0].got.by, By::Trigger(intent) if intent == "hi"));
    assert_eq!(played[0].count(Verdict::Wrong), 0, "{:#?}", not_right(&played[0]));
    assert_eq!(played[0].decisions[2].verdict, Verdict::Right);
}

#[test]
fn what_no_course_agrees_with_whole_is_decided_by_likeness_and_said_so() {
    let courses = "
rules:
- {rule: begin, steps: [{intent: order}, {action: order_form}, {active_loop: order_form}, {active_loop: null}, {action: action_bake}]}
- {rule: help, steps: [{intent: help}, {action: utter_help}]}
stories:
- {story: a, steps: [{intent: hi}, {action: utter_hi}, {intent: more}, {action: action_ask}, {intent: agree}, {action: action_ship}]}
- {story: b, steps: [{intent: order}, {action: order_form}, {active_loop: order_form}, {intent: refuse}, {action: utter_small}, {intent: agree}, {action: order_form}]}
";
    let played = plays(
        SHOP,
        courses,
        "
stories:
- {story: after a form whatever was said in it, steps: [{user: a, intent: order}, {action: order_form}, {active_loop: order_form}, {user: b, intent: help}, {action: utter_help}, {action: order_form}, {active_loop: null}, {action: action_bake}]}
- {story: the end of a story, steps: [{user: a, intent: help}, {action: utter_help}, {user: b, intent: say}, {action: action_ask}, {user: b, intent: agree}, {action: action_ship}]}
- {story: no form is begun, steps: [{user: a, intent: bye}, {action: utter_small}, {user: b, intent: agree}, {action: order_form}]}
",
    );
    assert!(played[0].passed(), "{:#?}", not_right(&played[0]));
    assert!(played[0].decisions.iter().any(|decided| matches!(decided.got.by, By::Likeness { .. })));
    let ends: Vec<Verdict> = played[1].decisions.iter().skip(2).map(|decided| decided.verdict).collect();
    assert_eq!(
        ends,
        [Verdict::Undecided, Verdict::Right, Verdict::Right, Verdict::Right],
        "{:#?}",
        not_right(&played[1])
    );
    assert_eq!(played[2].decisions[2].verdict, Verdict::Undecided, "{:#?}", played[2].decisions[2]);
}

#[test]
fn what_nothing_decides_is_told_with_the_rule_that_would() {
    let courses = "rules: [{rule: a, steps: [{intent: hi}, {action: utter_hi}]}]";
    let tests = "stories: [{story: t, steps: [{user: a, intent: hi}, {action: utter_hi}, {user: a, intent: more}, {action: utter_big}, {action: utter_bye}, {user: a, intent: hi}, {action: utter_help}]}]";
    let project = project(&[("domain.yml", SHOP), ("data/all.yml", courses), ("tests/test_all.yml", tests)]);
    let decider = Decider::new(&project.book);
    let played = play(&decider, &project.book.tests[0], &|_| None);
    let verdicts: Vec<Verdict> = played.decisions.iter().map(|decided| decided.verdict).collect();
    use Verdict::{Right, Undecided, Wrong};
    assert_eq!(verdicts, [Right, Right, Undecided, Undecided, Undecided, Wrong, Undecided]);
    assert!(matches!(played.decisions[5].got.by, By::Rule { course: 0, .. }), "a wrong one names its rule");
    let missing: Vec<_> = played.decisions.iter().filter_map(|d| d.missing.clone()).collect();
    assert_eq!(missing[0].name, "more > utter_big");
    assert_eq!(missing.len(), 5);
    let mended = Decider::with(&project.book, missing[..3].to_vec());
    let again = play(&mended, &project.book.tests[0], &|_| None);
    assert_eq!(again.count(Right), 5, "{:#?}", not_right(&again));
}

#[test]
fn courses_that_contradict_each_other_decide_nothing() {
    let courses = "
stories:
- {story: a, steps: [{intent: hi}, {action: utter_hi}]}
- {story: b, steps: [{intent: hi}, {action: utter_big}]}
";
    let played = plays(SHOP, courses, "stories: [{story: t, steps: [{user: a, intent: hi}, {action: utter_hi}]}]");
    assert_eq!(played[0].decisions[0].verdict, Verdict::Undecided);
    assert!(matches!(&played[0].decisions[0].got.by, By::Contradiction { courses } if courses.len() == 2));
}

#[test]
fn any_key_stands_in_any_file_and_broken_ones_do_not_stop_the_rest() {
    let project = project(&[
        ("domain/a.yml", "intents: [hi]\nresponses: {utter_hi: [{text: a}]}\n"),
        ("domain/b.yml", "intents: [bye]\nrules:\n- {rule: a, steps: [{intent: hi}, {action: utter_hi}]}\n"),
        (
            "data/nlu.yml",
            "nlu:\n- intent: hi\n  examples: |\n    - hello\n    - hey [Li](name)\n    broken\nresponses: {utter_bye: [{text: b}]}\n",
        ),
        ("data/broken.yml", "stories:\n- story: [\n"),
        (
            "data/odd.yml",
            "stories:\n- {story: empty, steps: []}\n- story: b\n  steps:\n  - intent: nobody\n  - action: utter_no\n  - checkpoint: nowhere\nzebra: 1\n",
        ),
        (
            "config.yml",
            "language: zh\npipeline: []\npolicies: [{name: AugmentedMemoizationPolicy, max_history: 7}, {name: RulePolicy, core_fallback_action_name: utter_bye}]\n",
        ),
        (
            "tests/test_a.yml",
            "stories:\n- {story: t, steps: [{user: hello}, {intent: hi}, {action: utter_hi}, {user: x, intent: lost}, {action: utter_bye}]}\n",
        ),
        (
            "other/tests/test_b.yml",
            "stories:\n- {story: t, steps: [{user: hello}, {intent: hi}, {action: utter_hi}, {user: x, intent: lost}, {action: utter_bye}]}\n",
        ),
        ("README.md", "## intent: no\n- no\n"),
        ("docker-compose.yml", "services: {a: [}\n"),
    ]);
    let book = &project.book;
    assert_eq!((book.intents.len(), book.rules.len(), book.examples.len(), book.tests.len()), (2, 1, 2, 1));
    assert_eq!((book.history, book.fallback.as_deref()), (Some(7), Some("utter_bye")));
    let told = |file: &str, line: u32| -> Vec<&What> {
        let here =
            project.remarks.iter().filter(|r| r.place.file == Path::new(file) && (line == 0 || r.place.line == line));
        here.map(|remark| &remark.what).collect()
    };
    assert!(matches!(told("data/broken.yml", 0)[..], [What::Unreadable { .. }]));
    assert_eq!(told("data/odd.yml", 2), [&What::NoSteps { name: "empty".into() }]);
    assert_eq!(told("data/odd.yml", 5), [&What::UnknownIntent { name: "nobody".into() }]);
    assert_eq!(told("data/odd.yml", 6), [&What::UnknownAction { name: "utter_no".into() }]);
    assert_eq!(told("data/odd.yml", 7), [&What::LooseCheckpoint { name: "nowhere".into() }]);
    assert_eq!(told("data/odd.yml", 8), [&What::UnknownKey { key: "zebra".into() }]);
    assert_eq!(told("data/nlu.yml", 6), [&What::StrayLine { text: "broken".into() }]);
    let tests = [told("tests/test_a.yml", 0), told("other/tests/test_b.yml", 0)].concat();
    assert!(tests.iter().any(|what| matches!(what, What::SplitTurn)), "{tests:?}");
    assert!(tests.iter().any(|what| matches!(what, What::SameTests { .. })), "{tests:?}");
    let played = play(&Decider::new(book), &book.tests[0], &|_| None);
    assert_eq!(played.decisions[2].verdict, Verdict::Right, "the fallback is what the config says");
}

#[test]
fn a_bot_of_version_one_plays_as_well() {
    let project = project(&[
        (
            "domain.yml",
            "intents: [打招呼, 查天气, 感谢]\nentities: [城市]\nslots: {城市: {type: text}}\nforms: [weather_form]\ntemplates: {utter_hi: [您好], utter_done: [查好了], utter_ask_city: [哪个城市？]}\n",
        ),
        ("data/nlu.md", "## intent:打招呼\n- 你好\n"),
        (
            "data/stories.md",
            "## 天气 有城市\n* 查天气{\"城市\": \"上海\"}\n  - weather_form\n  - form{\"name\": \"weather_form\"}\n  - form{\"name\": null}\n  - utter_done\n## 天气 没城市\n* 查天气\n  - utter_ask_city\n## 问好\n* 打招呼 OR 感谢\n  - utter_hi\n> 说过\n## 之后\n> 说过\n* 打招呼\n  - utter_done\n",
        ),
        (
            "tests/conversation_tests.md",
            "## t\n* 打招呼: 你好\n  - utter_hi\n* 打招呼: 你好啊\n  - utter_done\n## u\n* 查天气: [上海](城市)天气\n  - weather_form\n  - form{\"name\": \"weather_form\"}\n  - form{\"name\": null}\n  - utter_done\n* 查天气: 天气\n  - utter_ask_city\n",
        ),
    ]);
    let decider = Decider::new(&project.book);
    assert_eq!(project.book.tests.len(), 2);
    let first = play(&decider, &project.book.tests[0], &|_| None);
    assert!(first.passed(), "{:#?}", not_right(&first));
    let second = play(&decider, &project.book.tests[1], &|_| None);
    assert_eq!(second.count(Verdict::Wrong), 0, "{:#?}", not_right(&second));
}

#[test]
fn the_way_a_listener_hears_decides() {
    let courses = "rules: [{rule: a, steps: [{intent: hi}, {action: utter_hi}]}, {rule: b, steps: [{intent: bye}, {action: utter_bye}]}]";
    let tests = "stories: [{story: t, steps: [{user: hey, intent: hi}, {action: utter_hi}, {intent: bye}, {action: utter_bye}]}]";
    let project = project(&[("domain.yml", SHOP), ("data/all.yml", courses), ("tests/test_all.yml", tests)]);
    let played = play(&Decider::new(&project.book), &project.book.tests[0], &|_| Some("bye".to_owned()));
    assert_eq!((played.asked, played.understood, played.turns), (1, 0, 2));
    assert_eq!(played.decisions[0].verdict, Verdict::Wrong);
    assert_eq!(played.decisions[2].verdict, Verdict::Right, "without words the named intent stands");
}

const BAKERY: &[(&str, &str)] = &[
    ("domain.yml", "
intents: [hi, bye, order, agree, refuse, faq, lost]
entities: [size]
slots:
  size: {type: text, mappings: [{type: from_entity, entity: size}]}
  sure: {type: bool, mappings: [{type: from_intent, intent: agree, value: true, conditions: [{active_loop: order_form, requested_slot: sure}]}, {type: from_intent, intent: refuse, value: false, conditions: [{active_loop: order_form, requested_slot: sure}]}]}
forms: {order_form: {required_slots: [size, sure]}}
responses:
  utter_hi: [{text: Hello there}, {text: Good day, image: x.png}]
  utter_bye: [{text: Bye}]
  utter_again: [{text: Please say it again}]
  utter_ask_size: [{text: Which size?}]
  utter_ask_sure: [{text: 'A {size} one, shall I?'}]
  utter_done: [{text: 'Your {size} loaf is ready at {hour}'}]
  utter_dropped: [{text: Never mind}]
  utter_faq/hours: [{text: From six to six}]
actions: [action_bake]
"),
    ("data/nlu.yml", "
nlu:
- {intent: hi, examples: [{text: hello}, {text: good morning}, {text: hi you}]}
- {intent: bye, examples: [{text: bye bye}, {text: see you}]}
- {intent: order, examples: [{text: 'a [big](size) loaf please'}, {text: 'bread, [small](size)'}]}
- {intent: agree, examples: [{text: sure}, {text: of course}]}
- {intent: refuse, examples: [{text: no way}]}
- {intent: faq/hours, examples: [{text: when are you open}, {text: opening hours}]}
- {intent: out_of_scope, examples: [{text: who won the match}]}
- {lookup: size, examples: [{text: big}, {text: small}]}
- {synonym: big, examples: [{text: large}]}
"),
    ("data/rules.yml", "
rules:
- {rule: hi, steps: [{intent: hi}, {action: utter_hi}]}
- {rule: bye, steps: [{intent: bye}, {action: utter_bye}]}
- {rule: faq, steps: [{intent: faq}, {action: utter_faq}]}
- {rule: again, steps: [{intent: nlu_fallback}, {action: utter_again}]}
- {rule: begin, steps: [{intent: order}, {action: order_form}, {active_loop: order_form}]}
- {rule: baked, condition: [{active_loop: order_form}], steps: [{action: order_form}, {active_loop: null}, {slot_was_set: [{sure: true}]}, {action: action_bake}, {action: utter_done}]}
- {rule: dropped, condition: [{active_loop: order_form}], steps: [{action: order_form}, {active_loop: null}, {slot_was_set: [{sure: false}]}, {action: utter_dropped}]}
"),
    ("tests/test_stories.yml", "
stories:
- {story: t, steps: [{user: hello, intent: hi}, {action: utter_hi}, {user: bye bye, intent: bye}, {action: utter_bye}]}
- {story: u, steps: [{user: 'a [big](size) loaf', intent: order}, {action: order_form}, {active_loop: order_form}]}
"),
];

#[test]
fn a_bot_becomes_a_policy_that_talks_as_it_did() {
    let rasa = project(BAKERY);
    let mut ours = Ours::in_memory("li").expect("a project");
    let brought = bring(&mut ours, &rasa, Path::new("bakery")).expect("comes in");
    assert_eq!((brought.examples, brought.conflicts, brought.passed), (13, 0, 2), "{}", brought.carried.policy);
    let bot: Bot = ours.bot().expect("a bot");
    let mut state = State::default();
    let now = crate::dialogue::turn::heard::Clock { minutes: 600, date: "2024-03-01".into() };
    let mut say = |text: &str, intent: &str| -> String {
        let mut heard = bot.hear(text, &now, "chat");
        heard.intents = if intent.is_empty() { Vec::new() } else { vec![(intent.to_owned(), 0.95)] };
        let turn = bot.again(&state, heard);
        turn.outcome.events.iter().for_each(|event| state.apply(event));
        turn.outcome.replies.iter().map(|reply| reply.text.clone()).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(say("hello", "hi"), "Hello there");
    assert_eq!(say("a loaf please", "order"), "Which size?");
    assert!(say("when are you open", "faq/hours").contains("From six to six"));
    assert!(say("large", "").contains("A big one, shall I?"));
    assert_eq!(say("sure", "agree"), "(action_bake)\nYour big loaf is ready at (hour)");
    let kinds: Vec<String> = brought.carried.lost.iter().map(|loss| format!("{:?}", loss.what)).collect();
    assert!(kinds.iter().any(|what| what.contains("action_bake")), "{kinds:?}");
    assert!(kinds.iter().any(|what| what.contains("Extra") && what.contains("image")), "{kinds:?}");
    assert!(kinds.iter().any(|what| what.contains("lost")), "an intent nothing answers is told: {kinds:?}");
}

#[test]
fn a_bot_that_came_in_is_taken_back_at_once() {
    let rasa = project(BAKERY);
    let mut ours = Ours::in_memory("li").expect("a project");
    bring(&mut ours, &rasa, Path::new("bakery")).expect("comes in");
    assert!(replay_understood(&mut ours, &rasa.book).expect("no model").is_none());
    let counts = ours.counts().expect("counts");
    assert_eq!((counts.intents, counts.examples, counts.out_of_scope, counts.rehearsals), (7, 12, 1, 2));
    ours.undo().expect("goes back").expect("something");
    let counts = ours.counts().expect("counts");
    assert_eq!((counts.intents, counts.examples, counts.rehearsals, counts.topics_text), (0, 0, 0, false));
    ours.redo().expect("comes again").expect("something");
    assert_eq!(ours.counts().expect("counts").intents, 7);
}

#[test]
fn what_came_in_goes_out_again_and_decides_the_same() {
    let rasa = project(BAKERY);
    let mut ours = Ours::in_memory("li").expect("a project");
    bring(&mut ours, &rasa, Path::new("bakery")).expect("comes in");
    let out = tempfile::tempdir().expect("a folder");
    let written = write_rasa(&mut ours, &out.path().join("bot")).expect("goes out");
    assert!(written.replayed.decisions() > 0);
    assert_eq!(written.replayed.passed(), written.replayed.played.len(), "{:#?}", written.replayed.played);
    let back = read(&out.path().join("bot")).expect("comes back");
    assert_eq!(back.remarks, []);
    assert_eq!(back.book.examples.len(), rasa.book.examples.len());
    let again = replay(&back.book);
    assert_eq!((again.passed(), again.decisions()), (written.replayed.passed(), written.replayed.decisions()));
    assert!(write_rasa(&mut ours, &out.path().join("bot")).is_err(), "nothing is written over");
    let (files, _) = write_botium(&ours, &out.path().join("botium")).expect("goes out");
    let botium = read(&out.path().join("botium")).expect("comes back");
    assert_eq!((files, botium.book.cases.len()), (2, 2));
}

#[test]
fn scripts_alone_leave_the_policy_and_play_on_it() {
    let mut ours = Ours::in_memory("li").expect("a project");
    bring(&mut ours, &project(BAKERY), Path::new("bakery")).expect("comes in");
    let before = ours.store.policy().expect("reads").expect("a policy").yaml;
    let scripts = project(&[
        ("a.convo.txt", "A\n\n#me\nbye bye\n\n#bot\nBYE\n"),
        ("b.qna", "# ? do you deliver\n- delivery\n```\nNot yet.\n```\n"),
    ]);
    let brought = bring(&mut ours, &scripts, Path::new("scripts")).expect("comes in");
    assert_eq!((brought.carried.rehearsals.len(), brought.examples), (1, 2));
    assert_eq!(ours.store.policy().expect("reads").expect("a policy").yaml, before);
    let qna = ours.catalogue().expect("reads").named("qna/do you deliver").expect("an intent").answers.clone();
    assert_eq!(qna[0].text, "Not yet.");
}

#[test]
fn a_flow_becomes_a_topic_and_an_end_to_end_case_a_rehearsal() {
    let rasa = project(&[
        (
            "domain/slots.yml",
            "slots: {who: {type: text, mappings: [{type: from_llm}]}, sure: {type: bool, mappings: [{type: from_llm}]}}\nresponses: {utter_ask_who: [{text: To whom?}], utter_ask_sure: [{text: 'To {who}, right?'}], utter_done: [{text: Sent}], utter_no: [{text: Dropped}]}\nactions: [action_send]\n",
        ),
        (
            "data/flows/send.yml",
            "flows:\n  send:\n    description: sends\n    nlu_trigger: [{intent: {name: send_it}}]\n    steps:\n    - collect: who\n    - collect: sure\n      next: [{if: not slots.sure, then: [{action: utter_no, next: END}]}, {else: go}]\n    - id: go\n      action: action_send\n    - action: utter_done\n    - link: other\n  pattern_chitchat: {steps: [{action: utter_no}]}\n",
        ),
        (
            "e2e_tests/a.yml",
            "test_cases:\n- test_case: a\n  steps:\n  - user: send it\n    assertions: [{flow_started: send}, {bot_uttered: {utter_name: utter_ask_who}}]\n",
        ),
    ]);
    let mut ours = Ours::in_memory("li").expect("a project");
    let brought = bring(&mut ours, &rasa, Path::new("flows")).expect("comes in");
    let policy = crate::dialogue::policy::read::read(&brought.carried.policy).expect("a policy");
    let topic = &policy.topics[0];
    assert_eq!((policy.topics.len(), topic.needs.len(), topic.arms.len()), (1, 2, 3), "{}", brought.carried.policy);
    assert_eq!(topic.arms[0].when.as_ref().map(|guard| guard.source.as_str()), Some("sure = \"no\""));
    assert_eq!(
        ours.catalogue().expect("reads").named("send_it").map(|intent| intent.guideline.as_str()),
        Some("sends")
    );
    assert!(brought.carried.lost.iter().any(|loss| format!("{:?}", loss.what).contains("link other")));
    assert_eq!(brought.carried.rehearsals.len(), 1);
    assert!(replay(&rasa.book).played.is_empty(), "their language model is not here");
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

#[test]
fn a_loop_that_is_no_form_and_the_beginning_of_a_session_are_followed() {
    let courses = "
rules:
- {rule: lost, steps: [{intent: nlu_fallback}, {action: action_two_stage_fallback}, {active_loop: action_two_stage_fallback}]}
- {rule: given up, condition: [{active_loop: action_two_stage_fallback}], steps: [{action: action_two_stage_fallback}, {active_loop: null}, {action: action_default_fallback}]}
- {rule: hi, steps: [{intent: hi}, {action: utter_hi}]}
";
    right(
        SHOP,
        courses,
        "
stories:
- {story: t, steps: [{user: /session_start, intent: session_start}, {action: action_session_start}, {action: action_listen}, {user: a, intent: hi}, {action: utter_hi}]}
- {story: u, steps: [{user: qq, intent: nlu_fallback}, {action: action_two_stage_fallback}, {active_loop: action_two_stage_fallback}, {user: ww, intent: nlu_fallback}, {action: action_two_stage_fallback}, {active_loop: null}, {action: action_default_fallback}]}
",
    );
}

#[test]
fn wordings_by_slot_and_channel_come_in_and_unknown_conditions_are_told() {
    let project = project(&[
        (
            "domain/intents.yaml",
            "intents: [price, hi]\nentities: [size]\nslots: {size: {type: text, mappings: [{type: from_entity, entity: size, conditions: [{active_loop: price_form, mood: glad}]}]}}\nforms: {price_form: {required_slots: [size]}}\n",
        ),
        (
            "domain/responses.yml",
            "responses:\n  utter_price:\n  - {text: two, condition: [{type: slot, name: size, value: big}]}\n  - {text: one}\n  - {text: '1', channel: sms}\n  utter_hi:\n  - {text: hush, condition: [{type: weather, name: rain}]}\n  - {text: hello}\n",
        ),
        (
            "data/en/rules.yaml",
            "rules:\n- {rule: hi, steps: [{intent: hi}, {action: utter_hi}]}\n- {rule: begin, steps: [{intent: price}, {action: price_form}, {active_loop: price_form}]}\n- {rule: end, condition: [{active_loop: price_form}], steps: [{action: price_form}, {active_loop: null}, {action: utter_price}]}\n",
        ),
        (
            "data/en/nlu/price.yml",
            "nlu:\n- {intent: price, examples: [{text: 'how much is a [big](size) one'}]}\n- {intent: hi, examples: [{text: hello}]}\n- {lookup: size, examples: [{text: big}, {text: small}]}\n- {synonym: big, examples: [{text: large}]}\n- {regex: size, examples: [{text: '\\d+ kg'}]}\n",
        ),
    ]);
    let whats: Vec<&What> = project.remarks.iter().map(|remark| &remark.what).collect();
    assert_eq!(
        whats,
        [&What::UnknownCondition { what: "mood".into() }, &What::UnknownCondition { what: "weather".into() }]
    );
    let mut ours = Ours::in_memory("li").expect("a project");
    let brought = bring(&mut ours, &project, Path::new("prices")).expect("comes in");
    let policy = crate::dialogue::policy::read::read(&brought.carried.policy).expect("a policy");
    assert!(!brought.carried.policy.contains("hush"), "{}", brought.carried.policy);
    let bot = Bot::new(None, &[], policy, Box::new(|_| Default::default()));
    let says = |said: &str, channel: &str| {
        let heard = crate::dialogue::turn::heard::Heard {
            text: said.to_owned(),
            intents: vec![("price".to_owned(), 0.95)],
            channel: channel.to_owned(),
            ..Default::default()
        };
        let turn = bot.again(&State::default(), heard);
        turn.outcome.replies.iter().map(|reply| reply.text.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(says("how much is a large one", "chat"), "two", "{}", brought.carried.policy);
    assert_eq!(says("how much is a small one", "chat"), "one");
    assert_eq!(says("how much is a small one", "sms"), "1");
}
