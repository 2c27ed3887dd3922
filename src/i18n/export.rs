//! Phrases of `export`.

/// The phrases, in one language.
pub struct Export {
    pub title: &'static str,
}

pub const ZH: Export = Export { title: "导出" };

pub const EN: Export = Export { title: "export" };
