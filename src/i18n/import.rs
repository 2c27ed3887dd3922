//! Phrases of `import`.

/// The phrases, in one language.
pub struct Import {
    pub title: &'static str,
    /// Why rows are set aside, by the reader's word.
    pub reasons: &'static [(&'static str, &'static str)],
}

impl Import {
    /// Returns why a row was set aside; the word itself when it is not known.
    pub fn reason<'w>(&self, word: &'w str) -> &'w str {
        self.reasons.iter().find(|(known, _)| *known == word).map_or(word, |(_, phrase)| phrase)
    }
}

pub const ZH: Import = Import {
    title: "导入",
    reasons: &[
        ("known", "项目里已有"),
        ("empty", "空行"),
        ("undecodable", "编码错误"),
        ("too-long", "过长"),
        ("ragged", "列数不对"),
        ("stray-quote", "引号错误"),
        ("unknown-role", "不认识的角色"),
        ("no-speaker", "没有说话人"),
        ("json", "JSON 有误"),
        ("other-shape", "不是消息"),
        ("not-an-example", "不是样本"),
    ],
};

pub const EN: Import = Import {
    title: "import",
    reasons: &[
        ("known", "already in the project"),
        ("empty", "empty"),
        ("undecodable", "wrong bytes"),
        ("too-long", "too long"),
        ("ragged", "wrong number of columns"),
        ("stray-quote", "stray quote"),
        ("unknown-role", "unknown role"),
        ("no-speaker", "no speaker"),
        ("json", "faulty JSON"),
        ("other-shape", "no message"),
        ("not-an-example", "no example"),
    ],
};
