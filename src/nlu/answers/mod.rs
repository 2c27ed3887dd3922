//! Which standard question a customer asks: every entry of the knowledge ranked by its questions, learned from them.
//!
//! An entry is a standard question with its similar questions and answers. `lexical` compares words (BM25, c-TF-IDF),
//! `index` joins that with the encoder's nearness into a few evidences for each entry, `weigh` learns what each is
//! worth from questions held out, hard negatives included, and when to say "the knowledge does not hold it". `rank`
//! joins these, `carry` writes and reads it. Called by `workbench::answers`. Not here: which answer holds today (`dialogue::turn::heard`), replying.

pub mod carry;
pub mod index;
pub mod lexical;
pub mod rank;
pub mod weigh;
