//! What stands below what a mail says: 发自我的iPhone, `-- `, a sign-off with a name and a telephone.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::clean::draft::Patch;
use crate::text::clean::mail::lines::{Line, lines, patches, pattern, says_something};
use crate::text::clean::masks::people::is_name;

/// How many lines a signature has at most.
const LONG: usize = 12;

/// Cuts signatures. In doubt a line stays: 谢谢 before a question is no sign-off.
pub(crate) fn signature(text: &str) -> Vec<Patch> {
    let lines = lines(text);
    let mut cut: Vec<bool> = lines.iter().map(|line| is_of_a_device(line.text)).collect();
    let said: Vec<usize> = (0..lines.len()).filter(|at| !lines[*at].is_blank() && !cut[*at]).collect();
    let start = said.iter().copied().enumerate().find(|(place, at)| {
        let below: Vec<&Line<'_>> = said[place + 1..].iter().map(|at| &lines[*at]).collect();
        below.len() <= LONG && begins(lines[*at].text, &below)
    });
    if let Some((_, at)) = start {
        let mut with = cut.clone();
        with[at..].fill(true);
        if says_something(&lines, &with) {
            cut = with;
        }
    }
    if says_something(&lines, &cut) { patches(text, &lines, &cut) } else { Vec::new() }
}

/// Tells whether a program wrote the line.
fn is_of_a_device(line: &str) -> bool {
    static DEVICE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)^\W{0,3}(?:",
            r"(?:发自|發自|来自|從|从|发送自|傳自)\s?(?:我的)?\s?(?:iphone|ipad|mac|华为|荣耀|小米|红米|三星|魅族|一加|huawei|honor|xiaomi|redmi|oppo|vivo|samsung|galaxy|android|windows|mate|手机|安卓|outlook|foxmail|网易|qq)[^，。？！,?!]{0,30}(?:傳送|发送|寄出)?",
            r"|(?:通过|由)?(?:网易邮箱大师|QQ邮箱|Foxmail|阿里邮箱|163邮箱)(?:手机版|客户端|发送|定制|写信)[^，。？！,?!]{0,20}",
            r"|sent from (?:my|mail|outlook|yahoo|samsung|huawei|proton|iphone|the all)[^?]{0,50}",
            r"|get outlook for (?:ios|android).{0,40}|iphoneから送信|von meinem .{1,30} gesendet",
            r")\s*$"
        ))
    });
    line.len() <= 160 && DEVICE.is_match(line)
}

/// Tells whether a signature begins with `line` when `below` follows it.
fn begins(line: &str, below: &[&Line<'_>]) -> bool {
    let bare = line.trim_end_matches([',', '，', '.', '。', '!', '！', '~', '～', ' ', ':', '：']).to_lowercase();
    if line == "--" {
        return true;
    }
    let rule = line.chars().count() >= 3 && line.chars().all(|c| matches!(c, '-' | '_' | '=' | '*' | '—' | '－'));
    if rule {
        return !below.is_empty()
            && below.len() <= 10
            && below.iter().all(|line| is_of_a_block(line.text))
            && below.iter().any(|line| is_contact(line.text));
    }
    if SIGN_OFFS.contains(&bare.as_str()) || WISHES.is_match(&bare) {
        return below.len() <= 7 && below.iter().all(|line| is_of_a_block(line.text));
    }
    let thanks = THANKS.contains(&bare.as_str());
    thanks
        && below.len() <= 7
        && below.first().is_some_and(|line| is_a_name(line.text))
        && below[1..].iter().all(|line| is_of_a_block(line.text))
}

/// What ends a letter and says nothing else.
const SIGN_OFFS: [&str; 26] = [
    "此致",
    "此致敬礼",
    "此致 敬礼",
    "敬礼",
    "祝好",
    "顺颂商祺",
    "顺祝商祺",
    "顺颂时祺",
    "顺祝",
    "此颂",
    "敬上",
    "谨启",
    "敬启",
    "best regards",
    "kind regards",
    "warm regards",
    "with best regards",
    "regards",
    "best wishes",
    "best",
    "sincerely",
    "yours sincerely",
    "sincerely yours",
    "yours faithfully",
    "yours truly",
    "cheers",
];

/// What may end a letter, and may as well stand before a question.
const THANKS: [&str; 9] =
    ["谢谢", "谢谢您", "多谢", "感谢", "非常感谢", "thanks", "thank you", "many thanks", "thanks in advance"];

static WISHES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:顺?祝|祝您|祝你|祝贵)(?:公司|行|们)?(?:工作|生活|身体|一切|万事|商|业务|生意|安|春|夏|秋|冬)[^，。,？?！!]{0,8}$",
    )
});

