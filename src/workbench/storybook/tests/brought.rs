//! What comes in as files: every shape and version, as a policy of ours, and out again.

use std::sync::Arc;

use super::*;

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
        heard.intents = if intent.is_empty() { Arc::default() } else { [(intent.to_owned(), 0.95)].into() };
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
            intents: [("price".to_owned(), 0.95)].into(),
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
