//! The law of taking back: whatever two trainers did, undone in turn, leaves the project as it was, bit for bit.

use proptest::prelude::*;
use tempfile::TempDir;

use crate::clustering::options::Options;
use crate::domain::cluster::ClusterState;
use crate::domain::event::Act;
use crate::domain::ids::{ClusterId, IntentId, UtteranceId};
use crate::domain::label::{Label, LabelSource, Mark, Verdict};
use crate::domain::mood::Mood;
use crate::domain::range::ByteRange;
use crate::domain::utterance::Utterance;
use crate::progress::Quiet;
use crate::workbench::error::Result;
use crate::workbench::label::many::decide_all;
use crate::workbench::label::overlap::{self, Overlap};
use crate::workbench::label::spans;
use crate::workbench::moods::{self, Said};
use crate::workbench::project::Project;
use crate::workbench::surgery::{self, Part, Surgery};
use crate::workbench::{clusters, group, intents, label, links, rescue, search};

/// Acts of a sequence.
const ACTS: usize = 1_000;

/// A policy that names what the acts rename, merge, split and delete.
const POLICY: &str = "topics:
  退款:
    do: [{say: 好}]
  查询:
    intents: [物流, 意图1] # 两个
    do: [{say: 好}]
  改名:
    intents:
      - 改名3
      - 意图2
    do: [{say: 好}]
faq:
  - {q: 多久, a: 三天, intent: 意图3}
close: {intents: 意图4}
";

/// One act: what is done, to what, by whom. Numbers choose among what there is at that moment.
#[derive(Debug, Clone, Copy)]
struct Deed {
    what: u8,
    which: usize,
    other: usize,
    second: bool,
}

fn deed() -> impl Strategy<Value = Deed> {
    (0u8..36, any::<u16>(), any::<u16>(), any::<bool>()).prop_map(|(what, which, other, second)| Deed {
        what,
        which: which.into(),
        other: other.into(),
        second,
    })
}

