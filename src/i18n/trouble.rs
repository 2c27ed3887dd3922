//! Phrases of `trouble`.

/// The phrases, in one language.
pub struct Trouble {
    pub title: &'static str,
}

pub const ZH: Trouble = Trouble { title: "" };

pub const EN: Trouble = Trouble { title: "" };
