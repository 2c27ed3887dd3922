//! One line of a chat in plain text: does somebody begin to speak here, and what else may it be?
//!
//! Shapes known: QQ (`2024-03-01 10:00:05 张先生(123456)`), 千牛/旺旺 (`昵称 2024-3-1 10:00:05`, blank optional, or the
//! time on a line of its own), prefixes (`客户: …`, `[10:00:05] 客户：…`, `客户 10:00: …`, `【客户】…`). Whether a bare
//! `X: …` is a speaker or an ordinary colon, only the whole text can tell: see `survey`.

use std::sync::LazyLock;

use jiff::tz::Offset;
use regex::{Captures, Regex};

use crate::formats::speaker;
use crate::formats::time;

/// The beginning of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::formats) struct Heading<'a> {
    /// Empty when the name stands on the line before.
    pub name: &'a str,
    pub at: Option<i64>,
    /// The time as written; empty without one.
    pub when: &'a str,
    /// What is said on the same line.
    pub text: Option<&'a str>,
    pub sure: Sure,
}

/// How sure it is that somebody begins to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::formats) enum Sure {
    /// A time stands beside a name.
    Timed,
    /// A name and a colon, nothing else.
    Colon,
    /// A name and a minute, which says something only below a line with the day.
    Minute,
}

/// A line that is neither said nor a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::formats) enum Notice<'a> {
    /// The system speaks: withdrawn, read, joined, ended.
    System,
    /// A new conversation begins, with the name it has, if any.
    Part(Option<&'a str>),
    /// The furniture of an export.
    Furniture,
    /// The day of the messages below.
    Day(&'a str),
}

macro_rules! patterns {
    ($($name:ident = $pattern:expr;)*) => {
        $(static $name: LazyLock<Regex> = LazyLock::new(|| {
            let when = r"\d{4}(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)\s*(?:T|\s)?(?:上午|下午|凌晨|早上|中午|晚上)?\s?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?:\s?[AaPp][Mm])?";
            let clock = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d+)?";
            let pattern = $pattern.replace("WHEN", when).replace("CLOCK", clock);
            Regex::new(&pattern).expect("a pattern the tests run")
        });)*
    };
}

patterns! {
    QQ_SURE = r"^(?P<when>WHEN)\s+(?P<name>[^\s:：][^:：]*?)\s*(?:\([\w.@-]+\)|<[^<>\s]+>)$";
    TIMED_PREFIX = r"^[\[(（【]?(?P<when>WHEN|CLOCK)[\])）】]?\s*[-|,]?\s*(?P<name>[^\s:：\d][^:：]{0,29}?)\s*[:：]\s*(?P<text>.*)$";
    QQ = r"^[\[(（【]?(?P<when>WHEN)[\])）】]?\s+(?P<name>[^\s:：,，][^:：,，。？！?!]{0,29})$";
    NAME_TIME_TEXT = r"^(?P<name>[^\s:：\[【][^:：]{0,29}?)\s*[\[(（]?(?P<when>WHEN|\b\d{1,2}:\d{2}(?::\d{2})?)[\])）]?\s*[:：]\s*(?P<text>\S.*)$";
    WANGWANG = r"^(?P<name>\S.{0,79}?)\s*[\[(（]?(?P<when>WHEN)[\])）]?\s*[:：]?$";
    // QQ copies today's messages with a bare clock, and others of this year as `昵称: 03-01 10:00:05`.
    TODAY = r"^(?P<name>[^\s:：\[(（][^:：]{0,39}?)(?:[:：]\s+\d{2}-\d{2}\s|\s+[(（]?)(?P<when>\d{1,2}:\d{2}:\d{2})[)）]?\s*[:：]?$";
    // 微信 writes a day between rules, and below it names with the minute.
    MINUTE = r"^(?P<name>[^\s:：\[(（][^:：]{0,39}?)\s+(?P<when>\d{1,2}:\d{2})$";
    DAY = r"^[—–=*_-]{2,}\s*(?P<day>\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)\s*[—–=*_-]{2,}$";
    ALONE = r"^(?P<when>WHEN)$";
    BRACKETED = r"^[\[【](?P<name>[^\]】]{1,20})[\]】]\s*[:：]?\s*(?P<text>\S.*)$";
    COLON = r"^(?P<name>[^\s:：\[【<(（][^:：]{0,19}?)\s*[:：]\s*(?P<text>.*)$";
    SYSTEM = r"^(?:\S.{0,40}(?:撤回了一条消息|撤回了一條訊息|recalled a message)|已读|未读|已讀|未讀|\S{0,12}\s?\S{0,20}\s?(?:已接入会话|接入会话|已接入|已转接|结束了会话|已结束会话|加入了会话|离开了会话)[。.]?|(?:本次)?(?:会话|对话|服务)(?:已)?(?:结束|关闭|超时)[。.]?|以[上下](?:是|为)(?:历史|新)消息.*|(?:[\x22“].{1,30}[\x22”]|我)\s?拍了拍.{1,30})$";
    SYSTEM_WORDS = r"撤回了|recalled a|已读|未读|已讀|未讀|接入|已转接|会话|对话|服务|历史消息|新消息|拍了拍";
    RULED_PART = r"^[=*—#_-]{2,}\s*(?P<name>[^=*—#_\s-](?:.{0,48}?[^=*—#_\s-])?)\s*[=*—#_-]{2,}$";
    RULE = r"^(?:={3,}|-{3,}|\*{3,}|_{3,}|—{3,}|#{3,})$";
    NAMED_PART = r"^(?:[#=\-\s]*)(?:会话|对话|工单|Session|Conversation|Dialogue)\s*(?:ID|id|编号|号)?\s*[#:：]?\s*(?P<name>[A-Za-z0-9_-]+)\s*(?:[=\-\s]*)$";
    SUBJECT = r"^消息对象\s*[:：]\s*(?P<name>.+)$";
    PREFACE = r"^(?:消息记录（此消息记录为|消息分组\s*[:：]).*$";
}

