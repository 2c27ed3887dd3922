//! A chat whose calls go outside: asked once, kept, and not asked again.

use std::collections::BTreeMap;
use std::path::Path;

use tempfile::TempDir;

use crate::dialogue::turn::outside::{Came, Failure, Why};
use crate::outside::source::Sources;
use crate::settings::Call;
use crate::workbench::design;
use crate::workbench::project::Project;
use crate::workbench::rehearse::rehearse_files;
use crate::workbench::talk::{self, Chat};

const POLICY: &str = "
calls: {bill: {takes: [card], gives: [due]}, pay: {takes: [card, bill.due], gives: [id]}}
entities: {card: {match: '\\d{4}', ask: 请问卡号？}}
topics:
  账单: {needs: [card], do: [{call: bill}, {when: bill.failed set, say: 查不到}, {say: 应还<bill.due>}]}
  还款:
    needs: [card]
    do: [{call: bill}, {when: bill.failed set, say: 查不到}, {call: pay}, {when: pay.failed set, say: 没还上}, {say: 已还<bill.due>，单号<pay.id>}]
";

/// A chat for whose calls a program stands that is never run here.
fn chat() -> (TempDir, Project, Chat) {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("p.daoshi");
    let mut project = Project::create(&path, "li").expect("a project");
    design::save(&mut project, POLICY).expect("a policy");
    let mut chat = talk::begin(&mut project, None).expect("a chat");
    let set = |call: &str| Call {
        call: call.into(),
        project: path.clone(),
        on: true,
        command: Some("false".into()),
        ..Call::default()
    };
    chat.outside = Sources::of(&[set("bill"), set("pay")], Path::new(&path)).expect("good settings");
    (folder, project, chat)
}

fn given(name: &str, value: &str) -> Came {
    Came::Given(BTreeMap::from([(name.to_owned(), value.to_owned())]))
}

fn last(chat: &Chat) -> &str {
    &chat.exchanges.last().expect("an exchange").record.outcome.replies[0].text
}

fn asks(chat: &Chat) -> Option<(&str, Vec<&str>)> {
    chat.asks().map(|(ask, _)| (ask.call.as_str(), ask.takes.values().map(String::as_str).collect()))
}

#[test]
fn a_turn_waits_for_each_of_its_calls_and_is_kept_when_all_are_answered() {
    let (_folder, mut project, mut chat) = chat();
    talk::say(&mut project, &mut chat, "还款").unwrap();
    let before = chat.exchanges.len();
    talk::say(&mut project, &mut chat, "6608").unwrap();
    assert_eq!((asks(&chat), chat.waits(), chat.exchanges.len()), (Some(("bill", vec!["6608"])), Some("6608"), before));
    talk::answered(&mut project, &mut chat, given("due", "88")).unwrap();
    assert_eq!(asks(&chat), Some(("pay", vec!["88", "6608"])));
    talk::answered(&mut project, &mut chat, given("id", "T1")).unwrap();
    assert_eq!((asks(&chat), last(&chat), chat.exchanges.len()), (None, "已还88，单号T1", before + 1));
    // What was kept plays the turn again, bit for bit, with nothing outside.
    let kept = &chat.exchanges[before].record;
    let state = talk::fold(&chat.exchanges[..before]);
    assert_eq!(chat.bot().again(&state, kept.heard.clone()), *kept);
    let read: crate::bot::Turn = serde_json::from_str(&serde_json::to_string(kept).unwrap()).unwrap();
    assert_eq!(read, *kept);
}

#[test]
fn a_message_that_waits_can_be_taken_back_and_nothing_was_kept() {
    let (_folder, mut project, mut chat) = chat();
    talk::say(&mut project, &mut chat, "账单").unwrap();
    talk::say(&mut project, &mut chat, "6608").unwrap();
    let before = chat.exchanges.len();
    assert_eq!(chat.unsay().as_deref(), Some("6608"));
    talk::answered(&mut project, &mut chat, given("due", "88")).unwrap();
    assert_eq!((chat.exchanges.len(), asks(&chat)), (before, None), "an answer nobody waits for");
}

