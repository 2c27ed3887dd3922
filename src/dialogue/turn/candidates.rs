//! What the text may mean: intents and questions with their targets, best first.

use crate::dialogue::event::Target;
use crate::dialogue::hear::alike::Asked;
use crate::dialogue::hear::fold::signless;
use crate::dialogue::hear::phrase::stripped;
use crate::dialogue::policy::design::Costs;
use crate::dialogue::trace::{Candidate, Surety};
use crate::dialogue::turn::meant::{Meant, Way};
use crate::dialogue::turn::talk::{Talk, sound};

/// From here on the words of a `faq` question make it a candidate.
const ALIKE: f32 = 0.6;

/// Returns a candidate as traces and menus name it.
pub(crate) fn named(talk: &Talk, meant: &Meant) -> Candidate {
    let target = meant.way.map(|way| way.target(talk.policy));
    let label = match (meant.label, &target) {
        (Some(label), _) => label.to_owned(),
        (None, Some(target)) => label(talk, target),
        (None, None) => meant.intent.to_owned(),
    };
    Candidate { intent: meant.intent.to_owned(), target, label, probability: meant.probability }
}

/// Returns the candidates, best first; equals in the order of the policy, then of the prediction.
pub(crate) fn candidates<'a>(talk: &Talk<'a>) -> Vec<Meant<'a>> {
    let (policy, heard) = (talk.policy, talk.heard);
    let mut found: Vec<Meant> = Vec::with_capacity(heard.intents.len());
    for (intent, probability) in heard.intents.iter() {
        let way = way(talk, intent);
        let probability = sound(*probability);
        match found.iter_mut().find(|known| way.is_some() && known.way == way) {
            // Two intents of one topic stand for it together.
            Some(known) => known.probability = (known.probability + probability).min(1.0),
            None => found.push(Meant { intent, way, label: None, probability, by_knowledge: false }),
        }
    }
    join_known(talk, &mut found);
    let said = Asked::of(stripped(&talk.folded));
    for (place, faq) in policy.faq.iter().enumerate() {
        let best = faq.asked.iter().map(|asked| said.alike(asked)).zip(&faq.questions);
        let best = best.fold(None, |best: Option<(f32, &String)>, one| match best {
            Some(best) if best.0 >= one.0 => Some(best),
            _ => Some(one),
        });
        if let Some((probability, question)) = best.filter(|(p, _)| *p >= ALIKE) {
            let way = Some(Way::Faq(place));
            match found.iter_mut().find(|known| known.way == way) {
                Some(known) if known.probability >= probability => {}
                Some(known) => (known.probability, known.by_knowledge) = (probability, false),
                None => {
                    found.push(Meant { intent: question, way, label: Some(question), probability, by_knowledge: false })
                }
            }
        }
    }
    for (place, topic) in policy.topics.iter().enumerate() {
        if !said.signless.is_empty() && topic.titled.signless == said.signless {
            let way = Some(Way::Topic(place));
            match found.iter_mut().find(|known| known.way == way) {
                Some(known) => (known.probability, known.by_knowledge) = (1.0, false),
                None => found.push(Meant {
                    intent: &topic.name,
                    way,
                    label: Some(topic.title()),
                    probability: 1.0,
                    by_knowledge: false,
                }),
            }
        }
    }
    found.sort_by(|a, b| {
        b.probability.total_cmp(&a.probability).then_with(|| Way::order(a.way).cmp(&Way::order(b.way)))
    });
    found
}

/// Lets what the knowledge holds for the text stand beside what the classifier says.
///
/// Both are probabilities of being right, so the likelier counts, and the policy's limits decide as ever: an answer from
/// `answer` on, a question back below it ([`Meant::may_lead`] says where always one). Where the knowledge refuses, it adds
/// nothing.
fn join_known<'a>(talk: &Talk<'a>, found: &mut Vec<Meant<'a>>) {
    let Some(near) = talk.heard.known.as_ref().and_then(|known| known.held()) else { return };
    let way = way(talk, &near.intent);
    let sure = talk.heard.known.as_ref().map_or(0.0, |known| sound(known.probability));
    let probability = match way {
        Some(Way::Topic(_) | Way::Close) => sure.min(talk.policy.limits.ask),
        _ => sure,
    };
    let same = |known: &Meant| if way.is_some() { known.way == way } else { known.intent == near.intent };
    match found.iter_mut().find(|known| same(known)) {
        Some(known) if known.probability >= probability => {}
        Some(known) => (known.probability, known.by_knowledge) = (probability, true),
        None => found.push(Meant { intent: &near.intent, way, label: None, probability, by_knowledge: true }),
    }
}

