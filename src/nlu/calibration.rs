//! From margins to probabilities that mean what they say, with room for "none of them".
//!
//! The probability of intent `k` is `exp(a·margin k)` over the sum of all intents' and `exp(u − v·closeness)`, the
//! weight of "none", where closeness says how near by meaning the nearest examples are. The three numbers are fitted on
//! held-out margins: every example once with its own intent, and once with its intent struck out, margin and
//! neighbours, as a customer with an intent nobody taught would look. That keeps the evidence un-normalised (an
//! energy), which finds unknown intents far better than a softmax over known ones. Where out of scope was taught,
//! those examples say how often it comes, and what no intent takes counts for it.
//! Not here: how good the probabilities turn out (`evaluation::score`).

/// How many of the best margins count; the rest are too far to matter.
pub const CANDIDATES: usize = 64;

/// One text's best margins, best first, with their classes.
pub type Margins = Vec<(u16, f32)>;

/// What is known of one text beside its truth.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    pub margins: Margins,
    /// How near the nearest examples are by meaning; 0 where nothing reads the meaning.
    pub closeness: f32,
}

/// A held-out example.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Case {
    pub evidence: Evidence,
    pub truth: u16,
    /// How near the nearest examples of other classes are.
    pub struck_closeness: f32,
}

/// The fitted numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// How fast belief grows with the margin.
    pub sharpness: f32,
    /// The logit of "none of them" for a text nothing is near to.
    pub none: f32,
    /// How much it falls as the nearest examples come near.
    pub near: f32,
}

/// How much an example with its intent struck out weighs against one as it is.
const STRUCK_WEIGHT: f64 = 0.1;
/// The same where out of scope was taught and speaks for itself.
const STRUCK_WEIGHT_TAUGHT: f64 = 0.01;
/// The most examples looked at.
const MOST: usize = 4000;

impl Calibration {
    /// Fits to held-out examples; `none` is the class that means out of scope, where it was taught.
    pub fn fit(cases: &[Case], none: Option<u16>) -> Self {
        let stride = cases.len().div_ceil(MOST).max(1);
        let fit = Fit::of(cases.iter().step_by(stride).collect(), none);
        let mut at = START;
        let mut damping = 1e-3;
        let mut sums = fit.sums(at);
        for _ in 0..60 {
            let mut curve = sums.second;
            (0..3).for_each(|i| curve[i][i] = curve[i][i] * (1.0 + damping) + 1e-9);
            let step = solve(curve, sums.first);
            let next = [
                (at[0] - step[0]).clamp(0.1, 100.0),
                (at[1] - step[1]).clamp(-60.0, 60.0),
                (at[2] - step[2]).clamp(0.0, 30.0),
            ];
            let found = fit.sums(next);
            if found.loss <= sums.loss {
                let gain = sums.loss - found.loss;
                (at, sums) = (next, found);
                damping = (damping * 0.3).max(1e-6);
                if gain < 1e-7 * sums.loss {
                    break;
                }
            } else {
                damping *= 10.0;
                if damping > 1e8 {
                    break;
                }
            }
        }
        let near = at[2] / fit.spread;
        Self { sharpness: at[0] as f32, none: (at[1] + near * fit.middle) as f32, near: near as f32 }
    }

    /// Returns the probability of each candidate, in their order; what they leave to 1 is "none of them".
    pub fn probabilities(self, evidence: &Evidence) -> Vec<f32> {
        let none = self.none - self.near * evidence.closeness;
        let logits = || evidence.margins.iter().map(|&(_, m)| self.sharpness * m);
        let top = logits().fold(none, f32::max);
        let sum: f32 = logits().map(|z| (z - top).exp()).sum::<f32>() + (none - top).exp();
        logits().map(|z| (z - top).exp() / sum).collect()
    }
}

/// Where fitting starts and what few examples cannot move far: sharpness, logit of none, its fall with closeness in
/// units of its spread.
const START: [f64; 3] = [4.0, -3.0, 0.0];
/// How many examples' worth of belief in [`START`].
const PRIOR: f64 = 1.0;

/// What is fitted to.
struct Fit<'a> {
    cases: Vec<&'a Case>,
    none: Option<u16>,
    /// Mean and spread of closeness, with and without the own class; spread is 1 where nothing differs.
    middle: f64,
    spread: f64,
}

/// Loss with first and second derivatives.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    loss: f64,
    first: [f64; 3],
    second: [[f64; 3]; 3],
}

impl<'a> Fit<'a> {
    fn of(cases: Vec<&'a Case>, none: Option<u16>) -> Self {
        let all = || cases.iter().flat_map(|case| [case.evidence.closeness, case.struck_closeness]).map(f64::from);
        let count = (2 * cases.len()).max(1) as f64;
        let middle = all().sum::<f64>() / count;
        let spread = (all().map(|c| (c - middle).powi(2)).sum::<f64>() / count).sqrt();
        Self { middle, spread: if spread > 1e-6 { spread } else { 1.0 }, cases, none }
    }

    fn sums(&self, at: [f64; 3]) -> Sums {
        let [a, u, v] = at;
        let (da, du) = (a.max(1e-6).ln() - START[0].ln(), (u - START[1]) / 4.0);
        let mut sums = Sums {
            loss: PRIOR * (da * da + du * du + v * v / 4.0) / 2.0,
            first: [PRIOR * da / a, PRIOR * du / 4.0, PRIOR * v / 4.0],
            ..Sums::default()
        };
        [1.0 / (a * a), 1.0 / 16.0, 0.25].iter().enumerate().for_each(|(i, p)| sums.second[i][i] = PRIOR * p);
        let struck = if self.none.is_some() { STRUCK_WEIGHT_TAUGHT } else { STRUCK_WEIGHT };
        for case in &self.cases {
            let far = |closeness: f32| (f64::from(closeness) - self.middle) / self.spread;
            let margins = &case.evidence.margins;
            // Whether what no intent takes is right too.
            let open = self.none == Some(case.truth);
            sums.add(margins, far(case.evidence.closeness), None, Some(case.truth), open, 1.0, at);
            if !open {
                sums.add(margins, far(case.struck_closeness), Some(case.truth), self.none, true, struck, at);
            }
        }
        sums
    }
}

