//! Laws of the project file.

use proptest::prelude::*;

use crate::domain::conversation::{Channel, Facts, Role};
use crate::domain::event::Act;
use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::label::{Intent, Label, LabelSource, Verdict};
use crate::domain::prediction::Prediction;
use crate::domain::utterance::Language;
use crate::store::cleaning::{CleanTurn, Recleaned};
use crate::store::conversations::{BatchCounts, NewTurn, Taken};
use crate::store::error::Error;
use crate::store::gone::Target;
use crate::store::guesses::NewGuess;
use crate::store::history::Deed;
use crate::store::open::Store;
use crate::store::utterances::NewUtterance;

fn deed<'a>(op: &'a str, actor: &'a str, act: Act) -> Deed<'a> {
    Deed { op, actor, at: 1_000, act, subject: "" }
}

fn text(text: &str) -> NewUtterance {
    let hash = text.bytes().fold(7_i64, |h, b| h.wrapping_mul(31).wrapping_add(i64::from(b)));
    NewUtterance { hash, text: text.into(), family: hash, language: Language::Chinese }
}

fn turn(conversation: i64, position: u32, said: &str) -> NewTurn {
    NewTurn {
        extra: None,
        conversation,
        name: "c".into(),
        channel: Channel::Chat,
        digest: conversation * 1000 + i64::from(position),
        position,
        role: Role::Customer,
        speaker: None,
        at: None,
        raw: said.into(),
        facts: Facts::default(),
        alone: false,
        labelled: false,
        part_of: None,
        clean: CleanTurn { text: Some(said.into()), utterance: Some(text(said)), ..CleanTurn::default() },
    }
}

fn import(store: &mut Store, op: &str, turns: &[NewTurn]) -> Vec<Taken> {
    let batch = store.begin_batch("a.csv", 1, "csv", "UTF-8", 0, "li").unwrap();
    let taken = store.take_turns(batch, turns).unwrap();
    let counts = BatchCounts { read: turns.len() as u64, kept: turns.len() as u64, aside: 0 };
    store.finish_batch(batch, counts, &deed(op, "li", Act::Import), &[], |_| Ok(())).unwrap();
    taken
}

fn intent(name: &str) -> Intent {
    Intent {
        id: IntentId(0),
        name: name.into(),
        question: String::new(),
        guideline: String::new(),
        category: String::new(),
        answers: vec![],
    }
}

fn label(utterance: UtteranceId, verdict: Verdict, actor: &str) -> Label {
    Label { utterance, verdict, source: LabelSource::Hand, actor: actor.into(), at: 0, note: String::new() }
}

#[test]
fn the_same_rows_twice_add_nothing() {
    let mut store = Store::in_memory().unwrap();
    let turns = [turn(1, 0, "我要退款"), turn(1, 1, "快点"), turn(2, 0, "我要退款")];
    assert!(import(&mut store, "1", &turns).iter().all(|taken| matches!(taken, Taken::Kept(_))));
    assert!(import(&mut store, "2", &turns).iter().all(|taken| matches!(taken, Taken::Known(_))));
    assert_eq!(store.utterance_counts().unwrap().0, 2);
    assert_eq!(store.unlabelled_by_count(None, 9).unwrap()[0].count, 2);
}

#[test]
fn an_import_taken_back_leaves_no_count_and_comes_again_whole() {
    let mut store = Store::in_memory().unwrap();
    let turns = [turn(1, 0, "我要退款"), turn(2, 0, "我要退款")];
    import(&mut store, "1", &turns);
    store.undo("2", "li", 0).unwrap().unwrap();
    assert_eq!(store.utterance_count().unwrap(), 0);
    assert_eq!(store.turn_counts().unwrap(), (0, 0));
    store.redo("3", "li", 0).unwrap().unwrap();
    assert_eq!(store.unlabelled_by_count(None, 9).unwrap()[0].count, 2);
    store.undo("4", "li", 0).unwrap().unwrap();
    import(&mut store, "5", &turns);
    assert_eq!(store.unlabelled_by_count(None, 9).unwrap()[0].count, 2);
    assert!(store.check().unwrap().is_good());
}

