//! From margins to probabilities that mean what they say, with room for "none of them".
//!
//! A text is as much in scope as its energy says, the logarithm of the sum of all `exp(a·margin k)`, joined by how near
//! its nearest examples are by meaning; what of it is in scope is dealt among the intents by those sums' shares. So "none"
//! is told by evidence that is not normalised, which finds unknown intents far better than a softmax over known ones,
//! and its own trust in that evidence keeps the shares of known ones calibrated.
//!
//! Everything is fitted on held-out margins. Sharpness `a` makes the shares as sure as they are right. Trust and the place
//! of none are fitted to every example once as it is, in scope, and once with its intent struck out, margin and
//! neighbours, as a customer with an intent nobody taught would look. A spread of closeness counts like a spread of
//! the best margin: measured on clinc150's questions out of scope that is within 0.001 of the best weight; left to the
//! fit it stays near 0, for no example with its intent struck out is as strange as a question nobody foresaw. Where
//! out of scope was taught, those examples say how often it comes, and what no intent takes counts for it.
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
    /// How much the intents' energy counts against none; at 1 none is one more intent beside them.
    pub trust: f32,
    /// The logit of "none of them" for a text nothing is near to.
    pub none: f32,
    /// How much it falls as the nearest examples come near.
    pub near: f32,
}

/// How much an example with its intent struck out weighs against one as it is.
const STRUCK_WEIGHT: f64 = 0.05;
/// The same where out of scope was taught and speaks for itself.
const STRUCK_WEIGHT_TAUGHT: f64 = 0.01;
/// The most examples looked at.
const MOST: usize = 4000;

/// Where fitting starts and what few examples cannot move far: sharpness; trust and the logit of being in scope.
const SHARPNESS: f64 = 4.0;
const START: [f64; 2] = [1.0, 3.0];
/// How many examples' worth of belief in these.
const PRIOR: f64 = 1.0;

impl Calibration {
    /// Fits to held-out examples; `none` is the class that means out of scope, where it was taught.
    pub fn fit(cases: &[Case], none: Option<u16>) -> Self {
        let stride = cases.len().div_ceil(MOST).max(1);
        let cases: Vec<&Case> = cases.iter().step_by(stride).collect();
        let [a] = settle([SHARPNESS], |at| shares(&cases, at), |[a]| [a.clamp(0.1, 100.0)]);
        let known = || cases.iter().filter(|case| none != Some(case.truth)).map(|case| &case.evidence);
        let (middle, wide) = spread(known().map(|evidence| evidence.closeness));
        let (_, margins) = spread(known().filter_map(|evidence| evidence.margins.first()).map(|best| best.1));
        let telling = if wide > 1e-6 { a * margins / wide } else { 0.0 };
        let looks = looks(&cases, none, a, &|closeness| telling * (f64::from(closeness) - middle));
        let within = |[trust, at]: [f64; 2]| [trust.clamp(0.02, 50.0), at.clamp(-60.0, 60.0)];
        let [trust, at] = settle(START, |at| scope(&looks, at), within);
        let near = trust * telling;
        Self { sharpness: a as f32, trust: trust as f32, none: (near * middle - at) as f32, near: near as f32 }
    }

    /// Returns the probability of each candidate, in their order; what they leave to 1 is "none of them".
    pub fn probabilities(self, evidence: &Evidence) -> Vec<f32> {
        let logits = || evidence.margins.iter().map(|&(_, m)| self.sharpness * m);
        let top = logits().fold(f32::NEG_INFINITY, f32::max);
        let mut parts: Vec<f32> = logits().map(|z| (z - top).exp()).collect();
        let sum: f32 = parts.iter().sum();
        let inside = self.trust * (top + sum.ln()) + self.near * evidence.closeness - self.none;
        let inside = 1.0 / (1.0 + (-inside).exp());
        parts.iter_mut().for_each(|part| *part *= inside / sum);
        parts
    }
}

/// Loss with first and second derivatives.
#[derive(Debug, Clone, Copy)]
struct Sums<const N: usize> {
    loss: f64,
    first: [f64; N],
    second: [[f64; N]; N],
}

