//! Numbers of telephones, identity cards and bank cards.
//!
//! Works on runs of digit groups (`138 0013 8000`), because people write numbers in groups and because a
//! number inside a longer one is none. 一三八零零… is a run as well, but never part of a run in figures.

use crate::text::clean::draft::Patch;
use crate::text::clean::numbers::single;

/// Digit groups of one writing, with at most one separator between two.
#[derive(Debug)]
struct Run {
    groups: Vec<Group>,
    digits: Vec<u8>,
}

/// One stretch of digits: its bytes in the text and its place in the run's digits.
#[derive(Debug, Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
    from: usize,
    to: usize,
}

/// A candidate: some neighbouring groups of a run.
struct Candidate<'r> {
    text: &'r str,
    digits: &'r [u8],
    lengths: Vec<usize>,
    start: usize,
    end: usize,
}

/// Words behind which a number is that of a thing.
const ORDERS: &[&str] = &["订单", "流水", "单号", "运单", "商品", "order", "tracking"];

pub(crate) fn phone(text: &str) -> Vec<Patch> {
    find(text, "<phone>", |c| {
        let abroad = c.text[..c.start].ends_with('+') && (10..=15).contains(&c.digits.len());
        let named = (10..=11).contains(&c.digits.len()) && follows(c, &["phone", "mobile", "cell", "tel"], 12);
        if (abroad || named) && !follows(c, ORDERS, 12) {
            return Some((c.start - usize::from(abroad), c.end));
        }
        let country = match c.lengths.as_slice() {
            [13] | [2, 11] | [2, 3, 4, 4] | [5, 4, 4] | [2, 3, 8] | [2, 7, 4] if c.digits.starts_with(b"86") => 2,
            [15] | [4, 11] | [4, 3, 4, 4] if c.digits.starts_with(b"0086") => 4,
            [11] | [3, 4, 4] | [3, 8] | [7, 4] | [4, 4, 3] | [3, 3, 5] | [6, 5] => 0,
            _ => return None,
        };
        let number = &c.digits[country..];
        let mobile = number[0] == b'1' && (b'3'..=b'9').contains(&number[1]);
        (mobile && (country > 0 || number.len() == 11)).then(|| {
            let plus = c.text[..c.start].ends_with('+');
            (c.start - usize::from(plus), c.end)
        })
    })
}