impl Sums {
    /// Adds one look at a text: `truth` is its class, and where `open` what no intent takes is right as well.
    #[allow(clippy::too_many_arguments)]
    fn add(
        &mut self,
        margins: &[(u16, f32)],
        far: f64,
        struck: Option<u16>,
        truth: Option<u16>,
        open: bool,
        weight: f64,
        [a, u, v]: [f64; 3],
    ) {
        let seen = || margins.iter().filter(|(class, _)| Some(*class) != struck).map(|&(class, m)| (class, m as f64));
        let none_logit = u - v * far;
        let top = seen().map(|(_, m)| a * m).fold(none_logit, f64::max);
        let none = (none_logit - top).exp();
        let (mut sum, mut first, mut second) = (none, 0.0, 0.0);
        let mut own = None;
        for (class, m) in seen() {
            let p = (a * m - top).exp();
            sum += p;
            first += p * m;
            second += p * m * m;
            if Some(class) == truth {
                own = Some((m, p));
            }
        }
        // An intent too far down to be a candidate is as lost as the last candidate; it shows as none.
        let open = open || own.is_none();
        let (own_margin, own_weight) = own.unwrap_or((0.0, 0.0));
        let right = own_weight + if open { none } else { 0.0 };
        let (own_share, none_share) = (own_weight / right, if open { none / right } else { 0.0 });
        let (mean, square, none) = (first / sum, second / sum, none / sum);
        self.loss -= weight * (right / sum).max(1e-300).ln();
        let d_margin = mean - own_share * own_margin;
        let d_none = none - none_share;
        self.first[0] += weight * d_margin;
        self.first[1] += weight * d_none;
        self.first[2] -= weight * d_none * far;
        let spread = none * (1.0 - none);
        self.second[0][0] += weight * (square - mean * mean);
        for (i, j, d) in [(0, 1, -none * mean), (0, 2, none * mean * far), (1, 2, -spread * far)] {
            self.second[i][j] += weight * d;
            self.second[j][i] += weight * d;
        }
        self.second[1][1] += weight * spread;
        self.second[2][2] += weight * spread * far * far;
    }
}

/// Solves three equations; zeros where they have no one answer.
fn solve(mut m: [[f64; 3]; 3], mut x: [f64; 3]) -> [f64; 3] {
    for i in 0..3 {
        let best = (i..3).max_by(|&a, &b| m[a][i].abs().total_cmp(&m[b][i].abs())).unwrap_or(i);
        m.swap(i, best);
        x.swap(i, best);
        if m[i][i].abs() < 1e-300 {
            return [0.0; 3];
        }
        for row in i + 1..3 {
            let times = m[row][i] / m[i][i];
            (i..3).for_each(|column| m[row][column] -= times * m[i][column]);
            x[row] -= times * x[i];
        }
    }
    for i in (0..3).rev() {
        let known: f64 = (i + 1..3).map(|column| m[i][column] * x[column]).sum();
        x[i] = (x[i] - known) / m[i][i];
    }
    x
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
    fn cases() -> Vec<Case> {
        (0..200u16)
            .map(|i| {
                let truth = i % 3;
                let winner = if i % 10 == 0 { (truth + 1) % 3 } else { truth };
                let margins: Vec<f32> = (0..3).map(|class| if class == winner { 0.8 } else { -0.9 }).collect();
                let evidence = Evidence { margins: best(&margins), closeness: 0.0 };
                Case { evidence, truth, struck_closeness: 0.0 }
            })
            .collect()
    }

    #[test]
    fn the_best_guess_is_as_sure_as_it_is_right() {
        let cases = cases();
        let fitted = Calibration::fit(&cases, None);
        let sure = fitted.probabilities(&cases[1].evidence)[0];
        assert!((sure - 0.9).abs() < 0.06, "{sure} {fitted:?}");
    }

    #[test]
    fn what_looks_like_no_intent_is_mostly_none() {
        let cases = cases();
        let fitted = Calibration::fit(&cases, None);
        let known: f32 = fitted.probabilities(&cases[1].evidence).iter().sum();
        let strange = Evidence { margins: best(&[-0.95, -0.95, -0.95]), closeness: 0.0 };
        let strange: f32 = fitted.probabilities(&strange).iter().sum();
        assert!(strange < known, "{strange} {known}");
    }

    #[test]
    fn nothing_to_fit_to_is_no_trouble() {
        let empty = Calibration::fit(&[], None);
        assert!((f64::from(empty.sharpness) - START[0]).abs() < 0.1);
        let sums: f32 = empty.probabilities(&Evidence::default()).iter().sum();
        assert_eq!(sums, 0.0);
    }

    proptest! {
        #[test]
        fn a_higher_margin_is_never_less_likely(margins in prop::collection::vec(-3f32..3.0, 1..90), sharpness in 0.1f32..50.0, none in -30f32..30.0) {
            let found = best(&margins);
            prop_assert!(found.len() == margins.len().min(CANDIDATES));
            let evidence = Evidence { margins: found, closeness: 0.5 };
            let probabilities = Calibration { sharpness, none, near: 1.0 }.probabilities(&evidence);
            prop_assert!(probabilities.is_sorted_by(|a, b| a >= b));
            prop_assert!(probabilities.iter().sum::<f32>() <= 1.0001);
        }
    }
}
