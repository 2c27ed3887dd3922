//! The clean screen: each of its views, what is decided there, what taking it back brings again.

use std::io::Write;

use daoshi::domain::label::{LabelSource, Word};
use daoshi::formats::options::ReadOptions;
use daoshi::i18n::Lang;
use daoshi::progress::Quiet;
use daoshi::workbench::clean::words;
use daoshi::workbench::project::Project;
use daoshi::workbench::{import, label};

use crate::hand::Hand;

/// Three chats: a sentence in pieces, a greeting, a canned text of the agent, a word of the wrong sound.
const CHATS: &str = "conversation,role,time,text
a,客户,2024-03-01 10:00:00,信用卡自动还款
a,客户,2024-03-01 10:00:05,扣款失败了
a,客户,2024-03-01 10:00:09,怎么办
a,客服,2024-03-01 10:00:20,这边需要先核实您的身份信息
b,客户,2024-03-01 11:00:00,你好
b,客服,2024-03-01 11:00:04,这边需要先核实您的身份信息
b,客户,2024-03-01 11:02:00,花被怎么关闭？
c,客户,2024-03-01 12:00:00,how do I close my account?
c,客服,2024-03-01 12:00:04,这边需要先核实您的身份信息
c,客户,2024-03-01 12:03:00,我的手机13800138000怎么换绑微粒贷？
";

fn at_the_screen(lang: Lang) -> Hand {
    let mut hand = Hand::with(lang, |project: &mut Project| {
        let mut file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file for the test");
        file.write_all(CHATS.as_bytes()).expect("room on the disk");
        let paths = [file.path().to_path_buf()];
        import::import(project, &paths, &ReadOptions::default(), &Quiet).expect("it reads");
        words::set(project, &[Word { text: "花呗".into(), tag: "n".into() }]).expect("a word");
        for (text, intent) in [("提前还款要违约金吗", "提前还款"), ("请问提前还款要违约金", "违约金")]
        {
            let rows = [(text.to_string(), intent.to_string())];
            label::label_texts(project, &rows, LabelSource::Hand, "").expect("labelled");
        }
    });
    hand.press("ctrl-right ctrl-right");
    hand
}

#[test]
fn rules_show_what_they_change_and_masks_hide_what_they_hid() {
    let mut hand = at_the_screen(Lang::Zh);
    hand.sees("消息 10").sees("1 [x] 引用的来信").sees("规则按此顺序执行");
    hand.press("end up").sees("断句合并").sees("- 信用卡自动还款 | 扣款失败了 | 怎么办");
    for _ in 0..15 {
        hand.press("up");
    }
    hand.sees("- 我的手机•••••••••••怎么换绑微粒贷？").sees_no("13800138000");
    // Showing personal data is asked about first; putting the masks back is not.
    hand.press("F6").sees("关闭全部脱敏规则？").press("esc").sees("[x] 手机号");
    hand.press("F6 enter").sees("[ ] 手机号").sees("改动尚未生效，按 F8").press("F6").sees("[x] 手机号");
}

#[test]
fn what_was_set_aside_comes_back_with_one_key() {
    let mut hand = at_the_screen(Lang::Zh);
    hand.press("F7").sees("全部 1").sees("寒暄").sees("你好").press("right").sees("◂ 寒暄 1 ▸");
    hand.press("F3").sees("坐席 这边需要先核实您的身份信息").sees("客户 你好 (寒暄) ◀").press("esc");
    hand.press("F4").sees("已取回").sees("没有被搁置的内容");
    hand.press("ctrl-z").sees("已撤销：取回").sees("你好");
}

#[test]
fn a_joined_sentence_is_parted_and_joined_again() {
    let mut hand = at_the_screen(Lang::Zh);
    hand.press("F7 F7").sees("+3").sees("信用卡自动还款扣款失败了怎么办").sees("按规则合并").sees("2 扣款失败了");
    hand.press("F4").sees("已拆开").sees("扣款失败了 / 怎么办").sees("手动拆开");
    hand.press("F4").sees("已合并").sees("+2*").press("ctrl-z ctrl-z").sees("+3");
}

#[test]
fn a_joined_sentence_says_so_where_it_is_labelled() {
    let mut hand = at_the_screen(Lang::Zh);
    hand.press("ctrl-right ctrl-right")
        .sees("信用卡自动还款扣款失败了怎么办")
        .sees("+3 条合并")
        .sees("客户 + 扣款失败了");
    hand.press("F4").sees("已拆开").sees_no("条合并");
    hand.press("F5").sees("后一条：扣款失败了").press("enter").sees("已合并").sees("+2 条合并");
    hand.press("ctrl-z ctrl-z down").sees("+3 条合并");
}

#[test]
fn texts_said_over_and_over_are_ticked_and_words_of_one_sound_accepted() {
    let mut hand = at_the_screen(Lang::Zh);
    hand.press("F7 F7 F7").sees("[ ]").sees("我方 · 3 个会话").press("space").sees("[x]").sees("已勾选");
    hand.press("F7").sees("花被 → 花呗").press("enter").sees("所有“花被”都改为“花呗”").sees("只改：花被怎么关闭？");
    hand.press("esc delete").sees("保留原样：花被").sees("没有同音词建议").press("ctrl-z").sees("花被 → 花呗");
    hand.press("space").sees("已采纳：花被 → 花呗").sees("改动尚未生效，按 F8");
    hand.press("F8").sees_no("有改动");
    let texts = daoshi::workbench::clean::texts::texts(&hand.project("li"), None, None, 20).expect("a list");
    assert!(texts.iter().any(|utterance| utterance.text == "花呗怎么关闭？"));
    hand.press("F7 F7 F7").sees("[x] 转写标签").press("F7").sees("勾选的套话").sees("全部 4");
}

#[test]
fn labels_that_disagree_are_settled_and_texts_show_their_language() {
    let mut hand = at_the_screen(Lang::Zh);
    hand.press("F8").sees("清洗完成").press("F7 F7 F7 F7 F7").sees("提前还款要违约金吗").sees("违约金");
    hand.press("enter").sees("这一族都归入").press("enter").sees("改了 1 条").sees("同一族的标注都一致");
    hand.press("F7")
        .sees("说法")
        .sees("zh")
        .press("right")
        .sees("◂ 中文")
        .press("right")
        .sees("◂ 英文 1 ▸")
        .sees("how/");
    hand.press("left down down").sees("微粒/").press("F2").sees("用户词典").press("ctrl-end enter").write("微粒贷 n");
    hand.press("ctrl-s").sees("新增或改动 1").sees("微粒贷/n");
    hand.press("ctrl-z").sees("已撤销：词典").sees("微粒/");
}

#[test]
fn every_view_is_there_in_english() {
    let mut hand = at_the_screen(Lang::En);
    hand.sees("10 messages").sees("transcript tags").sees("Rules run in this order");
    for said in [
        "takes it back, for good",
        "sentences sent in pieces",
        "said in many chats",
        "accept all",
        "chooses",
        "dictionary",
    ] {
        hand.press("F7").sees(said);
    }
    hand.resize(40, 10).press("F7").sees("rules").resize(200, 60).sees("Rules run in this order");
}