#[test]
fn a_stopped_import_leaves_nothing() {
    let mut store = Store::in_memory().unwrap();
    let batch = store.begin_batch("a.csv", 1, "csv", "UTF-8", 0, "li").unwrap();
    store.take_turns(batch, &[turn(1, 0, "我要退款")]).unwrap();
    store.drop_batch(batch).unwrap();
    assert_eq!(store.utterance_count().unwrap(), 0);
    assert!(store.check().unwrap().is_good());
}

#[test]
fn a_new_cleaning_is_undone_to_the_letter() {
    let mut store = Store::in_memory().unwrap();
    import(&mut store, "1", &[turn(1, 0, "Ａ"), turn(2, 0, "b")]);
    let before = store.turns_after(None, 9).unwrap();
    let new =
        CleanTurn { text: Some("a".into()), hits: "width".into(), utterance: Some(text("a")), ..CleanTurn::default() };
    store.reclean(-5, &[Recleaned { turn: before[0].id, clean: new, part_of: None }]).unwrap();
    store.finish_cleaning(-5, &deed("2", "li", Act::Clean), |_| Ok(())).unwrap().unwrap();
    let after = store.turns_after(None, 9).unwrap();
    assert_eq!(after[0].text.as_deref(), Some("a"));
    store.undo("3", "li", 0).unwrap().unwrap();
    assert_eq!(store.turns_after(None, 9).unwrap(), before);
    store.redo("4", "li", 0).unwrap().unwrap();
    assert_eq!(store.turns_after(None, 9).unwrap(), after);
    let health = store.check().unwrap();
    assert!(health.is_good(), "{health:?}");
}

#[test]
fn one_operation_is_done_once() {
    let mut store = Store::in_memory().unwrap();
    let id = store.meet(&text("你好")).unwrap();
    let mut press =
        || store.act(&deed("key-1", "li", Act::Label), |r| r.put_label(&label(id, Verdict::OutOfScope, "li"))).unwrap();
    assert!(press().is_some());
    assert!(press().is_none());
    assert_eq!(store.log(None, None, 0, 9).unwrap().len(), 1);
}

#[test]
fn anothers_later_work_is_not_undone() {
    let mut store = Store::in_memory().unwrap();
    let id = store.meet(&text("你好")).unwrap();
    store.act(&deed("1", "li", Act::Label), |r| r.put_label(&label(id, Verdict::OutOfScope, "li"))).unwrap();
    store.act(&deed("2", "wang", Act::Label), |r| r.put_label(&label(id, Verdict::Ignored, "wang"))).unwrap();
    let undone = store.undo("3", "li", 0).unwrap().unwrap();
    assert_eq!(undone.left, 1);
    assert_eq!(store.label(id).unwrap().unwrap().verdict, Verdict::Ignored);
}

