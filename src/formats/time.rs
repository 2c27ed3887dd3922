//! When a message was sent, from the many shapes files write it in, to milliseconds since 1970 UTC.
//!
//! A time without a zone is taken in the zone of the file's people (China, unless the options say otherwise).
//! Not read on purpose: `3/1/2024`, which is two different days on two continents, and a clock without a day.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// The zone of times that name none.
pub const CHINA: Offset = Offset::constant(8);

/// Returns the time a text names; `None` when it names none that is sure.
pub fn parse(text: &str, zone: Offset) -> Option<i64> {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return number(text, zone);
    }
    written(text, zone).or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|z| z.timestamp().as_millisecond()))
}

/// Returns the time a number names: epoch seconds to microseconds, digits run together, or a spreadsheet's day.
pub fn number(text: &str, zone: Offset) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.contains('.') || whole.is_empty() {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    match whole.len() {
        10 => Some(value * 1000 + thousandths(part)),
        13 => Some(value),
        16 => Some(value / 1000),
        19 => Some(value / 1_000_000),
        8 | 12 | 14 if part.is_empty() => together(whole, zone),
        // A day in a spreadsheet: 20000 is in 1954, 80000 in 2119.
        5 if (20_000..80_000).contains(&value) => {
            let fraction: f64 = format!("0.{part}0").parse().ok()?;
            let seconds = (fraction * 86_400.0).round() as i64;
            let day = Date::constant(1899, 12, 30).checked_add(jiff::Span::new().days(value)).ok()?;
            Some(stamp(day.to_datetime(Time::midnight()), zone)? + seconds * 1000)
        }
        _ => None,
    }
}

/// Returns how far into a call something was said, as a clock: `mm:ss`.
pub fn clock(millis: u32) -> String {
    let seconds = millis / 1000;
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

fn together(digits: &str, zone: Offset) -> Option<i64> {
    let part = |from: usize, to: usize| digits.get(from..to).map_or(Some(0), |d| d.parse::<i8>().ok());
    let date = Date::new(digits[..4].parse().ok()?, part(4, 6)?, part(6, 8)?).ok()?;
    let time = Time::new(part(8, 10)?, part(10, 12)?, part(12, 14)?, 0).ok()?;
    stamp(date.to_datetime(time), zone)
}

fn written(text: &str, zone: Offset) -> Option<i64> {
    let mut scan = Scan(text);
    let year = scan.digits(4, 4)?;
    let mark = scan.one(&['-', '/', '.', '年'])?;
    let month = scan.digits(1, 2)?;
    scan.one(if mark == '年' { &['月'] } else { &['-', '/', '.'] })?;
    let day = scan.digits(1, 2)?;
    scan.one(&['日', '号']);
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    scan.one(&['T', 't']);
    scan.blanks();
    if scan.0.is_empty() {
        return stamp(date.to_datetime(Time::midnight()), zone);
    }
    let before = scan.half_day();
    scan.blanks();
    let hour = scan.digits(1, 2)?;
    scan.one(&[':', '：', '时', '点'])?;
    let minute = scan.digits(1, 2).unwrap_or(0);
    let mut second = 0;
    if scan.one(&[':', '：', '分']).is_some() {
        second = scan.digits(1, 2).unwrap_or(0);
        scan.one(&['秒']);
    }
    let mut milli = 0;
    if scan.one(&['.', ',']).is_some() {
        milli = thousandths(scan.run());
    }
    scan.blanks();
    let half = before.or_else(|| scan.half_day());
    scan.blanks();
    let hour = match half {
        Some(Half::After) if hour < 12 => hour + 12,
        Some(Half::Before) if hour == 12 => 0,
        _ => hour,
    };
    let zone = if scan.0.is_empty() { zone } else { offset(scan.0)? };
    let time = Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?, 0).ok()?;
    Some(stamp(date.to_datetime(time), zone)? + milli)
}

fn stamp(at: DateTime, zone: Offset) -> Option<i64> {
    Some(zone.to_timestamp(at).ok()?.as_millisecond())
}

/// Returns the first three digits of a fraction as a number of thousandths.
fn thousandths(fraction: &str) -> i64 {
    fraction.bytes().chain(*b"000").take(3).fold(0, |sum, digit| sum * 10 + i64::from(digit.wrapping_sub(b'0') % 10))
}

