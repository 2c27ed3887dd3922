//! Numbers of telephones and identity cards.
//!
//! Works on runs of digit groups (`138 0013 8000`), because people write numbers in groups and because a
//! number inside a longer one is none. 一三八零零… is a run as well; only a mobile number may mix both ways.

use crate::text::clean::draft::Patch;
use crate::text::clean::numbers::single;

/// Digit groups of one writing, with little between two.
#[derive(Debug)]
struct Run {
    groups: Vec<Group>,
    digits: Vec<u8>,
}

/// One stretch of digits: its bytes in the text, its place in the run's digits, and what stands before it.
#[derive(Debug, Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
    from: usize,
    to: usize,
    /// What parts it from the group before: `\0` for nothing, a blank, or the sign among the blanks.
    parted: char,
}

/// A candidate: some neighbouring groups of a run.
pub(in crate::text::clean::masks) struct Candidate<'r> {
    pub(in crate::text::clean::masks) text: &'r str,
    pub(in crate::text::clean::masks) digits: &'r [u8],
    pub(in crate::text::clean::masks) lengths: Vec<usize>,
    pub(in crate::text::clean::masks) start: usize,
    pub(in crate::text::clean::masks) end: usize,
    /// The signs between its groups.
    parted: Vec<char>,
    /// Whether the run has no other group.
    whole: bool,
}

/// What a test makes of a candidate: the bytes to hide and the name to put there.
pub(in crate::text::clean::masks) type Found = Option<(usize, usize, &'static str)>;

/// Words behind which a number is that of a thing.
pub(in crate::text::clean::masks) const ORDERS: &[&str] = &[
    "订单",
    "流水",
    "单号",
    "运单",
    "商品",
    "编号",
    "工单",
    "发票",
    "合同",
    "序列号",
    "批次",
    "order",
    "tracking",
    "ref",
    "invoice",
    "serial",
    "case",
    "ticket",
    "sn",
];

/// Words behind which a number is somebody's telephone; the Latin ones also vouch for forms that nothing else marks.
const CALLS: &[&str] = &[
    "phone",
    "telephone",
    "mobile",
    "cell",
    "tel",
    "my number",
    "call me",
    "reach me",
    "whatsapp",
    "手机",
    "电话",
    "号码",
    "联系方式",
    "致电",
];
const LATIN_CALLS: usize = 9;

pub(crate) fn phone(text: &str) -> Vec<Patch> {
    let mut patches = find(text, |c| {
        let (start, plus) = opened(c);
        if c.splits_a_decimal() || c.behind_capitals() {
            return None;
        }
        if let Some(country) = mobile(c) {
            return Some((if country > 0 || plus { start } else { c.start }, c.end, "<phone>"));
        }
        let (own, count) = (c.digits.starts_with(b"86"), c.digits.len());
        let abroad = plus && !own && (10..=15).contains(&count);
        if abroad {
            return Some((start, c.end, "<phone>"));
        }
        let orders = c.follows(ORDERS, 8);
        if orders || is_public(c.digits) {
            return None;
        }
        let signed = c.parted.iter().any(|sign| matches!(sign, '-' | '.' | ')'));
        let number = c.digits.strip_prefix(b"1").filter(|_| count == 11).unwrap_or(c.digits);
        let american = matches!(c.lengths.as_slice(), [3, 3, 4] | [1, 3, 3, 4])
            && number.len() == 10
            && (b'2'..=b'9').contains(&number[0])
            && (b'2'..=b'9').contains(&number[3]);
        let british = count == 11
            && c.digits.starts_with(b"07")
            && (b'1'..=b'9').contains(&c.digits[2])
            && matches!(c.lengths.as_slice(), [5, 6] | [11] | [5, 3, 3] | [4, 3, 4]);
        let named = (10..=11).contains(&count)
            && c.digits[0] != b'0'
            && c.follows(&CALLS[..LATIN_CALLS], 12)
            && !c.behind_letters();
        (american && signed || british || named && (american || c.lengths.len() == 1 || !c.dotted()))
            .then_some((start, c.end, "<phone>"))
    });
    patches.extend(mixed(text));
    patches.sort_by_key(|patch| patch.start);
    patches
}

/// Returns how many digits of a mobile number's candidate are the country's; `None` when it is no mobile number.
fn mobile(c: &Candidate<'_>) -> Option<usize> {
    let country = [b"0086".as_slice(), b"86", b""].into_iter().find(|country| {
        c.digits
            .strip_prefix(*country)
            .is_some_and(|rest| rest.len() == 11 && rest[0] == b'1' && (b'3'..=b'9').contains(&rest[1]))
    })?;
    // The country stands alone or closed up with the number's first group.
    let mut lengths = c.lengths.clone();
    if !country.is_empty() {
        let first = lengths[0].checked_sub(country.len())?;
        if first == 0 {
            lengths.remove(0);
        } else {
            lengths[0] = first;
        }
    }
    let usual = matches!(lengths.as_slice(), [11] | [3, 4, 4] | [3, 8] | [7, 4] | [4, 4, 3] | [3, 3, 5] | [6, 5]);
    // 1-800-555-0199 is written as an American number.
    if lengths == [1, 3, 3, 4] {
        return None;
    }
    let blanks = c.parted.iter().all(|sign| matches!(sign, ' ' | '-' | ')'));
    let thousands = lengths[0] <= 3 && lengths[1..].iter().all(|length| *length == 3);
    let named = || c.follows(CALLS, 6);
    let fits = if c.dotted() { lengths == [3, 4, 4] } else { usual || c.whole && blanks && (!thousands || named()) };
    fits.then_some(country.len())
}

/// Finds mobile numbers that mix figures and numerals: 幺38零零幺38零零零.
fn mixed(text: &str) -> Vec<Patch> {
    let mut patches = Vec::new();
    let (mut start, mut digits, mut ways) = (0, Vec::new(), [false; 2]);
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        if let Some((value, spelled)) = digit(c) {
            if digits.is_empty() {
                start = at;
            }
            digits.push(value);
            ways[usize::from(spelled)] = true;
            continue;
        }
        if digits.len() == 11 && ways == [true; 2] && digits[0] == b'1' && (b'3'..=b'9').contains(&digits[1]) {
            patches.push(Patch::new(start, at, "<phone>"));
        }
        digits.clear();
        ways = [false; 2];
    }
    patches
}

