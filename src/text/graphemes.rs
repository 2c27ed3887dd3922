//! What a reader takes for one sign: a letter with its accents, a picture of several code points, CR LF.
//!
//! Where a stretch of a text may begin and end is decided here, for every hand that marks one. Not here: columns on a
//! screen, or words (`segment`).

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::range::ByteRange;

/// Returns where the signs of a text begin, and its end: one place more than there are signs.
pub fn edges(text: &str) -> Vec<u32> {
    let starts = text.grapheme_indices(true).map(|(at, _)| at as u32);
    starts.chain(std::iter::once(text.len() as u32)).collect()
}

/// Tells whether a stretch holds at least one sign and cuts none.
pub fn is_whole(text: &str, range: ByteRange) -> bool {
    let edges = edges(text);
    !range.is_empty() && edges.binary_search(&range.start).is_ok() && edges.binary_search(&range.end).is_ok()
}

/// Returns a stretch without the blanks at its ends; empty when it holds nothing else.
pub fn trimmed(text: &str, range: ByteRange) -> ByteRange {
    let inner = range.of(text);
    let blank = |sign: &&str| sign.chars().all(char::is_whitespace);
    let before: usize = inner.graphemes(true).take_while(blank).map(str::len).sum();
    let after: usize = inner.graphemes(true).rev().take_while(blank).map(str::len).sum();
    let start = range.start + before as u32;
    ByteRange { start, end: (range.end - (after as u32).min(range.end)).max(start) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_family_an_accent_a_flag_and_a_line_end_are_one_sign_each() {
        for sign in ["👨‍👩‍👧‍👦", "e\u{301}", "🇨🇳", "\r\n", "退", "👍🏽"] {
            assert_eq!(edges(sign), [0, sign.len() as u32], "{sign:?}");
        }
        assert!(!is_whole("e\u{301}", ByteRange::new(0, 1)), "the letter without its accent");
        assert!(!is_whole("ab", ByteRange::new(1, 1)));
        assert!(!is_whole("ab", ByteRange::new(1, 9)));
    }

    #[test]
    fn blanks_at_the_ends_go() {
        let check = |text: &str, left: &str| {
            assert_eq!(trimmed(text, ByteRange::new(0, text.len())).of(text), left, "{text:?}");
        };
        check(" \r\n张三　", "张三");
        check("张 三", "张 三");
        check(" \r\n", "");
    }

    proptest! {
        #[test]
        fn what_lies_between_two_edges_is_whole_and_stays_so_without_its_blanks(text in "\\PC{0,12}|[a \r\n退e\u{301}👨\u{200d}👩🏽]{0,12}") {
            let edges = edges(&text);
            for pair in edges.windows(2) {
                let range = ByteRange { start: pair[0], end: *edges.last().expect("an end") };
                prop_assert!(is_whole(&text, range));
                let inner = trimmed(&text, range);
                prop_assert!(inner.is_empty() || is_whole(&text, inner), "{inner:?}");
            }
        }
    }
}
