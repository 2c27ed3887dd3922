//! The network: numbers of tokens in, a state a token out (Devlin et al. 2019; Liu et al. 2019; Sanh et al. 2019).

use std::collections::BTreeMap;

use candle_core::{D, Device, Result, Tensor};
use candle_nn::ops;

use crate::nlu::encoder::transformer::shape::{Activation, Kind, Shape};
use crate::nlu::error::Fault;

/// Weights by the names their file has.
pub(super) type Weights = BTreeMap<String, Tensor>;

/// What the names of all embeddings begin with.
pub(super) const EMBEDDINGS: &str = "embeddings.";

/// A network with its weights.
pub(super) struct Network {
    shape: Shape,
    words: Tensor,
    positions: Tensor,
    /// What stands for the first of two kinds of sentences; there is no second.
    kind: Option<Tensor>,
    norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    after_attention: Norm,
    widen: Linear,
    narrow: Linear,
    after_inner: Norm,
}

struct Linear {
    /// `[out, in]`.
    weight: Tensor,
    bias: Tensor,
}

struct Norm {
    gain: Tensor,
    bias: Tensor,
    epsilon: f64,
}

/// The names of a layer's parts, in the order of [`Layer`].
const BERT: [&str; 8] = [
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
];
const DISTIL: [&str; 8] = [
    "attention.q_lin",
    "attention.k_lin",
    "attention.v_lin",
    "attention.out_lin",
    "sa_layer_norm",
    "ffn.lin1",
    "ffn.lin2",
    "output_layer_norm",
];

/// Takes weights by name and checks their shape.
struct Taker<'a> {
    weights: &'a Weights,
    /// What a wrapping model put before all names, as `bert.`.
    prefix: String,
}

impl Taker<'_> {
    fn tensor(&self, name: &str, wanted: &[usize]) -> std::result::Result<Tensor, Fault> {
        let name = format!("{}{name}", self.prefix);
        let old = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
        let fault = |found: String| Fault::Shape { tensor: name.clone(), found, wanted: format!("{wanted:?}") };
        let found = self.weights.get(&name).or_else(|| self.weights.get(&old));
        let tensor = found.ok_or_else(|| fault("-".into()))?;
        if tensor.dims() != wanted {
            return Err(fault(format!("{:?}", tensor.dims())));
        }
        Ok(tensor.clone())
    }

    fn linear(&self, name: &str, from: usize, to: usize) -> std::result::Result<Linear, Fault> {
        let weight = self.tensor(&format!("{name}.weight"), &[to, from])?;
        Ok(Linear { weight, bias: self.tensor(&format!("{name}.bias"), &[to])? })
    }

    fn norm(&self, name: &str, shape: &Shape) -> std::result::Result<Norm, Fault> {
        let one = |part: &str| self.tensor(&format!("{name}.{part}"), &[shape.hidden]);
        Ok(Norm { gain: one("weight")?, bias: one("bias")?, epsilon: shape.epsilon })
    }
}

impl Network {
    /// Puts a network together; one whose weights are not of the shape told is refused by the weight's name.
    pub fn of(shape: &Shape, weights: &Weights) -> std::result::Result<Self, Fault> {
        let words = format!("{EMBEDDINGS}word_embeddings.weight");
        let prefix = weights.keys().find_map(|name| name.strip_suffix(&words)).unwrap_or_default().to_string();
        let take = Taker { weights, prefix };
        let hidden = shape.hidden;
        let (folder, parts) = match shape.kind {
            Kind::Distil => ("transformer.layer", DISTIL),
            Kind::Bert | Kind::Roberta => ("encoder.layer", BERT),
        };
        let mut layers = Vec::new();
        for nth in 0..shape.layers {
            let [query, key, value, out, after_attention, widen, narrow, after_inner] =
                parts.map(|part| format!("{folder}.{nth}.{part}"));
            layers.push(Layer {
                query: take.linear(&query, hidden, hidden)?,
                key: take.linear(&key, hidden, hidden)?,
                value: take.linear(&value, hidden, hidden)?,
                out: take.linear(&out, hidden, hidden)?,
                after_attention: take.norm(&after_attention, shape)?,
                widen: take.linear(&widen, hidden, shape.inner)?,
                narrow: take.linear(&narrow, shape.inner, hidden)?,
                after_inner: take.norm(&after_inner, shape)?,
            });
        }
        let kinds = format!("{EMBEDDINGS}token_type_embeddings.weight");
        let kind = match weights.get(&format!("{}{kinds}", take.prefix)).map(|kinds| kinds.dims().to_vec()) {
            Some(dims) if shape.kind != Kind::Distil => Some(take.tensor(&kinds, &[dims[0], hidden])?),
            None if shape.kind != Kind::Distil => Some(take.tensor(&kinds, &[2, hidden])?),
            _ => None,
        };
        Ok(Self {
            words: take.tensor(&words, &[shape.vocabulary, hidden])?,
            positions: take.tensor(&format!("{EMBEDDINGS}position_embeddings.weight"), &[shape.positions, hidden])?,
            kind,
            norm: take.norm(&format!("{EMBEDDINGS}LayerNorm"), shape)?,
            layers,
            shape: shape.clone(),
        })
    }

