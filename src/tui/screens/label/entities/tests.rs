//! The law of the keys: whatever is pressed on whatever text, no span cuts a sign or overlaps another, and undo leads back.

use proptest::prelude::*;

use super::*;
use crate::domain::event::Act;
use crate::i18n::ZH;
use crate::outside::source::Sources;
use crate::text::graphemes::is_whole;
use crate::workbench::design;
use crate::workbench::project::Project;

const POLICY: &str =
    "entities:\n  卡种: {values: {白金卡: [白金]}}\n  金额: {type: money}\n  卡号: {match: '\\d{4}'}\ntopics: {}\n";

const KEYS: [Action; 24] = [
    Action::Left,
    Action::Right,
    Action::Right,
    Action::Top,
    Action::Bottom,
    Action::WordLeft,
    Action::WordRight,
    Action::WordRight,
    Action::Anchor,
    Action::Anchor,
    Action::DragLeft,
    Action::DragRight,
    Action::DragRight,
    Action::TakeOne,
    Action::TakeAll,
    Action::Delete,
    Action::FindKind,
    Action::NewKind,
    Action::Value,
    Action::KeepWord,
    Action::Pick1,
    Action::Pick2,
    Action::Pick3,
    Action::Undo,
];

/// A trainer before one text.
fn before(text: &str) -> (Desk, Entities) {
    let mut project = Project::in_memory("li").unwrap();
    design::save(&mut project, POLICY).unwrap();
    let id = spans::met(&mut project, text);
    let desk = Desk {
        project,
        words: &ZH,
        running: None,
        decided: 0,
        recogniser: None,
        outside: Sources::default(),
        handed: None,
        warming: false,
    };
    (desk, Entities::new(Texts::These(vec![id]), 0))
}

fn press(screen: &mut Entities, desk: &mut Desk, key: Action, choice: usize) {
    if key == Action::Undo {
        // Never what stood before the first key.
        if desk.project.log(None, None, 0, usize::MAX >> 1).unwrap().iter().any(|e| e.stands && e.act == Act::Span) {
            desk.project.undo().unwrap();
        }
        return screen.load(desk).unwrap();
    }
    // A new word makes a new segmenter, which takes a second here.
    if key == Action::KeepWord && choice > 0 {
        return;
    }
    if screen.can(key, desk).is_err() {
        return;
    }
    let asks = matches!(screen.act(key, desk), Ok(Effect::Open(_)));
    if asks {
        let text = Answer::Text(["甲", "白金卡", " ", "e\u{301}"][choice % 4].to_owned());
        let answer = match screen.asked {
            Some(Asked::Kind | Asked::Value(_)) => Answer::Chosen(choice),
            _ => text.clone(),
        };
        let again = matches!(screen.answer(answer, desk), Ok(Effect::Open(_)));
        if again {
            let _ = screen.answer(text, desk);
        }
    }
}

fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(
        &[
            "退",
            "白金",
            "500元",
            "６６０８",
            "e\u{301}",
            "👨‍👩‍👧",
            "🇨🇳",
            "\r\n",
            "\n",
            " ",
            "卡",
            "ab",
            "，",
            "👍🏽",
            "\u{200b}",
            "ｶﾞ",
        ][..],
    );
    prop_oneof![
        3 => prop::collection::vec(pieces, 1..10).prop_map(|all| all.concat()),
        1 => "\\PC{1,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_keys_on_no_text_make_a_span_that_cuts_overlaps_or_stays(
        text in texts(), keys in prop::collection::vec((prop::sample::select(&KEYS[..]), 0usize..6), 1..60),
    ) {
        let (mut desk, mut screen) = before(&text);
        screen.load(&mut desk).unwrap();
        let first = desk.project.saved().unwrap();
        for (key, choice) in keys {
            press(&mut screen, &mut desk, key, choice);
            let Some(sheet) = &screen.sheet else { continue };
            let spans = &sheet.spans;
            prop_assert!(spans.iter().all(|span| is_whole(&text, span.range)), "{spans:?}");
            prop_assert!(spans.windows(2).all(|pair| pair[0].range.end <= pair[1].range.start), "{spans:?}");
            prop_assert!(screen.range().is_none_or(|range| is_whole(&text, range)));
            let draft = design::draft(&desk.project).unwrap().unwrap();
            prop_assert!(design::parse(&draft.yaml).is_ok(), "{}", draft.yaml);
        }
        // All that was done here is taken back: the events before it are the policy's and the text's.
        let standing = |desk: &Desk| desk.project.log(None, None, 0, usize::MAX >> 1).unwrap();
        let mine = |desk: &Desk| {
            let log = standing(desk);
            log.iter().filter(|e| Some(e.id) > first.map(|(id, _)| id) && e.stands && e.of.is_none()).count()
        };
        while mine(&desk) > 0 {
            let reversal = desk.project.undo().unwrap().expect("it stands");
            prop_assert_eq!(reversal.left, 0);
        }
        screen.load(&mut desk).unwrap();
        let spans = screen.sheet.as_ref().map_or(0, |sheet| sheet.spans.len());
        prop_assert_eq!(spans, 0);
        prop_assert_eq!(design::draft(&desk.project).unwrap().unwrap().yaml, POLICY);
    }
}
