//! Training: examples in, a model and honest held-out predictions out.
//!
//! Every example is predicted once by a model that did not see it (the fold it belongs to was left out, its terms
//! and their spread included); those predictions calibrate the final model, which learns from everything, and choose
//! among algorithms where the trainer named none. Features are taken apart once for all folds; how one part of the
//! examples is learned stands in `study`.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use crate::domain::ids::IntentId;
use crate::domain::label::Word;
use crate::domain::prediction::Prediction;
use crate::domain::vector::Vectors;
use crate::nlu::algorithm::Algorithm;
use crate::nlu::attributes::{self, Attributes};
use crate::nlu::axes::Axes;
use crate::nlu::bayes;
use crate::nlu::calibration::{Calibration, Case, Evidence};
use crate::nlu::classic;
use crate::nlu::encoder::sentence::Encoder;
use crate::nlu::error::Error;
use crate::nlu::features::{Reader, learn};
use crate::nlu::meaning::{Centre, Meaning};
use crate::nlu::middles::{Crowds, Near};
use crate::nlu::model::{Model, prediction};
use crate::nlu::names::ALWAYS;
use crate::nlu::prototypes::{self, Prototypes};
use crate::nlu::shares::{self, Heard, least_share, share};
use crate::nlu::study::{Held, Learned, Study, Voters};
use crate::nlu::tuned::taught::Taught;
use crate::nlu::weights::Weights;
use crate::progress::{Part, Progress};

/// One text to learn from; `None` teaches what is out of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example<'a> {
    pub text: &'a str,
    pub intent: Option<IntentId>,
    /// Whether it was labelled with many others at once, so that no one looked at it.
    pub bulk: bool,
    /// Whether it is the intent's own name, as `names::readable` gives it, so that its words may be shared with others.
    pub name: bool,
}

impl<'a> Example<'a> {
    /// Returns a text someone labelled by itself.
    pub fn of(text: &'a str, intent: Option<IntentId>) -> Self {
        Self { text, intent, bulk: false, name: false }
    }

    /// Returns the name of an intent, which teaches like one more text.
    pub fn named(text: &'a str, intent: Option<IntentId>) -> Self {
        Self { name: true, ..Self::of(text, intent) }
    }
}

/// How much an error on an example labelled in bulk costs beside one that was looked at: some of them are wrong, and wrong
/// together. Measured apart with 15 to 22 % of them wrong: 0.8 to 2.7 points more on test than at the full price; with the
/// 11 % of `cargo bench --bench trainer` on mschat_zh hardly any.
const BULK_WORTH: f32 = 0.1;

/// The settings of a training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainOptions {
    /// `None` takes what held-out examples show to be best for the data at hand.
    pub algorithm: Option<Algorithm>,
    pub seed: u64,
    /// The price of an error; 1 is best nearly everywhere.
    pub c: f32,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { algorithm: None, seed: 1, c: 1.0 }
    }
}

/// What a training gives.
pub struct Trained {
    pub model: Model,
    /// For each example, in order, what a model that did not see it thinks of it; nothing for one never held out.
    pub held_out: Vec<Prediction>,
}

/// The most intents a model's bytes can number.
const MOST_INTENTS: usize = u16::MAX as usize;

/// Trains a model; encodes the texts first where the algorithm reads their meaning.
///
/// `folds` numbers the part each example belongs to (see `evaluation::split`); all examples of a number are held
/// out together, those of [`ALWAYS`] never. Stops between steps when `progress` says so.
pub fn train(
    examples: &[Example],
    folds: &[u8],
    options: &TrainOptions,
    words: &[Word],
    progress: &dyn Progress,
) -> Result<Trained, Error> {
    let encoded = Encoded { encoder: &Encoder::built_in(), vectors: None };
    train_encoded(examples, encoded, folds, options, words, progress)
}

/// The encoder that reads the examples, and their vectors by it, one an example, where they are known.
#[derive(Clone, Copy)]
pub struct Encoded<'a> {
    pub encoder: &'a Encoder,
    pub vectors: Option<&'a Vectors>,
}

