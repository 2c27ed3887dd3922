//! Phrases of `label`.

/// The phrases, in one language.
pub struct Label {
    pub title: &'static str,
}

pub const ZH: Label = Label { title: "标注" };

pub const EN: Label = Label { title: "label" };