#[test]
fn a_newer_file_is_refused_and_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("p.daoshi");
    Store::create(&path).unwrap().conn.pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(Store::open(&path), Err(Error::Newer { found: 99, .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_foreign_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("p.daoshi");
    std::fs::write(&path, "这不是数据库，只是一些文字。这不是数据库，只是一些文字。这不是数据库，只是一些文字。")
        .unwrap();
    assert!(matches!(Store::open(&path), Err(Error::Foreign { .. })));
    rusqlite::Connection::open(dir.path().join("q")).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(matches!(Store::open(&dir.path().join("q")), Err(Error::Foreign { .. })));
}

#[test]
fn a_file_of_version_one_opens() {
    // The first version's schema, frozen: later steps must lift it without loss.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("old.daoshi");
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch(include_str!("schema/1.sql")).unwrap();
    conn.execute_batch(
        "INSERT INTO intent VALUES (1, '退款', '', '', '', '[]');
         INSERT INTO batch VALUES (1, 'a.csv', 1, 'csv', 'UTF-8', 0, 'li', 3, 3, 0, 1);
         INSERT INTO batch_mark VALUES (1, 0);
         INSERT INTO event (op, actor, at, act, subject, touched) VALUES ('1', 'li', 0, 'import', 'a.csv', 3);
         INSERT INTO change VALUES (1, 0, 'batch_mark', NULL, '[1,0]');
         INSERT INTO conversation VALUES (1, 1, 1, 'c', 'chat'), (2, 1, 2, 'c', 'chat');",
    )
    .unwrap();
    for (id, (said, count)) in [("我要退款", 2), ("快点", 1)].into_iter().enumerate() {
        let text = text(said);
        let row = (id as i64 + 1, text.hash, said, text.family, count);
        conn.execute("INSERT INTO utterance VALUES (?1, ?2, ?3, ?4, ?5, 'zh')", row).unwrap();
    }
    conn.execute_batch(
        "INSERT INTO turn (id, batch, conversation, digest, position, role, raw, clean, utterance) VALUES
             (1, 1, 1, 1000, 0, 0, '我要退款', '我要退款', 1), (2, 1, 1, 1001, 1, 0, '快点', '快点', 2),
             (3, 1, 2, 2000, 0, 0, '我要退款', '我要退款', 1);
         INSERT INTO label VALUES (2, 'ignored', NULL, 'hand', 'li', 0, '');
         INSERT INTO event (op, actor, at, act, subject, touched) VALUES ('2', 'li', 0, 'label', '', 1),
             ('3', 'li', 0, 'add-intent', '', 1);
         INSERT INTO change VALUES (2, 0, 'label', NULL, '[2,\"ignored\",null,\"hand\",\"li\",0,\"\"]'),
             (3, 0, 'intent', NULL, '[1,\"退款\",\"\",\"\",\"\",\"[]\"]');",
    )
    .unwrap();
    conn.pragma_update(None, "application_id", crate::store::schema::APPLICATION_ID).unwrap();
    conn.pragma_update(None, "user_version", 1).unwrap();
    drop(conn);
    let mut store = Store::open(&path).unwrap();
    assert_eq!(store.intents().unwrap()[0].name, "退款");
    assert!(store.check().unwrap().is_good(), "{:?}", store.check());
    assert_eq!(store.turn_counts().unwrap(), (3, 3));
    assert_eq!(store.meet(&text("快点")).unwrap(), UtteranceId(2));
    let waiting = store.unlabelled_by_count(None, 9).unwrap();
    assert_eq!(waiting.iter().map(|u| (u.id.0, u.count)).collect::<Vec<_>>(), [(1, 2)]);
    // What it held is known, and an import it held can be taken back.
    let turns = [turn(1, 0, "我要退款"), turn(1, 1, "快点"), turn(2, 0, "我要退款"), turn(2, 1, "好的")];
    let taken = import(&mut store, "4", &turns);
    assert_eq!(taken.iter().filter(|taken| matches!(taken, Taken::Kept(_))).count(), 1);
    store.undo("5", "li", 0).unwrap().unwrap();
    assert_eq!(store.turn_counts().unwrap(), (3, 3));
    assert!(store.check().unwrap().is_good());
}

#[test]
fn texts_whose_keys_wait_are_found_by_everybody() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("p.daoshi");
    let mut importing = Store::create(&path).unwrap();
    let batch = importing.begin_batch("a.csv", 1, "csv", "UTF-8", 0, "li").unwrap();
    let Taken::Kept(Some(id)) = importing.take_turns(batch, &[turn(1, 0, "我要退款")]).unwrap()[0] else {
        panic!("a customer's turn has a text")
    };
    let mut other = Store::open(&path).unwrap();
    assert_eq!(other.meet(&text("我要退款")).unwrap(), id);
    let kin = NewUtterance { hash: 5, text: "我要退款。".into(), ..text("我要退款") };
    let second = other.meet(&kin).unwrap();
    let family = crate::domain::ids::FamilyId(kin.family);
    let members = |store: &Store| -> Vec<UtteranceId> {
        store.families(&[family]).unwrap().remove(&family).unwrap().iter().map(|u| u.id).collect()
    };
    assert_eq!(members(&other), [id, second]);
    let Taken::Kept(Some(again)) = importing.take_turns(batch, &[turn(1, 1, "我要退款。")]).unwrap()[0] else {
        panic!("a customer's turn has a text")
    };
    assert_ne!(again, second, "another hash is another text");
    importing.drop_batch(batch).unwrap();
    assert_eq!(other.meet(&kin).unwrap(), second);
    assert!(other.check().unwrap().is_good(), "{:?}", other.check());
}

#[test]
fn what_is_purged_may_come_again() {
    let mut store = Store::in_memory().unwrap();
    let turns = [turn(1, 0, "我要退款"), turn(2, 0, "快点")];
    import(&mut store, "1", &turns);
    store.undo("2", "li", 0).unwrap().unwrap();
    store.purge(&Target::Withdrawn, "purge", "li", 0).unwrap();
    let taken = import(&mut store, "3", &[turn(3, 0, "好的"), turn(1, 0, "我要退款"), turn(2, 0, "快点")]);
    assert!(taken.iter().all(|taken| matches!(taken, Taken::Kept(Some(_)))));
    assert_eq!(store.utterance_count().unwrap(), 3);
    assert!(store.check().unwrap().is_good(), "{:?}", store.check());
}

#[test]
fn a_new_file_is_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("p.daoshi");
    let mut store = Store::create(&path).unwrap();
    store.act(&deed("1", "li", Act::AddIntent), |r| r.add_intent(&intent("退款"))).unwrap();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.path());
    }
}

