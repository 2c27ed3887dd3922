//! Personal data on the screens: hidden until somebody asks, logged when they do, erased for good when they must.

use daoshi::domain::event::Act;
use daoshi::formats::options::ReadOptions;
use daoshi::i18n::Lang;
use daoshi::progress::Quiet;
use daoshi::workbench::project::Project;
use daoshi::workbench::{import, intents, label};

use crate::hand::Hand;

const NUMBER: &str = "13800138000";

/// Two conversations in which one number is written in two ways, the second time by the agent.
fn fill(project: &mut Project) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("chat.csv");
    let text = "会话ID,消息时间,角色,消息内容\n\
        C1,2026-05-01 10:00:00,客户,我的手机13800138000怎么换绑\n\
        C1,2026-05-01 10:01:00,客服,是138 0013 8000这个号吗\n\
        C2,2026-05-01 11:00:00,客户,年费怎么免除\n";
    std::fs::write(&path, text).expect("the folder can be written");
    import::import(project, &[path], &ReadOptions::default(), &Quiet).expect("it is read");
    let queue = label::queue(project, label::order::Order::Customers, &[], 10).expect("a queue");
    let with_number = queue.iter().find(|item| item.utterance.text.contains("<phone>")).expect("it is masked");
    let id = intents::add(project, "换绑", "").expect("a new intent");
    let op = project.op();
    let verdict = daoshi::domain::label::Verdict::Intent(id);
    label::decide(project, &op, &[with_number.utterance.id], verdict, label_source()).expect("a label");
    project.undo().expect("an undo");
}

fn label_source() -> daoshi::domain::label::LabelSource {
    daoshi::domain::label::LabelSource::Hand
}

/// Goes to the item with the number.
fn at_number(hand: &mut Hand) {
    hand.press("ctrl-g 5 enter");
    for _ in 0..3 {
        if hand.frame().contains("换绑") && hand.frame().contains("<phone>") {
            return;
        }
        hand.press("down");
    }
}

#[test]
fn a_number_is_hidden_until_asked_for_and_again_when_one_leaves() {
    for (lang, open) in [(Lang::Zh, "已显示原文"), (Lang::En, "the log says so")] {
        let mut hand = Hand::with(lang, fill);
        at_number(&mut hand);
        hand.sees("<phone>怎么换绑").sees("是<phone>这个号吗").sees_no(NUMBER);
        // Pseudonyms first: one number, one mark, nothing told.
        let frame = hand.press("F12").frame();
        let marks: Vec<&str> = frame.match_indices("<phone#").map(|(at, _)| &frame[at..at + 16]).collect();
        assert!(marks.len() >= 2 && marks.iter().all(|mark| *mark == marks[0]), "{frame}");
        assert!(
            !hand.project("li").log(None, None, 0, 10).expect("a log").iter().any(|event| event.act == Act::Reveal)
        );
        hand.press("F12").sees(NUMBER).sees("138 0013 8000").sees(open);
        let log = hand.project("li").log(None, None, 0, 10).expect("a log");
        assert_eq!((log[0].act, log[0].actor.as_str(), log[0].touched), (Act::Reveal, "li", 2));
        assert!(log[0].subject.starts_with('#') && !log[0].subject.contains(NUMBER), "{}", log[0].subject);
        hand.press("F12").sees_no(NUMBER);
        // Another item, or another tab, hides it as well.
        hand.press("F12 F12").sees(NUMBER).press("ctrl-left ctrl-right").sees_no(NUMBER).sees("<phone>");
        hand.press("F12 F12").sees(NUMBER).press("down up").sees_no(NUMBER);
        hand.press("down").press("F12").sees_no(NUMBER);
    }
}

#[test]
fn words_are_erased_by_keys_after_a_question_that_says_what_goes() {
    for (lang, ask, done) in [(Lang::Zh, "将彻底抹去", "已抹去"), (Lang::En, "To be erased for good", "erased:")]
    {
        let mut hand = Hand::with(lang, fill);
        hand.press("F9 2").press("esc").press("F9 1").write(NUMBER).press("enter").sees(ask);
        // No is no.
        hand.press("esc");
        assert_eq!(hand.project("li").counts().expect("counts").turns, 3);
        hand.press("F9 1").write(NUMBER).press("enter").press("enter").sees(done);
        assert_eq!(hand.project("li").counts().expect("counts").turns, 2);
        assert_eq!(hand.project("li").log(None, None, 0, 1).expect("a log")[0].act, Act::Purge);
    }
}

#[test]
fn a_conversation_is_erased_from_where_it_is_read() {
    let mut hand = Hand::with(Lang::Zh, fill);
    at_number(&mut hand);
    hand.press("F11").sees("这段对话").press("1").sees("消息 2 条").press("enter");
    assert_eq!(hand.project("li").counts().expect("counts").turns, 1);
}

#[test]
fn an_export_as_said_asks_and_is_logged() {
    let mut hand = Hand::with(Lang::Zh, |project| {
        fill(project);
        project.redo().expect("the label again");
    });
    let out = hand.project("li").path().with_file_name("said.jsonl");
    hand.press("ctrl-g").write("导出").press("esc").press("ctrl-left");
    hand.sees("个人信息：隐藏").press("F6").sees("<phone#").press("F6").sees("原文！").sees_no(NUMBER);
    hand.press("F8").sees("日志会记下").press("enter");
    for _ in 0..120 {
        hand.press("backspace");
    }
    hand.write(&out.display().to_string()).press("enter");
    let text = std::fs::read_to_string(&out).expect("a file");
    assert!(text.contains(NUMBER), "{text}");
    assert_eq!(hand.project("li").log(None, None, 0, 1).expect("a log")[0].act, Act::Export);
    hand.sees("个人信息：隐藏");
}
