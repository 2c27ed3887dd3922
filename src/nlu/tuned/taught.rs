//! Layers taught by all examples, and by all but each fold's: what those say of the examples they did not see.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::{Array2, Axis};
use rayon::prelude::*;

use crate::domain::vector::Vectors;
use crate::nlu::encoder::layers::Layers;
use crate::nlu::encoder::sentence::Encoder;
use crate::nlu::error::Error;
use crate::nlu::features::{Counts, Weighing};
use crate::nlu::study::Study;
use crate::nlu::tuned::learn::{Learned, Lesson, learn};
use crate::nlu::tuned::model::Tuned;
use crate::nlu::tuned::sums::Sums;
use crate::progress::{Part, Progress};

/// With fewer examples nothing is gained. With more it would take longer than all else together, six seconds for every
/// 5,000, and the rest knows most of it already: on 10,000 it mends half as many errors as on 3,000.
const EXAMPLES: RangeInclusive<usize> = 200..=8000;
/// Texts whose sums are made to tell those of all.
const SAMPLE: usize = 1600;
/// Texts whose vectors are unpacked together.
const TOGETHER: usize = 512;
/// How many texts hold a term that gets numbers of its own.
const SPREAD: u32 = 2;

/// Layers that learned, with what others that learned without each fold say of its examples.
pub struct Taught {
    sums: Sums,
    whole: Learned,
    /// The place of each example among `logs`; nothing for one never held out.
    places: Vec<Option<u32>>,
    /// The logarithm of each class's probability, a row an example held out.
    logs: Array2<f32>,
}

impl Taught {
    /// Tells whether so many examples are worth the while.
    pub fn is_worth(examples: usize) -> bool {
        EXAMPLES.contains(&examples)
    }

