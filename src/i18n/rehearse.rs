//! Phrases of `rehearse`.

/// The phrases, in one language.
pub struct Rehearse {
    pub title: &'static str,
}

pub const ZH: Rehearse = Rehearse { title: "排练" };

pub const EN: Rehearse = Rehearse { title: "rehearse" };
