//! What more labels are likely to bring: how macro-F1 fell with half the examples, carried on.
//!
//! Called by `workbench::forecast`, which trains on all examples and on half of them and hands over what each model
//! guessed; `plan` says where labels are best given and when to stop. An intent's error (1 − F1) falls as a power of its
//! own examples. One power holds for all intents: a few examples each say too little about their own. It is what was
//! measured on public sets, moved by the slope between half and all of this project as far as its tests carry. What the
//! curve leaves out is that an intent which outgrows the others takes their texts; that is taken off.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::ids::IntentId;

/// The tested texts, and what models of all and of half the examples took them for.
#[derive(Debug, Clone, PartialEq)]
pub struct Trials {
    pub intents: Vec<Option<IntentId>>,
    /// Examples each intent has now.
    pub examples: Vec<usize>,
    /// The intent of each tested text, as a place in `intents`.
    pub gold: Vec<u16>,
    /// Models of all examples, dealt once and dealt otherwise; of half of them likewise.
    pub whole: [Trial; 2],
    pub half: [Trial; 2],
}

/// What models that never saw the texts took them for.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// The examples each model learned from, on average: fewer than there are, for what is tested is held out.
    pub learned: f64,
    /// The top guess for each tested text, as a place in `intents`; beyond them for none.
    pub guesses: Vec<u16>,
}

/// The curves of all intents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    pub lines: Vec<Line>,
    /// How fast the error fell between half and all examples, as measured: the power of the number of all examples.
    pub slope: f64,
    /// How far that slope may be luck.
    pub spread: f64,
    /// The power by which an intent's error is taken to fall with its own examples.
    pub power: f64,
    /// How much larger errors are where texts are held out, for models learn from fewer examples then.
    pub held_out: f64,
    /// How far the score moves when nothing but the draw changes.
    pub noise: f64,
}

/// The start of an intent's curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub intent: Option<IntentId>,
    pub examples: usize,
    /// 1 − F1 now, drawn towards the mean where few texts were tested.
    pub error: f64,
}

/// What is expected, and where it lies with 80 % confidence.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Band {
    pub low: f64,
    pub point: f64,
    pub high: f64,
}

impl Band {
    /// Tells whether a figure lies within.
    pub fn holds(&self, figure: f64) -> bool {
        (self.low..=self.high).contains(&figure)
    }

    /// Tells whether it is sure that anything is gained; with few texts tested, luck is wider than the gain.
    pub fn is_sure(&self) -> bool {
        self.low > 0.0
    }

    fn times(self, factor: f64) -> Self {
        Self { low: self.low * factor, point: self.point * factor, high: self.high * factor }
    }
}

/// So many labels where they help most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub labels: usize,
    /// More examples by intent, the most first.
    pub asked: Vec<(Option<IntentId>, usize)>,
    /// What they add to macro-F1.
    pub gain: Band,
}

/// Where to give labels, and when to stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Ever more labels; a larger step holds the smaller ones.
    pub steps: Vec<Step>,
    /// After so many labels the next [`CHUNK`] bring less than [`WORTH`]; `None` where all of the plan is worth giving.
    pub stop: Option<usize>,
}

/// Labels are looked at so many at a time.
pub const CHUNK: usize = 25;
/// What [`CHUNK`] labels must add to macro-F1 to be worth giving.
pub const WORTH: f64 = 0.001;
/// One intent is given so many at a time; fewer are not worth looking for.
const TOGETHER: usize = 5;
/// The steps of a plan, as far as they are worth giving.
const STEPS: [usize; 6] = [25, 50, 100, 200, 400, 800];

/// Texts' worth of the mean error that each intent's own is drawn towards it by.
const DRAWN: f64 = 4.0;
/// The power of an intent's own examples and the slope of all of them, as measured on two public sets (msskills_zh and
/// crosswoz_zh, 3 to 30 examples an intent); `cargo bench --bench forecast` holds them against others.
const POWER: f64 = 0.48;
const SLOPE: f64 = 0.35;
/// How far projects stray from that slope: a slope less sure than this counts for less than half.
const STRAYS: f64 = 0.05;
const STEEPEST: f64 = 1.2;
/// What an intent takes from others by outgrowing them, as a share of the mean error; measured on the same sets.
const TAKES: f64 = 0.5;
/// What the model of the curve itself is wrong by, as a share of the gain: likewise.
const SHAPE: f64 = 0.35;
/// How much of the noise between two deals of the same examples stands between forecast and outcome: likewise.
const LUCK: f64 = 0.9;
/// Draws of the tested texts that say how unsure all this is.
const DRAWS: u64 = 100;
/// Half of the middle 80 % of a normal curve, in standard deviations.
const REACH: f64 = 1.2816;

