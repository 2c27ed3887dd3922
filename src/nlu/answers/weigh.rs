//! What each kind of evidence is worth, and how sure the best entry is: two small logistic fits.
//!
//! Both climb by plain gradients from nought with a prior that keeps few questions from saying much; the same numbers
//! come out on any machine with the same rounding.

use crate::nlu::answers::index::{Evidence, KINDS};

/// One held-out question: its candidates, and which of them is right; `None` when none is.
#[derive(Debug, Clone)]
pub struct Case {
    pub candidates: Vec<Evidence>,
    pub right: Option<usize>,
}

/// Worth of each kind before anything was learned.
pub const PLAIN: Evidence = [6.0, 2.0, 2.0, 2.0, 4.0, 1.0];

/// How strongly weights are held to [`PLAIN`], in questions.
const PRIOR: f32 = 2.0;
/// The most steps of a fit.
const STEPS: usize = 150;

/// Returns the sum of evidence by its worth.
pub fn score(weights: &Evidence, evidence: &Evidence) -> f32 {
    weights.iter().zip(evidence).map(|(weight, x)| weight * x).sum()
}

/// Learns the worth of evidence: the right candidate's probability among all is to be large (a listwise softmax).
pub fn learn(cases: &[&Case]) -> Evidence {
    let cases: Vec<(&Case, usize)> = cases.iter().filter_map(|case| Some((*case, case.right?))).collect();
    let loss = |weights: &[f32; KINDS]| -> (f64, [f32; KINDS]) {
        let (mut loss, mut slope) = (0f64, [0f64; KINDS]);
        for (case, right) in &cases {
            let scores: Vec<f32> = case.candidates.iter().map(|evidence| score(weights, evidence)).collect();
            let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let sum: f32 = scores.iter().map(|s| (s - top).exp()).sum();
            loss -= f64::from(scores[*right] - top - sum.ln());
            for (at, evidence) in case.candidates.iter().enumerate() {
                let share = (scores[at] - top).exp() / sum - f32::from(u8::from(at == *right));
                slope.iter_mut().zip(evidence).for_each(|(slope, x)| *slope += f64::from(share * x));
            }
        }
        for (kind, weight) in weights.iter().enumerate() {
            let off = weight - PLAIN[kind];
            loss += f64::from(PRIOR * off * off / 20.0);
            slope[kind] += f64::from(PRIOR * off / 10.0);
        }
        (loss, slope.map(|x| x as f32))
    };
    climb(PLAIN, loss)
}

/// How sure the best entry is: the logit's constant, and what the score of the best, its lead on the second and its
/// nearness by meaning add.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trust(pub [f32; 4]);

/// What trust looks at.
pub type Look = [f32; 4];

impl Trust {
    /// Learns from what the best candidate looked like and whether it was right, with a weight each.
    pub fn learn(seen: &[(Look, bool, f32)]) -> Self {
        let count: f32 = seen.iter().map(|(.., weight)| weight).sum::<f32>().max(1e-6);
        let mut mean = [0f32; 4];
        seen.iter().for_each(|(look, _, w)| (1..4).for_each(|i| mean[i] += w * look[i] / count));
        let mut spread = [1f32; 4];
        for i in 1..4 {
            let sum: f32 = seen.iter().map(|(look, _, w)| w * (look[i] - mean[i]).powi(2)).sum();
            spread[i] = (sum / count).sqrt().max(1e-3);
        }
        let even = |look: &Look| -> Look {
            std::array::from_fn(|i| if i == 0 { 1.0 } else { (look[i] - mean[i]) / spread[i] })
        };
        let loss = |weights: &[f32; 4]| -> (f64, [f32; 4]) {
            let (mut loss, mut slope) = (0f64, [0f64; 4]);
            for (look, right, weight) in seen {
                let x = even(look);
                let z: f32 = weights.iter().zip(&x).map(|(w, x)| w * x).sum();
                let signed = if *right { z } else { -z };
                // ln(1 + e^-z) without overflow.
                loss += f64::from(weight * (signed.min(0.0).abs() + (-signed.abs()).exp().ln_1p()));
                let pull = weight * (sigmoid(z) - f32::from(u8::from(*right)));
                slope.iter_mut().zip(&x).for_each(|(slope, x)| *slope += f64::from(pull * x));
            }
            for (i, weight) in weights.iter().enumerate() {
                loss += f64::from(weight * weight / 20.0);
                slope[i] += f64::from(weight / 10.0);
            }
            (loss, slope.map(|x| x as f32))
        };
        let fitted = climb([0.0; 4], loss);
        let mut trust = [fitted[0], 0.0, 0.0, 0.0];
        for i in 1..4 {
            trust[i] = fitted[i] / spread[i];
            trust[0] -= fitted[i] * mean[i] / spread[i];
        }
        Self(trust)
    }

