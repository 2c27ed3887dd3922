//! Phrases of `rehearse`.

/// The phrases, in one language. Gaps are named in braces.
pub struct Rehearse {
    pub title: &'static str,
    pub head: &'static str,
    pub empty: &'static str,
    pub not_played: &'static str,
    pub delete: &'static str,
    /// Nothing of this kind is shown now.
    pub not_shown: &'static str,
    pub none_published: &'static str,
    pub which_version: &'static str,
    /// The views: rehearsals, coverage, changes, limits, edits nothing noticed, failures.
    pub views: [&'static str; 6],
    pub accepted: &'static str,
    pub rejected: &'static str,
    pub adopted: &'static str,
    pub not_adopted: &'static str,
}

pub const ZH: Rehearse = Rehearse {
    title: "排练",
    head: "排练 {total} · 通过 {passed} · 未通过 {failed}",
    empty: "还没有排练。在“对话”页把一段对话存为排练。",
    not_played: "先全部排练一遍",
    delete: "删除排练「{name}」？",
    not_shown: "先换到能这样做的视图",
    none_published: "还没有发布过的版本可以比较；在“设计”页发布",
    which_version: "与哪个版本比较",
    views: ["排练", "覆盖", "变化", "阈值", "没被发现的改动", "换个说法就不通过"],
    accepted: "认可：{cause}",
    rejected: "不认可：{cause}",
    adopted: "草稿已用 answer {answer}  ask {ask}  margin {margin}",
    not_adopted: "草稿里没有写全 limits，先在“设计”页写上 answer、ask、margin",
};

pub const EN: Rehearse = Rehearse {
    title: "rehearse",
    head: "{total} {total:rehearsal|rehearsals} · {passed} passed · {failed} failed",
    empty: "There are no rehearsals. Save a chat as one on the talk screen.",
    not_played: "play them all first",
    delete: "Delete the rehearsal {name}?",
    not_shown: "change to a view where this can be done",
    none_published: "no version is published to compare with; publish one on the design screen",
    which_version: "Compare with which version",
    views: ["rehearsals", "coverage", "changes", "limits", "edits nothing noticed", "said otherwise, failed"],
    accepted: "accepted: {cause}",
    rejected: "rejected: {cause}",
    adopted: "the draft now has answer {answer}  ask {ask}  margin {margin}",
    not_adopted: "the draft does not give all of limits; write answer, ask and margin on the design screen",
};
