//! From margins to probabilities that mean what they say, with room for "none of them".
//!
//! The probability of intent `k` is `exp(a·margin k)` over the sum of all intents' and `exp(u)`, the weight of
//! "none". Both numbers are fitted on held-out margins: every example once with its own intent, and once with its
//! intent struck out, as a customer with an intent nobody taught would look. That keeps the evidence
//! un-normalised (an energy), which finds unknown intents far better than a softmax over known ones.
//! Not here: how good the probabilities turn out (`evaluation::score`).

/// How many of the best margins count; the rest are too far to matter.
pub const CANDIDATES: usize = 64;

/// One text's best margins, best first, with their classes.
pub type Margins = Vec<(u16, f32)>;

/// The two fitted numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// How fast belief grows with the margin.
    pub sharpness: f32,
    /// The logit of "none of them".
    pub none: f32,
}

/// How much an example with its intent struck out weighs against one as it is.
const STRUCK_WEIGHT: f64 = 0.1;
/// The most examples looked at.
const MOST: usize = 4000;

impl Calibration {
    /// Fits to held-out margins and the true class of each.
    pub fn fit(margins: &[Margins], truth: &[u16]) -> Self {
        let stride = margins.len().div_ceil(MOST).max(1);
        let cases: Vec<(&Margins, u16)> = margins.iter().zip(truth.iter().copied()).step_by(stride).collect();
        let (mut a, mut u) = (START.0, START.1);
        let mut damping = 1e-3;
        let mut loss = Sums::over(&cases, a, u);
        for _ in 0..40 {
            let (h_aa, h_uu) = (loss.aa * (1.0 + damping) + 1e-9, loss.uu * (1.0 + damping) + 1e-9);
            let determinant = h_aa * h_uu - loss.au * loss.au;
            let step_a = (h_uu * loss.a - loss.au * loss.u) / determinant;
            let step_u = (h_aa * loss.u - loss.au * loss.a) / determinant;
            let (next_a, next_u) = ((a - step_a).clamp(0.1, 100.0), (u - step_u).clamp(-60.0, 60.0));
            let next = Sums::over(&cases, next_a, next_u);
            if next.loss <= loss.loss {
                let gain = loss.loss - next.loss;
                (a, u, loss) = (next_a, next_u, next);
                damping = (damping * 0.3).max(1e-6);
                if gain < 1e-7 * loss.loss {
                    break;
                }
            } else {
                damping *= 10.0;
                if damping > 1e8 {
                    break;
                }
            }
        }
        Self { sharpness: a as f32, none: u as f32 }
    }

    /// Returns the probability of each candidate, in their order; what they leave to 1 is "none of them".
    pub fn probabilities(self, margins: &[(u16, f32)]) -> Vec<f32> {
        let logits = || margins.iter().map(|&(_, m)| self.sharpness * m);
        let top = logits().fold(self.none, f32::max);
        let sum: f32 = logits().map(|z| (z - top).exp()).sum::<f32>() + (self.none - top).exp();
        logits().map(|z| (z - top).exp() / sum).collect()
    }
}

/// Where fitting starts and what few examples cannot move far.
const START: (f64, f64) = (4.0, -3.0);
/// How many examples' worth of belief in [`START`].
const PRIOR: f64 = 1.0;

/// Loss with first and second derivatives.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    loss: f64,
    a: f64,
    u: f64,
    aa: f64,
    uu: f64,
    au: f64,
}

impl Sums {
    fn over(cases: &[(&Margins, u16)], a: f64, u: f64) -> Self {
        let (da, du) = (a.max(1e-6).ln() - START.0.ln(), (u - START.1) / 4.0);
        let mut sums = Self {
            loss: PRIOR * (da * da + du * du) / 2.0,
            a: PRIOR * da / a,
            u: PRIOR * du / 4.0,
            aa: PRIOR / (a * a),
            uu: PRIOR / 16.0,
            au: 0.0,
        };
        for &(margins, truth) in cases {
            sums.add(margins, None, Some(truth), 1.0, a, u);
            sums.add(margins, Some(truth), None, STRUCK_WEIGHT, a, u);
        }
        sums
    }

