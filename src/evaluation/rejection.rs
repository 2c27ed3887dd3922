//! How the limit of answering trades customers turned away (误拒) against strangers let in (误识).
//!
//! A text is answered when its best intent has at least the limit's probability and nothing beats it; "out of scope"
//! as the best guess turns a text away at any limit. Called by `workbench::evaluate`. Not here: which limit costs
//! least (`limits`).

use serde::Serialize;

use crate::domain::report::ScoredItem;
use crate::evaluation::score::interval;

/// Limits looked at: every hundredth from 0 to 1.
const STEPS: usize = 100;

/// What one limit does to a set of texts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// The probability from which on a text is answered.
    pub limit: f64,
    /// Texts of some intent that are answered, rightly or not.
    pub answered: usize,
    /// Of those, how many with another intent than the true one.
    pub wrong: usize,
    /// Texts of some intent that are turned away.
    pub rejected: usize,
    /// Texts out of scope that are answered.
    pub accepted: usize,
}

/// The curve and what it is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// Texts that have an intent.
    pub inside: usize,
    /// Texts that have none.
    pub outside: usize,
    /// From limit 0 to limit 1.
    pub points: Vec<Point>,
    /// How often a text with an intent looks surer than one without, ties counted half; `None` where a side is empty.
    pub auroc: Option<f64>,
}

impl Curve {
    /// Returns the point of the limit nearest to `limit`.
    pub fn at(&self, limit: f64) -> Point {
        self.points[(limit.clamp(0.0, 1.0) * STEPS as f64).round() as usize]
    }

    /// Returns the share of texts with an intent that a point turns away, and where it lies with 95 % confidence.
    pub fn false_rejection(&self, point: &Point) -> (f64, (f64, f64)) {
        (share(point.rejected, self.inside), interval(point.rejected, self.inside))
    }

    /// Returns the share of texts out of scope that a point answers, and where it lies with 95 % confidence; `None`
    /// where the project has no such texts.
    pub fn false_acceptance(&self, point: &Point) -> Option<(f64, (f64, f64))> {
        (self.outside > 0).then(|| (share(point.accepted, self.outside), interval(point.accepted, self.outside)))
    }

    /// Returns the share of answers that are wrong, of texts with an intent.
    pub fn wrong(&self, point: &Point) -> f64 {
        share(point.wrong, point.answered)
    }

    /// Returns what service people call recall: texts with an intent that are given an answer, of all such texts.
    pub fn coverage(&self, point: &Point) -> f64 {
        share(point.answered, self.inside)
    }

    /// Returns the point where both kinds of mistake are nearest to equal; the lower limit among equals.
    pub fn balanced(&self) -> Option<Point> {
        let gap = |point: &Point| (share(point.rejected, self.inside) - share(point.accepted, self.outside)).abs();
        (self.inside > 0 && self.outside > 0)
            .then(|| self.points.iter().copied().min_by(|a, b| gap(a).total_cmp(&gap(b))))
            .flatten()
    }

    /// Returns the point of the lowest limit whose wrong answers, strangers included, are at most `most` of all answers.
    pub fn at_most_wrong(&self, most: f64) -> Option<Point> {
        let bad = |point: &Point| share(point.wrong + point.accepted, point.answered + point.accepted);
        self.points.iter().copied().find(|point| bad(point) <= most)
    }
}

/// Returns what every limit does to `items`.
pub fn curve(items: &[ScoredItem]) -> Curve {
    let outside = items.iter().filter(|item| item.gold.is_none()).count();
    let inside = items.len() - outside;
    // What becomes of the texts whose answer ends at a limit, by that limit: one pass, then a sum from above.
    let mut ends = vec![(0usize, 0usize, 0usize); STEPS + 2];
    for item in items {
        let sure = sure(item);
        let last = match sure {
            Some(sure) => (f64::from(sure.0) * STEPS as f64 + 1e-4).floor() as usize + 1,
            None => 0,
        };
        let end = &mut ends[last.min(STEPS + 1)];
        match item.gold {
            Some(_) => {
                end.0 += 1;
                end.1 += usize::from(sure.is_some_and(|(_, right)| !right));
            }
            None => end.2 += 1,
        }
    }
    let mut points = Vec::with_capacity(STEPS + 1);
    let (mut answered, mut wrong, mut accepted) = (0, 0, 0);
    for step in (0..=STEPS).rev() {
        let end = ends[step + 1];
        (answered, wrong, accepted) = (answered + end.0, wrong + end.1, accepted + end.2);
        points.push(Point {
            limit: step as f64 / STEPS as f64,
            answered,
            wrong,
            rejected: inside - answered,
            accepted,
        });
    }
    points.reverse();
    Curve { inside, outside, points, auroc: auroc(items) }
}

