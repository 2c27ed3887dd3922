//! The mails a mail answers, quoted in it.
//!
//! Two ways of quoting: below a heading (Outlook's block of fields, `-----Original Message-----`, QQ's 原始邮件, Gmail's
//! 于…写道：) everything to the end is quoted, unless it is marked with `>`; then only the marked lines are, so that answers
//! written between or below them stay.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::clean::draft::Patch;
use crate::text::clean::mail::lines::{Line, lines, patches, pattern, says_something};

/// Cuts quoted mails and the headings above them.
pub(crate) fn quote(text: &str) -> Vec<Patch> {
    let lines = lines(text);
    let mut cut = vec![false; lines.len()];
    let found = mark(&lines, 0, &mut cut);
    if !says_something(&lines, &cut) {
        match found.heading {
            // Forwarded without a word: what is forwarded is what the mail says.
            Some((from, to)) => {
                cut.iter_mut().for_each(|cut| *cut = false);
                cut[from..to].fill(true);
                mark(&lines, to, &mut cut);
                if !says_something(&lines, &cut) {
                    return Vec::new();
                }
            }
            None if !found.named => return Vec::new(),
            None => {}
        }
    }
    patches(text, &lines, &cut)
}

/// What was found on the way.
#[derive(Default)]
struct Found {
    /// The first block of fields whose mail follows unmarked.
    heading: Option<(usize, usize)>,
    /// Whether anything says that the marked lines are a mail.
    named: bool,
}

/// Marks the quoted lines from `start` on.
fn mark(lines: &[Line<'_>], start: usize, cut: &mut [bool]) -> Found {
    let mut found = Found::default();
    let mut at = start;
    while at < lines.len() {
        let (next, block) = match (heading(lines, at), attribution(lines, at)) {
            (Some(next), _) => (next, true),
            (None, Some(next)) => (next, false),
            (None, None) => {
                cut[at] = is_quoted(lines, at, found.named);
                at += 1;
                continue;
            }
        };
        found.named = true;
        if first_said(lines, next).is_some_and(|line| line.text.starts_with('>')) {
            cut[at..next].fill(true);
            at = next;
            continue;
        }
        if block {
            found.heading = Some((at, next));
        }
        cut[at..].fill(true);
        break;
    }
    found
}

fn first_said<'l, 't>(lines: &'l [Line<'t>], from: usize) -> Option<&'l Line<'t>> {
    lines[from..].iter().find(|line| !line.is_blank())
}

/// Tells whether a line is marked as quoted; `>3万` alone is a comparison.
fn is_quoted(lines: &[Line<'_>], at: usize, named: bool) -> bool {
    let marked = |at: usize| lines.get(at).is_some_and(|line| line.text.starts_with('>'));
    let Some(rest) = lines[at].text.strip_prefix('>') else { return false };
    let plain = rest.is_empty() || rest.starts_with([' ', '>', '\t', '|']);
    plain || named || marked(at + 1) || at > 0 && marked(at - 1)
}

/// Returns the line behind a heading that starts at `at`: a rule that names the mail below, or its fields, or both.
fn heading(lines: &[Line<'_>], at: usize) -> Option<usize> {
    static RULE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)^[\s>]*(?:[-—–_=*]{2,}\s*(?:original (?:message|mail|e-?mail)|forwarded (?:message|mail|by .{1,80})|reply (?:message|mail)|",
            r"原始(?:邮件|郵件|信息|訊息)|原(?:邮件|郵件)|邮件原件|原文|(?:回复|回覆|答复|转发|轉寄|轉發)的?原?(?:邮件|郵件)(?:信息|訊息)?|",
            r"ursprüngliche nachricht|message (?:d'origine|original)|元のメッセージ)\s*[-—–_=*]{2,}",
            r"|begin forwarded message[:：]|(?:以下|下面)是转发的邮件[:：]?|开始转发的?邮件[:：]?|開始轉寄郵件[:：]?)\s*$"
        ))
    });
    if RULE.is_match(lines[at].text) {
        return Some(fields(lines, at + 1, 1).unwrap_or(at + 1));
    }
    let ruled = lines[at].text.len() >= 10 && lines[at].text.chars().all(|c| matches!(c, '_' | '-' | '='));
    let start = if ruled { at + 1 + lines[at + 1..].iter().take_while(|line| line.is_blank()).count() } else { at };
    fields(lines, start, 3)
}