/// Trains a model that reads texts by an encoder of one's choice.
pub fn train_encoded(
    examples: &[Example],
    Encoded { encoder, vectors }: Encoded<'_>,
    folds: &[u8],
    options: &TrainOptions,
    words: &[Word],
    progress: &dyn Progress,
) -> Result<Trained, Error> {
    let (intents, truth) = classes(examples, folds)?;
    let worth: Vec<f32> = examples.iter().map(|example| if example.bulk { BULK_WORTH } else { 1.0 }).collect();
    let named = options.algorithm.map(|algorithm| vec![algorithm]);
    let algorithms = named.unwrap_or_else(|| Algorithm::worth_trying(examples.len(), intents.len()).to_vec());
    if let Some(algorithm) = algorithms.iter().find(|algorithm| examples.len() > algorithm.most()) {
        return Err(Error::TooManyExamples { examples: examples.len(), most: algorithm.most() });
    }
    let mut parts: Vec<u8> = folds.iter().copied().filter(|fold| *fold != ALWAYS).collect();
    parts.sort_unstable();
    parts.dedup();
    let texts: Vec<&str> = examples.iter().map(|e| e.text).collect();
    let encoded = match vectors {
        None if algorithms.iter().any(|algorithm| algorithm.reads_meaning()) => {
            Some(encoder.encode_packed(&texts, progress).ok_or(Error::Stopped)?)
        }
        _ => None,
    };
    let vectors = vectors.or(encoded.as_ref()).filter(|vectors| vectors.len() == examples.len());

    let each = parts.len() as u64 + 1;
    let teaches = Taught::is_worth(examples.len()) && algorithms.iter().any(|algorithm| algorithm.has_prototypes());
    let before = if teaches { 1 + each } else { 1 };
    let steps = before + algorithms.len() as u64 * each;
    progress.at(0, steps);
    let centre = vectors.map(Centre::of);
    let rows = vectors.zip(centre.as_ref()).map(|(vectors, centre)| centre.rows(vectors));
    let rows = rows.as_ref();
    let tries = |any: &dyn Fn(&Algorithm) -> bool| rows.filter(|_| algorithms.iter().any(any));
    let voters = tries(&|algorithm| *algorithm == Algorithm::Neighbours);
    let voters = voters.map(|rows| Voters::of(rows, &truth, folds, intents.len()));
    // None of the three needs another.
    let (terms, (near, axes)) = rayon::join(
        || learn(&texts, &Reader::new(words), progress),
        || {
            rayon::join(
                || {
                    let rows = tries(&|algorithm| algorithm.reads_meaning() && *algorithm != Algorithm::Neighbours)?;
                    let crowds = Crowds::of(rows, &truth, intents.len(), options.seed);
                    Some((Near::of(rows, &crowds, &truth, folds), crowds))
                },
                || {
                    let rows = tries(&|algorithm| *algorithm == Algorithm::Joined)?;
                    let axes = Axes::of(rows)?;
                    let places = axes.rows(rows);
                    Some((axes, places))
                },
            )
        },
    );
    let (vocabulary, counts) = terms?;
    let (near, crowds) = near.unzip();
    let crowds = crowds.zip(tries(&|algorithm| algorithm.has_prototypes())).map(|(crowds, rows)| {
        let each = (prototypes::MOST / intents.len()).clamp(1, prototypes::EACH);
        crowds.fewer(rows, each, options.seed)
    });
    let few = tries(&|algorithm| algorithm.is_classic());
    let few = few.and_then(|rows| {
        let axes = Axes::some(rows, classic::AXES)?;
        let places = axes.rows(rows);
        Some((axes, places))
    });
    let named = examples.iter().zip(&truth).filter(|(example, _)| example.name);
    let attributes =
        Attributes::of(named.map(|(example, class)| (*class, example.text)), intents.len(), examples.len());
    let study = Study {
        c: options.c,
        seed: options.seed,
        vocabulary: &vocabulary,
        counts: &counts,
        meaning: rows,
        axes: axes.as_ref(),
        few: few.as_ref(),
        voters: voters.as_ref(),
        crowds: crowds.as_ref(),
        attributes: attributes.as_ref(),
        truth: &truth,
        worth: &worth,
        folds,
        intents: intents.len(),
    };
    progress.at(1, steps);
    let taught = match vectors.filter(|_| teaches) {
        Some(vectors) => {
            let part = Part { whole: progress, from: 1, to: before, total: steps, rows: 0 };
            Taught::of(&study, (encoder, &texts, vectors), &parts, &part)?
        }
        None => None,
    };
    let none = intents.first().is_some_and(|intent| intent.is_none()).then_some(0);
    let mut best: Option<(usize, Tried)> = None;
    for (nth, &algorithm) in algorithms.iter().enumerate() {
        let at = |part: u64| progress.at(before + nth as u64 * each + part, steps);
        let closeness = match (algorithm, &voters, &near) {
            (Algorithm::Neighbours, Some(voters), _) => voters.closeness(&truth),
            (_, _, Some(near)) if algorithm.reads_meaning() => near.closeness.clone(),
            _ => Vec::new(),
        };
        let tried = try_one(&study, algorithm, &parts, (closeness, taught.as_ref()), none, &at, progress)?;
        let right = tried.right(&study);
        if best.as_ref().is_none_or(|(most, _)| right > *most) {
            best = Some((right, tried));
        }
    }
    let (_, Tried { algorithm, learned, prototypes, tuned, cases, calibration }) =
        best.expect("there is an algorithm to try");
    let held_out = cases
        .par_iter()
        .zip(folds)
        .map(|(case, fold)| match *fold {
            ALWAYS => Prediction::default(),
            _ => prediction(&case.evidence, calibration, &intents),
        })
        .collect();
    let columns = vocabulary.len();
    let bias = learned.bias(intents.len());
    let Learned { weighing, blocks, classic, .. } = learned;
    let blocks = study.off_axes(algorithm, blocks);
    let terms = Weights::of(&blocks, 0..columns, intents.len());
    let neighbours = match algorithm {
        Algorithm::Neighbours => voters.map(|voters| voters.neighbours),
        _ => near.map(|near| near.neighbours),
    };
    let meaning = match (centre, neighbours) {
        (Some(centre), Some(neighbours)) if algorithm.reads_meaning() => {
            let width = centre.0.len();
            let weights = Weights::of(&blocks, columns..columns + width, intents.len());
            let axes = few.as_ref().map(|(axes, _)| axes.directions().clone());
            let classic = axes.zip(classic);
            let tuned = taught.filter(|_| tuned > 0.0).and_then(|taught| taught.packed(tuned));
            Some(Meaning { encoder: encoder.clone(), classic, centre, weights, neighbours, prototypes, tuned })
        }
        _ => None,
    };
    let reader = Reader::for_vocabulary(words, &vocabulary);
    let model = Model { algorithm, intents, reader, vocabulary, weighing, weights: terms, bias, meaning, calibration };
    Ok(Trained { model, held_out })
}