/// Returns the probability of the best guess and whether it is right; `None` when the best guess is no intent.
fn sure(item: &ScoredItem) -> Option<(f32, bool)> {
    let best = item.prediction.best().filter(|best| best.intent.is_some())?;
    Some((best.probability.clamp(0.0, 1.0), best.intent == item.gold))
}

fn auroc(items: &[ScoredItem]) -> Option<f64> {
    // How sure it is that there is any intent at all.
    let any = |item: &ScoredItem| -> f32 {
        item.prediction.guesses.iter().filter(|guess| guess.intent.is_some()).map(|guess| guess.probability).sum()
    };
    let mut inside: Vec<f32> = items.iter().filter(|item| item.gold.is_some()).map(any).collect();
    let outside: Vec<f32> = items.iter().filter(|item| item.gold.is_none()).map(any).collect();
    if inside.is_empty() || outside.is_empty() {
        return None;
    }
    inside.sort_by(f32::total_cmp);
    let twice: usize = outside
        .iter()
        .map(|x| {
            let (below, upto) = (inside.partition_point(|y| y < x), inside.partition_point(|y| y <= x));
            (inside.len() - upto) * 2 + (upto - below)
        })
        .sum();
    Some(twice as f64 / (2 * inside.len() * outside.len()) as f64)
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::IntentId;
    use crate::domain::prediction::{Guess, Prediction};
    use proptest::prelude::*;

    /// Intent 0 is out of scope.
    fn item(gold: i64, guess: i64, probability: f32) -> ScoredItem {
        let id = |n: i64| (n > 0).then_some(IntentId(n));
        let prediction = Prediction { guesses: vec![Guess { intent: id(guess), probability }] };
        ScoredItem { utterance: None, text: None, gold: id(gold), prediction }
    }

    #[test]
    fn a_small_case_by_hand() {
        let curve = curve(&[item(1, 1, 0.9), item(1, 2, 0.4), item(2, 0, 0.8), item(0, 1, 0.5), item(0, 0, 0.9)]);
        assert_eq!((curve.inside, curve.outside), (3, 2));
        let point = curve.at(0.45);
        assert_eq!((point.answered, point.wrong, point.rejected, point.accepted), (1, 0, 2, 1));
        let all = curve.at(0.0);
        assert_eq!(
            (all.answered, all.wrong, all.rejected, all.accepted),
            (2, 1, 1, 1),
            "a refusal stands at any limit"
        );
        assert_eq!(curve.at(1.0).answered + curve.at(1.0).accepted, 0);
        assert_eq!(curve.at(0.9).answered, 1, "the limit itself is enough");
        assert!((curve.false_rejection(&point).0 - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(curve.false_acceptance(&point).map(|(share, _)| share), Some(0.5));
        assert_eq!(curve.at_most_wrong(0.0).map(|point| point.limit), Some(0.51));
    }

    #[test]
    fn without_strangers_nothing_is_said_about_them() {
        let curve = curve(&[item(1, 1, 0.9)]);
        assert_eq!((curve.false_acceptance(&curve.at(0.5)), curve.auroc, curve.balanced()), (None, None, None));
        assert_eq!(super::curve(&[]).at(0.3).answered, 0);
    }

    #[test]
    fn perfect_separation_is_one_and_none_is_a_half() {
        assert_eq!(curve(&[item(1, 1, 0.9), item(0, 1, 0.2)]).auroc, Some(1.0));
        assert_eq!(curve(&[item(1, 1, 0.5), item(0, 1, 0.5)]).auroc, Some(0.5));
        assert_eq!(curve(&[item(1, 1, 0.2), item(0, 1, 0.9)]).auroc, Some(0.0));
    }

    proptest! {
        #[test]
        fn every_point_is_what_counting_finds(
            rows in prop::collection::vec((0i64..4, 0i64..4, 0f32..=1.0), 0..50), step in 0usize..=100
        ) {
            let items: Vec<ScoredItem> = rows.iter().map(|&(gold, guess, p)| item(gold, guess, p)).collect();
            let curve = curve(&items);
            let point = curve.points[step];
            let limit = step as f64 / 100.0;
            let answered = |item: &&ScoredItem| {
                let best = item.prediction.guesses[0];
                // A probability within a millionth of the limit counts as reaching it.
                best.intent.is_some() && f64::from(best.probability) + 1e-6 >= limit
            };
            prop_assert_eq!(point.limit, limit);
            prop_assert_eq!(point.answered, items.iter().filter(answered).filter(|i| i.gold.is_some()).count());
            prop_assert_eq!(point.accepted, items.iter().filter(answered).filter(|i| i.gold.is_none()).count());
            prop_assert_eq!(point.answered + point.rejected, curve.inside);
            prop_assert!(curve.points.is_sorted_by(|a, b| a.answered >= b.answered && a.accepted >= b.accepted));
        }
    }
}
