//! What more labels are likely to bring: how macro-F1 fell with half the examples, carried on.
//!
//! Called by `workbench::forecast`, which trains on all examples and on half of them and hands over what each model
//! guessed; `plan` says where labels are best given and when to stop. An intent's error (1 − F1) falls as a power of its
//! own examples. One power holds for all intents: a few examples each say too little about their own. It is what was
//! measured on public sets, moved by the slope between half and all of this project as far as its tests carry. What the
//! curve leaves out is that an intent which outgrows the others takes their texts; that is taken off.
//!
//! Where texts are held out an intent of one or two examples is hardly learned, so its first labels raise the score seen
//! there more than they raise it for customers: both gains are told apart. The band holds what the curve may be wrong by,
//! what another deal of the examples does, and the chance of which tested texts turn right; where few were tested, two
//! more are taken to differ than did.

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
    /// The share of examples that models learned from, for what is tested is held out.
    pub share: f64,
    /// How far the score moves when nothing but the draw changes.
    pub noise: f64,
    /// How many texts the score rests on: as many as were tested, fewer where intents were tested unequally.
    pub texts: f64,
}

/// The start of an intent's curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub intent: Option<IntentId>,
    pub examples: usize,
    /// 1 − F1 now on texts never seen, drawn towards what is usual for so many examples where few texts were tested.
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
    /// Ever more labels, up to twice the examples there are; a larger step brings no less than a smaller one.
    pub steps: Vec<Step>,
    pub end: End,
}

/// Where labels cease to be worth giving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// No text waits that could be labelled.
    Dry,
    /// After so many labels the next [`CHUNK`] bring less than [`WORTH`], and all the plan tells of beyond brings little.
    Stop(usize),
    /// After so many labels the next [`CHUNK`] bring less than [`WORTH`], yet many more would bring something, or may.
    Slow(usize),
    /// So many labels are worth giving, [`CHUNK`] by [`CHUNK`]; it was looked no further.
    Open(usize),
}

impl Plan {
    /// Returns the step that is proposed; `None` when none is worth giving.
    ///
    /// It is the largest of at most [`PROPOSED`] labels. Where so few bring next to nothing, it is the first that brings
    /// something.
    pub fn step(&self) -> Option<&Step> {
        match self.end {
            End::Dry | End::Stop(0) => None,
            End::Slow(0) => self.steps.iter().find(|step| step.gain.point >= LITTLE).or(self.steps.last()),
            End::Stop(_) | End::Slow(_) | End::Open(_) => {
                self.steps.iter().rev().find(|step| step.labels <= PROPOSED).or(self.steps.first())
            }
        }
    }
}

/// Labels are looked at so many at a time.
pub const CHUNK: usize = 25;
/// What [`CHUNK`] labels must add to macro-F1 to be worth giving.
pub const WORTH: f64 = 0.001;
/// Labels proposed at once.
const PROPOSED: usize = 50;
/// All further labels together are not worth giving when they add less than this to macro-F1, and surely less than that.
const LITTLE: f64 = 0.005;
const SURELY: f64 = 0.02;
/// One intent is given so many at a time, as far as it has them; fewer are not worth looking for.
const TOGETHER: usize = 5;
/// The steps of a plan, before the one that doubles the examples.
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
/// Examples an intent is taken to have learned from at the least.
const LEAST_LEARNED: f64 = 0.5;
/// Texts two deals are taken to differ in beside those seen to: where few are tested, none of them may.
const UNSEEN: f64 = 2.0;
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
    let (texts, unseen) = (texts(trials), UNSEEN.sqrt());
    let spread = deviation(drawn.iter().map(|(slope, _)| *slope))
        .hypot(unseen / (texts * error(trials, &trials.whole, &once)) / grown(trials).max(LEAST_GROWN));
    let carried = STRAYS * STRAYS / (STRAYS * STRAYS + spread * spread);
    let power = (POWER * (1.0 + carried * (slope / SLOPE - 1.0))).clamp(0.0, STEEPEST);
    let sum = trials.examples.iter().sum::<usize>().max(1) as f64;
    let share = (trials.whole.iter().map(|trial| trial.learned).sum::<f64>() / 2.0 / sum).clamp(0.5, 1.0);
    let [one, other] = [0, 1].map(|nth| errors(trials, &trials.whole[nth], (share, power)));
    let lines = (0..trials.intents.len())
        .map(|at| {
            let examples = trials.examples[at];
            let more = learned(examples, share) / examples.max(1) as f64;
            Line { intent: trials.intents[at], examples, error: (one[at] + other[at]) / 2.0 * more.powf(power) }
        })
        .collect();
    let noise = deviation(drawn.iter().map(|(_, moved)| *moved)).hypot(unseen / texts);
    Forecast { lines, slope, spread, power, share, noise, texts }
}

