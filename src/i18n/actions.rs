//! Phrases of `actions`.

/// The phrases, in one language.
pub struct Actions {
    pub title: &'static str,
}

pub const ZH: Actions = Actions { title: "" };

pub const EN: Actions = Actions { title: "" };
