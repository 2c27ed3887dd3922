//! Checking a policy as a whole.

use std::collections::BTreeSet;

use crate::dialogue::hear::fold::{fold, signless};
use crate::dialogue::lint::arms::{arms, openings};
use crate::dialogue::lint::calls::calls;
use crate::dialogue::lint::ends::ends;
use crate::dialogue::lint::fault::{Fault, FaultKind, Severity};
use crate::dialogue::lint::names::{guard, near, placeholders};
use crate::dialogue::lint::sayings::sayings;
use crate::dialogue::lint::text::text_faults;
use crate::dialogue::policy::design::{Fact, Policy, StepKind, Topic};
use crate::dialogue::turn::view::BUILT_IN;

/// More clarifying questions in a row than a customer bears.
const BEARABLE: u32 = 4;

/// Returns the faults of a policy, by line. `intents` are the names of the catalogue; without any, intents are
/// not checked.
///
/// ```
/// use daoshi::dialogue::lint::check::lint;
/// use daoshi::dialogue::lint::fault::FaultKind;
/// use daoshi::dialogue::policy::read::read;
///
/// let policy = read("topics:\n  loan: {needs: [amuont], do: [{say: 好的}]}\nentities: {amount: {type: money}}\n").unwrap();
/// let faults = lint(&policy, &["loan"]);
/// let unknown = FaultKind::UnknownEntity { name: "amuont".into(), near: Some("amount".into()) };
/// assert!(faults.iter().any(|f| f.line == 2 && f.kind == unknown));
/// ```
pub fn lint(policy: &Policy, intents: &[&str]) -> Vec<Fault> {
    let mut check = Check { policy, intents, faults: Vec::new() };
    check.limits();
    check.entities();
    check.topics();
    check.clarify();
    check.moods();
    check.ladder();
    check.faq();
    check.texts();
    check.unused();
    calls(policy, &mut check.faults);
    ends(policy, &mut check.faults);
    openings(policy, &mut check.faults);
    let mut faults = check.faults;
    faults.sort_by_key(|fault| (fault.line, fault.severity));
    faults.dedup();
    faults
}

