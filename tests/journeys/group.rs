//! Clusters that remember: names, merges and splits outlive a new grouping, and every one can be taken back.

use daoshi::clustering::options::{Method, Options};
use daoshi::formats::options::ReadOptions;
use daoshi::i18n::Lang;
use daoshi::progress::Quiet;
use daoshi::workbench::group::{self, Rung, ladder, members};
use daoshi::workbench::project::Project;
use daoshi::workbench::{import, intents, links};

use crate::hand::Hand;

const REFUND: [&str; 8] = [
    "怎么申请退款",
    "我要退款",
    "退款多久到账",
    "申请退款的步骤",
    "退款到账了吗",
    "退款怎么还没到",
    "可以退款吗",
    "退款申请在哪",
];
const PARCEL: [&str; 8] = [
    "快递到哪里了",
    "我的快递什么时候到",
    "快递还要几天",
    "查一下快递",
    "快递单号查询",
    "快递丢了",
    "快递员电话",
    "快递送到哪了",
];
const CARD: [&str; 8] = [
    "信用卡怎么激活",
    "激活信用卡",
    "信用卡激活失败",
    "信用卡激活码",
    "新信用卡激活",
    "激活我的信用卡",
    "信用卡没法激活",
    "信用卡如何激活",
];

fn say(project: &mut Project, texts: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let file = folder.path().join(format!("{}.csv", texts[0]));
    let rows: Vec<String> = texts.iter().map(|text| format!("{text}-1,客户,{text}")).collect();
    std::fs::write(&file, format!("会话ID,角色,内容\n{}\n", rows.join("\n"))).expect("the folder can be written");
    let report = import::import(project, &[file], &ReadOptions::default(), &Quiet).expect("the file is read");
    assert!(report.refused.is_empty(), "{:?}", report.refused);
}

/// A trainer before the clusters of two subjects.
fn before_two() -> Hand {
    let mut hand = Hand::with(Lang::Zh, |project| {
        say(project, &REFUND);
        say(project, &PARCEL);
    });
    hand.press("ctrl-right ctrl-right ctrl-right F8").sees("聚成 2 簇");
    hand
}

fn rungs(hand: &Hand) -> Vec<Rung> {
    ladder(&hand.project("li")).expect("a ladder")
}

fn texts(hand: &Hand, rung: &Rung) -> Vec<String> {
    let project = hand.project("li");
    members(&project, rung.id).expect("members").into_iter().map(|member| member.utterance.text).collect()
}

#[test]
fn a_cluster_keeps_its_name_and_new_ones_are_marked() {
    let mut hand = before_two();
    hand.press("F6").press("ctrl-a").write("我起的名字").press("enter").sees("我起的名字");
    let named = rungs(&hand).into_iter().find(|rung| rung.name == "我起的名字").expect("it has the name");

    say(&mut hand.project("li"), &CARD);
    hand.press("F8").sees("[新]").sees("我起的名字");
    let again = rungs(&hand).into_iter().find(|rung| rung.id == named.id).expect("the same cluster");
    assert_eq!(again.name, "我起的名字");
    assert!(texts(&hand, &again).iter().all(|text| !text.contains("激活")));
}

#[test]
fn a_merge_holds_and_can_be_taken_back() {
    let mut hand = before_two();
    hand.press("F5").press("enter").sees("已并入").press("ctrl-z");
    assert_eq!(rungs(&hand).len(), 2);
    hand.press("ctrl-y");
    assert_eq!(rungs(&hand).len(), 1);

    say(&mut hand.project("li"), &CARD);
    hand.press("F8").sees("聚成");
    let homes: Vec<Vec<String>> = rungs(&hand).iter().map(|rung| texts(&hand, rung)).collect();
    let home = |text: &str| homes.iter().position(|home| home.iter().any(|t| t == text)).expect("it is somewhere");
    assert!(REFUND.iter().chain(&PARCEL).all(|text| home(text) == home(REFUND[0])), "{homes:?}");
    assert!(CARD.iter().all(|text| home(text) != home(REFUND[0])), "{homes:?}");
}

#[test]
fn examples_sort_the_members_and_a_split_holds() {
    let mut hand = before_two();
    hand.press("F3").sees("标出两三个例子").press("tab x").press("F3").sees("按与例子的相似度排列");
    let first = texts(&hand, &rungs(&hand)[0])[0].clone();
    // All but the example go below the line.
    hand.press("ctrl-up ctrl-up ctrl-up ctrl-up ctrl-up ctrl-up ctrl-up ctrl-up ctrl-up ctrl-down");
    hand.press("F4").sees("已拆出新簇：1 条说法");
    let alone = |hand: &Hand| rungs(hand).iter().any(|rung| texts(hand, rung) == [first.clone()]);
    assert!(alone(&hand));
    hand.press("ctrl-z");
    assert!(!alone(&hand) && rungs(&hand).len() == 2);
    hand.press("ctrl-y F8").sees("聚成");
    assert!(alone(&hand), "a new grouping leaves it apart");
}

#[test]
fn method_number_and_least_size_are_asked_for_in_turn() {
    let mut hand = before_two();
    hand.press("ctrl-e").sees("近邻图").press("2");
    hand.sees("聚成多少簇").press("1").sees("每簇至少几条").press("2");
    hand.sees("按什么看相似").press("3").sees("聚成");
}

