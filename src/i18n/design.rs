//! Phrases of `design`.

/// The phrases, in one language.
pub struct Design {
    pub title: &'static str,
}

pub const ZH: Design = Design { title: "" };

pub const EN: Design = Design { title: "" };