/// Fits the curves.
pub fn forecast(trials: &Trials, seed: u64) -> Forecast {
    let once: Vec<u32> = vec![1; trials.gold.len()];
    let slope = slope(trials, &once);
    let drawn: Vec<(f64, f64)> = (0..DRAWS)
        .into_par_iter()
        .map(|draw| {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed ^ draw.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let mut counts = vec![0u32; trials.gold.len()];
            (0..counts.len()).for_each(|_| counts[random.gen_range(0..trials.gold.len())] += 1);
            let [one, other] = [0, 1].map(|nth| wrong(trials, &trials.whole[nth], &counts));
            (self::slope(trials, &counts), other - one)
        })
        .collect();
    let spread = deviation(drawn.iter().map(|(slope, _)| *slope));
    let carried = STRAYS * STRAYS / (STRAYS * STRAYS + spread * spread);
    let power = (POWER * (1.0 + carried * (slope / SLOPE - 1.0))).clamp(0.0, STEEPEST);
    let sum: usize = trials.examples.iter().sum();
    let learned = trials.whole.iter().map(|trial| trial.learned).sum::<f64>() / 2.0;
    let held_out = (sum.max(1) as f64 / learned.clamp(1.0, sum.max(1) as f64)).powf(power);
    let [one, other] = [0, 1].map(|nth| errors(trials, &trials.whole[nth]));
    let lines = (0..trials.intents.len())
        .map(|at| Line {
            intent: trials.intents[at],
            examples: trials.examples[at],
            error: (one[at] + other[at]) / 2.0 / held_out,
        })
        .collect();
    Forecast { lines, slope, spread, power, held_out, noise: deviation(drawn.iter().map(|(_, moved)| *moved)) }
}

impl Forecast {
    /// Returns what more examples, by intent in the order of the lines, add to macro-F1 on texts never seen.
    pub fn gain(&self, more: &[usize]) -> Band {
        let point = self.point(more);
        if more.iter().all(|more| *more == 0) {
            return Band::default();
        }
        let reach = REACH * (point * SHAPE).hypot(self.noise * LUCK);
        Band { low: point - reach, point, high: point + reach }
    }

    /// Returns the same as scored on texts held out of a training, where models learn from fewer examples.
    pub fn gain_held_out(&self, more: &[usize]) -> Band {
        self.gain(more).times(self.held_out)
    }

    /// Returns where so many labels at most help most, and where to stop; `waiting` is how many each intent can be given.
    pub fn plan(&self, waiting: &[usize]) -> Plan {
        let allotted = self.allotted(STEPS[STEPS.len() - 1] + CHUNK, waiting);
        let gains: Vec<f64> = allotted.iter().map(|more| self.point(more)).collect();
        let worth = |at: usize| gains[at] - if at == 0 { 0.0 } else { gains[at - 1] } >= WORTH;
        let ends = (0..allotted.len()).find(|at| !worth(*at)).unwrap_or(allotted.len());
        let whole = ends == allotted.len() && !allotted.is_empty();
        let last = ends.min(STEPS[STEPS.len() - 1] / CHUNK);
        let mut sizes: Vec<usize> = STEPS.iter().map(|labels| labels / CHUNK).filter(|size| *size < last).collect();
        sizes.extend((last > 0).then_some(last));
        let steps = sizes
            .into_iter()
            .map(|size| {
                let more = &allotted[size - 1];
                let mut asked: Vec<(Option<IntentId>, usize)> =
                    self.lines.iter().zip(more).map(|(line, more)| (line.intent, *more)).collect();
                asked.retain(|(_, more)| *more > 0);
                asked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
                Step { labels: more.iter().sum(), asked, gain: self.gain(more) }
            })
            .collect();
        Plan { steps, stop: (!whole).then(|| if ends == 0 { 0 } else { allotted[ends - 1].iter().sum() }) }
    }