/// Returns the clusters of two texts.
fn homes(project: &Project, texts: [&str; 2]) -> [Option<daoshi::domain::ids::ClusterId>; 2] {
    let rungs: Vec<Rung> = ladder(project).expect("a ladder");
    texts.map(|text| {
        let holds = |rung: &&Rung| {
            members(project, rung.id).expect("members").iter().any(|member| member.utterance.text == text)
        };
        rungs.iter().find(holds).map(|rung| rung.id)
    })
}

/// Returns the two texts of the only link.
fn pair(project: &Project) -> [String; 2] {
    let all = links::links(project).expect("links");
    let [link] = all.as_slice() else { panic!("one link, not {all:?}") };
    let text = |id| {
        let rungs = ladder(project).expect("a ladder");
        let mut all = rungs.iter().flat_map(|rung| members(project, rung.id).expect("members"));
        all.find(|member| member.utterance.id == id).expect("it is grouped").utterance.text
    };
    [text(link.one), text(link.other)]
}

#[test]
fn two_texts_that_belong_together_share_a_cluster_from_the_next_grouping_on() {
    let mut hand = before_two();
    hand.press("tab ctrl-o").sees("再按一次").press("tab down tab ctrl-o").sees("必须同簇").sees("= 必同簇");
    let [one, other] = pair(&hand.project("li"));
    let before = homes(&hand.project("li"), [&one, &other]);
    assert_ne!(before[0], before[1]);
    hand.press("F8").sees("聚成");
    let after = homes(&hand.project("li"), [&one, &other]);
    assert!(after[0].is_some() && after[0] == after[1]);
    hand.press("ctrl-z").sees("已撤销");
    assert_eq!(homes(&hand.project("li"), [&one, &other]), before);
}

#[test]
fn two_texts_that_never_belong_together_are_parted_and_saying_it_again_takes_it_back() {
    let mut hand = before_two();
    hand.press("tab x x ctrl-r").sees("不得同簇").sees("|×1");
    let [one, other] = pair(&hand.project("li"));
    hand.press("F8");
    let after = homes(&hand.project("li"), [&one, &other]);
    assert!(after[0].is_some() && after[0] != after[1], "{after:?}");
    hand.press("ctrl-z ctrl-z");
    assert!(links::links(&hand.project("li")).expect("links").is_empty());
}

#[test]
fn texts_in_no_cluster_are_counted_before_a_threshold_takes_them() {
    for lang in [Lang::Zh, Lang::En] {
        let mut hand = Hand::with(lang, |project| {
            say(project, &REFUND);
            say(project, &PARCEL);
            say(project, &CARD);
            say(project, &["周杰伦的新歌", "今天天气不错", "附近有电影院吗"]);
            group::read_by(project, group::Reading::Words).expect("a setting");
            let options = Options { method: Method::Density, rescue: 2.0, ..Options::default() };
            group::group(project, &options, false, &Quiet).expect("a grouping");
        });
        let zh = lang == Lang::Zh;
        let outside = |hand: &Hand| {
            let grouping = group::current(&hand.project("li")).expect("a project").expect("a grouping");
            grouping.unassigned.len()
        };
        let before = outside(&hand);
        assert!(before >= 3, "{before}");
        hand.press("ctrl-right ctrl-right ctrl-right");
        hand.sees(&if zh { format!("未归簇 {before} 条") } else { format!("{before} in no cluster") });
        hand.press("ctrl-b").sees("≥ 0.60").press("right right").sees("≥ 0.62").press("left").sees("≥ 0.61");
        // Down to the last line: all of them.
        hand.press("end space").sees(&format!("+{before}"));
        hand.press("enter").sees(if zh { "收编了" } else { "rescued at" });
        assert_eq!(outside(&hand), 0);
        hand.press("ctrl-z");
        assert_eq!(outside(&hand), before, "undo gives them back");
    }
}

#[test]
fn one_key_makes_an_intent_by_the_proposed_name_and_decides_the_cluster() {
    let mut hand = before_two();
    hand.press("F12").sees("✓").sees("待定 1/2");
    let made = intents::list(&hand.project("li")).expect("a catalogue");
    assert_eq!(made.len(), 1);
    assert!(made[0].examples > 0 && !made[0].intent.name.is_empty(), "{made:?}");
    // The next cluster has it on a digit, below the ladder.
    hand.sees(" 1 ").press("1").sees("待定 0/2");
    hand.press("ctrl-z ctrl-z ctrl-z");
    assert!(intents::list(&hand.project("li")).expect("a catalogue").is_empty(), "all of it is taken back");
}

#[test]
fn where_no_word_sets_a_cluster_apart_what_its_first_member_says_is_proposed() {
    let mut hand = Hand::with(Lang::Zh, |project| {
        say(project, &REFUND);
        say(project, &["好的？", "好的好的", "嗯好的", "好的呢", "好的吧", "哦好的"]);
    });
    hand.press("ctrl-right ctrl-right ctrl-right F8").sees("聚成 2 簇");
    let wordless = rungs(&hand).iter().position(|rung| rung.words.is_empty()).expect("a yes has no subject");
    hand.press(&"down ".repeat(wordless)).press("F12").sees("✓");
    let made = intents::list(&hand.project("li")).expect("a catalogue");
    let name = &made.first().expect("an intent").intent.name;
    assert!(name.contains("好的") && !name.contains('？'), "{name}");
}