impl Forecast {
    /// Returns what more examples, by intent in the order of the lines, add to macro-F1 on texts never seen.
    pub fn gain(&self, more: &[usize]) -> Band {
        self.band(self.point(more), more)
    }

    /// Returns the same as scored on texts held out of a training. Models learn from fewer examples then: an intent of
    /// one is never learned, and its second helps all the more.
    pub fn gain_held_out(&self, more: &[usize]) -> Band {
        let own = |line: &Line, more: usize| {
            let now = learned(line.examples, self.share);
            let error = line.error * (line.examples.max(1) as f64 / now).powf(self.power);
            error * (1.0 - (learned(line.examples + more, self.share) / now).powf(-self.power))
        };
        self.band(self.summed(more, &own), more)
    }

    fn band(&self, point: f64, more: &[usize]) -> Band {
        if more.iter().all(|more| *more == 0) {
            return Band::default();
        }
        let reach = self.reach(point);
        Band { low: point - reach, point, high: point + reach }
    }

    /// Returns how far from its forecast a gain may come: the curve may be another, the deal, and which of the tested
    /// texts it is that the labels help with.
    fn reach(&self, point: f64) -> f64 {
        let luck = (self.noise * self.noise + point.abs() / self.texts).sqrt();
        REACH * (point * SHAPE).hypot(luck * LUCK)
    }

    /// Returns where labels help most, step by step, and where to stop; `waiting` is how many each intent can be given.
    pub fn plan(&self, waiting: &[usize]) -> Plan {
        let mut allotted = self.allotted(STEPS[STEPS.len() - 1], waiting);
        // The last few labels may be such that what they take is more than what they bring.
        let falls = allotted.windows(2).position(|two| self.point(&two[1]) < self.point(&two[0]));
        allotted.truncate(falls.map_or(allotted.len(), |at| at + 1));
        let labels = |at: usize| allotted[at].iter().sum::<usize>();
        let gains: Vec<f64> = allotted.iter().map(|more| self.point(more)).collect();
        let before = |at: usize, of: &dyn Fn(usize) -> f64| if at == 0 { 0.0 } else { of(at - 1) };
        // The last of them may be fewer than a chunk.
        let worth = |at: usize| {
            let (more, gain) = (before(at, &|at| labels(at) as f64), before(at, &|at| gains[at]));
            gains[at] - gain >= WORTH * (labels(at) as f64 - more) / CHUNK as f64
        };
        let ends = (0..allotted.len()).find(|at| !worth(*at)).unwrap_or(allotted.len());
        let wanted = |size: &usize| STEPS.contains(&(size * CHUNK)) || *size == ends || *size == allotted.len();
        let mut steps: Vec<Step> =
            (1..=allotted.len()).filter(wanted).map(|size| self.step(&allotted[size - 1])).collect();
        let doubled: Vec<usize> = (0..self.lines.len()).map(|at| self.most(at, waiting)).collect();
        let last = steps.last().map_or((0, 0.0), |step| (step.labels, step.gain.point));
        let left = doubled.iter().sum::<usize>() > last.0;
        if left && self.point(&doubled) > last.1 {
            steps.push(self.step(&doubled));
        }
        let good = if ends == 0 { 0 } else { labels(ends - 1) };
        let beyond = steps.last().map_or(0.0, |step| step.gain.point) - before(ends, &|at| gains[at]);
        let little = beyond < LITTLE && beyond + self.reach(beyond) < SURELY;
        let end = match () {
            () if waiting.iter().all(|waiting| *waiting == 0) => End::Dry,
            // All of them were worth it, and either none is left or no more were looked at.
            () if ends > 0 && ends == allotted.len() && (!left || ends * CHUNK == STEPS[STEPS.len() - 1]) => {
                End::Open(good)
            }
            () if steps.is_empty() || little => End::Stop(good),
            () => End::Slow(good),
        };
        Plan { steps, end }
    }

