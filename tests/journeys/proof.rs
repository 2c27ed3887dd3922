//! What playing a policy shows, by keys at 80×24: coverage and proposals, why not, branches, versions.

use std::path::Path;

use daoshi::i18n::Lang;
use daoshi::workbench::{design, rehearse, sample, versions};

use crate::hand::Hand;

fn at_the_bank(lang: Lang) -> Hand {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/finance-zh");
    Hand::with(lang, |project| {
        sample::fill(project, &folder).expect("the sample is whole");
    })
}

/// From home to a tab, counted from 1.
fn go(hand: &mut Hand, tab: usize) {
    for _ in 1..tab {
        hand.press("ctrl-right");
    }
}

#[test]
fn coverage_stands_beside_the_rehearsals_and_what_is_missing_is_proposed() {
    for (lang, topics) in [(Lang::Zh, "主题 "), (Lang::En, "topics ")] {
        let mut hand = Hand::with(lang, |project| {
            design::save(
                project,
                "entities: {n: {type: number, ask: 多少？}}\ntopics: {a: {label: 办事, needs: [n], do: [{when: n < 5, say: 少}, {say: 多}]}}\n",
            )
            .expect("a policy");
            rehearse::keep(project, &[("甲".into(), "name: 甲\nturns: [{u: 办事, then: {u: '3', b: 少}}]\n".into())])
                .expect("a rehearsal");
        });
        go(&mut hand, 10);
        hand.press("F8 F7").sees(topics).sees("50.0");
        hand.press("F2 enter").press("F8").sees("100.0");
        assert_eq!(rehearse::list(&hand.project("li")).expect("rehearsals").len(), 2);
        hand.press("ctrl-z");
        assert_eq!(rehearse::list(&hand.project("li")).expect("rehearsals").len(), 1, "one step takes them back");
    }
}

#[test]
fn a_trainer_asks_why_not_says_it_otherwise_and_finds_both_courses() {
    let mut hand = at_the_bank(Lang::Zh);
    go(&mut hand, 9);
    hand.write("转账汇款").press("enter").sees("请问转给谁");
    hand.write("给小王转500元").press("enter").sees("向小王转账500元");
    hand.press("F6").sees("为什么不").sees("→");
    // Something else is said at the second message; the former course is a branch.
    hand.press("up")
        .sees("改哪一句")
        .press("enter backspace backspace backspace backspace")
        .write("800元")
        .press("enter");
    hand.sees("向小王转账800元").press("F6").sees("分支 #").sees("向小王转账500元");
    hand.press("ctrl-r").sees("到哪个分支").press("enter").sees("向小王转账500元，请核对");
    // The mood is set by hand.
    hand.press("F5").write("mood=angry").press("enter").sees("从下一句起");
    hand.write("确认").press("enter").sees("非常抱歉给您带来不便");
}

#[test]
fn a_version_is_published_with_its_name_and_gone_back_to() {
    let mut hand = at_the_bank(Lang::En);
    go(&mut hand, 8);
    hand.press("F9").write("spring").press("enter").sees("spring");
    let project = hand.project("li");
    let [version] = <[_; 1]>::try_from(versions::list(&project).expect("versions")).expect("one version");
    assert_eq!((version.name.as_str(), version.model), ("spring", None));
    // The same name is not given twice.
    hand.press("F9").write("spring").press("enter").sees("exists");
    hand.press("esc");
}
