//! A monkey at the keys: whatever is pressed on whatever screen, the program lives, every refusal has a reason, and
//! the frame holds nothing a terminal would obey.

use daoshi::domain::label::LabelSource;
use daoshi::i18n::Lang;
use daoshi::jobs::job::Job;
use daoshi::progress::Quiet;
use daoshi::tui::action::Scope;
use daoshi::tui::event::Event;
use daoshi::tui::key::Key;
use daoshi::tui::keymap::Keymap;
use daoshi::workbench::import::Wanted;
use daoshi::workbench::label;
use daoshi::workbench::project::Project;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::hand::Hand;

/// Fills a project with a few labels and texts that wait, some of them hostile.
fn fill(project: &mut Project) {
    let row = |text: &str, intent: &str| (text.to_owned(), intent.to_owned());
    let rows = ["怎么开户", "开户要什么", "我想开个户", "开户流程"].map(|text| row(text, "开户"));
    label::label_texts(project, &rows, LabelSource::Import, "rows").expect("labels");
    let rows = ["卡丢了", "挂失怎么办", "我的卡不见了", "补卡"].map(|text| row(text, "挂失\u{202e}补卡"));
    label::label_texts(project, &rows, LabelSource::Import, "rows").expect("labels");
    let folder = project.path().parent().expect("a folder").to_path_buf();
    let file = folder.join("waiting.txt");
    let texts = ["利息怎么算", "\u{1b}[31m红\u{7}", "为什么给我打电话", "e\u{301}\u{301}\u{301}", "转人工", "👩‍👩‍👧‍👦"];
    std::fs::write(&file, texts.join("\n")).expect("a file");
    Job::Import { files: vec![Wanted { path: file, ..Wanted::default() }] }.run(project, &Quiet).expect("an import");
}

#[test]
fn whatever_is_pressed_the_program_lives() {
    let keymap = Keymap::ours();
    let bound = Scope::ALL.iter().flat_map(|scope| keymap.actions(*scope).flat_map(|a| keymap.keys(*scope, a)));
    let mut keys: Vec<Key> = bound.collect();
    // Without it a path being written would have to be deleted key by key, so files stay in the test's own folder.
    keys.retain(|key| *key != Key::ctrl('u'));
    keys.extend("退a1 ".chars().map(Key::char));
    let config = ProptestConfig { failure_persistence: None, max_shrink_iters: 60, ..ProptestConfig::with_cases(16) };
    TestRunner::new(config)
        .run(&(0usize..11, prop::collection::vec(0..keys.len(), 1..50)), |(tab, presses)| {
            let mut hand = Hand::with(Lang::Zh, fill);
            for _ in 0..tab {
                hand.press("ctrl-right");
            }
            for press in presses {
                hand.happen(Event::Key(keys[press]));
                if hand.is_over() {
                    break;
                }
                let frame = hand.frame();
                let dangerous = |c: char| c != '\n' && c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
                prop_assert!(!frame.chars().any(dangerous), "after {}:\n{}", keys[press], frame);
            }
            Ok(())
        })
        .unwrap_or_else(|fault| panic!("{fault}"));
}
