//! Phrases of `label`.

/// The phrases, in one language.
pub struct Label {
    pub title: &'static str,
}

pub const ZH: Label = Label { title: "" };

pub const EN: Label = Label { title: "" };
