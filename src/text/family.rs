//! Which utterances are the same but for trifles: one key for all of them.
//!
//! Called by `clean` and `group`. Trifles are width, case, script, punctuation, blanks, moods and final
//! particles. Digits, negation and every other word count: 3万/5万 and 可以/不可以 are never one family. Not
//! here: families whose words differ a little (`near`).

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
use xxhash_rust::xxh3::xxh3_64;

use crate::text::clean::chinese::simplified;
use crate::text::clean::scan::{is_alphanumeric, is_traditional};
use crate::text::compatible::alone;
use crate::text::language::tag_end;
use crate::text::safe::is_invisible;

/// Returns the key that `text` shares with its family.
///
/// ```
/// use daoshi::text::family::family_key;
/// assert_eq!(family_key("提前还款要违约金吗？"), family_key("提前还款，要违约金吗?"));
/// assert_ne!(family_key("可以提前还款吗"), family_key("不可以提前还款吗"));
/// ```
pub fn family_key(text: &str) -> u64 {
    xxh3_64(folded(text).as_bytes())
}

/// Returns the form that a family shares; the text itself when nothing else is left of it.
pub fn folded(text: &str) -> String {
    let simple = plain(text);
    let mut out = String::with_capacity(simple.len());
    let mut skip = 0;
    let mut last = None;
    let mut chars = simple.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let before: Option<char> = last.replace(c);
        if at < skip {
            continue;
        }
        if c == '<'
            && let Some(end) = tag_end(&simple[at..])
        {
            let tag = &simple[at..at + end];
            if !tag.starts_with("<emo:") {
                out.push_str(tag);
            }
            skip = at + end;
            continue;
        }
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let mut in_number = || digit(before) && digit(chars.peek().map(|(_, c)| *c));
        let counts = is_alphanumeric(c) || !is_trifle(c) || matches!(c, '.' | '-' | ':' | '/' | '~') && in_number();
        if counts {
            out.push(c);
        }
    }
    strip_particles(&mut out);
    if out.is_empty() { text.to_owned() } else { out }
}

/// Returns `text` in one width, one case and one script.
pub(crate) fn plain(text: &str) -> String {
    if let Some(plain) = usual(text) {
        return plain;
    }
    let composed: String = match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => text.chars().flat_map(char::to_lowercase).collect(),
        _ => text.nfkc().flat_map(char::to_lowercase).collect(),
    };
    match simplified(&composed) {
        Cow::Borrowed(_) => composed,
        Cow::Owned(simple) => simple,
    }
}

/// Returns the form of a text of simplified Chinese and ASCII, without the tables of Unicode; most are such.
fn usual(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        plain.push(alone(c).filter(|_| c.is_ascii() || !is_traditional(c))?);
    }
    Some(plain)
}

/// Signs that change nothing; what is not listed (%, +, <, ¥, …) may.
pub(crate) fn is_trifle(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_invisible(c)
        || matches!(c,
            ',' | '.' | '?' | '!' | ';' | ':' | '"' | '\'' | '`' | '(' | ')' | '[' | ']' | '{' | '}' | '-' | '_' | '~' | '/' | '\\' | '|' | '^'
            | '·' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}'
            | '\u{ff5e}' | '\u{fe30}'..='\u{fe4f}')
}

/// Drops particles at the end, as long as words are left.
fn strip_particles(text: &mut String) {
    while let Some(last) = text.chars().next_back() {
        let before = text[..text.len() - last.len_utf8()].chars().next_back();
        let particle = match last {
            '吗' | '呢' | '啊' | '呀' | '嘛' | '啦' | '喔' | '噢' | '哦' | '呗' | '哈' => true,
            '么' => !before.is_some_and(|c| "什怎这那多要".contains(c)),
            '吧' => !before.is_some_and(|c| "网酒贴氧水".contains(c)),
            _ => false,
        };
        if !particle || before.is_none() {
            break;
        }
        text.truncate(text.len() - last.len_utf8());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn trifles_make_one_family() {
        for (a, b) in [
            ("提前还款要违约金吗？", "提前还款，要违约金吗?"),
            ("ＡＰＰ登录不了", "app登录不了"),
            ("請問貸款審批", "请问贷款审批"),
            ("可以吗", "可以"),
            ("好的<emo:微笑>", "好的。"),
            ("信用卡 还款", "信用卡还款"),
            ("怎么办呀", "怎么办"),
        ] {
            assert_eq!(family_key(a), family_key(b), "{a} / {b}");
        }
    }

    #[test]
    fn digits_negation_and_signs_that_count_keep_families_apart() {
        for (a, b) in [
            ("可以", "不可以"),
            ("3万怎么贷", "5万怎么贷"),
            ("3.5万", "35万"),
            ("12-24期", "1224期"),
            ("利率<3%", "利率>3%"),
            ("什么", "什"),
            ("去网吧", "去网"),
            ("我的<phone>", "我的<email>"),
            ("？", "！"),
        ] {
            assert_ne!(family_key(a), family_key(b), "{a} / {b}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_comes_to_what_the_tables_of_unicode_say(text in "[信用卡還乾吗A-Za-zＡ０0-9 ，。、？！～.<>é①]{0,24}") {
            let composed: String = text.nfkc().flat_map(char::to_lowercase).collect();
            prop_assert_eq!(plain(&text), simplified(&composed).into_owned());
        }

        #[test]
        fn folding_twice_is_folding_once(text in "[信用卡還款吗呢么吧啊A-Za-zＡ０0-9 ，。？！.<>:%-]{0,24}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }

        #[test]
        fn a_mark_behind_a_text_changes_nothing(text in "[信用卡还款a-z0-9]{1,20}", mark in "[，。！？~ ]{1,3}") {
            prop_assert_eq!(family_key(&format!("{text}{mark}")), family_key(&text));
        }
    }
}
