//! The nouns of the trade: plain values that the store keeps or two crafts pass on.
//!
//! Answers "what is a turn, an utterance, an intent?". Everyone above imports from here; nothing here
//! reads a file, a clock or a terminal. `serde` is derived only where the store keeps a value whole as a
//! JSON document (reports, traces). Not here: how a value is shown (`i18n`, `tui`), stored (`store`) or
//! read from a vendor's file (`formats`).
//!
//! Glossary: a **conversation** holds **turns** (one message each) spoken in a **role**; an **utterance** is
//! one distinct cleaned customer text with its count; a **family** is the utterances that are the same but
//! for trifles; a **cluster** is similar utterances found by `group`; an **intent** is a standard question
//! with similar questions, guideline and answers; a **label** is a trainer's verdict on an utterance, and
//! an **example** is an utterance labelled with an intent; a **run** is one training; a **policy** is the
//! dialogue design; a **rehearsal** is a scripted conversation that must hold; an **event** is one recorded
//! change with its inverse.

pub mod answers;
pub mod cause;
pub mod cluster;
pub mod conversation;
pub mod dialogue;
pub mod event;
pub mod extra;
pub mod ids;
pub mod label;
pub mod mood;
pub mod prediction;
pub mod query;
pub mod range;
pub mod report;
pub mod setting;
pub mod storybook;
pub mod utterance;
pub mod vector;
