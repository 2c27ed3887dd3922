//! Phrases of `group`.

/// The phrases, in one language.
pub struct Group {
    pub title: &'static str,
}

pub const ZH: Group = Group { title: "" };

pub const EN: Group = Group { title: "" };
