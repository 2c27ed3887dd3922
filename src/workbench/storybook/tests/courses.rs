//! Rules, stories, forms and loops: which course holds a turn, and what nothing decides.

use super::*;

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
