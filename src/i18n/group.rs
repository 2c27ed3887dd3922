//! Phrases of `group`.

/// The phrases, in one language.
pub struct Group {
    pub title: &'static str,
}

pub const ZH: Group = Group { title: "聚类" };

pub const EN: Group = Group { title: "group" };
