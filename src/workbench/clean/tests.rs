//! Laws of cleaning beyond one message: what is joined, set aside, corrected and put into one family stays undoable.

use std::io::Write;

use proptest::prelude::*;

use super::heard::Reach;
use super::*;
use crate::domain::ids::IntentId;
use crate::domain::label::{LabelSource, Verdict, Word};
use crate::formats::options::ReadOptions;
use crate::progress::Quiet;
use crate::workbench::{import, intents, label};

/// Imports chats: each is a list of `(role, seconds, text)`.
fn chats(project: &mut Project, chats: &[&[(&str, i64, &str)]]) {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file for the test");
    writeln!(file, "conversation,role,time,text").expect("room on the disk");
    for (nth, chat) in chats.iter().enumerate() {
        for (role, seconds, text) in *chat {
            let time = format!("2024-03-01 10:{:02}:{:02}", seconds / 60, seconds % 60);
            writeln!(file, "chat-{nth},{role},{time},{text}").expect("room on the disk");
        }
    }
    let report =
        import::import(project, &[file.path().to_path_buf()], &ReadOptions::default(), &Quiet).expect("it reads");
    assert!(report.refused.is_empty(), "{:?}", report.refused);
}

fn project() -> Project {
    Project::in_memory("li").expect("a project in memory")
}

fn said(project: &Project) -> Vec<String> {
    let mut texts: Vec<String> =
        texts::texts(project, None, None, 100).expect("a list").into_iter().map(|utterance| utterance.text).collect();
    texts.sort();
    texts
}

/// A turn's text, why it is set aside, the turn it is a piece of, its utterance.
type Outcome = (Option<String>, Option<String>, Option<i64>, Option<i64>);

/// Everything cleaning decides of turns, by their order.
fn outcome(project: &Project) -> Vec<Outcome> {
    let turns = project.store.turns_after(None, 10_000).expect("turns");
    turns.into_iter().map(|turn| (turn.text, turn.aside, turn.part_of.map(|id| id.0), turn.utterance)).collect()
}

fn healthy(project: &Project) {
    let health = project.store.check().expect("a check");
    assert!(health.is_good(), "{health:?}");
}

const PIECES: &[(&str, i64, &str)] = &[
    ("客户", 0, "信用卡自动还款"),
    ("客户", 5, "扣款失败了"),
    ("客户", 9, "怎么办"),
    ("客服", 20, "您好请问卡号是多少"),
    ("客户", 30, "你好"),
    ("客户", 200, "那我等"),
];

#[test]
fn pieces_are_one_utterance_and_cleaning_again_changes_nothing() {
    let mut project = project();
    chats(&mut project, &[PIECES]);
    assert_eq!(said(&project), ["信用卡自动还款扣款失败了怎么办", "那我等"]);
    let before = outcome(&project);
    assert_eq!(clean(&mut project, &Quiet).expect("it cleans").changed, 0);
    assert_eq!(outcome(&project), before);
    let joined = merged::merged(&project, None, 10).expect("a list");
    assert_eq!(joined.len(), 1);
    assert_eq!(joined[0].pieces, ["信用卡自动还款", "扣款失败了", "怎么办"]);
    let rules = report(&project).expect("a report").rules;
    assert_eq!(rules.iter().find(|state| state.rule == Rule::Fragments).map(|state| state.hits), Some(1));
    healthy(&project);
}

#[test]
fn a_parted_sentence_stays_parted_until_it_is_taken_back() {
    let mut project = project();
    chats(&mut project, &[PIECES]);
    let before = outcome(&project);
    let head = merged::merged(&project, None, 10).expect("a list")[0].turn;
    merged::part(&mut project, head).expect("it parts");
    assert_eq!(said(&project), ["信用卡自动还款", "怎么办", "扣款失败了", "那我等"]);
    let parted = outcome(&project);
    clean(&mut project, &Quiet).expect("it cleans");
    assert_eq!(outcome(&project), parted);
    let lines = merged::merged(&project, None, 10).expect("a list");
    assert!(lines.iter().all(|line| line.parted && line.by_hand) && lines.len() == 2);
    // By hand again, one piece after the other; then all of it is taken back.
    merged::join(&mut project, lines[1].turn).expect("it joins");
    assert!(said(&project).contains(&"信用卡自动还款扣款失败了".to_string()));
    project.undo().expect("an undo").expect("the joining");
    assert_eq!(outcome(&project), parted);
    project.undo().expect("an undo").expect("the parting");
    assert_eq!(outcome(&project), before);
    project.redo().expect("a redo").expect("the parting");
    assert_eq!(outcome(&project), parted);
    healthy(&project);
}

