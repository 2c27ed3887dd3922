//! Phrases of `import`.

/// The phrases, in one language.
pub struct Import {
    pub title: &'static str,
}

pub const ZH: Import = Import { title: "" };

pub const EN: Import = Import { title: "" };
