//! Phrases of `talk`.

/// The phrases, in one language.
pub struct Talk {
    pub title: &'static str,
}

pub const ZH: Talk = Talk { title: "对话" };

pub const EN: Talk = Talk { title: "talk" };