/// Goes down from `at` by Newton's steps, damped where they lead up.
fn settle<const N: usize>(
    mut at: [f64; N],
    sums: impl Fn([f64; N]) -> Sums<N>,
    within: impl Fn([f64; N]) -> [f64; N],
) -> [f64; N] {
    let mut damping = 1e-3;
    let mut here = sums(at);
    for _ in 0..60 {
        let mut curve = here.second;
        (0..N).for_each(|i| curve[i][i] = curve[i][i] * (1.0 + damping) + 1e-9);
        let step = solve(curve, here.first);
        let next = within(std::array::from_fn(|i| at[i] - step[i]));
        let found = sums(next);
        if found.loss <= here.loss {
            let gain = here.loss - found.loss;
            (at, here) = (next, found);
            damping = (damping * 0.3).max(1e-6);
            if gain < 1e-7 * here.loss {
                break;
            }
        } else {
            damping *= 10.0;
            if damping > 1e8 {
                break;
            }
        }
    }
    at
}

/// How sure the shares of the intents are, against how right: the loss of each example's own.
fn shares(cases: &[&Case], [a]: [f64; 1]) -> Sums<1> {
    let off = a.max(1e-6).ln() - SHARPNESS.ln();
    let mut sums = Sums { loss: PRIOR * off * off / 2.0, first: [PRIOR * off / a], second: [[PRIOR / (a * a)]] };
    for case in cases {
        let seen = || case.evidence.margins.iter().map(|&(class, m)| (class, f64::from(m)));
        let Some(own) = seen().find(|(class, _)| *class == case.truth).map(|(_, m)| m) else { continue };
        let energy = energy(seen().map(|(_, m)| a * m));
        let mean: f64 = seen().map(|(_, m)| (a * m - energy).exp() * m).sum();
        let square: f64 = seen().map(|(_, m)| (a * m - energy).exp() * m * m).sum();
        sums.loss += energy - a * own;
        sums.first[0] += mean - own;
        sums.second[0][0] += square - mean * mean;
    }
    sums
}

/// One look at an example: what speaks for its being in scope, and what it is.
struct Look {
    energy: f64,
    near: f64,
    weight: f64,
    /// The part of being in scope that would be wrong: 0 for an example in scope, 1 for one that is not, and where out of
    /// scope was taught, what the intents other than that take of it.
    wrong: Option<f64>,
}

fn looks(cases: &[&Case], none: Option<u16>, a: f64, near: &dyn Fn(f32) -> f64) -> Vec<Look> {
    let struck = if none.is_some() { STRUCK_WEIGHT_TAUGHT } else { STRUCK_WEIGHT };
    let mut looks = Vec::with_capacity(2 * cases.len());
    for case in cases {
        let logits = || case.evidence.margins.iter().map(|&(class, m)| (class, a * f64::from(m)));
        let whole = energy(logits().map(|(_, z)| z));
        let own = logits().find(|(class, _)| *class == case.truth).map(|(_, z)| (z - whole).exp());
        let wrong = match (none == Some(case.truth), own) {
            (true, own) => Some(1.0 - own.unwrap_or(0.0)),
            (false, Some(_)) => None,
            // An intent too far down to be a candidate is as lost as the last candidate; it shows as none.
            (false, None) => Some(1.0),
        };
        looks.push(Look { energy: whole, near: near(case.evidence.closeness), weight: 1.0, wrong });
        if none == Some(case.truth) {
            continue;
        }
        let rest = energy(logits().filter(|(class, _)| *class != case.truth).map(|(_, z)| z));
        if rest.is_finite() {
            let taken = none.and_then(|none| logits().find(|(class, _)| *class == none));
            let wrong = Some(1.0 - taken.map_or(0.0, |(_, z)| (z - rest).exp()));
            looks.push(Look { energy: rest, near: near(case.struck_closeness), weight: struck, wrong });
        }
    }
    looks
}

