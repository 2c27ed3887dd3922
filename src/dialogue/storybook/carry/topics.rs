//! Rules, forms, retrieval intents and flows as topics and answers.

use std::collections::{BTreeMap, BTreeSet};

use crate::dialogue::storybook::carry::entities;
use crate::dialogue::storybook::carry::flows;
use crate::dialogue::storybook::carry::loss::{Loss, Lost};
use crate::dialogue::storybook::carry::sayings::{guard, joined, lines};
use crate::dialogue::storybook::carry::shape::{Answer, Arm, Line, Shape, Topic};
use crate::dialogue::storybook::carry::turns::{self, Turn};
use crate::domain::storybook::{Place, Storybook, Told};

/// Intents that say nothing was understood.
const OUTSIDE: [&str; 6] = ["nlu_fallback", "out_of_scope", "oos", "fallback", "out-of-scope", "unknown"];

/// Intents that mean what was asked before them.
const YES_NO: [&str; 14] = [
    "affirm", "deny", "yes", "no", "confirm", "agree", "disagree", "reject", "inform", "accept", "肯定", "否定",
    "确认", "否认",
];

/// Returns the whole policy in order.
pub(super) fn shape(book: &Storybook, lost: &mut Vec<Loss>) -> Shape {
    let mut shape = Shape { zh: is_chinese(book), ..Shape::default() };
    let all = turns::of(book);
    let mut calls: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    answers(book, &mut shape, lost);
    forms(book, &all, &mut shape, &mut calls, lost);
    rules(book, &all, &mut shape, &mut calls, lost);
    flows::topics(book, &mut shape, &mut calls, lost);
    scattered(book, &all, &mut shape, &mut calls, lost);
    stories(book, &all, &shape, lost);
    let known: BTreeSet<String> = shape.entities.iter().map(|entity| entity.name.clone()).collect();
    stand_ins(&mut shape, &known, &mut calls);
    shape.calls = calls.into_iter().map(|(name, gives)| (name, gives.into_iter().collect())).collect();
    unanswered(book, &shape, lost);
    shape
}

fn is_chinese(book: &Storybook) -> bool {
    let texts = book.responses.iter().flat_map(|response| &response.variations).map(|said| said.text.as_str());
    let texts: String = texts.chain(book.examples.iter().map(|example| example.text.as_str())).take(400).collect();
    let han = texts.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    han * 4 > texts.chars().count()
}

/// Retrieval intents: each with its own answer.
fn answers(book: &Storybook, shape: &mut Shape, lost: &mut Vec<Loss>) {
    for response in book.responses.iter().filter(|response| response.name.contains('/')) {
        let intent = response.name.trim_start_matches("utter_").to_owned();
        let say = lines(book, &response.name, lost).unwrap_or_default();
        let questions: Vec<String> =
            book.examples.iter().filter(|example| example.intent == intent).take(3).map(|e| e.text.clone()).collect();
        if !say.is_empty() && !questions.is_empty() {
            named(shape, &intent, "");
            shape.faq.push(Answer { intent, questions, say });
        }
    }
}

/// Notes an intent the policy names.
pub(super) fn named(shape: &mut Shape, intent: &str, guideline: &str) {
    if !shape.intents.iter().any(|(known, _)| known == intent) {
        shape.intents.push((intent.to_owned(), guideline.to_owned()));
    }
}

/// Forms: what they need, what begins them, what comes of them.
fn forms(
    book: &Storybook,
    all: &[Turn],
    shape: &mut Shape,
    calls: &mut BTreeMap<String, BTreeSet<String>>,
    lost: &mut Vec<Loss>,
) {
    let run = all.iter().filter_map(|turn| turn.form.clone());
    let mut names: Vec<String> = book.forms.iter().map(|form| form.name.clone()).collect();
    names.extend(run);
    let mut seen = BTreeSet::new();
    for name in names.into_iter().filter(|name| seen.insert(name.clone())) {
        let form = book.forms.iter().find(|form| form.name == name);
        let place = form.map(|form| form.place.clone()).unwrap_or_default();
        let mut required: Vec<String> = form.map(|form| form.required.clone()).unwrap_or_default();
        if required.is_empty() {
            required = asked(book, &name);
        }
        if form.is_some_and(|form| !form.ignored.is_empty()) {
            lost.push(Loss { place: place.clone(), what: Lost::Ignored { form: name.clone() } });
        }
        let begins: Vec<&Turn> = all.iter().filter(|turn| turn.form.as_deref() == Some(&name) && turn.first).collect();
        let mut intents: Vec<String> = Vec::new();
        for intent in begins.iter().flat_map(|turn| &turn.intents) {
            if !intents.contains(intent) && shape.topic_of(intent).is_none() {
                intents.push(intent.clone());
            }
        }
        if intents.is_empty() {
            continue;
        }
        for slot in &required {
            if !shape.entities.iter().any(|entity| entity.name == *slot) {
                shape.entities.push(entities::entity(book, slot, lost));
            }
        }
        let needs = required.iter().map(|slot| (slot.clone(), question(book, &name, slot, lost))).collect();
        let ends: Vec<&Turn> = all.iter().filter(|turn| turn.ends.as_deref() == Some(&name)).collect();
        let mut arms: Vec<Arm> = Vec::new();
        for end in ends {
            let arm = arm(book, end, &end.after, calls, lost);
            if !(arms.iter().any(|known| known.when == arm.when) || arm.say.is_empty() && arm.calls.is_empty()) {
                arms.push(arm);
            }
        }
        arms.sort_by_key(|arm| arm.when.is_none());
        if arms.is_empty() {
            arms.push(Arm { say: own_name(&name), ..Arm::default() });
        }
        intents.iter().for_each(|intent| named(shape, intent, ""));
        shape.topics.push(Topic { label: label(book, &intents), name, intents, needs, arms });
    }
}

