//! When to answer, when to ask back and when to hand over: the limits that cost least on labelled texts.
//!
//! Each text has its held-out prediction with calibrated probabilities and its true intent. Limits decide as the
//! engine does: the best guess at `answer` or above, ahead by `margin`, is answered; at `ask` or above the first few
//! are offered; below, people take over. A wrong answer costs `wrong`, a question `ask`, and `wrong` again when the
//! truth is not among what is offered; a person costs `handoff`. Called by `workbench::evaluate`.

use serde::Serialize;

use crate::domain::report::ScoredItem;

/// What each way of going on costs, in any unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Costs {
    pub wrong: f64,
    pub ask: f64,
    pub handoff: f64,
}

/// The limits of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Limits {
    pub answer: f64,
    pub ask: f64,
    pub margin: f64,
}

/// What some limits do to a set of texts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Outcome {
    pub limits: Limits,
    /// Mean cost of a text.
    pub cost: f64,
    pub answered: usize,
    /// Answered with another intent than the true one.
    pub wrong: usize,
    pub asked: usize,
    pub handed: usize,
}

/// The limits that cost least, and how cost and errors depend on them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fit {
    pub best: Outcome,
    /// For each limit of answering, the least that `ask` and `margin` can make of it.
    pub curve: Vec<Outcome>,
    /// The mean cost when the limits are derived on one half and applied to the other, both ways.
    pub held_out: f64,
    /// The wrong answers among the answered: the share, and its 95 % interval (Wilson).
    pub wrong: (f64, f64, f64),
}

/// Returns what limits do to texts; a menu offers `options` guesses.
pub fn outcome(items: &[&ScoredItem], limits: Limits, costs: Costs, options: usize) -> Outcome {
    let mut seen = Outcome { limits, cost: 0.0, answered: 0, wrong: 0, asked: 0, handed: 0 };
    for item in items {
        let guesses = &item.prediction.guesses;
        // Out of scope is no answer of the bot.
        let named: Vec<_> = guesses.iter().filter(|guess| guess.intent.is_some()).collect();
        let first = named.first().map_or(0.0, |guess| f64::from(guess.probability));
        let second = named.get(1).map_or(0.0, |guess| f64::from(guess.probability));
        if first >= limits.answer && first - second >= limits.margin {
            seen.answered += 1;
            if named[0].intent != item.gold {
                seen.wrong += 1;
                seen.cost += costs.wrong;
            }
        } else if first >= limits.ask {
            seen.asked += 1;
            let offered = item.gold.is_some() && named.iter().take(options).any(|guess| guess.intent == item.gold);
            seen.cost += costs.ask + if offered { 0.0 } else { costs.wrong };
        } else {
            seen.handed += 1;
            seen.cost += costs.handoff;
        }
    }
    seen.cost /= items.len().max(1) as f64;
    seen
}

/// Derives the limits that cost least on labelled texts; `None` without any.
///
/// ```
/// use daoshi::domain::ids::IntentId;
/// use daoshi::domain::prediction::{Guess, Prediction};
/// use daoshi::domain::report::ScoredItem;
/// use daoshi::evaluation::limits::{Costs, fit};
///
/// // Sure guesses are right, unsure ones are not.
/// let item = |p: f32, right: bool| ScoredItem {
///     utterance: None, text: None, gold: Some(IntentId(if right { 1 } else { 2 })),
///     prediction: Prediction { guesses: vec![Guess { intent: Some(IntentId(1)), probability: p }] },
/// };
/// let items: Vec<_> = (0..50).flat_map(|_| [item(0.9, true), item(0.4, false)]).collect();
/// let fit = fit(&items, Costs { wrong: 5.0, ask: 1.0, handoff: 3.0 }, 3).unwrap();
/// assert!(fit.best.limits.answer > 0.4 && fit.best.limits.answer <= 0.9);
/// assert_eq!(fit.best.wrong, 0);
/// ```
pub fn fit(items: &[ScoredItem], costs: Costs, options: usize) -> Option<Fit> {
    if items.is_empty() {
        return None;
    }
    let all: Vec<&ScoredItem> = items.iter().collect();
    let curve = curve(&all, costs, options);
    let best = cheapest(&curve);
    let half = |odd: usize| -> Vec<&ScoredItem> {
        items.iter().enumerate().filter(|(place, _)| place % 2 == odd).map(|(_, item)| item).collect()
    };
    let (even, odd) = (half(0), half(1));
    let applied = |learnt: &[&ScoredItem], to: &[&ScoredItem]| {
        let limits = cheapest(&self::curve(learnt, costs, options)).limits;
        outcome(to, limits, costs, options).cost * to.len() as f64
    };
    let held_out = (applied(&even, &odd) + applied(&odd, &even)) / items.len() as f64;
    let wrong = wilson(best.wrong, best.answered);
    Some(Fit { best, curve, held_out, wrong })
}