struct Check<'p> {
    policy: &'p Policy,
    intents: &'p [&'p str],
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn error(&mut self, line: u32, kind: FaultKind) {
        self.faults.push(Fault { line, severity: Severity::Error, kind });
    }

    fn warn(&mut self, line: u32, kind: FaultKind) {
        self.faults.push(Fault { line, severity: Severity::Warning, kind });
    }

    fn intent(&mut self, line: u32, intent: &str) -> bool {
        if self.intents.is_empty() || self.intents.contains(&intent) {
            return true;
        }
        let near = near(intent, self.intents.iter().copied());
        self.error(line, FaultKind::UnknownIntent { intent: intent.to_owned(), near });
        false
    }

    fn topic(&mut self, line: u32, name: &str) {
        if self.policy.topic(name).is_none() {
            let near = near(name, self.policy.topics.iter().map(|t| t.name.as_str()));
            self.error(line, FaultKind::UnknownTopic { name: name.to_owned(), near });
        }
    }

    fn queue(&mut self, line: u32, name: &str) {
        if self.policy.queue(name).is_none() {
            let near = near(name, self.policy.handoff.iter().map(|q| q.name.as_str()));
            self.error(line, FaultKind::UnknownQueue { name: name.to_owned(), near });
        }
    }

    fn entity(&mut self, line: u32, name: &str) {
        if self.policy.entity(name).is_none() {
            let near = near(name, self.policy.entities.iter().map(|e| e.name.as_str()));
            self.error(line, FaultKind::UnknownEntity { name: name.to_owned(), near });
        }
    }

    fn limits(&mut self) {
        let policy = self.policy;
        let (limits, line) = (&policy.limits, policy.limits_line);
        let cap = limits.cap();
        if limits.clarify.is_none() && policy.topics.len() > 1 {
            self.warn(line, FaultKind::ClarifyUncapped { cap });
        } else if cap > BEARABLE {
            self.warn(line, FaultKind::ClarifyMany { cap });
        }
        if limits.costs.is_none() && limits.ask > limits.answer {
            self.warn(line, FaultKind::AskAboveAnswer { ask: limits.ask, answer: limits.answer });
        }
        if let Some(queue) = &policy.bot.human {
            self.queue(policy.bot.line, queue);
        }
        for intent in &policy.close.intents {
            self.intent(policy.close.line, intent);
        }
    }

    fn entities(&mut self) {
        for entity in &self.policy.entities {
            if BUILT_IN.contains(&entity.name.as_str()) || entity.name == "kb" {
                self.error(entity.line, FaultKind::ReservedName { name: entity.name.clone() });
            }
            let mut seen: Vec<(String, &str)> = Vec::new();
            for (value, synonyms) in entity.values().unwrap_or_default() {
                for word in std::iter::once(value).chain(synonyms) {
                    let folded = fold(word);
                    match seen.iter().find(|(known, _)| *known == folded) {
                        Some((_, first)) if first != value => {
                            let (first, second) = ((*first).to_owned(), value.clone());
                            let (entity_name, word) = (entity.name.clone(), word.clone());
                            let kind = FaultKind::DoubleWord { entity: entity_name, word, first, second };
                            self.warn(entity.line, kind);
                        }
                        _ => seen.push((folded, value)),
                    }
                }
            }
        }
    }

    fn topics(&mut self) {
        let policy = self.policy;
        let menus: BTreeSet<&str> = policy
            .topics
            .iter()
            .flat_map(|t| t.arms.iter().flat_map(|a| &a.menu))
            .chain(policy.fallback.iter().flat_map(|step| match &step.kind {
                StepKind::Menu(_, topics) => topics.as_slice(),
                _ => &[],
            }))
            .map(String::as_str)
            .collect();
        let mut claimed: Vec<(&str, &str)> = Vec::new();
        for topic in &policy.topics {
            let mut reached = self.intents.is_empty() || menus.contains(topic.name.as_str());
            for (intent, line) in &topic.intents {
                reached |= self.intent(*line, intent);
                match claimed.iter().find(|(known, _)| known == intent) {
                    Some((_, first)) => {
                        let (first, second) = ((*first).to_owned(), topic.name.clone());
                        self.error(*line, FaultKind::DoubleIntent { intent: intent.clone(), first, second });
                    }
                    None => claimed.push((intent, &topic.name)),
                }
            }
            if !reached || topic.intents.is_empty() && !menus.contains(topic.name.as_str()) {
                self.warn(topic.line, FaultKind::Unreachable { topic: topic.name.clone() });
            }
            self.one_topic(topic);
        }
    }

    fn one_topic(&mut self, topic: &Topic) {
        let needs = |slot: &str| topic.needs.iter().any(|(need, _)| need == slot);
        for (slot, line) in &topic.needs {
            self.entity(*line, slot);
        }
        for question in &topic.ask {
            for slot in &question.slots {
                if self.policy.entity(slot).is_none() {
                    self.entity(question.line, slot);
                } else if !needs(slot) {
                    let kind = FaultKind::SlotNotNeeded { topic: topic.name.clone(), slot: slot.clone() };
                    self.warn(question.line, kind);
                }
            }
        }
        for arm in &topic.arms {
            if let Some(when) = &arm.when {
                guard(self.policy, Some(topic), when, &mut self.faults);
            }
            if let Some(queue) = &arm.handoff {
                self.queue(arm.line, queue);
            }
            if let Some(slot) = &arm.redo {
                self.entity(arm.line, slot);
                if self.policy.entity(slot).is_some() && !needs(slot) {
                    let kind = FaultKind::SlotNotNeeded { topic: topic.name.clone(), slot: slot.clone() };
                    self.error(arm.line, kind);
                }
            }
            for name in &arm.menu {
                self.topic(arm.line, name);
            }
            let calls = &self.policy.calls;
            if let Some(call) =
                arm.call.as_ref().filter(|call| !calls.is_empty() && !calls.iter().any(|c| c.name == **call))
            {
                let near = near(call, calls.iter().map(|c| c.name.as_str()));
                self.warn(arm.line, FaultKind::UnknownCall { name: call.clone(), near });
            }
        }
        arms(self.policy, topic, &mut self.faults);
    }

    fn clarify(&mut self) {
        let policy = self.policy;
        let mut seen: Vec<(BTreeSet<&str>, u32)> = Vec::new();
        for clarify in &policy.clarify {
            for name in &clarify.between {
                let intent = self.intents.contains(&name.as_str());
                if policy.topic(name).is_none() && !intent {
                    self.topic(clarify.line, name);
                }
            }
            let names: BTreeSet<&str> = clarify.between.iter().map(String::as_str).collect();
            if !clarify.between.is_empty() && names.len() < 2 {
                self.error(clarify.line, FaultKind::ClarifyOfOne);
            }
            match seen.iter().find(|(known, _)| *known == names) {
                Some((_, first_line)) => {
                    let kind = FaultKind::DoubleClarify { between: clarify.between.clone(), first_line: *first_line };
                    self.error(clarify.line, kind);
                }
                None => seen.push((names, clarify.line)),
            }
        }
    }

    fn moods(&mut self) {
        for mood in &self.policy.moods {
            guard(self.policy, None, &mood.when, &mut self.faults);
            for topic in &mood.prefer {
                self.topic(mood.line, topic);
            }
            match &mood.to {
                Some(queue) => self.queue(mood.line, queue),
                None if mood.handoff_after.is_some() && self.policy.human_queue().is_none() => {
                    self.error(mood.line, FaultKind::NoQueue);
                }
                None => {}
            }
        }
    }

    fn ladder(&mut self) {
        let policy = self.policy;
        let Some(last) = policy.fallback.last() else {
            self.warn(1, FaultKind::NoFallback);
            return;
        };
        for step in &policy.fallback {
            match &step.kind {
                StepKind::Menu(_, topics) => topics.iter().for_each(|name| self.topic(step.line, name)),
                StepKind::Handoff(queue) => self.queue(step.line, queue),
                StepKind::Say(_) => {}
            }
        }
        if !matches!(last.kind, StepKind::Handoff(_)) {
            self.warn(last.line, FaultKind::LadderWithoutEnd);
        }
        for queue in &policy.handoff {
            let parts = ["goal", "slots", "mood", "last3", "why", "said"];
            for part in queue.packet.iter().filter(|part| !parts.contains(&part.as_str())) {
                self.entity(queue.line, part);
            }
        }
    }

    fn faq(&mut self) {
        let mut seen: Vec<(String, u32)> = Vec::new();
        for faq in &self.policy.faq {
            for intent in &faq.intents {
                self.intent(faq.line, intent);
            }
            for question in &faq.questions {
                let folded = signless(&fold(question));
                match seen.iter().find(|(known, _)| *known == folded) {
                    Some((_, first_line)) => {
                        let (question, first_line) = (question.clone(), *first_line);
                        self.warn(faq.line, FaultKind::DoubleQuestion { question, first_line });
                    }
                    None => seen.push((folded, faq.line)),
                }
            }
        }
    }

    fn texts(&mut self) {
        let policy = self.policy;
        for placed in sayings(policy) {
            if placed.needed && placed.say.is_empty() {
                self.error(placed.line, FaultKind::EmptySay { place: placed.place.clone() });
            }
            for line in &placed.say.lines {
                if line.text.trim().is_empty() {
                    self.error(line.at, FaultKind::EmptySay { place: placed.place.clone() });
                }
                for kind in text_faults(&line.text) {
                    self.warn(line.at, kind);
                }
            }
            placeholders(policy, placed.topic, placed.say, &mut self.faults);
        }
        let mut facts: Vec<&Fact> = policy.kb.iter().map(|(_, fact)| fact).collect();
        while let Some(fact) = facts.pop() {
            match fact {
                Fact::Text(text) => text_faults(text).into_iter().for_each(|kind| self.warn(1, kind)),
                Fact::Table(inner) => facts.extend(inner.iter().map(|(_, fact)| fact)),
            }
        }
        for opening in &policy.open {
            if let Some(when) = &opening.when {
                guard(policy, None, when, &mut self.faults);
            }
        }
    }

    /// Finds entities no topic needs, calls and word lists nothing uses, and queues nobody hands over to.
    fn unused(&mut self) {
        let policy = self.policy;
        let called = |name: &str| policy.topics.iter().flat_map(|t| &t.arms).any(|a| a.call.as_deref() == Some(name));
        for call in policy.calls.iter().filter(|call| !called(&call.name)) {
            self.warn(call.line, FaultKind::Unused { name: call.name.clone() });
        }
        for entity in &policy.entities {
            if !policy.topics.iter().any(|t| t.needs.iter().any(|(slot, _)| *slot == entity.name)) {
                self.warn(entity.line, FaultKind::Unused { name: entity.name.clone() });
            }
        }
        let arms = policy.topics.iter().flat_map(|t| &t.arms).filter_map(|a| a.handoff.as_deref());
        let moods = policy.moods.iter().filter_map(|m| m.to.as_deref());
        let steps = policy.fallback.iter().filter_map(|s| match &s.kind {
            StepKind::Handoff(queue) => Some(queue.as_str()),
            _ => None,
        });
        let used: BTreeSet<&str> = arms.chain(moods).chain(steps).chain(policy.human_queue()).collect();
        for queue in policy.handoff.iter().filter(|q| !used.contains(q.name.as_str())) {
            self.warn(queue.line, FaultKind::Unused { name: queue.name.clone() });
        }
    }
}