#[test]
fn purged_text_is_in_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("p.daoshi");
    let mut store = Store::create(&path).unwrap();
    import(&mut store, "1", &[turn(1, 0, "金丝雀-8417")]);
    let intent_id = store.act(&deed("2", "li", Act::AddIntent), |r| r.add_intent(&intent("退款"))).unwrap().unwrap().1;
    let id = store.unlabelled_by_count(None, 1).unwrap()[0].id;
    store.act(&deed("3", "li", Act::Label), |r| r.put_label(&label(id, Verdict::Intent(intent_id), "li"))).unwrap();
    store.undo("4", "li", 0).unwrap();
    store.undo("5", "li", 0).unwrap();
    store.undo("6", "li", 0).unwrap();
    store.purge(&Target::Withdrawn, "7", "li", 0).unwrap();
    assert!(store.check().unwrap().is_good());
    drop(store);
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("金丝雀-8417"));
    }
}

#[derive(Debug, Clone)]
enum Move {
    Label(usize, usize),
    Unlabel(usize),
    Bulk(usize),
    Add(String),
    Rename(usize, String),
    Merge(usize, usize),
    Delete(usize),
    Word(String),
    Undo,
    Redo,
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        4 => (0..8_usize, 0..6_usize).prop_map(|(u, i)| Move::Label(u, i)),
        1 => (0..8_usize).prop_map(Move::Unlabel),
        1 => (0..6_usize).prop_map(Move::Bulk),
        2 => "[a-e]".prop_map(Move::Add),
        1 => (0..6_usize, "[a-e]").prop_map(|(i, n)| Move::Rename(i, n)),
        1 => (0..6_usize, 0..6_usize).prop_map(|(a, b)| Move::Merge(a, b)),
        1 => (0..6_usize).prop_map(Move::Delete),
        1 => "[a-c]".prop_map(Move::Word),
        2 => Just(Move::Undo),
        1 => Just(Move::Redo),
    ]
}

