//! Phrases of `screens`.

/// The phrases, in one language.
pub struct Screens {
    pub title: &'static str,
}

pub const ZH: Screens = Screens { title: "" };

pub const EN: Screens = Screens { title: "" };