#[test]
fn what_is_said_again_is_answered_by_what_came_then() {
    let (_folder, mut project, mut chat) = chat();
    for text in ["账单", "6608"] {
        talk::say(&mut project, &mut chat, text).unwrap();
    }
    talk::answered(&mut project, &mut chat, Came::Failed(Failure::new(Why::Late, 5))).unwrap();
    assert_eq!(last(&chat), "查不到");
    let place = chat.exchanges.iter().position(|exchange| exchange.said.as_deref() == Some("账单")).unwrap();
    talk::edit(&mut project, &mut chat, place, "账单").unwrap();
    assert_eq!((asks(&chat), last(&chat)), (None, "查不到"));
    // With another card it is another question; what follows waits with it.
    talk::edit(&mut project, &mut chat, place + 1, "1234").unwrap();
    assert_eq!(asks(&chat), Some(("bill", vec!["1234"])));
    talk::answered(&mut project, &mut chat, given("due", "7")).unwrap();
    assert_eq!(last(&chat), "应还7");
}

#[test]
fn a_chat_kept_as_a_rehearsal_holds_with_nothing_outside() {
    let (folder, mut project, mut chat) = chat();
    for (text, came) in [("账单", None), ("6608", Some(given("due", "88"))), ("还款", None)] {
        talk::say(&mut project, &mut chat, text).unwrap();
        came.into_iter().for_each(|came| talk::answered(&mut project, &mut chat, came).unwrap());
    }
    talk::say(&mut project, &mut chat, "6608").unwrap();
    talk::answered(&mut project, &mut chat, given("due", "88")).unwrap();
    talk::answered(&mut project, &mut chat, Came::Failed(Failure::new(Why::Status, 503))).unwrap();
    assert_eq!(last(&chat), "没还上");
    talk::keep_as_rehearsal(&mut project, &chat, "两笔").unwrap();
    let script = &project.store.rehearsals().unwrap()[0].script;
    let path = folder.path().join("two.yaml");
    std::fs::write(&path, script).unwrap();
    let played = rehearse_files(&mut project, &[path], &crate::progress::Quiet).unwrap();
    assert_eq!(played.passed(), 1, "{script}\n{:#?}", played.results[0].replay);
    assert!(script.contains("failed: status"), "{script}");
}

#[test]
fn a_silence_is_asked_into_then_ends_the_chat_and_is_kept_with_it() {
    let folder = TempDir::new().expect("a folder");
    let mut project = Project::create(&folder.path().join("p.daoshi"), "li").expect("a project");
    let close = "close: {intents: [], say: 再见, idle: 180s, idle_say: 您还在吗？}\ntopics: {a: {label: 查账单, do: [{say: 好}]}}\n";
    design::save(&mut project, close).expect("a policy");
    let mut chat = talk::begin(&mut project, None).expect("a chat");
    talk::say(&mut project, &mut chat, "查账单").unwrap();
    talk::wait(&mut project, &mut chat, 100).unwrap();
    assert!(chat.exchanges.last().unwrap().record.outcome.replies.is_empty());
    talk::wait(&mut project, &mut chat, 180).unwrap();
    assert_eq!((last(&chat), chat.exchanges.last().unwrap().silence()), ("您还在吗？", Some(180)));
    talk::wait(&mut project, &mut chat, 400).unwrap();
    assert!(last(&chat).contains("再见") && chat.state.closed);
    talk::keep_as_rehearsal(&mut project, &chat, "沉默").unwrap();
    let script = &project.store.rehearsals().unwrap()[0].script;
    assert_eq!(script.matches("idle: ").count(), 3, "{script}");
    let path = folder.path().join("idle.yaml");
    std::fs::write(&path, script).unwrap();
    let played = rehearse_files(&mut project, &[path], &crate::progress::Quiet).unwrap();
    assert_eq!(played.passed(), 1, "{script}\n{:#?}", played.results[0].replay);
}