/// Two trainers at one file of sixty texts in families, two intents and a grouping.
fn desk() -> (TempDir, [Project; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("law.daoshi");
    let mut li = Project::create(&path, "li").unwrap();
    let subjects = ["退款", "快递", "激活信用卡", "修改地址", "开发票", "人工客服"];
    let shapes = [
        "怎么{}",
        "我要{}",
        "{}多久",
        "能{}吗",
        "{}失败了怎么办",
        "帮我{}",
        "{}在哪里",
        "怎么{}？",
        "我要{}！",
        "{}多久呢",
    ];
    let texts = subjects.iter().flat_map(|s| shapes.iter().map(move |shape| shape.replace("{}", s)));
    let file = folder.path().join("texts.txt");
    std::fs::write(&file, texts.collect::<Vec<_>>().join("\n")).unwrap();
    let options = crate::formats::options::ReadOptions::default();
    crate::workbench::import::import(&mut li, &[file], &options, &Quiet).unwrap();
    intents::add(&mut li, "退款", "").unwrap();
    intents::add(&mut li, "物流", "").unwrap();
    crate::workbench::design::save(&mut li, POLICY).unwrap();
    let script = "turns:\n- {u: 查一下, intent: 物流}\n- {u: 退, intent: {退款: 0.6, 物流: 0.3}}\n";
    let deed = crate::store::history::Deed { op: "script", actor: "li", at: 1, act: Act::Rehearsal, subject: "" };
    li.store.act(&deed, |recorder| recorder.put_rehearsal("查物流", script)).unwrap();
    overlap::set_overlap(&mut li, Overlap { percent: 40, raters: 2, seed: 1 }).unwrap();
    group::read_by(&mut li, group::Reading::Words).unwrap();
    group::group(&mut li, &Options { clusters: Some(6), min_size: 2, ..Options::default() }, true, &Quiet).unwrap();
    let wang = Project::open(&path, "wang").unwrap();
    (folder, [li, wang])
}

fn act(project: &mut Project, deed: Deed) -> Result<()> {
    let Deed { what, which, other, .. } = deed;
    let last = project.store.last_utterance()?;
    let text = |n: usize| UtteranceId(1 + n as i64 % last);
    let catalogue = project.catalogue()?.intents;
    let intent = |n: usize| catalogue.get(n % catalogue.len().max(1)).map_or(IntentId(0), |intent| intent.id);
    let ladder = group::ladder(project)?;
    let cluster = |n: usize| ladder.get(n % ladder.len().max(1)).map_or(ClusterId(0), |rung| rung.id);
    let verdict = match other % 5 {
        0 => Verdict::OutOfScope,
        1 => Verdict::Later,
        2 => Verdict::Ignored,
        _ => Verdict::Intent(intent(other / 5)),
    };
    let op = project.op();
    match what {
        0..6 => {
            let ids: Vec<UtteranceId> = (0..1 + other % 9).map(|n| text(which + 7 * n)).collect();
            let source = if ids.len() > 1 { LabelSource::Bulk } else { LabelSource::Hand };
            label::decide(project, &op, &ids, verdict, source).map(drop)
        }
        6 => label::clear(project, &[text(which), text(other)]),
        7 => label::note(project, text(which), &format!("备注 {other}")),
        8 => {
            let rows =
                [(format!("新说法{}", which % 40), format!("意图{}", other % 6)), ("另一句".into(), "物流".into())];
            label::label_texts(project, &rows, LabelSource::Import, "rows").map(drop)
        }
        9 | 10 => intents::add(project, &format!("意图{}", which % 12), "问").map(drop),
        11 => match catalogue.get(which % catalogue.len().max(1)) {
            Some(old) => {
                let mut new = old.clone();
                new.guideline = format!("说明 {other}");
                intents::edit(project, &new)
            }
            None => Ok(()),
        },
        12 if intent(which) != intent(other) => {
            cut(project, &Surgery::Merge { from: intent(which), into: intent(other) })
        }
        13 if !catalogue.is_empty() => cut(project, &Surgery::Delete { intent: intent(which) }),
        14 => {
            let stray = [text(other)];
            group::decide(project, cluster(which), 1 + other % 8, &stray, verdict).map(drop)
        }
        15 if cluster(which) != cluster(other) => clusters::merge(project, cluster(which), cluster(other)),
        16 => {
            let members = group::members(project, cluster(which))?;
            let part: Vec<UtteranceId> = members.iter().take(1 + other % 4).map(|m| m.utterance.id).collect();
            clusters::split(project, cluster(which), &part)
        }
        17 => clusters::mark(project, cluster(which), ClusterState::ALL[other % 4]),
        18 => clusters::rename(project, cluster(which), &format!("簇{other}")),
        19 if other % 8 == 0 => {
            let options = Options { clusters: Some(3 + which % 6), min_size: 2, ..Options::default() };
            group::group(project, &options, false, &Quiet).map(drop)
        }
        20 | 21 => overlap::answer(project, &op, text(which), verdict).map(drop),
        22 | 23 => match overlap::disputes(project, 9)?.get(which % 9) {
            Some(dispute) => overlap::settle(project, &op, dispute.utterance.id, verdict).map(drop),
            None => Ok(()),
        },
        24 => match project.store.label(text(which))? {
            Some(theirs) if theirs.actor != project.actor() => {
                let settled = [Some(theirs.verdict), Some(verdict), None][other % 3];
                overlap::uncross(project, &op, &theirs, verdict, settled).map(drop)
            }
            _ => Ok(()),
        },
        25 => {
            let asked =
                ["-label:none by:li", "退款 or 快递", "label:none size<=1", "-(by:wang or label:later)"][which % 4];
            let hits = search::search(project, &search::read(asked)?)?;
            decide_all(project, &op, &hits[..hits.len().min(1 + other % 20)], verdict, asked).map(drop)
        }
        26 => match search::slices(project)?.get(which % 4) {
            Some((name, _)) if other % 2 == 0 => search::drop_slice(project, name),
            _ => search::keep_slice(project, &format!("筛选{}", which % 4), &search::read("by:li p<0.6")?),
        },
        27 if !catalogue.is_empty() => {
            cut(project, &Surgery::Rename { intent: intent(which), name: format!("改名{}", other % 12) })
        }
        28 if !catalogue.is_empty() => {
            cut(project, &Surgery::Place { intent: intent(which), category: format!("类/{}", other % 4) })
        }
        29 if !catalogue.is_empty() => {
            let own = project.store.examples_of(intent(which), 1 + other % 9)?;
            let half = own.len() / 2;
            let part = |part: &[(Utterance, Label)]| part.iter().map(|(utterance, _)| utterance.id).collect();
            let new = Part::New(format!("拆出{}", other % 30));
            let parts = vec![(new, part(&own[half..])), (Part::Known(intent(other)), part(&own[..half]))];
            cut(project, &Surgery::Split { from: intent(which), parts })
        }
        30 => {
            // The first places of the text, whatever it says there; and a stretch that may cut a sign is refused.
            let start = other % 3;
            let entity = format!("实体{}", which % 3);
            let range = ByteRange::new(3 * start, 3 * start + 1 + other % 9);
            spans::mark(project, text(which), &[Mark { range, entity, value: String::new() }]).map(drop)
        }
        31 => match project.store.spans(text(which))?.first() {
            Some(span) => match other % 4 {
                0 => spans::unmark(project, span),
                1 => spans::retype(project, span, "别的"),
                2 => spans::resize(project, span, ByteRange { end: span.range.end + 3, ..span.range }),
                _ => spans::stand_for(project, span, &format!("值{}", other % 3)).map(drop),
            },
            None => spans::keep_word(project, &format!("词{}", other % 5)).map(drop),
        },
        32 => links::link(project, text(which), text(other), other % 2 == 0).map(drop),
        33 if other % 4 == 0 && !ladder.is_empty() => {
            let lonely = rescue::lonely(project, &Quiet)?;
            let least = (which % 100) as f32 / 100.0;
            rescue::rescue(project, &lonely, least).map(drop)
        }
        34 | 35 => {
            let said = Said::of(Mood::ALL[other % Mood::ALL.len()], |risk| risk.len() % 4 == which % 4);
            moods::say(project, &op, &[text(which), text(other)], Some(&said).filter(|_| other % 3 > 0)).map(drop)
        }
        _ => Ok(()),
    }
}

/// Does an act on the catalogue, which touches exactly what was said before.
fn cut(project: &mut Project, surgery: &Surgery) -> Result<()> {
    let before = project.saved()?;
    let preview = surgery::preview(project, surgery)?;
    assert_eq!(project.saved()?, before, "looking changes nothing");
    let done = surgery::operate(project, surgery)?;
    assert_eq!((preview.moved, preview.rehearsals_changed), (done.moved, done.rehearsals), "{surgery:?}");
    assert_eq!(preview.policy_changes, done.policy, "{surgery:?}");
    let event = project.log(None, None, 0, 1)?.remove(0);
    assert_eq!(preview.rows, event.touched, "{surgery:?}");
    let draft = project.store.policy()?.expect("the desk has one");
    crate::workbench::design::parse(&draft.yaml).map(drop)
}

/// Sequences tried; more by `PROPTEST_CASES`.
fn cases() -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(2), max_shrink_iters: 60, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_two_trainers_did_is_taken_back_bit_for_bit(deeds in prop::collection::vec(deed(), ACTS)) {
        let (_folder, mut trainers) = desk();
        let first = trainers[0].store.state().unwrap();
        let mut done: Vec<usize> = Vec::new();
        for deed in deeds {
            let trainer = usize::from(deed.second);
            let before = trainers[trainer].saved().unwrap();
            // A refusal (a name that is taken, a cluster that is gone) must leave no trace.
            let refused = act(&mut trainers[trainer], deed).is_err();
            let changed = trainers[trainer].saved().unwrap() != before;
            prop_assert!(!(refused && changed), "{deed:?} was refused and yet changed something");
            if changed {
                done.push(trainer);
            }
        }
        prop_assert!(done.len() > ACTS / 2, "only {} acts did anything", done.len());
        let last = trainers[0].store.state().unwrap();
        trainers[1].store.rebuild().unwrap();
        prop_assert_eq!(&last, &trainers[0].store.state().unwrap(), "projections rebuilt from events");
        for trainer in done.into_iter().rev() {
            let reversal = trainers[trainer].undo().unwrap().expect("it stands");
            prop_assert_eq!(reversal.left, 0, "{:?}", reversal.of);
        }
        prop_assert_eq!(first, trainers[0].store.state().unwrap());
        trainers[0].store.rebuild().unwrap();
        prop_assert_eq!(trainers[0].store.state().unwrap(), trainers[1].store.state().unwrap());
    }
}
