//! Understanding a text: features, intent, emotion; training a model and carrying it as bytes.
//!
//! Called by `workbench::train`, `label`, `talk` and by `bot`. Not here: scoring (`evaluation`), deciding
//! what to reply (`dialogue`).
//! A text is taken apart (`terms`), numbered and weighed (`features`), learned (`linear`, `bayes`), made into
//! probabilities (`calibration`); `train` joins these, `model` answers, `carry` writes and reads it. `encoder` turns
//! a text into numbers that lie near those of texts that mean the same.

pub mod bayes;
pub mod bytes;
pub mod calibration;
pub mod carry;
pub mod emotion;
pub mod encoder;
pub mod error;
pub mod features;
pub mod linear;
pub mod model;
pub mod terms;
pub mod train;