    fn step(&self, more: &[usize]) -> Step {
        let mut asked: Vec<(Option<IntentId>, usize)> =
            self.lines.iter().zip(more).map(|(line, more)| (line.intent, *more)).collect();
        asked.retain(|(_, more)| *more > 0);
        asked.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        Step { labels: more.iter().sum(), asked, gain: self.gain(more) }
    }

    /// Returns how many an intent is given at most: no more than it has, for further the curves were never seen.
    fn most(&self, at: usize, waiting: &[usize]) -> usize {
        waiting[at].min(self.lines[at].examples.max(TOGETHER))
    }

    fn point(&self, more: &[usize]) -> f64 {
        self.summed(more, &|line, more| self.own(line, more))
    }

    /// Returns the mean of what every intent gains by its own examples, less what those take that outgrow others.
    fn summed(&self, more: &[usize], own: &dyn Fn(&Line, usize) -> f64) -> f64 {
        let mean = self.mean(more.iter().sum());
        let now = self.mean(0);
        let taken = self.taken();
        let gain = |(line, more): (&Line, &usize)| own(line, *more) - taken * outgrown(line, *more, now, mean);
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
                // An intent of one or two is not drowned in five at once.
                let together = |at: usize| TOGETHER.min(self.lines[at].examples.max(1)).min(left);
                let room = |at: usize| together(at).min(self.most(at, waiting).saturating_sub(more[at]));
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
    let fell = (error(trials, &trials.half, counts) / error(trials, &trials.whole, counts)).ln();
    if grown(trials) < LEAST_GROWN { SLOPE } else { fell / grown(trials) }
}

/// Returns by how much, in logarithms, models of all examples learned from more than those of half of them.
fn grown(trials: &Trials) -> f64 {
    let learned = |both: &[Trial; 2]| (both.iter().map(|trial| trial.learned).sum::<f64>() / 2.0).max(1.0);
    (learned(&trials.whole) / learned(&trials.half)).ln()
}

/// Returns the mean error of both deals, and no less than there is.
fn error(trials: &Trials, both: &[Trial; 2], counts: &[u32]) -> f64 {
    (both.iter().map(|trial| wrong(trials, trial, counts)).sum::<f64>() / 2.0).max(least(trials))
}

/// Returns the least error there is: half a text was wrong, for what never erred cannot tell.
fn least(trials: &Trials) -> f64 {
    0.5 / trials.gold.len().max(1) as f64
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

/// Returns how many examples of an intent models learned from where each text was held out once: a share of them, and
/// never the text itself. An intent of one still has its name.
fn learned(examples: usize, share: f64) -> f64 {
    let examples = examples as f64;
    (examples * share).min(examples - 1.0).max(LEAST_LEARNED)
}

/// Returns each intent's 1 − F1, drawn towards what the mean of all makes of so many examples.
fn errors(trials: &Trials, trial: &Trial, (share, power): (f64, f64)) -> Vec<f64> {
    let found = counted(trials, trial, None);
    let own = |[right, tested, guessed]: &[f64; 3]| 1.0 - 2.0 * right / (tested + guessed).max(1.0);
    let usual = |at: usize| learned(trials.examples[at], share).powf(-power);
    let tested: Vec<usize> = (0..found.len()).filter(|at| found[*at][1] > 0.0).collect();
    let mean = |of: &dyn Fn(usize) -> f64| tested.iter().map(|at| of(*at)).sum::<f64>() / tested.len().max(1) as f64;
    let scale = mean(&|at| own(&found[at])).max(least(trials)) / mean(&usual).max(f64::MIN_POSITIVE);
    let drawn = |at: usize| {
        let [_, tested, _] = found[at];
        (tested * own(&found[at]) + DRAWN * (scale * usual(at)).min(1.0)) / (tested + DRAWN)
    };
    (0..found.len()).map(drawn).collect()
}

/// Returns how many texts the score rests on: those of an intent that was tested on few weigh more in macro-F1.
fn texts(trials: &Trials) -> f64 {
    let found = counted(trials, &trials.whole[0], None);
    let tested = || found.iter().map(|row| row[1]).filter(|tested| *tested > 0.0);
    // A text weighs 1 / (intents · texts of its intent); the sum of the squares is one over the texts it is worth.
    let intents = tested().count().max(1) as f64;
    intents * intents / tested().map(|texts| 1.0 / texts).sum::<f64>().max(f64::MIN_POSITIVE)
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
            match plan.end {
                End::Dry => prop_assert!(plan.steps.is_empty() && waiting.iter().all(|waiting| *waiting == 0)),
                End::Stop(0) => prop_assert!(plan.step().is_none()),
                End::Stop(labels) | End::Slow(labels) | End::Open(labels) => {
                    prop_assert!(labels == 0 || plan.steps.iter().any(|step| step.labels == labels), "{:?}", plan);
                    prop_assert!(plan.step().is_some());
                }
            }
            // Stopping is only proposed where all that is told of beyond is little, too.
            if let (End::Stop(labels), Some(most)) = (plan.end, plan.steps.last()) {
                let stop = plan.steps.iter().find(|step| step.labels == labels).map_or(0.0, |step| step.gain.point);
                prop_assert!(most.gain.point - stop < LITTLE, "{:?}", plan);
            }
        }
    }