/// Tells whether a line may stand in a block of name, house and numbers.
fn is_of_a_block(line: &str) -> bool {
    const SAID: [&str; 17] = [
        "怎么",
        "怎样",
        "吗",
        "什么",
        "多少",
        "能不能",
        "是否",
        "请",
        "如何",
        "麻烦",
        "希望",
        "需要",
        "我",
        "你",
        "您",
        "已经",
        "没有",
    ];
    const WORDS: [&str; 14] =
        ["how", "why", "what", "when", "please", "could", "can", "you", "my", "i", "not", "is", "are", "have"];
    let lower = line.to_lowercase();
    let sign_off = SIGN_OFFS.contains(&lower.trim_end_matches(['，', '。', '！', ',', '.', '!']));
    sign_off
        || line.chars().count() <= 45
            && !line.contains(['？', '?', '！', '!', '。', '；', '>'])
            && (is_contact(line)
                || !SAID.iter().any(|word| lower.contains(word))
                    && !lower.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word)))
}

/// Tells whether a line says how to reach somebody.
fn is_contact(line: &str) -> bool {
    static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:联系)?(?:电话|電話|手机|手機|座机|传真|傳真|地址|邮箱|郵箱|邮编|微信|网址|qq|tel|mobile|mob|phone|cell|fax|address|add|e-?mail|web|m|t|f)\s*[:：.+\d]|^(?:https?://|www\.)\S+$|^\S+@\S+$|^\+?[\d\s()\-]{7,20}$",
        )
    });
    CONTACT.is_match(line)
}

/// Tells whether a line is a person's name.
fn is_a_name(line: &str) -> bool {
    static WESTERN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Z][a-z]+(?: [A-Z][a-z]*\.?){0,2}$"));
    is_name(line) || WESTERN.is_match(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft::Draft;

    fn check(text: &str, expected: &str) {
        let mut draft = Draft::new(text);
        draft.apply(signature(text));
        assert_eq!(draft.text, expected, "of {text}");
    }

    #[test]
    fn signatures_go() {
        for below in [
            "发自我的iPhone",
            "發自我的 iPhone",
            "從我的 iPhone 傳送",
            "来自我的华为手机",
            "Sent from my iPhone",
            "Get Outlook for iOS",
            "Sent from Mail for Windows 10",
            "-- \n张三\n某某公司\n电话：010-12345678",
            "--\nLi Wei",
            "祝好\n张三\n手机：13800138000",
            "此致\n敬礼！\n\n张三\n2024年3月1日",
            "顺祝商祺\n李四 | 市场部\n北京某某有限公司\nTel: +86 10 1234 5678",
            "Best regards,\nLi Wei\nACME Ltd\n+86 138 0013 8000",
            "谢谢！\n张三\n13800138000",
            "Thanks,\nAnna Li",
            "________\n张三\n电话：13800138000",
            "祝您工作顺利\n王小明",
        ] {
            check(&format!("年费能减免吗？\n\n{below}"), "年费能减免吗？");
        }
        check("年费能减免吗？\n发自我的iPhone\n\n补充：是金卡", "年费能减免吗？\n\n补充：是金卡");
    }

    #[test]
    fn what_only_looks_like_a_signature_stays() {
        for text in [
            "谢谢\n年费多少",
            "谢谢！\n另外我的卡丢了怎么挂失",
            "谢谢",
            "我想知道年费\n谢谢",
            "来自我的投诉",
            "发自我的iPhone的付款失败了，怎么办",
            "祝好\n还有一个问题：提前还款要违约金吗？",
            "Best\nHow do I close my account?",
            "---\n张三\n电话怎么改",
            "我的电话：13800138000\n请回电",
            "姓名：张三\n电话：13800138000\n卡丢了",
            "发自我的iPhone",
            "Best regards,\nLi Wei",
        ] {
            check(text, text);
        }
    }
}
