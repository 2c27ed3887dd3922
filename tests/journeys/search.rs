//! A query finds, marks choose, one key decides on all of them, and one takes it back.

use daoshi::i18n::Lang;

use crate::hand::Hand;
use crate::label::at_the_queue;

fn examples(hand: &Hand) -> u64 {
    hand.project("li").counts().expect("counts").examples
}

#[test]
fn all_that_meet_a_query_are_decided_on_after_a_count_and_given_back() {
    let mut hand = at_the_queue(Lang::Zh);
    hand.press("ctrl-f").sees("筛选什么").paste("标注：无 快递").press("enter");
    hand.sees("label:none text:快递").sees("3 条");
    // One alone is decided on at once, as in the queue; the list goes on without it.
    hand.press("/").write("快递").press("enter").sees("标注 1 条").sees("2 条");
    hand.press("ctrl-a").sees("已勾选 2 条").press("/").write("快递").press("enter").sees("把 2 条");
    assert_eq!(examples(&hand), 25, "nothing before the answer");
    hand.press("y").sees("快递：标注 2 条").sees("没有符合的说法");
    assert_eq!(examples(&hand), 27);
    hand.press("ctrl-z").sees("2 条");
    assert_eq!(examples(&hand), 25, "one step");
}

#[test]
fn marks_are_turned_round_and_drawn_over_a_stretch() {
    let mut hand = at_the_queue(Lang::Zh);
    hand.press("ctrl-f").paste("label:intent").press("enter").sees("24 条");
    hand.press("F5").sees("先勾选一条").press("x").sees("已勾选 1 条");
    hand.press("down down F5").sees("已勾选 4 条").press("F4").sees("已勾选 20 条");
    hand.press("0").sees("把 20 条").press("esc");
    assert_eq!(examples(&hand), 24);
    hand.press("F3").sees("按与勾选的 20 条相似排序");
}

#[test]
fn what_does_not_read_says_where_and_keeps_what_was_written() {
    for (lang, said) in
        [(Lang::Zh, "第 14 列：应当是数字，却是「高」"), (Lang::En, "column 14: expected a number, not 高")]
    {
        let mut hand = at_the_queue(lang);
        hand.press("ctrl-f").paste("label:none p>高").press("enter");
        hand.sees(said).sees("label:none p>高");
        hand.press("backspace").write("0.5").press("enter").sees("label:none p>0.5");
    }
}

#[test]
fn a_search_is_kept_and_comes_again() {
    let mut hand = at_the_queue(Lang::En);
    hand.press("ctrl-f").paste("by:li 激活").press("enter").sees("8 texts");
    hand.press("ctrl-s").write("cards").press("enter").sees("kept as cards");
    hand.press("ctrl-f").press("home");
    hand.press("esc F7").sees("Kept searches").sees("cards").press("enter").sees("8 texts");
    hand.press("ctrl-z F7").sees("no search is kept");
}

#[test]
fn the_texts_like_the_one_in_hand_come_sorted_and_closing_them_comes_back_to_it() {
    for (lang, head, sorted) in [(Lang::Zh, "相似", "按与勾选的 1 条相似排序"), (Lang::En, "like “", "sorted")]
    {
        let mut hand = at_the_queue(lang);
        let item = |hand: &mut Hand| hand.frame().lines().nth(2).unwrap_or_default().trim().to_owned();
        let before = item(&mut hand);
        let next = item(hand.press("down"));
        assert_ne!(before, next);
        hand.press("ctrl-s").sees(head).sees(sorted);
        // Nearest to itself, the text stands first, below the headings.
        let said = next.split_whitespace().next().expect("a text").to_owned();
        let list: Vec<String> = hand.frame().lines().map(str::to_owned).collect();
        let place = list.iter().position(|line| line.contains(&said) && !line.contains(head)).expect("in the list");
        assert!(list[place - 1].contains('×') && !list[place - 1].contains(','), "{list:#?}");
        hand.press("x").press("esc");
        assert_eq!(item(&mut hand), next, "the same item is in hand");
    }
}
