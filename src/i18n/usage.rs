//! Phrases of usage: the headings of `--help`, and what was typed wrong.

/// The phrases, in one language. Gaps are named in braces.
pub struct Usage {
    /// The page of `--help`; clap fills its gaps.
    pub page: &'static str,
    pub commands: &'static str,
    pub arguments: &'static str,
    pub options: &'static str,
    pub help: &'static str,
    pub version: &'static str,
    // mistakes
    pub unknown: &'static str,
    pub unknown_command: &'static str,
    pub near: &'static str,
    pub value: &'static str,
    pub no_value: &'static str,
    pub possible: &'static str,
    pub missing: &'static str,
    pub missing_command: &'static str,
    pub conflict: &'static str,
    pub see_help: &'static str,
}

pub const ZH: Usage = Usage {
    page: "{about}\n\n用法：{usage}\n\n{all-args}",
    commands: "命令",
    arguments: "参数",
    options: "选项",
    help: "显示这份说明",
    version: "显示版本",
    unknown: "不认识「{what}」。",
    unknown_command: "没有「{what}」这个命令。",
    near: "是不是「{near}」？",
    value: "「{value}」不能用于 {what}。",
    no_value: "{what} 后面要有内容。",
    possible: "可用：{possible}。",
    missing: "还缺 {what}。",
    missing_command: "还要写明做什么。",
    conflict: "{what} 不能和 {other} 一起用，请去掉一个。",
    see_help: "加 --help 看用法。",
};

pub const EN: Usage = Usage {
    page: "{about}\n\nUsage: {usage}\n\n{all-args}",
    commands: "Commands",
    arguments: "Arguments",
    options: "Options",
    help: "Show this page",
    version: "Show the version",
    unknown: "Unknown: {what}.",
    unknown_command: "There is no command {what}.",
    near: " Did you mean {near}?",
    value: "{what} cannot be {value}.",
    no_value: "{what} wants something after it.",
    possible: " Possible: {possible}.",
    missing: "Missing: {what}.",
    missing_command: "Say what to do.",
    conflict: "{what} does not go with {other}; leave one out.",
    see_help: " Add --help to see how it is used.",
};
