//! Understanding a text: features, intent, emotion; training a model and carrying it as bytes.
//!
//! Called by `workbench::train`, `label`, `talk` and by `bot`. Not here: scoring (`evaluation`), deciding
//! what to reply (`dialogue`).
