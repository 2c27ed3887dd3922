//! Phrases of `evaluate`.

/// The phrases, in one language.
pub struct Evaluate {
    pub title: &'static str,
}

pub const ZH: Evaluate = Evaluate { title: "" };

pub const EN: Evaluate = Evaluate { title: "" };
