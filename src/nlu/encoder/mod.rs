//! Sentence encoders: a text in, numbers out that lie near those of texts that mean the same.
//!
//! Called by whoever wants vectors of texts: grouping, training, nearest sentences. They see one thing, `sentence`;
//! `encode` says what each kind must do. The one in the box (`built_in`) is Google's
//! universal-sentence-encoder-multilingual 3 in its form of averaged n-grams (Apache-2.0, see `assets/encoder/`),
//! sixteen languages, no file and no network at run time: `pack` reads the file inside the program, `tokens` cuts a
//! text into pieces, `network` adds them up with the products of `product`; its last `layers` can be taken out and taught
//! more (`nlu::tuned` does). `transformer` reads one of the trainer's
//! own from a folder, and `tuning` teaches it the project's intents. Not here: keeping vectors (`store`), comparing them (`clustering`, `nlu`).

mod built_in;
pub mod encode;
pub mod layers;
mod network;
mod pack;
mod product;
pub mod sentence;
mod tokens;
#[cfg(feature = "transformer")]
pub(crate) mod transformer;
pub mod tuning;
