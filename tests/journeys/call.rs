//! Calls that go outside, as a trainer meets them in a chat.

use std::path::Path;

use daoshi::i18n::Lang;
use daoshi::progress::Quiet;
use daoshi::workbench::project::Project;
use daoshi::workbench::{design, rehearse};
use tempfile::TempDir;

use crate::hand::Hand;

const POLICY: &str = "
calls: {账单: {takes: [卡号], gives: [本期], rows: [{give: {本期: 替身的钱}}]}}
entities: {卡号: {match: '\\d{4}', ask: 请问卡号后四位？}}
topics:
  账单:
    needs: [卡号]
    do:
      - {call: 账单}
      - {when: 账单.failed set, say: 抱歉，暂时查不到。}
      - {say: 本期应还<账单.本期>}
";

/// From home to the last tab but two.
const TO_TALK: &str = "ctrl-left ctrl-left ctrl-left";

/// A trainer in a chat, with a program that answers; `None`, with the reason on stderr, where there is no shell.
fn chat(lang: Lang, script: &str) -> Option<(Hand, TempDir)> {
    if !Path::new("/bin/sh").exists() {
        eprintln!("skipped: there is no /bin/sh");
        return None;
    }
    let folder = TempDir::new().expect("a folder");
    let program = folder.path().join("bill.sh");
    std::fs::write(&program, script).expect("a file");
    let mut hand = Hand::beside(lang, saved);
    hand.call_with(&format!(
        "[[calls]]\ncall = '账单'\nproject = '{{project}}'\non = true\nseconds = 60\ncommand = '/bin/sh {}'\n",
        program.display()
    ));
    hand.press(TO_TALK).write("账单").press("enter").sees("请问卡号后四位");
    Some((hand, folder))
}

fn saved(project: &mut Project) {
    design::save(project, POLICY).expect("a policy");
}

#[test]
fn a_call_runs_beside_the_chat_and_its_answer_is_kept_with_the_turn() {
    let Some((mut hand, _folder)) = chat(Lang::Zh, "echo '{\"本期\": \"88元\"}'") else { return };
    hand.write("6608").press("enter").wait();
    hand.sees("本期应还88元").resize(160, 24).sees("外部调用 账单（卡号=6608）").sees("本期=88元、账单 分支 2");
    // As a rehearsal it is answered by what came then.
    hand.press("F9").press("enter").sees("已存为排练");
    let mut project = hand.project("li");
    let played = rehearse::rehearse(&mut project, None, &Quiet).expect("it plays");
    assert_eq!(played.passed(), 1);
}

#[test]
fn esc_stops_a_call_and_the_chat_goes_on() {
    for (lang, calling, stopped) in [(Lang::Zh, "正在调用 账单", "被停下"), (Lang::En, "calling 账单", "stopped")]
    {
        let Some((mut hand, _folder)) = chat(lang, "sleep 1000") else { return };
        hand.write("6608").press("enter").sees(calling).sees("6608").sees("Esc");
        // The screen lives, and nothing else is said meanwhile.
        hand.write("喂").press("enter").sees(calling).press("F6 F6 F6");
        hand.press("esc").wait().sees("暂时查不到").sees_no(calling).resize(160, 24).sees(stopped);
    }
}

#[test]
fn nothing_outside_is_on_until_the_trainer_says_so() {
    let mut hand = Hand::with(Lang::Zh, saved);
    hand.press(TO_TALK).write("账单").press("enter").write("6608").press("enter");
    hand.sees("本期应还替身的钱").resize(160, 24).sees("外部没接通，替身");
}

#[test]
fn a_silence_is_pretended_like_an_hour() {
    let policy = "close: {intents: [], say: 再见, idle: 180s, idle_say: 您还在吗？}\ntopics: {a: {label: 查账单, do: [{say: 好}]}}\n";
    let mut hand = Hand::with(Lang::Zh, |project| {
        design::save(project, policy).expect("a policy");
    });
    hand.press(TO_TALK).write("查账单").press("enter").press("F5").write("idle=200").press("enter");
    hand.sees("沉默 200 秒").sees("您还在吗？").press("F5").write("idle=x").press("enter").sees("idle=180");
}