/// Returns the form's own question for a slot; one that names other slots belongs to the topic as well.
pub(super) fn question(book: &Storybook, form: &str, slot: &str, lost: &mut Vec<Loss>) -> Vec<Line> {
    let own = entities::question(book, Some(form), slot, lost);
    let shared = || entities::question(book, None, slot, &mut Vec::new());
    if own.is_empty() { shared().into_iter().filter(entities::names_others).collect() } else { own }
}

/// Returns the slots a form the domain does not list asks for, by its questions.
fn asked(book: &Storybook, form: &str) -> Vec<String> {
    let lead = format!("utter_ask_{form}_");
    book.responses.iter().filter_map(|response| response.name.strip_prefix(&lead)).map(str::to_owned).collect()
}

/// Rules and plain stories of one turn: what is said after an intent, wherever it is said.
fn rules(
    book: &Storybook,
    all: &[Turn],
    shape: &mut Shape,
    calls: &mut BTreeMap<String, BTreeSet<String>>,
    lost: &mut Vec<Loss>,
) {
    // One topic for all intents that bring about the same.
    let mut topics: Vec<(Topic, Vec<String>)> = Vec::new();
    for (rule_first, turn) in
        all.iter().filter(|t| t.rule).map(|t| (true, t)).chain(all.iter().filter(|t| !t.rule).map(|t| (false, t)))
    {
        if !turn.first || turn.form.is_some() || turn.acts.is_empty() || turn.ends.is_some() {
            continue;
        }
        if turn.intents.is_empty() {
            let what = Lost::BotFirst { course: turn.course.clone() };
            if turn.rule {
                lost.push(Loss { place: turn.place.clone(), what });
            }
            continue;
        }
        let outside = turn.intents.iter().any(|intent| OUTSIDE.contains(&intent.as_str()));
        if outside {
            if shape.fallback.is_empty() {
                shape.fallback = arm(book, turn, &turn.acts, calls, lost).say;
            }
            continue;
        }
        for intent in &turn.intents {
            if shape.topic_of(intent).is_some() || is_retrieval(shape, intent) {
                continue;
            }
            let arm = arm(book, turn, &turn.acts, calls, lost);
            let known = topics.iter_mut().find(|(topic, _)| topic.intents.contains(intent));
            match known {
                // What a story adds to a rule is told apart by what came before.
                Some((topic, _)) if rule_first => {
                    if !topic.arms.iter().any(|known| known.when == arm.when) {
                        topic.arms.push(arm);
                    }
                }
                Some(_) => {}
                None => {
                    let same = topics.iter_mut().find(|(topic, acts)| {
                        *acts == turn.acts && topic.arms.len() == 1 && topic.arms[0].when == arm.when
                    });
                    match same {
                        Some((topic, _)) => topic.intents.push(intent.clone()),
                        None => {
                            let topic = Topic {
                                name: intent.clone(),
                                intents: vec![intent.clone()],
                                arms: vec![arm],
                                ..Topic::default()
                            };
                            topics.push((topic, turn.acts.clone()));
                        }
                    }
                }
            }
        }
    }
    for (mut topic, _) in topics {
        topic.arms.sort_by_key(|arm| arm.when.is_none());
        topic.label = label(book, &topic.intents);
        topic.intents.iter().for_each(|intent| named(shape, intent, ""));
        shape.topics.push(topic);
    }
}

