//! Phrases of `clean`.

/// The phrases, in one language.
pub struct Clean {
    pub title: &'static str,
    /// What each rule is called, by its word.
    pub rules: &'static [(&'static str, &'static str)],
    /// Why a message was set aside, by its word.
    pub asides: &'static [(&'static str, &'static str)],
}

impl Clean {
    /// Returns what a rule is called; its word when it is not known.
    pub fn rule<'w>(&self, word: &'w str) -> &'w str {
        self.rules.iter().find(|(known, _)| *known == word).map_or(word, |(_, phrase)| phrase)
    }

    /// Returns why a message was set aside; the word itself when it is not known.
    pub fn aside<'w>(&self, word: &'w str) -> &'w str {
        self.asides.iter().find(|(known, _)| *known == word).map_or(word, |(_, phrase)| phrase)
    }
}

pub const ZH: Clean = Clean {
    title: "清洗",
    rules: &[
        ("transcript-tags", "转写标签"),
        ("html", "网页标签"),
        ("zero-width", "零宽字符"),
        ("width", "全角转半角"),
        ("whitespace", "空白"),
        ("pinyin-gloss", "拼音括注"),
        ("traditional", "繁体转简体"),
        ("mojibake", "乱码"),
        ("url", "链接"),
        ("emoji", "表情"),
        ("system-lines", "系统提示"),
        ("boilerplate", "客服套话"),
        ("hallucination", "静音幻觉"),
        ("cards", "订单卡片"),
        ("fillers", "口头填充词"),
        ("spoken-numbers", "口述数字"),
        ("email", "邮箱"),
        ("id-card", "身份证号"),
        ("uscc", "信用代码"),
        ("bank-card", "银行卡号"),
        ("phone", "手机号"),
        ("landline", "固定电话"),
        ("otp", "验证码"),
        ("plate", "车牌"),
        ("passport", "护照号"),
        ("policy-number", "保单号"),
        ("account", "账号"),
        ("address", "地址"),
        ("person-name", "姓名"),
        ("repeats", "重复"),
        ("punctuation", "标点"),
        ("greetings", "寒暄"),
        ("incomplete", "残句"),
    ],
    asides: &[
        ("empty", "空消息"),
        ("only-emoji", "只有表情"),
        ("only-media", "只有图片语音"),
        ("only-card", "只有卡片链接"),
        ("system-line", "系统提示"),
        ("recall", "撤回"),
        ("boilerplate", "套话"),
        ("hallucination", "静音幻觉"),
        ("mojibake", "乱码"),
        ("greeting", "寒暄"),
        ("incomplete", "残句"),
    ],
};

pub const EN: Clean = Clean {
    title: "clean",
    rules: &[
        ("transcript-tags", "transcript tags"),
        ("html", "HTML"),
        ("zero-width", "zero-width signs"),
        ("width", "full width"),
        ("whitespace", "blanks"),
        ("pinyin-gloss", "pinyin glosses"),
        ("traditional", "traditional"),
        ("mojibake", "mojibake"),
        ("url", "links"),
        ("emoji", "emoji"),
        ("system-lines", "system lines"),
        ("boilerplate", "boilerplate"),
        ("hallucination", "hallucinations"),
        ("cards", "order cards"),
        ("fillers", "fillers"),
        ("spoken-numbers", "spoken numbers"),
        ("email", "e-mail"),
        ("id-card", "ID cards"),
        ("uscc", "company codes"),
        ("bank-card", "bank cards"),
        ("phone", "mobiles"),
        ("landline", "landlines"),
        ("otp", "one-time codes"),
        ("plate", "number plates"),
        ("passport", "passports"),
        ("policy-number", "policy numbers"),
        ("account", "accounts"),
        ("address", "addresses"),
        ("person-name", "names"),
        ("repeats", "repeats"),
        ("punctuation", "punctuation"),
        ("greetings", "greetings"),
        ("incomplete", "incomplete"),
    ],
    asides: &[
        ("empty", "empty"),
        ("only-emoji", "only emoji"),
        ("only-media", "only media"),
        ("only-card", "only cards or links"),
        ("system-line", "system line"),
        ("recall", "recalled"),
        ("boilerplate", "boilerplate"),
        ("hallucination", "hallucination"),
        ("mojibake", "mojibake"),
        ("greeting", "greeting"),
        ("incomplete", "incomplete"),
    ],
};
