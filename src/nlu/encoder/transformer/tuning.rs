//! Tuning: cross-entropy of a linear layer on unit vectors, by AdamW (Loshchilov and Hutter 2019), step by step.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Device, Result as Tensored, Tensor, Var};
use candle_nn::loss::cross_entropy;
use ndarray::Array2;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use safetensors::SafeTensors;
use xxhash_rust::xxh3::Xxh3;

use crate::nlu::encoder::encode::Encode;
use crate::nlu::encoder::transformer::encoder::{Transformer, rows};
use crate::nlu::encoder::transformer::folder::{self, Folder, TUNED, WEIGHTS, identity};
use crate::nlu::encoder::transformer::network::{EMBEDDINGS, Network, Weights, matrix};
use crate::nlu::encoder::transformer::pooling::{Pooling, of_length_one};
use crate::nlu::encoder::transformer::shape::Shape;
use crate::nlu::encoder::tuning::{Checkpoint, Epoch, Lesson, TuneOptions, Tuned, TunedFolder};
use crate::nlu::error::{Error, Fault};
use crate::progress::{Progress, Quiet};

/// What cosines are multiplied by before they become probabilities.
const SHARPNESS: f64 = 16.0;
/// How much larger the steps of the linear layer are than those of the network.
const HEAD: f64 = 20.0;
/// The linear layer's own names among the weights.
const HEAD_WEIGHT: &str = "head.weight";
const HEAD_BIAS: &str = "head.bias";
/// The most the whole gradient may measure.
const CLIP: f64 = 1.0;
const DECAY: f64 = 0.01;
const BETAS: (f64, f64) = (0.9, 0.999);
const EPSILON: f64 = 1e-8;
/// The share of the steps over which the rate rises.
const WARM: f64 = 0.1;
/// Steps between two checkpoints.
const KEPT: usize = 100;

/// One weight that is learned, with what AdamW remembers of it.
struct Learned {
    weight: Var,
    first: Tensor,
    second: Tensor,
}

/// Where a tuning stands, in a checkpoint; fractions as their bits, since JSON may round them.
#[derive(serde::Serialize, serde::Deserialize)]
struct State {
    step: usize,
    sum: u64,
    /// Loss and accuracy of each epoch behind it.
    epochs: Vec<(u64, u64)>,
}

/// A tuning under way.
struct Tuning<'a> {
    learned: BTreeMap<String, Learned>,
    network: Network,
    pooling: &'a Pooling,
    /// The texts as numbers of tokens.
    cut: Vec<Vec<u32>>,
    classes: &'a [u16],
    options: TuneOptions,
    /// Steps done.
    step: usize,
    /// The sum of losses of this epoch, by example.
    sum: f64,
    epochs: Vec<Epoch>,
}

