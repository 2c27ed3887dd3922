//! Arms nobody reaches, topics without a way on, greetings that stay silent.

use crate::dialogue::guard::expr::{Expr, Guard, Term};
use crate::dialogue::lint::cases::{Case, Cases, MOST};
use crate::dialogue::lint::fault::{Fault, FaultKind, Severity};
use crate::dialogue::policy::design::{Call, Policy, Topic, failed};
use crate::dialogue::policy::saying::{Piece, pieces};

pub(crate) fn arms(policy: &Policy, topic: &Topic, faults: &mut Vec<Fault>) {
    let name = || topic.name.clone();
    let mut add = |line, severity, kind| faults.push(Fault { line, severity, kind });
    if topic.arms.is_empty() {
        add(topic.line, Severity::Warning, FaultKind::NoOutcome { topic: name() });
        return;
    }
    for arm in &topic.arms {
        if let Some(slot) = &arm.redo
            && !arm.when.as_ref().is_some_and(|guard| mentions(guard, slot))
        {
            add(arm.line, Severity::Warning, FaultKind::RedoLoop { topic: name(), slot: slot.clone() });
        }
    }
    let guards: Vec<&Guard> = topic.arms.iter().filter_map(|a| a.when.as_ref()).collect();
    let paths: Vec<Vec<&str>> = topic.arms.iter().map(paths).collect();
    let slots: Vec<&str> = {
        let parts = paths.iter().flatten().flat_map(|path| path.split('.'));
        let mut slots: Vec<&str> =
            parts.filter(|part| policy.entity(part).is_some_and(|e| e.values().is_some())).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    };
    // What an arm's call that fails sets; the arm is not taken then.
    let fails: Vec<Option<String>> = topic
        .arms
        .iter()
        .map(|arm| {
            arm.call.as_ref().filter(|name| policy.call(name).is_some_and(Call::may_fail)).map(|name| failed(name))
        })
        .collect();
    let also: Vec<&str> = slots.into_iter().chain(fails.iter().flatten().map(String::as_str)).collect();
    let cases = Cases::of(policy, Some(topic), &guards, &also);
    if cases.count() > MOST {
        add(topic.line, Severity::Warning, FaultKind::TooManyCases { topic: name() });
        return;
    }
    let mut tally = Tally::new(topic.arms.len());
    let mut absent: Vec<(u32, String)> = Vec::new();
    cases.each(&mut |case| {
        let taken = tally.walk(case, topic, &fails);
        for path in taken.map_or(&[][..], |place| &paths[place]) {
            if let Some(missing) = missing_fact(policy, case, path) {
                let line = taken.map_or(topic.line, |place| topic.arms[place].line);
                if !absent.contains(&(line, missing.clone())) {
                    absent.push((line, missing));
                }
            }
        }
        true
    });
    for (place, arm) in topic.arms.iter().enumerate() {
        let Some(guard) = arm.when.as_ref().filter(|_| !tally.held[place]) else {
            if !tally.taken[place] && !arm.goes_on() {
                let by = tally.by[place].clone();
                add(arm.line, Severity::Error, FaultKind::ShadowedArm { topic: name(), arm: place, by });
            }
            continue;
        };
        add(arm.line, Severity::Error, FaultKind::NeverHolds { topic: name(), guard: guard.source.clone() });
    }
    if let Some(example) = tally.dead {
        add(topic.line, Severity::Error, FaultKind::DeadEnd { topic: name(), example });
    }
    for (line, path) in absent {
        add(line, Severity::Warning, FaultKind::MissingFact { path });
    }
}

/// What trying all cases showed.
struct Tally {
    /// The guard held at all.
    held: Vec<bool>,
    taken: Vec<bool>,
    /// The arms that took cases in which this one held.
    by: Vec<Vec<usize>>,
    dead: Option<Vec<(String, String)>>,
}

impl Tally {
    fn new(count: usize) -> Self {
        Self { held: vec![false; count], taken: vec![false; count], by: vec![Vec::new(); count], dead: None }
    }

    fn walk(&mut self, case: &Case, topic: &Topic, fails: &[Option<String>]) -> Option<usize> {
        let (mut taken, mut failed) = (None, false);
        for (place, arm) in topic.arms.iter().enumerate() {
            if !case.holds(arm.when.as_ref()) {
                continue;
            }
            self.held[place] = true;
            let fails = fails[place].as_ref().is_some_and(|name| case.value(name).is_some());
            failed |= fails;
            match taken {
                None if fails && !arm.goes_on() => {}
                None if arm.goes_on() => self.taken[place] = true,
                None => {
                    self.taken[place] = true;
                    taken = Some(place);
                }
                Some(earlier) => {
                    if !self.by[place].contains(&earlier) {
                        self.by[place].push(earlier);
                    }
                }
            }
        }
        // That a failure leads on is looked at by itself (`calls`).
        if taken.is_none() && self.dead.is_none() && !failed {
            self.dead = Some(case.example());
        }
        taken
    }
}

/// Returns the paths into the knowledge that an arm says.
fn paths(arm: &crate::dialogue::policy::design::Arm) -> Vec<&str> {
    let texts = arm.say.lines.iter().flat_map(|line| pieces(&line.text));
    texts
        .filter_map(|piece| match piece {
            Piece::Slot(name) => name.strip_prefix("kb."),
            Piece::Words(_) => None,
        })
        .collect()
}

/// Returns the path with this case's values when the knowledge has nothing there.
fn missing_fact(policy: &Policy, case: &Case, path: &str) -> Option<String> {
    let plain: Vec<&str> = path.split('.').collect();
    let filled: Vec<&str> = plain.iter().map(|part| case.value(part).unwrap_or(part)).collect();
    // A part that is a free slot may be anything.
    let open = filled.iter().any(|part| policy.entity(part).is_some_and(|e| e.values().is_none()));
    let known = policy.fact(&filled).or_else(|| policy.fact(&plain)).is_some();
    (!known && !open).then(|| filled.join("."))
}

pub(crate) fn mentions(guard: &Guard, name: &str) -> bool {
    let mut found = false;
    let is = |term: &Term| matches!(term, Term::Name(n) if n == name);
    guard.expr.each(&mut |expr| {
        found |= match expr {
            Expr::Set(n) | Expr::Within(n, _, _) | Expr::OneOf(n, _) => n == name,
            Expr::Compare(left, _, right) => is(left) || is(right),
            _ => false,
        }
    });
    found
}

pub(crate) fn openings(policy: &Policy, faults: &mut Vec<Fault>) {
    if policy.open.is_empty() {
        return;
    }
    let guards: Vec<&Guard> = policy.open.iter().filter_map(|o| o.when.as_ref()).collect();
    let cases = Cases::of(policy, None, &guards, &[]);
    if cases.count() > MOST {
        return;
    }
    let mut taken = vec![false; policy.open.len()];
    let mut silent = None;
    cases.each(&mut |case| {
        match policy.open.iter().position(|o| case.holds(o.when.as_ref())) {
            Some(place) => taken[place] = true,
            None => silent = silent.take().or_else(|| Some(case.example())),
        }
        true
    });
    for (place, opening) in policy.open.iter().enumerate().filter(|(place, _)| !taken[*place]) {
        let kind = FaultKind::ShadowedOpening { opening: place };
        faults.push(Fault { line: opening.line, severity: Severity::Warning, kind });
    }
    if let Some(example) = silent {
        let kind = FaultKind::SilentOpening { example };
        faults.push(Fault { line: policy.open[0].line, severity: Severity::Warning, kind });
    }
}