/// Tells whether anybody may call the number: 400 and 800 lines, and their like abroad.
fn is_public(digits: &[u8]) -> bool {
    let free: [&[u8]; 8] = [b"800", b"888", b"877", b"866", b"855", b"844", b"833", b"400"];
    let british: [&[u8]; 9] = [b"0800", b"0808", b"0845", b"0844", b"0870", b"0871", b"0300", b"0330", b"0345"];
    let plain = digits.strip_prefix(b"1").filter(|rest| rest.len() == 10).unwrap_or(digits);
    plain.len() == 10 && free.iter().any(|head| plain.starts_with(head))
        || matches!(digits.len(), 10 | 11) && british.iter().any(|head| digits.starts_with(head))
}

pub(crate) fn landline(text: &str) -> Vec<Patch> {
    find(text, |c| {
        let (open, plus) = opened(c);
        if c.splits_a_decimal() || c.behind_letters() || c.dotted() || is_public(c.digits) {
            return None;
        }
        let country = c.digits.starts_with(b"86") && (plus || c.lengths[0] == 2);
        let (digits, lengths) = match (country, c.lengths[0]) {
            (true, 2) => (&c.digits[2..], &c.lengths[1..]),
            (true, _) => return None,
            _ => (c.digits, c.lengths.as_slice()),
        };
        // Without an area code only a word says that so few digits are a telephone.
        let alone = matches!(lengths, [7] | [8] | [4, 4] | [3, 4]);
        if !country && alone && (b'2'..=b'8').contains(&digits[0]) && !is_date(digits) {
            let named = c.follows(&["电话", "座机", "固话", "传真", "tel", "fax"], 4) && !c.follows(ORDERS, 6);
            return named.then_some((c.start, c.end, "<landline>"));
        }
        let area = match digits {
            [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => 3,
            [b'0', b'3'..=b'9', ..] => 4,
            [b'1', b'0', ..] | [b'2', ..] if country => 2,
            [b'3'..=b'9', ..] if country => 3,
            _ => return None,
        };
        let local = digits.len().checked_sub(area)?;
        let shaped = match lengths {
            [_] => true,
            [first, ..] => *first == area || *first == area + 4,
            [] => false,
        };
        let plausible = (7..=8).contains(&local) && !matches!(digits[area], b'0' | b'1' | b'9');
        (shaped && plausible && !c.follows(ORDERS, 6)).then_some((open, c.end, "<landline>"))
    })
}

/// Returns where a number starts with the `+` and the bracket before it, and whether there is a `+`.
fn opened(c: &Candidate<'_>) -> (usize, bool) {
    let before = &c.text[..c.start];
    let bare = before.strip_suffix(['+', '＋']);
    let rest = bare.unwrap_or(before);
    let closed = c.parted.contains(&')');
    let start = rest.strip_suffix(['(', '（']).filter(|_| closed).unwrap_or(rest).len();
    (start, bare.is_some())
}

pub(crate) fn id_card(text: &str) -> Vec<Patch> {
    find(text, |c| {
        let behind = &c.text[c.end..];
        let bare = behind.strip_prefix([' ', '-']).unwrap_or(behind);
        let end_x = bare.chars().next().filter(|x| matches!(x, 'x' | 'X' | 'Ｘ' | 'ｘ')).map(|x| {
            let end = c.text.len() - bare.len() + x.len_utf8();
            (end, !c.text[end..].starts_with(|next: char| next.is_ascii_alphanumeric()))
        });
        let end_x = end_x.and_then(|(end, ends)| ends.then_some(end));
        let named = || c.follows(&["身份证", "证件", "身份号", "id card", "id number", "identity"], 10);
        let (check, end) = match (c.digits.len(), end_x) {
            (18, _) => (c.digits[17], c.end),
            (17, Some(end)) => (b'X', end),
            // The numbers of before 1999 have no check digit, so only a word tells them from others.
            (15, _) if matches!(c.lengths.as_slice(), [15] | [6, 6, 3]) && named() => {
                let date = [b"19", &c.digits[6..12]].concat();
                return (is_region(c.digits) && is_date(&date)).then_some((c.start, c.end, "<idcard>"));
            }
            (9, _) if matches!(c.lengths.as_slice(), [9] | [3, 2, 4]) => {
                return c.follows(&["ssn", "social security"], 24).then_some((c.start, c.end, "<ssn>"));
            }
            _ => return None,
        };
        if c.behind_letters() || c.dotted() {
            return None;
        }
        let look = is_region(c.digits) && is_date(&c.digits[6..14]);
        if look && check_11(c.digits) == Some(check) {
            return Some((c.start, end, "<idcard>"));
        }
        // A wrong check digit is a slip more often than another kind of number, unless a word says which kind.
        let suspected = named() || look && c.lengths.len() == 1 && !c.follows(ORDERS, 8);
        suspected.then_some((c.start, end, "<idcard?>"))
    })
}

/// Tries every stretch of neighbouring groups, the longest first, and patches what `test` takes.
pub(in crate::text::clean::masks) fn find(text: &str, test: impl Fn(&Candidate<'_>) -> Found) -> Vec<Patch> {
    let mut patches = Vec::new();
    for run in runs(text) {
        let mut first = 0;
        let count = run.groups.len();
        'groups: while first < count {
            // Digits written one by one make more groups than any number has; they are tried as a whole.
            let whole = (first == 0 && count > 6).then_some(count - 1);
            for last in whole.into_iter().chain((first..count.min(first + 6)).rev()) {
                let groups = &run.groups[first..=last];
                let candidate = Candidate {
                    text,
                    digits: &run.digits[groups[0].from..groups[groups.len() - 1].to],
                    lengths: groups.iter().map(|g| g.to - g.from).collect(),
                    start: groups[0].start,
                    end: groups[groups.len() - 1].end,
                    parted: groups[1..].iter().map(|g| g.parted).collect(),
                    whole: groups.len() == count,
                };
                if !(7..=19).contains(&candidate.digits.len()) {
                    continue;
                }
                if let Some((start, end, tag)) = test(&candidate) {
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

impl Candidate<'_> {
    /// Tells whether one of `words` stands at most `gap` characters before the candidate.
    pub(in crate::text::clean::masks) fn follows(&self, words: &[&str], gap: usize) -> bool {
        self.distance(words, gap).is_some()
    }

    /// Returns how many characters part the candidate from the nearest of `words` before it, `gap` at most.
    ///
    /// Latin words must stand alone: "cell" is not in "cancelled".
    pub(in crate::text::clean::masks) fn distance(&self, words: &[&str], gap: usize) -> Option<usize> {
        let before = &self.text[..self.start];
        let reach = before.char_indices().rev().nth(gap + 16).map_or(0, |(at, _)| at);
        let near = before[reach..].to_lowercase();
        let far = |at: usize, word: &str| {
            let end = at + word.len();
            let latin = word.is_ascii();
            let alone = !near[..at].ends_with(|c: char| c.is_ascii_alphabetic())
                && !near[end..].starts_with(|c: char| c.is_ascii_alphabetic());
            let count = near[end..].chars().count();
            (count <= gap && (!latin || alone)).then_some(count)
        };
        words.iter().filter_map(|word| near.rfind(word).and_then(|at| far(at, word))).min()
    }

    fn dotted(&self) -> bool {
        self.parted.contains(&'.')
    }

    /// Tells whether the digits are a part of 0.13800138000 or of 13800138000.50.
    fn splits_a_decimal(&self) -> bool {
        let before = &self.text[..self.start];
        let after = &self.text[self.end..];
        let zero = before.ends_with("0.") && !before[..before.len() - 2].ends_with(|c: char| c.is_ascii_digit());
        zero || after.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// Tells whether a code's letters stand right before the digits.
    fn behind_letters(&self) -> bool {
        let before = &self.text[..self.start];
        before.strip_suffix('-').unwrap_or(before).ends_with(|c: char| c.is_ascii_alphabetic())
    }

    fn behind_capitals(&self) -> bool {
        let before = &self.text[..self.start];
        let word = &before[before.trim_end_matches(|c: char| c.is_ascii_uppercase()).len()..];
        !matches!(word, "" | "TEL" | "PHONE" | "QQ" | "V" | "VX" | "WX")
    }
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // What stands since the last digit, while it may still part two groups.
    let mut gap: Option<(char, usize)> = None;
    let mut spelled = false;
    for (at, c) in text.char_indices() {
        let Some((digit, is_spelled)) = digit(c) else {
            gap = gap.and_then(|(sign, n)| parting(sign, n, c));
            continue;
        };
        let end = at + c.len_utf8();
        if is_spelled != spelled {
            gap = None;
        }
        match (gap, runs.last_mut()) {
            (Some((_, 0)), Some(run)) => {
                let group = run.groups.last_mut().expect("a run starts with a group");
                group.end = end;
                group.to += 1;
                run.digits.push(digit);
            }
            (Some((parted, _)), Some(run)) => {
                let from = run.digits.len();
                run.groups.push(Group { start: at, end, from, to: from + 1, parted });
                run.digits.push(digit);
            }
            _ => {
                let group = Group { start: at, end, from: 0, to: 1, parted: '\0' };
                runs.push(Run { groups: vec![group], digits: vec![digit] });
            }
        }
        gap = Some(('\0', 0));
        spelled = is_spelled;
    }
    runs.retain(|run| run.digits.len() >= 7);
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

/// Adds `c` to what parts two groups: up to three characters, at most one of them a sign; none after a full stop
/// and a blank, where a sentence ends.
fn parting(sign: char, count: usize, c: char) -> Option<(char, usize)> {
    let next = match c {
        ' ' | '\u{a0}' | '\u{3000}' => ' ',
        '-' | '－' | '–' | '—' | '·' | '‐' | '‑' => '-',
        ')' | '）' => ')',
        '(' | '（' => '(',
        '.' | '．' => '.',
        _ => return None,
    };
    let both = match (sign, next) {
        ('\0', next) => next,
        ('.', _) | (_, '.') => return None,
        (sign, ' ') => sign,
        (' ', next) => next,
        (')', '-') | ('(', ')') => ')',
        _ => return None,
    };
    (count < 3).then_some((both, count + 1))
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

/// Tells whether eight digits are a day.
pub(in crate::text::clean::masks) fn is_date(digits: &[u8]) -> bool {
    if digits.len() != 8 {
        return false;
    }
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
    use crate::text::clean::draft::check;

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
        check(id_card, "身份证号110105199003072341", "身份证号<idcard?>");
    }
}
