//! Training: examples in, a model and honest held-out predictions out.
//!
//! Every example is predicted once by a model that did not see it (the fold it belongs to was left out, its terms
//! and their spread included); those predictions calibrate the final model, which learns from everything.
//! Features are taken apart once for all folds.

use rayon::prelude::*;

use crate::domain::ids::IntentId;
use crate::domain::label::Word;
use crate::domain::prediction::Prediction;
use crate::nlu::bayes;
use crate::nlu::calibration::{Calibration, Margins, best};
use crate::nlu::error::Error;
use crate::nlu::features::{Counts, Reader, Vocabulary, Weighing, learn};
use crate::nlu::linear::{self, Block, LANES, Lesson, Support};
use crate::nlu::model::{Model, Weights, prediction};
use crate::progress::Progress;
use crate::text::vector::Rows;

/// One text to learn from; `None` teaches what is out of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example<'a> {
    pub text: &'a str,
    pub intent: Option<IntentId>,
}

/// How a model learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Algorithm {
    /// Linear support vectors, one intent against the rest: the best measured.
    #[default]
    Linear,
    /// Complement naive Bayes: the instant baseline.
    Bayes,
}

impl Algorithm {
    pub const ALL: [Algorithm; 2] = [Algorithm::Linear, Algorithm::Bayes];

    /// Returns the word used on the command line and in a run's settings.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Linear => "linear",
            Algorithm::Bayes => "bayes",
        }
    }

    /// Returns the algorithm with that name; `svm` is another word for `linear`.
    pub fn named(word: &str) -> Option<Self> {
        match word {
            "svm" => Some(Algorithm::Linear),
            _ => Self::ALL.into_iter().find(|a| a.name() == word),
        }
    }
}

/// The settings of a training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrainOptions {
    pub algorithm: Algorithm,
    pub seed: u64,
    /// The price of an error for the linear learner; 1 is best nearly everywhere.
    pub c: f32,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { algorithm: Algorithm::Linear, seed: 1, c: 1.0 }
    }
}

/// What a training gives.
pub struct Trained {
    pub model: Model,
    /// For each example, in order, what a model that did not see it thinks of it.
    pub held_out: Vec<Prediction>,
}

/// The most intents a model's bytes can number.
const MOST_INTENTS: usize = u16::MAX as usize;

/// Trains a model.
///
/// `folds` numbers the part each example belongs to (see `evaluation::split`); all examples of a number are held
/// out together. Stops between steps when `progress` says so.
pub fn train(
    examples: &[Example],
    folds: &[u8],
    options: &TrainOptions,
    words: &[Word],
    progress: &dyn Progress,
) -> Result<Trained, Error> {
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
    let truth: Vec<u16> = examples
        .iter()
        .map(|e| intents.binary_search(&e.intent).expect("every example's intent was listed") as u16)
        .collect();
    let mut parts: Vec<u8> = folds.to_vec();
    parts.sort_unstable();
    parts.dedup();

    let steps = parts.len() as u64 + 2;
    progress.at(0, steps);
    let texts: Vec<&str> = examples.iter().map(|e| e.text).collect();
    let reader = Reader::new(words);
    let (vocabulary, counts) = learn(&texts, &reader, progress)?;
    let study = Study { options, vocabulary: &vocabulary, counts: &counts, truth: &truth, intents: intents.len() };
    progress.at(1, steps);

    let whole = study.learn(|_| true, None, progress)?;
    let weights = Weights::of(&whole.blocks, vocabulary.len(), intents.len());
    progress.at(2, steps);
    // A fold starts from the support the whole found, less its own examples, and ends where it would from nothing.
    let start = (options.algorithm == Algorithm::Linear).then_some(&whole.support[..]);
    let mut margins: Vec<Margins> = vec![Vec::new(); examples.len()];
    for (done, &part) in parts.iter().enumerate() {
        let Learned { rows, blocks, .. } = study.learn(|i| folds[i] != part, start, progress)?;
        let held: Vec<(usize, Margins)> = (0..examples.len())
            .into_par_iter()
            .filter(|&i| folds[i] == part)
            .map(|i| (i, best(&margins_of(&blocks, intents.len(), &rows, i))))
            .collect();
        held.into_iter().for_each(|(i, found)| margins[i] = found);
        progress.at(done as u64 + 3, steps);
    }
    let calibration = Calibration::fit(&margins, &truth);
    let held_out = margins.iter().map(|m| prediction(m, calibration, &intents)).collect();
    let reader = Reader::for_vocabulary(words, &vocabulary);
    let model = Model {
        algorithm: options.algorithm,
        intents,
        reader,
        vocabulary,
        weighing: whole.weighing,
        weights,
        calibration,
    };
    Ok(Trained { model, held_out })
}

