//! Collections of single texts, with or without intents; the labelled sets of other programs, both ways.

pub mod archive;
pub mod argilla;
pub mod azure;
pub mod botpress;
pub mod dialogflow;
pub mod doccano;
pub mod document;
pub mod fasttext;
pub mod humanfirst;
pub mod inline;
pub mod label_studio;
pub mod labelled;
pub mod lines;
pub mod prodigy;
pub mod rasa;
pub mod spacy;
pub mod units;
pub mod watson;

#[cfg(test)]
mod tests;
