//! The compatible form of a text (NFKC) in lower case: one width and one case, however it was typed.
//!
//! Nearly every text is made of signs whose form is the same whatever stands around them; they are told without the
//! tables of Unicode. Not here: traditional and simplified (`clean::chinese`), what else a comparison passes over.

use unicode_normalization::UnicodeNormalization;

/// Returns the compatible form of a text, in lower case.
///
/// ```
/// use daoshi::text::compatible::compatible;
/// assert_eq!(compatible("ＡＰＰ登录不了？"), "app登录不了?");
/// ```
pub fn compatible(text: &str) -> String {
    let mut form = String::with_capacity(text.len());
    for c in text.chars() {
        match alone(c) {
            Some(c) => form.push(c),
            None => return text.nfkc().flat_map(char::to_lowercase).collect(),
        }
    }
    form
}

/// Returns the form of a sign that is the same whatever usual sign stands beside it; `None` for an unusual sign.
pub fn alone(c: char) -> Option<char> {
    match c {
        '\0'..='\x7f' => Some(c.to_ascii_lowercase()),
        '\u{4e00}'..='\u{9fff}' | '。' | '、' => Some(c),
        // Full-width forms of ASCII stand in its order.
        '\u{ff01}'..='\u{ff5e}' => Some(((c as u32 - 0xfee0) as u8).to_ascii_lowercase() as char),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_short_way_comes_to_what_the_tables_of_unicode_say(
            text in "[信用卡還A-Zaａ０0-9 ，。、？！～<\t]{0,24}|[信eA\u{301}①é㎡，]{0,8}|\\PC{0,8}",
        ) {
            let form: String = text.nfkc().flat_map(char::to_lowercase).collect();
            prop_assert_eq!(compatible(&text), form);
        }

        #[test]
        fn every_usual_sign_has_the_form_the_tables_say(c in prop::sample::select(('\0'..='\u{ffff}').filter(|c| alone(*c).is_some()).collect::<Vec<_>>())) {
            let form: String = c.to_string().nfkc().flat_map(char::to_lowercase).collect();
            prop_assert_eq!(alone(c).map(String::from), Some(form));
        }
    }
}
