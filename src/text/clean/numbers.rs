//! Spoken numbers in digits: 二零二一年, 一百三十八块五, 幺三八…. For calls only, before the masks.
//!
//! Idioms and 一 as an article (一分钱都没, 三心二意, 一个) stay: a number is rewritten only where what
//! follows it, or its own length, says that it counts.

use crate::text::clean::draft::Patch;
use crate::text::clean::scan::is_numeral;

/// What may follow a number of two places or more.
const MEASURES: &[&str] = &[
    "个月",
    "个工作日",
    "块钱",
    "分钟",
    "小时",
    "工作日",
    "公里",
    "人民币",
    "美元",
    "港币",
    "块",
    "元",
    "天",
    "日",
    "号",
    "月",
    "年",
    "岁",
    "期",
    "次",
    "笔",
    "张",
    "个",
    "户",
    "倍",
    "折",
    "万",
    "千",
    "位",
    "人",
    "点",
    "秒",
    "周",
    "级",
    "份",
    "股",
    "米",
    "平",
];

/// Stretches of numerals that are words.
const IDIOMS: &[&str] = &[
    "三心二意",
    "一五一十",
    "十全十美",
    "万一",
    "千万",
    "一一",
    "七上八下",
    "乱七八糟",
    "四面八方",
    "五花八门",
    "百分百",
    "十分",
    "百百",
    "万万",
    "一百一",
    "八九不离十",
    "三三两两",
    "千千万万",
    "一千零一夜",
    "不三不四",
    "三番五次",
    "一清二楚",
    "一点",
];

pub(crate) fn spoken_numbers(text: &str) -> Vec<Patch> {
    let mut patches: Vec<Patch> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if let Some((length, put)) = percent(rest).or_else(|| number(text, at, &patches)) {
            patches.push(Patch::new(at, at + length, put));
            at += length;
            continue;
        }
        let numerals = numerals(rest);
        at += numerals.max(rest.chars().next().map_or(1, char::len_utf8));
    }
    patches
}

/// Returns the length of the stretch of numerals at the start of `text`.
fn numerals(text: &str) -> usize {
    text.char_indices().find(|(_, c)| !is_numeral(*c)).map_or(text.len(), |(at, _)| at)
}

/// 百分之三点五 -> 3.5%.
fn percent(rest: &str) -> Option<(usize, String)> {
    let tail = rest.strip_prefix("百分之")?;
    let length = numerals(tail);
    let value = decimal(&tail[..length])?;
    Some(("百分之".len() + length, format!("{value}%")))
}

/// Reads the number at byte `at`; returns its length in the text and what to write.
fn number(text: &str, at: usize, patches: &[Patch]) -> Option<(usize, String)> {
    let rest = &text[at..];
    let length = numerals(rest);
    let spoken = rest[..length].trim_end_matches('点');
    let length = spoken.len();
    let next = &rest[length..];
    let places = spoken.chars().count();
    if places == 0 || spoken.starts_with('点') {
        return None;
    }
    if spoken.chars().all(|c| single(c).is_some()) {
        return digits(text, at, spoken, places, next, patches).map(|put| (length, put));
    }
    if IDIOMS.iter().any(|idiom| spoken.starts_with(idiom) && !(*idiom == "十分" && next.starts_with('钟'))) {
        return None;
    }
    // 一百三十八块五: money with its tenth behind the measure.
    if let Some(tail) = ["块", "元"].iter().find_map(|m| next.strip_prefix(m)) {
        let unit = next.len() - tail.len();
        let tenth = tail.chars().next().and_then(single);
        let whole = decimal(spoken)?;
        let alone =
            tail.chars().nth(1).is_none_or(|c| !is_numeral(c) && !matches!(c, '个' | '张' | '笔' | '次' | '天' | '期'));
        if let Some(tenth) = tenth.filter(|_| alone && !whole.contains(['.', '万', '亿'])) {
            return Some((length + unit + '一'.len_utf8(), format!("{whole}.{tenth}元")));
        }
        let money = tail.strip_prefix('钱').map_or(unit, |_| unit + '钱'.len_utf8());
        return Some((length + money, format!("{whole}元")));
    }
    let value = decimal(spoken)?;
    let counts = MEASURES.iter().any(|m| next.starts_with(m)) || places >= 3 || spoken.contains('点');
    // 一万, 两千: a round number is a number wherever it stands; 十 alone may be part of a word.
    let round = places == 2 && spoken.ends_with(['百', '千', '万', '亿']);
    (counts || round).then_some((length, value))
}

