//! What SQL finds is what looking at each text would; a decision on many is one step.

use std::collections::HashSet;

use proptest::prelude::*;

use crate::domain::ids::{IntentId, UtteranceId};
use crate::domain::label::{Label, LabelSource, Verdict};
use crate::domain::mood::Mood;
use crate::domain::prediction::{Guess, Prediction};
use crate::domain::query::{Comparison, Figure, Query, Standing, Test};
use crate::domain::utterance::{Language, Utterance};
use crate::nlu::emotion::emotion;
use crate::progress::Quiet;
use crate::store::guesses::NewGuess;
use crate::workbench::error::Error;
use crate::workbench::label::decide;
use crate::workbench::label::many::{Decided, decide_all};
use crate::workbench::project::Project;
use crate::workbench::search::{drop_slice, keep_slice, read, search, shown, similar, slice, slices};
use crate::workbench::{import, intents};

const TEXTS: [&str; 10] = [
    "退款多久",
    "怎么退款",
    "Refund please",
    "快递到哪",
    "我要投诉你们太差劲了",
    "急死了快点退款",
    "REFUND my money",
    "开张发票",
    "卡怎么激活",
    "谢谢你很满意",
];

/// Ten texts of two files, labelled by two trainers in every way, some with a guess.
fn desk() -> Project {
    let folder = tempfile::tempdir().unwrap();
    let mut project = Project::in_memory("li").unwrap();
    for (name, texts) in [("spring.txt", &TEXTS[..6]), ("autumn.txt", &TEXTS[3..])] {
        let file = folder.path().join(name);
        std::fs::write(&file, texts.join("\n")).unwrap();
        import::import(&mut project, &[file], &Default::default(), &Quiet).unwrap();
    }
    let refund = intents::add(&mut project, "退款", "").unwrap();
    intents::add(&mut project, "物流", "").unwrap();
    let verdicts = [Verdict::Intent(refund), Verdict::OutOfScope, Verdict::Ignored, Verdict::Later];
    for (place, verdict) in verdicts.into_iter().enumerate() {
        let op = project.op();
        decide(&mut project, &op, &[UtteranceId(2 * place as i64 + 1)], verdict, LabelSource::Hand).unwrap();
    }
    let wang = Label {
        utterance: UtteranceId(8),
        verdict: Verdict::Intent(refund),
        source: LabelSource::Hand,
        actor: "wang".to_string(),
        at: 5,
        note: String::new(),
    };
    let (op, at) = (project.op(), 5);
    let act = crate::domain::event::Act::Label;
    let deed = crate::store::history::Deed { op: &op, actor: "wang", at, act, subject: "" };
    project.store.act(&deed, |recorder| recorder.put_label(&wang)).unwrap();
    let guess = |id: i64, intent: Option<i64>, probability: f32| NewGuess {
        utterance: UtteranceId(id),
        priority: 1.0,
        doubt: 1.0 - probability,
        prediction: Prediction { guesses: vec![Guess { intent: intent.map(IntentId), probability }] },
    };
    let guesses = [guess(1, Some(1), 0.9), guess(2, Some(1), 0.5), guess(4, None, 0.25), guess(6, Some(2), 0.5)];
    project.store.put_guesses(&guesses).unwrap();
    project
}

/// What one text is, as anybody can see.
struct Seen {
    utterance: Utterance,
    label: Option<Label>,
    guess: Option<(Prediction, f32)>,
    files: Vec<&'static str>,
}

fn holds(query: &Query, seen: &Seen) -> bool {
    match query {
        Query::All(parts) => parts.iter().all(|part| holds(part, seen)),
        Query::Any(parts) => parts.iter().any(|part| holds(part, seen)),
        Query::Not(part) => !holds(part, seen),
        Query::Is(test) => is(test, seen),
    }
}