fn play(store: &mut Store, texts: &[UtteranceId], n: usize, step: &Move) -> bool {
    let op = format!("op-{n}");
    let intents = store.intents().unwrap();
    let pick = |i: usize| (!intents.is_empty()).then(|| intents[i % intents.len()].clone());
    let deed = deed(&op, "li", Act::Label);
    let done = match step {
        Move::Undo => return store.undo(&op, "li", 0).unwrap().is_none(),
        Move::Redo => return store.redo(&op, "li", 0).unwrap().is_none(),
        Move::Label(u, i) => {
            let verdict = pick(*i).map_or(Verdict::Later, |intent| Verdict::Intent(intent.id));
            store.act(&deed, |r| r.put_label(&label(texts[*u], verdict, "li")))
        }
        Move::Unlabel(u) => store.act(&deed, |r| r.remove_label(texts[*u])),
        Move::Bulk(i) => {
            let verdict = pick(*i).map_or(Verdict::Ignored, |intent| Verdict::Intent(intent.id));
            store.act(&deed, |r| texts.iter().try_for_each(|u| r.put_label(&label(*u, verdict, "li"))))
        }
        Move::Add(name) if intents.iter().all(|intent| &intent.name != name) => {
            store.act(&deed, |r| r.add_intent(&intent(name)).map(drop))
        }
        Move::Rename(i, name) if intents.iter().all(|intent| &intent.name != name) => {
            let Some(target) = pick(*i) else { return true };
            store.act(&deed, |r| r.put_intent(&Intent { name: name.clone(), ..target }))
        }
        Move::Merge(a, b) => match (pick(*a), pick(*b)) {
            (Some(from), Some(into)) if from.id != into.id => store.act(&deed, |r| {
                for old in r.labels_of(from.id)? {
                    r.put_label(&Label { verdict: Verdict::Intent(into.id), ..old })?;
                }
                r.remove_intent(from.id)
            }),
            _ => return true,
        },
        Move::Delete(i) => {
            let Some(target) = pick(*i) else { return true };
            store.act(&deed, |r| {
                for old in r.labels_of(target.id)? {
                    r.remove_label(old.utterance)?;
                }
                r.remove_intent(target.id)
            })
        }
        Move::Word(word) => {
            store.act(&deed, |r| r.put_word(&crate::domain::label::Word { text: word.clone(), tag: "n".into() }))
        }
        Move::Add(_) | Move::Rename(..) => return true,
    };
    done.unwrap().is_none()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn pages_and_counts_are_what_a_walk_over_everything_finds(
        said in prop::collection::vec((0_u8..4, 0_u8..7), 1..40),
        limit in 1_usize..9,
    ) {
        let mut store = Store::in_memory().unwrap();
        let turns: Vec<NewTurn> = said
            .iter()
            .enumerate()
            .flat_map(|(n, (times, _))| (0..*times).map(move |k| turn(n as i64, u32::from(k), &format!("句{n}"))))
            .collect();
        import(&mut store, "1", &turns);
        let chosen = store.act(&deed("2", "li", Act::AddIntent), |r| r.add_intent(&intent("退款"))).unwrap().unwrap().1;
        let ids: Vec<UtteranceId> = (0..said.len()).map(|n| store.meet(&text(&format!("句{n}"))).unwrap()).collect();
        let guesses = ids.iter().zip(&said).map(|(id, (_, kind))| NewGuess {
            utterance: *id,
            priority: f64::from(*kind % 3),
            doubt: 0.5,
            prediction: Prediction::default(),
        });
        store.put_guesses(&guesses.collect::<Vec<_>>()).unwrap();
        let verdicts = [Verdict::Intent(chosen), Verdict::OutOfScope, Verdict::Ignored, Verdict::Later];
        store
            .act(&deed("3", "li", Act::Label), |r| {
                ids.iter().zip(&said).try_for_each(|(id, (_, kind))| match verdicts.get(usize::from(*kind)) {
                    Some(verdict) => r.put_label(&label(*id, *verdict, "li")),
                    None => Ok(()),
                })
            })
            .unwrap();

        let all: Vec<(UtteranceId, u64, u8)> =
            ids.iter().zip(&said).map(|(id, (times, kind))| (*id, u64::from(*times), *kind)).collect();
        let spoken = || all.iter().filter(|(_, times, _)| *times > 0);
        prop_assert_eq!(store.utterance_count().unwrap(), spoken().count() as u64);
        prop_assert_eq!(store.turn_counts().unwrap(), (turns.len() as u64, turns.len() as u64));
        prop_assert_eq!(store.labelled_said().unwrap(), spoken().filter(|(_, _, kind)| *kind < 4).count() as u64);
        let given = |kind: u8| all.iter().filter(|(_, _, k)| *k == kind).count() as u64;
        prop_assert_eq!(store.verdict_counts().unwrap(), [given(0), given(1), given(2), given(3)]);

        let mut waiting: Vec<_> = spoken().filter(|(_, _, kind)| *kind >= 4).copied().collect();
        waiting.sort_by_key(|(id, times, _)| (std::cmp::Reverse(*times), *id));
        let (mut paged, mut after) = (Vec::new(), None);
        while let Some(last) = {
            let page = store.unlabelled_by_count(after, limit).unwrap();
            paged.extend(page.iter().map(|u| u.id));
            page.last().map(|u| (u.count, u.id))
        } {
            after = Some(last);
        }
        prop_assert_eq!(paged, waiting.iter().map(|(id, _, _)| *id).collect::<Vec<_>>());

        waiting.sort_by_key(|(id, _, kind)| (std::cmp::Reverse(*kind % 3), *id));
        let (mut paged, mut after) = (Vec::new(), None);
        while let Some(last) = {
            let page = store.unlabelled_by_priority(after, limit).unwrap();
            paged.extend(page.iter().map(|(u, _)| u.id));
            page.last().map(|(u, priority)| (*priority, u.id))
        } {
            after = Some(last);
        }
        prop_assert_eq!(paged, waiting.iter().map(|(id, _, _)| *id).collect::<Vec<_>>());
    }

    #[test]
    fn however_two_imports_meet_each_turn_is_kept_once(
        portions in prop::collection::vec((0_usize..2, prop::collection::vec((0_i64..3, 0_u32..5), 1..6)), 1..12),
        finished in prop::array::uniform2(any::<bool>()),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("p.daoshi");
        let mut stores = [Store::create(&path).unwrap(), Store::open(&path).unwrap()];
        let batches = [0, 1].map(|n| stores[n].begin_batch("a.csv", n as i64, "csv", "UTF-8", 0, "li").unwrap());
        let mut seen = [std::collections::HashSet::new(), std::collections::HashSet::new()];
        for (who, rows) in &portions {
            let turns: Vec<NewTurn> = rows
                .iter()
                .filter(|row| seen[*who].insert(**row))
                .map(|(talk, place)| turn(*talk, *place, &format!("句{}", (*talk as u32 + place) % 3)))
                .collect();
            stores[*who].take_turns(batches[*who], &turns).unwrap();
        }
        for who in 0..2 {
            if finished[who] {
                let deed = deed(["1", "2"][who], "li", Act::Import);
                stores[who].finish_batch(batches[who], BatchCounts::default(), &deed, &[], |_| Ok(())).unwrap();
            } else {
                stores[who].drop_batch(batches[who]).unwrap();
            }
        }
        let twice = stores[0].ask("SELECT digest FROM turn GROUP BY digest HAVING count(*) > 1", 9).unwrap();
        prop_assert!(twice.rows.is_empty(), "{:?}", twice);
        let health = stores[0].check().unwrap();
        prop_assert!(health.is_good(), "{:?}", health);
    }

    #[test]
    fn any_acts_undone_give_the_first_state_back_and_redone_the_last(steps in prop::collection::vec(moves(), 1..60)) {
        let mut store = Store::in_memory().unwrap();
        let texts: Vec<UtteranceId> =
            (0..8).map(|i| store.meet(&text(&format!("句子{i}"))).unwrap()).collect();
        let first = store.state().unwrap();
        let mut ends_in_an_act = true;
        for (n, step) in steps.iter().enumerate() {
            if !play(&mut store, &texts, n, step) {
                ends_in_an_act = !matches!(step, Move::Undo | Move::Redo);
            }
        }
        let last = store.state().unwrap();
        prop_assert!(store.check().unwrap().replays);
        let mut n = 1000;
        while !play(&mut store, &texts, n, &Move::Undo) {
            n += 1;
        }
        prop_assert_eq!(store.state().unwrap(), first);
        while !play(&mut store, &texts, n + 1, &Move::Redo) {
            n += 1;
        }
        // What was undone before the last act is gone for redo; everything after it came back.
        let redone = store.state().unwrap();
        if ends_in_an_act {
            prop_assert_eq!(redone, last);
        }
    }
}
