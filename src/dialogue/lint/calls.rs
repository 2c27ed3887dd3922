//! Calls that may go outside: what they take and give, and what is said when they fail.

use crate::dialogue::lint::arms::mentions;
use crate::dialogue::lint::fault::{Fault, FaultKind, Severity};
use crate::dialogue::lint::names::{fact, near, never_given};
use crate::dialogue::policy::design::{Call, FAILED, Policy, Signature, Topic, failed};
use crate::dialogue::turn::view::BUILT_IN;

pub(crate) fn calls(policy: &Policy, faults: &mut Vec<Fault>) {
    for call in &policy.calls {
        if let Some(signature) = &call.signature {
            names(policy, call, signature, faults);
        }
    }
    for topic in &policy.topics {
        for (place, name) in topic.arms.iter().enumerate().filter_map(|(place, arm)| Some((place, arm.call.as_ref()?)))
        {
            let Some(call) = policy.call(name).filter(|call| call.may_fail()) else { continue };
            if !is_failure_met(topic, place, name) {
                // While rows answer, only a failure of the outside leads there.
                let severity = if call.rows.is_empty() { Severity::Error } else { Severity::Warning };
                let kind = FaultKind::NoFailureArm { topic: topic.name.clone(), call: name.clone() };
                faults.push(Fault { line: topic.arms[place].line, severity, kind });
            }
        }
    }
}

/// Tells whether a later arm asks for the failure, or takes what an arm that speaks would not say then.
fn is_failure_met(topic: &Topic, place: usize, call: &str) -> bool {
    let name = failed(call);
    let (calling, later) = (&topic.arms[place], &topic.arms[place + 1..]);
    let asked = later.iter().filter_map(|arm| arm.when.as_ref()).any(|guard| mentions(guard, &name));
    asked || !calling.goes_on() && later.iter().any(|arm| arm.when.is_none())
}

fn names(policy: &Policy, call: &Call, signature: &Signature, faults: &mut Vec<Fault>) {
    let mut add = |line, severity, kind| faults.push(Fault { line, severity, kind });
    for (name, line) in &signature.gives {
        if name == FAILED {
            add(*line, Severity::Error, FaultKind::ReservedName { name: failed(&call.name) });
        } else if !call.rows.is_empty() && !call.rows.iter().any(|row| row.give.contains_key(name)) {
            add(*line, Severity::Warning, never_given(call, name));
        }
    }
    let calling =
        policy.topics.iter().filter(|topic| topic.arms.iter().any(|arm| arm.call.as_ref() == Some(&call.name)));
    for (name, line) in &signature.takes {
        let given = name.split_once('.').and_then(|(other, key)| Some(policy.call(other)?.may_give(key)));
        if BUILT_IN.contains(&name.as_str()) || fact(policy, name) || given == Some(true) {
            continue;
        }
        if policy.entity(name).is_none() {
            let near = near(name, policy.entities.iter().map(|entity| entity.name.as_str()));
            add(*line, Severity::Error, FaultKind::UnknownEntity { name: name.clone(), near });
            continue;
        }
        for topic in calling.clone().filter(|topic| !topic.needs.iter().any(|(slot, _)| slot == name)) {
            add(*line, Severity::Warning, FaultKind::SlotNotNeeded { topic: topic.name.clone(), slot: name.clone() });
        }
    }
}
