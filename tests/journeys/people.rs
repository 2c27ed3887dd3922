//! Two trainers at one project: blind answers, disputes side by side, nothing written over, nothing handed out twice.

use daoshi::formats::options::ReadOptions;
use daoshi::i18n::Lang;
use daoshi::progress::Quiet;
use daoshi::workbench::label::overlap::{self, Overlap};
use daoshi::workbench::{import, intents, label};

use crate::hand::Hand;

/// Li before three texts; a share of them is asked of two.
fn at_the_queue(lang: Lang, percent: u8) -> Hand {
    let mut hand = Hand::with(lang, |project| {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join("texts.txt");
        std::fs::write(&file, "退款多久到账\n快递到哪里了\n信用卡怎么激活").expect("the folder can be written");
        import::import(project, &[file], &ReadOptions::default(), &Quiet).expect("the file is read");
        intents::add(project, "退款", "").expect("an intent");
        intents::add(project, "物流", "").expect("an intent");
        overlap::set_overlap(project, Overlap { percent, raters: 2, seed: 1 }).expect("a setting");
    });
    hand.press("ctrl-right ctrl-right ctrl-right ctrl-right");
    hand
}

/// Wang says of the first text that waits for him which intent it is.
fn wang_says(hand: &Hand, name: &str) {
    let mut wang = hand.project("wang");
    let verdict = daoshi::domain::label::Verdict::Intent(wang.catalogue().unwrap().find(name).unwrap().id);
    let id = daoshi::domain::ids::UtteranceId(1);
    let op = wang.op();
    overlap::answer(&mut wang, &op, id, verdict).expect("an answer");
}

#[test]
fn a_blind_answer_differs_and_one_key_settles_it() {
    for (lang, blind, kept, head, none) in [
        (Lang::Zh, "[多人盲标]", "互不可见", "待裁决 1 条", "没有分歧"),
        (Lang::En, "[asked of several, blind]", "unseen", "disputes: 1 open", "Nobody differs"),
    ] {
        let mut hand = at_the_queue(lang, 100);
        wang_says(&hand, "物流");
        hand.press("ctrl-o 1");
        // Li is asked the three, wang's among them, and does not see what he said.
        let asked = |hand: &mut Hand| hand.frame().lines().nth(2).is_some_and(|line| line.contains("退款多久到账"));
        let turns = (0..3).take_while(|_| !asked(hand.press("down"))).count();
        assert!(turns < 3, "he is asked it");
        hand.sees(blind).press("/").write("退款").press("enter").sees(kept);
        hand.press("ctrl-v").sees(head).sees("li 退款").sees("wang 物流").sees("1 wang");
        hand.press("F7").sees("α").sees("wang").press("esc");
        hand.press("2").sees(none);
        assert_eq!(hand.project("wang").counts().expect("counts").examples, 1);
        hand.press("ctrl-z").sees(head);
    }
}

#[test]
fn answers_that_cross_stand_side_by_side_and_one_is_chosen() {
    let mut hand = at_the_queue(Lang::Zh, 0);
    hand.sees("退款多久到账");
    wang_says(&hand, "物流");
    hand.press("/").write("退款").press("enter").sees("wang 已把它标为「物流」，你选的是「退款」");
    hand.sees("用对方的：物流（wang）").sees("用我的：退款（li）").press("3").sees("等待裁决").sees("还剩 2");
    hand.press("ctrl-v").sees("wang 物流").press("esc ctrl-z");
    hand.press("ctrl-v").sees("没有分歧");
}

#[test]
fn what_lies_before_another_trainer_is_passed_over() {
    let mut hand = at_the_queue(Lang::Zh, 0);
    hand.sees("退款多久到账");
    let mut wang = hand.project("wang");
    let items = label::queue(&wang, label::order::Order::Doubt, &[], 9).expect("a queue");
    assert_eq!(items.len(), 2, "li has one in hand");
    assert!(label::lease::take(&mut wang, items[0].utterance.family));
    hand.press("down").sees(&items[1].utterance.text);
    hand.sees("还剩 3");
}