/// Writes digits read out one by one, if they are long enough or a date asks for them.
fn digits(text: &str, at: usize, spoken: &str, places: usize, next: &str, patches: &[Patch]) -> Option<String> {
    let written: String = spoken.chars().filter_map(single).map(|d| char::from(b'0' + d)).collect();
    let year =
        next.starts_with('年') && (places == 4 || places == 2 && !text[..at].ends_with(|c: char| c.is_alphanumeric()));
    // After a year or a month that was rewritten, 三月 and 五号 are a date too.
    let date = places == 1
        && next.starts_with(['月', '日', '号'])
        && patches.last().is_some_and(|p| text[p.end..at] == *"年" || text[p.end..at] == *"月");
    let call = spoken.contains('幺') && places >= 3;
    (year || date || call || places >= 5).then_some(written)
}

/// Returns the digit that a numeral of one place says.
pub(crate) fn single(c: char) -> Option<u8> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '幺' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// Reads a cardinal, with decimals behind 点; 万 and 亿 stay as words when nothing follows them.
fn decimal(spoken: &str) -> Option<String> {
    let (whole, rest) = spoken.split_once('点').map_or((spoken, None), |(whole, rest)| (whole, Some(rest)));
    let (rest, unit) = match rest {
        Some(rest) => match rest.strip_suffix(['万', '亿']) {
            Some(short) => (Some(short), &rest[short.len()..]),
            None => (Some(rest), ""),
        },
        None => (None, ""),
    };
    let mut value = cardinal(whole)?;
    if let Some(rest) = rest {
        let places: Option<String> = rest.chars().map(|c| single(c).map(|d| char::from(b'0' + d))).collect();
        let places = places.filter(|p| !p.is_empty())?;
        value = format!("{value}.{places}{unit}");
    }
    Some(value)
}

fn cardinal(spoken: &str) -> Option<String> {
    for unit in ['亿', '万'] {
        if let Some(short) = spoken.strip_suffix(unit)
            && !short.is_empty()
            && !short.contains(['万', '亿'])
        {
            return Some(format!("{}{unit}", value(short)?));
        }
    }
    value(spoken).map(|n| n.to_string())
}

/// Returns the value of a cardinal in 十百千万亿; 三万五 is 35000.
fn value(spoken: &str) -> Option<u64> {
    let (mut total, mut section, mut digit) = (0u64, 0u64, None::<u64>);
    let mut last_unit = 1;
    let mut zero = false;
    for c in spoken.chars() {
        match (single(c), c) {
            (Some(0), _) => zero = true,
            (Some(d), _) => {
                if digit.is_some() {
                    return None;
                }
                digit = Some(u64::from(d));
            }
            (None, '十' | '百' | '千') => {
                let unit = match c {
                    '十' => 10,
                    '百' => 100,
                    _ => 1000,
                };
                let first = total == 0 && section == 0;
                section += digit.take().or((unit == 10 && (first || zero)).then_some(1))? * unit;
                last_unit = unit;
                zero = false;
            }
            (None, '万' | '亿') => {
                let unit = if c == '万' { 10_000 } else { 100_000_000 };
                section += digit.take().unwrap_or(0);
                if section == 0 {
                    return None;
                }
                total = (total + section) * unit;
                section = 0;
                last_unit = unit;
                zero = false;
            }
            _ => return None,
        }
    }
    if let Some(digit) = digit {
        // 三万五: the last digit counts the next lower unit, unless a 零 says otherwise.
        section += if last_unit >= 100 && !zero { digit * last_unit / 10 } else { digit };
    }
    Some(total + section)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft;

    fn check(text: &str, expected: &str) {
        draft::check(spoken_numbers, text, expected);
    }

    #[test]
    fn what_counts_is_written_in_digits() {
        check("二零二一年三月", "2021年3月");
        check("一百三十八块五", "138.5元");
        check("幺三八零零幺三八零零零", "13800138000");
        check("打九五五八八", "打95588");
        check("贷了三十万分三十六期", "贷了30万分36期");
        check("百分之三点五的利率", "3.5%的利率");
        check("两千块钱", "2000元");
        check("三万五", "35000");
        check("一千零五十元", "1050元");
        check("十五个工作日", "15个工作日");
        check("四点三五万", "4.35万");
    }

    #[test]
    fn idioms_and_articles_stay() {
        for text in [
            "我一分钱都没收到",
            "三心二意",
            "办一个卡",
            "万一逾期",
            "十分感谢",
            "千万别扣",
            "一百一的好",
            "星期三",
            "第二天",
            "一点都不好",
            "三四天",
            "吃点零食",
            "东四十条",
        ] {
            check(text, text);
        }
    }
}