#[test]
fn what_cannot_be_joined_says_so() {
    let mut project = project();
    chats(&mut project, &[&[("客服", 0, "您好"), ("客户", 5, "信用卡丢了")]]);
    let turn = project.store.turns_after(None, 9).expect("turns")[1].id;
    assert!(matches!(merged::join(&mut project, turn), Err(Error::NothingToJoin { .. })));
    assert!(matches!(merged::part(&mut project, turn), Err(Error::NothingJoined { .. })));
    assert!(matches!(merged::part(&mut project, TurnId(99)), Err(Error::UnknownTurn { .. })));
    assert_eq!(project.log(None, None, 0, 9).expect("a log").len(), 1, "a refusal is no event");
}

#[test]
fn a_sentence_across_two_files_is_one_and_falls_apart_with_the_second() {
    let mut project = project();
    chats(&mut project, &[&PIECES[..1]]);
    let before = outcome(&project);
    chats(&mut project, &[&PIECES[..3]]);
    assert_eq!(said(&project), ["信用卡自动还款扣款失败了怎么办"]);
    healthy(&project);
    project.undo().expect("an undo").expect("the second import");
    assert_eq!(outcome(&project), before);
    assert_eq!(said(&project), ["信用卡自动还款"]);
    healthy(&project);
}

#[test]
fn what_is_taken_back_from_quarantine_stays_back() {
    let mut project = project();
    chats(&mut project, &[&[("客户", 0, "你好"), ("客户", 400, "怎么销户？")]]);
    assert_eq!(quarantine::reasons(&project).expect("reasons"), [("greeting".to_string(), 1)]);
    let line = quarantine::quarantine(&project, Some("greeting"), None, 9).expect("a list").remove(0);
    let turn = line.turn.expect("a turn");
    quarantine::give_back(&mut project, turn).expect("it comes back");
    assert_eq!(said(&project), ["你好", "怎么销户？"]);
    clean(&mut project, &Quiet).expect("it cleans");
    assert_eq!(said(&project), ["你好", "怎么销户？"]);
    assert!(matches!(quarantine::give_back(&mut project, turn), Err(Error::NotAside { .. })));
    project.undo().expect("an undo").expect("the return");
    assert_eq!(said(&project), ["怎么销户？"]);
    healthy(&project);
}

#[test]
fn a_ticked_text_is_set_aside_now_and_when_it_comes_again() {
    let mut project = project();
    let line = ("客服", 5, "这边需要核实您的信息才能继续处理");
    let chat: &[(&str, i64, &str)] = &[("客户", 0, "怎么销户？"), line];
    chats(&mut project, &[chat, chat, chat]);
    let found = canned::canned(&project, 3).expect("a list");
    assert_eq!(found.iter().find(|canned| canned.ours).map(|c| (c.conversations, c.on)), Some((3, false)));
    canned::tick(&mut project, line.2, true, true).expect("a tick");
    clean(&mut project, &Quiet).expect("it cleans");
    assert_eq!(quarantine::reasons(&project).expect("reasons"), [("canned".to_string(), 3)]);
    chats(&mut project, &[&[("客户", 9, "改手机号"), ("客服", 12, line.2)]]);
    assert_eq!(quarantine::reasons(&project).expect("reasons"), [("canned".to_string(), 4)]);
    assert!(canned::canned(&project, 3).expect("a list").iter().any(|canned| canned.on));
}

