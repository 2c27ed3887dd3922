//! Addresses: what stands between the city, which is kept, and the door.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::clean::draft::Patch;
use crate::text::clean::scan::is_han;

/// A road or compound with a number, and whatever rooms follow it.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(\p{Han}{1,12}?(?:路|街|大道|胡同|巷|弄|小区|花园|公寓|大厦|广场|村|镇|苑))",
        r"(?:\p{Han}{0,6}?(?:路|街|段|里|巷|弄|小区|花园|公寓|苑|期|东|西|南|北|中))?",
        r"\s?(?:[甲乙丙丁]?[0-9]{1,5}(?:[\-之][0-9]{1,5})?|[一二三四五六七八九十百零]{1,5}|[A-Za-z][0-9]{0,4})",
        r"\s?(?:号院|号楼|号|弄|栋|幢|座|楼|单元|室|层|组|户|排)",
        r"(?:[A-Za-z]{0,8}\p{Han}{0,8}?(?:[0-9]{1,4}-[A-Za-z0-9]{1,4}|[A-Za-z]?[0-9一二三四五六七八九十]{0,5})(?:号楼|号|栋|幢|座|单元|室|层|楼|户|门))*",
        r"(?:[A-Za-z]?[0-9\-]{1,8})?",
    ))
    .expect("the pattern is a constant")
});

/// An English address: a flat, a number, one to four capital words, a kind of road, a flat, a British postcode.
static STREET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?:\b(?:[Ff]lat|[Aa]pt\.?|[Uu]nit|[Ss]uite|[Rr]oom) ?\w{1,5},? )?",
        r"\b[0-9]{1,5}[A-Za-z]?,? (?:[A-Z][a-z'’]+ ){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Close|Square)\b\.?",
        r"(?: (?:NW|NE|SW|SE|N|S|E|W)\b)?",
        r"(?:,? ?(?:[Ff]lat|[Aa]pt\.?|[Uu]nit|[Ss]uite|#) ?[0-9]{1,4}[A-Za-z]?\b)?",
        r"(?:,? [A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}\b)?",
    ))
    .expect("the pattern is a constant")
});

/// The same in small letters, and a British postcode, behind words that ask for them.
static LED_STREET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:(?:live at|living at|address is|address:|ship(?:ped)? to|deliver(?:ed)? to|send it to|sent to) ",
        r"((?:(?:flat|apt\.?|unit|suite) ?\w{1,5},? )?[0-9]{1,5}[a-z]?,? (?:[a-z']+ ){1,4}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|close|square)\b)",
        r"|post ?code(?: is|:)? ([a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2})\b)"
    ))
    .expect("the pattern is a constant")
});

/// What may stand before the district of an address; the address starts behind it.
const LEADS: [&str; 14] =
    ["自治区", "省", "市", "到", "去", "地址是", "地址为", "地址", "住址", "住", "位于", "在", "从", "改成"];

pub(crate) fn address(text: &str) -> Vec<Patch> {
    let mut patches: Vec<Patch> = ADDRESS
        .captures_iter(text)
        .filter_map(|found| {
            let (whole, road) = (found.get(0)?, found.get(1)?);
            // 5号线 is a line of the underground, and 道路1号 does not follow from 思路.
            if text[whole.end()..].starts_with('线') {
                return None;
            }
            let start = whole.start() + skipped(text, whole.start(), road.end());
            Some(Patch::new(start, whole.end(), "<addr>"))
        })
        .collect();
    patches.extend(STREET.find_iter(text).map(|found| Patch::new(found.start(), found.end(), "<addr>")));
    let led = LED_STREET.captures_iter(text).filter_map(|found| found.iter().skip(1).flatten().next());
    patches.extend(led.map(|found| Patch::new(found.start(), found.end(), "<addr>")));
    patches.sort_by_key(|patch| (patch.start, std::cmp::Reverse(patch.end)));
    patches
}

/// Returns how many bytes of `text[start..road_end]` stand before the address proper.
fn skipped(text: &str, start: usize, road_end: usize) -> usize {
    let head = &text[start..road_end];
    let led = LEADS
        .iter()
        .filter_map(|lead| head.rfind(lead).map(|at| (at, at + lead.len())))
        .filter(|(at, _)| !head[..*at].ends_with(['现', '正']))
        .map(|(_, end)| end)
        .filter(|end| *end < head.len())
        .max();
    if let Some(end) = led {
        return end;
    }
    // Nothing leads in: two characters before 区 or 县 are its name; else the road's last four characters.
    let district = head.rfind(['区', '县']);
    // A district's name of three (雨花台区, 浦东新区) is known by where the writing starts.
    let apart = !text[..start].ends_with(is_han);
    if district
        .is_some_and(|at| apart && at <= 4 * '区'.len_utf8() && !head[..at].contains(['我', '你', '他', '她', '家']))
    {
        return 0;
    }
    let keep = if district.is_some() { 3 } else { 5 };
    let end = district.map_or(head.len(), |at| at + '区'.len_utf8());
    let from = head[..end].char_indices().rev().take_while(|(_, c)| is_han(*c)).nth(keep - 1).map_or(0, |(at, _)| at);
    if from == 0 || district.is_some() { from } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft;

    fn check(text: &str, expected: &str) {
        draft::check(address, text, expected);
    }

    #[test]
    fn the_city_stays_and_the_door_goes() {
        check("寄到广东省深圳市南山区科技园路1号A座302", "寄到广东省深圳市<addr>");
        check("我住在朝阳区建国路88号2单元501室怎么改", "我住在<addr>怎么改");
        check("寄到幸福花园3栋", "寄到<addr>");
        check("我现在从公园到柳沟村15号院", "我现在从公园到<addr>");
        check("ship to 12 Long Acre Road please", "ship to <addr> please");
    }

    #[test]
    fn a_city_or_a_line_alone_is_no_address() {
        for text in ["深圳市怎么办社保卡", "人民路支行几点开门", "地铁到人民路5号线", "村镇银行怎么开户"]
        {
            check(text, text);
        }
    }
}