/// What one fit gives.
struct Learned {
    rows: Rows,
    weighing: Weighing,
    blocks: Vec<Block>,
    support: Vec<Support>,
}

/// What all folds share.
struct Study<'a> {
    options: &'a TrainOptions,
    vocabulary: &'a Vocabulary,
    counts: &'a Counts,
    truth: &'a [u16],
    intents: usize,
}

impl Study<'_> {
    fn learn(
        &self,
        kept: impl Fn(usize) -> bool,
        start: Option<&[Support]>,
        progress: &dyn Progress,
    ) -> Result<Learned, Error> {
        let weighing = Weighing::learn(self.vocabulary, self.counts, &kept);
        let rows = weighing.rows(self.vocabulary, self.counts);
        let classes: Vec<Option<u16>> =
            self.truth.iter().enumerate().map(|(i, &class)| kept(i).then_some(class)).collect();
        let TrainOptions { algorithm, seed, c } = *self.options;
        let lesson = Lesson { rows: &rows, classes: &classes, count: self.intents, c, seed };
        let mut support = Vec::new();
        let blocks = match algorithm {
            Algorithm::Linear => {
                let learned = linear::learn(&lesson, start, progress).ok_or(Error::Stopped)?;
                let (blocks, found) = learned.into_iter().unzip();
                support = found;
                blocks
            }
            Algorithm::Bayes if progress.stopped() => return Err(Error::Stopped),
            Algorithm::Bayes => bayes::learn(&lesson),
        };
        Ok(Learned { rows, weighing, blocks, support })
    }
}