fn curve(items: &[&ScoredItem], costs: Costs, options: usize) -> Vec<Outcome> {
    let steps = |from: u32, to: u32, by: u32| (from..=to).step_by(by as usize).map(|n| f64::from(n) / 100.0);
    steps(20, 95, 5)
        .map(|answer| {
            let asks = steps(5, 95, 5).filter(move |ask| *ask <= answer);
            let pairs = asks.flat_map(|ask| steps(0, 30, 10).map(move |margin| Limits { answer, ask, margin }));
            let all: Vec<Outcome> = pairs.map(|limits| outcome(items, limits, costs, options)).collect();
            cheapest(&all)
        })
        .collect()
}

/// Returns the cheapest; the first among equals.
fn cheapest(all: &[Outcome]) -> Outcome {
    let mut best = all[0];
    for one in all {
        if one.cost < best.cost - 1e-12 {
            best = *one;
        }
    }
    best
}

/// Returns a share with its 95 % interval.
fn wilson(count: usize, of: usize) -> (f64, f64, f64) {
    if of == 0 {
        return (0.0, 0.0, 1.0);
    }
    let (n, p, z) = (of as f64, count as f64 / of as f64, 1.959_964);
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let spread = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    (p, (centre - spread).max(0.0), (centre + spread).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::IntentId;
    use crate::domain::prediction::{Guess, Prediction};

    fn item(gold: i64, guesses: &[(i64, f32)]) -> ScoredItem {
        let guess = |(id, probability): &(i64, f32)| Guess { intent: Some(IntentId(*id)), probability: *probability };
        ScoredItem {
            utterance: None,
            text: None,
            gold: Some(IntentId(gold)),
            prediction: Prediction { guesses: guesses.iter().map(guess).collect() },
        }
    }

    const COSTS: Costs = Costs { wrong: 5.0, ask: 1.0, handoff: 8.0 };

    #[test]
    fn a_close_pair_is_asked_and_a_sure_guess_answered() {
        let items = [item(1, &[(1, 0.9), (2, 0.05)]), item(2, &[(1, 0.48), (2, 0.44)]), item(3, &[(1, 0.1)])];
        let all: Vec<&ScoredItem> = items.iter().collect();
        let seen = outcome(&all, Limits { answer: 0.7, ask: 0.35, margin: 0.15 }, COSTS, 3);
        assert_eq!((seen.answered, seen.wrong, seen.asked, seen.handed), (1, 0, 1, 1));
        assert!((seen.cost - (0.0 + 1.0 + 8.0) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn the_fit_is_never_dearer_than_any_fixed_limits_of_its_grid() {
        let items: Vec<ScoredItem> = (0..200)
            .map(|n| {
                let p = 0.2 + 0.004 * n as f32;
                // Calibrated: the surer, the more often right.
                let right = (n * 37) % 100 < (p * 100.0) as i64;
                item(if right { 1 } else { 2 }, &[(1, p), (2, (1.0 - p) / 2.0)])
            })
            .collect();
        let fit = fit(&items, COSTS, 3).expect("there are items");
        let all: Vec<&ScoredItem> = items.iter().collect();
        for limits in [(0.7, 0.35, 0.1), (0.5, 0.5, 0.0), (0.9, 0.2, 0.3), (0.3, 0.3, 0.0)] {
            let (answer, ask, margin) = limits;
            let fixed = outcome(&all, Limits { answer, ask, margin }, COSTS, 3);
            assert!(fit.best.cost <= fixed.cost + 1e-9, "{limits:?}: {} > {}", fit.best.cost, fixed.cost);
        }
        let (share, low, high) = fit.wrong;
        assert!(low <= share && share <= high);
        assert!(fit.held_out >= fit.best.cost - 1e-9);
    }

    #[test]
    fn dearer_mistakes_make_the_bot_more_careful() {
        let items: Vec<ScoredItem> =
            (0..100).map(|n| item(if n % 4 == 0 { 2 } else { 1 }, &[(1, 0.6), (2, 0.3)])).collect();
        let bold = fit(&items, Costs { wrong: 1.0, ..COSTS }, 3).expect("items").best;
        let careful = fit(&items, Costs { wrong: 50.0, ..COSTS }, 3).expect("items").best;
        assert!(bold.answered == 100 && careful.answered == 0, "{bold:?} {careful:?}");
    }
}
