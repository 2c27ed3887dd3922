//! Whether a guard holds, given what is known.

use std::cmp::Ordering;

use crate::dialogue::guard::expr::{Expr, Op, Term};

/// What a name stands for right now.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// No slot, fact or constant has this name; on the right side it is a plain value.
    Nothing,
    /// The name is known but has no value yet.
    Unset,
    Number(f64),
    Text(String),
    /// Several at once (risks); equal to each of them.
    Many(Vec<String>),
}

/// Where a guard's names get their values.
pub trait Facts {
    /// Returns what `name` stands for.
    fn known(&self, name: &str) -> Known;
    /// Tells whether `word` is one of the values `name` may have, so that it is no name of its own.
    fn is_value(&self, name: &str, word: &str) -> bool;
    /// Tells whether the text holds a word of that list, or carries that risk.
    fn words(&self, list: &str) -> bool;
}

/// Tells whether the guard holds.
pub fn holds(expr: &Expr, facts: &dyn Facts) -> bool {
    match expr {
        Expr::All(parts) => parts.iter().all(|p| holds(p, facts)),
        Expr::Any(parts) => parts.iter().any(|p| holds(p, facts)),
        Expr::Not(inner) => !holds(inner, facts),
        Expr::Set(name) => !matches!(facts.known(name), Known::Nothing | Known::Unset),
        Expr::Compare(left, op, right) => compare(left, *op, right, facts),
        Expr::Within(name, from, to) => match facts.known(name) {
            Known::Number(n) => within(n, *from, *to),
            Known::Text(text) => text.parse().is_ok_and(|n| within(n, *from, *to)),
            _ => false,
        },
        Expr::OneOf(name, values) => match facts.known(name) {
            Known::Number(n) => values.iter().any(|v| v.parse::<f64>().is_ok_and(|v| v == n)),
            Known::Text(text) => values.iter().any(|v| same(&text, v) == Some(Ordering::Equal)),
            Known::Many(many) => many.iter().any(|m| values.contains(m)),
            _ => false,
        },
        Expr::Words(list) => facts.words(list),
    }
}

/// Tells whether a number lies in `from..to`, around midnight when `from` is greater.
pub fn within(number: f64, from: f64, to: f64) -> bool {
    if from <= to { number >= from && number < to } else { number >= from || number < to }
}

fn compare(left: &Term, op: Op, right: &Term, facts: &dyn Facts) -> bool {
    let name = |term: &Term| match term {
        Term::Name(name) => Some(name.clone()),
        _ => None,
    };
    let value = |term: &Term, other: &Term| match term {
        Term::Number(number) => Known::Number(*number),
        Term::Quoted(text) => Known::Text(text.clone()),
        Term::Name(word) => {
            if name(other).is_some_and(|other| facts.is_value(&other, word)) {
                return Known::Text(word.clone());
            }
            match facts.known(word) {
                Known::Nothing => Known::Text(word.clone()),
                known => known,
            }
        }
    };
    let (l, r) = (value(left, right), value(right, left));
    match (&l, &r) {
        (Known::Unset, _) | (_, Known::Unset) => op == Op::Unequal,
        (Known::Many(many), Known::Text(word)) | (Known::Text(word), Known::Many(many)) => match op {
            Op::Equal => many.contains(word),
            Op::Unequal => !many.contains(word),
            _ => false,
        },
        (Known::Number(l), Known::Number(r)) => l.partial_cmp(r).is_some_and(|o| op.admits(o)),
        (Known::Number(l), Known::Text(r)) => match r.parse::<f64>() {
            Ok(r) => l.partial_cmp(&r).is_some_and(|o| op.admits(o)),
            Err(_) => op == Op::Unequal,
        },
        (Known::Text(l), Known::Number(r)) => match l.parse::<f64>() {
            Ok(l) => l.partial_cmp(r).is_some_and(|o| op.admits(o)),
            Err(_) => op == Op::Unequal,
        },
        (Known::Text(l), Known::Text(r)) => same(l, r).is_some_and(|o| op.admits(o)),
        _ => false,
    }
}

/// Compares as numbers when both are, else as text (dates written year first compare rightly).
fn same(left: &str, right: &str) -> Option<Ordering> {
    match (left.parse::<f64>(), right.parse::<f64>()) {
        (Ok(l), Ok(r)) => l.partial_cmp(&r),
        _ => Some(left.cmp(right)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::dialogue::guard::parse::parse;

    struct Table(BTreeMap<&'static str, Known>);

    impl Facts for Table {
        fn known(&self, name: &str) -> Known {
            self.0.get(name).cloned().unwrap_or(Known::Nothing)
        }
        fn is_value(&self, name: &str, word: &str) -> bool {
            name == "aspect" && matches!(word, "风险" | "收益")
        }
        fn words(&self, list: &str) -> bool {
            list == "投诉词"
        }
    }

    fn check(guard: &str, expected: bool) {
        let facts = Table(BTreeMap::from([
            ("aspect", Known::Text("风险".into())),
            // A slot that happens to be called like a value of another one.
            ("收益", Known::Number(3.0)),
            ("amount", Known::Text("800".into())),
            ("balance", Known::Number(500.0)),
            ("hour", Known::Number(23.5)),
            ("card", Known::Unset),
            ("risk", Known::Many(vec!["fraud".into()])),
            ("day", Known::Text("2024-03-01".into())),
        ]));
        assert_eq!(holds(&parse(guard).expect("a guard"), &facts), expected, "{guard}");
    }

    #[test]
    fn names_values_and_constants_are_told_apart() {
        check("aspect = 风险", true);
        check("aspect = 收益", false);
        check("aspect != 收益", true);
        check("amount > balance", true);
        check("amount <= 800", true);
        check("amount > 8000", false);
        check("1 <= amount <= 50000", true);
        check("day >= '2024-02-28'", true);
        check("risk = fraud", true);
        check("risk != regulator", true);
        check("words in 投诉词 and not words in 别的", true);
    }

    #[test]
    fn a_slot_without_a_value_satisfies_no_comparison() {
        check("card = 1234", false);
        check("card != 1234", true);
        check("card > 0", false);
        check("card set", false);
        check("card unset", true);
        check("card in [1, 2]", false);
    }

    #[test]
    fn hours_wrap_around_midnight_and_exclude_their_end() {
        check("hour in 22..6", true);
        check("hour in 9..23.5", false);
        check("hour in 9..24", true);
    }
}
