//! Whole Rasa projects: domain, training data, rules, stories, forms, test conversations, flows.
//!
//! YAML of versions 2 and 3, Markdown and JSON of version 1. Directories are merged and any key may stand in any file,
//! as Rasa has it. What cannot be used is a [`remark::Remark`] with file and line; a file that does not read at all is
//! one too, so that the rest still comes. Called by `workbench::storybook`. Not here: what rules and stories decide
//! (`dialogue::storybook`).

pub mod folder;
pub mod remark;
pub mod write;

mod check;
mod config;
mod courses;
mod domain;
mod flows;
mod json;
mod markdown;
mod node;
pub(in crate::formats) mod training;
