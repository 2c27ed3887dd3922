//! The model of intents: training it, asking it, explaining it, carrying it as bytes.
//!
//! A [`Model`] is plain data: a vocabulary, a weight of each term for each intent, two numbers that turn margins
//! into probabilities, and the trainer's own words, so that it cuts texts as it did when it learned. Weights are
//! kept as bytes with one scale a term from the moment of training, so a model read back predicts exactly what it
//! predicted before. Called by `workbench::train`, `label`, `talk`, `bot`. Not here: splitting, scoring.

use rayon::prelude::*;

use crate::domain::ids::IntentId;
use crate::domain::label::Word;
use crate::domain::prediction::{Guess, Prediction};
use crate::nlu::calibration::{Calibration, Margins, best};
use crate::nlu::features::{Reader, Vocabulary, Weighing};
use crate::nlu::linear::{Block, LANES};
use crate::nlu::terms::{Folded, Kind};
use crate::nlu::train::Algorithm;
use crate::progress::Progress;

/// How many guesses a prediction holds at most.
pub const GUESSES: usize = 10;

/// A trained model.
///
/// ```
/// use daoshi::domain::ids::IntentId;
/// use daoshi::nlu::train::{Example, TrainOptions, train};
/// use daoshi::progress::Quiet;
///
/// let (open, lost) = (Some(IntentId(1)), Some(IntentId(2)));
/// let examples = [
///     Example { text: "open an account", intent: open },
///     Example { text: "i want to open a savings account", intent: open },
///     Example { text: "my card is lost", intent: lost },
///     Example { text: "i lost my card yesterday", intent: lost },
/// ];
/// let trained = train(&examples, &[0, 1, 0, 1], &TrainOptions::default(), &[], &Quiet).unwrap();
/// assert_eq!(trained.model.understand("lost card").best().unwrap().intent, lost);
/// ```
pub struct Model {
    pub(super) algorithm: Algorithm,
    pub(super) intents: Vec<Option<IntentId>>,
    pub(super) reader: Reader,
    pub(super) vocabulary: Vocabulary,
    pub(super) weighing: Weighing,
    pub(super) weights: Weights,
    pub(super) calibration: Calibration,
}

/// A weight a term and intent, one byte each with a scale a term.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weights {
    pub(super) scales: Vec<f32>,
    /// Column by column, an intent each.
    pub(super) bytes: Vec<i8>,
    pub(super) bias: Vec<f32>,
}

impl Weights {
    pub(super) fn of(blocks: &[Block], columns: usize, classes: usize) -> Self {
        let mut bytes = vec![0i8; columns * classes];
        let scales = bytes
            .par_chunks_mut(classes)
            .enumerate()
            .map(|(column, bytes)| {
                let weight = |class: usize| blocks[class / LANES].weights[column][class % LANES];
                let most = (0..classes).map(|class| weight(class).abs()).fold(0f32, f32::max);
                let scale = most / 127.0;
                if scale > 0.0 {
                    bytes.iter_mut().enumerate().for_each(|(class, b)| *b = (weight(class) / scale).round() as i8);
                }
                scale
            })
            .collect();
        let bias = (0..classes).map(|class| blocks[class / LANES].bias[class % LANES]).collect();
        Self { scales, bytes, bias }
    }

    fn margins(&self, row: &[(u32, f32)]) -> Vec<f32> {
        let classes = self.bias.len();
        let mut sums = self.bias.clone();
        for &(column, value) in row {
            let value = value * self.scales[column as usize];
            let bytes = &self.bytes[column as usize * classes..][..classes];
            for (sum, &byte) in sums.iter_mut().zip(bytes) {
                *sum += value * byte as f32;
            }
        }
        sums
    }

    fn of_class(&self, column: u32, class: usize) -> f32 {
        self.scales[column as usize] * self.bytes[column as usize * self.bias.len() + class] as f32
    }
}

impl Model {
    /// Returns what the model thinks of a text: at most [`GUESSES`] intents, best first.
    ///
    /// Probabilities sum to at most 1; the rest is "none of them".
    pub fn understand(&self, text: &str) -> Prediction {
        let folded = self.reader.fold(text);
        let row = self.weighing.weigh(&self.vocabulary, &self.vocabulary.count(&folded));
        prediction(&best(&self.weights.margins(&row)), self.calibration, &self.intents)
    }

    /// Understands many texts, in parallel; the texts left when stopped get no prediction.
    pub fn understand_all(&self, texts: &[&str], progress: &dyn Progress) -> Vec<Prediction> {
        // Between two looks at `stopped`.
        const STEP: usize = 4096;
        let mut predictions = Vec::with_capacity(texts.len());
        for step in texts.chunks(STEP) {
            if progress.stopped() {
                break;
            }
            predictions.par_extend(step.par_iter().map(|text| self.understand(text)));
            progress.at(predictions.len() as u64, texts.len() as u64);
        }
        predictions
    }

