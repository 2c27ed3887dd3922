//! Phrases of `import`.

/// The phrases, in one language.
pub struct Import {
    pub title: &'static str,
    pub head: &'static str,
    pub empty: &'static str,
    pub none_chosen: &'static str,
    pub path: &'static str,
    pub path_hint: &'static str,
    pub added: &'static str,
    pub file: &'static str,
    pub format: &'static str,
    pub encoding: &'static str,
    pub rows: &'static str,
    pub state: &'static str,
    pub auto: &'static str,
    pub refused: &'static str,
    pub was: &'static str,
    pub done: &'static str,
    pub imported: &'static str,
    pub preview: &'static str,
    /// Why rows are set aside, by the reader's word.
    pub reasons: &'static [(&'static str, &'static str)],
    /// How the speakers of a call got their roles, by the reader's word; nothing to say where the source tells them.
    pub grounds: &'static [(&'static str, &'static str)],
}

impl Import {
    /// Returns why a row was set aside; the word itself when it is not known.
    pub fn reason<'w>(&self, word: &'w str) -> &'w str {
        self.reasons.iter().find(|(known, _)| *known == word).map_or(word, |(_, phrase)| phrase)
    }

    /// Returns what to say of how roles were guessed; `None` where they were told.
    pub fn ground(&self, word: &str) -> Option<&'static str> {
        self.grounds.iter().find(|(known, _)| *known == word).map(|(_, phrase)| *phrase)
    }
}

pub const ZH: Import = Import {
    title: "导入",
    head: "{n} 个文件，已选 {chosen} 个",
    empty: "还没有文件。按 F2 添加文件或文件夹。",
    none_chosen: "没有选中的文件。按空格选择。",
    path: "添加文件或文件夹",
    path_hint: "路径，可以是整个文件夹",
    added: "添加了 {n} 个文件",
    file: "文件",
    format: "格式",
    encoding: "编码",
    rows: "行数",
    state: "状态",
    auto: "自动识别",
    refused: "读不了",
    was: "已导入 {kept} 条",
    done: "读 {read} = 留 {kept} + 搁 {aside}",
    imported: "导入完成：保留 {kept} 条，搁置 {aside} 条，读不了 {refused} 个文件",
    preview: "预览",
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
        ("internal", "内部备注"),
        ("not-text", "没有文字"),
        ("tangled", "邮件结构异常"),
        ("auto-reply", "自动回复"),
        ("bounce", "退信"),
        ("bulk-mail", "群发邮件"),
        ("long-question", "问法过长"),
        ("shared", "问法属于两个标准问"),
        ("no-answer", "没有答案"),
        ("bad-day", "日期读不出来"),
        ("bad-time", "时间有误"),
        ("hallucinated", "识别器臆造"),
        ("unsure", "识别把握低"),
    ],
    grounds: &[
        ("said", "谁是客服按说话内容猜的"),
        ("order", "谁是客服按先开口猜的，可能反了"),
        ("alone", "没有区分说话人，全部当作客户"),
    ],
};

pub const EN: Import = Import {
    title: "import",
    head: "{n} files, {chosen} chosen",
    empty: "No files yet. F2 adds a file or a folder.",
    none_chosen: "No file is chosen. Space chooses one.",
    path: "Add a file or a folder",
    path_hint: "A path; a folder brings all its files",
    added: "{n} files added",
    file: "file",
    format: "format",
    encoding: "encoding",
    rows: "rows",
    state: "state",
    auto: "found by itself",
    refused: "not readable",
    was: "imported {kept}",
    done: "read {read} = kept {kept} + aside {aside}",
    imported: "Imported: kept {kept}, set aside {aside}, {refused} files refused",
    preview: "preview",
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
        ("internal", "internal note"),
        ("not-text", "no text"),
        ("tangled", "tangled mail"),
        ("auto-reply", "automatic reply"),
        ("bounce", "bounced mail"),
        ("bulk-mail", "bulk mail"),
        ("long-question", "question too long"),
        ("shared", "question of two standard ones"),
        ("no-answer", "no answer"),
        ("bad-day", "unreadable date"),
        ("bad-time", "faulty time"),
        ("hallucinated", "made up by the recogniser"),
        ("unsure", "recognised without certainty"),
    ],
    grounds: &[
        ("said", "who serves was guessed from what is said"),
        ("order", "who serves was guessed from who speaks first; it may be the wrong way round"),
        ("alone", "the speakers are not told apart: all is read as the customer's"),
    ],
};