    fn add(&mut self, margins: &[(u16, f32)], struck: Option<u16>, truth: Option<u16>, weight: f64, a: f64, u: f64) {
        let seen = || margins.iter().filter(|(class, _)| Some(*class) != struck).map(|&(class, m)| (class, m as f64));
        let top = seen().map(|(_, m)| a * m).fold(u, f64::max);
        let none = (u - top).exp();
        let (mut sum, mut first, mut second) = (none, 0.0, 0.0);
        let mut own = None;
        for (class, m) in seen() {
            let p = (a * m - top).exp();
            sum += p;
            first += p * m;
            second += p * m * m;
            if Some(class) == truth {
                own = Some(m);
            }
        }
        // An intent too far down to be a candidate is as lost as the last candidate; it shows as none.
        let (mean, square, none) = (first / sum, second / sum, none / sum);
        let (own_margin, own_none) = if let Some(m) = own { (m, 0.0) } else { (0.0, 1.0) };
        let own_logit = own.map_or(u, |m| a * m);
        self.loss += weight * (sum.ln() + top - own_logit);
        self.a += weight * (mean - own_margin);
        self.u += weight * (none - own_none);
        self.aa += weight * (square - mean * mean);
        self.uu += weight * none * (1.0 - none);
        self.au -= weight * none * mean;
    }
}

/// Returns the best [`CANDIDATES`] margins, best first, equal ones in the order of the classes.
pub fn best(margins: &[f32]) -> Margins {
    let mut all: Margins = margins.iter().enumerate().map(|(class, &m)| (class as u16, m)).collect();
    let order = |a: &(u16, f32), b: &(u16, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if all.len() > CANDIDATES {
        all.select_nth_unstable_by(CANDIDATES - 1, order);
        all.truncate(CANDIDATES);
    }
    all.sort_unstable_by(order);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Margins of three classes: the true one right nine times in ten.
    fn cases() -> (Vec<Margins>, Vec<u16>) {
        (0..200u16)
            .map(|i| {
                let truth = i % 3;
                let winner = if i % 10 == 0 { (truth + 1) % 3 } else { truth };
                let margins: Vec<f32> = (0..3).map(|class| if class == winner { 0.8 } else { -0.9 }).collect();
                (best(&margins), truth)
            })
            .unzip()
    }

    #[test]
    fn the_best_guess_is_as_sure_as_it_is_right() {
        let (margins, truth) = cases();
        let fitted = Calibration::fit(&margins, &truth);
        let sure = fitted.probabilities(&margins[1])[0];
        assert!((sure - 0.9).abs() < 0.06, "{sure} {fitted:?}");
    }

    #[test]
    fn what_looks_like_no_intent_is_mostly_none() {
        let (margins, truth) = cases();
        let fitted = Calibration::fit(&margins, &truth);
        let known: f32 = fitted.probabilities(&margins[1]).iter().sum();
        let strange: f32 = fitted.probabilities(&best(&[-0.95, -0.95, -0.95])).iter().sum();
        assert!(strange < known, "{strange} {known}");
    }

    #[test]
    fn nothing_to_fit_to_is_no_trouble() {
        let empty = Calibration::fit(&[], &[]);
        assert!((f64::from(empty.sharpness) - START.0).abs() < 0.1);
        let sums: f32 = empty.probabilities(&[]).iter().sum();
        assert_eq!(sums, 0.0);
    }

    proptest! {
        #[test]
        fn a_higher_margin_is_never_less_likely(margins in prop::collection::vec(-3f32..3.0, 1..90), sharpness in 0.1f32..50.0, none in -30f32..30.0) {
            let found = best(&margins);
            prop_assert!(found.len() == margins.len().min(CANDIDATES));
            let probabilities = Calibration { sharpness, none }.probabilities(&found);
            prop_assert!(probabilities.is_sorted_by(|a, b| a >= b));
            prop_assert!(probabilities.iter().sum::<f32>() <= 1.0001);
        }
    }
}