    fn point(&self, more: &[usize]) -> f64 {
        let mean = self.mean(more.iter().sum());
        let now = self.mean(0);
        let taken = self.taken();
        let gain = |(line, more): (&Line, &usize)| self.own(line, *more) - taken * outgrown(line, *more, now, mean);
        self.lines.iter().zip(more).map(gain).sum::<f64>() / self.lines.len().max(1) as f64
    }

    /// Returns what an intent takes from others for each time it outgrows them.
    fn taken(&self) -> f64 {
        TAKES * self.lines.iter().map(|line| line.error).sum::<f64>() / self.lines.len().max(1) as f64
    }

    /// Returns the mean number of examples of an intent after so many labels.
    fn mean(&self, more: usize) -> f64 {
        let all = self.lines.iter().map(|line| line.examples).sum::<usize>() + more;
        (all.max(1)) as f64 / self.lines.len().max(1) as f64
    }

    /// Returns how far the error of an intent falls by its own examples.
    fn own(&self, line: &Line, more: usize) -> f64 {
        let grown = (line.examples.max(1) + more) as f64 / line.examples.max(1) as f64;
        line.error * (1.0 - grown.powf(-self.power))
    }

    /// Returns what each intent has after every [`CHUNK`] labels, each label where it helps most.
    ///
    /// No intent is given more than it has: further the curves were never seen.
    fn allotted(&self, most: usize, waiting: &[usize]) -> Vec<Vec<usize>> {
        let mut more = vec![0; self.lines.len()];
        let (taken, now) = (self.taken(), self.mean(0));
        let mut all = Vec::new();
        while all.len() < most / CHUNK {
            let mean = self.mean((all.len() + 1) * CHUNK);
            let helps = |at: usize, more: &[usize], by: usize| {
                let line = &self.lines[at];
                let after = |more: usize| self.own(line, more) - taken * outgrown(line, more, now, mean);
                (after(more[at] + by) - after(more[at])) / by as f64
            };
            let mut left = CHUNK;
            while left > 0 {
                let most = |at: usize| waiting[at].min(self.lines[at].examples.max(TOGETHER));
                let room = |at: usize| TOGETHER.min(left).min(most(at).saturating_sub(more[at]));
                let best = (0..more.len())
                    .filter(|at| room(*at) > 0)
                    .map(|at| (helps(at, &more, room(at)), at))
                    .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
                let Some((_, at)) = best.filter(|(helps, _)| *helps > 0.0) else { break };
                let by = room(at);
                more[at] += by;
                left -= by;
            }
            if left == CHUNK {
                break;
            }
            all.push(more.clone());
        }
        all
    }
}

/// Returns how far, in logarithms, an intent outgrows the mean intent, or outgrows it further than it did.
fn outgrown(line: &Line, more: usize, now: f64, mean: f64) -> f64 {
    let before = (line.examples as f64 / now).max(1.0);
    ((line.examples + more) as f64 / mean / before).ln().max(0.0)
}

/// Returns the power of the number of examples by which the error fell from half of them to all.
fn slope(trials: &Trials, counts: &[u32]) -> f64 {
    let mean = |both: &[Trial; 2], of: &dyn Fn(&Trial) -> f64| both.iter().map(of).sum::<f64>() / 2.0;
    // No fewer than half a text was wrong: what never erred cannot tell.
    let least = 0.5 / trials.gold.len().max(1) as f64;
    let error = |both: &[Trial; 2]| mean(both, &|trial| wrong(trials, trial, counts)).max(least);
    let learned = |both: &[Trial; 2]| mean(both, &|trial| trial.learned).max(1.0);
    let grown = (learned(&trials.whole) / learned(&trials.half)).ln();
    if grown < LEAST_GROWN { SLOPE } else { (error(&trials.half) / error(&trials.whole)).ln() / grown }
}

/// Where half of the examples are nearly all of them, for every intent has one or two, there is no slope.
const LEAST_GROWN: f64 = 0.2;