/// Returns what people read for a topic: the shortest of its intent's first examples.
fn label(book: &Storybook, intents: &[String]) -> String {
    let said = book.examples.iter().filter(|example| intents.first() == Some(&example.intent));
    let few = said.take(8).map(|example| example.text.as_str()).filter(|text| text.chars().count() > 2);
    few.min_by_key(|text| text.chars().count()).unwrap_or_default().to_owned()
}

fn own_name(name: &str) -> Vec<Line> {
    vec![Line { text: format!("({name})"), ..Line::default() }]
}

/// Returns the outcome of a row of acts under the conditions of its course.
fn arm(
    book: &Storybook,
    turn: &Turn,
    acts: &[String],
    calls: &mut BTreeMap<String, BTreeSet<String>>,
    lost: &mut Vec<Loss>,
) -> Arm {
    let mut guards = Vec::new();
    for (slot, told) in &turn.slots {
        let influences = book.slots.iter().any(|known| known.name == *slot && known.influences);
        match guard(book, slot, told) {
            Some(guard) => guards.push(guard),
            None if slot != "requested_slot" && influences && *told != Told::Null => {
                let what = Lost::Condition { course: turn.course.clone(), slot: slot.clone() };
                lost.push(Loss { place: turn.place.clone(), what });
            }
            None => {}
        }
    }
    let when = (!guards.is_empty()).then(|| guards.join(" and "));
    let mut arm = Arm { when, ..Arm::default() };
    let mut said: Vec<Vec<Line>> = Vec::new();
    for act in acts {
        said.push(self::act(book, act, &turn.place, &mut arm.calls, calls, lost));
    }
    arm.say = joined(said);
    arm
}

/// Returns what one act says; code says its name and becomes a stand-in.
pub(super) fn act(
    book: &Storybook,
    act: &str,
    place: &Place,
    own: &mut Vec<String>,
    calls: &mut BTreeMap<String, BTreeSet<String>>,
    lost: &mut Vec<Loss>,
) -> Vec<Line> {
    if let Some(lines) = lines(book, act, lost) {
        return lines;
    }
    if let Some(words) = act.strip_prefix('"') {
        return vec![Line { text: words.to_owned(), ..Line::default() }];
    }
    if ["action_restart", "action_default_fallback", "action_deactivate_loop", "action_deactivate_form"].contains(&act)
    {
        return Vec::new();
    }
    if act.starts_with("utter_") {
        lost.push(Loss { place: place.clone(), what: Lost::NoResponse { name: act.to_owned() } });
        return own_name(act);
    }
    lost.push(Loss { place: Place::default(), what: Lost::Action { name: act.to_owned() } });
    calls.entry(act.to_owned()).or_default();
    own.push(act.to_owned());
    own_name(act)
}

/// Gives every name a topic's texts hold and no entity fills to the topic's last call, or takes it for plain words.
fn stand_ins(shape: &mut Shape, known: &BTreeSet<String>, calls: &mut BTreeMap<String, BTreeSet<String>>) {
    let plain = |line: &mut Line, has: &dyn Fn(&str) -> bool| {
        for name in holes(&line.text) {
            if !has(&name) {
                line.text = line.text.replace(&format!("<{name}>"), &format!("({name})"));
            }
        }
    };
    for topic in &mut shape.topics {
        let needs: BTreeSet<&String> = topic.needs.iter().map(|(slot, _)| slot).collect();
        for arm in &mut topic.arms {
            for line in &mut arm.say {
                for name in holes(&line.text) {
                    let filled = known.contains(&name) && needs.contains(&name);
                    if let (false, Some(call)) = (filled, arm.calls.last()) {
                        line.text = line.text.replace(&format!("<{name}>"), &format!("<{call}.{name}>"));
                        calls.entry(call.clone()).or_default().insert(name);
                    }
                }
                if arm.calls.is_empty() {
                    plain(line, &|name| needs.contains(&name.to_owned()) && known.contains(name));
                }
            }
        }
        for (_, ask) in &mut topic.needs {
            ask.iter_mut().for_each(|line| plain(line, &|name| known.contains(name)));
        }
    }
    let others = shape.fallback.iter_mut().chain(shape.faq.iter_mut().flat_map(|answer| &mut answer.say));
    others.for_each(|line| plain(line, &|_| false));
    let asks = shape.entities.iter_mut().flat_map(|entity| &mut entity.ask);
    asks.for_each(|line| plain(line, &|name| known.contains(name)));
}

