//! A working loop as a trainer walks it: raw logs in, a tested bot out, by keys alone at 80×24.

use std::path::Path;

use daoshi::i18n::Lang;
use daoshi::workbench::personal::Personal;
use daoshi::workbench::{export, rehearse, sample};

use crate::hand::Hand;

/// A trainer before the finance sample, its raw logs still to be imported.
fn at_the_bank(lang: Lang) -> Hand {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/finance-zh");
    Hand::with(lang, |project| {
        sample::fill(project, &folder).expect("the sample is whole");
    })
}

#[test]
fn raw_logs_become_a_rehearsed_bot() {
    let mut hand = at_the_bank(Lang::Zh);

    // Yesterday's chats come in: all files are offered, one is taken.
    hand.press("ctrl-right").sees("app-chat.csv").sees("gb18030");
    hand.press("ctrl-a").sees("已选 0 个").press("end up up up space").sees("已选 1 个");
    hand.press("F8").sees("导入完成：保留 60 条");

    // The rules have hidden personal data already; one of them is looked at and switched off and on again.
    hand.press("ctrl-right").sees("消息 60").sees("全角转半角");
    hand.press("space").sees("[ ] 引用的来信").press("ctrl-z").sees("[x] 引用的来信");
    hand.press("F8").sees("清洗完成：60 条消息，0 条有变化");

    // What customers say falls into clusters; one becomes a new intent, taken down to the cut line.
    hand.press("ctrl-right F8").sees("聚成").sees("以上取用");
    hand.press("F2").press("ctrl-a").write("新意图甲").press("enter").sees("新意图甲：标注");
    hand.press("ctrl-z").sees("标注").press("ctrl-y");

    // A model is trained; its guesses order the queue, and one key is one decision.
    // Words alone: a development build would take minutes to read what thousands of texts mean.
    hand.press("ctrl-right ctrl-right e").sees("自动").sees("最近的样本投票").press("5").sees("算法：linear");
    hand.press("F8").sees("训练完成：准确率");
    hand.press("ctrl-left").sees("猜测").sees("疑问 × 客户数");
    let before = hand.project("li").counts().expect("counts").examples;
    hand.press("1").sees("本次已标 1");
    assert!(hand.project("li").counts().expect("counts").examples > before, "the label is on disk");
    hand.press("backspace");
    assert_eq!(hand.project("li").counts().expect("counts").examples, before, "and taken back");

    // Where the model confuses intents, the confused examples stand beside.
    hand.press("ctrl-right ctrl-right").sees("宏平均 F1").sees("实际").sees("判为").sees(" → ");
    hand.press("F7").sees("F1").press("F7 F7");

    // The policy stands without a fault.
    hand.press("ctrl-right").sees("询问好不好用").sees("策略没有问题");

    // The bot asks back, understands the answer, and the chat becomes a rehearsal.
    hand.press("ctrl-right").write("这个东西好不好用？").press("enter");
    hand.sees("您具体指的是哪个产品？");
    hand.write("活期宝，安全吗").press("enter").sees("不保证本金").sees("为什么");
    hand.press("F9").press("enter").sees("已存为排练");

    // All rehearsals are played, the new one among them.
    hand.press("ctrl-right F8").sees("排练 151 个：通过 151");
    assert_eq!(rehearse::list(&hand.project("li")).expect("rehearsals").len(), 151);

    // The labels leave as a file.
    hand.press("ctrl-right").sees("jsonl").press("F8").press("enter").sees("已导出");
    let rows = export::rows(&mut hand.project("li"), Personal::default()).expect("rows").len();
    assert!(rows > 2_200, "{rows}");
}

#[test]
fn the_same_screens_speak_english() {
    let mut hand = at_the_bank(Lang::En);
    hand.press("ctrl-right").sees("files").sees("preview");
    hand.press("ctrl-right").sees("messages").press("ctrl-right").sees("Nothing is grouped yet");
    hand.press("ctrl-right").sees("Nothing waits").press("ctrl-right").sees("labelled since the last run");
    hand.press("ctrl-right").sees("There is no model yet").press("ctrl-right").sees("topics");
    hand.press("ctrl-right").sees("write what a customer says");
    hand.press("ctrl-right").sees("150 rehearsals").press("ctrl-right").sees("labels to export");
}