pub(crate) fn landline(text: &str) -> Vec<Patch> {
    find(text, "<landline>", |c| {
        let area = match c.digits {
            [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => 3,
            [b'0', b'3'..=b'9', ..] => 4,
            // Without an area code only a word says that eight digits are a telephone.
            [b'2'..=b'8', ..] if c.lengths == [8] && follows(c, &["电话", "座机", "固话", "tel"], 4) => {
                return Some((c.start, c.end));
            }
            _ => return None,
        };
        let local = c.digits.len().checked_sub(area)?;
        let shaped = match c.lengths.as_slice() {
            [_] => true,
            [first, ..] => *first == area || *first == area + 4,
            [] => false,
        };
        let plausible = (7..=8).contains(&local) && !matches!(c.digits[area], b'0' | b'1' | b'9');
        (shaped && plausible).then(|| {
            let bracket = c.text[..c.start].chars().next_back().filter(|b| matches!(b, '(' | '（'));
            let closed = c.text[c.start..c.end].contains([')', '）']);
            (c.start - bracket.filter(|_| closed).map_or(0, char::len_utf8), c.end)
        })
    })
}

pub(crate) fn id_card(text: &str) -> Vec<Patch> {
    find(text, "<idcard>", |c| {
        let end_x = c.text[c.end..].chars().next().filter(|x| matches!(x, 'x' | 'X' | 'Ｘ' | 'ｘ'));
        let grouped = matches!(
            c.lengths.as_slice(),
            [17] | [18] | [6, 8, 4] | [6, 8, 3] | [6, 4, 4, 4] | [6, 4, 4, 3] | [3, 3, 4, 4, 4] | [3, 3, 4, 4, 3]
        );
        let named = || follows(c, &["身份证", "证件", "身份号", "id card", "id number"], 10);
        match (c.digits.len(), end_x) {
            (18, _) if grouped => {
                let look = is_region(c.digits) && is_date(&c.digits[6..14]);
                (look && (check_11(c.digits) == Some(c.digits[17]) || named())).then_some((c.start, c.end))
            }
            (17, Some(x)) if grouped => {
                let look = is_region(c.digits) && is_date(&c.digits[6..14]);
                (look && (check_11(c.digits) == Some(b'X') || named())).then_some((c.start, c.end + x.len_utf8()))
            }
            // The numbers of before 1999 have no check digit, so only a word tells them from others.
            (15, _) if c.lengths == [15] && named() => {
                let date = [b"19", &c.digits[6..12]].concat();
                (is_region(c.digits) && is_date(&date)).then_some((c.start, c.end))
            }
            _ => None,
        }
    })
}

pub(crate) fn bank_card(text: &str) -> Vec<Patch> {
    find(text, "<bankcard>", |c| {
        let grouped = match c.lengths.as_slice() {
            [_] | [6, _] | [4, _] => true,
            lengths => lengths[..lengths.len() - 1].iter().all(|n| *n == 4) && lengths[lengths.len() - 1] <= 4,
        };
        if !grouped || !(13..=19).contains(&c.digits.len()) || !luhn(c.digits) {
            return None;
        }
        if follows(c, ORDERS, 8) {
            return None;
        }
        let issuer = c.digits.starts_with(b"62") && c.digits.len() >= 16
            || matches!(c.digits[0], b'4' | b'5') && matches!(c.digits.len(), 16 | 19);
        let named =
            || follows(c, &["卡号", "银行卡", "储蓄卡", "借记卡", "信用卡", "账号", "帐号", "账户", "卡", "card"], 10);
        (issuer || named()).then_some((c.start, c.end))
    })
}

/// Tries every stretch of neighbouring groups, the longest first, and patches what `test` takes.
fn find(text: &str, tag: &'static str, test: impl Fn(&Candidate<'_>) -> Option<(usize, usize)>) -> Vec<Patch> {
    let mut patches = Vec::new();
    for run in runs(text) {
        let mut first = 0;
        'groups: while first < run.groups.len() {
            for last in (first..run.groups.len().min(first + 6)).rev() {
                let groups = &run.groups[first..=last];
                let candidate = Candidate {
                    text,
                    digits: &run.digits[groups[0].from..groups[groups.len() - 1].to],
                    lengths: groups.iter().map(|g| g.to - g.from).collect(),
                    start: groups[0].start,
                    end: groups[groups.len() - 1].end,
                };
                if !(8..=19).contains(&candidate.digits.len()) {
                    continue;
                }
                if let Some((start, end)) = test(&candidate) {
                    patches.push(Patch::new(start, end, tag));
                    first = last + 1;
                    continue 'groups;
                }
            }
            first += 1;
        }
    }
    patches
}

/// Tells whether one of `words` stands at most `gap` characters before the candidate.
fn follows(candidate: &Candidate<'_>, words: &[&str], gap: usize) -> bool {
    let before = &candidate.text[..candidate.start];
    let reach = before.char_indices().rev().nth(gap + 4).map_or(0, |(at, _)| at);
    let near = before[reach..].to_lowercase();
    words.iter().any(|word| near.rfind(word).is_some_and(|at| near[at + word.len()..].chars().count() <= gap))
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut gap: Option<usize> = None;
    let mut spelled = false;
    for (at, c) in text.char_indices() {
        let Some((digit, is_spelled)) = digit(c) else {
            gap = gap.filter(|n| *n == 0 && is_separator(c)).map(|n| n + 1);
            continue;
        };
        let end = at + c.len_utf8();
        if is_spelled != spelled {
            gap = None;
        }
        match (gap, runs.last_mut()) {
            (Some(0), Some(run)) => {
                let group = run.groups.last_mut().expect("a run starts with a group");
                group.end = end;
                group.to += 1;
                run.digits.push(digit);
            }
            (Some(_), Some(run)) => {
                let from = run.digits.len();
                run.groups.push(Group { start: at, end, from, to: from + 1 });
                run.digits.push(digit);
            }
            _ => runs.push(Run { groups: vec![Group { start: at, end, from: 0, to: 1 }], digits: vec![digit] }),
        }
        gap = Some(0);
        spelled = is_spelled;
    }
    runs.retain(|run| run.digits.len() >= 8);
    runs
}

