//! The model of intents: training it, asking it, explaining it, carrying it as bytes.
//!
//! A [`Model`] is plain data: a vocabulary, a weight of each term for each intent, where it reads the meaning of texts
//! a weight of each of the encoder's numbers too, a few numbers that turn margins into probabilities, and the trainer's
//! own words, so that it cuts texts as it did when it learned. Weights are kept as bytes with one scale a term from the
//! moment of training, so a model read back predicts exactly what it predicted before. Called by `workbench::train`, `label`, `talk`, `bot`. Not here: splitting, scoring.

use rayon::prelude::*;

use crate::domain::ids::IntentId;
use crate::domain::label::Word;
use crate::domain::prediction::{Guess, Prediction};
use crate::domain::vector::Vectors;
use crate::nlu::algorithm::Algorithm;
use crate::nlu::calibration::{Calibration, Evidence, best};
use crate::nlu::encoder::sentence::Encoder;
use crate::nlu::features::{Reader, Vocabulary, Weighing};
use crate::nlu::meaning::Meaning;
use crate::nlu::terms::{Folded, Kind};
use crate::nlu::weights::Weights;
use crate::progress::{Progress, Quiet};

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
///     Example::of("open an account", open),
///     Example::of("i want to open a savings account", open),
///     Example::of("my card is lost", lost),
///     Example::of("i lost my card yesterday", lost),
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
    pub(super) bias: Vec<f32>,
    /// `None` for a model that reads terms alone.
    pub(super) meaning: Option<Meaning>,
    pub(super) calibration: Calibration,
}

impl Model {
    /// Returns what the model thinks of a text: at most [`GUESSES`] intents, best first.
    ///
    /// Probabilities sum to at most 1; the rest is "none of them".
    pub fn understand(&self, text: &str) -> Prediction {
        self.prediction(text, self.vectors(&[text], &Quiet).map(|vectors| vectors.unpacked(0)).as_deref())
    }

    /// Understands many texts, in parallel; the texts left when stopped get no prediction.
    pub fn understand_all(&self, texts: &[&str], progress: &dyn Progress) -> Vec<Prediction> {
        // Between two looks at `stopped`.
        const STEP: usize = 2048;
        let mut predictions = Vec::with_capacity(texts.len());
        for step in texts.chunks(STEP) {
            if progress.stopped() {
                break;
            }
            let vectors = self.vectors(step, &Quiet);
            predictions.extend(self.understand_step(step, vectors.as_ref()));
            progress.at(predictions.len() as u64, texts.len() as u64);
        }
        predictions
    }

    /// Understands texts whose vectors by its own encoder are known, in parallel.
    pub fn understand_encoded(&self, texts: &[&str], vectors: &Vectors) -> Vec<Prediction> {
        self.understand_step(texts, self.meaning.as_ref().map(|_| vectors))
    }

    /// Tells whether it reads what texts mean, so that it needs their vectors.
    pub fn reads_meaning(&self) -> bool {
        self.meaning.is_some()
    }

    /// Returns the encoder whose vectors it reads; `None` when it reads terms alone.
    pub fn encoder(&self) -> Option<&Encoder> {
        self.meaning.as_ref().map(|meaning| &meaning.encoder)
    }

    fn understand_step(&self, texts: &[&str], vectors: Option<&Vectors>) -> Vec<Prediction> {
        let one = |(at, text): (usize, &&str)| self.prediction(text, vectors.map(|v| v.unpacked(at)).as_deref());
        texts.par_iter().enumerate().map(one).collect()
    }

    fn prediction(&self, text: &str, vector: Option<&[f32]>) -> Prediction {
        prediction(&self.evidence(&self.reader.fold(text), vector), self.calibration, &self.intents)
    }

    /// Returns the vectors of texts, as they are kept; `None` when the model does not read them.
    fn vectors(&self, texts: &[&str], progress: &dyn Progress) -> Option<Vectors> {
        self.encoder()?.encode_packed(texts, progress)
    }

    fn row(&self, folded: &Folded) -> Vec<(u32, f32)> {
        self.weighing.weigh(&self.vocabulary, &self.vocabulary.count(folded))
    }