/// Returns where an intent leads; `None` when nothing is there for it.
pub(crate) fn target(talk: &Talk, intent: &str) -> Option<Target> {
    way(talk, intent).map(|way| way.target(talk.policy))
}

fn way<'a>(talk: &Talk<'a>, intent: &'a str) -> Option<Way<'a>> {
    let policy = talk.policy;
    if let Some((place, _)) = policy.topic_of(intent) {
        return Some(Way::Topic(place));
    }
    if policy.close.intents.iter().any(|i| i == intent) {
        return Some(Way::Close);
    }
    if let Some(place) = policy.faq.iter().position(|f| f.intents.iter().any(|i| i == intent)) {
        return Some(Way::Faq(place));
    }
    let known = talk.knowledge.intents.get(intent)?;
    known.answers_on(&talk.clock().date, &talk.heard.channel).then_some(Way::Answers(intent))
}

/// Returns what menus call a target.
pub(crate) fn label(talk: &Talk, target: &Target) -> String {
    match target {
        Target::Topic(name) => talk.title(name).to_owned(),
        Target::Answers(intent) => match talk.knowledge.intents.get(intent) {
            Some(known) if !known.question.is_empty() => known.question.clone(),
            _ => intent.clone(),
        },
        Target::Faq(place) => {
            talk.policy.faq.get(*place).and_then(|f| f.questions.first()).cloned().unwrap_or_default()
        }
        Target::Close => talk.policy.close.intents.first().cloned().unwrap_or_default(),
    }
}

/// What going on in each way is expected to cost.
pub(crate) struct Expected {
    pub answer: f32,
    pub ask: f32,
    pub handoff: f32,
}

/// Returns the expected costs: a wrong answer, a question that may still miss, a person.
pub(crate) fn expected(talk: &Talk, costs: Costs) -> Expected {
    let first = talk.candidates.first().map_or(0.0, |c| c.probability);
    let offered: f32 = talk.candidates.iter().take(talk.policy.limits.options as usize).map(|c| c.probability).sum();
    Expected {
        answer: (1.0 - first) * costs.wrong,
        ask: costs.ask + (1.0 - offered.min(1.0)) * costs.wrong,
        handoff: costs.handoff,
    }
}

/// Returns how far the best is ahead of the next that leads elsewhere.
pub(crate) fn margin(candidates: &[Meant]) -> f32 {
    match candidates {
        [] => 0.0,
        [only] => only.probability,
        [first, second, ..] => first.probability - second.probability,
    }
}

/// Returns the candidate the text surely means, and why it is sure.
pub(crate) fn sure(talk: &Talk) -> Option<(Candidate, Surety)> {
    surely(talk).map(|(best, by)| (named(talk, &best), by))
}

fn surely<'a>(talk: &Talk<'a>) -> Option<(Meant<'a>, Surety)> {
    let (policy, limits) = (talk.policy, &talk.policy.limits);
    let urgent =
        |c: &&Meant<'a>| c.may_lead() && c.probability >= limits.answer && c.topic(policy).is_some_and(|t| t.urgent);
    if let Some(best) = talk.candidates.iter().find(urgent) {
        return Some((*best, Surety::Urgent));
    }
    let best = talk.candidates.first()?;
    let words = best.probability >= 1.0
        && match best.way {
            Some(Way::Faq(_)) => true,
            Some(Way::Topic(_)) => {
                best.topic(policy).is_some_and(|t| t.titled.signless == signless(stripped(&talk.folded)))
            }
            _ => false,
        };
    if words {
        return Some((*best, Surety::Words));
    }
    let lasting = policy.moods.iter().filter(|m| talk.state.moods.get(&m.name).is_some_and(|s| s.count > 0));
    for preferred in lasting.flat_map(|m| &m.prefer) {
        let close = |c: &&Meant<'a>| {
            c.may_lead()
                && c.probability >= limits.ask
                && best.probability - c.probability < limits.margin
                && c.topic(policy).is_some_and(|t| t.name == *preferred)
        };
        if let Some(found) = talk.candidates.iter().find(close) {
            return Some((*found, Surety::Preferred));
        }
    }
    if best.way.is_none() || !best.may_lead() {
        return None;
    }
    if let Some(costs) = limits.costs {
        let cost = expected(talk, costs);
        return (cost.answer <= cost.ask && cost.answer <= cost.handoff).then_some((*best, Surety::Costs));
    }
    let enough = best.probability >= limits.answer && margin(&talk.candidates) >= limits.margin;
    let by = if best.by_knowledge { Surety::Knowledge } else { Surety::Limits };
    enough.then_some((*best, by))
}