#[test]
fn a_suggestion_changes_nothing_until_it_is_accepted() {
    let mut project = project();
    words::set(&mut project, &[Word { text: "花呗".into(), tag: "n".into() }]).expect("a word");
    chats(&mut project, &[&[("客户", 0, "花被怎么关？")], &[("客户", 0, "花被怎么开？")]]);
    let found = heard::suggestions(&mut project, &Quiet).expect("suggestions");
    assert_eq!((found.len(), found[0].texts, &*found[0].heard, &*found[0].meant), (1, 2, "花被", "花呗"));
    let before = outcome(&project);
    assert_eq!(clean(&mut project, &Quiet).expect("it cleans").changed, 0);
    let one = found[0].samples.iter().find(|sample| sample.text.contains('关')).expect("a sample").id;
    heard::accept(&mut project, "花被", "花呗", Reach::In(one)).expect("accepted");
    clean(&mut project, &Quiet).expect("it cleans");
    assert_eq!(said(&project), ["花呗怎么关？", "花被怎么开？"]);
    heard::accept(&mut project, "花被", "花呗", Reach::Everywhere).expect("accepted");
    clean(&mut project, &Quiet).expect("it cleans");
    assert_eq!(said(&project), ["花呗怎么关？", "花呗怎么开？"]);
    for _ in 0..4 {
        project.undo().expect("an undo").expect("an act");
    }
    assert_eq!(outcome(&project), before);
    heard::refuse(&mut project, "花被", Reach::Everywhere).expect("refused");
    assert!(heard::suggestions(&mut project, &Quiet).expect("suggestions").is_empty());
    healthy(&project);
}

#[test]
fn near_doubles_are_one_family_and_undo_parts_them() {
    let mut project = project();
    chats(
        &mut project,
        &[
            &[("客户", 0, "提前还款要收违约金吗？")],
            &[("客户", 0, "请问一下提前还款要收违约金")],
            &[("客户", 0, "提前还款不收违约金吗")],
        ],
    );
    assert_eq!(project.store.utterance_counts().expect("counts"), (3, 3));
    let report = clean(&mut project, &Quiet).expect("it cleans");
    assert_eq!((report.utterances, report.families), (3, 2));
    let doubles = samples(&mut project, Rule::NearDoubles, 9).expect("samples");
    assert_eq!(
        doubles,
        [Sample {
            before: "请问一下提前还款要收违约金".into(), after: "提前还款要收违约金吗？".into()
        }]
    );
    assert_eq!(clean(&mut project, &Quiet).expect("it cleans").families, 2);
    project.undo().expect("an undo").expect("the cleaning");
    assert_eq!(project.store.utterance_counts().expect("counts"), (3, 3));
    project.redo().expect("a redo").expect("the cleaning");
    assert_eq!(project.store.utterance_counts().expect("counts"), (3, 2));
    switch(&mut project, Rule::NearDoubles, false).expect("a switch");
    assert_eq!(clean(&mut project, &Quiet).expect("it cleans").families, 3);
    healthy(&project);
}

#[test]
fn labels_that_disagree_in_a_family_are_found_and_settled() {
    let mut project = project();
    let names: Vec<IntentId> =
        ["提前还款", "违约金"].iter().map(|name| intents::add(&mut project, name, "").expect("an intent")).collect();
    let rows = |text: &str, name: &str| vec![(text.to_string(), name.to_string())];
    for (text, name) in [("提前还款要违约金吗", "提前还款"), ("请问提前还款要违约金", "违约金")]
    {
        label::label_texts(&mut project, &rows(text, name), LabelSource::Hand, "").expect("labelled");
    }
    assert!(conflicts::conflicts(&project, 9).expect("a list").is_empty());
    clean(&mut project, &Quiet).expect("it cleans");
    let found = conflicts::conflicts(&project, 9).expect("a list");
    assert_eq!(found.iter().map(|conflict| conflict.members.len()).collect::<Vec<_>>(), [2]);
    assert_eq!(conflicts::settle(&mut project, found[0].family, Verdict::Intent(names[0])).expect("settled"), 1);
    assert!(conflicts::conflicts(&project, 9).expect("a list").is_empty());
    project.undo().expect("an undo").expect("the settling");
    assert_eq!(conflicts::conflicts(&project, 9).expect("a list"), found);
}