/// Right guesses, tested texts and guesses of each intent.
fn counted(trials: &Trials, trial: &Trial, counts: Option<&[u32]>) -> Vec<[f64; 3]> {
    let mut found = vec![[0.0; 3]; trials.intents.len()];
    for (at, (gold, guess)) in trials.gold.iter().zip(&trial.guesses).enumerate() {
        let count = counts.map_or(1.0, |counts| f64::from(counts[at]));
        found[usize::from(*gold)][1] += count;
        if let Some(row) = found.get_mut(usize::from(*guess)) {
            row[2] += count;
            if gold == guess {
                row[0] += count;
            }
        }
    }
    found
}

/// Returns each intent's 1 − F1, drawn towards the mean of all.
fn errors(trials: &Trials, trial: &Trial) -> Vec<f64> {
    let found = counted(trials, trial, None);
    let all = found.iter().filter(|[_, tested, _]| *tested > 0.0).count().max(1) as f64;
    let own = |[right, tested, guessed]: &[f64; 3]| 1.0 - 2.0 * right / (tested + guessed).max(1.0);
    let mean = found.iter().filter(|[_, tested, _]| *tested > 0.0).map(own).sum::<f64>() / all;
    found.iter().map(|row| (row[1] * own(row) + DRAWN * mean) / (row[1] + DRAWN)).collect()
}

/// Returns 1 − macro-F1 over the intents that were tested.
fn wrong(trials: &Trials, trial: &Trial, counts: &[u32]) -> f64 {
    let found = counted(trials, trial, Some(counts));
    let tested: Vec<f64> = found
        .iter()
        .filter(|[_, tested, _]| *tested > 0.0)
        .map(|[right, tested, guessed]| 1.0 - 2.0 * right / (tested + guessed))
        .collect();
    if tested.is_empty() { 0.0 } else { tested.iter().sum::<f64>() / tested.len() as f64 }
}