/// Returns the names of the placeholders of a text.
fn holes(text: &str) -> Vec<String> {
    use crate::dialogue::policy::saying::{Piece, pieces};
    let name = |piece: &Piece<'_>| match piece {
        Piece::Slot(name) => Some((*name).to_owned()),
        Piece::Words(_) => None,
    };
    pieces(text).iter().filter_map(name).collect()
}

/// Turns of stories whose answer is another than the topic's: it depends on what was said before.
fn stories(book: &Storybook, all: &[Turn], shape: &Shape, lost: &mut Vec<Loss>) {
    // Stories that only ask whether to leave a form for another, go there and come back: the stack does it.
    let mut switching: BTreeSet<(String, u32)> = BTreeSet::new();
    for turn in all {
        let (Some(form), Some(intent)) = (&turn.inside, turn.intents.first()) else { continue };
        let other = shape.topic_of(intent).is_some_and(|topic| topic.name != *form && is_form(book, all, &topic.name));
        if other && !turn.acts.is_empty() {
            switching.insert((turn.course.clone(), turn.place.line));
        }
    }
    for turn in all.iter().filter(|turn| !turn.acts.is_empty()) {
        let Some(intent) = turn.intents.first() else { continue };
        let after_switch = |(course, line): &(String, u32)| *course == turn.course && *line <= turn.place.line;
        if switching.iter().any(after_switch) {
            continue;
        }
        let topic = shape.topic_of(intent);
        // A form that comes back, and one that is begun inside another, is what the topic stack does.
        let begins = turn.form.as_ref().is_some_and(|form| topic.is_some_and(|topic| topic.name == *form));
        let mut own = Vec::new();
        let said: Vec<Vec<Line>> = turn
            .acts
            .iter()
            .map(|act| self::act(book, act, &turn.place, &mut own, &mut BTreeMap::new(), &mut Vec::new()))
            .collect();
        let said = joined(said);
        let carried = topic.is_some_and(|topic| topic.arms.iter().any(|arm| arm.say == said))
            || OUTSIDE.contains(&intent.as_str())
            || is_retrieval(shape, intent);
        if !begins && !carried {
            let act = turn.acts.join(" → ");
            let what = Lost::Memory { course: turn.course.clone(), intent: intent.clone(), act };
            lost.push(Loss { place: turn.place.clone(), what });
        }
    }
}

/// Tells whether an intent's kinds are answered one by one.
fn is_retrieval(shape: &Shape, intent: &str) -> bool {
    shape.faq.iter().any(|answer| answer.intent.split_once('/').is_some_and(|(base, _)| base == intent))
}

fn is_form(book: &Storybook, all: &[Turn], name: &str) -> bool {
    book.forms.iter().any(|form| form.name == name) || all.iter().any(|turn| turn.form.as_deref() == Some(name))
}

/// Intents that stories answer later on, everywhere in the same way; yes and no mean what was asked, and stay out.
fn scattered(
    book: &Storybook,
    all: &[Turn],
    shape: &mut Shape,
    calls: &mut BTreeMap<String, BTreeSet<String>>,
    lost: &mut Vec<Loss>,
) {
    let later = all.iter().filter(|turn| !turn.acts.is_empty() && turn.inside.is_none() && turn.form.is_none());
    let intents: BTreeSet<&String> = later.clone().flat_map(|turn| &turn.intents).collect();
    for intent in intents {
        let answers: Vec<&Turn> = later.clone().filter(|turn| turn.intents.contains(intent)).collect();
        let first = answers[0];
        let same = answers.iter().all(|turn| turn.acts == first.acts);
        let plain =
            !YES_NO.contains(&intent.as_str()) && !OUTSIDE.contains(&intent.as_str()) && !intent.starts_with('"');
        let answered = shape.topic_of(intent).is_some() || is_retrieval(shape, intent);
        if same && plain && !answered {
            let arm = arm(book, &Turn { slots: Vec::new(), ..first.clone() }, &first.acts, calls, lost);
            named(shape, intent, "");
            let intents = vec![intent.clone()];
            shape.topics.push(Topic {
                name: intent.clone(),
                label: label(book, &intents),
                intents,
                arms: vec![arm],
                ..Topic::default()
            });
        }
    }
}

fn unanswered(book: &Storybook, shape: &Shape, lost: &mut Vec<Loss>) {
    for intent in &book.intents {
        let faq = is_retrieval(shape, &intent.name);
        let outside = OUTSIDE.contains(&intent.name.as_str())
            || ["restart", "back", "session_start"].contains(&intent.name.as_str());
        if shape.topic_of(&intent.name).is_none() && !faq && !outside {
            let what = Lost::Unanswered { intent: intent.name.clone() };
            lost.push(Loss { place: intent.place.clone(), what });
        }
    }
}
