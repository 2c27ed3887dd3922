//! Phrases of `train`.

/// The phrases, in one language.
pub struct Train {
    pub title: &'static str,
}

pub const ZH: Train = Train { title: "" };

pub const EN: Train = Train { title: "" };
