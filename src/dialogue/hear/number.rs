//! Numbers and amounts of money, in digits, in Chinese numerals and mixed: `1,000`, `五百块`, `3.5万`, `两千三`.

use std::ops::Range;

/// One number found in a folded text.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    pub range: Range<usize>,
    pub value: f64,
    /// It carries a sign or a unit of money.
    pub money: bool,
}

const UNITS: &[&str] = &["人民币", "块钱", "元钱", "元", "块", "rmb", "cny", "usd", "dollars", "dollar", "美元", "圆"];

/// Finds the numbers of a folded text, from left to right.
pub fn numbers(text: &str) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let read = if c.is_ascii_digit() { digits(&text[at..]) } else { numeral(&text[at..]) };
        let Some((value, used, kind)) = read else {
            at += c.len_utf8();
            continue;
        };
        let mut end = at + used;
        let gap = text[end..].len() - text[end..].trim_start_matches(' ').len();
        let unit = UNITS.iter().find(|unit| text[end + gap..].starts_with(**unit));
        let before = text[..at].trim_end_matches(' ');
        let sign = before.chars().next_back().filter(|c| matches!(c, '¥' | '$' | '€' | '£'));
        if let Some(unit) = unit {
            end += gap + unit.len();
        }
        let start = sign.map_or(at, |c| before.len() - c.len_utf8());
        let money = unit.is_some() || sign.is_some();
        let glued = kind == Kind::Digits && text[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphabetic());
        let sure = match kind {
            Kind::Digits => !glued,
            Kind::Compound => true,
            // 一 in 一下 is no number; alone or with a unit it is.
            Kind::Loose => money || (at == 0 && end == text.len()),
        };
        if sure {
            found.push(Number { range: start..end, value, money });
        }
        at = end;
    }
    found
}

/// Writes a number the way people do: no `.0`, at most four places.
pub fn show(value: f64) -> String {
    let rounded = (value * 10_000.0).round() / 10_000.0;
    format!("{rounded}")
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Digits,
    /// Digit and power together (五百), or a power that opens a number (十五).
    Compound,
    /// A single digit or power, or digits in a row.
    Loose,
}

fn power(c: char) -> Option<f64> {
    match c {
        '十' | '拾' => Some(10.0),
        '百' | '佰' => Some(100.0),
        '千' | '仟' | 'k' => Some(1e3),
        '万' | '萬' | 'w' => Some(1e4),
        '亿' | '億' => Some(1e8),
        _ => None,
    }
}

fn digit(c: char) -> Option<f64> {
    let value = match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' | '兩' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    };
    Some(f64::from(value))
}

/// Reads digits with separators, a fraction, a power (`3.5万`) and a digit after it (`1万5`).
fn digits(text: &str) -> Option<(f64, usize, Kind)> {
    let bytes = text.as_bytes();
    let run = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = run(0);
    let mut plain = text[..end].to_owned();
    while bytes.get(end) == Some(&b',') && end <= 3 + plain.len() && run(end + 1) == 3 && plain.len() <= 15 {
        plain.push_str(&text[end + 1..end + 4]);
        end += 4;
    }
    if bytes.get(end) == Some(&b'.') && run(end + 1) > 0 {
        let length = run(end + 1);
        plain.push_str(&text[end..end + 1 + length]);
        end += 1 + length;
    }
    let mut value: f64 = plain.parse().ok()?;
    let mut last = 1.0;
    while let Some(c) = text[end..].chars().next() {
        let Some(power) = power(c) else { break };
        let after = text[end + c.len_utf8()..].chars().next();
        if c.is_ascii_alphabetic() && after.is_some_and(|c| c.is_ascii_alphanumeric()) {
            break;
        }
        value *= power;
        last = power;
        end += c.len_utf8();
    }
    if last > 1.0 && run(end) == 1 {
        value += text[end..end + 1].parse::<f64>().ok()? * last / 10.0;
        end += 1;
    }
    Some((value, end, Kind::Digits))
}

