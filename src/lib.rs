//! daoshi (导师): the bot trainer's workbench, from raw customer logs to a tested bot.
//!
//! # Rooms, by floor
//! A room imports only rooms on lower floors; `tests/house.rs` fails when one does not.
//!
//! | floor | rooms |
//! |---|---|
//! | 7 | `main` |
//! | 6 | [`cli`] (people and pipes that type), [`tui`] (people who press keys) |
//! | 5 | [`explain`] (errors to sentences), [`jobs`] (long work) |
//! | 4 | [`workbench`] (the verbs: import, clean, group, label, train, evaluate, design, talk, rehearse, export) |
//! | 3 | [`bot`] (model + policy: text in, reply out), [`outside`] (calls of a policy: commands and endpoints) |
//! | 2 | [`formats`], [`clustering`], [`nlu`], [`evaluation`], [`dialogue`], [`query`], [`store`], [`settings`] |
//! | 1 | [`text`], [`i18n`] |
//! | 0 | [`domain`], [`progress`], [`process`] (programs beside this one) |
//!
//! # Invariants
//! 1. Imports go down only. SQL only in `store`; the terminal only in `tui`; printing only in `cli` and `main`;
//!    threads only in `jobs` and `tui::terminal`, and the
//!    one that reads a file beside its being kept (`workbench::reading`); data-parallel `rayon` inside crafts is fine.
//! 2. `domain text clustering nlu evaluation dialogue query` do no I/O, read no clock and take their seed as an argument.
//! 3. Cleaning keeps offsets: a span on clean text maps back to the raw line. Raw text is stored untouched.
//! 4. A conversation's state is a fold of its events. Every turn leaves a trace.
//! 5. No phrase people read stands outside `i18n`. Imported text reaches a terminal only through `text::safe`.
//! 6. Drawing reads `&self`, never the store. A label is on disk before the next key is read.
//! 7. Every change to a project is an event with an inverse, in the same transaction as its effect.

pub mod bot;
pub mod cli;
pub mod clustering;
pub mod dialogue;
pub mod domain;
pub mod evaluation;
pub mod explain;
pub mod formats;
pub mod i18n;
pub mod jobs;
pub mod nlu;
pub mod outside;
pub mod process;
pub mod progress;
pub mod query;
pub mod settings;
pub mod store;
pub mod text;
pub mod tui;
pub mod workbench;
