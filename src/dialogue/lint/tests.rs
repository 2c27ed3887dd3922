//! Faults planted in the bank of `tests/fixtures/policy/bank.yaml`.

use crate::dialogue::lint::check::lint;
use crate::dialogue::lint::fault::{Fault, FaultKind, Severity};
use crate::dialogue::policy::read::read;
use crate::dialogue::turn::tests::BANK;

const INTENTS: &[&str] = &[
    "ask_quality",
    "transfer",
    "freeze_card",
    "bill_query",
    "bill_dispute",
    "book",
    "services",
    "human",
    "goodbye",
    "thanks",
];

fn faults(yaml: &str) -> Vec<Fault> {
    lint(&read(yaml).unwrap_or_else(|fault| panic!("{fault}\n{yaml}")), INTENTS)
}

/// Changes the bank in one place; returns the faults and the line of the change.
fn planted(from: &str, to: &str) -> (Vec<Fault>, u32) {
    assert_eq!(BANK.matches(from).count(), 1, "{from}");
    let line = BANK[..BANK.find(from).expect("is there")].lines().count() as u32;
    (faults(&BANK.replace(from, to)), line.max(1))
}

#[track_caller]
fn check(from: &str, to: &str, kind: FaultKind, severity: Severity) {
    let (faults, line) = planted(from, to);
    let found = faults.iter().find(|f| f.kind == kind);
    let found = found.unwrap_or_else(|| panic!("{kind:?} is not among {faults:#?}"));
    assert_eq!(found.severity, severity);
    let near = i64::from(found.line) - i64::from(line);
    assert!((-2..=1).contains(&near) || found.line == 1, "line {} for {line}", found.line);
}

fn own(text: &str) -> String {
    text.to_owned()
}