/// Returns the digit `c` writes, and whether it does so in Chinese.
fn digit(c: char) -> Option<(u8, bool)> {
    match c {
        '0'..='9' => Some((c as u8, false)),
        '０'..='９' => Some(((c as u32 - '０' as u32) as u8 + b'0', false)),
        _ => single(c).filter(|_| c != '两').map(|d| (d + b'0', true)),
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '－' | '–' | '—' | '\u{a0}' | '\u{3000}' | '·' | ')' | '）')
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, d)| {
            let d = u32::from(d - b'0');
            match (place % 2, d * 2) {
                (0, _) => d,
                (_, double) if double > 9 => double - 9,
                (_, double) => double,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Returns the check character of the first 17 digits (GB 11643, ISO 7064 mod 11-2).
fn check_11(digits: &[u8]) -> Option<u8> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.get(..17)?.iter().zip(WEIGHTS).map(|(d, w)| u32::from(d - b'0') * w).sum();
    Some(b"10X98765432"[(sum % 11) as usize])
}

/// The provinces of GB/T 2260.
pub(crate) fn is_region(digits: &[u8]) -> bool {
    let province = (digits[0] - b'0') * 10 + (digits[1] - b'0');
    matches!(province, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81 | 82 | 83 | 91)
}

fn is_date(digits: &[u8]) -> bool {
    let number = |from: usize, to: usize| digits[from..to].iter().fold(0u32, |n, d| n * 10 + u32::from(d - b'0'));
    let (year, month, day) = (number(0, 4), number(4, 6), number(6, 8));
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1880..=2100).contains(&year) && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft::Draft;

    fn check(mask: fn(&str) -> Vec<Patch>, text: &str, expected: &str) {
        let mut draft = Draft::new(text);
        draft.apply(mask(text));
        assert_eq!(draft.text, expected, "of {text:?}");
    }

    fn stays(mask: fn(&str) -> Vec<Patch>, text: &str) {
        check(mask, text, text);
    }

    #[test]
    fn a_mobile_number_is_hidden_however_it_is_grouped() {
        check(phone, "我的手机13800138000", "我的手机<phone>");
        check(phone, "+86 138-0013-8000", "<phone>");
        check(phone, "8613800138000或0086 13900139000", "<phone>或<phone>");
        check(phone, "13800138000 13900139000", "<phone> <phone>");
        check(phone, "１３８００１３８０００", "<phone>");
        check(phone, "打一三八零零一三八零零零", "打<phone>");
        check(phone, "第一13800138000", "第一<phone>");
        check(phone, "my phone is 07117 230320", "my phone is <phone>");
        check(phone, "call +44 7911 123456", "call <phone>");
        check(phone, "order 1234567890", "order 1234567890");
    }

    #[test]
    fn hotlines_and_longer_numbers_stay() {
        for text in [
            "客服电话95588打不通",
            "400-820-8888",
            "拨12378",
            "10086",
            "单号138001380001",
            "额度500000",
            "2024-03-01 10:00",
        ] {
            stays(phone, text);
            stays(landline, text);
            stays(bank_card, text);
            stays(id_card, text);
        }
    }

    #[test]
    fn a_landline_needs_its_area_code_or_a_word() {
        check(landline, "电话是010-64981133。", "电话是<landline>。");
        check(landline, "(0755)12345678转8", "(0755)12345678转8");
        check(landline, "(0755)26345678转8", "<landline>转8");
        check(landline, "座机64981133", "座机<landline>");
        stays(landline, "编号64981133");
    }

    #[test]
    fn an_identity_number_is_checked() {
        check(id_card, "身份证110105199003072346", "身份证<idcard>");
        check(id_card, "11010519491231002X是我", "<idcard>是我");
        check(id_card, "110105 19900307 2346", "<idcard>");
        check(id_card, "身份证号110105900307234", "身份证号<idcard>");
        stays(id_card, "流水号110105199003072341");
        check(id_card, "身份证号110105199003072341", "身份证号<idcard>");
    }

    #[test]
    fn a_bank_card_needs_its_check_digit_and_a_reason() {
        check(bank_card, "卡号6222020200001234562扣款失败", "卡号<bankcard>扣款失败");
        check(bank_card, "6222 0202 0000 1234 562", "<bankcard>");
        stays(bank_card, "订单6222020200001234565");
        stays(bank_card, "订单6222020200001234562");
        stays(bank_card, "金额1000000000000008");
    }
}