#[test]
fn a_word_is_felt_by_the_segmenter_at_once() {
    let mut project = project();
    let cut = |project: &mut Project| {
        let words = words::cut(project, "微粒贷怎么开通").expect("words");
        words.into_iter().map(|(word, _)| word).collect::<Vec<_>>()
    };
    assert!(!cut(&mut project).contains(&"微粒贷".to_string()));
    assert_eq!(words::set(&mut project, &words::from_lines("微粒贷 n\n# a remark\n")).expect("words"), (1, 0));
    assert_eq!(cut(&mut project)[0], "微粒贷");
    assert_eq!(words::as_lines(&words::words(&project).expect("words")), "微粒贷 n\n");
    project.undo().expect("an undo").expect("the word");
    assert!(!cut(&mut project).contains(&"微粒贷".to_string()));
}

#[test]
fn a_label_of_its_file_is_kept_by_a_new_cleaning() {
    let mut project = project();
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file");
    writeln!(file, "text,intent\n好的,肯定\n你好,问候").expect("room on the disk");
    import::import(&mut project, &[file.path().to_path_buf()], &ReadOptions::default(), &Quiet).expect("it reads");
    let before = outcome(&project);
    assert!(before.iter().all(|(_, aside, _, _)| aside.is_none()));
    clean(&mut project, &Quiet).expect("it cleans");
    assert_eq!(outcome(&project), before);
}

#[test]
fn a_mask_shows_the_shape_of_what_it_hides_and_no_more() {
    assert_eq!(shape("我的手机13800138000吧", "我的手机<phone>吧"), "我的手机•••••••••••吧");
    let mut project = project();
    chats(&mut project, &[&[("客户", 0, "我的手机13800138000怎么换绑？")]]);
    let shown = samples(&mut project, Rule::Phone, 9).expect("samples");
    assert_eq!(shown[0].before, "我的手机•••••••••••怎么换绑？");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn cleaning_after_an_import_changes_nothing_and_every_piece_leads_back(
        said in prop::collection::vec(
            (0usize..3, prop::bool::ANY, 0i64..90, prop_oneof![
                Just("信用卡"), Just("丢了"), Just("怎么办"), Just("你好"), Just("好的"), Just("我要销户"), Just("我想问一下"),
                Just("ＡＰＰ閃退！！"), Just("13800138000"), Just("还有改手机号"), Just("?")
            ]), 1..24)
    ) {
        let mut project = project();
        let mut all: Vec<Vec<(&str, i64, &str)>> = vec![Vec::new(); 3];
        let mut clock = 0;
        for (chat, customer, gap, text) in &said {
            clock += gap;
            all[*chat].push((if *customer { "客户" } else { "客服" }, clock, text));
        }
        let slices: Vec<&[(&str, i64, &str)]> = all.iter().map(Vec::as_slice).collect();
        chats(&mut project, &slices);
        let before = outcome(&project);
        prop_assert_eq!(clean(&mut project, &Quiet).expect("it cleans").changed, 0);
        prop_assert_eq!(&outcome(&project), &before);
        for line in merged::merged(&project, None, 100).expect("a list") {
            let head = project.store.kept_turn(line.turn).expect("a turn").expect("it is there");
            let parts = project.store.parts_of(line.turn).expect("parts");
            let turns: Vec<&KeptTurn> = std::iter::once(&head).chain(&parts).collect();
            let pieces: Vec<_> = turns
                .iter()
                .map(|turn| {
                    let map = crate::text::clean::offsets::Offsets::from_bytes(&turn.offsets).expect("a map");
                    (turn.text.as_deref().unwrap_or(""), map)
                })
                .collect();
            let whole = crate::domain::range::ByteRange::new(0, line.text.len());
            let back = crate::text::fragments::to_raw(&pieces, whole);
            prop_assert_eq!(back.len(), turns.len());
            prop_assert!(back.iter().all(|(place, range)| range.end as usize <= turns[*place].raw.len()));
        }
    }
}
