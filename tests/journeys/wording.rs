//! A text in its words and its skeleton, what its intent is about; a word added is felt at once.

use daoshi::domain::label::LabelSource;
use daoshi::formats::options::ReadOptions;
use daoshi::i18n::Lang;
use daoshi::progress::Quiet;
use daoshi::workbench::{import, label};

use crate::hand::Hand;
use crate::label::at_the_queue;

/// A trainer before one text with a word the dictionary lacks, beside intents with similar questions.
fn before_a_strange_word(lang: Lang) -> Hand {
    let mut hand = Hand::with(lang, |project| {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join("texts.txt");
        std::fs::write(&file, "如果逾期了微粒贷怎么还款").expect("the folder can be written");
        import::import(project, &[file], &ReadOptions::default(), &Quiet).expect("the file is read");
        let rows = [
            ("还款", ["怎么提前还款", "如何提前还款", "贷款怎么还款", "还款日是哪天", "逾期了怎么还款"]),
            ("密码", ["怎么修改密码", "怎么更改密码", "忘记密码怎么办", "重置密码失败", "登录密码错误"]),
        ];
        let rows: Vec<(String, String)> =
            rows.iter().flat_map(|(name, texts)| texts.map(|text| (text.to_string(), name.to_string()))).collect();
        label::label_texts(project, &rows, LabelSource::Import, "rows").expect("labels");
    });
    hand.press("ctrl-right ctrl-right ctrl-right ctrl-right").sees("微粒贷");
    hand
}

#[test]
fn a_text_is_seen_in_its_words_and_a_word_added_is_felt_at_once() {
    for (lang, skeleton, condition, proposed, added) in [
        (Lang::Zh, "问句骨架", "条件", "词典里也许缺的词", "已加「微粒贷」"),
        (Lang::En, "skeleton", "condition", "maybe one word", "微粒贷 added"),
    ] {
        let mut hand = before_a_strange_word(lang);
        hand.press("ctrl-w").sees(skeleton).sees(condition).sees("如果逾期了").sees(proposed).sees("微粒/n 贷/v");
        hand.press("enter").sees(added).sees("微粒贷/n").sees_no("微粒/n 贷/v");
        hand.press("ctrl-z").sees("微粒/n 贷/v");
        hand.press("w").write("微粒贷 nz").press("enter").sees("微粒贷/nz");
        hand.press("w").write("微粒贷").press("enter").sees("微粒/n 贷/v");
    }
}

#[test]
fn after_a_training_the_intent_and_the_nearest_examples_are_there() {
    for (lang, intent, near) in
        [(Lang::Zh, "意图「还款」", "最近的例句"), (Lang::En, "intent 还款", "nearest examples")]
    {
        let mut hand = before_a_strange_word(lang);
        hand.press("F8").press("ctrl-w").sees(intent).sees(near).sees("逾期了怎么还款");
    }
}

#[test]
fn one_key_leads_there_from_group_and_evaluate() {
    let mut hand = at_the_queue(Lang::Zh);
    hand.press("ctrl-w").sees("问句骨架").press("esc").sees("队列");
    hand.press("F8 ctrl-left").press("F8").sees("聚成").press("ctrl-w").sees("问句骨架").press("esc");
    hand.press("ctrl-right ctrl-right ctrl-right").press("F7").press("ctrl-w").sees("问句骨架").sees("意图「");
    hand.press("esc").sees("[意图]");
}
