//! Traditional to simplified, word by word (乾隆 stays, 頭髮 becomes 头发).

use std::borrow::Cow;
use std::sync::LazyLock;

use ferrous_opencc::{OpenCC, config::BuiltinConfig};

use crate::text::clean::draft::Patch;
use crate::text::clean::scan;

/// Returns `text` in simplified characters; borrowed when it holds no traditional one.
///
/// ```
/// assert_eq!(daoshi::text::clean::chinese::simplified("請問餘額"), "请问余额");
/// ```
pub fn simplified(text: &str) -> Cow<'_, str> {
    if scan::characters(text) & scan::TRADITIONAL == 0 { Cow::Borrowed(text) } else { Cow::Owned(convert(text)) }
}

/// Patches every character or stretch that conversion changes.
pub(crate) fn traditional(text: &str) -> Vec<Patch> {
    let converted = convert(text);
    if converted == text {
        return Vec::new();
    }
    let mut patches = Vec::new();
    if text.chars().count() == converted.chars().count() {
        for ((at, from), to) in text.char_indices().zip(converted.chars()) {
            if from != to {
                patches.push(Patch::new(at, at + from.len_utf8(), to.to_string()));
            }
        }
    } else {
        // A word became longer or shorter: the stretch between the common ends is one change.
        let head = common(text.char_indices().map(|(_, c)| c), converted.chars());
        let tail = common(text[head..].chars().rev(), converted[head..].chars().rev());
        patches.push(Patch::new(head, text.len() - tail, converted[head..converted.len() - tail].to_owned()));
    }
    patches
}

fn common(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

fn convert(text: &str) -> String {
    static OPENCC: LazyLock<OpenCC> =
        LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).expect("the dictionary is in the binary"));
    OPENCC.convert(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_check_knows_every_character_the_converter_changes() {
        for code in 0x3400..0xa000u32 {
            let c = char::from_u32(code).expect("no surrogates here").to_string();
            if convert(&c) != c && !scan::BOTH.iter().any(|both| c.starts_with(*both)) {
                assert_ne!(scan::characters(&c) & scan::TRADITIONAL, 0, "{c}");
            }
        }
    }

    #[test]
    fn words_decide_and_simplified_text_stays() {
        assert_eq!(simplified("乾隆头髮乾了"), "乾隆头发干了");
        assert!(matches!(simplified("我头发干了/干燥"), Cow::Borrowed(_)));
        assert_eq!(simplified("乾清宫几点开门"), "乾清宫几点开门");
    }

    #[test]
    fn each_changed_character_is_its_own_patch() {
        assert_eq!(traditional("問A審"), [Patch::new(0, 3, "问"), Patch::new(4, 7, "审")]);
    }
}
