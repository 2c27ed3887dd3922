//! Dates as customers say them, relative to the day of the conversation.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use regex::Regex;

use crate::dialogue::hear::number::numbers;

/// Finds dates in a folded text; each as `YYYY-MM-DD`. Without a day of conversation only full dates are found.
pub fn dates(text: &str, today: &str) -> Vec<(Range<usize>, String)> {
    static FULL: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})[日号]?"));
    static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d{1,2})\s*月\s*(\d{1,2})[日号]?"));
    static DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d{1,2})[日号]"));
    static WEEK: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(上上|下下|上个?|下个?|这个?|本)?(?:周|星期|礼拜)([一二三四五六日天])"));
    let today: Option<Date> = today.parse().ok();
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let mut add = |range: Range<usize>, date: Option<Date>| {
        let free = found.iter().all(|(other, _)| range.end <= other.start || range.start >= other.end);
        if let (true, Some(date)) = (free, date) {
            found.push((range, date.to_string()));
        }
    };
    let at = |year: i16, month: &str, day: &str| Date::new(year, month.parse().ok()?, day.parse().ok()?).ok();
    for caught in FULL.captures_iter(text) {
        let (_, [year, month, day]) = caught.extract();
        let date = year.parse().ok().and_then(|year| at(year, month, day));
        add(whole(&caught), date);
    }
    let Some(today) = today else { return found };
    for caught in MONTH_DAY.captures_iter(text) {
        let (_, [month, day]) = caught.extract();
        add(whole(&caught), at(today.year(), month, day));
    }
    for caught in DAY.captures_iter(text) {
        let (_, [day]) = caught.extract();
        let date = day.parse().ok().and_then(|day| Date::new(today.year(), today.month(), day).ok());
        add(whole(&caught), date);
    }
    for (word, days) in WORDS {
        if let Some(start) = text.find(word) {
            add(start..start + word.len(), today.checked_add(Span::new().days(*days)).ok());
        }
    }
    for caught in WEEK.captures_iter(text) {
        let weeks = match caught.get(1).map_or("", |m| m.as_str()) {
            "上上" => -2,
            "下下" => 2,
            word if word.starts_with('上') => -1,
            word if word.starts_with('下') => 1,
            _ => 0,
        };
        let day = caught.get(2).map_or("", |m| m.as_str());
        let offset = "一二三四五六日".chars().position(|c| day.starts_with(c)).unwrap_or(6) as i32;
        let monday = i32::from(today.weekday().to_monday_zero_offset());
        add(whole(&caught), today.checked_add((offset - monday + weeks * 7).days()).ok());
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// Longer words first, so that 大后天 is not read as 后天.
const WORDS: &[(&str, i32)] = &[
    ("大后天", 3),
    ("大前天", -3),
    ("后天", 2),
    ("前天", -2),
    ("明天", 1),
    ("明日", 1),
    ("昨天", -1),
    ("昨日", -1),
    ("今天", 0),
    ("今日", 0),
    ("day after tomorrow", 2),
    ("tomorrow", 1),
    ("yesterday", -1),
    ("today", 0),
];

fn whole(caught: &regex::Captures) -> Range<usize> {
    caught.get(0).map_or(0..0, |m| m.range())
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are well formed")
}

/// Tells whether a text is a number only, so that it may be a day when one is asked for.
pub fn lone_day(text: &str, today: &str) -> Option<String> {
    let today: Date = today.parse().ok()?;
    match numbers(text).as_slice() {
        [only] if only.range == (0..text.len()) && only.value.fract() == 0.0 && (1.0..=31.0).contains(&only.value) => {
            Date::new(today.year(), today.month(), only.value as i8).ok().map(|d| d.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        // A Friday.
        let found: Vec<String> = dates(text, "2024-03-01").into_iter().map(|(_, d)| d).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn dates_are_read_relative_to_the_day_of_the_conversation() {
        check("2024-3-5", &["2024-03-05"]);
        check("2024年12月31日", &["2024-12-31"]);
        check("3月5号", &["2024-03-05"]);
        check("15号", &["2024-03-15"]);
        check("大后天", &["2024-03-04"]);
        check("昨天和明天", &["2024-02-29", "2024-03-02"]);
        check("下周一", &["2024-03-04"]);
        check("周日", &["2024-03-03"]);
        check("上个星期五", &["2024-02-23"]);
        check("13月40日", &[]);
        check("day after tomorrow", &["2024-03-03"]);
    }

    #[test]
    fn without_a_day_of_conversation_only_full_dates_are_found() {
        assert_eq!(dates("明天", ""), []);
        assert_eq!(dates("2024/1/2", "").len(), 1);
    }
}
