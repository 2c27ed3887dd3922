//! The sentence encoder in the box: a text in, 512 numbers out that lie near those of texts that mean the same.
//!
//! Google's universal-sentence-encoder-multilingual 3 in its form of averaged n-grams (Apache-2.0, see
//! `assets/encoder/`), sixteen languages, no file and no network at run time. Called by whoever wants vectors of
//! texts: grouping, training, nearest sentences. `pack` reads the file inside the program, `tokens` cuts a text into
//! pieces, `network` adds them up with
//! the products of `product`. Not here: keeping vectors (`store`), comparing them (`clustering`, `nlu`).

mod network;
mod pack;
mod product;
pub mod sentence;
mod tokens;
