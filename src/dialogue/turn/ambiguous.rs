//! Stage 6: whether the text is one of a few, and which question tells them apart.

use crate::dialogue::event::{Event, Pending, Target};
use crate::dialogue::policy::design::Clarify;
use crate::dialogue::trace::{Candidate, Reason};
use crate::dialogue::turn::candidates::{expected, named};
use crate::dialogue::turn::handoff::hand_off;
use crate::dialogue::turn::menu::offer;
use crate::dialogue::turn::talk::{Next, Talk};

pub(crate) fn ambiguous(talk: &mut Talk) -> Next {
    let limits = &talk.policy.limits;
    let first = talk.candidates.iter().find(|c| c.way.is_some()).copied();
    let best = first.map(|best| named(talk, &best));
    let worth = match (limits.costs, &best) {
        (_, None) => false,
        (None, Some(best)) => best.probability >= limits.ask,
        (Some(costs), Some(best)) => {
            let cost = expected(talk, costs);
            if cost.handoff < cost.ask
                && cost.handoff < cost.answer
                && let Some(queue) = talk.policy.human_queue()
            {
                let reason =
                    Reason::Costs { best: best.clone(), answer: cost.answer, ask: cost.ask, handoff: cost.handoff };
                talk.note(6, true, reason);
                hand_off(talk, queue, "cost");
                return Next::Listen;
            }
            let may_lead = first.is_some_and(|first| first.may_lead());
            best.probability > 0.0 && (cost.ask < cost.answer || !may_lead)
        }
    };
    let one_word = std::mem::take(&mut talk.one_word);
    if one_word.is_empty() && !worth {
        talk.note(6, false, Reason::TooUnlikely { best, need: limits.ask });
        return Next::Go;
    }
    let floor = (limits.ask / 2.0).max(0.05);
    let mut between = if one_word.is_empty() {
        let offered = talk.candidates.iter().filter(|c| c.way.is_some() && c.probability >= floor);
        offered.take(limits.options as usize).map(|c| named(talk, c)).collect()
    } else {
        one_word
    };
    if let Some(topic) = asking(talk, &between) {
        talk.note(6, false, Reason::AlreadyAsking { topic });
        return Next::Go;
    }
    let (count, cap) = (talk.state.clarifies, talk.cap);
    if count >= cap {
        talk.note(6, false, Reason::CapReached { count, cap });
        return Next::Go;
    }
    let own = authored(talk, &between);
    let (text, authored) = match own {
        Some((place, clarify)) => {
            between.truncate(clarify.between.len());
            (talk.choose(&format!("clarify.{place}"), &clarify.ask, &[]), true)
        }
        None => (None, false),
    };
    let text = text.unwrap_or_else(|| question(talk, &between));
    talk.emit(Event::Clarified { between: between.iter().map(|c| c.intent.clone()).collect() });
    let targets: Vec<Target> = between.iter().filter_map(|c| c.target.clone()).collect();
    talk.note(6, true, Reason::Clarified { between, authored, count: count + 1, cap });
    offer(talk, text, &targets, true);
    Next::Listen
}

/// Returns the topic whose question waits, when it is one of the candidates.
fn asking(talk: &Talk, between: &[Candidate]) -> Option<String> {
    let (Some(Pending::Need { topic, .. }) | Some(Pending::Confirm { topic })) = &talk.state.pending else {
        return None;
    };
    let among = between.iter().any(|c| matches!(&c.target, Some(Target::Topic(name)) if name == topic));
    among.then(|| topic.clone())
}

/// Returns the question written for exactly the first candidates, the one for most of them first.
fn authored<'a>(talk: &Talk<'a>, between: &[Candidate]) -> Option<(usize, &'a Clarify)> {
    let names = |c: &Candidate, name: &String| {
        c.intent == *name || matches!(&c.target, Some(Target::Topic(topic)) if topic == name)
    };
    let fits = |clarify: &&Clarify| {
        let count = clarify.between.len();
        (2..=between.len()).contains(&count)
            && between[..count].iter().all(|c| clarify.between.iter().any(|name| names(c, name)))
    };
    let all = talk.policy.clarify.iter().enumerate();
    let fitting = all.filter(|(_, clarify)| fits(clarify));
    fitting.min_by_key(|(place, clarify)| (std::cmp::Reverse(clarify.between.len()), *place))
}

/// Returns the question before a menu without one of its own.
fn question(talk: &mut Talk, between: &[Candidate]) -> String {
    let phrases = &talk.policy.bot.phrases;
    if let [only] = between {
        return talk.phrase("phrase.did_you_mean", &phrases.did_you_mean, &[("label", &only.label)]);
    }
    menu_question(talk)
}

/// Returns the question before any menu.
pub(crate) fn menu_question(talk: &mut Talk) -> String {
    let general = talk.policy.clarify.iter().find(|c| c.between.is_empty());
    let text = general.and_then(|c| talk.choose("clarify", &c.ask, &[]));
    text.unwrap_or_else(|| talk.phrase("phrase.menu", &talk.policy.bot.phrases.menu, &[]))
}
