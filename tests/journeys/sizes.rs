//! Every screen at every size: nothing fails, nothing dangerous is drawn.

use daoshi::i18n::Lang;
use daoshi::workbench::intents;
use proptest::prelude::*;

use crate::hand::Hand;

/// Keys that lead to every screen and window from home.
const PLACES: [&str; 5] = ["", "F1", "ctrl-p", "ctrl-g", "z z z"];

#[test]
fn every_size_shows_every_screen() {
    let mut hand = Hand::with(Lang::Zh, |project| {
        intents::add(project, "\u{1b}[31m退款\u{202e}👩‍👩‍👧‍👦\u{301}\u{301}", "").expect("a new intent");
    });
    let tabs = daoshi::tui::screens::tabs().len();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let hand = std::cell::RefCell::new(&mut hand);
    runner
        .run(&(1u16..300, 1u16..100, 0..PLACES.len(), 0..tabs), |(columns, rows, place, tab)| {
            let mut hand = hand.borrow_mut();
            hand.press("esc esc esc");
            for _ in 0..tab {
                hand.press("ctrl-right");
            }
            let frame = hand.press(PLACES[place]).resize(columns, rows).frame();
            prop_assert_eq!(frame.split('\n').count(), usize::from(rows));
            let dangerous = ['\u{1b}', '\u{202e}', '\u{7f}'];
            prop_assert!(!frame.contains(dangerous));
            Ok(())
        })
        .expect("every size");
}

#[test]
fn the_smallest_screens_draw() {
    let mut hand = Hand::new(Lang::En);
    for columns in 1..12 {
        for rows in 1..9 {
            hand.resize(columns, rows).press("F1 esc ctrl-p x esc").frame();
        }
    }
}
