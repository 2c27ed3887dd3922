//! The queue and its ways: orders, many at a time, a model that learns beside.

use daoshi::domain::label::LabelSource;
use daoshi::formats::options::ReadOptions;
use daoshi::i18n::Lang;
use daoshi::progress::Quiet;
use daoshi::workbench::{import, label};

use crate::hand::Hand;

const SUBJECTS: [(&str, [&str; 11]); 3] = [
    (
        "退款",
        [
            "怎么申请退款",
            "我要退款",
            "退款多久到账",
            "申请退款的步骤",
            "退款到账了吗",
            "退款怎么还没到",
            "可以退款吗",
            "退款申请在哪",
            "退款要几天",
            "退款被拒绝了",
            "退款金额不对",
        ],
    ),
    (
        "快递",
        [
            "快递到哪里了",
            "我的快递什么时候到",
            "快递还要几天",
            "查一下快递",
            "快递单号查询",
            "快递丢了",
            "快递员电话",
            "快递送到哪了",
            "快递怎么不动了",
            "快递能改地址吗",
            "快递破损了",
        ],
    ),
    (
        "激活",
        [
            "信用卡怎么激活",
            "激活信用卡",
            "信用卡激活失败",
            "信用卡激活码",
            "新信用卡激活",
            "激活我的信用卡",
            "信用卡没法激活",
            "信用卡如何激活",
            "信用卡激活流程",
            "网上激活信用卡",
            "信用卡激活不了",
        ],
    ),
];

/// A trainer before three intents of eight examples each and nine texts that wait.
pub fn at_the_queue(lang: Lang) -> Hand {
    let mut hand = Hand::with(lang, |project| {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join("texts.txt");
        let texts: Vec<&str> = SUBJECTS.iter().flat_map(|(_, texts)| texts).copied().collect();
        std::fs::write(&file, texts.join("\n")).expect("the folder can be written");
        import::import(project, &[file], &ReadOptions::default(), &Quiet).expect("the file is read");
        let rows: Vec<(String, String)> = SUBJECTS
            .iter()
            .flat_map(|(name, texts)| texts[..8].iter().map(|text| (text.to_string(), name.to_string())))
            .collect();
        label::label_texts(project, &rows, LabelSource::Import, "rows").expect("labels");
    });
    hand.press("ctrl-right ctrl-right ctrl-right ctrl-right").sees(if lang == Lang::Zh {
        "还剩 9"
    } else {
        "9 left"
    });
    hand
}

fn examples(hand: &Hand) -> u64 {
    hand.project("li").counts().expect("counts").examples
}

#[test]
fn the_model_learns_beside_and_undo_takes_back_the_label_alone() {
    let mut hand = at_the_queue(Lang::Zh);
    label::relearn_after(&mut hand.project("wang"), 1).expect("a setting");
    hand.sees("还没有模型的猜测").press("/").write("退款").press("enter").sees("模型已用 25 条例句重新训练");
    assert_eq!(hand.project("li").counts().expect("counts").runs, 1);
    hand.press("backspace");
    assert_eq!(examples(&hand), 24, "the label is taken back");
    assert_eq!(hand.project("li").counts().expect("counts").runs, 1, "the model stays");
    hand.press("1");
    assert_eq!(hand.project("li").counts().expect("counts").runs, 1, "each takes the place of the one before");
    assert_eq!(examples(&hand), 25);
}

#[test]
fn the_item_in_hand_stays_in_hand_when_the_model_has_learnt() {
    let mut hand = at_the_queue(Lang::Zh);
    label::relearn_after(&mut hand.project("wang"), 1).expect("a setting");
    let asked = |hand: &mut Hand| hand.frame().lines().nth(2).unwrap_or_default().trim().to_owned();
    let next = asked(hand.press("down"));
    assert_ne!(next, asked(hand.press("up")));
    hand.press("/").write("退款").press("enter").sees("重新训练");
    assert_eq!(asked(&mut hand), next);
}

#[test]
fn what_is_taken_back_is_in_hand_again() {
    let mut hand = at_the_queue(Lang::Zh);
    let asked = |hand: &mut Hand| hand.frame().lines().nth(2).unwrap_or_default().trim().to_owned();
    let first = asked(&mut hand);
    hand.press("/").write("退款").press("enter");
    let second = asked(&mut hand);
    hand.press("/").write("退款").press("enter").sees("还剩 7");
    hand.press("ctrl-z").sees("还剩 8");
    assert_eq!(asked(&mut hand), second, "the last one first");
    hand.press("ctrl-z").sees("还剩 9");
    assert_eq!(asked(&mut hand), first);
    hand.press("ctrl-y").sees("还剩 8");
    assert_ne!(asked(&mut hand), first, "labelled again, it waits no more");
}

#[test]
fn orders_are_chosen_by_number_and_say_why_an_item_is_asked() {
    let mut hand = at_the_queue(Lang::Zh);
    hand.press("F8")
        .press("ctrl-o")
        .sees("按什么顺序问")
        .sees("最不像已有例句的")
        .press("６")
        .sees("队列：最不像已有例句的");
    hand.press("ctrl-o 9").sees("队列：随机抽样").sees("[随机抽查]").sees("还剩 9");
}

#[test]
fn a_pile_is_taken_in_one_key_without_its_strays_and_given_back() {
    let mut hand = at_the_queue(Lang::Zh);
    hand.press("F8 F9").sees("成批采纳").sees("概率 0.70 以上").sees("以上取用");
    // All of the first pile above the line, but for the one that is dropped.
    hand.press("tab x").sees("✗");
    hand.press("enter").sees("标注");
    let taken = examples(&hand);
    assert!(taken > 24, "{taken}");
    hand.press("ctrl-z").sees("已撤销");
    assert_eq!(examples(&hand), 24);
    hand.press("esc").sees("队列").sees("还剩 9");
}

#[test]
fn a_digit_takes_a_cluster_for_what_the_model_thinks_it_is() {
    let mut hand = at_the_queue(Lang::Zh);
    hand.press("F8 ctrl-left").press("F8").sees("聚成").sees(" 1 ");
    hand.press("1").sees("标注");
    assert!(examples(&hand) > 24);
}