fn near(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn the_bank_has_no_fault() {
    assert_eq!(faults(BANK), []);
}

#[test]
fn wrong_names_are_found_with_the_nearest_right_one() {
    use FaultKind::*;
    use Severity::{Error, Warning};
    check(
        "close: {intents: [goodbye,",
        "close: {intents: [godbye,",
        UnknownIntent { intent: own("godbye"), near: near("goodbye") },
        Error,
    );
    check(
        "needs: [payee, amount]",
        "needs: [payee, amont]",
        UnknownEntity { name: own("amont"), near: near("amount") },
        Error,
    );
    check(
        "{menu: [transfer, bill_query, freeze_card]}",
        "{menu: [transfer, bill_qery]}",
        UnknownTopic { name: own("bill_qery"), near: near("bill_query") },
        Error,
    );
    check("handoff: 账务}", "handoff: 帐务}", UnknownQueue { name: own("帐务"), near: near("账务") }, Error);
    check(
        "words in 投诉词, say",
        "words in 投诉, say",
        UnknownWords { name: own("投诉"), near: near("投诉词") },
        Error,
    );
    check(
        "when: aspect = 风险",
        "when: aspect = 风验",
        UnknownValue { entity: own("aspect"), value: own("风验"), near: near("风险") },
        Error,
    );
    check(
        "when: aspect = 风险",
        "when: aspct = 风险",
        UnknownName { name: own("aspct"), guard: own("aspct = 风险"), near: near("aspect") },
        Error,
    );
    check("请您文明用语。", "请<bt>文明", UnknownPlaceholder { name: own("bt"), near: near("bot") }, Error);
    check(
        "say: 已为您预约<day>",
        "say: 已为您预约<amount>",
        SlotNotNeeded { topic: own("book"), slot: own("amount") },
        Warning,
    );
    check("say: 非常抱歉给您带来不便。", "say: 非常抱歉，<payee>。", SlotOutsideTopic { slot: own("payee") }, Warning);
    check("{call: transfer}", "{call: transfr}", UnknownCall { name: own("transfr"), near: near("transfer") }, Warning);
    check("redo: amount", "redo: card", SlotNotNeeded { topic: own("transfer"), slot: own("card") }, Error);
    check("{between: [bill_query, bill_dispute]", "{between: [bill_query, bill_query]", ClarifyOfOne, Error);
    check("<kb.bill>", "<kb.bil>", MissingFact { path: own("bil") }, Warning);
    check("  day: {label", "  hour: {label", ReservedName { name: own("hour") }, Error);
}

#[test]
fn an_arm_that_earlier_arms_take_whole_is_shadowed() {
    let (faults, _) = planted(
        "      - say: <product>的<aspect>：<kb.product.aspect>",
        "      - {when: 'not aspect = 风险', say: <product>的<aspect>：<kb.product.aspect>}\n      - say: 到不了",
    );
    let shadowed = FaultKind::ShadowedArm { topic: own("ask_quality"), arm: 2, by: vec![1, 0] };
    let by_either = FaultKind::ShadowedArm { topic: own("ask_quality"), arm: 2, by: vec![0, 1] };
    assert!(faults.iter().any(|f| f.kind == shadowed || f.kind == by_either), "{faults:#?}");
    assert!(!faults.iter().any(|f| matches!(f.kind, FaultKind::DeadEnd { .. })));
}

#[test]
fn numbers_are_compared_exactly_and_validity_counts() {
    let topic = |arms: &str| {
        let yaml = format!(
            "limits: {{clarify: 2}}\nentities: {{n: {{type: number, valid: 1 <= it <= 10}}}}\ntopics:\n  book:\n    needs: [n]\n    do:\n{arms}fallback: [{{handoff: q}}]\nhandoff: {{q: {{}}}}\n"
        );
        faults(&yaml).into_iter().map(|f| f.kind).collect::<Vec<_>>()
    };
    let dead = |n: &str| FaultKind::DeadEnd { topic: own("book"), example: vec![(own("n"), own(n))] };
    assert_eq!(topic("      - {when: n <= 5, say: a}\n      - {when: n >= 5, say: b}\n"), []);
    assert_eq!(topic("      - {when: n < 5, say: a}\n      - {when: n > 5, say: b}\n"), [dead("5")]);
    assert_eq!(
        topic("      - {when: n > 10, say: a}\n      - say: b\n"),
        [FaultKind::NeverHolds { topic: own("book"), guard: own("n > 10") }]
    );
    assert_eq!(
        topic("      - {when: n in 1..6, say: a}\n      - {when: n in 6..11, say: b}\n      - say: c\n"),
        [FaultKind::ShadowedArm { topic: own("book"), arm: 2, by: vec![0, 1] }]
    );
}

#[test]
fn a_topic_without_a_way_on_shows_the_values_that_have_none() {
    let (faults, line) =
        planted("      - say: <product>的<aspect>：<kb.product.aspect>", "      - {when: aspect = 收益, say: 好}");
    let dead = faults.iter().find_map(|f| match &f.kind {
        FaultKind::DeadEnd { topic, example } if topic == "ask_quality" => Some((f.line, example.clone())),
        _ => None,
    });
    let (at, example) = dead.expect("a dead end");
    assert!(example.contains(&(own("aspect"), own("流动性"))), "{example:?}");
    assert!(at < line);
}

#[test]
fn a_fact_that_is_missing_for_some_values_is_named() {
    let (faults, _) = planted("{收益: 积分换里程, 流动性: 取现收取手续费}", "{收益: 积分换里程}");
    let kind = FaultKind::MissingFact { path: own("白金信用卡.流动性") };
    assert!(faults.iter().any(|f| f.kind == kind), "{faults:#?}");
    // 风险 has an arm of its own and needs no fact.
    assert_eq!(faults.len(), 1);
}

#[test]
fn talks_without_an_end_are_found() {
    use FaultKind::*;
    use Severity::Warning;
    check("options: 3, clarify: 2}", "options: 3}", ClarifyUncapped { cap: 2 }, Warning);
    check("options: 3, clarify: 2}", "options: 3, clarify: 9}", ClarifyMany { cap: 9 }, Warning);
    check(", {handoff: 客服}]\nhandoff", "]\nhandoff", LadderWithoutEnd, Warning);
    check(
        "{when: amount > balance, say",
        "{when: payee = 小王, say",
        RedoLoop { topic: own("transfer"), slot: own("amount") },
        Warning,
    );
    check(
        "  - say: 您好，现在人工已下班，我先为您解答。",
        "",
        SilentOpening { example: vec![(own("hour"), own("0"))] },
        Warning,
    );
    check(
        "  human: {label: 转人工,",
        "  human: {label: 转人工, intents: [],",
        Unreachable { topic: own("human") },
        Warning,
    );
}

#[test]
fn doubles_are_found() {
    use FaultKind::*;
    use Severity::{Error, Warning};
    check(
        "  - {ask: 您是想办理以下哪一项？}",
        "  - {between: [bill_dispute, bill_query], ask: 哪个？}",
        DoubleClarify { between: vec![own("bill_dispute"), own("bill_query")], first_line: 60 },
        Error,
    );
    check(
        "  human: {label: 转人工,",
        "  human: {label: 转人工, intents: [transfer],",
        DoubleIntent { intent: own("transfer"), first: own("transfer"), second: own("human") },
        Error,
    );
    check(
        "活期宝: [活期理财]",
        "活期宝: [稳盈]",
        DoubleWord { entity: own("product"), word: own("稳盈"), first: own("稳盈30天"), second: own("活期宝") },
        Warning,
    );
}

#[test]
fn texts_one_must_not_say_are_found() {
    use FaultKind::*;
    use Severity::{Error, Warning};
    check(
        "<product>不保证本金，请按风险承受能力选择。",
        "<product>保本，放心。",
        Promise { word: own("保本") },
        Warning,
    );
    check("a: 同行免费，跨行每笔2元。", "a: ''", EmptySay { place: own("faq.0") }, Error);
    let long = "字".repeat(250);
    check("a: 同行免费，跨行每笔2元。", &format!("a: {long}"), TooLong { characters: 250, most: 200 }, Warning);
}

#[path = "../../../benches/dialogue/large.rs"]
mod large;

#[test]
fn two_hundred_topics_without_a_fault_have_none() {
    let policy = read(&large::two_hundred_topics()).expect("a large policy");
    assert_eq!(lint(&policy, &[]), []);
}

#[test]
fn a_call_that_may_fail_needs_an_arm_for_it_and_values_that_are_given() {
    use FaultKind::{NeverGiven, NoFailureArm, ReservedName, SlotNotNeeded, UnknownEntity};
    let found = |call: &str, arms: &str| {
        let yaml = format!(
            "limits: {{clarify: 2}}\nentities: {{card: {{match: '\\d{{4}}'}}, day: {{type: date}}}}\ncalls: {{bill: {call}}}\ntopics:\n  book:\n    needs: [card]\n    do: [{arms}]\n  freeze_card: {{needs: [day], do: [{{say: a}}]}}\nfallback: [{{handoff: q}}]\nhandoff: {{q: {{}}}}\n"
        );
        faults(&yaml).into_iter().map(|fault| (fault.severity, fault.kind)).collect::<Vec<_>>()
    };
    let (error, warning) = (Severity::Error, Severity::Warning);
    let no_arm = || NoFailureArm { topic: own("book"), call: own("bill") };
    let never =
        |value: &str, like: Option<&str>| NeverGiven { call: own("bill"), value: own(value), near: like.map(own) };
    let met = "{call: bill}, {when: bill.failed set, say: b}, {say: <bill.due>}";
    assert_eq!(found("{takes: [card, channel], gives: [due]}", met), []);
    assert_eq!(found("{gives: [due]}", "{call: bill, say: <bill.due>}, {say: b}"), []);
    assert_eq!(found("{gives: [due]}", "{call: bill, say: <bill.due>}"), [(error, no_arm())]);
    assert_eq!(found("{gives: [due]}", "{call: bill}, {say: done}"), [(error, no_arm())]);
    let rows = "{gives: [due], rows: [{give: {due: 1}}]}";
    assert_eq!(found(rows, "{call: bill}, {say: done}"), [(warning, no_arm())]);
    assert_eq!(found("[{give: {due: 1}}]", "{call: bill}, {say: done}"), [], "a table never fails");
    assert_eq!(found("{gives: [due, day], rows: [{give: {due: 1}}]}", met), [(warning, never("day", None))]);
    let asks = "{call: bill}, {when: bill.dua = 1, say: a}, {when: bill.failed set, say: b}, {say: c}";
    assert_eq!(found("{gives: [due]}", asks), [(warning, never("dua", Some("due")))]);
    assert_eq!(found("{gives: [due, failed]}", met), [(error, ReservedName { name: own("bill.failed") })]);
    let unknown = UnknownEntity { name: own("crd"), near: near("card") };
    assert_eq!(found("{takes: [crd], gives: [due]}", met), [(error, unknown)]);
    let unneeded = SlotNotNeeded { topic: own("book"), slot: own("day") };
    assert_eq!(found("{takes: [day], gives: [due]}", met), [(warning, unneeded)]);
}
