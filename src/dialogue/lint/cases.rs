//! Every combination of values that can make a difference to some guards.
//!
//! A listed entity has its values; a number has each constant it is compared with, what lies between, below and
//! above; a channel has those mentioned and another. So trying them all decides reachability exactly, but for
//! what calls give: a table gives anything its rows can give, one that may go outside what is mentioned and another.

use std::collections::BTreeMap;

use crate::dialogue::guard::eval::{Facts, Known, holds};
use crate::dialogue::guard::expr::{Expr, Guard, Term};
use crate::dialogue::policy::design::{Entity, FAILED, Kind, Policy, Topic};

/// More combinations than this are not tried.
pub(crate) const MOST: usize = 50_000;

/// A value no policy mentions.
pub(crate) const OTHER: &str = "…";

/// The names that matter and the values of each to try.
pub(crate) struct Cases<'p> {
    policy: &'p Policy,
    names: Vec<(String, Vec<Known>)>,
    lists: Vec<String>,
}

/// One combination.
pub(crate) struct Case<'c> {
    cases: &'c Cases<'c>,
    values: BTreeMap<&'c str, &'c Known>,
    lists: Vec<&'c str>,
}

impl<'p> Cases<'p> {
    /// Returns the combinations that matter to these guards, within a topic when there is one.
    pub fn of(policy: &'p Policy, topic: Option<&Topic>, guards: &[&Guard], also: &[&str]) -> Self {
        let mut seen = Seen::default();
        guards.iter().for_each(|guard| guard.expr.each(&mut |expr| seen.see(policy, expr)));
        also.iter().for_each(|name| seen.name(name));
        let numbers: Vec<f64> = seen.numbers.clone();
        let names = seen
            .names
            .iter()
            .filter_map(|(name, words)| {
                let values = values(policy, topic, name, words, &numbers);
                (!values.is_empty()).then(|| (name.clone(), values))
            })
            .collect();
        Self { policy, names, lists: seen.lists }
    }

    /// Returns how many combinations there are.
    pub fn count(&self) -> usize {
        let lists = 1usize.checked_shl(self.lists.len() as u32).unwrap_or(usize::MAX);
        self.names.iter().fold(lists, |count, (_, values)| count.saturating_mul(values.len()))
    }

    /// Visits every combination until told to stop.
    pub fn each(&self, see: &mut dyn FnMut(&Case) -> bool) {
        for number in 0..self.count() {
            let mut rest = number;
            let mut values = BTreeMap::new();
            for (name, choices) in &self.names {
                values.insert(name.as_str(), &choices[rest % choices.len()]);
                rest /= choices.len();
            }
            let on = |(place, list): (usize, &'_ String)| (rest >> place & 1 == 1).then_some(list.clone());
            let chosen: Vec<String> = self.lists.iter().enumerate().filter_map(on).collect();
            let lists = self.lists.iter().filter(|l| chosen.contains(l)).map(String::as_str).collect();
            if !see(&Case { cases: self, values, lists }) {
                return;
            }
        }
    }
}

impl Case<'_> {
    /// Tells whether a guard holds in this combination; none always does.
    pub fn holds(&self, guard: Option<&Guard>) -> bool {
        guard.is_none_or(|guard| holds(&guard.expr, self))
    }

    /// Returns the combination as people write it.
    pub fn example(&self) -> Vec<(String, String)> {
        let show = |known: &Known| match known {
            Known::Nothing | Known::Unset => String::new(),
            Known::Number(number) => number.to_string(),
            Known::Text(text) => text.clone(),
            Known::Many(many) => many.join(","),
        };
        let values = self.values.iter().map(|(name, value)| ((*name).to_owned(), show(value)));
        values.chain(self.lists.iter().map(|list| ("words".to_owned(), (*list).to_owned()))).collect()
    }

