//! Hearing a text by the lexicon and by what was learned, each with its share.

use crate::domain::mood::{Mood, RISKS};
use crate::domain::prediction::Emotion;
use crate::nlu::calibration::{Calibration, Evidence, best};
use crate::nlu::emotion::{emotion, loudness};
use crate::nlu::features::{Counted, Reader, Vocabulary, Weighing};
use crate::nlu::weights::Weights;

/// What was learned of moods, ready to hear.
///
/// ```
/// use daoshi::domain::mood::Mood;
/// use daoshi::nlu::moods::learn::{Heard, learn};
/// use daoshi::progress::Quiet;
///
/// let texts: Vec<(String, Mood)> = (0..40)
///     .map(|n| match n % 2 {
///         0 => (format!("第{n}次了还是老样子，无语"), Mood::Disappointed),
///         _ => (format!("请问第{n}期怎么查"), Mood::Calm),
///     })
///     .collect();
/// let heard: Vec<Heard> = texts.iter().map(|(text, mood)| Heard { text, mood: *mood, risks: &[] }).collect();
/// let folds: Vec<u8> = (0..40).map(|n| (n / 2 % 5) as u8).collect();
/// let (sense, _) = learn(&heard, &folds, 1, &[], &Quiet).unwrap().expect("there are enough");
/// assert_eq!(sense.hear("又是老样子，真无语").mood, Some(Mood::Disappointed));
/// ```
pub struct Sense {
    pub(super) reader: Reader,
    pub(super) vocabulary: Vocabulary,
    pub(super) weighing: Weighing,
    /// A weight a column (terms, then signs) for each mood, then for each risk.
    pub(super) weights: Weights,
    pub(super) bias: Vec<f32>,
    pub(super) moods: Vec<Mood>,
    pub(super) risks: Vec<String>,
    pub(super) calibration: Calibration,
    /// How much of what is heard is learned, 0 to 1.
    pub(super) share: f32,
}

impl Sense {
    /// Returns how a text sounds.
    pub fn hear(&self, text: &str) -> Emotion {
        let lexicon = emotion(text);
        let (learned, covered, risks) = self.learned(text, &lexicon);
        let mut heard = mixed(&lexicon, &learned, self.share * covered);
        for risk in risks {
            if !heard.risks.contains(&risk) {
                heard.risks.push(risk);
            }
        }
        heard
    }

    /// Keeps some of the learned risks.
    pub(super) fn keep_risks(&mut self, used: &[bool]) {
        let moods = self.moods.len();
        let kept: Vec<usize> =
            (0..moods).chain(used.iter().enumerate().filter(|(_, used)| **used).map(|(at, _)| moods + at)).collect();
        let row = |bytes: &[i8]| kept.iter().map(|at| bytes[*at]).collect::<Vec<i8>>();
        self.weights.bytes = self.weights.bytes.chunks_exact(self.weights.classes).flat_map(row).collect();
        self.weights.classes = kept.len();
        self.bias = kept.iter().map(|at| self.bias[*at]).collect();
        let mut used = used.iter();
        self.risks.retain(|_| used.next().is_some_and(|used| *used));
    }

    /// Returns how much of what is heard is learned, 0 to 1.
    pub fn share(&self) -> f32 {
        self.share
    }

    /// Returns the probability of each mood, how much of the text is known, and the risks that are likely.
    pub(super) fn learned(&self, text: &str, lexicon: &Emotion) -> (Vec<(Mood, f32)>, f32, Vec<String>) {
        let folded = self.reader.fold(text);
        let counted = self.vocabulary.count(&folded);
        let covered = coverage(&counted, &self.weighing, folded.terms.len());
        let mut sums = self.bias.clone();
        for (column, value) in self.weighing.weigh(&self.vocabulary, &counted) {
            self.weights.add(column, value, &mut sums);
        }
        let first = self.vocabulary.len() as u32;
        for (column, value) in signs(text, lexicon) {
            self.weights.add(first + column, value, &mut sums);
        }
        let (moods, risks) = sums.split_at(self.moods.len());
        let likely = self.risks.iter().zip(risks).filter(|(_, margin)| **margin > 0.0).map(|(risk, _)| risk.clone());
        (likely_moods(moods, &self.moods, self.calibration), covered, likely.collect())
    }
}

