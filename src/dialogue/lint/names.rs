//! Names in guards and texts that nothing gives a value.

use crate::dialogue::guard::expr::{Expr, Guard, Term};
use crate::dialogue::lint::fault::{Fault, FaultKind, Severity};
use crate::dialogue::nearest::nearest;
use crate::dialogue::policy::design::{Call, Fact, Policy, Topic};
use crate::dialogue::policy::saying::{Piece, Saying, pieces};
use crate::dialogue::turn::view::{BUILT_IN, TEXT_ONLY};

/// The risks an emotion may carry; lists of words without a definition.
pub(crate) const RISKS: &[&str] = &["complaint", "regulator", "media", "legal", "fraud", "safety", "leaving", "human"];

/// Returns the nearest name to a wrong one.
pub(crate) fn near<'n>(word: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    nearest(word, known).map(str::to_owned)
}

/// Checks the names of a guard, within a topic when there is one.
pub(crate) fn guard(policy: &Policy, topic: Option<&Topic>, guard: &Guard, faults: &mut Vec<Fault>) {
    let mut add = |severity, kind| {
        let fault = Fault { line: guard.line, severity, kind };
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    };
    let left = |name: &str, add: &mut dyn FnMut(Severity, FaultKind)| {
        if BUILT_IN.contains(&name) || fact(policy, name) {
            return;
        }
        if let Some((call, key)) = value_of_call(policy, name) {
            if !call.may_give(key) {
                add(Severity::Warning, never_given(call, key));
            }
            return;
        }
        match (policy.entity(name), topic) {
            (None, _) => {
                let near = near(name, known_names(policy));
                let kind = FaultKind::UnknownName { name: name.to_owned(), guard: guard.source.clone(), near };
                add(Severity::Error, kind);
            }
            (Some(_), Some(topic)) if !topic.needs.iter().any(|(slot, _)| slot == name) => {
                let kind = FaultKind::SlotNotNeeded { topic: topic.name.clone(), slot: name.to_owned() };
                add(Severity::Warning, kind);
            }
            (Some(_), None) => add(Severity::Warning, FaultKind::SlotOutsideTopic { slot: name.to_owned() }),
            _ => {}
        }
    };
    let value = |name: &str, word: &str, add: &mut dyn FnMut(Severity, FaultKind)| {
        let listed = policy.entity(name).and_then(|e| e.values());
        if let Some(values) = listed
            && !values.iter().any(|(value, _)| value == word)
        {
            let near = near(word, values.iter().map(|(value, _)| value.as_str()));
            let kind = FaultKind::UnknownValue { entity: name.to_owned(), value: word.to_owned(), near };
            add(Severity::Error, kind);
        }
        if name == "mood" && word != "calm" && !policy.moods.iter().any(|m| m.name == word) {
            let near = near(word, policy.moods.iter().map(|m| m.name.as_str()));
            add(Severity::Error, FaultKind::UnknownMood { name: word.to_owned(), near });
        }
    };
    guard.expr.each(&mut |expr| match expr {
        Expr::Set(name) | Expr::Within(name, _, _) => left(name, &mut add),
        Expr::OneOf(name, values) => {
            left(name, &mut add);
            values.iter().for_each(|word| value(name, word, &mut add));
        }
        Expr::Words(list) => {
            let defined = policy.words.iter().any(|(name, _)| name == list);
            if !defined && !RISKS.contains(&list.as_str()) {
                let known = policy.words.iter().map(|(name, _)| name.as_str()).chain(RISKS.iter().copied());
                add(Severity::Error, FaultKind::UnknownWords { name: list.clone(), near: near(list, known) });
            }
        }
        Expr::Compare(a, _, b) => match (a, b) {
            (Term::Name(a), Term::Name(b)) => {
                left(a, &mut add);
                let known = BUILT_IN.contains(&b.as_str()) || fact(policy, b) || policy.entity(b).is_some();
                if !known && value_of_call(policy, b).is_none() {
                    value(a, b, &mut add);
                }
            }
            (Term::Name(name), Term::Quoted(word)) | (Term::Quoted(word), Term::Name(name)) => {
                left(name, &mut add);
                value(name, word, &mut add);
            }
            (Term::Name(name), _) | (_, Term::Name(name)) => left(name, &mut add),
            _ => {}
        },
        Expr::All(_) | Expr::Any(_) | Expr::Not(_) => {}
    });
}

/// Checks the placeholders of a saying.
pub(crate) fn placeholders(policy: &Policy, topic: Option<&Topic>, say: &Saying, faults: &mut Vec<Fault>) {
    for line in &say.lines {
        for piece in pieces(&line.text) {
            let Piece::Slot(name) = piece else { continue };
            if let Some(kind) = placeholder(policy, topic, name) {
                let severity = match kind {
                    FaultKind::UnknownPlaceholder { .. } => Severity::Error,
                    _ => Severity::Warning,
                };
                faults.push(Fault { line: line.at, severity, kind });
            }
        }
        if let Some(when) = &line.when {
            guard(policy, topic, when, faults);
        }
    }
}

fn placeholder(policy: &Policy, topic: Option<&Topic>, name: &str) -> Option<FaultKind> {
    if BUILT_IN.contains(&name) || TEXT_ONLY.contains(&name) || name == "queue" || name == "slot" {
        return None;
    }
    if let Some(path) = name.strip_prefix("kb.") {
        // A part may name a slot; `arms` tries its values.
        let slots = path.split('.').any(|part| policy.entity(part).is_some());
        return (!slots && !fact(policy, path)).then(|| FaultKind::MissingFact { path: path.to_owned() });
    }
    if policy.entity(name).is_some() {
        return match topic {
            None => Some(FaultKind::SlotOutsideTopic { slot: name.to_owned() }),
            Some(topic) if !topic.needs.iter().any(|(slot, _)| slot == name) => {
                Some(FaultKind::SlotNotNeeded { topic: topic.name.clone(), slot: name.to_owned() })
            }
            Some(_) => None,
        };
    }
    let given = value_of_call(policy, name).is_some_and(|(call, key)| call.may_give(key));
    if fact(policy, name) || given {
        return None;
    }
    let near = near(name, TEXT_ONLY.iter().copied().chain(known_names(policy)));
    Some(FaultKind::UnknownPlaceholder { name: name.to_owned(), near })
}

pub(crate) fn fact(policy: &Policy, name: &str) -> bool {
    let path: Vec<&str> = name.strip_prefix("kb.").unwrap_or(name).split('.').collect();
    policy.fact(&path).is_some()
}

/// Returns the call and the key of a name that is a value of a call.
fn value_of_call<'p, 'n>(policy: &'p Policy, name: &'n str) -> Option<(&'p Call, &'n str)> {
    let (call, key) = name.split_once('.')?;
    Some((policy.call(call)?, key))
}

/// Returns the fault of a value of a call that nothing gives.
pub(crate) fn never_given(call: &Call, key: &str) -> FaultKind {
    let told = call.signature.iter().flat_map(|signature| &signature.gives).map(|(name, _)| name.as_str());
    let rows = call.rows.iter().flat_map(|row| row.give.keys().map(String::as_str));
    let near = near(key, told.chain(rows).filter(|known| *known != key));
    FaultKind::NeverGiven { call: call.name.clone(), value: key.to_owned(), near }
}

fn known_names(policy: &Policy) -> impl Iterator<Item = &str> {
    let plain = policy.kb.iter().filter(|(_, fact)| matches!(fact, Fact::Text(_))).map(|(name, _)| name.as_str());
    policy.entities.iter().map(|e| e.name.as_str()).chain(plain).chain(BUILT_IN.iter().copied())
}
