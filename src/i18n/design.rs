//! Phrases of `design`: what is wrong with a policy.

/// The phrases, in one language.
pub struct Design {
    pub title: &'static str,
    /// Kinds of values, in the order of `dialogue::error::Wanted`.
    pub kinds: [&'static str; 11],
    pub guard_empty: &'static str,
    pub guard_sign: &'static str,
    pub guard_ends: &'static str,
    pub guard_unexpected: &'static str,
    pub guard_quote: &'static str,
    pub guard_bracket: &'static str,
    pub guard_deep: &'static str,
}

pub const ZH: Design = Design {
    title: "策略",
    kinds: [
        "文字",
        "一句或几句文字",
        "列表",
        "键值表",
        "数字",
        "整数",
        "时段（如 9..18）",
        "时长（如 180s）",
        "true 或 false",
        "时间（如 10:00）",
        "日期（如 2026-03-01）",
    ],
    guard_empty: "条件是空的",
    guard_sign: "不认识的符号「{what}」",
    guard_ends: "没有写完",
    guard_unexpected: "这里不该有「{what}」",
    guard_quote: "引号没有闭合",
    guard_bracket: "括号没有闭合",
    guard_deep: "嵌套太深",
};

pub const EN: Design = Design {
    title: "design",
    kinds: [
        "a text",
        "a text or several",
        "a list",
        "a map",
        "a number",
        "a whole number",
        "hours such as 9..18",
        "a duration such as 180s",
        "true or false",
        "a time such as 10:00",
        "a date such as 2026-03-01",
    ],
    guard_empty: "it is empty",
    guard_sign: "unknown sign {what}",
    guard_ends: "it ends too early",
    guard_unexpected: "{what} does not belong here",
    guard_quote: "the quote does not close",
    guard_bracket: "the bracket does not close",
    guard_deep: "it is nested too deep",
};
