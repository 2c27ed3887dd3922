//! Phrases of `evaluate`.

/// The phrases, in one language. Gaps are named in braces.
pub struct Evaluate {
    pub title: &'static str,
    pub examples: &'static str,
    pub accuracy: &'static str,
    pub macro_f1: &'static str,
    pub calibration: &'static str,
    pub intent: &'static str,
    pub confusions: &'static str,
    pub gold: &'static str,
    pub predicted: &'static str,
    pub count: &'static str,
    pub head: &'static str,
    pub empty: &'static str,
    pub relabel: &'static str,
    pub relabelled: &'static str,
}

pub const ZH: Evaluate = Evaluate {
    title: "评估",
    examples: "样本",
    accuracy: "准确率",
    macro_f1: "宏平均 F1",
    calibration: "校准误差",
    intent: "意图",
    confusions: "混淆",
    gold: "实际",
    predicted: "判为",
    count: "次数",
    head: "第 {id} 次训练 · {examples} 条留出 · 准确率 {accuracy} · 宏平均 F1 {f1} · 校准误差 {ece}",
    empty: "还没有模型。请先训练。",
    relabel: "回车：标注错了，改成模型的判断",
    relabelled: "已改为 {name}",
};

pub const EN: Evaluate = Evaluate {
    title: "evaluate",
    examples: "examples",
    accuracy: "accuracy",
    macro_f1: "macro-F1",
    calibration: "calibration error",
    intent: "intent",
    confusions: "confusions",
    gold: "truth",
    predicted: "taken for",
    count: "n",
    head: "run {id} · {examples} held out · accuracy {accuracy} · macro-F1 {f1} · ECE {ece}",
    empty: "There is no model yet. Train one first.",
    relabel: "Enter: the label is wrong, take the model's",
    relabelled: "relabelled as {name}",
};