fn margins_of(blocks: &[Block], intents: usize, rows: &Rows, i: usize) -> Vec<f32> {
    let (columns, values) = rows.row(i);
    let mut margins = Vec::with_capacity(blocks.len() * LANES);
    blocks.iter().for_each(|block| margins.extend(block.margins(columns, values)));
    margins.truncate(intents);
    margins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Quiet;
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
        .map(|(text, intent)| Example { text, intent })
        .to_vec()
    }

    fn folds(n: usize) -> Vec<u8> {
        (0..n).map(|i| (i % 3) as u8).collect()
    }

    fn trained(options: TrainOptions) -> Trained {
        let examples = examples();
        train(&examples, &folds(examples.len()), &options, &[], &Quiet).unwrap()
    }

    #[test]
    fn both_algorithms_learn_both_languages() {
        for algorithm in Algorithm::ALL {
            let model = trained(TrainOptions { algorithm, ..Default::default() }).model;
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
            let model = trained(TrainOptions { algorithm, ..Default::default() }).model;
            let bytes = model.to_bytes();
            let back = Model::from_bytes(&bytes).unwrap();
            assert_eq!(back.to_bytes(), bytes);
            assert_eq!(back.hash(), model.hash());
            for example in examples() {
                assert_eq!(back.understand(example.text), model.understand(example.text));
            }
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_byte() {
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let trained = trained(TrainOptions::default());
                (trained.model.to_bytes(), trained.held_out)
            })
        };
        assert_eq!(on(1), on(4));
    }

    #[test]
    fn held_out_predictions_do_not_know_their_example() {
        // A text alone in its intent can only be guessed by a model that saw it.
        let mut examples = examples();
        examples.push(Example { text: "绿色通道预约", intent: Some(IntentId(99)) });
        let folds = folds(examples.len());
        let trained = train(&examples, &folds, &TrainOptions::default(), &[], &Quiet).unwrap();
        assert_eq!(trained.model.understand("绿色通道预约").best().unwrap().intent, Some(IntentId(99)));
        assert_ne!(trained.held_out.last().unwrap().best().unwrap().intent, Some(IntentId(99)));
        assert_eq!(trained.held_out.len(), examples.len());
    }

    #[test]
    fn strange_text_is_none_of_them() {
        let examples: Vec<_> = examples().into_iter().filter(|e| e.intent.is_some()).collect();
        let trained = train(&examples, &folds(examples.len()), &TrainOptions::default(), &[], &Quiet).unwrap();
        let sum = |text: &str| trained.model.understand(text).guesses.iter().map(|g| g.probability).sum::<f32>();
        assert!(sum("qzxv") < sum("我要开户"), "{} {}", sum("qzxv"), sum("我要开户"));
    }

    #[test]
    fn what_cannot_be_learned_is_said() {
        let one = [Example { text: "a", intent: OPEN }, Example { text: "b", intent: OPEN }];
        let train =
            |e: &[Example], f: &[u8]| train(e, f, &TrainOptions::default(), &[], &Quiet).map(|_| ()).unwrap_err();
        assert_eq!(train(&[], &[]), Error::NoExamples);
        assert_eq!(train(&one, &[0, 1]), Error::OneIntent { examples: 2 });
        assert_eq!(train(&one, &[0]), Error::Folds { folds: 1, examples: 2 });
    }

    #[test]
    fn training_stops_when_told() {
        struct Stop;
        impl Progress for Stop {
            fn at(&self, _: u64, _: u64) {}
            fn stopped(&self) -> bool {
                true
            }
        }
        for algorithm in Algorithm::ALL {
            let examples = examples();
            let options = TrainOptions { algorithm, ..Default::default() };
            let stopped = train(&examples, &folds(examples.len()), &options, &[], &Stop);
            assert_eq!(stopped.map(|_| ()).unwrap_err(), Error::Stopped);
        }
    }

    #[test]
    fn the_pushes_of_all_words_sum_to_the_margin() {
        let model = trained(TrainOptions::default()).model;
        for text in ["我的卡丢了，怎么办？", "open  an account", "信用卡card丢了 please", "？？", "卡卡卡"]
        {
            for &intent in model.intents() {
                let (margin, bias) = model.margin(text, intent).unwrap();
                let sum: f32 = model.explain(text, intent).iter().map(|(_, push)| push).sum();
                assert!((margin - bias - sum).abs() < 1e-4, "{text}: {margin} {bias} {sum}");
            }
        }
        let pushes = model.explain("我的银行卡丢了", LOST);
        assert_eq!(pushes.iter().take(2).map(|p| p.0.as_str()).collect::<Vec<_>>(), ["银行卡", "丢"], "{pushes:?}");
        assert_eq!(model.explain("loan", Some(IntentId(12345))), []);
    }

    #[test]
    fn own_words_travel_with_the_model() {
        let words = [Word { text: "卡丢了".into(), tag: String::new() }];
        let examples = examples();
        let trained = train(&examples, &folds(examples.len()), &TrainOptions::default(), &words, &Quiet).unwrap();
        let back = Model::from_bytes(&trained.model.to_bytes()).unwrap();
        assert_eq!(back.words(), words);
        assert!(back.explain("卡丢了怎么办", LOST).iter().any(|(word, _)| word == "卡丢了"));
    }

    #[test]
    fn a_newer_model_is_refused_by_number() {
        let mut bytes = trained(TrainOptions::default()).model.to_bytes();
        bytes[8] = 9;
        assert_eq!(Model::from_bytes(&bytes).map(|_| ()).unwrap_err(), Error::Newer { found: 9, known: 1 });
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
            static MODEL: std::sync::LazyLock<Trained> = std::sync::LazyLock::new(|| trained(TrainOptions::default()));
            prop_assert!(MODEL.held_out.iter().all(probabilities_are_sound));
            prop_assert!(probabilities_are_sound(&MODEL.model.understand(&text)));
        }

        #[test]
        fn damaged_bytes_are_refused(at in 0usize..4000, byte: u8, cut in 0usize..4000, resealed: bool) {
            static BYTES: std::sync::LazyLock<Vec<u8>> =
                std::sync::LazyLock::new(|| trained(TrainOptions::default()).model.to_bytes());
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
