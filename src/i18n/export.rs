//! Phrases of `export`.

/// The phrases, in one language. Gaps are named in braces.
pub struct Export {
    pub title: &'static str,
    pub head: &'static str,
    pub empty: &'static str,
    pub jsonl: &'static str,
    pub csv: &'static str,
    pub xlsx: &'static str,
    pub rasa: &'static str,
    pub kb_wide: &'static str,
    pub kb_cell: &'static str,
    pub kb_rows: &'static str,
    pub path: &'static str,
    pub path_hint: &'static str,
    pub sample: &'static str,
    pub written: &'static str,
}

pub const ZH: Export = Export {
    title: "导出",
    head: "可导出 {n} 条标注",
    empty: "还没有标注可以导出",
    jsonl: "JSON 行，字段齐全",
    csv: "表格，可用 Excel 打开",
    xlsx: "Excel 工作簿",
    rasa: "Rasa NLU 训练数据",
    kb_wide: "知识表：相似问在右侧各列",
    kb_cell: "知识表：相似问在一格，换行分隔",
    kb_rows: "知识表：每行一个相似问，合并单元格",
    path: "导出到",
    path_hint: "新文件的路径",
    sample: "样子",
    written: "已写到 {path}",
};

pub const EN: Export = Export {
    title: "export",
    head: "{n} labels to export",
    empty: "there are no labels to export",
    jsonl: "JSON lines, every field",
    csv: "a table, for spreadsheets",
    xlsx: "an Excel workbook",
    rasa: "Rasa NLU training data",
    kb_wide: "knowledge sheet: similar questions in columns",
    kb_cell: "knowledge sheet: similar questions in one cell",
    kb_rows: "knowledge sheet: a row each, merged cells",
    path: "Export to",
    path_hint: "The path of a new file",
    sample: "what it looks like",
    written: "written to {path}",
};
