//! Phrases of `train`.

/// The phrases, in one language. Gaps are named in braces.
pub struct Train {
    pub title: &'static str,
    pub head: &'static str,
    pub chosen: &'static str,
    pub empty: &'static str,
    pub algorithm: &'static str,
    /// No algorithm named: held-out examples choose.
    pub auto: &'static str,
    pub auto_told: &'static str,
    /// What each algorithm is, in the order of `Algorithm::ALL`.
    pub algorithms: &'static [&'static str; 8],
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
    auto: "自动",
    auto_told: "按留出样本选最好的",
    algorithms: &[
        "词字与句向量一起，支持向量：样本多时最准",
        "同上，多类逻辑回归：每个意图样本少时最准",
        "词字、句向量两个模型的概率相乘",
        "只看词字，支持向量：快",
        "只看句向量，逻辑回归",
        "每个意图的向量中心",
        "最近的样本投票",
        "朴素贝叶斯：最快的基线",
    ],
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
    auto: "automatic",
    auto_told: "the best on held-out examples",
    algorithms: &[
        "words and meaning, support vectors: for many",
        "the same, all intents at once: for few an intent",
        "of words and of meaning, multiplied",
        "words alone, support vectors: fast",
        "meaning alone, logistic",
        "the middle of each intent's vectors",
        "the nearest examples vote",
        "naive Bayes: the instant baseline",
    ],
    when: "when",
    who: "who",
    examples: "examples",
    intents: "intents",
    accuracy: "accuracy",
    trained: "Run {id} done: accuracy {accuracy}, macro-F1 {f1}",
};