fn is(test: &Test, seen: &Seen) -> bool {
    let id = |name: &str| if name == "退款" { IntentId(1) } else { IntentId(2) };
    let verdict = seen.label.as_ref().map(|label| label.verdict);
    let best = seen.guess.as_ref().and_then(|(prediction, _)| prediction.best());
    match test {
        Test::Intent(name) => verdict == Some(Verdict::Intent(id(name))),
        Test::Guess(name) => best.is_some_and(|best| best.intent == Some(id(name))),
        Test::Label(standing) => match standing {
            Standing::None => verdict.is_none(),
            Standing::Intent => matches!(verdict, Some(Verdict::Intent(_))),
            Standing::OutOfScope => verdict == Some(Verdict::OutOfScope),
            Standing::Ignored => verdict == Some(Verdict::Ignored),
            Standing::Later => verdict == Some(Verdict::Later),
        },
        Test::By(name) => seen.label.as_ref().is_some_and(|label| label.actor == *name),
        Test::Text(words) => seen.utterance.text.to_lowercase().contains(&words.to_lowercase()),
        Test::Source(words) => seen.files.iter().any(|file| file.contains(words.as_str())),
        Test::Language(language) => seen.utterance.language == *language,
        Test::Mood(mood) => {
            let emotion = emotion(&seen.utterance.text);
            let scores = [emotion.angry, emotion.anxious, emotion.confused, emotion.satisfied];
            let score = match mood {
                Mood::Calm => return scores.iter().all(|score| *score < super::SOUNDS),
                Mood::Angry | Mood::Disappointed => emotion.angry,
                Mood::Anxious | Mood::Urgent => emotion.anxious,
                Mood::Confused => emotion.confused,
                Mood::Satisfied => emotion.satisfied,
            };
            score >= super::SOUNDS
        }
        Test::Cluster(_) => false,
        Test::Figure(figure, comparison, than) => {
            let figure = match figure {
                Figure::Size => Some(seen.utterance.count as f64),
                Figure::Probability => best.map(|best| f64::from(best.probability)),
                Figure::Doubt => seen.guess.as_ref().map(|(_, doubt)| f64::from(*doubt)),
            };
            figure.is_some_and(|figure| match comparison {
                Comparison::Less => figure < *than,
                Comparison::AtMost => figure <= *than,
                Comparison::Equal => figure == *than,
                Comparison::AtLeast => figure >= *than,
                Comparison::More => figure > *than,
            })
        }
    }
}

fn query() -> impl Strategy<Value = Query> {
    let name = || prop::sample::select(vec!["退款", "物流"]).prop_map(str::to_string);
    let test = prop_oneof![
        name().prop_map(Test::Intent),
        name().prop_map(Test::Guess),
        prop::sample::select(Standing::ALL).prop_map(Test::Label),
        prop::sample::select(vec!["li", "wang", "x' OR 1=1 --"]).prop_map(|name| Test::By(name.to_string())),
        prop::sample::select(vec!["退款", "refund", "怎", "%"]).prop_map(|words| Test::Text(words.to_string())),
        prop::sample::select(vec!["spring", "autumn", "txt"]).prop_map(|words| Test::Source(words.to_string())),
        prop::sample::select(&Language::ALL[..]).prop_map(Test::Language),
        prop::sample::select(Mood::ALL).prop_map(Test::Mood),
        (prop::sample::select(Figure::ALL), prop::sample::select(Comparison::ALL), 0u8..5)
            .prop_map(|(figure, how, than)| Test::Figure(figure, how, f64::from(than) / 2.0)),
    ];
    test.prop_map(Query::Is).prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::Any),
            inner.prop_map(|part| Query::Not(Box::new(part))),
        ]
    })
}

