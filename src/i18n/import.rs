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
}

impl Import {
    /// Returns why a row was set aside; the word itself when it is not known.
    pub fn reason<'w>(&self, word: &'w str) -> &'w str {
        self.reasons.iter().find(|(known, _)| *known == word).map_or(word, |(_, phrase)| phrase)
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
    ],
};
