//! How a text is written: width, blanks, invisible characters, runs, punctuation.

use crate::text::clean::draft::Patch;
use crate::text::clean::scan::is_han;
use crate::text::safe::{is_invisible, is_pictograph};

/// Folds full-width letters, digits and the ideographic blank, and signs that touch them.
///
/// Not all of NFKC: ① ㎡ ㈱ mean something, and ，。？！ cut sentences.
pub(crate) fn width(text: &str) -> Vec<Patch> {
    let mut patches = Vec::new();
    let mut previous = '\0';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or('\0', |(_, c)| *c);
        let folds = match c {
            '\u{3000}' => Some(' '),
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => narrow(c),
            '％' | '＠' | '＃' | '＆' | '＋' | '－' | '／' | '＝' | '＿' | '．' | '＊' | '＜' | '＞'
                if is_word(previous) || is_word(next) =>
            {
                narrow(c)
            }
            _ => None,
        };
        if let Some(to) = folds {
            patches.push(Patch::new(at, at + c.len_utf8(), to.to_string()));
        }
        previous = c;
    }
    patches
}

fn narrow(c: char) -> Option<char> {
    char::from_u32((c as u32).checked_sub(0xfee0)?)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

/// Drops what shows nothing; joiners stay inside pictures.
pub(crate) fn zero_width(text: &str) -> Vec<Patch> {
    let mut patches: Vec<Patch> = Vec::new();
    let mut previous = '\0';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let bidi = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}');
        let control = c.is_control() && !c.is_whitespace();
        let in_picture = match c {
            '\u{fe0f}' => is_pictograph(previous) || previous.is_ascii_digit() || matches!(previous, '#' | '*'),
            '\u{200d}' => {
                (is_pictograph(previous) || previous == '\u{fe0f}')
                    && chars.peek().is_some_and(|(_, next)| is_pictograph(*next))
            }
            _ => false,
        };
        if (bidi || control || is_invisible(c)) && !in_picture {
            match patches.last_mut() {
                Some(last) if last.end == at => last.end = at + c.len_utf8(),
                _ => patches.push(Patch::drop(at, at + c.len_utf8())),
            }
        } else {
            previous = c;
        }
    }
    patches
}

/// Joins blanks, unifies line ends, trims, and closes up what was written with a blank after every character.
///
/// A blank between two longer Chinese phrases stays: people write it for a comma.
pub(crate) fn whitespace(text: &str) -> Vec<Patch> {
    let mut patches = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(is_blank) {
        let start = at + found;
        let end = text[start..].find(|c| !is_blank(c)).map_or(text.len(), |length| start + length);
        let before = text[..start].chars().next_back();
        let after = text[end..].chars().next();
        let gap = &text[start..end];
        let put = match (before, after) {
            (None, _) | (_, None) => "",
            _ if gap.contains(is_line_end) => "\n",
            (Some(b), Some(a)) if closes_up(text, start, end, b, a) => "",
            _ => " ",
        };
        if put != gap {
            patches.push(Patch::new(start, end, put));
        }
        at = end;
    }
    patches
}

fn is_blank(c: char) -> bool {
    c.is_whitespace()
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_wide_sign(c: char) -> bool {
    matches!(c, '，' | '。' | '？' | '！' | '；' | '：' | '、' | '（' | '）' | '《' | '》' | '【' | '】')
}

/// Signs that both scripts use.
fn is_shared_sign(c: char) -> bool {
    matches!(c, '“' | '”' | '…')
}

fn closes_up(text: &str, start: usize, end: usize, before: char, after: char) -> bool {
    if is_wide_sign(before) || is_wide_sign(after) {
        return true;
    }
    if !is_han(before) || !is_han(after) {
        return is_shared_sign(before) && is_han(after) || is_han(before) && is_shared_sign(after);
    }
    let left_alone = text[..start].chars().rev().nth(1).is_none_or(is_blank);
    let right_alone = text[end..].chars().nth(1).is_none_or(is_blank);
    left_alone || right_alone
}

/// Shortens runs: a sign to one, a character said four times or more to two, a phrase said three times to one.
///
/// Digits stay: 1000000 is an amount.
pub(crate) fn repeats(text: &str) -> Vec<Patch> {
    let mut chars: Vec<(usize, char)> = Vec::with_capacity(text.chars().count());
    chars.extend(text.char_indices());
    let offset = |i: usize| chars.get(i).map_or(text.len(), |(at, _)| *at);
    let mut patches = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i].1;
        let mut end = i + 1;
        while end < chars.len() && chars[end].1 == c {
            end += 1;
        }
        let run = end - i;
        if run >= 2 && matches!(c, '.' | '。' | '…') {
            let put = if c == '.' && run == 2 { "." } else { "…" };
            patches.push(Patch::new(offset(i), offset(end), put));
        } else if run >= 2 && is_sign(c) {
            patches.push(Patch::drop(offset(i + 1), offset(end)));
        } else if run >= 4 && c.is_alphabetic() {
            patches.push(Patch::drop(offset(i + 2), offset(end)));
        } else if let Some((unit, times)) = phrase_run(&chars, i) {
            patches.push(Patch::drop(offset(i + unit), offset(i + unit * times)));
            end = i + unit * times;
        }
        i = end;
    }
    patches
}