#[test]
fn what_is_found_is_what_looking_at_each_text_finds() {
    let project = desk();
    let seen: Vec<Seen> = (1..=10)
        .map(|id| {
            let utterance = project.store.utterance(UtteranceId(id)).unwrap().unwrap();
            let place = TEXTS.iter().position(|text| *text == utterance.text).expect("a text of ours");
            let files = [("spring.txt", place < 6), ("autumn.txt", place >= 3)];
            Seen {
                label: project.store.label(UtteranceId(id)).unwrap(),
                guess: project.store.guess(UtteranceId(id)).unwrap(),
                files: files.into_iter().filter(|(_, there)| *there).map(|(file, _)| file).collect(),
                utterance,
            }
        })
        .collect();
    proptest!(ProptestConfig::with_cases(300), |(query in query())| {
        let found: HashSet<UtteranceId> =
            search(&project, &query).unwrap().into_iter().map(|hit| hit.utterance).collect();
        let wanted: HashSet<UtteranceId> =
            seen.iter().filter(|seen| holds(&query, seen)).map(|seen| seen.utterance.id).collect();
        prop_assert_eq!(found, wanted, "{}", crate::query::print::print(&query));
    });
}

#[test]
fn all_of_nothing_finds_every_text_and_any_of_nothing_none() {
    let project = desk();
    assert_eq!(search(&project, &Query::All(Vec::new())).unwrap().len(), TEXTS.len());
    assert_eq!(search(&project, &Query::Any(Vec::new())).unwrap(), []);
}

#[test]
fn many_are_decided_on_in_one_step_but_for_what_changed_since() {
    let mut project = desk();
    let before = project.store.state().unwrap();
    let catalogue = project.catalogue().unwrap();
    let parcel = Verdict::Intent(catalogue.find("物流").unwrap().id);
    let hits = search(&project, &read("退款 or refund").unwrap()).unwrap();
    assert_eq!(hits.len(), 5);
    // One of them is changed after it was shown.
    let op = project.op();
    decide(&mut project, &op, &[hits[0].utterance], Verdict::Ignored, LabelSource::Hand).unwrap();
    let op = project.op();
    let decided = decide_all(&mut project, &op, &hits, parcel, "退款").unwrap();
    assert_eq!(decided, Decided { labelled: 4, left: 1 });
    assert_eq!(search(&project, &read("意图:物流").unwrap()).unwrap().len(), 4);
    assert_eq!(shown(&project, &hits[..1]).unwrap()[0].label.as_ref().map(|l| l.verdict), Some(Verdict::Ignored));
    project.undo().unwrap().unwrap();
    project.undo().unwrap().unwrap();
    assert_eq!(project.store.state().unwrap(), before);
}

#[test]
fn the_likest_come_first_and_the_example_itself_is_the_likest() {
    let mut project = desk();
    let hits = search(&project, &read("-label:later").unwrap()).unwrap();
    let example = hits.iter().find(|hit| hit.utterance == UtteranceId(1)).unwrap().utterance;
    let near = similar(&mut project, &hits, &[example], &Quiet).unwrap();
    assert_eq!((near.len(), near[0].0.utterance), (hits.len(), example));
    assert!(near[0].1 > 0.999 && near.is_sorted_by(|a, b| a.1 >= b.1));
    let text = project.store.utterance(near[1].0.utterance).unwrap().unwrap().text;
    assert!(text.contains("退款"), "{text}");
}

#[test]
fn a_search_is_kept_by_name_and_what_it_names_must_be_there() {
    let mut project = desk();
    let query = read("意图：退款 -by:li").unwrap();
    keep_slice(&mut project, " 退款复核 ", &query).unwrap();
    assert_eq!(slices(&project).unwrap(), [("退款复核".to_string(), "intent:退款 -by:li".to_string())]);
    assert_eq!(slice(&project, "退款复核").unwrap(), query);
    drop_slice(&mut project, "退款复核").unwrap();
    assert!(matches!(slice(&project, "退款复核"), Err(Error::UnknownChoice { .. })));
    project.undo().unwrap().unwrap();
    assert_eq!(slices(&project).unwrap().len(), 1);
    assert!(matches!(keep_slice(&mut project, " ", &query), Err(Error::EmptyName)));
    assert!(matches!(search(&project, &read("-intent:退钱").unwrap()), Err(Error::UnknownIntent { .. })));
    assert!(matches!(search(&project, &read("cluster:7").unwrap()), Err(Error::UnknownCluster { id: 7 })));
    assert!(matches!(read("intent:"), Err(Error::Query { .. })));
}