    /// Returns the value of a slot in this combination.
    pub fn value(&self, name: &str) -> Option<&str> {
        match self.values.get(name) {
            Some(Known::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl Facts for Case<'_> {
    fn known(&self, name: &str) -> Known {
        match self.values.get(name) {
            Some(known) => (*known).clone(),
            None => constant(self.cases.policy, name),
        }
    }

    fn is_value(&self, name: &str, word: &str) -> bool {
        if name == "mood" {
            return word == "calm" || self.cases.policy.moods.iter().any(|mood| mood.name == word);
        }
        let values = self.cases.policy.entity(name).and_then(|e| e.values());
        values.is_some_and(|values| values.iter().any(|(value, _)| value == word))
    }

    fn words(&self, list: &str) -> bool {
        self.lists.contains(&list)
    }
}

/// Returns what the knowledge always says about a name.
fn constant(policy: &Policy, name: &str) -> Known {
    let path: Vec<&str> = name.strip_prefix("kb.").unwrap_or(name).split('.').collect();
    policy.fact(&path).map_or(Known::Nothing, |text| Known::Text(text.to_owned()))
}

#[derive(Default)]
struct Seen {
    /// Each name with the plain values it is compared with.
    names: Vec<(String, Vec<String>)>,
    numbers: Vec<f64>,
    lists: Vec<String>,
}

impl Seen {
    fn name(&mut self, name: &str) {
        if self.names.iter().all(|(known, _)| known != name) {
            self.names.push((name.to_owned(), Vec::new()));
        }
    }

    fn word(&mut self, name: &str, word: &str) {
        self.name(name);
        if let Some((_, words)) = self.names.iter_mut().find(|(known, _)| known == name)
            && !words.iter().any(|w| w == word)
        {
            words.push(word.to_owned());
        }
        self.number(word);
    }

    fn number(&mut self, word: &str) {
        if let Ok(number) = word.parse::<f64>()
            && !self.numbers.contains(&number)
        {
            self.numbers.push(number);
        }
    }

    fn see(&mut self, policy: &Policy, expr: &Expr) {
        match expr {
            Expr::Set(name) => self.name(name),
            Expr::Within(name, from, to) => {
                self.name(name);
                self.number(&from.to_string());
                self.number(&to.to_string());
            }
            Expr::OneOf(name, values) => values.iter().for_each(|value| self.word(name, value)),
            Expr::Words(list) => {
                if !self.lists.contains(list) {
                    self.lists.push(list.clone());
                }
            }
            Expr::Compare(left, _, right) => {
                for (one, other) in [(left, right), (right, left)] {
                    match one {
                        Term::Number(number) => self.number(&number.to_string()),
                        Term::Quoted(text) => {
                            if let Term::Name(name) = other {
                                self.word(name, text);
                            }
                        }
                        Term::Name(name) => match (varies(policy, name), constant(policy, name), other) {
                            (true, _, _) => self.name(name),
                            (false, Known::Text(text), _) => self.number(&text),
                            (false, _, Term::Name(other)) => self.word(other, name),
                            _ => {}
                        },
                    }
                }
            }
            Expr::All(_) | Expr::Any(_) | Expr::Not(_) => {}
        }
    }
}

/// Tells whether a name may stand for different values.
fn varies(policy: &Policy, name: &str) -> bool {
    let call = name.split_once('.').map(|(call, _)| call);
    crate::dialogue::turn::view::BUILT_IN.contains(&name)
        || policy.entity(name).is_some()
        || call.is_some_and(|call| policy.calls.iter().any(|c| c.name == call))
}

/// Returns the values of a name to try.
fn values(policy: &Policy, topic: Option<&Topic>, name: &str, words: &[String], numbers: &[f64]) -> Vec<Known> {
    let text = |word: &str| Known::Text(word.to_owned());
    if let Some(entity) = policy.entity(name) {
        let needed = topic.is_some_and(|t| t.needs.iter().any(|(slot, _)| slot == name));
        let mut values: Vec<Known> = match entity.values() {
            Some(listed) => listed.iter().map(|(value, _)| text(value)).collect(),
            None => {
                let other = std::iter::once(OTHER.to_owned());
                let counted = spread(numbers).into_iter().map(|n| n.to_string());
                let counts = matches!(entity.kind, crate::dialogue::policy::design::Kind::Money)
                    || matches!(entity.kind, crate::dialogue::policy::design::Kind::Number);
                let all: Vec<String> = if counts && !numbers.is_empty() {
                    counted.collect()
                } else {
                    words.iter().cloned().chain(counted).chain(other).collect()
                };
                all.iter().map(|word| text(word)).collect()
            }
        };
        if let Some(rule) = &entity.valid {
            let valid = |value: &Known| match value {
                Known::Text(word) => holds(&rule.expr, &Only(word)),
                _ => true,
            };
            let kept: Vec<Known> = values.iter().filter(|v| valid(v)).cloned().collect();
            if !kept.is_empty() {
                values = kept;
            }
        }
        if !needed {
            values.push(Known::Unset);
        }
        return values;
    }
    match name {
        "channel" => words.iter().map(|w| text(w)).chain([text(OTHER)]).collect(),
        "mood" => policy.moods.iter().map(|m| text(&m.name)).chain([text("calm")]).collect(),
        "risk" => {
            let each = words.iter().map(|w| Known::Many(vec![w.clone()]));
            each.chain([Known::Many(Vec::new())]).collect()
        }
        "date" => words.iter().map(|w| text(w)).chain([text("0000-01-01"), text("9999-12-31")]).collect(),
        "hour" => clipped(numbers, 0.0, 23.99),
        "angry" | "anxious" | "confused" | "satisfied" | "score" => clipped(numbers, 0.0, 1.0),
        "turn" | "misses" => clipped(numbers, 0.0, 1000.0),
        "it" => Vec::new(),
        _ => {
            let Some((call, key)) = name.split_once('.') else { return Vec::new() };
            let Some(call) = policy.call(call) else { return Vec::new() };
            let given = call.rows.iter().map(|row| row.give.get(key).map_or(Known::Unset, |v| text(v)));
            let mut values: Vec<Known> = Vec::new();
            given.for_each(|value| {
                if !values.contains(&value) {
                    values.push(value);
                }
            });
            // The outside may give anything.
            if call.may_fail() {
                let counts: &[f64] = if key == FAILED { &[] } else { numbers };
                let counted = spread(counts).into_iter().map(|n| n.to_string());
                let others = words.iter().cloned().chain(counted).chain([OTHER.to_owned()]).map(|word| text(&word));
                others.for_each(|value| {
                    if !values.contains(&value) {
                        values.push(value);
                    }
                });
            }
            let always = !call.may_fail() && call.rows.last().is_some_and(|row| row.when.is_none());
            if !always && !values.contains(&Known::Unset) {
                values.push(Known::Unset);
            }
            values
        }
    }
}

/// Tells whether a value keeps the rule of its entity; a rule that looks beyond the value is taken as kept.
pub(crate) fn is_valid(entity: &Entity, value: &str) -> bool {
    entity.valid.as_ref().is_none_or(|rule| holds(&rule.expr, &Only(value)))
}

/// Tells whether some value keeps the rule of its entity; free text is taken to.
pub(crate) fn can_be_valid(entity: &Entity) -> bool {
    let Some(rule) = &entity.valid else { return true };
    match &entity.kind {
        Kind::Values(listed) => listed.iter().any(|(value, _)| is_valid(entity, value)),
        Kind::Money | Kind::Number => {
            let mut seen = Seen::default();
            rule.expr.each(&mut |expr| {
                if let Expr::Compare(left, _, right) = expr {
                    for term in [left, right] {
                        if let Term::Number(number) = term {
                            seen.number(&number.to_string());
                        }
                    }
                }
                if let Expr::Within(_, from, to) = expr {
                    seen.number(&from.to_string());
                    seen.number(&to.to_string());
                }
            });
            seen.numbers.is_empty() || spread(&seen.numbers).iter().any(|n| is_valid(entity, &n.to_string()))
        }
        _ => true,
    }
}

/// A value under test, alone.
struct Only<'v>(&'v str);

impl Facts for Only<'_> {
    fn known(&self, name: &str) -> Known {
        if name == "it" { Known::Text(self.0.to_owned()) } else { Known::Nothing }
    }
    fn is_value(&self, _name: &str, _word: &str) -> bool {
        false
    }
    fn words(&self, _list: &str) -> bool {
        false
    }
}

/// Returns the numbers, what lies between them, below and above.
fn spread(numbers: &[f64]) -> Vec<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return Vec::new() };
    let mut all = vec![first - 1.0];
    for (place, number) in sorted.iter().enumerate() {
        all.push(*number);
        all.push(sorted.get(place + 1).map_or(last + 1.0, |next| (number + next) / 2.0));
    }
    all
}

fn clipped(numbers: &[f64], low: f64, high: f64) -> Vec<Known> {
    let inside = spread(numbers).into_iter().filter(|n| (low..=high).contains(n));
    let mut values: Vec<f64> = [low, high].into_iter().chain(inside).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values.into_iter().map(Known::Number).collect()
}