/// What one algorithm came to.
struct Tried<'a> {
    algorithm: Algorithm,
    learned: Learned<'a>,
    /// None where they told nothing new.
    prototypes: Option<Prototypes>,
    /// The share of what taught layers say; 0 where they told nothing new.
    tuned: f32,
    cases: Vec<Case>,
    calibration: Calibration,
}

impl Tried<'_> {
    /// Returns how many held-out examples it gets right.
    fn right(&self, study: &Study) -> usize {
        let held = self.cases.iter().zip(study.folds).filter(|(_, fold)| **fold != ALWAYS);
        held.filter(|(case, _)| case.evidence.margins.first().is_some_and(|(class, _)| *class == case.truth)).count()
    }
}

/// Learns from everything, then from all but each fold in turn, and calibrates.
fn try_one<'a>(
    study: &Study<'a>,
    algorithm: Algorithm,
    parts: &[u8],
    (closeness, taught): (Vec<(f32, f32)>, Option<&Taught>),
    none: Option<u16>,
    at: &(dyn Fn(u64) + Sync),
    progress: &dyn Progress,
) -> Result<Tried<'a>, Error> {
    // Neither needs the other, and prototypes' small steps leave room beside them.
    let (grown, found) = rayon::join(
        || study.prototypes(algorithm, parts, progress),
        || -> Result<(Learned<'a>, Vec<Vec<Held>>), Error> {
            let learned = study.learn(algorithm, None, None, progress)?;
            at(1);
            let done = AtomicU64::new(1);
            // A fold starts from the support the whole found, less its own examples, and ends where it would from nothing.
            let one = |part: &u8| {
                let held = study.held_out(algorithm, *part, &learned, progress);
                at(done.fetch_add(1, Ordering::Relaxed) + 1);
                held
            };
            let found: Vec<Vec<Held>> = parts.par_iter().map(one).collect::<Result<_, Error>>()?;
            Ok((learned, found))
        },
    );
    let (grown, (mut learned, found)) = (grown?, found?);
    let mut cases: Vec<Case> = study.truth.iter().map(|truth| Case { truth: *truth, ..Case::default() }).collect();
    let mut found: Vec<Held> = found.into_iter().flatten().collect();
    let held: Vec<usize> = found.iter().map(|held| held.example).collect();
    if found.iter().any(|held| !held.shared.is_empty()) {
        let hear = |one: &Held| Heard {
            truth: study.truth[one.example],
            margins: one.margins.clone(),
            logs: one.shared.clone(),
        };
        let heard: Vec<Heard> = found.iter().map(hear).collect();
        let share = least_share(&sound(study, &held, &heard), &attributes::SHARES);
        found.iter_mut().zip(&heard).for_each(|(one, heard)| one.take(heard.joined(share)));
        learned.add_shared(share);
    }
    if found.iter().any(|held| !held.odds.is_empty()) {
        let hear = |held: Held| Heard { truth: study.truth[held.example], margins: held.margins, logs: held.odds };
        let heard: Vec<Heard> = found.into_iter().map(hear).collect();
        learned.add_odds(join(study, &held, &heard, &bayes::SHARES, &mut cases));
    } else {
        found.into_iter().for_each(|held| cases[held.example].evidence.margins = held.margins);
    }
    for (case, (with, without)) in cases.iter_mut().zip(closeness) {
        case.evidence = Evidence { closeness: with, ..std::mem::take(&mut case.evidence) };
        case.struck_closeness = without;
    }
    let prototypes = grown.map(|grown| {
        let heard: Vec<Heard> = held
            .par_iter()
            .map(|&i| {
                let nth = parts.binary_search(&study.folds[i]).expect("every fold is a part");
                let Case { evidence: Evidence { margins, .. }, truth, .. } = &cases[i];
                let logs = study.said(&grown, nth, i, margins);
                Heard { truth: *truth, margins: margins.clone(), logs }
            })
            .collect();
        let share = join(study, &held, &heard, &shares::OF_LOGITS, &mut cases);
        study.packed(grown, share)
    });
    let prototypes = prototypes.filter(|prototypes| prototypes.share > 0.0);
    let tuned = taught.filter(|_| algorithm.has_prototypes()).map_or(0.0, |taught| {
        let hear = |i: &usize| {
            let Case { evidence: Evidence { margins, .. }, truth, .. } = &cases[*i];
            let logs = margins.iter().map(|(class, _)| taught.log(*i, *class)).collect();
            Heard { truth: *truth, margins: margins.clone(), logs }
        };
        let heard: Vec<Heard> = held.iter().map(hear).collect();
        join(study, &held, &heard, &shares::OF_LOGITS, &mut cases)
    });
    let held: Vec<Case> =
        cases.iter().zip(study.folds).filter(|(_, fold)| **fold != ALWAYS).map(|(case, _)| case.clone()).collect();
    let calibration = Calibration::fit(&held, none);
    Ok(Tried { algorithm, learned, prototypes, tuned, cases, calibration })
}

