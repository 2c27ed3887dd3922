//! Phrases of the knowledge ranked: how it is found, where a ranking comes from, why a turn got no answer from it.

/// The phrases, in one language. Gaps are named in braces.
pub struct Answers {
    /// After a training.
    pub learned: &'static str,
    pub strange: &'static str,
    pub talk: &'static str,
    pub alone: &'static str,
    pub with: &'static str,
    pub fared: &'static str,
    /// Where it was learned on the spot.
    pub not_kept: &'static str,
    pub changed: &'static str,
    /// Beside a turn.
    pub nearest: &'static str,
    pub second: &'static str,
    pub unknown: &'static str,
    pub expired: &'static str,
    pub unwritten: &'static str,
}

pub const ZH: Answers = Answers {
    learned: "知识：{entries} 个标准问，{questions} 条相似问各留出一次，排第一的对 {first}，前五里有 {five}",
    strange: "不该答的 {strange} 条，拒答 {refused}",
    talk: "对话首轮（留出）",
    alone: "只用分类器",
    with: "加上知识排序",
    fared: "{way}：答对 {right}，答错 {wrong}，追问里有 {asked}，没听懂 {missed}；不该答却答了 {strange}",
    not_kept: "当前训练没有留下知识排序（要读句意的模型，且至少两个意图有答案），这次现学。",
    changed: "训练之后问法、答案或标注变了，这次现学；重新训练就会更新。",
    nearest: "知识最像「{label}」：匹配「{matched}」{score}，把握 {probability}（需 {need}）",
    second: "，其次「{label}」{score}",
    unknown: "；拒答：知识里没有",
    expired: "；不答：答案过期或不是这个渠道的",
    unwritten: "；不答：还没写答案",
};

pub const EN: Answers = Answers {
    learned: "knowledge: {questions} similar questions held out, {first} right first, {five} in five",
    strange: "of {strange} texts out of scope {refused} refused",
    talk: "first turn of a chat, held out",
    alone: "classifier alone",
    with: "with the knowledge ranked",
    fared: "{way}: {right} right, {wrong} wrong, {asked} asked back with it, {missed} not understood; {strange} out of scope answered",
    not_kept: "The current training kept no ranking of the knowledge (it takes a model that reads meaning and two intents with answers); it was learned on the spot.",
    changed: "Questions, answers or labels are others since the training; the ranking was learned on the spot. A training renews it.",
    nearest: "knowledge nearest to {label}: matched “{matched}” {score}, probability {probability} (needs {need})",
    second: ", then {label} {score}",
    unknown: "; refused: the knowledge does not hold it",
    expired: "; no answer: expired, or for another channel",
    unwritten: "; no answer is written",
};