    /// Three intents of five hundred tested texts each, wrong as a power of what was learned from.
    fn known(power: f64, examples: [usize; 3]) -> Trials {
        erring(100.0, power, examples)
    }

    /// The same with so many wrong of each five hundred.
    fn erring(now: f64, power: f64, examples: [usize; 3]) -> Trials {
        let sum = examples.iter().sum::<usize>() as f64;
        let trial = |share: f64, deal: usize| {
            let wrong = (now * share.powf(-power)).round() as usize;
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
        let plan = found.plan(&[1000; 3]);
        assert_eq!((plan.end, plan.step()), (End::Stop(0), None), "{plan:?}");
    }

    #[test]
    fn stopping_is_said_only_where_doubling_the_examples_brings_little_as_well() {
        // Twenty-five of three thousand are little whatever they bring; twice the examples halve many errors or few.
        let [many, few] = [100.0, 2.0].map(|wrong| forecast(&erring(wrong, 0.5, [1000; 3]), 1).plan(&[5000; 3]));
        assert_eq!((many.end, few.end), (End::Slow(0), End::Stop(0)), "{many:?} {few:?}");
        for plan in [&many, &few] {
            assert!(plan.steps[0].gain.point < WORTH && plan.steps.last().unwrap().labels == 3000, "{plan:?}");
        }
        assert!(many.steps.last().unwrap().gain.low > LITTLE && few.steps.last().unwrap().gain.high < SURELY);
        assert!(many.step().unwrap().gain.point >= LITTLE && few.step().is_none());
    }

    #[test]
    fn what_waits_for_no_one_is_no_reason_to_stop() {
        let found = forecast(&known(0.5, [20; 3]), 1);
        assert_eq!(found.plan(&[0; 3]), Plan { steps: Vec::new(), end: End::Dry });
        // Thirty that wait are one chunk and a fifth of one: it is worth a fifth.
        let plan = found.plan(&[10; 3]);
        assert_eq!((plan.end, plan.steps.last().unwrap().labels), (End::Open(30), 30), "{plan:?}");
    }

    #[test]
    fn thirty_three_texts_that_were_all_right_promise_nothing_surely() {
        let gold: Vec<u16> = (0..33).map(|text| text % 3).collect();
        let trial = |share: f64| Trial { learned: 26.0 * share, guesses: gold.clone() };
        let intents = (1..4).map(|n| Some(IntentId(n))).collect();
        let [whole, half] = [1.0, 0.5].map(|share| [trial(share), trial(share)]);
        let found = forecast(&Trials { intents, examples: vec![11; 3], gold: gold.clone(), whole, half }, 1);
        // One text in 33 is three points; none was wrong and none differed, and yet one of the next may.
        let band = found.gain(&[11; 3]);
        assert!(band.low < -0.03 && band.high > 0.03 && !band.is_sure(), "{band:?}");
        assert!(!matches!(found.plan(&[100; 3]).end, End::Stop(_)), "too few texts to say stop");
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
