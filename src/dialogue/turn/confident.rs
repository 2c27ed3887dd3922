//! Stage 5: whether the text surely means a topic, a question with an answer, or goodbye.

use crate::dialogue::event::Target;
use crate::dialogue::hear::fold::signless;
use crate::dialogue::policy::design::Digress;
use crate::dialogue::trace::{Candidate, Reason, Surety};
use crate::dialogue::turn::begin::{ask_to_digress, go};
use crate::dialogue::turn::candidates::{expected, margin, named, sure, target};
use crate::dialogue::turn::talk::{Next, Talk};

pub(crate) fn confident(talk: &mut Talk) -> Next {
    let sure = sure(talk);
    let plain = !matches!(sure, Some((_, Surety::Words | Surety::Urgent)));
    if plain && let Some((word, between)) = one_word(talk) {
        talk.one_word = between.clone();
        talk.note(5, false, Reason::OneWord { word, between });
        return Next::Go;
    }
    let Some((best, by)) = sure else {
        let reason = why_not(talk);
        talk.note(5, false, reason);
        return Next::Go;
    };
    let Some(to) = best.target.clone() else { return Next::Go };
    if let (Target::Topic(name), Some(current)) = (&to, talk.state.top().map(|f| f.topic.clone()))
        && *name != current
        && !talk.policy.topic(name).is_some_and(|t| t.urgent)
    {
        let digress = talk.policy.topic(&current).map_or(Digress::Allow, |t| t.digress);
        if digress != Digress::Allow {
            let asked = digress == Digress::Ask;
            talk.understood();
            talk.answered();
            let other = best.label.clone();
            talk.note(5, true, Reason::Held { best, topic: current.clone(), asked });
            if asked {
                ask_to_digress(talk, &current, &to, &other);
                return Next::Listen;
            }
            let extra = [("label", talk.title(&current)), ("other", other.as_str())];
            talk.say_phrase("phrase.finish_first", &talk.policy.bot.phrases.finish_first, &extra);
            return Next::Run;
        }
    }
    let margin = margin(&talk.candidates);
    talk.note(5, true, Reason::Confident { best, margin, by });
    talk.understood();
    let text = talk.heard.text.clone();
    go(talk, &to, &[&text])
}

/// Returns why nothing is sure, with what it would have needed.
fn why_not(talk: &Talk) -> Reason {
    let limits = &talk.policy.limits;
    let Some(best) = talk.candidates.first().map(|best| named(talk, best)) else { return Reason::NoIntent };
    if best.target.is_none() {
        let expired = talk.knowledge.intents.get(&best.intent).is_some_and(|k| !k.answers.is_empty());
        return Reason::NothingToSay { best, expired };
    }
    if let Some(costs) = limits.costs {
        let cost = expected(talk, costs);
        return Reason::Costs { best, answer: cost.answer, ask: cost.ask, handoff: cost.handoff };
    }
    let margin = margin(&talk.candidates);
    Reason::Unsure { best, need: limits.answer, margin, need_margin: limits.margin }
}

/// Returns the targets a query of one word may mean, when nothing waits and there are several.
fn one_word(talk: &Talk) -> Option<(String, Vec<Candidate>)> {
    if talk.state.pending.is_some() || !talk.state.stack.is_empty() {
        return None;
    }
    let word = signless(&talk.folded);
    let letters = word.chars().count();
    let latin = word.is_ascii();
    let single = if latin { !talk.folded.trim().contains(' ') && letters >= 3 } else { (2..=4).contains(&letters) };
    if !single {
        return None;
    }
    let mut between: Vec<Candidate> = Vec::new();
    let mut add = |target: Target, intent: &str, label: &str, talk: &Talk| {
        if between.iter().all(|c| c.target.as_ref() != Some(&target)) {
            let known = talk.candidates.iter().find(|c| c.way.is_some_and(|way| way.is(&target, talk.policy)));
            let probability = known.map_or(0.0, |c| c.probability);
            between.push(Candidate {
                intent: intent.to_owned(),
                target: Some(target),
                label: label.to_owned(),
                probability,
            });
        }
    };
    for topic in &talk.policy.topics {
        if topic.titled.folded.contains(&word) {
            add(Target::Topic(topic.name.clone()), &topic.name, topic.title(), talk);
        }
    }
    for (intent, known) in &talk.knowledge.intents {
        if known.asked.contains(&word)
            && let Some(to @ Target::Answers(_)) = target(talk, intent)
        {
            add(to, intent, &known.question, talk);
        }
    }
    between.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    between.truncate(talk.policy.limits.options as usize);
    (between.len() > 1).then_some((word, between))
}
