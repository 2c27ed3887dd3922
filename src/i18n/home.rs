//! Phrases of `home`.

/// The phrases, in one language.
pub struct Home {
    pub title: &'static str,
}

pub const ZH: Home = Home { title: "" };

pub const EN: Home = Home { title: "" };