    fn evidence(&self, folded: &Folded, vector: Option<&[f32]>) -> Evidence {
        let (sums, closeness) = self.sums(folded, vector);
        Evidence { margins: best(&sums), closeness }
    }

    /// Returns the margin of each class for a text, and how near the nearest examples are.
    fn sums(&self, folded: &Folded, vector: Option<&[f32]>) -> (Vec<f32>, f32) {
        let mut sums = self.bias.clone();
        let row = self.row(folded);
        row.iter().for_each(|(column, value)| self.weights.add(*column, *value, &mut sums));
        let closeness = match (&self.meaning, vector) {
            (Some(meaning), Some(vector)) => meaning.add(self.algorithm, vector, &row, &mut sums),
            _ => 0.0,
        };
        (sums, closeness)
    }

    /// Returns the words of `text` with how much each pushed towards `intent` (or away, below 0), strongest first.
    ///
    /// The pushes of all words, and the intent's own bias, sum to its margin: nothing is left out. What a word gives by
    /// meaning is what the margin loses without it, the rest being shared by letters. Empty when the model does not
    /// know the intent.
    pub fn explain(&self, text: &str, intent: Option<IntentId>) -> Vec<(String, f32)> {
        let Ok(class) = self.intents.binary_search(&intent) else { return Vec::new() };
        let folded = self.reader.fold(text);
        let mut pushes = vec![0f32; folded.words.len()];
        for (column, value) in self.row(&folded) {
            let push = value * self.weights.of_class(column, class);
            let (kind, letters) = self.vocabulary.term(column);
            let places: Vec<_> = folded.terms.iter().filter(|t| t.kind == kind && folded.of(**t) == letters).collect();
            for place in &places {
                share(&folded, kind, place.start, place.end, push / places.len() as f32, &mut pushes);
            }
        }
        self.explain_meaning(text, &folded, class, &mut pushes);
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

    /// Adds to each word what it gives by meaning.
    fn explain_meaning(&self, text: &str, folded: &Folded, class: usize, pushes: &mut [f32]) {
        let Some(meaning) = &self.meaning else { return };
        let mut texts = vec![text.to_string()];
        texts.extend((0..folded.words.len()).map(|left_out| {
            let kept = folded.words.iter().enumerate().filter(|(at, _)| *at != left_out);
            let blank = if folded.han > 0.0 { "" } else { " " };
            kept.map(|(_, word)| folded.of(*word)).collect::<Vec<_>>().join(blank)
        }));
        let plain: Vec<&str> = texts.iter().map(String::as_str).collect();
        let Some(vectors) = self.vectors(&plain, &Quiet) else { return };
        let margins: Vec<f32> = (0..vectors.len())
            .map(|at| {
                let mut sums = vec![0f32; self.intents.len()];
                let row = self.row(&self.reader.fold(&texts[at]));
                meaning.add(self.algorithm, &vectors.unpacked(at), &row, &mut sums);
                sums[class]
            })
            .collect();
        let lost: Vec<f32> = margins[1..].iter().map(|without| margins[0] - without).collect();
        let letters = |at: usize| folded.of(folded.words[at]).chars().count() as f32;
        let all: f32 = (0..pushes.len()).map(letters).sum();
        let rest = margins[0] - lost.iter().sum::<f32>();
        for (at, push) in pushes.iter_mut().enumerate() {
            *push += lost[at] + rest * letters(at) / all;
        }
    }

    /// Returns the margin of `intent` for `text` and the part of it no word gave.
    pub fn margin(&self, text: &str, intent: Option<IntentId>) -> Option<(f32, f32)> {
        let class = self.intents.binary_search(&intent).ok()?;
        let vectors = self.vectors(&[text], &Quiet);
        let vector = vectors.map(|vectors| vectors.unpacked(0));
        let (sums, _) = self.sums(&self.reader.fold(text), vector.as_deref());
        Some((sums[class], self.bias[class]))
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

/// Turns evidence into guesses. When out of scope was taught, it also takes what no intent took.
pub(super) fn prediction(evidence: &Evidence, calibration: Calibration, intents: &[Option<IntentId>]) -> Prediction {
    let probabilities = calibration.probabilities(evidence);
    let mut guesses: Vec<Guess> = evidence
        .margins
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