/// Reads Chinese numerals.
fn numeral(text: &str) -> Option<(f64, usize, Kind)> {
    let chars: Vec<(usize, char)> = text
        .char_indices()
        .take_while(|(_, c)| {
            digit(*c).is_some() || power(*c).is_some_and(|_| !c.is_ascii()) || matches!(c, '半' | '点')
        })
        .collect();
    let end_of = |n: usize| chars.get(n).map_or_else(|| chars.last().map_or(0, |(i, c)| i + c.len_utf8()), |(i, _)| *i);
    let first = chars.first()?.1;
    if digit(first).is_none() && !matches!(first, '十' | '拾') {
        return None;
    }
    let (mut total, mut section, mut current, mut last) = (0.0, 0.0, 0.0, 1.0);
    let (mut powers, mut plain, mut used, mut fresh) = (0, String::new(), 0, false);
    let mut last_big = 0.0;
    for (i, &(_, c)) in chars.iter().enumerate() {
        if let Some(d) = digit(c) {
            if d == 0.0 {
                last = 10.0;
            }
            current = if powers == 0 && fresh { current * 10.0 + d } else { d };
            plain.push(c);
            fresh = true;
        } else if let Some(power) = power(c) {
            let count = if fresh {
                current
            } else if i == 0 || section == 0.0 && total > 0.0 {
                1.0
            } else {
                0.0
            };
            if power >= 1e4 {
                section += if fresh { current } else { 0.0 };
                // 一亿两千万 adds, 一万亿 multiplies.
                total =
                    if total > 0.0 && power < last_big { total + section * power } else { (total + section) * power };
                section = 0.0;
                last_big = power;
            } else {
                section += count * power;
            }
            (current, last, fresh) = (0.0, power, false);
            powers += 1;
        } else if c == '半' && powers > 0 && !fresh {
            section += last / 2.0;
            used = i + 1;
            break;
        } else if c == '点' && chars.get(i + 1).is_some_and(|(_, c)| digit(*c).is_some()) {
            let fraction: Vec<f64> = chars[i + 1..].iter().map_while(|(_, c)| digit(*c)).collect();
            let part: f64 = fraction.iter().enumerate().map(|(n, d)| d / 10f64.powi(n as i32 + 1)).sum();
            let whole = total + section + current;
            let mut next = i + 1 + fraction.len();
            let mut value = whole + part;
            while let Some(power) = chars.get(next).and_then(|(_, c)| power(*c)) {
                value *= power;
                next += 1;
            }
            return Some((value, end_of(next), Kind::Compound));
        } else {
            break;
        }
        used = i + 1;
    }
    if fresh {
        // 两千三 is 2300, 两千零三 is 2003.
        section += if powers > 0 && last > 10.0 { current * last / 10.0 } else { current };
    }
    let kind = if powers > 0 && used > 1 && plain.len() + powers > 1 { Kind::Compound } else { Kind::Loose };
    // 万一, 千万, 一百 stand in idioms only without a digit before a power; those were refused above.
    Some((total + section, end_of(used), kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &[f64]) {
        let found: Vec<f64> = numbers(text).into_iter().map(|n| n.value).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn amounts_are_read_however_they_are_written() {
        check("转500给小王", &[500.0]);
        check("1,000元", &[1000.0]);
        check("1,234,567.5", &[1_234_567.5]);
        check("3.5万", &[35_000.0]);
        check("1万5", &[15_000.0]);
        check("2千块", &[2000.0]);
        check("5k", &[5000.0]);
        check("五百", &[500.0]);
        check("五百块", &[500.0]);
        check("两千三", &[2300.0]);
        check("两千零三", &[2003.0]);
        check("一万五", &[15_000.0]);
        check("一万五千", &[15_000.0]);
        check("十五万", &[150_000.0]);
        check("三万零五十元", &[30_050.0]);
        check("一百零五", &[105.0]);
        check("三点五万", &[35_000.0]);
        check("三百五", &[350.0]);
        check("一亿两千万", &[120_000_000.0]);
        check("一万", &[10_000.0]);
        check("从500改成800元", &[500.0, 800.0]);
        check("五", &[5.0]);
        check("五块", &[5.0]);
        check("三万半", &[35_000.0]);
    }

    #[test]
    fn idioms_hold_no_number() {
        check("万一不行", &[]);
        check("千万别转", &[]);
        check("等一下", &[]);
        check("这个东西一般", &[]);
        check("有一点贵", &[]);
    }

    #[test]
    fn a_unit_or_a_sign_makes_it_money() {
        assert!(numbers("500元")[0].money);
        assert!(numbers("¥500")[0].money);
        assert!(!numbers("500")[0].money);
        assert!(numbers("500 元")[0].money);
    }

    #[test]
    fn numbers_are_shown_without_a_tail() {
        assert_eq!(show(500.0), "500");
        assert_eq!(show(0.1 + 0.2), "0.3");
        assert_eq!(show(1_234_567.5), "1234567.5");
    }

    proptest! {
        #[test]
        fn any_text_gives_ranges_in_order_on_boundaries(text in "[0-9零一两五十百千万亿点半元块,.kw ¥a甲]{0,24}") {
            let mut last = 0;
            for number in numbers(&text) {
                prop_assert!(number.range.start >= last && number.range.end <= text.len());
                prop_assert!(text.get(number.range.clone()).is_some());
                prop_assert!(number.value.is_finite());
                last = number.range.end;
            }
        }

        #[test]
        fn a_whole_number_is_read_back(n in 0u32..1_000_000_000) {
            prop_assert_eq!(numbers(&n.to_string())[0].value, f64::from(n));
        }
    }
}
