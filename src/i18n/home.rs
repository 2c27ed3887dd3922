//! Phrases of `home`, and of the log: what was done.

/// The phrases, in one language.
pub struct Home {
    pub title: &'static str,
    /// What each act is called, in the order of `domain::event::Act::ALL`.
    pub acts: [&'static str; 19],
}

pub const ZH: Home = Home {
    title: "首页",
    acts: [
        "导入",
        "清洗",
        "切换清洗规则",
        "聚类",
        "标记簇",
        "标注",
        "新建意图",
        "修改意图",
        "改名",
        "合并意图",
        "删除意图",
        "标注实体",
        "词典",
        "训练",
        "策略",
        "排练",
        "设置",
        "撤销",
        "重做",
    ],
};

pub const EN: Home = Home {
    title: "home",
    acts: [
        "import",
        "clean",
        "switch rule",
        "group",
        "mark cluster",
        "label",
        "new intent",
        "edit intent",
        "rename",
        "merge intents",
        "delete intent",
        "mark entity",
        "dictionary",
        "train",
        "policy",
        "rehearsal",
        "setting",
        "undo",
        "redo",
    ],
};