/// Returns the line behind a block of fields of a mail with at least `least` of them, one of them who sent it.
fn fields(lines: &[Line<'_>], start: usize, least: usize) -> Option<usize> {
    static FIELD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"(?i)^[\s>*|]*(?:(?P<from>发件人|發件人|寄件者|寄件人|发送人|差出人|from|von|de)",
            r"|(?P<date>发送时间|发送日期|發送時間|日期|时间|時間|寄件日期|傳送時間|送信日時|date|sent|gesendet|envoyé)",
            r"|(?P<to>收件人|收件者|宛先|to|an|à)|(?P<copy>抄送|副本|cc|kopie)",
            r"|(?P<subject>主题|主旨|主題|件名|subject|betreff|objet))\**\s*[:：|]"
        ))
    });
    let mut kinds = 0u32;
    let mut address = false;
    let (mut end, mut loose) = (None, 0);
    for (at, line) in lines.iter().enumerate().skip(start).take(14) {
        match FIELD.captures(line.text) {
            Some(field) => {
                let kind = ["from", "date", "to", "copy", "subject"].iter().position(|name| field.name(name).is_some());
                kinds |= 1 << kind.unwrap_or(0);
                (end, loose) = (Some(at + 1), 0);
            }
            None if end.is_none() && !line.is_blank() => return None,
            // A long list of people, or a blank line between two fields.
            None => loose += 1,
        }
        address |= line.text.contains('@');
        if loose > 2 || loose > 0 && end.is_some() && kinds.count_ones() >= 4 {
            break;
        }
    }
    let from = kinds & 1 != 0;
    let of_a_mail = least == 1 || from && (kinds & 16 != 0 || address);
    end.filter(|_| kinds.count_ones() as usize >= least && of_a_mail)
}

