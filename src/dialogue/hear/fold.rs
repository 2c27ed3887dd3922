//! Folding: the one form in which texts are compared.

use crate::text::clean::chinese::simplified;
use crate::text::compatible::{alone, compatible};

/// Returns the text with full-width signs narrowed, letters lowered, traditional characters simplified and
/// ideographic stops as their plain twins.
pub fn fold(text: &str) -> String {
    let text = simplified(text);
    // Nearly every text is made of signs that fold one by one.
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match folded_alone(c) {
            Some(c) => folded.push(c),
            None => return whole(&text),
        }
    }
    folded
}

/// Returns the folded form of a sign that folds to one, whatever stands around it.
fn folded_alone(c: char) -> Option<char> {
    match c {
        '\t'..='\r' => Some(' '),
        '。' => Some('.'),
        '、' => Some(','),
        '’' | '‘' => Some('\''),
        _ => alone(c),
    }
}

fn whole(text: &str) -> String {
    compatible(text)
        .chars()
        .map(|c| match c {
            '。' => '.',
            '、' => ',',
            '’' | '‘' => '\'',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect()
}

/// Tells whether a sign only structures the text.
pub fn is_sign(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '…' | '—' | '~' | '“' | '”' | '「' | '」' | '《' | '》' | '【' | '】' | '·')
        // Smileys and other pictures say how, not what.
        || matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{fe0f}' | '\u{200d}')
}

/// Returns the folded text without signs at both ends.
pub fn bare(folded: &str) -> &str {
    folded.trim_matches(is_sign)
}

/// Returns the folded text without any sign, for comparing questions.
pub fn signless(folded: &str) -> String {
    folded.chars().filter(|&c| !is_sign(c)).collect()
}

/// Tells whether `inner` at `start..end` of `text` is not cut out of a longer Latin word or number.
pub fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let joins = |a: Option<char>, b: Option<char>| match (a, b) {
        (Some(a), Some(b)) => a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric(),
        _ => false,
    };
    let inner = &text[start..end];
    !joins(text[..start].chars().next_back(), inner.chars().next())
        && !joins(inner.chars().next_back(), text[end..].chars().next())
}

/// Finds each place of `inner` in `text` that stands alone.
pub fn places<'t>(text: &'t str, inner: &'t str) -> impl Iterator<Item = std::ops::Range<usize>> + 't {
    let found = if inner.is_empty() { None } else { Some(text.match_indices(inner)) };
    found
        .into_iter()
        .flatten()
        .map(|(start, part)| start..start + part.len())
        .filter(|range| stands_alone(text, range.start, range.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn full_width_and_capitals_fold() {
        assert_eq!(fold("ＯＫ，１２３。①"), "ok,123.1");
        assert_eq!(bare(&fold("！好的。 ")), "好的");
        assert_eq!(bare(&fold("確認👍❤️")), "确认");
    }

    proptest! {
        #[test]
        fn signs_that_fold_alone_fold_as_in_a_whole_text(text in "[ -~\t\n。、’‘\u{4e00}-\u{9fff}\u{ff01}-\u{ff5e}]{0,12}") {
            prop_assert_eq!(fold(&text), whole(&simplified(&text)));
        }
    }

    #[test]
    fn a_latin_word_is_not_cut_out_of_another() {
        assert_eq!(places("book ok", "ok").next(), Some(5..7));
        assert_eq!(places("我要ok吗", "ok").count(), 1);
        assert_eq!(places("", "").count(), 0);
    }
}
