//! The views of the rehearse screen by keys at 80×24, in both languages: what two versions change, the limits, the
//! edits nothing notices, the slips a rehearsal does not stand; and a stretch marked in talk.

use daoshi::dialogue::policy::read::read;
use daoshi::formats::options::ReadOptions;
use daoshi::i18n::Lang;
use daoshi::nlu::algorithm::Algorithm;
use daoshi::nlu::train::TrainOptions;
use daoshi::progress::Quiet;
use daoshi::workbench::personal::Personal;
use daoshi::workbench::project::Project;
use daoshi::workbench::{design, export, import, rehearse, train};

use crate::hand::Hand;

const POLICY: &str = "limits: {answer: 0.70, ask: 0.35, margin: 0.15, clarify: 2}
entities:
  产品: {values: {活期宝: [], 稳盈: []}, ask: 哪个产品？}
topics:
  风险: {label: 问风险, needs: [产品], do: [{when: 产品 = 稳盈, say: <产品>不保本}, {say: <产品>随时取}]}
  账单: {label: 查账单, do: [{say: 本月应还100元}]}
fallback: [{handoff: 客服}]
handoff: {客服: {}}
";

const REHEARSAL: &str = "name: 甲\nturns: [{u: 问风险, b: 哪个产品, then: {u: 活期宝, b: 活期宝随时取}}]\n";

fn filled(project: &mut Project) {
    design::save(project, POLICY).expect("a policy");
    rehearse::keep(project, &[("甲".into(), REHEARSAL.into())]).expect("a rehearsal");
}

/// The rehearse screen of a project.
fn rehearsing(lang: Lang, fill: impl FnOnce(&mut Project)) -> Hand {
    let mut hand = Hand::with(lang, |project| {
        filled(project);
        fill(project);
    });
    for _ in 1..10 {
        hand.press("ctrl-right");
    }
    hand
}

#[test]
fn what_a_draft_changes_for_recorded_customers_is_judged_by_cause() {
    for (lang, none, which, cause, accepted) in [
        (Lang::Zh, "还没有发布过的版本", "与哪个版本比较", "「账单」换了说法", "认可 2 句"),
        (Lang::En, "no version is published", "Compare with which version", "other words of 账单", "accepted 2"),
    ] {
        rehearsing(lang, |_| {}).press("F3").sees(none);
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log.jsonl");
        let said =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"查账单\"},{\"role\":\"user\",\"content\":\"问风险\"}]}\n";
        std::fs::write(&log, said.repeat(2)).expect("room for a log");
        let mut hand = rehearsing(lang, |project| {
            import::import(project, &[log], &ReadOptions::default(), &Quiet).expect("a log");
            design::publish(project, "spring").expect("a sound draft");
            design::save(project, &POLICY.replace("本月应还", "本月要还")).expect("another draft");
        });
        hand.press("F3").sees(which).press("enter");
        hand.sees("McNemar p =").sees("1.0000").sees(cause).sees("- 本月应还100元").sees("+ 本月要还100元");
        hand.press("F5").sees("▶ ✓").sees(accepted);
        // Taken back, it is open again; judged otherwise, that stands.
        hand.press("ctrl-z").sees("▶ ·").press("F12").sees("▶ ✗").press("F7 F7").sees("▶ ✗");
    }
}

#[test]
fn an_edit_nothing_notices_is_edited_at_its_place() {
    for (lang, head) in [(Lang::Zh, "改动 "), (Lang::En, "edits, ")] {
        let mut hand = rehearsing(lang, |_| {});
        hand.press("F4").press("F9").sees(head).sees("topics.账单").press("end");
        let frame = hand.frame();
        let row = frame.lines().find(|line| line.contains("! ")).expect("an edit is listed").to_owned();
        let line: usize = row
            .trim_start()
            .trim_start_matches(['>', '!', ' ', '│'])
            .split(':')
            .next()
            .expect("a place")
            .parse()
            .unwrap_or(0);
        assert!(line > 0, "{row}");
        hand.press("F4").sees("   7 ").press("F4").sees("limits: {answer").press("esc");
    }
}

#[test]
fn a_slip_that_breaks_a_rehearsal_is_played_in_talk() {
    for (lang, kind) in [(Lang::Zh, "同音"), (Lang::En, "homophone")] {
        let mut hand = rehearsing(lang, |_| {});
        hand.press("F6").sees(kind).sees("甲").press("enter");
        // The slip is said, not the message, and the bot answers it here as it did there.
        hand.sees("问风县").sees_no("问风险").sees_no("随时取");
    }
}

#[test]
fn limits_follow_from_the_labels_and_are_taken_by_a_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = folder.path().join("labelled.csv");
    let mut rows = String::from("text,intent\n");
    for n in 0..12 {
        rows.push_str(&format!("查一下{n}月的账单,账单\n有没有{n}级风险,风险\n"));
    }
    std::fs::write(&table, rows).expect("room for a table");
    for (lang, best) in [(Lang::Zh, "最省的"), (Lang::En, "best")] {
        let mut hand = rehearsing(lang, |project| {
            import::import(project, std::slice::from_ref(&table), &ReadOptions::default(), &Quiet).expect("a table");
            let options = TrainOptions { algorithm: Some(Algorithm::Linear), ..TrainOptions::default() };
            train::train(project, &options, &Quiet).expect("a model");
        });
        hand.press("F11").sees(best).sees("▶").press("home F5").sees("answer 0.");
        let draft = design::draft(&hand.project("li")).expect("reads").expect("a draft");
        let limits = read(&draft.yaml).expect("a policy").limits;
        assert!(limits.answer < 0.7, "the first of the curve answers soonest: {limits:?}");
        hand.press("ctrl-z");
        let draft = design::draft(&hand.project("li")).expect("reads").expect("a draft");
        assert_eq!(draft.yaml, POLICY, "one step takes it back");
    }
}

#[test]
fn a_stretch_of_a_message_is_marked_and_kept_as_an_example() {
    for (lang, which, kind, value, done) in [
        (Lang::Zh, "标哪几个字", "是哪种值", "标准值", "已标："),
        (Lang::En, "Which words", "Which kind of value", "The value it stands for", "marked: "),
    ] {
        let mut hand = Hand::with(lang, |project| {
            filled(project);
            daoshi::workbench::intents::add(project, "风险", "").expect("an intent");
        });
        for _ in 1..9 {
            hand.press("ctrl-right");
        }
        hand.press("F3").write("稳盈安全吗").press("enter").press("F3").sees(which);
        hand.press("enter").sees(kind).press("enter").sees(value).press("enter");
        // Nobody has said what it means: that is asked too.
        hand.press("down enter").sees(done).sees("产品");
        let spans = |hand: &Hand| -> Vec<(String, String)> {
            let rows = export::rows(&mut hand.project("wang"), Personal::default()).expect("rows");
            let marks = rows.iter().flat_map(|row| row.spans.iter().map(move |mark| (row, mark)));
            marks.map(|(row, mark)| (mark.range.of(&row.text).to_owned(), mark.entity.clone())).collect()
        };
        let [(words, entity)] = <[_; 1]>::try_from(spans(&hand)).expect("one stretch");
        assert_eq!((words.starts_with('稳'), entity.as_str()), (true, "产品"));
        let counts = hand.project("wang").counts().expect("counts");
        assert_eq!(counts.examples, 1);
        hand.press("ctrl-z");
        assert_eq!(spans(&hand), []);
        assert_eq!(hand.project("wang").counts().expect("counts").examples, 0);
    }
}
