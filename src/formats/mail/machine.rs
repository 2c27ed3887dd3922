//! Mails that machines write: out of office, bounces, newsletters.

use std::sync::LazyLock;

use regex::Regex;

use crate::formats::mail::head::{Head, Person};
use crate::formats::record::RejectReason;

/// Returns which kind of machine wrote a mail; `None` for people.
pub(super) fn machine(head: &Head<'_>, subject: &str, from: &Person) -> Option<RejectReason> {
    static BOUNCED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)^(?:系统退信|系統退信|退信通知|退信[:：]|邮件(?:被)?退回|郵件退回|投递失败|发送失败通知|未送达|无法送达|無法傳遞|",
            r"undeliver(?:ed|able)|delivery status notification|delivery failure|failure notice|mail delivery (?:failed|failure|system)|returned mail|message delivery delayed)"
        ))
    });
    static AUTOMATIC: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)^\[?(?:自动回复|自動回覆|自动答复|自動回復|自动应答|自動回复|休假自动|外出自动|已读[:：]|已讀[:：]|",
            r"automatic reply|auto(?:matic)?[ -]?(?:reply|response|responder)|out of (?:the )?office|abwesenheitsnotiz|automatische antwort|réponse automatique|read[:：]|自動応答)"
        ))
    });
    let kind = head.word("content-type");
    let name = from.address.split('@').next().unwrap_or_default();
    let daemon = matches!(name, "mailer-daemon" | "postmaster" | "maildelivery");
    if kind.contains("delivery-status")
        || daemon
        || BOUNCED.is_match(subject)
        || !head.word("x-failed-recipients").is_empty()
    {
        return Some(RejectReason::Bounce);
    }
    let submitted = head.word("auto-submitted");
    let precedence = head.word("precedence");
    let answered = (!submitted.is_empty() && !submitted.starts_with("no"))
        || ["x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply"]
            .iter()
            .any(|name| head.raw(name).is_some())
        || precedence == "auto_reply"
        || kind.contains("disposition-notification")
        || AUTOMATIC.is_match(subject);
    if answered {
        return Some(RejectReason::AutoReply);
    }
    let bulk = matches!(precedence.as_str(), "bulk" | "list" | "junk") || head.raw("list-id").is_some();
    bulk.then_some(RejectReason::BulkMail)
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &str, subject: &str, from: &str, wanted: Option<&str>) {
        let text = format!("{fields}\n\n");
        let from = Person { address: from.to_owned(), name: String::new() };
        let found = machine(&Head::of(text.as_bytes()), subject, &from);
        assert_eq!(found.as_ref().map(RejectReason::name), wanted, "{fields} {subject} {from:?}");
    }

    #[test]
    fn machines_are_told_and_people_who_write_about_them_are_not() {
        check("Auto-Submitted: auto-replied", "年费", "a@b.c", Some("auto-reply"));
        check("X-Autoreply: yes", "年费", "a@b.c", Some("auto-reply"));
        check("X: y", "自动回复: 外出", "a@b.c", Some("auto-reply"));
        check("X: y", "Out of Office: fees", "a@b.c", Some("auto-reply"));
        check("Precedence: bulk", "本月优惠", "a@b.c", Some("bulk-mail"));
        check("List-Id: <x.y>", "本月优惠", "a@b.c", Some("bulk-mail"));
        check("X: y", "系统退信/The email is returned", "a@b.c", Some("bounce"));
        check("X: y", "年费", "mailer-daemon@b.c", Some("bounce"));
        check("Content-Type: multipart/report; report-type=delivery-status", "x", "a@b.c", Some("bounce"));
        check("Auto-Submitted: no", "年费", "a@b.c", None);
        check("X-Auto-Response-Suppress: All", "年费", "a@b.c", None);
        check("X: y", "回复: 自动回复: 外出", "a@b.c", None);
        check("X: y", "退信是什么原因", "a@b.c", None);
        check("X: y", "自动扣款没有通知我", "a@b.c", None);
    }
}
