//! How texts sound: heard, said by a trainer, learned at the next training, told on evaluate.

use daoshi::i18n::Lang;
use daoshi::workbench::moods;

use crate::hand::Hand;
use crate::label::at_the_queue;

fn mooded(lang: Lang) -> Hand {
    let hand = at_the_queue(lang);
    let folder = tempfile::tempdir().expect("a folder for the test");
    let file = folder.path().join("moods.tsv");
    let things = ["账单", "转账", "贷款", "信用卡", "还款", "额度", "积分", "开户"];
    let ways = [("{}又是老样子，无语", "失望"), ("{}赶时间，十分钟后就要", "urgent"), ("请问{}在哪查", "calm")];
    let lines: Vec<String> = things
        .iter()
        .flat_map(|thing| ways.map(|(text, mood)| format!("{}\t{mood}", text.replace("{}", thing))))
        .chain(things.iter().map(|thing| format!("{thing}再这样我换别家了\t生气 leaving")))
        .collect();
    std::fs::write(&file, lines.join("\n")).expect("the folder can be written");
    moods::say_file(&mut hand.project("li"), &file).expect("the file is read");
    hand
}

#[test]
fn a_trainer_says_how_a_text_sounds_and_takes_it_back() {
    for (lang, heard, window, said, undone) in [
        (Lang::Zh, "现在听作：平静", "[ ]", "已标：愤怒 · 投诉", "已撤销"),
        (Lang::En, "heard now as: calm", "[ ]", "said: angry · complaint", "Taken back"),
    ] {
        let mut hand = at_the_queue(lang);
        hand.sees(heard).press("ctrl-b").sees(window);
        // Down to the first risk, tick it, then a digit takes the mood.
        hand.press("down down down down down down down x").sees("[x]").press("5").sees(said);
        hand.press("ctrl-z").sees(undone).sees(heard);
    }
}

#[test]
fn what_was_said_is_offered_again_and_can_be_dropped() {
    let mut hand = at_the_queue(Lang::Zh);
    hand.press("v 6").sees("已标：失望").press("v").sees("不标情绪");
    hand.press("end enter").sees("不再标它的情绪").sees("现在听作：平静");
}

#[test]
fn moods_are_learned_at_the_next_training_and_told_on_evaluate() {
    for (lang, alone, learned, traps, mood) in [
        (Lang::Zh, "情绪：只用词典", "里学的占", "易错句", "失望"),
        (Lang::En, "moods: lexicon alone", "of the say learned from 32", "misleading", "disappointed"),
    ] {
        let mut hand = at_the_queue(lang);
        hand.press("F8 ctrl-right ctrl-right").press("F7 F7 F7 F7 F7 F7 F7 F7").sees(alone);
        let mut hand = mooded(lang);
        hand.press("F8 ctrl-right ctrl-right").press("F7 F7 F7 F7 F7 F7 F7 F7").sees(learned).sees(traps).sees(mood);
    }
}
