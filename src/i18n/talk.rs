//! Phrases of `talk`.

/// The phrases, in one language. Gaps are named in braces.
pub struct Talk {
    pub title: &'static str,
    pub hint: &'static str,
    pub say_something: &'static str,
    pub why: &'static str,
    pub stepped_back: &'static str,
    pub fix: &'static str,
    pub fixed: &'static str,
    pub rehearsal_name: &'static str,
    pub rehearsal_hint: &'static str,
    pub kept: &'static str,
}

pub const ZH: Talk = Talk {
    title: "对话",
    hint: "在此输入客户的话",
    say_something: "先说一句话",
    why: "第 {turn} 轮：为什么",
    stepped_back: "退回一轮，原来的走法已保留",
    fix: "这句话其实是",
    fixed: "已存为样本：{name}",
    rehearsal_name: "存为排练",
    rehearsal_hint: "排练的名字",
    kept: "已存为排练「{name}」",
};

pub const EN: Talk = Talk {
    title: "talk",
    hint: "write what a customer says",
    say_something: "say something first",
    why: "turn {turn}: why",
    stepped_back: "one turn back; the former course is kept",
    fix: "What was meant",
    fixed: "kept as an example of {name}",
    rehearsal_name: "Save as rehearsal",
    rehearsal_hint: "The rehearsal's name",
    kept: "saved as rehearsal {name}",
};
