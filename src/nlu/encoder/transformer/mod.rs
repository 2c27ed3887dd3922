//! An encoder of the trainer's own: a network of the BERT family in a folder, run on the processor.
//!
//! `folder` reads the files and refuses what is broken, by name; `shape` is what `config.json` says; `network` runs
//! it on candle's tensors, `pooling` makes one vector of a sentence's tokens, `encoder` joins them, `tuning` teaches it
//! the project's intents. The network is written out here, and not taken from candle-transformers, since the layer
//! norm used there lets no gradient through, so that none of its layers but the last could be tuned.

pub(in crate::nlu) mod encoder;
mod folder;
mod network;
mod pooling;
mod shape;
pub(in crate::nlu) mod tuning;

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;
