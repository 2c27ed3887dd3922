//! From the states of a sentence's tokens to one vector, as the model's own files say.

use candle_core::{D, Result, Tensor};
use serde_json::Value;

use crate::nlu::error::Fault;

/// One way to make a vector of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pool {
    /// The state of the first token.
    First,
    Most,
    Mean,
    /// The sum, divided by the root of the number of tokens.
    Root,
}

/// The ways, side by side, and whether the whole gets length 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pooling {
    pub ways: Vec<Pool>,
    pub unit: bool,
}

/// What stands in `1_Pooling/config.json`, in the order in which the results stand side by side.
const WAYS: [(&str, Pool); 4] = [
    ("pooling_mode_cls_token", Pool::First),
    ("pooling_mode_max_tokens", Pool::Most),
    ("pooling_mode_mean_tokens", Pool::Mean),
    ("pooling_mode_mean_sqrt_len_tokens", Pool::Root),
];

/// What else may stand there; a model that asks for it is refused.
const FOREIGN: [&str; 2] = ["pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken"];

impl Pooling {
    /// The mean, of length 1: for models that say nothing.
    pub fn usual() -> Self {
        Self { ways: vec![Pool::Mean], unit: true }
    }

    /// Reads the ways from `1_Pooling/config.json`.
    pub fn ways(config: &Value, file: &str) -> std::result::Result<Vec<Pool>, Fault> {
        let is_on = |key: &str| config.get(key).and_then(Value::as_bool).unwrap_or(false);
        let known = || WAYS.map(|(key, _)| key).join(", ");
        if let Some(foreign) = FOREIGN.into_iter().find(|key| is_on(key)) {
            return Err(Fault::Kind { what: file.into(), found: foreign.into(), known: known() });
        }
        let ways: Vec<Pool> = WAYS.into_iter().filter(|(key, _)| is_on(key)).map(|(_, way)| way).collect();
        match ways.is_empty() {
            true => Err(Fault::Kind { what: file.into(), found: "-".into(), known: known() }),
            false => Ok(ways),
        }
    }

    /// Pools the states of sentences, `[sentences, tokens, numbers]`; `mask` is 1 for a token and 0 for filling,
    /// `[sentences, tokens]`.
    pub fn pool(&self, states: &Tensor, mask: &Tensor) -> Result<Tensor> {
        let mask = mask.unsqueeze(2)?;
        let counts = mask.sum(1)?.clamp(1f32, f32::MAX)?;
        let kept = states.broadcast_mul(&mask)?;
        let one = |way: &Pool| match way {
            Pool::First => states.narrow(1, 0, 1)?.squeeze(1),
            Pool::Most => states.broadcast_add(&((mask.clone() - 1.0)? * 1e9)?)?.max(1),
            Pool::Mean => kept.sum(1)?.broadcast_div(&counts),
            Pool::Root => kept.sum(1)?.broadcast_div(&counts.sqrt()?),
        };
        let parts: Vec<Tensor> = self.ways.iter().map(one).collect::<Result<_>>()?;
        let pooled = Tensor::cat(&parts, D::Minus1)?;
        if self.unit { of_length_one(&pooled) } else { Ok(pooled) }
    }
}

/// Returns rows of length 1.
pub(super) fn of_length_one(rows: &Tensor) -> Result<Tensor> {
    let lengths = rows.sqr()?.sum_keepdim(D::Minus1)?.sqrt()?.clamp(1e-12f32, f32::MAX)?;
    rows.broadcast_div(&lengths)
}
