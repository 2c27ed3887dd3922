//! Phrases of `clean`.

/// The phrases, in one language.
pub struct Clean {
    pub title: &'static str,
}

pub const ZH: Clean = Clean { title: "" };

pub const EN: Clean = Clean { title: "" };
