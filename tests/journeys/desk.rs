//! What works everywhere: tabs, help, commands, languages, undo, other trainers.

use daoshi::i18n::Lang;
use daoshi::tui::app::Wish;
use daoshi::tui::event::Event;
use daoshi::workbench::intents;

use crate::hand::Hand;

#[test]
fn an_empty_project_says_what_to_do_first() {
    Hand::new(Lang::Zh).sees("bank").sees("导入第一批日志").sees("F1 帮助");
    Hand::new(Lang::En).sees("import the first logs").sees("F1 help");
}

#[test]
fn the_first_screen_in_both_languages() {
    insta::assert_snapshot!("home_zh", Hand::new(Lang::Zh).timeless_frame());
    insta::assert_snapshot!("home_en", Hand::new(Lang::En).timeless_frame());
}

#[test]
fn help_lists_the_keys_and_goes_away() {
    let mut hand = Hand::new(Lang::Zh);
    hand.press("F1").sees("按编号选一项").press("end").sees("Ctrl-Q").sees("一切都已保存").press("esc").sees_no("按键");
    hand.press("？").sees("按键").press("enter").sees_no("按键").press("? F1").sees_no("按键");
}

#[test]
fn a_command_is_found_by_initials_and_done() {
    let mut hand = Hand::new(Lang::Zh);
    hand.press("ctrl-p").write("ps").sees("换一套配色").press("enter").sees("配色：light");
    hand.press("ctrl-p").write("退出").press("enter");
    assert!(hand.is_over());
}

#[test]
fn the_caret_stands_where_an_input_method_looks_for_it() {
    let mut hand = Hand::new(Lang::Zh);
    let before = hand.press("ctrl-p").caret().expect("a field has a caret");
    let after = hand.write("退出").caret().expect("a field has a caret");
    assert_eq!(after, (before.0 + 4, before.1));
    assert!(after.1 < 23, "an input method needs room below");
}

#[test]
fn the_language_changes_at_once() {
    Hand::new(Lang::Zh).press("ctrl-n").sees("home").sees("import the first logs").press("ctrl-n").sees("首页");
}

#[test]
fn what_was_done_can_be_taken_back_and_done_again() {
    let mut hand = Hand::with(Lang::Zh, |project| {
        intents::add(project, "提前还款", "").expect("a new intent");
    });
    hand.sees("提前还款").press("ctrl-z").sees("已撤销：新建意图 提前还款");
    assert!(hand.project("li").catalogue().expect("a catalogue").named("提前还款").is_none());
    hand.press("ctrl-y").sees("已重做：新建意图 提前还款");
    assert!(hand.project("li").catalogue().expect("a catalogue").named("提前还款").is_some());
    hand.press("u U u u").sees("没有可以撤销的改动");
}

#[test]
fn another_trainers_change_appears_by_itself() {
    let mut hand = Hand::new(Lang::Zh);
    let mut other = hand.project("wang");
    intents::add(&mut other, "挂失补卡", "").expect("a new intent");
    hand.sees_no("挂失补卡").happen(Event::Tick).sees("wang").sees("挂失补卡");
}

#[test]
fn nobody_takes_back_what_another_trainer_did() {
    let mut hand = Hand::new(Lang::En);
    intents::add(&mut hand.project("wang"), "lost card", "").expect("a new intent");
    hand.press("ctrl-z").sees("There is nothing to take back.");
}

#[test]
fn letters_without_a_meaning_hint_at_the_input_method() {
    let mut hand = Hand::new(Lang::Zh);
    hand.write("t").sees("t 在这里没有作用；按 F1 看能用的键").write("kt").sees_no("输入法").write("utk");
    hand.write("zzz").sees("输入法似乎开着");
}

#[test]
fn a_paste_where_nothing_is_written_does_nothing() {
    let mut hand = Hand::new(Lang::Zh);
    hand.paste("q\nCtrl-Q\n1\n").sees("这里不能粘贴");
    assert!(!hand.is_over());
}

#[test]
fn a_paste_of_ten_thousand_lines_is_one_text() {
    let mut hand = Hand::new(Lang::Zh);
    hand.press("ctrl-p").paste(&"退\n".repeat(10_000)).sees("没有找到");
}

#[test]
fn what_only_the_terminal_can_do_is_asked_of_it() {
    let mut hand = Hand::new(Lang::Zh);
    hand.wishes();
    hand.press("ctrl-l ctrl-\\");
    assert_eq!(hand.wishes(), [Wish::Redraw, Wish::Sleep]);
}

#[test]
fn drawing_twice_gives_the_same_frame() {
    let mut hand = Hand::new(Lang::Zh);
    for keys in ["", "F1", "esc ctrl-p", "esc ctrl-g"] {
        let first = hand.press(keys).frame();
        assert_eq!(hand.frame(), first);
    }
}

#[test]
fn the_tabs_are_reached_by_number_and_by_turning() {
    let mut hand = Hand::new(Lang::Zh);
    hand.press("ctrl-g").sees("去哪一页").press("1").sees_no("去哪一页").sees("下一步");
    hand.press("ctrl-right ctrl-left").sees("下一步").press("esc").sees("Ctrl-Q");
    hand.press("ctrl-q");
    assert!(hand.is_over());
}
