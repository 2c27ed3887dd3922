//! Phrases of `train`.

/// The phrases, in one language.
pub struct Train {
    pub title: &'static str,
}

pub const ZH: Train = Train { title: "训练" };

pub const EN: Train = Train { title: "train" };