/// How many columns the lexicon's findings take.
pub(super) const SIGNS: usize = 4 + RISKS.len() + 2;

/// Returns what the lexicon finds as columns: its scores, its risks, how loud the text is, whether it asks.
pub(super) fn signs(text: &str, lexicon: &Emotion) -> Vec<(u32, f32)> {
    let scores = [lexicon.angry, lexicon.anxious, lexicon.confused, lexicon.satisfied];
    let risks = RISKS.iter().map(|risk| f32::from(u8::from(lexicon.risks.iter().any(|own| own == risk))));
    let folded = text.to_lowercase();
    let asks = folded.trim_end().ends_with(['?', '？', '吗', '呢', '么']);
    let last = [2.0 * (loudness(text, &folded) - 1.0), f32::from(u8::from(asks))];
    let all = scores.into_iter().chain(risks).chain(last);
    (0u32..).zip(all).filter(|(_, value)| *value > 0.0).collect()
}

/// Returns the share of a text's terms that something was learned of.
pub(super) fn coverage(counted: &Counted, weighing: &Weighing, terms: usize) -> f32 {
    let known = counted.row.iter().filter(|(column, _)| weighing.columns[*column as usize] > 0.0);
    known.map(|(_, count)| count).sum::<f32>() / terms.max(1) as f32
}

/// Turns margins into probabilities of moods.
pub(super) fn likely_moods(margins: &[f32], moods: &[Mood], calibration: Calibration) -> Vec<(Mood, f32)> {
    let evidence = Evidence { margins: best(margins), closeness: 0.0 };
    let shares = calibration.probabilities(&evidence);
    evidence.margins.iter().zip(shares).map(|(&(class, _), share)| (moods[class as usize], share)).collect()
}

/// Joins what the lexicon hears with what was learned, which gets a share of the say; what no mood takes is calm.
pub(super) fn mixed(lexicon: &Emotion, learned: &[(Mood, f32)], share: f32) -> Emotion {
    let of = |tone: Mood| learned.iter().filter(|(mood, _)| mood.tone() == tone).map(|(_, p)| p).sum::<f32>();
    let join = |own: f32, tone: Mood| ((1.0 - share) * own + share * of(tone)).clamp(0.0, 1.0);
    let mut heard = Emotion {
        angry: join(lexicon.angry, Mood::Angry),
        anxious: join(lexicon.anxious, Mood::Anxious),
        confused: join(lexicon.confused, Mood::Confused),
        satisfied: join(lexicon.satisfied, Mood::Satisfied),
        mood: None,
        ..lexicon.clone()
    };
    let none = 1.0 - learned.iter().map(|(_, p)| p).sum::<f32>();
    let tone = strongest(&heard, (1.0 - share) * CALM + share * (of(Mood::Calm) + none.max(0.0)));
    let within = learned.iter().filter(|(mood, _)| mood.tone() == tone);
    heard.mood = Some(within.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(tone, |(mood, _)| *mood));
    heard
}

/// Returns the tone a text has; without one it is calm.
pub fn tone(heard: &Emotion) -> Mood {
    heard.mood.map_or_else(|| strongest(heard, CALM), Mood::tone)
}

/// By the lexicon a text sounds like something only above this; its weakest word alone stays below.
const CALM: f32 = 0.3;

fn strongest(heard: &Emotion, calm: f32) -> Mood {
    let tones = [
        (Mood::Angry, heard.angry),
        (Mood::Anxious, heard.anxious),
        (Mood::Confused, heard.confused),
        (Mood::Satisfied, heard.satisfied),
    ];
    tones.into_iter().fold((Mood::Calm, calm), |best, one| if one.1 > best.1 { one } else { best }).0
}