/// Returns the heading a line is, whether its name is known or not.
pub(in crate::formats) fn heading(line: &str, zone: Offset) -> Option<Heading<'_>> {
    let timed = |found: Captures<'_>| {
        let (when, name, text) =
            (found.name("when")?.range(), found.name("name").map(|m| m.range()), found.name("text"));
        Some(Heading {
            name: name.map_or("", |range| line[range].trim()),
            at: time::parse(&line[when.clone()], zone),
            when: &line[when],
            text: text.map(|text| line[text.range()].trim_end()),
            sure: Sure::Timed,
        })
    };
    // Most lines of a chat are said; those without a digit, a colon or a bracket begin nothing.
    if !line.contains([':', '：', '】', ']']) {
        return None;
    }
    // Patterns that begin with a time need a line that does.
    let time_first = line.starts_with(|c: char| c.is_ascii_digit() || "[(（【".contains(c));
    let first: &[&LazyLock<Regex>] = if time_first { &[&QQ_SURE, &ALONE, &TIMED_PREFIX, &QQ] } else { &[] };
    if line.contains(|c: char| c.is_ascii_digit()) {
        for pattern in first.iter().chain(&[&WANGWANG, &TODAY, &NAME_TIME_TEXT]) {
            if let Some(found) = pattern.captures(line) {
                return timed(found);
            }
        }
        if let Some(heading) = MINUTE.captures(line).and_then(timed) {
            return Some(Heading { sure: Sure::Minute, ..heading });
        }
    }
    let bare = |found: Captures<'_>, sure| {
        let (name, text) = (found.name("name")?.range(), found.name("text")?.range());
        Some(Heading { name: line[name].trim(), at: None, when: "", text: Some(line[text].trim_end()), sure })
    };
    if let Some(found) = BRACKETED.captures(line)
        && speaker::of_word(&found["name"]).is_some()
    {
        return bare(found, Sure::Colon);
    }
    COLON.captures(line).and_then(|found| bare(found, Sure::Colon))
}

/// Returns what a line is when nobody says it.
pub(in crate::formats) fn notice(line: &str) -> Option<Notice<'_>> {
    // Notices are short; what people say is not searched for long.
    if line.len() > 240 {
        return None;
    }
    if SYSTEM_WORDS.is_match(line) && SYSTEM.is_match(line) {
        return Some(Notice::System);
    }
    if line.starts_with(['=', '-', '*', '_', '—', '–', '#']) {
        if let Some(found) = DAY.captures(line) {
            return found.name("day").map(|day| Notice::Day(&line[day.range()]));
        }
        if RULE.is_match(line) {
            return Some(Notice::Part(None));
        }
        if let Some(found) = RULED_PART.captures(line) {
            return found.name("name").map(|name| Notice::Part(Some(&line[name.range()])));
        }
    }
    if let Some(found) = NAMED_PART.captures(line).or_else(|| SUBJECT.captures(line)) {
        return found.name("name").map(|name| Notice::Part(Some(line[name.range()].trim())));
    }
    PREFACE.is_match(line).then_some(Notice::Furniture)
}

