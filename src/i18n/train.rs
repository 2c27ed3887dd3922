//! Phrases of `train`.

/// The phrases, in one language. Gaps are named in braces.
pub struct Train {
    pub title: &'static str,
    pub head: &'static str,
    pub chosen: &'static str,
    pub empty: &'static str,
    pub algorithm: &'static str,
    pub linear: &'static str,
    pub bayes: &'static str,
    pub when: &'static str,
    pub who: &'static str,
    pub examples: &'static str,
    pub intents: &'static str,
    pub accuracy: &'static str,
    pub trained: &'static str,
}

pub const ZH: Train = Train {
    title: "训练",
    head: "样本 {examples} · 意图 {intents} · 上次训练后新标 {new}",
    chosen: "算法：{algorithm}",
    empty: "还没有训练过。按 F8 开始训练。",
    algorithm: "算法",
    linear: "线性支持向量：最准",
    bayes: "朴素贝叶斯：最快的基线",
    when: "时间",
    who: "谁",
    examples: "样本",
    intents: "意图",
    accuracy: "准确率",
    trained: "第 {id} 次训练完成：准确率 {accuracy}，宏平均 F1 {f1}",
};

pub const EN: Train = Train {
    title: "train",
    head: "{examples} examples · {intents} intents · {new} labelled since the last run",
    chosen: "algorithm: {algorithm}",
    empty: "Nothing was trained yet. F8 trains.",
    algorithm: "algorithm",
    linear: "linear support vectors: the best measured",
    bayes: "naive Bayes: the instant baseline",
    when: "when",
    who: "who",
    examples: "examples",
    intents: "intents",
    accuracy: "accuracy",
    trained: "Run {id} done: accuracy {accuracy}, macro-F1 {f1}",
};
