//! Entities learned from marked stretches: where in a text a product, a place or a name stands.
//!
//! A text is cut into units (`units`: a Chinese character, a word of letters, a run of digits, a sign); each gets
//! features of itself and its neighbours and of the dictionary of known values (`dictionary`, `features`); an averaged
//! structured perceptron (`perceptron`) learns which sequence of labels fits best. `model` joins these and carries them
//! as bytes, `join` lets the dictionary and patterns win over what was learned. Called by `workbench::entities`.
//! Not here: what a value means (`dialogue::hear`), scoring (`evaluation::spans`).

pub mod dictionary;
pub mod features;
pub mod join;
pub mod model;
pub mod perceptron;
pub mod units;
