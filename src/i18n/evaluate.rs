//! Phrases of `evaluate`.

/// The phrases, in one language.
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
};
