//! Several trainers at one queue: blind, never writing over each other, never at the same item.

use proptest::prelude::*;
use tempfile::TempDir;

use crate::domain::event::Act;
use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::label::{Label, LabelSource, Verdict};
use crate::progress::Quiet;
use crate::store::history::Deed;
use crate::workbench::error::Error;
use crate::workbench::label::agreement::agreement;
use crate::workbench::label::order::Order;
use crate::workbench::label::overlap::{
    Answered, Overlap, answer, asked_again, disputes, set_overlap, settle, uncross,
};
use crate::workbench::label::{Why, lease, queue, waiting, waits};
use crate::workbench::project::Project;
use crate::workbench::surgery::{self, Surgery};
use crate::workbench::{import, intents};

/// Two trainers before the same twenty texts, none of which is like another.
fn desk(percent: u8) -> (TempDir, [Project; 2], [Verdict; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.daoshi");
    let mut li = Project::create(&path, "li").unwrap();
    let file = folder.path().join("texts.txt");
    let texts =
        "退款多久\n快递到哪\n卡怎么激活\n改收货地址\n开张发票\n找人工客服\n密码忘了\n积分换什么\n会员怎么退\n优惠券没了
蓝牙连不上\n屏幕碎了\n发货太慢\n衣服掉色\n尺码不对\n账号被盗\n余额提现\n合同在哪看\n年费多少\n网点几点关门";
    std::fs::write(&file, texts).unwrap();
    import::import(&mut li, &[file], &Default::default(), &Quiet).unwrap();
    let refund = Verdict::Intent(intents::add(&mut li, "退款", "").unwrap());
    let parcel = Verdict::Intent(intents::add(&mut li, "物流", "").unwrap());
    set_overlap(&mut li, Overlap { percent, raters: 2, seed: 1 }).unwrap();
    let wang = Project::open(&path, "wang").unwrap();
    (folder, [li, wang], [refund, parcel])
}

#[test]
fn examples_nobody_said_take_nothing_off_what_waits() {
    let (_folder, [mut li, _], [refund, _]) = desk(0);
    // As a talk teaches them: the second was said in the logs too.
    for said in ["钱退回来", "找人工客服"] {
        let new = li.example(said).unwrap();
        let deed = Deed { op: &li.op(), actor: "li", at: 0, act: Act::Label, subject: said };
        li.store
            .act(&deed, |recorder| {
                let utterance = recorder.meet(&new)?;
                let (source, actor, note) = (LabelSource::Talk, "li".to_string(), String::new());
                recorder.put_label(&Label { utterance, verdict: refund, source, actor, at: 0, note })
            })
            .unwrap();
    }
    let counts = li.counts().unwrap();
    assert_eq!((counts.utterances, counts.examples), (20, 2));
    assert_eq!((counts.unlabelled, waiting(&li).unwrap()), (19, 19));
}

fn say(project: &mut Project, id: UtteranceId, verdict: Verdict) -> Answered {
    let op = project.op();
    answer(project, &op, id, verdict).unwrap()
}

fn first(project: &Project) -> UtteranceId {
    queue(project, Order::Doubt, &[], 1).unwrap()[0].utterance.id
}

#[test]
fn a_text_asked_of_two_is_blind_and_a_difference_is_settled_once() {
    let (_folder, [mut li, mut wang], [refund, parcel]) = desk(100);
    let id = first(&li);
    assert_eq!(say(&mut li, id, refund), Answered::Labelled(1));
    let asked = queue(&wang, Order::Doubt, &[], 50).unwrap();
    let item = asked.iter().find(|item| item.utterance.id == id).expect("wang is asked too");
    assert_eq!((item.why.as_slice(), item.prediction.guesses.len()), (&[Why::Overlap][..], 0));
    assert_eq!(asked.len(), 20);
    assert!(waits(&wang, id).unwrap() && !waits(&li, id).unwrap());
    assert_eq!((waiting(&wang).unwrap(), waiting(&li).unwrap()), (20, 19));
    assert_eq!(say(&mut wang, id, parcel), Answered::Kept);
    assert_eq!(wang.store.label(id).unwrap().unwrap().verdict, refund, "what stood stands");
    let open = disputes(&li, 9).unwrap();
    let said: Vec<(&str, Verdict)> = open[0].opinions.iter().map(|o| (o.actor.as_str(), o.verdict)).collect();
    assert_eq!(said, [("li", refund), ("wang", parcel)]);
    let op = li.op();
    assert_eq!(settle(&mut li, &op, id, parcel).unwrap(), 1);
    assert_eq!(wang.store.label(id).unwrap().unwrap().verdict, parcel);
    assert!(disputes(&wang, 9).unwrap().is_empty());
    let op = wang.op();
    assert!(matches!(
        settle(&mut wang, &op, id, refund),
        Err(Error::Store(crate::store::error::Error::Crossed(label))) if label.actor == "li"
    ));
    li.undo().unwrap().unwrap();
    assert_eq!((disputes(&wang, 9).unwrap().len(), li.store.label(id).unwrap().unwrap().verdict), (1, refund));
}

#[test]
fn who_is_asked_of_a_share_is_the_same_for_all_and_about_as_many() {
    let overlap = Overlap { percent: 30, raters: 2, seed: 7 };
    let taken = (0..10_000).filter(|n| overlap.takes(crate::domain::ids::FamilyId(*n))).count();
    assert!((2_850..3_150).contains(&taken), "{taken}");
    let (_folder, [mut li, wang], [refund, _]) = desk(0);
    let id = first(&li);
    say(&mut li, id, refund);
    assert!(asked_again(&wang, 9).unwrap().is_empty());
}

#[test]
fn answers_that_cross_show_both_and_write_over_nothing() {
    let (_folder, [mut li, mut wang], [refund, parcel]) = desk(0);
    let id = first(&li);
    say(&mut li, id, refund);
    let before = li.store.state().unwrap();
    let Answered::Crossed(theirs) = say(&mut wang, id, parcel) else { panic!("it crossed") };
    assert_eq!((theirs.actor.as_str(), theirs.verdict), ("li", refund));
    assert_eq!(li.store.state().unwrap(), before);
    // The same answer is no conflict.
    assert_eq!(say(&mut wang, id, refund), Answered::Kept);
    wang.undo().unwrap().unwrap();
    assert_eq!(li.store.state().unwrap(), before);
    // Kept for later, it is a dispute; taken, it stands.
    let op = wang.op();
    uncross(&mut wang, &op, &theirs, parcel, None).unwrap();
    assert_eq!(disputes(&wang, 9).unwrap().len(), 1);
    wang.undo().unwrap().unwrap();
    let op = wang.op();
    uncross(&mut wang, &op, &theirs, parcel, Some(parcel)).unwrap();
    assert_eq!(li.store.label(id).unwrap().unwrap().verdict, parcel);
    // What li was shown is no longer what stands.
    let op = li.op();
    assert!(uncross(&mut li, &op, &theirs, refund, Some(refund)).is_err());
    assert_eq!(li.store.label(id).unwrap().unwrap().verdict, parcel);
}

#[test]
fn what_lies_before_one_is_not_handed_to_another() {
    let (_folder, [mut li, mut wang], [refund, _]) = desk(0);
    let mut met = Vec::new();
    for turn in 0..20 {
        let (one, other) = if turn % 2 == 0 { (&mut li, &mut wang) } else { (&mut wang, &mut li) };
        let item = queue(one, Order::Doubt, &[], 1).unwrap().remove(0);
        assert!(lease::take(one, item.utterance.family));
        assert!(!lease::take(other, item.utterance.family));
        let beside = queue(other, Order::Doubt, &[], 50).unwrap();
        assert!(beside.iter().all(|beside| beside.utterance.family != item.utterance.family));
        met.push(item.utterance.id);
        say(one, item.utterance.id, refund);
    }
    met.sort_unstable();
    met.dedup();
    assert_eq!(met.len(), 20);
}

#[test]
fn who_leaves_gives_back_what_was_in_hand() {
    let (_folder, [mut li, mut wang], _) = desk(0);
    let family = queue(&li, Order::Doubt, &[], 1).unwrap()[0].utterance.family;
    assert!(lease::take(&mut li, family));
    drop(li);
    assert!(lease::take(&mut wang, family));
}

#[test]
fn intents_that_are_merged_end_their_disputes_until_that_is_taken_back() {
    let (_folder, [mut li, mut wang], [refund, parcel]) = desk(100);
    let id = first(&li);
    say(&mut li, id, refund);
    say(&mut wang, id, parcel);
    let before = li.store.state().unwrap();
    let (Verdict::Intent(from), Verdict::Intent(into)) = (parcel, refund) else { unreachable!() };
    surgery::operate(&mut li, &Surgery::Merge { from, into }).unwrap();
    assert!(disputes(&li, 9).unwrap().is_empty());
    assert_eq!(agreement(&li).unwrap().percent.value, Some(1.0));
    li.undo().unwrap().unwrap();
    surgery::operate(&mut li, &Surgery::Delete { intent: from }).unwrap();
    assert_eq!(agreement(&li).unwrap().texts, 0);
    li.undo().unwrap().unwrap();
    assert_eq!(li.store.state().unwrap(), before);
}

#[test]
fn the_report_counts_texts_pairs_intents_and_hands() {
    let (_folder, [mut li, mut wang], [refund, parcel]) = desk(100);
    // Krippendorff's α by hand: two of three agree; refund three times, parcel twice, out of scope once.
    for (id, one, two) in [(1, refund, refund), (2, parcel, parcel), (3, refund, Verdict::OutOfScope)] {
        say(&mut li, UtteranceId(id), one);
        say(&mut wang, UtteranceId(id), two);
    }
    say(&mut li, UtteranceId(4), Verdict::Later);
    let report = agreement(&li).unwrap();
    let near = |found: Option<f64>, wanted: f64| assert!((found.unwrap() - wanted).abs() < 1e-12, "{found:?}");
    assert_eq!((report.texts, report.open, report.settled), (3, 1, 0));
    near(report.percent.value, 2.0 / 3.0);
    // n = 6, matching pairs 4, pairs by chance 3·2 + 2·1 + 1·0 = 8: ((6 − 1)·4 − 8) / (6·5 − 8).
    near(report.alpha.value, 12.0 / 22.0);
    let (low, high) = report.alpha.interval.unwrap();
    assert!(low < 12.0 / 22.0 && high <= 1.0 + 1e-12, "{low} {high}");
    assert_eq!((report.pairs.len(), report.pairs[0].texts), (1, 3));
    assert_eq!(report.against, [(refund, Verdict::OutOfScope, 1)]);
    assert_eq!(report.verdicts.last().map(|on| (on.verdict, on.alpha.value)), Some((parcel, Some(1.0))));
    let hands: Vec<(&str, u64, u64)> =
        report.trainers.iter().map(|t| (t.name.as_str(), t.by_hand, t.opinions)).collect();
    assert_eq!(hands, [("li", 4, 3), ("wang", 0, 3)]);
    assert!(report.trainers.iter().all(|trainer| trainer.seconds.is_some()));
    let op = wang.op();
    settle(&mut wang, &op, UtteranceId(3), refund).unwrap();
    let report = agreement(&li).unwrap();
    assert_eq!(report.trainers.iter().map(|trainer| trainer.upheld).collect::<Vec<_>>(), [(1, 1), (0, 1)]);
}

#[test]
fn a_text_nobody_was_asked_of_twice_is_not_settled() {
    let (_folder, [mut li, _], [refund, _]) = desk(0);
    let op = li.op();
    assert!(matches!(settle(&mut li, &op, UtteranceId(1), refund), Err(Error::UnknownText { id: 1 })));
    assert!(matches!(settle(&mut li, "x", UtteranceId(99), refund), Err(Error::UnknownText { id: 99 })));
    assert_eq!(IntentId(1), li.catalogue().unwrap().intents[0].id);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn no_answer_is_lost_whoever_gives_it(acts in prop::collection::vec((0usize..2, 1i64..21, 0usize..2), 1..60)) {
        let (_folder, mut trainers, verdicts) = desk(50);
        for (trainer, id, verdict) in acts {
            let (id, verdict) = (UtteranceId(id), verdicts[verdict]);
            let before = trainers[0].store.label(id).unwrap();
            let answered = say(&mut trainers[trainer], id, verdict);
            let after = trainers[0].store.label(id).unwrap();
            let name = trainers[trainer].actor().to_string();
            match before.filter(|label| label.actor != name) {
                // Another's label is never changed by an answer.
                Some(theirs) => {
                    prop_assert_eq!(after.as_ref(), Some(&theirs));
                    prop_assert!(answered != Answered::Labelled(1));
                }
                None => prop_assert_eq!(after.map(|label| (label.verdict, label.actor)), Some((verdict, name))),
            }
        }
    }
}