/// Signs that say nothing more by being repeated; `*` and `#` hide digits, `<` and `>` bracket tags.
fn is_sign(c: char) -> bool {
    matches!(
        c,
        '！' | '？' | '，' | '、' | '；' | '：' | '～' | '~' | '!' | '?' | ',' | ';' | '^' | '—' | '·' | '“' | '”'
    )
}

/// Returns the length of the Chinese phrase at `start` that stands there three times or more, and how often.
fn phrase_run(chars: &[(usize, char)], start: usize) -> Option<(usize, usize)> {
    let first = chars[start].1;
    if !is_han(first) {
        return None;
    }
    (2..=6).find_map(|unit| {
        let again = |times: usize| chars.get(start + unit * times).is_some_and(|(_, c)| *c == first);
        // Hardly any line says its first character again twice at the same distance.
        let phrase = chars.get(start..start + unit).filter(|_| again(1) && again(2))?;
        if !phrase.iter().all(|(_, c)| is_han(*c)) {
            return None;
        }
        let times = chars[start..].chunks(unit).take_while(|next| same(next, phrase)).count();
        (times >= 3).then_some((unit, times))
    })
}

fn same(a: &[(usize, char)], b: &[(usize, char)]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|((_, a), (_, b))| a == b)
}

/// Writes Western signs behind Chinese as Chinese ones and drops separators at the start.
pub(crate) fn punctuation(text: &str) -> Vec<Patch> {
    let mut patches = Vec::new();
    let lead = text.len() - text.trim_start_matches([',', '，', '。', '、', ';', '；', ':', '：', ' ']).len();
    if lead > 0 && lead < text.len() {
        patches.push(Patch::drop(0, lead));
    }
    let mut previous = '\0';
    for (at, c) in text.char_indices() {
        let wide = match c {
            ',' => "，",
            '?' => "？",
            '!' => "！",
            ';' => "；",
            _ => "",
        };
        if at >= lead && !wide.is_empty() && is_han(previous) {
            // The blank that Western writing puts behind a sign goes with it.
            let blanks = text[at + 1..].len() - text[at + 1..].trim_start_matches(' ').len();
            patches.push(Patch::new(at, at + 1 + blanks, wide));
        }
        previous = c;
    }
    patches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::draft::check;

    #[test]
    fn letters_and_digits_fold_and_signs_that_cut_stay() {
        check(width, "ＡＰＰ登录不了，提示Ｅ００１", "APP登录不了，提示E001");
        check(width, "㎡ ① ㈱", "㎡ ① ㈱");
        check(width, "３．５％　利率", "3.5% 利率");
        check(width, "ａ＠ｂ．ｃｏｍ", "a@b.com");
    }

    #[test]
    fn blanks_close_up_only_in_spaced_out_words() {
        check(whitespace, "信 用 卡 还 款", "信用卡还款");
        check(whitespace, "iPhone 15 Pro 分期", "iPhone 15 Pro 分期");
        check(whitespace, "我要还款  怎么还", "我要还款 怎么还");
        check(whitespace, " 在吗\r\n想问下\n\n额度\u{a0}", "在吗\n想问下\n额度");
        check(whitespace, "多少天 ？", "多少天？");
    }

    #[test]
    fn runs_shorten_and_amounts_stay() {
        check(repeats, "怎么还没到账！！！！！！", "怎么还没到账！");
        check(repeats, "哈哈哈哈哈哈", "哈哈");
        check(repeats, "好好好，知道了", "好好好，知道了");
        check(repeats, "借了1000000元", "借了1000000元");
        check(repeats, "转人工转人工转人工", "转人工");
        check(repeats, "考虑考虑。。。", "考虑考虑…");
        check(repeats, "尾号****", "尾号****");
    }

    #[test]
    fn western_signs_behind_chinese_become_chinese() {
        check(punctuation, "提前还款, 要违约金吗?", "提前还款，要违约金吗？");
        check(punctuation, "Is it ok? 1,000", "Is it ok? 1,000");
        check(punctuation, "，，你好", "你好");
    }

    #[test]
    fn joiners_stay_in_pictures_alone() {
        check(zero_width, "转\u{200b}人\u{feff}工", "转人工");
        check(zero_width, "👨\u{200d}👩", "👨\u{200d}👩");
        check(zero_width, "a\u{200d}b\u{202e}", "ab");
    }
}
