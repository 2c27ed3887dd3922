//! The lawyers' paragraph below a mail.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::clean::draft::Patch;
use crate::text::clean::mail::lines::{lines, patches, pattern, says_something};

/// Words of such paragraphs; two of them make one.
const EVIDENCE: [&str; 40] = [
    "保密",
    "机密",
    "機密",
    "仅供",
    "僅供",
    "仅限",
    "僅限",
    "收件人",
    "收件者",
    "未经授权",
    "未經授權",
    "删除",
    "刪除",
    "误收",
    "誤收",
    "误发",
    "法律责任",
    "法律責任",
    "特权",
    "专有",
    "披露",
    "转载",
    "免责",
    "不构成",
    "confidential",
    "intended",
    "recipient",
    "privileged",
    "unauthori",
    "disclos",
    "dissemin",
    "delete",
    "in error",
    "sender",
    "liab",
    "virus",
    "proprietary",
    "prohibited",
    "copying",
    "notify",
];

/// Cuts paragraphs that begin like a disclaimer and read like one.
pub(crate) fn disclaimer(text: &str) -> Vec<Patch> {
    static BEGIN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)^[\s*_\-=【\[（(“]*(?:(?:本|此|该|這封|本封|此封)(?:封)?(?:电子|電子)?(?:邮件|郵件|信息|消息)|本(?:电子)?邮件|邮件(?:免责|保密)|",
            r"(?:免责|保密|法律|免責)(?:声明|聲明|提示|条款)|重要(?:提示|声明)|",
            r"this (?:e-?mail|message|communication|transmission)|the (?:information|contents?)\b.{0,30}(?:e-?mail|message|transmission)|",
            r"confidential(?:ity)?\b|disclaimer|important notice|privileged|if you (?:are not the|have received this))"
        ))
    });
    static GREEN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^\W*(?:please (?:consider|think of) the environment|(?:打印|列印)(?:本邮件|此邮件|邮件|前).{0,10}(?:环保|环境|環保)|请(?:考虑|保护)环境.{0,20}打印)",
        )
    });
    let lines = lines(text);
    let mut cut = vec![false; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        let end = at + lines[at..].iter().take_while(|line| !line.is_blank()).count();
        if GREEN.is_match(lines[at].text) {
            cut[at] = true;
        } else if BEGIN.is_match(lines[at].text) {
            // A heading may stand alone above its paragraph.
            let alone = end == at + 1 && lines[at].text.chars().count() <= 30 && !lines[at].text.contains('。');
            let below = end + lines[end..].iter().take_while(|line| line.is_blank()).count();
            let below_end = below + lines[below..].iter().take_while(|line| !line.is_blank()).count();
            let end = if alone { below_end } else { end };
            if reads_like_one(lines[at..end].iter().map(|line| line.text)) {
                cut[at..end].fill(true);
                at = end;
                continue;
            }
        }
        at += 1;
    }
    if says_something(&lines, &cut) { patches(text, &lines, &cut) } else { Vec::new() }
}

fn reads_like_one<'t>(lines: impl Iterator<Item = &'t str>) -> bool {
    let text = lines.collect::<Vec<_>>().join("\n").to_lowercase();
    let found = EVIDENCE.iter().filter(|word| text.contains(**word)).count();
    found >= 2 && text.chars().count() >= 25 && !text.contains(['？', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft::Draft;

    fn check(text: &str, expected: &str) {
        let mut draft = Draft::new(text);
        draft.apply(disclaimer(text));
        assert_eq!(draft.text, expected, "of {text}");
    }

    #[test]
    fn disclaimers_go_in_both_languages() {
        for below in [
            "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组。如果您错收了本邮件，请立即删除！",
            "免责声明\n\n本邮件仅供指定收件人使用，未经授权不得披露。",
            "This e-mail and any attachments are confidential and intended solely for the addressee.\nIf you received it in error, please notify the sender.",
            "CONFIDENTIALITY NOTICE: The contents of this message are privileged. Unauthorised disclosure is prohibited.",
            "Please consider the environment before printing this e-mail.",
        ] {
            check(&format!("年费能减免吗\n\n{below}"), "年费能减免吗");
        }
        check(
            "退款？\n\n本邮件内容保密，仅供收件人阅读，不得未经授权转载给任何第三方。\n\n补充：卡号尾号1234",
            "退款？\n\n\n补充：卡号尾号1234",
        );
    }

    #[test]
    fn questions_about_mails_and_secrets_stay() {
        for text in [
            "本邮件及其附件能当证据吗？收件人写错了怎么办，要不要删除",
            "本邮件是第三次投诉了，请尽快回复",
            "这个产品的保密条款和免责条款是什么",
            "This email is my third complaint about the fee, please answer.",
            "本邮件及其附件含有保密信息，仅限收件人阅读，未经授权请勿转发，请立即删除",
        ] {
            check(text, text);
        }
    }
}
