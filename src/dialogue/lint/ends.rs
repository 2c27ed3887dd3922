//! Talks that do not end well: menus in a circle, questions without a right answer, anger without a person.

use crate::dialogue::lint::cases::can_be_valid;
use crate::dialogue::lint::fault::{Fault, FaultKind, Severity};
use crate::dialogue::lint::names::{RISKS, near};
use crate::dialogue::policy::design::{Policy, StepKind, Topic};

/// The mood whose customers must not be asked twice.
const ANGRY: &str = "angry";

pub(crate) fn ends(policy: &Policy, faults: &mut Vec<Fault>) {
    let mut add = |line, severity, kind| faults.push(Fault { line, severity, kind });
    for topics in circles(policy) {
        let line = policy.topic(&topics[0]).map_or(1, |topic| topic.line);
        add(line, Severity::Error, FaultKind::EndlessMenus { topics });
    }
    for entity in &policy.entities {
        let needed = policy.topics.iter().any(|t| t.needs.iter().any(|(slot, _)| *slot == entity.name));
        if let Some(rule) = entity.valid.as_ref().filter(|_| needed && !can_be_valid(entity)) {
            let kind = FaultKind::Unfillable { entity: entity.name.clone(), rule: rule.source.clone() };
            add(entity.line, Severity::Error, kind);
        }
    }
    let mut labels: Vec<(&str, &str)> = Vec::new();
    for topic in &policy.topics {
        match labels.iter().find(|(label, _)| *label == topic.title()) {
            Some((label, first)) => {
                let (label, first) = ((*label).to_owned(), (*first).to_owned());
                add(topic.line, Severity::Warning, FaultKind::DoubleLabel { label, first, second: topic.name.clone() });
            }
            None => labels.push((topic.title(), &topic.name)),
        }
    }
    for call in &policy.calls {
        let always = call.rows.iter().position(|row| row.when.is_none());
        if let Some(row) = always.filter(|row| row + 1 < call.rows.len()) {
            let kind = FaultKind::ShadowedRow { call: call.name.clone(), row: row + 2 };
            add(call.line, Severity::Warning, kind);
        }
    }
    for mood in policy.moods.iter().filter(|mood| mood.name == ANGRY) {
        let cap = policy.limits.cap().min(mood.clarify.unwrap_or(u32::MAX));
        if cap > 1 {
            add(mood.line, Severity::Warning, FaultKind::AngryAskedTwice { mood: mood.name.clone(), cap });
        }
        if mood.handoff_after.is_none() {
            add(mood.line, Severity::Warning, FaultKind::AngerWithoutEnd { mood: mood.name.clone() });
        }
    }
    let mut said: Vec<(&str, u32)> = Vec::new();
    for rung in &policy.fallback {
        let (StepKind::Say(say) | StepKind::Menu(say, _)) = &rung.kind else { continue };
        for line in &say.lines {
            match said.iter().find(|(text, _)| *text == line.text) {
                Some((text, first_line)) => {
                    let kind = FaultKind::RepeatedRung { text: (*text).to_owned(), first_line: *first_line };
                    add(line.at, Severity::Warning, kind);
                }
                None => said.push((&line.text, line.at)),
            }
        }
    }
    for queue in &policy.handoff {
        if queue.hours.is_some_and(|(from, to)| from == to) {
            add(queue.line, Severity::Error, FaultKind::NeverOpen { queue: queue.name.clone() });
        }
    }
    for risk in policy.bot.risks.iter().filter(|risk| !RISKS.contains(&risk.as_str())) {
        let kind = FaultKind::UnknownRisk { name: risk.clone(), near: near(risk, RISKS.iter().copied()) };
        add(policy.bot.line, Severity::Error, kind);
    }
    for (name, words) in &policy.words {
        if words.iter().all(|word| word.trim().is_empty()) {
            add(1, Severity::Warning, FaultKind::EmptyWords { name: name.clone() });
        }
    }
}

/// Returns the topics that do nothing but offer each other: each circle once, from its first topic on.
fn circles(policy: &Policy) -> Vec<Vec<String>> {
    // Only a menu and nothing else, whatever holds.
    let offers = |topic: &Topic| -> Option<Vec<String>> {
        let only = !topic.arms.is_empty() && topic.arms.iter().all(|arm| !arm.menu.is_empty() && arm.handoff.is_none());
        only.then(|| topic.arms.iter().flat_map(|arm| arm.menu.clone()).collect())
    };
    // What can be left: everything but topics whose every offer cannot be left either.
    let mut stuck: Vec<&Topic> = policy.topics.iter().filter(|topic| offers(topic).is_some()).collect();
    loop {
        let before = stuck.len();
        let names: Vec<&str> = stuck.iter().map(|topic| topic.name.as_str()).collect();
        stuck.retain(|topic| offers(topic).is_some_and(|all| all.iter().all(|name| names.contains(&name.as_str()))));
        if stuck.len() == before {
            break;
        }
    }
    if stuck.is_empty() { Vec::new() } else { vec![stuck.iter().map(|topic| topic.name.clone()).collect()] }
}