/// Tunes the encoder of a folder.
pub(in crate::nlu) fn tune(
    path: &Path,
    lesson: &Lesson<'_>,
    options: &TuneOptions,
    checkpoint: &mut Checkpoint<'_>,
    progress: &dyn Progress,
) -> Result<TunedFolder, Error> {
    let encoder = Transformer::open(path)?;
    let Folder { name, shape, pooling, weights, tuned_on, .. } = folder::read(path)?;
    let refuse = |what: String| {
        let fault = Fault::Unreadable { file: WEIGHTS.into(), what };
        Error::Folder { folder: path.to_path_buf(), fault }
    };
    let failed = |error: candle_core::Error| refuse(error.to_string());
    let chosen: Vec<usize> = (0..lesson.texts.len()).filter(|at| !lesson.held[*at]).collect();
    let held: Vec<usize> = (0..lesson.texts.len()).filter(|at| lesson.held[*at]).collect();
    if chosen.is_empty() {
        return Err(Error::NoExamples);
    }
    let classes = lesson.classes.iter().copied().max().map_or(0, |most| usize::from(most) + 1);
    let head = middles(&encoder, lesson, &chosen, classes, progress).ok_or(Error::Stopped)?;
    let mark = mark(&name, lesson, options);
    let mut tuning = Tuning::begin(&weights, &shape, &pooling, head, options).map_err(failed)?;
    tuning.cut = lesson.texts.iter().map(|text| encoder.cut(text)).collect();
    tuning.classes = lesson.classes;
    drop(encoder);
    if let Some(before) = checkpoint.before {
        tuning.resume(before, &mark)?;
    }
    let each = chosen.len().div_ceil(options.batch.max(1));
    let total = each * options.epochs;
    while tuning.step < total {
        progress.at(tuning.step as u64, total as u64);
        let stopped = progress.stopped();
        if stopped || tuning.step % KEPT == KEPT - 1 {
            let is_kept = (checkpoint.keep)(&tuning.bytes(&mark));
            if stopped || !is_kept {
                return Err(Error::Stopped);
            }
        }
        let (epoch, nth) = (tuning.step / each, tuning.step % each);
        let mut order = chosen.clone();
        order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(options.seed.wrapping_add(epoch as u64)));
        let batch: Vec<usize> = order.into_iter().skip(nth * options.batch).take(options.batch.max(1)).collect();
        tuning.go(&batch, total).map_err(failed)?;
        if nth + 1 == each {
            let right = tuning.right(&held).map_err(failed)?;
            let accuracy = right as f64 / held.len().max(1) as f64;
            tuning.epochs.push(Epoch { loss: tuning.sum / chosen.len() as f64, accuracy });
            tuning.sum = 0.0;
        }
    }
    progress.at(total as u64, total as u64);
    let mut texts: Vec<u64> = chosen.iter().map(|at| identity(lesson.texts[*at])).chain(tuned_on).collect();
    texts.sort_unstable();
    texts.dedup();
    let texts = texts.into_iter().map(|text| format!("{text:016x}")).collect();
    let tuned = Tuned { base: name, options: *options, epochs: tuning.epochs.clone(), texts };
    let mut files = folder::others(path).map_err(|fault| Error::Folder { folder: path.to_path_buf(), fault })?;
    files.push((TUNED.into(), serde_json::to_vec(&tuned).expect("numbers and texts are always JSON")));
    files.push((WEIGHTS.into(), tuning.weights(&weights)));
    Ok(TunedFolder { files, tuned })
}

/// Returns the mean vector of each class's examples, of length 1: a linear layer that knows something already.
fn middles(
    encoder: &Transformer,
    lesson: &Lesson<'_>,
    chosen: &[usize],
    classes: usize,
    progress: &dyn Progress,
) -> Option<Array2<f32>> {
    let texts: Vec<&str> = chosen.iter().map(|at| lesson.texts[*at]).collect();
    if progress.stopped() {
        return None;
    }
    let vectors = encoder.encode(&texts, &Quiet)?;
    let mut middles = Array2::zeros((classes, encoder.width()));
    for (row, at) in vectors.rows().into_iter().zip(chosen) {
        let long = row.dot(&row).sqrt().max(1e-12);
        middles.row_mut(usize::from(lesson.classes[*at])).scaled_add(1.0 / long, &row);
    }
    for mut middle in middles.rows_mut() {
        let long = middle.dot(&middle).sqrt().max(1e-12);
        middle.mapv_inplace(|x| x / long);
    }
    Some(middles)
}

