//! The knowledge in a chat: a question the classifier never heard of is answered, one it does not hold is refused, an
//! expired answer is not given; what ranked it stands beside.

use std::path::Path;

use daoshi::dialogue::turn::heard::Known;
use daoshi::domain::label::{Answer, Intent, LabelSource};
use daoshi::formats::sample;
use daoshi::i18n::Lang;
use daoshi::nlu::train::TrainOptions;
use daoshi::progress::Quiet;
use daoshi::workbench::label::label_texts;
use daoshi::workbench::train::train;
use daoshi::workbench::{design, intents, rehearse};

use crate::hand::Hand;

/// Returns a policy that asks back from a limit on.
fn policy(ask: f32) -> String {
    format!(
        "
limits: {{answer: 0.9, ask: {ask:.2}, margin: 0.02, clarify: 2}}
topics: {{转账: {{label: 转账, do: [{{say: 好}}]}}}}
fallback: [{{say: 没太明白，您能换个说法吗？}}, {{say: 请换一种说法。}}]
"
    )
}

/// Intents of the sample that only answer, with so many similar questions each.
const KNOWN: [&str; 4] = ["开户", "挂失", "销户", "余额查询"];
const EACH: usize = 10;

/// An intent whose standard question and answer are all that is known: no text is labelled with it, so the classifier has
/// never heard of it.
const UNLABELLED: &str = "年费";
const QUESTION: &str = "信用卡年费如何收取与减免";
/// How customers ask that.
const ASKED: [&str; 3] = ["信用卡的年费怎么收取", "信用卡年费如何减免", "信用卡年费如何收取，怎么减免"];

/// From home to the last tab but two.
const TO_TALK: &str = "ctrl-left ctrl-left ctrl-left";

fn at_the_desk(lang: Lang) -> Hand {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/finance-zh");
    let sample = sample::read(&folder).expect("the sample is whole");
    Hand::with(lang, |project| {
        let known: Vec<_> = sample.intents.iter().filter(|intent| KNOWN.contains(&intent.name.as_str())).collect();
        let mut rows: Vec<(String, String)> = Vec::new();
        for intent in &known {
            rows.extend(intent.examples.iter().take(EACH).map(|text| (text.clone(), intent.name.clone())));
        }
        rows.extend(sample.out_of_scope.iter().take(EACH).map(|text| (text.clone(), "oos".to_owned())));
        label_texts(project, &rows, LabelSource::Import, "").expect("labels");
        intents::add(project, UNLABELLED, QUESTION).expect("a new intent");
        let catalogue = project.catalogue().expect("a catalogue");
        for intent in known {
            let before = catalogue.named(&intent.name).expect("it was just labelled");
            let until = (intent.name == "挂失").then(|| "2020-12-31".to_owned());
            let answers = vec![Answer { text: format!("{}的答案", intent.name), until, ..Answer::default() }];
            let edited = Intent { question: intent.question.clone(), answers, ..before.clone() };
            intents::edit(project, &edited).expect("an intent");
        }
        let answers = vec![Answer { text: format!("{UNLABELLED}的答案"), ..Answer::default() }];
        let before = project.catalogue().expect("a catalogue").find(UNLABELLED).expect("it was just added").clone();
        intents::edit(project, &Intent { answers, ..before }).expect("an intent");
        design::save(project, &policy(0.3)).expect("a policy");
        let report = train(project, &TrainOptions::default(), &Quiet).expect("a model");
        assert!(report.answers.is_some(), "the ranking is kept beside it");
    })
}

/// What the bot of the project makes of a text: its best guess, and what the knowledge has.
#[derive(Debug)]
struct Heard {
    text: String,
    intent: String,
    guess: (String, f32),
    known: Known,
}

/// Returns what the bot makes of questions it never saw, those out of scope under no intent.
fn unseen(hand: &Hand) -> Vec<Heard> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-projects/finance-zh");
    let sample = sample::read(&folder).expect("the sample is whole");
    let bot = hand.project("li").bot().expect("a bot");
    let heard = |text: &str, intent: &str| {
        let said = bot.understand(text);
        let guess = said.intents.first().cloned().unwrap_or_default();
        let known = said.known.expect("the knowledge is ranked");
        Heard { text: text.to_owned(), intent: intent.to_owned(), guess, known }
    };
    let lost = sample.intents.iter().filter(|intent| intent.name == "挂失");
    let lost = lost.flat_map(|one| one.examples.iter().skip(EACH).take(8).map(|text| heard(text, &one.name)));
    let asked = ASKED.iter().map(|text| heard(text, UNLABELLED));
    asked.chain(lost).chain(sample.out_of_scope.iter().skip(EACH).take(14).map(|text| heard(text, ""))).collect()
}

#[test]
fn the_knowledge_answers_refuses_and_keeps_expired_answers_back_and_says_why() {
    for (lang, matched, unknown, expired) in
        [(Lang::Zh, "知识最像", "拒答", "答案过期"), (Lang::En, "knowledge nearest", "refused", "expired")]
    {
        let mut hand = at_the_desk(lang);
        let all = unseen(&hand);
        let holds = |one: &Heard| one.known.held().is_some_and(|near| near.intent == one.intent);
        // The knowledge holds what the classifier never heard of and takes for another.
        let ahead = |one: &Heard| one.known.probability - one.guess.1;
        let asked = all.iter().filter(|one| one.intent == UNLABELLED && one.known.probability > 0.9 && holds(one));
        let unheard = asked.max_by(|a, b| ahead(a).total_cmp(&ahead(b)));
        let unheard = unheard.unwrap_or_else(|| panic!("the knowledge holds its standard question: {all:?}"));
        assert!(unheard.guess.0 != UNLABELLED && ahead(unheard) > 0.02, "{unheard:?}");
        // What is out of scope, and the limit above what the classifier makes of it.
        let strange = all.iter().filter(|one| one.intent.is_empty() && one.known.held().is_none());
        let strange = strange.min_by(|a, b| a.guess.1.total_cmp(&b.guess.1));
        let strange = strange.unwrap_or_else(|| panic!("the knowledge refuses one that is out of scope: {all:?}"));
        assert!(strange.guess.1 < 0.8, "{strange:?}");
        let ask = (strange.guess.1 + 0.05).max(0.3);
        design::save(&mut hand.project("li"), &policy(ask)).expect("a policy");
        // So wide that no line of the reasons is cut within a word.
        hand.press(TO_TALK).write(&unheard.text).press("enter").resize(600, 40);
        hand.sees(&format!("{}的答案", unheard.intent)).sees(matched);
        // Kept as a rehearsal, the answer holds without the ranking: what the turn went by is written down.
        hand.press("F9").press("enter");
        let mut project = hand.project("li");
        let script = &rehearse::list(&project).expect("rehearsals")[0].script;
        assert!(script.contains(&format!("intent: {}", unheard.intent)), "{script}");
        assert_eq!(rehearse::rehearse(&mut project, None, &Quiet).expect("it is played").passed(), 1);
        hand.write(&strange.text).press("enter").sees("没太明白").sees(unknown);
        let lost = all.iter().find(|one| one.intent == "挂失" && holds(one)).expect("a lost card is known");
        hand.write(&lost.text).press("enter").sees(expired).sees_no("挂失的答案");
    }
}