/// Returns the other party's name when the line is the head of a QQ export.
pub(in crate::formats) fn subject(line: &str) -> Option<&str> {
    SUBJECT.captures(line).and_then(|found| found.name("name")).map(|name| name.as_str().trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::time::CHINA;

    const MOMENT: Option<i64> = Some(1_709_258_405_000);

    #[test]
    fn headings_of_all_known_shapes() {
        for (line, name, at, text) in [
            ("2024-03-01 10:00:05 张先生(123456)", "张先生", MOMENT, None),
            ("2024-03-01 10:00:05 客服007<kf007@example.com>", "客服007", MOMENT, None),
            ("2024/3/1 10:00:05 张先生", "张先生", MOMENT, None),
            ("tb3829301 2024-3-1 10:00:05", "tb3829301", MOMENT, None),
            ("tb38293012024-3-1 10:00:05", "tb3829301", MOMENT, None),
            ("某某旗舰店:小美 2024-3-1 10:00:05", "某某旗舰店:小美", MOMENT, None),
            ("店:小美 --> 店:小丽 2024-3-1 10:00:05", "店:小美 --> 店:小丽", MOMENT, None),
            ("2024-3-1 10:00:05", "", MOMENT, None),
            ("[2024-03-01 10:00:05] 客户：卡被锁了", "客户", MOMENT, Some("卡被锁了")),
            ("2024-03-01 10:00:05 客户: 几点开门: 9:00?", "客户", MOMENT, Some("几点开门: 9:00?")),
            ("客服小李 2024-03-01 10:00:05：您好", "客服小李", MOMENT, Some("您好")),
            ("[10:00:05] 客户：在吗", "客户", None, Some("在吗")),
            ("[00:03] 坐席: 您好", "坐席", None, Some("您好")),
            ("客户: 在吗", "客户", None, Some("在吗")),
            ("张先生: 03-01 10:00:05", "张先生", None, None),
            ("张先生 10:00:05", "张先生", None, None),
            ("tb3829301 (10:00:05):", "tb3829301", None, None),
            ("tb3829301(2024-3-1 10:00:05):", "tb3829301", MOMENT, None),
            ("[2024-03-01 10:00:05] 张先生", "张先生", MOMENT, None),
            ("张先生  10:00", "张先生", None, None),
            ("客户：", "客户", None, Some("")),
            ("【客服】您好", "客服", None, Some("您好")),
        ] {
            let found = heading(line, CHINA).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((found.name, found.at, found.text), (name, at, text), "{line}");
        }
    }

    #[test]
    fn what_is_said_begins_nothing() {
        for line in [
            "卡被锁了咋办",
            "我明天 10:00",
            "[图片]",
            "[微笑] 好的",
            "https://item.taobao.com/item.htm?id=1",
            "12期",
            "￥",
        ] {
            let found = heading(line, CHINA);
            assert!(found.is_none_or(|heading| heading.sure != Sure::Timed), "{line}");
        }
    }

    #[test]
    fn notices_are_told_from_what_customers_say() {
        for line in [
            "已读",
            "tb3829301 撤回了一条消息",
            "你撤回了一条消息",
            "客服 小李 已接入会话",
            "会话已结束",
            "“小李”拍了拍我",
            "以下是新消息",
        ] {
            assert_eq!(notice(line), Some(Notice::System), "{line}");
        }
        for line in ["为什么会话已结束了我还没说完", "已读不回是什么意思", "我想接入支付宝"]
        {
            assert_eq!(notice(line), None, "{line}");
        }
        assert_eq!(notice("消息对象:张先生"), Some(Notice::Part(Some("张先生"))));
        assert_eq!(notice("会话ID：S001"), Some(Notice::Part(Some("S001"))));
        assert_eq!(notice("————— 2024-03-01 —————"), Some(Notice::Day("2024-03-01")));
        assert_eq!(notice("=========="), Some(Notice::Part(None)));
        assert_eq!(notice("--- chat 40210 ---"), Some(Notice::Part(Some("chat 40210"))));
    }
}