    /// Returns the words of `text` with how much each pushed towards `intent` (or away, below 0), strongest first.
    ///
    /// The pushes of all words, and the intent's own bias, sum to its margin: nothing is left out. Empty when the
    /// model does not know the intent.
    pub fn explain(&self, text: &str, intent: Option<IntentId>) -> Vec<(String, f32)> {
        let Ok(class) = self.intents.binary_search(&intent) else { return Vec::new() };
        let folded = self.reader.fold(text);
        let row = self.weighing.weigh(&self.vocabulary, &self.vocabulary.count(&folded));
        let mut pushes = vec![0f32; folded.words.len()];
        for &(column, value) in &row {
            let push = value * self.weights.of_class(column, class);
            let (kind, letters) = self.vocabulary.term(column);
            let places: Vec<_> = folded.terms.iter().filter(|t| t.kind == kind && folded.of(**t) == letters).collect();
            for place in &places {
                share(&folded, kind, place.start, place.end, push / places.len() as f32, &mut pushes);
            }
        }
        let mut words: Vec<(String, f32)> = Vec::new();
        for (&word, push) in folded.words.iter().zip(pushes) {
            let letters = folded.of(word);
            match words.iter_mut().find(|(known, _)| known == letters) {
                Some((_, sum)) => *sum += push,
                None => words.push((letters.to_string(), push)),
            }
        }
        words.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        words
    }

    /// Returns the margin of `intent` for `text` and the part of it no word gave.
    pub fn margin(&self, text: &str, intent: Option<IntentId>) -> Option<(f32, f32)> {
        let class = self.intents.binary_search(&intent).ok()?;
        let folded = self.reader.fold(text);
        let row = self.weighing.weigh(&self.vocabulary, &self.vocabulary.count(&folded));
        Some((self.weights.margins(&row)[class], self.weights.bias[class]))
    }

    /// Returns the intents it can guess; `None` among them when it was taught what is out of scope.
    pub fn intents(&self) -> &[Option<IntentId>] {
        &self.intents
    }

    /// Returns how it learned.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns how its margins become probabilities.
    pub fn calibration(&self) -> Calibration {
        self.calibration
    }

    /// Returns the trainer's own words it cuts texts with.
    pub fn words(&self) -> &[Word] {
        self.reader.words()
    }

    /// Returns how many terms it knows.
    pub fn terms(&self) -> usize {
        self.vocabulary.len()
    }
}

/// Gives a term's push to the words it lies on, by letters; marks and blanks count for their neighbours.
fn share(folded: &Folded, kind: Kind, start: u32, end: u32, push: f32, pushes: &mut [f32]) {
    let overlaps: Vec<(usize, f32)> = folded
        .words
        .iter()
        .enumerate()
        .filter(|(_, w)| (w.kind == Kind::Word) != kind.is_han())
        .filter_map(|(i, w)| {
            let (from, to) = (w.start.max(start), w.end.min(end));
            (from < to).then(|| (i, folded.text[from as usize..to as usize].chars().count() as f32))
        })
        .collect();
    let letters: f32 = overlaps.iter().map(|(_, n)| n).sum();
    if letters > 0.0 {
        overlaps.into_iter().for_each(|(i, n)| pushes[i] += push * n / letters);
        return;
    }
    // Only marks and blanks: the nearest word of the same stream takes it.
    let near = folded
        .words
        .iter()
        .enumerate()
        .filter(|(_, w)| (w.kind == Kind::Word) != kind.is_han())
        .min_by_key(|(_, w)| w.start.saturating_sub(end).max(start.saturating_sub(w.end)));
    if let Some((i, _)) = near {
        pushes[i] += push;
    }
}

/// Turns margins into guesses. When out of scope was taught, it also takes what no intent took.
pub(super) fn prediction(margins: &Margins, calibration: Calibration, intents: &[Option<IntentId>]) -> Prediction {
    let probabilities = calibration.probabilities(margins);
    let mut guesses: Vec<Guess> = margins
        .iter()
        .zip(&probabilities)
        .map(|(&(class, _), &probability)| Guess { intent: intents[class as usize], probability })
        .collect();
    if let Some(none) = guesses.iter().position(|g| g.intent.is_none()) {
        let rest = 1.0 - probabilities.iter().sum::<f32>();
        guesses[none].probability += rest.max(0.0);
        guesses.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    }
    guesses.truncate(GUESSES);
    Prediction { guesses }
}