/// Adds to the margins of held-out examples the share of what another learner says that they show best; returns it.
fn join(study: &Study, held: &[usize], heard: &[Heard], shares: &[f32], cases: &mut [Case]) -> f32 {
    let share = share(&sound(study, held, heard), shares);
    held.iter().zip(heard).for_each(|(i, heard)| cases[*i].evidence.margins = heard.joined(share));
    share
}

/// Returns of held-out examples those that were looked at, where they are enough to judge by, else all.
fn sound<'h>(study: &Study, held: &[usize], heard: &'h [Heard]) -> Vec<&'h Heard> {
    const ENOUGH: usize = 200;
    let looked: Vec<&Heard> = held.iter().zip(heard).filter(|(i, _)| study.worth[**i] == 1.0).map(|(_, h)| h).collect();
    if looked.len() >= ENOUGH { looked } else { heard.iter().collect() }
}

/// Returns the classes of the examples, and each example's; refuses what cannot be learned from.
fn classes(examples: &[Example], folds: &[u8]) -> Result<(Vec<Option<IntentId>>, Vec<u16>), Error> {
    if examples.is_empty() {
        return Err(Error::NoExamples);
    }
    if folds.len() != examples.len() {
        return Err(Error::Folds { folds: folds.len(), examples: examples.len() });
    }
    let mut intents: Vec<Option<IntentId>> = examples.iter().map(|e| e.intent).collect();
    intents.sort_unstable();
    intents.dedup();
    if intents.len() < 2 {
        return Err(Error::OneIntent { examples: examples.len() });
    }
    if intents.len() > MOST_INTENTS {
        return Err(Error::TooManyIntents { intents: intents.len(), most: MOST_INTENTS });
    }
    let truth = examples
        .iter()
        .map(|e| intents.binary_search(&e.intent).expect("every example's intent was listed") as u16)
        .collect();
    Ok((intents, truth))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::{Quiet, Stop};
    use proptest::prelude::*;

    const OPEN: Option<IntentId> = Some(IntentId(7));
    const LOST: Option<IntentId> = Some(IntentId(2));
    const LOAN: Option<IntentId> = Some(IntentId(11));

    pub(crate) fn examples() -> Vec<Example<'static>> {
        [
            ("怎么开户", OPEN),
            ("我想开个账户", OPEN),
            ("开户需要什么材料", OPEN),
            ("网上可以开户吗", OPEN),
            ("open an account please", OPEN),
            ("how do i open a savings account", OPEN),
            ("卡丢了怎么办", LOST),
            ("我的银行卡丢了", LOST),
            ("信用卡挂失", LOST),
            ("卡不见了要挂失", LOST),
            ("my card is lost", LOST),
            ("i lost my card yesterday", LOST),
            ("贷款要多久批", LOAN),
            ("贷款审批几天", LOAN),
            ("我的贷款批了吗", LOAN),
            ("贷款进度查询", LOAN),
            ("is my loan approved", LOAN),
            ("how long does loan approval take", LOAN),
            ("今天天气怎么样", None),
            ("讲个笑话", None),
            ("你吃饭了吗", None),
            ("tell me a joke", None),
            ("what is the weather today", None),
        ]
        .map(|(text, intent)| Example::of(text, intent))
        .to_vec()
    }

    fn folds(n: usize) -> Vec<u8> {
        (0..n).map(|i| (i % 3) as u8).collect()
    }

    /// Reads terms alone, so that a test need not wait for the encoder.
    fn linear() -> TrainOptions {
        TrainOptions { algorithm: Some(Algorithm::Linear), ..TrainOptions::default() }
    }

    fn with(algorithm: Algorithm) -> TrainOptions {
        TrainOptions { algorithm: Some(algorithm), ..TrainOptions::default() }
    }

    fn trained(options: TrainOptions) -> Trained {
        // Made once: encoding is what takes time here.
        static VECTORS: std::sync::LazyLock<Vectors> = std::sync::LazyLock::new(|| {
            let texts: Vec<&str> = examples().iter().map(|example| example.text).collect();
            Encoder::built_in().encode_packed(&texts, &Quiet).unwrap()
        });
        let examples = examples();
        let vectors = options.algorithm.is_none_or(Algorithm::reads_meaning).then(|| &*VECTORS);
        let encoded = Encoded { encoder: &Encoder::built_in(), vectors };
        train_encoded(&examples, encoded, &folds(examples.len()), &options, &[], &Quiet).unwrap()
    }

    #[test]
    fn every_algorithm_learns_both_languages() {
        for algorithm in Algorithm::ALL {
            let model = trained(with(algorithm)).model;
            for (text, intent) in [
                ("开户流程", OPEN),
                ("卡丢了，想挂失", LOST),
                ("贷款什么时候批", LOAN),
                ("OPEN an account!", OPEN),
                ("my card got lost", LOST),
                ("loan approval", LOAN),
                ("another joke", None),
            ] {
                assert_eq!(model.understand(text).best().unwrap().intent, intent, "{text} by {}", algorithm.name());
            }
        }
    }

    #[test]
    fn a_model_comes_back_from_its_bytes_the_same() {
        for algorithm in Algorithm::ALL {
            let model = trained(with(algorithm)).model;
            let bytes = model.to_bytes();
            let back = Model::from_bytes(&bytes).unwrap();
            assert_eq!(back.to_bytes(), bytes);
            assert_eq!(back.hash(), model.hash());
            for text in ["我的卡丢了，card", "贷款"] {
                assert_eq!(back.understand(text), model.understand(text));
            }
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_byte() {
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                [linear(), with(Algorithm::Joined), with(Algorithm::Mixed)].map(|options| {
                    let trained = trained(options);
                    (trained.model.to_bytes(), trained.held_out)
                })
            })
        };
        assert_eq!(on(1), on(4));
    }

    #[test]
    fn held_out_predictions_do_not_know_their_example() {
        // A text alone in its intent can only be guessed by a model that saw it.
        let mut examples = examples();
        examples.push(Example::of("绿色通道预约", Some(IntentId(99))));
        let folds = folds(examples.len());
        let trained = train(&examples, &folds, &linear(), &[], &Quiet).unwrap();
        assert_eq!(trained.model.understand("绿色通道预约").best().unwrap().intent, Some(IntentId(99)));
        assert_ne!(trained.held_out.last().unwrap().best().unwrap().intent, Some(IntentId(99)));
        assert_eq!(trained.held_out.len(), examples.len());
    }

    /// Four intents whose names share words; with their names last, or with codes in their place.
    fn switches(named: bool) -> (Vec<Example<'static>>, Vec<u8>) {
        let texts = [
            ("打开无线网", 1),
            ("把无线网打开", 1),
            ("无线网开一下", 1),
            ("帮我开无线网", 1),
            ("关闭无线网", 2),
            ("把无线网关掉", 2),
            ("无线网关一下", 2),
            ("帮我关无线网", 2),
            ("打开台灯", 3),
            ("把台灯打开", 3),
            ("台灯开一下", 3),
            ("帮我开台灯", 3),
            ("熄灭台灯", 4),
            ("台灯关了吧", 4),
        ];
        let names = [("network open", 1), ("network close", 2), ("lamp open", 3), ("lamp close", 4)];
        let mut folds: Vec<u8> = (0..texts.len()).map(|i| (i % 4) as u8).collect();
        let mut examples: Vec<Example> = texts.map(|(text, id)| Example::of(text, Some(IntentId(id)))).to_vec();
        examples.extend(names.map(|(text, id)| Example { name: named, ..Example::of(text, Some(IntentId(id))) }));
        folds.resize(examples.len(), ALWAYS);
        (examples, folds)
    }

    #[test]
    fn what_names_share_is_the_same_on_any_number_of_threads() {
        let on = |threads: usize| {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| {
                let (examples, folds) = switches(true);
                let trained = train(&examples, &folds, &linear(), &[], &Quiet).unwrap();
                (trained.model.to_bytes(), trained.held_out)
            })
        };
        assert_eq!(on(1), on(2));
    }

    #[test]
    fn names_that_share_nothing_change_nothing() {
        let learned = |named: bool| {
            let (mut examples, folds) = switches(named);
            let last = examples.len() - 4;
            let codes = ["one", "two", "three", "four"];
            examples[last..].iter_mut().zip(codes).for_each(|(example, code)| example.text = code);
            let trained = train(&examples, &folds, &linear(), &[], &Quiet).unwrap();
            (trained.model.to_bytes(), trained.held_out)
        };
        assert_eq!(learned(true), learned(false));
    }

    #[test]
    fn strange_text_is_none_of_them() {
        let examples: Vec<_> = examples().into_iter().filter(|e| e.intent.is_some()).collect();
        let trained = train(&examples, &folds(examples.len()), &linear(), &[], &Quiet).unwrap();
        let sum = |text: &str| trained.model.understand(text).guesses.iter().map(|g| g.probability).sum::<f32>();
        assert!(sum("qzxv") < sum("我要开户"), "{} {}", sum("qzxv"), sum("我要开户"));
    }

    #[test]
    fn what_cannot_be_learned_is_said() {
        let one = [Example::of("a", OPEN), Example::of("b", OPEN)];
        let train = |e: &[Example], f: &[u8]| train(e, f, &linear(), &[], &Quiet).map(|_| ()).unwrap_err();
        assert_eq!(train(&[], &[]), Error::NoExamples);
        assert_eq!(train(&one, &[0, 1]), Error::OneIntent { examples: 2 });
        assert_eq!(train(&one, &[0]), Error::Folds { folds: 1, examples: 2 });
    }

    #[test]
    fn training_stops_when_told() {
        for algorithm in Algorithm::ALL {
            let examples = examples();
            let options = with(algorithm);
            let stopped = train(&examples, &folds(examples.len()), &options, &[], &Stop);
            assert_eq!(stopped.map(|_| ()).unwrap_err(), Error::Stopped);
        }
    }

    #[test]
    fn the_pushes_of_all_words_sum_to_the_margin() {
        let sums = |model: &Model, text: &str| {
            for &intent in model.intents() {
                let (margin, bias) = model.margin(text, intent).unwrap();
                let sum: f32 = model.explain(text, intent).iter().map(|(_, push)| push).sum();
                assert!((margin - bias - sum).abs() < 1e-4, "{text}: {margin} {bias} {sum}");
            }
        };
        let model = trained(linear()).model;
        for text in ["我的卡丢了，怎么办？", "open  an account", "信用卡card丢了 please", "？？", "卡卡卡"]
        {
            sums(&model, text);
        }
        sums(&trained(with(Algorithm::Joined)).model, "信用卡丢了 please");
        let pushes = model.explain("我的银行卡丢了", LOST);
        assert_eq!(pushes.iter().take(2).map(|p| p.0.as_str()).collect::<Vec<_>>(), ["银行卡", "丢"], "{pushes:?}");
        assert_eq!(model.explain("loan", Some(IntentId(12345))), []);
    }

    #[test]
    fn what_was_labelled_in_bulk_gives_way_to_what_was_looked_at() {
        // Three texts of a kind taken with a cluster of the other intent; one of the same kind was looked at.
        let mut examples = examples();
        for text in ["卡丢了挂失开户", "卡丢了挂失开户吗", "卡丢了挂失开户呢"] {
            examples.push(Example { bulk: true, ..Example::of(text, OPEN) });
        }
        examples.push(Example::of("卡丢了挂失开户吧", LOST));
        let asked = |examples: &[Example]| {
            let trained = train(examples, &folds(examples.len()), &linear(), &[], &Quiet).unwrap();
            trained.model.understand("卡丢了挂失开户").best().unwrap().intent
        };
        assert_eq!(asked(&examples), LOST);
        examples.iter_mut().for_each(|example| example.bulk = false);
        assert_eq!(asked(&examples), OPEN);
    }

    #[test]
    fn own_words_travel_with_the_model() {
        let words = [Word { text: "卡丢了".into(), tag: String::new() }];
        let examples = examples();
        let trained = train(&examples, &folds(examples.len()), &linear(), &words, &Quiet).unwrap();
        let back = Model::from_bytes(&trained.model.to_bytes()).unwrap();
        assert_eq!(back.words(), words);
        assert!(back.explain("卡丢了怎么办", LOST).iter().any(|(word, _)| word == "卡丢了"));
    }

    #[test]
    fn a_newer_model_is_refused_by_number() {
        let mut bytes = trained(linear()).model.to_bytes();
        bytes[8] = 9;
        assert_eq!(
            Model::from_bytes(&bytes).map(|_| ()).unwrap_err(),
            Error::Newer { found: 9, known: crate::nlu::carry::VERSION }
        );
    }

    #[test]
    fn a_model_of_version_one_still_answers() {
        // The first version had neither the calibration's last two numbers nor a part for meaning at the end.
        let model = trained(linear()).model;
        let mut bytes = model.to_bytes();
        bytes.truncate(bytes.len() - 8 - 4);
        bytes[8..10].copy_from_slice(&1u16.to_le_bytes());
        let near = 8 + 2 + 4 + "linear".len() + 4 + 4 + 9 * model.intents().len() + 4 * model.intents().len() + 8;
        bytes.drain(near..near + 8);
        let sum = xxhash_rust::xxh3::xxh3_64(&bytes);
        bytes.extend(sum.to_le_bytes());
        let back = Model::from_bytes(&bytes).unwrap();
        let order = |model: &Model| {
            let guesses = model.understand("卡丢了，想挂失").guesses;
            guesses.iter().map(|guess| guess.intent).collect::<Vec<_>>()
        };
        assert_eq!(order(&back), order(&model));
    }

    #[test]
    fn a_model_of_version_five_still_answers() {
        // It said nothing of taught layers; a model that learned from few examples has none, which is its last byte.
        let model = trained(with(Algorithm::Joined)).model;
        let mut bytes = model.to_bytes();
        bytes.truncate(bytes.len() - 8 - 1);
        bytes[8..10].copy_from_slice(&5u16.to_le_bytes());
        let sum = xxhash_rust::xxh3::xxh3_64(&bytes);
        bytes.extend(sum.to_le_bytes());
        assert_eq!(Model::from_bytes(&bytes).unwrap().to_bytes(), model.to_bytes());
    }

    #[test]
    fn what_held_out_examples_show_best_is_taken() {
        let trained = trained(TrainOptions::default());
        assert!(Algorithm::worth_trying(23, 4).contains(&trained.model.algorithm()));
        assert_eq!(trained.model.understand("my bank card vanished").best().unwrap().intent, LOST);
    }

    #[test]
    fn what_is_always_learned_is_never_held_out() {
        let mut examples = examples();
        examples.push(Example::of("绿色通道", OPEN));
        let mut folds = folds(examples.len());
        *folds.last_mut().unwrap() = ALWAYS;
        let trained = train(&examples, &folds, &linear(), &[], &Quiet).unwrap();
        assert!(trained.held_out.last().unwrap().guesses.is_empty());
        assert_eq!(trained.model.understand("绿色通道").best().unwrap().intent, OPEN);
    }

    fn probabilities_are_sound(prediction: &Prediction) -> bool {
        let sum: f32 = prediction.guesses.iter().map(|g| g.probability).sum();
        prediction.guesses.iter().all(|g| (0.0..=1.0001).contains(&g.probability))
            && sum <= 1.0001
            && prediction.guesses.is_sorted_by(|a, b| a.probability >= b.probability)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_gets_a_sound_prediction(text in "\\PC{0,20}|[开户卡丢贷款 a-z]{0,20}") {
            static MODEL: std::sync::LazyLock<Trained> = std::sync::LazyLock::new(|| trained(linear()));
            prop_assert!(MODEL.held_out.iter().all(probabilities_are_sound));
            prop_assert!(probabilities_are_sound(&MODEL.model.understand(&text)));
        }

        #[test]
        fn damaged_bytes_are_refused(at in 0usize..4000, byte: u8, cut in 0usize..4000, resealed: bool) {
            static BYTES: std::sync::LazyLock<Vec<u8>> =
                std::sync::LazyLock::new(|| trained(linear()).model.to_bytes());
            let mut bytes = BYTES[..BYTES.len().saturating_sub(cut)].to_vec();
            if let Some(b) = bytes.get_mut(at) {
                *b = byte;
            }
            if resealed && bytes.len() > 8 {
                // Even with a matching checksum nothing may panic.
                let body = bytes.len() - 8;
                let sum = xxhash_rust::xxh3::xxh3_64(&bytes[..body]);
                bytes[body..].copy_from_slice(&sum.to_le_bytes());
                if let Ok(model) = Model::from_bytes(&bytes) {
                    model.understand("我的卡丢了 card");
                }
            } else {
                prop_assert!(bytes == *BYTES || Model::from_bytes(&bytes).is_err());
            }
        }
    }
}
