//! Text that was decoded with the wrong table: found, and where it can be turned back, the repair as a proposal.
//!
//! Cleaning only sets such text aside; real text must never be "repaired" by itself.

use std::sync::LazyLock;

use encoding_rs::{Encoding, GBK, WINDOWS_1252};
use regex::Regex;

use crate::text::clean::scan::is_han;

/// Returns what `text` said before it was decoded wrongly; `None` when that cannot be told.
///
/// ```
/// use daoshi::text::clean::mojibake::repair;
/// assert_eq!(repair("ä½ å¥½ï¼Œè¯·é—®").as_deref(), Some("你好，请问"));
/// assert_eq!(repair("锟斤拷锟斤拷"), None);
/// ```
pub fn repair(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    back(text, WINDOWS_1252).or_else(|| back(text, GBK)).filter(|found| {
        let readable = found.chars().filter(|c| is_han(*c) || matches!(c, '，' | '。' | '？' | '！' | '、')).count();
        found.chars().count() < text.chars().count() && readable > 0 && !found.chars().any(char::is_control)
    })
}

/// Reads the bytes that `wrong` gives for `text` as UTF-8.
fn back(text: &str, wrong: &'static Encoding) -> Option<String> {
    let (bytes, _, unmappable) = wrong.encode(text);
    if unmappable {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(&bytes) {
        return Some(text.to_owned());
    }
    // A hard blank (A0) is often turned into a plain one on the way.
    let mut bytes = bytes.into_owned();
    for at in 1..bytes.len() {
        if bytes[at] == b' ' && bytes[at - 1] >= 0x80 && bytes.get(at + 1).is_some_and(|next| *next >= 0x80) {
            bytes[at] = 0xa0;
        }
    }
    String::from_utf8(bytes).ok()
}

/// What GBK makes of frequent UTF-8 bytes and nobody writes.
const TRACES: &str = "锛銆鐨鏄鍙鎬鍦鎴鈥";

/// Tells whether `text` looks decoded wrongly, as a whole or in the part that matters.
pub(crate) fn is_mojibake(text: &str) -> bool {
    let total = text.chars().count();
    let lost =
        text.matches('\u{fffd}').count() + 3 * text.matches("锟斤拷").count() + 3 * text.matches("烫烫烫").count();
    if lost * 5 >= total.max(1) {
        return true;
    }
    let traces = text.chars().filter(|c| TRACES.contains(*c)).count();
    traces >= 2 || traces == 1 && text.contains('\u{fffd}') || has_torn_markup(text) || repair(text).is_some()
}

/// Tells whether half a tag was left when a character in front of it broke: `因?yàn)?a href="…"`.
fn has_torn_markup(text: &str) -> bool {
    static TORN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"\b(?:href|src|target|class|style)=(?:\\?["']|[^\s]*>)"#).expect("the pattern is a constant")
    });
    TORN.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wrong_decoding_is_seen_and_right_text_is_not() {
        for text in [
            "ä½ å¥½ï¼Œè¯·é—®",
            "锟斤拷锟斤拷",
            "因?yàn)?a href=\"/tags/2118.html\" target=\"_blank\" >智能客服系统",
            "\u{fffd}\u{fffd}卡",
            "浣犲ソ",
            "浣犲ソ锛岃\u{fffd}烽棶",
            "鎬庝箞杩樻\u{fffd}",
            "浣犲ソ锛岃?烽棶涓?涓?銆?",
        ] {
            assert!(is_mojibake(text), "{text}");
        }
        for text in ["烫伤能理赔吗", "café 在哪", "涓涓细流", "浣熊卡怎么办", "我的卡被锁了，\u{fffd}怎么解锁才可以用"]
        {
            assert!(!is_mojibake(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_as_western_is_read_back(text in "[\u{4e00}-\u{9fa5}，。？]{2,12}") {
            let (wrong, _) = WINDOWS_1252.decode_without_bom_handling(text.as_bytes());
            prop_assert_eq!(repair(&wrong), Some(text));
        }
    }
}