/// Returns the offset a zone's text names: `Z`, `+08:00`, `+0800`, `+08`, `UTC+8`.
pub(super) fn offset(text: &str) -> Option<Offset> {
    let text = text.trim_start_matches("UTC").trim_start_matches("GMT").trim();
    if text.is_empty() || text == "Z" || text == "z" {
        return Some(Offset::UTC);
    }
    let mut scan = Scan(text);
    let sign = if scan.one(&['+', '-'])? == '-' { -1 } else { 1 };
    let digits = scan.run();
    let (hours, minutes) = match digits.len() {
        1 | 2 => {
            let minutes = if scan.one(&[':']).is_some() { scan.digits(2, 2)? } else { 0 };
            (digits.parse::<i32>().ok()?, minutes as i32)
        }
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    if !scan.0.is_empty() {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[derive(Clone, Copy)]
enum Half {
    Before,
    After,
}

/// A reading head on what is left of a text.
struct Scan<'a>(&'a str);

impl<'a> Scan<'a> {
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits.parse().ok()
    }

    fn run(&mut self) -> &'a str {
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits
    }

    fn one(&mut self, marks: &[char]) -> Option<char> {
        let first = self.0.chars().next().filter(|c| marks.contains(c))?;
        self.0 = &self.0[first.len_utf8()..];
        Some(first)
    }

    fn blanks(&mut self) {
        self.0 = self.0.trim_start();
    }

    fn half_day(&mut self) -> Option<Half> {
        const HALVES: [(&str, Half); 10] = [
            ("上午", Half::Before),
            ("早上", Half::Before),
            ("凌晨", Half::Before),
            ("下午", Half::After),
            ("晚上", Half::After),
            ("中午", Half::After),
            ("AM", Half::Before),
            ("am", Half::Before),
            ("PM", Half::After),
            ("pm", Half::After),
        ];
        let (word, half) = HALVES.into_iter().find(|(word, _)| self.0.starts_with(word))?;
        self.0 = &self.0[word.len()..];
        Some(half)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2024-03-01 10:00:05 in China.
    const MOMENT: i64 = 1_709_258_405_000;

    #[test]
    fn one_moment_in_many_shapes() {
        for text in [
            "2024-03-01 10:00:05",
            "2024/3/1 10:00:05",
            "2024.3.1 10:00:05",
            "2024-3-1 10:00:05",
            "2024年3月1日 10:00:05",
            "2024年3月1日 10时00分05秒",
            "2024年3月1日上午10:00:05",
            "2024/3/1 上午10:00:05",
            "2024/3/1 10:00:05 AM",
            "20240301100005",
            "1709258405",
            "1709258405000",
            "1709258405000000",
            "1709258405.0",
            "2024-03-01T10:00:05+08:00",
            "2024-03-01T10:00:05+0800",
            "2024-03-01T02:00:05Z",
            "2024-03-01T02:00:05.000000Z",
            "2024-03-01 02:00:05 UTC",
            "Fri, 01 Mar 2024 10:00:05 +0800",
            "45352.41672453704",
            "  2024-03-01 10:00:05 ",
        ] {
            assert_eq!(parse(text, CHINA), Some(MOMENT), "{text}");
        }
    }

    #[test]
    fn afternoon_and_missing_parts() {
        let hour = 3_600_000;
        assert_eq!(parse("2024/3/1 下午1:00:05", CHINA), Some(MOMENT + 3 * hour));
        assert_eq!(parse("2024/3/1 1:00:05 PM", CHINA), Some(MOMENT + 3 * hour));
        assert_eq!(parse("2024/3/1 12:00:05 AM", CHINA), Some(MOMENT - 10 * hour));
        assert_eq!(parse("2024/3/1 10:00", CHINA), Some(MOMENT - 5000));
        assert_eq!(parse("2024/3/1", CHINA), Some(MOMENT - 10 * hour - 5000));
        assert_eq!(parse("2024-03-01T02:00:05.123456Z", CHINA), Some(MOMENT + 123));
        assert_eq!(parse("2024-03-01 10:00:05", Offset::UTC), Some(MOMENT + 8 * hour));
    }

    #[test]
    fn what_is_unsure_is_no_time() {
        for text in
            ["3/1/2024", "10:00:05", "2024-13-01", "2024-02-30 10:00", "明天", "", "123", "2024-03-01 25:00", "v1.2.3"]
        {
            assert_eq!(parse(text, CHINA), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_moment_survives_being_written(seconds in 0i64..4_000_000_000, hours in -12i8..=14) {
            let zone = Offset::from_hours(hours).expect("in range");
            let at = zone.to_datetime(jiff::Timestamp::from_second(seconds).expect("in range"));
            let plain = at.strftime("%Y-%m-%d %H:%M:%S").to_string();
            prop_assert_eq!(parse(&plain, zone), Some(seconds * 1000));
            let half = at.strftime("%Y/%m/%d %I:%M:%S %p").to_string();
            prop_assert_eq!(parse(&half, zone), Some(seconds * 1000));
        }

        #[test]
        fn no_text_makes_it_fall(text in "[0-9年月日:./T +Z下午-]{0,24}") {
            let _ = parse(&text, CHINA);
        }
    }
}
