//! The encoder's last layers, taught the project's intents (fine-tuning): a further opinion beside the margins.
//!
//! An encoder was taught on other people's texts; here its last layers learn which of the project's texts ask for the
//! same. Beside them every widespread term learns numbers that are added to what the layers are given: so the
//! project's own words get a meaning. Vectors are kept and what the layers are given is not, so that is told from the
//! vectors (`sums`). `learn` teaches, `taught` does so for all folds, `model` is what a model keeps of it, `carry` its
//! bytes. Called by `train`, `meaning`, `carry`. Not here: the layers themselves (`encoder::layers`), how far to trust what
//! they say (`shares`).

pub(super) mod carry;
mod learn;
pub(super) mod model;
mod sums;
pub(super) mod taught;
