//! Phrases of `rehearse`.

/// The phrases, in one language. Gaps are named in braces.
pub struct Rehearse {
    pub title: &'static str,
    pub head: &'static str,
    pub empty: &'static str,
    pub not_played: &'static str,
    pub delete: &'static str,
}

pub const ZH: Rehearse = Rehearse {
    title: "排练",
    head: "排练 {total} · 通过 {passed} · 未通过 {failed}",
    empty: "还没有排练。在“对话”页把一段对话存为排练。",
    not_played: "先全部排练一遍",
    delete: "删除排练「{name}」？",
};

pub const EN: Rehearse = Rehearse {
    title: "rehearse",
    head: "{total} rehearsals · {passed} passed · {failed} failed",
    empty: "There are no rehearsals. Save a chat as one on the talk screen.",
    not_played: "play them all first",
    delete: "Delete the rehearsal {name}?",
};