    /// Returns the states of tokens, `[sentences, tokens, numbers]`, of their numbers, `[sentences, tokens]`.
    ///
    /// `mask` is 1 for a token and 0 for filling, of the same shape; `None` where there is no filling. `learning` goes a
    /// slower way that lets gradients through.
    pub fn states(&self, ids: &Tensor, mask: Option<&Tensor>, learning: bool) -> Result<Tensor> {
        let (sentences, tokens) = ids.dims2()?;
        let words = self.words.index_select(&ids.flatten_all()?, 0)?.reshape((sentences, tokens, ()))?;
        let mut states = words.broadcast_add(&self.positions.narrow(0, self.shape.first, tokens)?)?;
        if let Some(kind) = &self.kind {
            states = states.broadcast_add(&kind.narrow(0, 0, 1)?)?;
        }
        let mut states = self.norm.run(&states, learning)?;
        let closed = match mask {
            // Far below any product of states, and no infinity, which would make a row of nothing a row of no numbers.
            Some(mask) => Some(((mask - 1.0)? * 1e9)?.reshape((sentences, 1, 1, tokens))?),
            None => None,
        };
        for layer in &self.layers {
            states = layer.run(&states, closed.as_ref(), &self.shape, learning)?;
        }
        Ok(states)
    }
}

impl Layer {
    fn run(&self, states: &Tensor, closed: Option<&Tensor>, shape: &Shape, learning: bool) -> Result<Tensor> {
        let (sentences, tokens, hidden) = states.dims3()?;
        let each = hidden / shape.heads;
        let heads = |linear: &Linear| {
            linear.run(states)?.reshape((sentences, tokens, shape.heads, each))?.transpose(1, 2)?.contiguous()
        };
        let (query, key, value) = (heads(&self.query)?, heads(&self.key)?, heads(&self.value)?);
        let mut looks = (query.matmul(&key.t()?)? / (each as f64).sqrt())?;
        if let Some(closed) = closed {
            looks = looks.broadcast_add(closed)?;
        }
        let looks = if learning { ops::softmax(&looks, D::Minus1)? } else { ops::softmax_last_dim(&looks)? };
        let seen = looks.matmul(&value)?.transpose(1, 2)?.contiguous()?.reshape((sentences, tokens, hidden))?;
        let states = self.after_attention.run(&(self.out.run(&seen)? + states)?, learning)?;
        let wide = self.widen.run(&states)?;
        let wide = match shape.activation {
            Activation::Gelu => wide.gelu_erf()?,
            Activation::GeluTanh => wide.gelu()?,
            Activation::Relu => wide.relu()?,
        };
        self.after_inner.run(&(self.narrow.run(&wide)? + &states)?, learning)
    }
}

impl Linear {
    fn run(&self, states: &Tensor) -> Result<Tensor> {
        let (sentences, tokens, width) = states.dims3()?;
        let rows = states.reshape((sentences * tokens, width))?.matmul(&self.weight.t()?)?;
        rows.broadcast_add(&self.bias)?.reshape((sentences, tokens, ()))
    }
}

impl Norm {
    fn run(&self, states: &Tensor, learning: bool) -> Result<Tensor> {
        match learning {
            true => ops::layer_norm_slow(states, &self.gain, &self.bias, self.epsilon as f32),
            false => ops::layer_norm(&states.contiguous()?, &self.gain, &self.bias, self.epsilon as f32),
        }
    }
}

/// Returns the numbers of sentences' tokens as a matrix, and a mask, 1 for a token and 0 for filling.
pub(super) fn matrix(sentences: &[&[u32]]) -> Result<(Tensor, Tensor)> {
    let longest = sentences.iter().map(|ids| ids.len()).max().unwrap_or(0);
    let filled = |ids: &&[u32]| ids.iter().copied().chain(std::iter::repeat_n(0, longest - ids.len())).collect();
    let ids: Vec<u32> = sentences.iter().flat_map(|ids| -> Vec<u32> { filled(ids) }).collect();
    let mask: Vec<f32> =
        sentences.iter().flat_map(|ids| (0..longest).map(|at| if at < ids.len() { 1.0 } else { 0.0 })).collect();
    let shape = (sentences.len(), longest);
    Ok((Tensor::from_vec(ids, shape, &Device::Cpu)?, Tensor::from_vec(mask, shape, &Device::Cpu)?))
}
