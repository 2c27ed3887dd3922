//! Phrases of the forecast: what more labels would bring, when to stop, and what came of it.

/// The phrases, in one language. Gaps are named in braces. Scores are told in points, hundredths of macro-F1.
pub struct Forecast {
    /// Nothing was forecast yet.
    pub empty: &'static str,
    /// What it rests on.
    pub of: &'static str,
    /// The labels asked for, and what they would add.
    pub asks: &'static str,
    /// That the tests are too few to tell the gain from luck.
    pub unsure: &'static str,
    /// One intent with its labels, what stands between two of them, and the rest of them.
    pub one: &'static str,
    pub and: &'static str,
    pub others: &'static str,
    /// Where to stop, that it is reached, and that it is not in sight.
    pub stop: &'static str,
    pub enough: &'static str,
    pub far: &'static str,
    /// That a few labels bring next to nothing, now or after some, where many more bring something.
    pub slow: &'static str,
    pub slow_after: &'static str,
    /// That no text waits.
    pub dry: &'static str,
    /// What the most labels told of would bring, behind any of these, and how many those are.
    pub beyond: &'static str,
    pub doubled: &'static str,
    pub many: &'static str,
    /// What came of it, and where that lies.
    pub came: &'static str,
    pub came_short: &'static str,
    pub within: &'static str,
    pub above: &'static str,
    pub below: &'static str,
    /// On one line, for who labels.
    pub short: &'static str,
    pub short_enough: &'static str,
    pub short_dry: &'static str,
    pub made: &'static str,
    /// The columns.
    pub labels: &'static str,
    pub band: &'static str,
    pub where_to: &'static str,
}

pub const ZH: Forecast = Forecast {
    empty: "还没有预测。按 F8：再标多少条、标在哪些意图、能涨多少、到哪里为止；可随时停止。",
    of: "依据：第 {run} 次训练的样本，{tested} 句各留出测试；样本加倍时错误少了 {fell} %",
    asks: "再标{where}：宏平均 F1 约 {point} 分（80 % 区间 {low} 到 {high}）",
    unsure: "测试句太少，还分不清这是涨了还是碰巧：标得多些再预测",
    one: "“{name}”{n} 条",
    and: "、",
    others: "另 {k} 个意图共 {n} 条",
    stop: "停止线：再标 {n} 条为止；此后每 {chunk} 条带来不到 {worth} 分",
    enough: "停止线已到：再标 {chunk} 条带来不到 {worth} 分，不值得",
    far: "停止线还远：标到 {n} 条仍每条值得",
    slow: "再标 {chunk} 条带来不到 {worth} 分，但还没到停止线",
    slow_after: "标过 {n} 条以后，每 {chunk} 条带来不到 {worth} 分，但还没到停止线",
    dry: "没有等待标注的句子：先导入新的对话",
    beyond: "；{what}约 {point} 分（{low} 到 {high}）",
    doubled: "样本加倍（再标 {n} 条）",
    many: "再标 {n} 条",
    came: "第 {run} 次训练对照：要 {asked} 条，给了 {given} 条（{followed} 条照要的给）；预计 {point} 分（{low} 到 {high}），实测 {measured} 分，{place}",
    came_short: "上次预测 {low} 到 {high} 分，实测 {measured} 分，{place}",
    within: "在区间内",
    above: "高于区间",
    below: "低于区间",
    short: "再标 {n} 条约 {point} 分（{low} 到 {high}）",
    short_enough: "再标已不值得",
    short_dry: "没有等待标注的句子",
    made: "预测完成",
    labels: "再标",
    band: "80 % 区间",
    where_to: "标在哪些意图",
};

pub const EN: Forecast = Forecast {
    empty: "Nothing is forecast yet. F8 tells how many more labels in which intents bring how much, and when to stop; it can be stopped.",
    of: "it rests on the examples of run {run}, {tested} {tested:text|texts} held out; twice the examples made {fell} % fewer errors",
    asks: "{where} give about {point} macro-F1 (80 % band {low} to {high})",
    unsure: "too few texts are tested to tell this from luck yet: label more, then forecast anew",
    one: "{n} more in {name}",
    and: ", ",
    others: "{n} in {k} {k:other|others}",
    stop: "stop after {n} {n:label|labels}: {chunk} more would bring less than {worth}",
    enough: "time to stop: {chunk} more labels would bring less than {worth}",
    far: "no stop in sight: all of {n} {n:label|labels} are worth giving",
    slow: "{chunk} more labels bring less than {worth}, and yet it is too early to stop",
    slow_after: "after {n} {n:label|labels} {chunk} more bring less than {worth}, and yet it is too early to stop",
    dry: "no text waits for a label: import new conversations first",
    beyond: "; {what} about {point} ({low} to {high})",
    doubled: "twice the examples ({n} more)",
    many: "{n} more",
    came: "run {run} beside it: {asked} asked for, {given} given ({followed} of those asked for); expected {point} ({low} to {high}), measured {measured}, {place}",
    came_short: "last forecast {low} to {high}, measured {measured}: {place}",
    within: "within the band",
    above: "above the band",
    below: "below the band",
    short: "{n} more: about {point} ({low} to {high})",
    short_enough: "more is not worth it",
    short_dry: "no text waits for a label",
    made: "the forecast is made",
    labels: "labels",
    band: "80 % band",
    where_to: "in which intents",
};
