//! Faults planted one at a time in the policy of the finance project; each must be found, and the project has none.

use std::fs;
use std::path::Path;

use crate::dialogue::lint::check::lint;
use crate::dialogue::lint::fault::Fault;
use crate::dialogue::policy::read::read;
use crate::dialogue::proof::witness::witness;
use crate::dialogue::turn::heard::Knowledge;

/// What stands there, what is written instead, and the word of the fault that must be found.
type Planted = (&'static str, &'static str, &'static str);

/// Faults that reading finds and a conversation shows.
const PLAYED: &[Planted] = &[
    ("    label: 查询信用卡额度\n", "    label: 查询信用卡额度\n    intents: [额度查询, 提额]\n", "double_intent"),
    ("      - {say: 账户受系统限制时", "      - {say: 好}\n      - {say: 账户受系统限制时", "shadowed_arm"),
    ("when: 金额 < 500", "when: 金额 < 0", "never_holds"),
    ("- {say: 犹豫期后按", "- {when: 投保时间 = 犹豫期内, say: 犹豫期后按", "dead_end"),
    ("when: 金额 > 余额, say", "when: hour >= 0, say", "redo_loop"),
    (
        "  - say: 您好，我是智能客服<bot>。",
        "  - when: hour in 21..23\n    say: 您好，我是智能客服<bot>。",
        "silent_opening",
    ),
    ("  clarify: 2          #", "  clarify: 9          #", "clarify_many"),
    ("转账, 挂失]}\n  - {handoff: 人工客服}\n", "转账, 挂失]}\n", "ladder_without_end"),
    ("<产品>不保证本金，请按您的风险承受能力选择。", "<产品>保本，放心。", "promise"),
    ("可选缩短年限或减少月供", "百分百批准，可选缩短年限或减少月供", "promise"),
    (
        "topics:\n",
        "topics:\n  甲: {label: 甲类, intents: [开户], do: [{menu: [乙]}]}\n  乙: {label: 乙类, intents: [销户], do: [{menu: [甲]}]}\n",
        "endless_menus",
    ),
    ("valid: 1 <= it <= 50000", "valid: it > 50000 and it < 1", "unfillable"),
    ("    clarify: 1  ", "    clarify: 2  ", "angry_asked_twice"),
    ("    handoff_after: 2  ", "    #  ", "anger_without_end"),
    ("人工客服: {hours: 9..21", "人工客服: {hours: 9..9", "never_open"),
];

/// Faults that only reading finds.
const READ: &[Planted] = &[
    ("  intents: [告别]", "  intents: [告辞]", "unknown_intent"),
    ("    needs: [收款人, 金额]", "    needs: [收款人, 金欧]", "unknown_entity"),
    ("menu: [账单查询, 转账, 挂失]", "menu: [账单查巡, 转账, 挂失]", "unknown_topic"),
    ("请您保重。, handoff: 理赔专席}", "请您保重。, handoff: 理赔专家}", "unknown_queue"),
    ("- {call: 查理赔}", "- {call: 查里赔}", "unknown_call"),
    ("words in 投诉词\n", "words in 投诉辞\n", "unknown_words"),
    ("{when: mood = angry, say: 请告诉我", "{when: mood = angrry, say: 请告诉我", "unknown_mood"),
    ("when: 冻结情形 = 司法冻结", "when: 冻结请形 = 司法冻结", "unknown_name"),
    ("when: 密码种类 = 取款密码", "when: 密码种类 = 取钱密码", "unknown_value"),
    ("我是智能客服<bot>。现在人工", "我是智能客服<bott>。现在人工", "unknown_placeholder"),
    ("单号<转账.单号>", "单号<卡号>", "slot_not_needed"),
    ("    say: 非常抱歉给您带来不便。\n", "    say: 非常抱歉，<金额>。\n", "slot_outside_topic"),
    ("    费用: 年费680元，可用8万积分抵扣。\n", "", "missing_fact"),
    ("  期数:\n    values:", "  hour:\n    values:", "reserved_name"),
    ("大额存单: [大额的存单]", "大额存单: [大额的存单, 稳盈]", "double_word"),
    ("    label: 了解贷款还款方式\n", "    label: 了解贷款还款方式\n    intents: []\n", "unreachable"),
    ("    label: 转接人工客服\n    do:\n      - {handoff: 人工客服}\n", "    label: 转接人工客服\n", "no_outcome"),
    ("open:\n  - when", "open:\n  - say: 您好\n  - when", "shadowed_opening"),
    (
        "  - {between: [退保, 销户]",
        "  - {between: [销户, 退保], ask: 退保险还是销户？}\n  - {between: [退保, 销户]",
        "double_clarify",
    ),
    ("  clarify: 2          #", "  # ", "clarify_uncapped"),
    ("{between: [投诉, 催收投诉]", "{between: [投诉, 投诉]", "clarify_of_one"),
    ("ask: 您是想查储蓄卡余额，还是信用卡可用额度？", "ask: ''", "empty_say"),
    ("  存期:\n", "  备用: {type: text}\n  存期:\n", "unused"),
    ("  账务专席: {hours", "  空专席: {say: 好}\n  账务专席: {hours", "unused"),
    ("calls:\n", "calls:\n  备用调用: [{give: {a: b}}]\n", "unused"),
    ("残币兑换, 钱撕坏了能换吗]", "残币兑换, 客服热线]", "double_question"),
    ("  ask: 0.35 ", "  ask: 0.95 ", "ask_above_answer"),
    ("    label: 查询信用卡额度\n", "    label: 提高信用卡额度\n", "double_label"),
    (
        "    - {give: {结果: 成功}}\n",
        "    - {give: {结果: 成功}}\n    - {when: 卡号 = 1, give: {结果: 无}}\n",
        "shadowed_row",
    ),
    ("{say: 您可以直接选一项：, menu", "{say: 没太明白，您能换个说法吗？, menu", "repeated_rung"),
    ("risks: [regulator,", "risks: [regulatr,", "unknown_risk"),
    (
        "  投诉词: [投诉你们, 要投诉, 举报你们, 太差劲, 什么破, 垃圾银行, 骗子银行, 气死, 坑人, 差评, 忽悠]",
        "  投诉词: []",
        "empty_words",
    ),
];

fn finance() -> (String, Vec<String>) {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/finance-zh");
    let policy = fs::read_to_string(project.join("policy.yaml")).expect("policy.yaml");
    let catalogue = fs::read_to_string(project.join("intents.yaml")).expect("intents.yaml");
    let names = catalogue.lines().filter_map(|line| line.strip_prefix("- name: ")).map(|n| n.trim().to_owned());
    (policy, names.collect())
}

fn faults(text: &str, intents: &[String]) -> Vec<Fault> {
    let names: Vec<&str> = intents.iter().map(String::as_str).collect();
    lint(&read(text).unwrap_or_else(|fault| panic!("{fault}")), &names)
}

fn word(fault: &Fault) -> String {
    let json = serde_json::to_value(&fault.kind).expect("a fault is JSON");
    json["fault"].as_str().unwrap_or_default().to_owned()
}

/// Returns what is wrong with the finding of a planted fault; `None` when it is found, and shown where it can be.
fn missed(policy: &str, intents: &[String], (from, to, wanted): &Planted, played: bool) -> Option<String> {
    let count = policy.matches(from).count();
    assert_eq!(count, 1, "{from} stands {count} times");
    let text = policy.replacen(from, to, 1);
    let found = faults(&text, intents);
    let Some(fault) = found.iter().find(|fault| word(fault) == *wanted) else {
        return Some(format!("{wanted}: {from} → {to}: {found:?}"));
    };
    if !played {
        return None;
    }
    let shown = witness(&read(&text).expect("a policy"), &Knowledge::default(), &fault.kind, "2026-03-10");
    let short = shown.is_some_and(|shown| (1..=12).contains(&shown.talk.len()));
    (!short).then(|| format!("{wanted}: {from} → {to} is not shown"))
}

#[test]
fn every_planted_fault_is_found_and_shown_and_the_project_has_none() {
    let (policy, intents) = finance();
    assert_eq!(faults(&policy, &intents), []);
    assert!(PLAYED.len() + READ.len() >= 40);
    let all = PLAYED.iter().map(|row| (row, true)).chain(READ.iter().map(|row| (row, false)));
    let missed: Vec<String> = all.filter_map(|(row, played)| missed(&policy, &intents, row, played)).collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
