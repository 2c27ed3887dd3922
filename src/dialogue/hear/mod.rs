//! Finding values in what the customer says: entities, numbers, dates, and the few fixed words of a dialogue.
//!
//! Called by `turn`. Works on the folded text (full-width to half-width, lower case), so that １ is 1 and OK
//! is ok. Not here: intents and emotions (`nlu`), which arrive as values.

pub mod alike;
pub mod date;
pub mod extract;
pub mod fold;
pub mod number;
pub mod phrase;
pub mod words;