/// Returns the line behind `On … wrote:` or 于…写道：, which mailers break over up to three lines.
fn attribution(lines: &[Line<'_>], at: usize) -> Option<usize> {
    static END: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)(?:\bwrote|\bwrites|写道|寫道|schrieb(?:\s.{0,80})?|a écrit|さんは書きました)\s*[:：]$|<[^<>\s@]+@[^<>\s]+>\s*[:：]$",
        )
    });
    static BEGIN: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)^[\s>]*(?:on\s|at\s|在\s?\S|于\s?\d|於\s?\d|am\s|le\s)"));
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\d{4}\s?[-/.年]\s?\d{1,2}|\d{1,2}[:：]\d{2}|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? \d{1,4}",
        )
    });
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+"));
    if lines[at].is_blank() {
        return None;
    }
    let mut joined = String::new();
    for (count, line) in lines[at..].iter().take(3).enumerate() {
        if line.is_blank() {
            return None;
        }
        if count > 0 {
            joined.push(' ');
        }
        joined.push_str(line.text);
        if joined.len() > 400 {
            return None;
        }
        if !END.is_match(line.text) {
            continue;
        }
        let next = at + count + 1;
        let (dated, addressed) = (DATE.is_match(&joined), ADDRESS.is_match(&joined));
        let marked = first_said(lines, next).is_some_and(|line| line.text.starts_with('>'));
        // What follows unmarked is only believed to be a mail when an address says whose.
        let believed = if marked { dated || addressed } else { addressed && dated };
        let first = lines[at].text;
        // A sentence before must not be swallowed: the first line is part of it, and nothing less would do.
        let begins = count == 0
            || BEGIN.is_match(first) && DATE.is_match(first)
            || (ADDRESS.is_match(first) || DATE.is_match(first)) && attribution(lines, at + 1).is_none();
        return (believed && begins).then_some(next);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft::Draft;

    fn check(text: &str, expected: &str) {
        let mut draft = Draft::new(text);
        draft.apply(quote(text));
        assert_eq!(draft.text, expected, "of {text}");
    }

    #[test]
    fn what_stands_below_a_heading_goes() {
        for below in [
            "发件人: 客服中心 <service@bank.example>\n发送时间: 2024年2月29日 15:20\n收件人: 张三\n主题: 年费\n\n尊敬的客户，您好！",
            "________________________________\n发件人: 客服 <s@b.c>\n日期: 2024年2月29日\n收件人: 张三\n主题: 年费\n正文",
            "From: Service <s@b.c>\nSent: Thursday, February 29, 2024 3:20 PM\nTo: Li Wei\nSubject: fees\n\nDear customer",
            "*From:* Service\n*Sent:* Thursday\n*To:* Li Wei\n*Subject:* fees\n\nDear customer",
            "-----Original Message-----\nFrom: Service\nTo: Li\n\nDear customer",
            "------------------ 原始邮件 ------------------\n发件人: \"客服\" <s@b.c>;\n发送时间: 2024年2月29日(星期四) 下午3:20\n收件人: \"张三\"<z@e.c>;\n主题: 年费\n\n您好",
            "---原始邮件---\n您好",
            "---- 回复的原邮件 ----\n| 发件人 | 客服<s@b.c> |\n| 日期 | 2024年02月29日 15:20 |\n| 收件人 | z@e.c |\n| 主题 | 年费 |\n您好",
            "客服中心 <service@bank.example> 于2024年2月29日周四 15:20写道：\n> 您好\n>\n> 请提供卡号",
            "客服中心 <service@bank.example> 于2024年2月29日周四\n15:20写道：\n\n您好",
            "在 2024-02-29 15:20:05，\"客服\" <s@b.c> 写道：\n\n您好\n请提供卡号",
            "On Thu, Feb 29, 2024 at 3:20 PM Service Center <service@bank.example>\nwrote:\n\n> Dear customer",
            "On Thu, Feb 29, 2024 at 3:20 PM, Service Center\n<service@bank.example> wrote:\n> Dear customer",
            "> 2024/2/20 客服中心 寫道：\n> 請提供保單號碼。",
            ">请提供卡号\n>谢谢",
        ] {
            check(&format!("年费能减免吗？\n\n{below}"), "年费能减免吗？");
        }
    }

    #[test]
    fn answers_between_and_below_quotes_stay() {
        check(
            "On Thu, Feb 29, 2024 at 3:20 PM Service <s@b.c> wrote:\n> Which card?\n\nThe gold one.\n\n> Since when?\n\nMarch.\n",
            "\nThe gold one.\n\n\nMarch.\n",
        );
        check("> 哪张卡？\n金卡\n> 什么时候开始的\n三月", "金卡\n三月");
    }

    #[test]
    fn a_forward_without_a_word_of_its_own_says_what_it_forwards() {
        let fields = "---------- Forwarded message ----------\nFrom: Li <l@b.c>\nDate: Thu\nSubject: fees\n\n";
        check(&format!("{fields}Why a fee?\n\nOn 2024-02-01 10:00, S <s@b.c> wrote:\n> old"), "\nWhy a fee?");
        check("发件人: 李 <l@b.c>\n发送时间: 周四\n主题: 年费\n\n为什么收年费", "\n为什么收年费");
        check("2024-02-01 10:00, 客服 <s@b.c> 写道：\n> 请提供卡号", "");
    }

    #[test]
    fn what_only_looks_like_a_quote_stays() {
        for text in [
            "利率怎么算：\n>3万的按多少",
            "> 100万怎么存",
            "客服3月1日写道：三天到账，可是现在还没有",
            "在2024年3月1日的回信中你们写道：\n三天内到账。\n可是现在都十天了",
            "日期：3月1日\n主题：退款\n收件人：李四\n请尽快处理",
            "发件人：张三\n收件人：李四\n时间：3月1日\n快递没收到",
            "From: Beijing\nTo: Shanghai\nDate: March 1\nCan I change my flight?",
            "----\n这是我的第二个问题",
            "原始邮件我没收到，能重发吗",
        ] {
            check(text, text);
        }
    }
}
