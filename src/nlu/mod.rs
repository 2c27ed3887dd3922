//! Understanding a text: features, intent, emotion; training a model and carrying it as bytes.
//!
//! Called by `workbench::train`, `label`, `talk` and by `bot`. Not here: scoring (`evaluation`), deciding
//! what to reply (`dialogue`).
//! A text is taken apart (`terms`), numbered and weighed (`features`), and turned into numbers that lie near those of
//! texts that mean the same (`encoder`, `meaning`, `axes`, `neighbours`, `middles`). Intents are learned from both
//! (`linear`, `softmax`, `bayes`, `classic`; by small steps, `descent`, from where examples crowd, `prototypes`, and by
//! teaching the encoder's last layers, `tuned`; from what names share, `attributes`; `algorithm` names the ways, `study`
//! goes them) and made into probabilities (`calibration`); `train` joins these, `model` answers, `carry` writes and reads
//! it. Beside intents, `tagger` finds entities and `answers` ranks what the knowledge holds.

pub mod algorithm;
pub mod answers;
mod attributes;
mod axes;
pub mod bayes;
pub mod bytes;
pub mod calibration;
pub mod carry;
mod classic;
mod descent;
pub mod emotion;
pub mod encoder;
pub mod error;
pub mod features;
pub mod linear;
mod meaning;
mod middles;
pub mod model;
pub mod moods;
pub mod names;
pub mod neighbours;
mod prototypes;
pub mod shares;
pub mod softmax;
mod study;
pub mod tagger;
pub mod terms;
pub mod train;
mod tuned;
mod weights;