/// Returns what a checkpoint is known by: two lessons of one mark go the same way.
fn mark(name: &str, lesson: &Lesson<'_>, options: &TuneOptions) -> String {
    let mut hash = Xxh3::new();
    hash.update(name.as_bytes());
    hash.update(format!("{options:?}").as_bytes());
    for (at, text) in lesson.texts.iter().enumerate() {
        hash.update(&(text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
        hash.update(&lesson.classes[at].to_le_bytes());
        hash.update(&[u8::from(lesson.held[at])]);
    }
    format!("{:016x}", hash.digest())
}

impl<'a> Tuning<'a> {
    fn begin(
        weights: &Weights,
        shape: &Shape,
        pooling: &'a Pooling,
        head: Array2<f32>,
        options: &TuneOptions,
    ) -> Tensored<Self> {
        let (classes, width) = head.dim();
        let head = Tensor::from_vec(head.into_raw_vec_and_offset().0, (classes, width), &Device::Cpu)?;
        let bias = Tensor::zeros(classes, candle_core::DType::F32, &Device::Cpu)?;
        let mut learned = BTreeMap::new();
        let mut all = weights.clone();
        let heads = [(HEAD_WEIGHT.to_string(), head), (HEAD_BIAS.to_string(), bias)];
        let above = weights.iter().filter(|(name, _)| !name.contains(EMBEDDINGS));
        for (name, tensor) in above.map(|(name, tensor)| (name.clone(), tensor.clone())).chain(heads) {
            let weight = Var::from_tensor(&tensor)?;
            all.insert(name.clone(), weight.as_tensor().clone());
            learned.insert(name, Learned { weight, first: tensor.zeros_like()?, second: tensor.zeros_like()? });
        }
        let network = Network::of(shape, &all).map_err(|fault| candle_core::Error::Msg(fault.to_string()))?;
        let (cut, epochs) = (Vec::new(), Vec::new());
        Ok(Self { learned, network, pooling, cut, classes: &[], options: *options, step: 0, sum: 0.0, epochs })
    }

    /// Returns how likely each class is for some texts, `[texts, classes]`, before it is made a probability.
    fn margins(&self, texts: &[usize], learning: bool) -> Tensored<Tensor> {
        let sentences: Vec<&[u32]> = texts.iter().map(|at| &self.cut[*at][..]).collect();
        let (ids, mask) = matrix(&sentences)?;
        let states = self.network.states(&ids, Some(&mask), learning)?;
        let vectors = (of_length_one(&self.pooling.pool(&states, &mask)?)? * SHARPNESS)?;
        let (weight, bias) = (&self.learned[HEAD_WEIGHT].weight, &self.learned[HEAD_BIAS].weight);
        vectors.matmul(&weight.as_tensor().t()?)?.broadcast_add(bias.as_tensor())
    }

    /// Learns from a batch.
    fn go(&mut self, batch: &[usize], total: usize) -> Tensored<()> {
        let classes: Vec<u32> = batch.iter().map(|at| u32::from(self.classes[*at])).collect();
        let classes = Tensor::new(classes, &Device::Cpu)?;
        let loss = cross_entropy(&self.margins(batch, true)?, &classes)?;
        self.sum += f64::from(loss.to_scalar::<f32>()?) * batch.len() as f64;
        let gradients = loss.backward()?;
        let mut long = 0.0;
        for learned in self.learned.values() {
            if let Some(gradient) = gradients.get(learned.weight.as_tensor()) {
                long += f64::from(gradient.sqr()?.sum_all()?.to_scalar::<f32>()?);
            }
        }
        let clip = (CLIP / long.sqrt().max(1e-12)).min(1.0);
        self.step += 1;
        let rate = self.options.rate * slope(self.step, total);
        let corrected = (1.0 - BETAS.0.powi(self.step as i32), 1.0 - BETAS.1.powi(self.step as i32));
        for (name, learned) in &mut self.learned {
            let Some(gradient) = gradients.get(learned.weight.as_tensor()) else { continue };
            let gradient = (gradient * clip)?;
            let is_head = name == HEAD_WEIGHT || name == HEAD_BIAS;
            let rate = if is_head { rate * HEAD } else { rate };
            // Biases and norms are not drawn towards nothing.
            let decay = if gradient.rank() > 1 && !is_head { rate * DECAY } else { 0.0 };
            learned.first = ((&learned.first * BETAS.0)? + (&gradient * (1.0 - BETAS.0))?)?.detach();
            learned.second = ((&learned.second * BETAS.1)? + (gradient.sqr()? * (1.0 - BETAS.1))?)?.detach();
            let down = (((&learned.second / corrected.1)?.sqrt()? + EPSILON)? * corrected.0)?;
            let pull = (&learned.first / down)?;
            let weight = ((learned.weight.as_tensor() * (1.0 - decay))? - (pull * rate)?)?;
            learned.weight.set(&weight.detach())?;
        }
        Ok(())
    }

    /// Returns how many of some texts the linear layer gives their class.
    fn right(&self, texts: &[usize]) -> Tensored<usize> {
        let mut right = 0;
        for batch in texts.chunks(self.options.batch.max(1)) {
            let margins = rows(&self.margins(batch, false)?)?;
            for (row, at) in margins.rows().into_iter().zip(batch) {
                let best = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(class, _)| class);
                right += usize::from(best == Some(usize::from(self.classes[*at])));
            }
        }
        Ok(right)
    }

    /// Returns all that is needed to go on from here.
    fn bytes(&self, mark: &str) -> Vec<u8> {
        let mut parts: BTreeMap<String, &Tensor> = BTreeMap::new();
        for (name, learned) in &self.learned {
            parts.insert(format!("weight/{name}"), learned.weight.as_tensor());
            parts.insert(format!("first/{name}"), &learned.first);
            parts.insert(format!("second/{name}"), &learned.second);
        }
        let epochs = self.epochs.iter().map(|epoch| (epoch.loss.to_bits(), epoch.accuracy.to_bits())).collect();
        let state = State { step: self.step, sum: self.sum.to_bits(), epochs };
        let state = serde_json::to_string(&state).expect("numbers are always JSON");
        let notes = [("mark".to_string(), mark.to_string()), ("state".to_string(), state)].into();
        safetensors::serialize(parts, Some(notes)).expect("whole tensors with names are always written")
    }

    /// Takes up what [`Tuning::bytes`] gave.
    fn resume(&mut self, bytes: &[u8], mark: &str) -> Result<(), Error> {
        let damaged = || Error::Damaged { what: "a checkpoint" };
        let (_, notes) = SafeTensors::read_metadata(bytes).map_err(|_| damaged())?;
        let notes = notes.metadata().as_ref().ok_or_else(damaged)?;
        if notes.get("mark").map(String::as_str) != Some(mark) {
            return Err(Error::OtherTuning);
        }
        let state = notes.get("state").ok_or_else(damaged)?;
        let state: State = serde_json::from_str(state).map_err(|_| damaged())?;
        let mut parts = candle_core::safetensors::load_buffer(bytes, &Device::Cpu).map_err(|_| damaged())?;
        for (name, learned) in &mut self.learned {
            let mut take = |part: &str| {
                let tensor = parts.remove(&format!("{part}/{name}")).ok_or_else(damaged)?;
                if tensor.shape() == learned.weight.shape() { Ok(tensor) } else { Err(damaged()) }
            };
            let weight = take("weight")?;
            (learned.first, learned.second) = (take("first")?, take("second")?);
            learned.weight.set(&weight).map_err(|_| damaged())?;
        }
        (self.step, self.sum) = (state.step, f64::from_bits(state.sum));
        let epoch =
            |(loss, accuracy): (u64, u64)| Epoch { loss: f64::from_bits(loss), accuracy: f64::from_bits(accuracy) };
        self.epochs = state.epochs.into_iter().map(epoch).collect();
        Ok(())
    }

    /// Returns the network's weights as the file of a folder.
    fn weights(&self, before: &Weights) -> Vec<u8> {
        let learned = |name: &String| self.learned.get(name).map(|learned| learned.weight.as_tensor());
        let all: BTreeMap<&String, &Tensor> =
            before.iter().map(|(name, tensor)| (name, learned(name).unwrap_or(tensor))).collect();
        safetensors::serialize(all, None).expect("whole tensors with names are always written")
    }
}

/// Returns the share of the highest rate at a step, from 1: up over the first tenth, then down to nothing.
fn slope(step: usize, total: usize) -> f64 {
    let warm = (total as f64 * WARM).ceil().max(1.0);
    let step = step as f64;
    if step <= warm { step / warm } else { (total as f64 - step).max(0.0) / (total as f64 - warm).max(1.0) }
}
