//! What the text may mean: intents and questions with their targets, best first.

use crate::dialogue::event::Target;
use crate::dialogue::hear::alike::Asked;
use crate::dialogue::hear::fold::signless;
use crate::dialogue::hear::phrase::stripped;
use crate::dialogue::policy::design::Costs;
use crate::dialogue::trace::{Candidate, Surety};
use crate::dialogue::turn::talk::{Talk, sound};

/// From here on the words of a `faq` question make it a candidate.
const ALIKE: f32 = 0.6;

/// Returns the candidates, best first; equals in the order of the policy, then of the prediction.
pub(crate) fn candidates(talk: &Talk) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for (intent, probability) in &talk.heard.intents {
        let target = target(talk, intent);
        let probability = sound(*probability);
        match found.iter_mut().find(|c| target.is_some() && c.target == target) {
            // Two intents of one topic stand for it together.
            Some(known) => known.probability = (known.probability + probability).min(1.0),
            None => {
                let label = target.as_ref().map_or_else(|| intent.clone(), |t| label(talk, t));
                found.push(Candidate { intent: intent.clone(), target, label, probability });
            }
        }
    }
    let said = Asked::of(stripped(&talk.folded));
    for (place, faq) in talk.policy.faq.iter().enumerate() {
        let best = faq.asked.iter().map(|asked| said.alike(asked)).zip(&faq.questions);
        let best = best.fold(None, |best: Option<(f32, &String)>, one| match best {
            Some(best) if best.0 >= one.0 => Some(best),
            _ => Some(one),
        });
        if let Some((probability, question)) = best.filter(|(p, _)| *p >= ALIKE) {
            let target = Some(Target::Faq(place));
            match found.iter_mut().find(|c| c.target == target) {
                Some(known) => known.probability = known.probability.max(probability),
                None => {
                    found.push(Candidate { intent: question.clone(), target, label: question.clone(), probability })
                }
            }
        }
    }
    for topic in &talk.policy.topics {
        if !said.signless.is_empty() && topic.titled.signless == said.signless {
            let target = Some(Target::Topic(topic.name.clone()));
            match found.iter_mut().find(|c| c.target == target) {
                Some(known) => known.probability = 1.0,
                None => found.push(Candidate {
                    intent: topic.name.clone(),
                    label: topic.title().to_owned(),
                    target,
                    probability: 1.0,
                }),
            }
        }
    }
    let order = |c: &Candidate| match &c.target {
        Some(Target::Topic(name)) => talk.policy.topics.iter().position(|t| t.name == *name).unwrap_or(0),
        Some(Target::Faq(place)) => 1_000_000 + place,
        Some(Target::Close) => 2_000_000,
        Some(Target::Answers(_)) | None => 3_000_000,
    };
    found.sort_by(|a, b| b.probability.total_cmp(&a.probability).then_with(|| order(a).cmp(&order(b))));
    found
}

/// Returns where an intent leads; `None` when nothing is there for it.
pub(crate) fn target(talk: &Talk, intent: &str) -> Option<Target> {
    if let Some((_, topic)) = talk.policy.topic_of(intent) {
        return Some(Target::Topic(topic.name.clone()));
    }
    if talk.policy.close.intents.iter().any(|i| i == intent) {
        return Some(Target::Close);
    }
    if let Some(place) = talk.policy.faq.iter().position(|f| f.intents.iter().any(|i| i == intent)) {
        return Some(Target::Faq(place));
    }
    let known = talk.knowledge.intents.get(intent)?;
    let valid = !known.valid(&talk.clock().date, &talk.heard.channel).is_empty();
    valid.then(|| Target::Answers(intent.to_owned()))
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
pub(crate) fn margin(candidates: &[Candidate]) -> f32 {
    match candidates {
        [] => 0.0,
        [only] => only.probability,
        [first, second, ..] => first.probability - second.probability,
    }
}

/// Returns the candidate the text surely means, and why it is sure.
pub(crate) fn sure(talk: &Talk) -> Option<(Candidate, Surety)> {
    let limits = &talk.policy.limits;
    let topic = |c: &Candidate| match &c.target {
        Some(Target::Topic(name)) => talk.policy.topic(name),
        _ => None,
    };
    let urgent = |c: &&Candidate| c.probability >= limits.answer && topic(c).is_some_and(|t| t.urgent);
    if let Some(best) = talk.candidates.iter().find(urgent) {
        return Some((best.clone(), Surety::Urgent));
    }
    let best = talk.candidates.first()?;
    let words = best.probability >= 1.0
        && match &best.target {
            Some(Target::Faq(_)) => true,
            Some(Target::Topic(_)) => {
                topic(best).is_some_and(|t| t.titled.signless == signless(stripped(&talk.folded)))
            }
            _ => false,
        };
    if words {
        return Some((best.clone(), Surety::Words));
    }
    let lasting = talk.policy.moods.iter().filter(|m| talk.state.moods.get(&m.name).is_some_and(|s| s.count > 0));
    for preferred in lasting.flat_map(|m| &m.prefer) {
        let close = |c: &&Candidate| {
            c.probability >= limits.ask
                && best.probability - c.probability < limits.margin
                && topic(c).is_some_and(|t| t.name == *preferred)
        };
        if let Some(found) = talk.candidates.iter().find(close) {
            return Some((found.clone(), Surety::Preferred));
        }
    }
    best.target.as_ref()?;
    if let Some(costs) = limits.costs {
        let cost = expected(talk, costs);
        return (cost.answer <= cost.ask && cost.answer <= cost.handoff).then(|| (best.clone(), Surety::Costs));
    }
    let enough = best.probability >= limits.answer && margin(&talk.candidates) >= limits.margin;
    enough.then(|| (best.clone(), Surety::Limits))
}
