//! Phrases of `command`.

/// The phrases, in one language.
pub struct Command {
    pub title: &'static str,
}

pub const ZH: Command = Command { title: "" };

pub const EN: Command = Command { title: "" };
