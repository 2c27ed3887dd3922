//! Entities marked by keys: words, signs, proposals, kinds made in place, synonyms and the dictionary.

use daoshi::formats::options::ReadOptions;
use daoshi::i18n::Lang;
use daoshi::progress::Quiet;
use daoshi::workbench::{design, import};

use crate::hand::Hand;

const TEXTS: &str = "给👨‍👩‍👧小王转５００元可以吗\n微粒贷怎么开通\n白金卡尾号6608年费多少\n";

const POLICY: &str = "entities:
  卡种:
    values: {白金信用卡: [白金]}
  金额: {type: money}
  卡号: {match: '\\d{4}'}
topics: {}
";

/// A trainer who marks entities in three texts.
pub fn at_the_texts(lang: Lang) -> Hand {
    let mut hand = Hand::with(lang, |project| {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join("texts.txt");
        std::fs::write(&file, TEXTS).expect("the folder can be written");
        import::import(project, &[file], &ReadOptions::default(), &Quiet).expect("the file is read");
        design::save(project, POLICY).expect("a policy");
    });
    hand.press("ctrl-right ctrl-right ctrl-right ctrl-right ctrl-e");
    hand
}

#[test]
fn a_stretch_is_selected_by_words_and_gets_a_kind_made_in_place() {
    let mut hand = at_the_texts(Lang::Zh);
    hand.sees("标实体 · 已标 0 处 · 建议 1 处").sees("金额  500元 = 500").sees("[规则]");
    hand.press("down down space down").sees("选取中：小王").sees("====");
    hand.press("F2").write("收款人").press("enter").sees("✓ 收款人  小王").sees("4───").sees("已标 1 处");
    // The digit of a kind is free for the next text at once.
    hand.press("backspace").sees("已撤销").sees("已标 0 处");
    hand.press("ctrl-y").sees("已标 1 处");
}

#[test]
fn proposals_are_taken_by_one_key_and_a_span_is_drawn_out_by_its_near_edge() {
    let mut hand = at_the_texts(Lang::En);
    hand.press("enter").sees("✓ 金额  500元 = 500").sees("1 marked · 0 proposed");
    hand.press("shift-right").sees("✓ 金额  500元可").sees("500元可");
    hand.press("shift-left shift-left").sees("✓ 金额  500 ");
    hand.press("delete").sees("is marked no more").sees("0 marked");
    hand.press("ctrl-z").sees("✓ 金额  500 ");
}

#[test]
fn what_came_before_cleaning_is_shown_with_the_same_stretch() {
    let mut hand = at_the_texts(Lang::Zh);
    hand.sees("原文：给👨‍👩‍👧小王转５００元可以吗").press("pagedown").sees_no("原文：").press("pagedown").sees_no("原文：");
    hand.press("pagedown").sees("没有别的说法了").press("pageup pageup").sees("原文：");
}

#[test]
fn all_proposals_are_taken_at_once_and_a_synonym_reaches_the_policy() {
    let mut hand = at_the_texts(Lang::Zh);
    hand.press("pagedown pagedown").sees("建议 2 处").sees("卡种  白金 = 白金信用卡").sees("[词表]");
    hand.press("F9").sees("采纳了 2 处建议").sees("已标 2 处");
    hand.press("home right shift-right").sees("✓ 卡种  白金卡");
    hand.press("F6").sees("“白金卡”的标准值").write("白金信用卡").press("enter").sees("策略里也加了这个同义词");
    let draft = design::draft(&hand.project("li")).expect("a project").expect("a draft").yaml;
    assert!(draft.contains("白金信用卡: [白金卡, 白金]"), "{draft}");
    hand.press("backspace").sees("✓ 卡种  白金卡 ");
    let draft = design::draft(&hand.project("li")).expect("a project").expect("a draft").yaml;
    assert_eq!(draft, POLICY);
}

#[test]
fn a_word_kept_is_one_word_to_the_cursor_at_once_even_with_an_input_method_on() {
    let mut hand = at_the_texts(Lang::Zh);
    hand.press("pagedown").sees("这一段：微粒").sees_no("这一段：微粒贷");
    hand.press("space down down").sees("选取中：微粒贷").press("F4");
    hand.sees("“微粒贷”已加入用户词典").press("space space home").sees("这一段：微粒贷");
    hand.press("１").sees("卡种：微粒贷").sees("✓ 卡种  微粒贷");
}