    /// Teaches the last layers of an encoder; nothing where it has none of the kind or examples are few.
    pub fn of(
        study: &Study,
        (encoder, texts, vectors): (&Encoder, &[&str], &Vectors),
        parts: &[u8],
        progress: &dyn Progress,
    ) -> Result<Option<Self>, Error> {
        if !Self::is_worth(texts.len()) || parts.is_empty() {
            return Ok(None);
        }
        let total = parts.len() as u64 + 2;
        let Some(layers) = encoder.layers() else { return Ok(None) };
        let some: Vec<usize> = (0..texts.len()).step_by(texts.len().div_ceil(SAMPLE)).collect();
        let sample: Vec<&str> = some.iter().map(|at| texts[*at]).collect();
        let first = Part { whole: progress, from: 0, to: 1, total, rows: 0 };
        let known = encoder.sums(&sample, &first).ok_or(Error::Stopped)?;
        let Some(sums) = Sums::fit(&unpacked(vectors, &some), &known) else { return Ok(None) };
        let all: Vec<usize> = (0..texts.len()).collect();
        let parts_of_all: Vec<Array2<f32>> =
            all.par_chunks(TOGETHER).map(|some| sums.of(unpacked(vectors, some).view())).collect();
        let views: Vec<_> = parts_of_all.iter().map(Array2::view).collect();
        let told = ndarray::concatenate(Axis(0), &views).expect("all have one width");
        let terms = widespread(study.counts, study.vocabulary.len());
        let done = AtomicU64::new(1);
        let without = |part: Option<u8>| {
            let taught = teach(study, &told, terms, &layers, part, progress);
            progress.at(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            taught
        };
        let all: Vec<Option<u8>> = std::iter::once(None).chain(parts.iter().copied().map(Some)).collect();
        let mut learned: Vec<(Option<Learned>, Vec<usize>, Array2<f32>)> =
            all.into_par_iter().map(without).collect::<Option<_>>().ok_or(Error::Stopped)?;
        let Some(whole) = learned.remove(0).0 else { return Ok(None) };
        let mut places = vec![None; texts.len()];
        let held = learned.iter().flat_map(|(_, held, _)| held);
        held.enumerate().for_each(|(place, example)| places[*example] = Some(place as u32));
        let logs: Vec<_> = learned.iter().map(|(_, _, logs)| logs.view()).collect();
        let logs = ndarray::concatenate(Axis(0), &logs).expect("a number a class in each row");
        Ok(Some(Self { sums, whole, places, logs }))
    }

    /// Returns what layers that did not see an example say of a class.
    pub fn log(&self, example: usize, class: u16) -> f32 {
        self.places[example].map_or(0.0, |place| self.logs[(place as usize, usize::from(class))])
    }

    /// Packs the layers all examples taught.
    pub fn packed(&self, share: f32) -> Option<Tuned> {
        Tuned::of(&self.whole, &self.sums, share)
    }
}

/// Returns some vectors as plain numbers, a row each.
fn unpacked(vectors: &Vectors, some: &[usize]) -> Array2<f32> {
    let mut rows = Array2::zeros((some.len(), vectors.width()));
    for (mut row, at) in rows.rows_mut().into_iter().zip(some) {
        vectors.write(*at, row.as_slice_mut().expect("rows of a fresh matrix lie in one piece"));
    }
    rows
}

/// Returns how many terms at least a few texts hold; they come first of all.
fn widespread(counts: &Counts, terms: usize) -> usize {
    let mut spread = vec![0u32; terms];
    counts.rows.indices.iter().for_each(|column| spread[*column as usize] += 1);
    spread.partition_point(|texts| *texts >= SPREAD)
}

/// Teaches by all but a fold; returns the layers where none is left out, else what they say of that fold's examples.
fn teach(
    study: &Study,
    sums: &Array2<f32>,
    terms: usize,
    layers: &Layers,
    part: Option<u8>,
    progress: &dyn Progress,
) -> Option<(Option<Learned>, Vec<usize>, Array2<f32>)> {
    let kept = |i: usize| part.is_none() || Some(study.folds[i]) != part;
    let weighing = Weighing::learn(study.vocabulary, study.counts, kept);
    let rows = weighing.rows(study.vocabulary, study.counts);
    let classes: Vec<Option<u16>> =
        study.truth.iter().enumerate().map(|(i, class)| kept(i).then_some(*class)).collect();
    let lesson = Lesson {
        sums: sums.view(),
        rows: &rows,
        terms,
        classes: &classes,
        worth: study.worth,
        count: study.intents,
        seed: study.seed,
    };
    let learned = learn(&lesson, layers, progress)?;
    let held: Vec<usize> = (0..classes.len()).filter(|i| classes[*i].is_none()).collect();
    let logs = learned.logs(&lesson, &held);
    Some((part.is_none().then_some(learned), held, logs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nlu::features::{Reader, learn as take_apart};
    use crate::nlu::names::ALWAYS;
    use crate::progress::Quiet;

    const ASKS: [&str; 6] = ["怎么", "我想", "请问如何", "能帮我", "要", "现在可以"];
    const THINGS: [&str; 10] =
        ["信用卡", "储蓄卡", "电子账户", "存折", "网银", "副卡", "理财账户", "社保卡", "对公账户", "工资卡"];
    const WISHES: [&str; 4] = ["办一张新的", "挂失", "注销", "激活"];

    /// Returns what is said, what is meant, and the fold of each text; the first is never held out.
    fn said() -> (Vec<String>, Vec<u16>, Vec<u8>) {
        let texts = WISHES.iter().flat_map(|wish| {
            ASKS.iter().flat_map(move |ask| THINGS.iter().map(move |thing| format!("{ask}{wish}{thing}")))
        });
        let texts: Vec<String> = texts.collect();
        let truth = (0..texts.len()).map(|i| (i / (ASKS.len() * THINGS.len())) as u16).collect();
        let folds = (0..texts.len()).map(|i| if i == 0 { ALWAYS } else { (i % 2) as u8 }).collect();
        (texts, truth, folds)
    }

    fn taught(count: usize, threads: usize) -> Option<Taught> {
        let (texts, truth, folds) = said();
        let texts: Vec<&str> = texts[..count].iter().map(String::as_str).collect();
        let (vocabulary, counts) = take_apart(&texts, &Reader::new(&[]), &Quiet).unwrap();
        let study = Study {
            c: 1.0,
            seed: 1,
            vocabulary: &vocabulary,
            counts: &counts,
            meaning: None,
            axes: None,
            few: None,
            voters: None,
            crowds: None,
            attributes: None,
            truth: &truth[..count],
            worth: &vec![1.0; count],
            folds: &folds[..count],
            intents: WISHES.len(),
        };
        let encoder = Encoder::built_in();
        let vectors = encoder.encode_packed(&texts, &Quiet).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Taught::of(&study, (&encoder, &texts, &vectors), &[0, 1], &Quiet).unwrap())
    }

    #[test]
    fn layers_tell_what_they_did_not_see_and_are_the_same_on_any_threads() {
        let (texts, truth, _) = said();
        let taught_by_two = taught(texts.len(), 2).unwrap();
        let best = |i: &usize| (0..4u16).max_by(|a, b| taught_by_two.log(*i, *a).total_cmp(&taught_by_two.log(*i, *b)));
        let right = (1..texts.len()).filter(|i| best(i) == Some(truth[*i])).count();
        assert!(right > texts.len() * 9 / 10, "{right}");
        // It was in every lesson: nothing honest can be said of it.
        assert_eq!(taught_by_two.log(0, 0), 0.0);
        let taught_by_one = taught(texts.len(), 1).unwrap();
        assert_eq!(taught_by_one.logs, taught_by_two.logs);
        assert!(taught_by_one.packed(0.5) == taught_by_two.packed(0.5));
    }

    #[test]
    fn few_examples_teach_nothing() {
        assert!(taught(EXAMPLES.start() - 1, 1).is_none());
    }
}