/// How well what is in scope is told from what is not.
fn scope(looks: &[Look], [trust, at]: [f64; 2]) -> Sums<2> {
    let (off, away) = (trust.max(1e-6).ln() - START[0].ln(), (at - START[1]) / 4.0);
    let mut sums = Sums {
        loss: PRIOR * (off * off + away * away) / 2.0,
        first: [PRIOR * off / trust, PRIOR * away / 4.0],
        second: [[PRIOR / (trust * trust), 0.0], [0.0, PRIOR / 16.0]],
    };
    for look in looks {
        let evidence = look.energy + look.near;
        let inside = 1.0 / (1.0 + (-(trust * evidence + at)).exp());
        let (right, slope) = match look.wrong {
            None => (inside, inside - 1.0),
            Some(wrong) => {
                let right = 1.0 - inside * wrong;
                (right, inside * (1.0 - inside) * wrong / right.max(1e-300))
            }
        };
        sums.loss -= look.weight * right.max(1e-300).ln();
        let curve = look.weight * inside * (1.0 - inside);
        for (i, x) in [evidence, 1.0].into_iter().enumerate() {
            sums.first[i] += look.weight * slope * x;
            sums.second[i][0] += curve * x * evidence;
            sums.second[i][1] += curve * x;
        }
    }
    sums
}

/// Returns the logarithm of the sum of the exponentials; minus infinity of none.
fn energy(logits: impl Iterator<Item = f64> + Clone) -> f64 {
    let top = logits.clone().fold(f64::NEG_INFINITY, f64::max);
    if top.is_finite() { top + logits.map(|z| (z - top).exp()).sum::<f64>().ln() } else { top }
}

/// Returns the mean and the standard deviation of numbers.
fn spread(numbers: impl Iterator<Item = f32> + Clone) -> (f64, f64) {
    let count = numbers.clone().count().max(1) as f64;
    let mean = numbers.clone().map(f64::from).sum::<f64>() / count;
    (mean, (numbers.map(|x| (f64::from(x) - mean).powi(2)).sum::<f64>() / count).sqrt())
}

/// Solves a few equations; zeros where they have no one answer.
fn solve<const N: usize>(mut m: [[f64; N]; N], mut x: [f64; N]) -> [f64; N] {
    for i in 0..N {
        let best = (i..N).max_by(|&a, &b| m[a][i].abs().total_cmp(&m[b][i].abs())).unwrap_or(i);
        m.swap(i, best);
        x.swap(i, best);
        if m[i][i].abs() < 1e-300 {
            return [0.0; N];
        }
        for row in i + 1..N {
            let times = m[row][i] / m[i][i];
            (i..N).for_each(|column| m[row][column] -= times * m[i][column]);
            x[row] -= times * x[i];
        }
    }
    for i in (0..N).rev() {
        let known: f64 = (i + 1..N).map(|column| m[i][column] * x[column]).sum();
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
    fn a_text_far_from_all_examples_is_less_of_any_intent() {
        let mut cases = cases();
        cases.iter_mut().enumerate().for_each(|(i, case)| {
            case.evidence.margins[0].1 += 0.1 * (i % 5) as f32;
            case.evidence.closeness = 0.6 + 0.1 * (i % 4) as f32;
            case.struck_closeness = 0.4;
        });
        let fitted = Calibration::fit(&cases, None);
        let known = |closeness: f32| {
            let evidence = Evidence { closeness, ..cases[1].evidence.clone() };
            fitted.probabilities(&evidence).iter().sum::<f32>()
        };
        assert!(known(0.7) > known(0.3) && known(0.3) > known(0.0), "{fitted:?}");
        assert!(known(0.7) > 0.8, "{fitted:?}");
    }

    #[test]
    fn nothing_to_fit_to_is_no_trouble() {
        let empty = Calibration::fit(&[], None);
        assert!((f64::from(empty.sharpness) - SHARPNESS).abs() < 0.1);
        let sums: f32 = empty.probabilities(&Evidence::default()).iter().sum();
        assert_eq!(sums, 0.0);
    }

    proptest! {
        #[test]
        fn a_higher_margin_is_never_less_likely(margins in prop::collection::vec(-3f32..3.0, 1..90), sharpness in 0.1f32..50.0, trust in 0.05f32..4.0, none in -30f32..30.0) {
            let found = best(&margins);
            prop_assert!(found.len() == margins.len().min(CANDIDATES));
            let evidence = Evidence { margins: found, closeness: 0.5 };
            let probabilities = Calibration { sharpness, trust, none, near: 1.0 }.probabilities(&evidence);
            prop_assert!(probabilities.is_sorted_by(|a, b| a >= b));
            prop_assert!(probabilities.iter().sum::<f32>() <= 1.0001);
        }
    }
}