    /// Returns the probability that the best entry is right, 0 to 1.
    pub fn probability(&self, look: &Look) -> f32 {
        sigmoid(self.0.iter().zip(look).map(|(weight, x)| weight * x).sum())
    }
}

/// Returns what trust looks at in scores sorted from the best and the best one's evidence.
pub fn look(best: f32, second: Option<f32>, evidence: &Evidence) -> Look {
    [1.0, best, second.map_or(best, |second| best - second), evidence[0]]
}

fn sigmoid(z: f32) -> f32 {
    1.0 / (1.0 + (-z).exp())
}

/// Goes down a smooth loss by gradients whose stride halves when they overshoot.
fn climb<const N: usize>(start: [f32; N], loss: impl Fn(&[f32; N]) -> (f64, [f32; N])) -> [f32; N] {
    let mut at = start;
    let (mut least, mut slope) = loss(&at);
    let mut stride = 1.0 / (1.0 + slope.iter().map(|x| x * x).sum::<f32>().sqrt());
    for _ in 0..STEPS {
        let next: [f32; N] = std::array::from_fn(|i| at[i] - stride * slope[i]);
        let (found, steep) = loss(&next);
        if found < least {
            let gain = least - found;
            (at, least, slope) = (next, found, steep);
            stride *= 1.6;
            if gain < 1e-7 * least.abs() {
                break;
            }
        } else {
            stride *= 0.4;
            if stride < 1e-9 {
                break;
            }
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_that_tells_is_worth_more_than_evidence_that_misleads() {
        // BM25 always favours the wrong entry here, meaning the right one.
        let case = |n: usize| {
            let wobble = (n % 7) as f32 / 70.0;
            Case {
                candidates: vec![[0.5 + wobble, 0.5, 0.2, 0.2, 0.2, 0.3], [0.4 + wobble, 0.5, 0.9, 0.2, 0.2, 0.3]],
                right: Some(0),
            }
        };
        let cases: Vec<Case> = (0..200).map(case).collect();
        let weights = learn(&cases.iter().collect::<Vec<_>>());
        assert!(weights[0] > PLAIN[0] && weights[2] < PLAIN[2], "{weights:?}");
        assert!(cases.iter().all(|case| score(&weights, &case.candidates[0]) > score(&weights, &case.candidates[1])));
        assert_eq!(learn(&[]), PLAIN);
    }

    #[test]
    fn trust_grows_with_the_lead_and_means_what_it_says() {
        let seen: Vec<(Look, bool, f32)> = (0..400)
            .map(|n| {
                let lead = (n % 20) as f32 / 20.0;
                (look(5.0, Some(5.0 - lead), &[0.6; KINDS]), (n * 7) % 20 < n % 20, 1.0)
            })
            .collect();
        let trust = Trust::learn(&seen);
        let at = |lead: f32| trust.probability(&look(5.0, Some(5.0 - lead), &[0.6; KINDS]));
        assert!(at(0.9) > 0.75 && at(0.1) < 0.3 && at(0.5) > at(0.2), "{trust:?} {} {}", at(0.9), at(0.1));
        assert_eq!(Trust::learn(&[]).probability(&[1.0, 0.0, 0.0, 0.0]), 0.5);
    }
}