fn deviation(figures: impl Iterator<Item = f64>) -> f64 {
    let figures: Vec<f64> = figures.collect();
    let n = figures.len().max(1) as f64;
    let mean = figures.iter().sum::<f64>() / n;
    (figures.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn trials() -> impl Strategy<Value = Trials> {
        (2usize..6, 4usize..40).prop_flat_map(|(intents, texts)| {
            let trial = move |share: f64| {
                let guesses = prop::collection::vec(0..=intents as u16, texts);
                guesses.prop_map(move |guesses| Trial { learned: share * texts as f64, guesses })
            };
            let both = move |share: f64| [trial(share), trial(share)];
            (
                prop::collection::vec(1usize..60, intents),
                prop::collection::vec(0..intents as u16, texts),
                both(0.8),
                both(0.4),
            )
                .prop_map(move |(examples, gold, whole, half)| Trials {
                    intents: (0..intents as i64).map(|n| (n > 0).then_some(IntentId(n))).collect(),
                    examples,
                    gold,
                    whole,
                    half,
                })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn a_band_holds_its_point_and_labels_for_all_alike_never_do_harm(
            trials in trials(), seed: u64, more in prop::collection::vec(0usize..90, 6), times in 1usize..4
        ) {
            let found = forecast(&trials, seed);
            let more = &more[..trials.intents.len()];
            let band = found.gain(more);
            prop_assert!(band.low <= band.point && band.point <= band.high && band.holds(band.point));
            prop_assert!(band.point <= 1.0, "{:?}", band);
            prop_assert!(found.lines.iter().all(|line| (0.0..=1.0).contains(&line.error)), "{:?}", found);
            let alike = |times: usize| found.gain(&trials.examples.iter().map(|n| n * times).collect::<Vec<_>>()).point;
            prop_assert!(alike(times) >= -1e-12 && alike(times + 1) >= alike(times) - 1e-12);
            prop_assert_eq!(found.gain(&vec![0; more.len()]), Band::default());
            // Same trials, same seed: the same bytes.
            let bytes = |found: &Forecast| serde_json::to_string(found).unwrap();
            prop_assert_eq!(bytes(&found), bytes(&forecast(&trials, seed)));
        }

        #[test]
        fn a_plan_grows_gives_nobody_more_than_waits_and_ends_where_labels_are_not_worth_it(
            trials in trials(), waiting in prop::collection::vec(0usize..200, 6)
        ) {
            let found = forecast(&trials, 1);
            let waiting = &waiting[..trials.intents.len()];
            let plan = found.plan(waiting);
            let mut last = (0, 0.0);
            for step in &plan.steps {
                prop_assert!(step.labels > last.0 && step.gain.point >= last.1, "{:?}", plan);
                prop_assert_eq!(step.asked.iter().map(|(_, more)| more).sum::<usize>(), step.labels);
                for (intent, more) in &step.asked {
                    let at = trials.intents.iter().position(|one| one == intent).unwrap();
                    prop_assert!(*more <= waiting[at] && *more <= trials.examples[at].max(TOGETHER));
                }
                last = (step.labels, step.gain.point);
            }
            match plan.stop {
                Some(stop) => prop_assert_eq!(stop, last.0),
                None => prop_assert!((1..=800).contains(&last.0)),
            }
        }
    }

    /// Three intents of five hundred tested texts each, wrong as a power of what was learned from.
    fn known(power: f64, examples: [usize; 3]) -> Trials {
        let sum = examples.iter().sum::<usize>() as f64;
        let trial = |share: f64, deal: usize| {
            let wrong = (100.0 * share.powf(-power)).round() as usize;
            let guess = |text: usize| if (text + deal * 7) % 500 < wrong { 3 } else { (text / 500) as u16 };
            Trial { learned: 0.8 * share * sum, guesses: (0..1500).map(guess).collect() }
        };
        Trials {
            intents: (1..4).map(|n| Some(IntentId(n))).collect(),
            examples: examples.to_vec(),
            gold: (0..1500).map(|text| (text / 500) as u16).collect(),
            whole: [trial(1.0, 0), trial(1.0, 1)],
            half: [trial(0.5, 0), trial(0.5, 1)],
        }
    }

    #[test]
    fn a_steeper_curve_promises_more_and_the_intent_with_few_examples_is_asked_for() {
        let [flat, steep] = [0.2, 0.6].map(|power| forecast(&known(power, [100, 10, 100]), 1));
        // 1 − F1 is not the share of wrong texts, but falls nearly as it does.
        assert!((0.1..0.3).contains(&flat.slope) && (0.5..0.7).contains(&steep.slope), "{flat:?} {steep:?}");
        assert!(flat.power < POWER && steep.power > POWER);
        assert!(steep.gain(&[0, 10, 0]).point > flat.gain(&[0, 10, 0]).point);
        let plan = steep.plan(&[1000; 3]);
        assert!(plan.steps[0].asked.contains(&(Some(IntentId(2)), 10)), "it is doubled: {plan:?}");
    }

    #[test]
    fn labels_poured_into_one_intent_bring_less_than_the_same_spread() {
        let found = forecast(&known(0.5, [20; 3]), 1);
        assert!(found.gain(&[60, 0, 0]).point < found.gain(&[20; 3]).point);
        // Held out, models learn from a fifth less: errors and gains are larger.
        assert!(found.gain_held_out(&[20; 3]).point > found.gain(&[20; 3]).point);
    }

    #[test]
    fn where_examples_never_helped_nothing_is_worth_labelling() {
        let found = forecast(&known(0.0, [400, 300, 400]), 1);
        assert_eq!(found.plan(&[1000; 3]), Plan { steps: Vec::new(), stop: Some(0) });
    }

    #[test]
    fn few_texts_leave_luck_wider_than_the_gain() {
        let mut few = known(0.5, [6; 3]);
        let kept: Vec<usize> = (0..1500).filter(|text| text % 83 == 0).collect();
        let some = |all: &[u16]| kept.iter().map(|text| all[*text]).collect::<Vec<u16>>();
        few.gold = some(&few.gold);
        few.whole.iter_mut().chain(&mut few.half).for_each(|trial| trial.guesses = some(&trial.guesses));
        // Dealt otherwise, one text in three is taken for another intent.
        few.whole[1].guesses.iter_mut().step_by(3).for_each(|guess| *guess = 3);
        assert!(!forecast(&few, 1).gain(&[2; 3]).is_sure());
        assert!(forecast(&known(0.5, [100, 10, 100]), 1).gain(&[100, 10, 100]).is_sure());
    }
}
