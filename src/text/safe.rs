//! What may reach a terminal: imported text with every control made visible and every trick made plain.
//!
//! Called by everything that draws or prints imported text; [`Safe`] is the only form of it they accept.
//! Escape sequences, bidirectional overrides, invisible characters and piles of marks are the dangers
//! (CVE-2021-42574 "Trojan Source", log injection by OSC 52, one-cell zalgo). Not here: fitting a text into
//! columns (`tui::cells`), or changing what is stored: raw text stays untouched.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// The most bytes one safe text holds; a longer one ends in [`MORE`].
pub const LIMIT: usize = 4096;

/// The mark at the end of a text that was cut at [`LIMIT`].
pub const MORE: char = '…';

/// The most combining marks one base keeps (the stream-safe limit of UAX #15).
const MARKS: usize = 30;

/// The most bytes one grapheme, so one terminal cell, holds.
const CELL: usize = 128;

/// Text that may be written to a terminal as it is: one line, no control, no override, nothing invisible.
///
/// Made by [`safe`] and [`safe_block`] alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Safe(String);

impl Safe {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Safe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Safe {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Returns the one-line form of `text` that may be shown; line breaks become `⏎`.
///
/// ```
/// use daoshi::text::safe::safe;
/// assert_eq!(safe("额度\u{1b}[31m\n多少").as_str(), "额度␛[31m⏎多少");
/// ```
pub fn safe(text: &str) -> Safe {
    Safe(shown(text, LIMIT))
}

/// Returns the lines of `text`, each safe to show, [`LIMIT`] bytes at most over all of them.
pub fn safe_block(text: &str) -> Vec<Safe> {
    let mut lines = Vec::new();
    let mut left = LIMIT;
    for line in lines_of(text) {
        let line = shown(line, left);
        left = left.saturating_sub(line.len() + 1);
        let cut = left < MORE.len_utf8();
        lines.push(Safe(line));
        if cut {
            break;
        }
    }
    lines
}

/// Counts the characters of `text` that a reader would not see: invisible ones, overrides and controls.
///
/// A trainer's sign that a line is not what it seems; line breaks and tabs are not counted.
pub fn hidden(text: &str) -> usize {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return 0;
    }
    let mut previous = None;
    let mut count = 0;
    for c in text.chars() {
        let emoji_part = matches!(c, ZWJ | EMOJI_STYLE) && previous.is_some_and(is_pictograph);
        if !emoji_part
            && (is_invisible(c)
                || bidi_name(c).is_some()
                || (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}')))
        {
            count += 1;
        }
        if !matches!(c, EMOJI_STYLE) {
            previous = Some(c);
        }
    }
    count
}

/// Tells whether `c` shows nothing by itself: zero-width, filler, tag and soft hyphen characters.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Tells whether `c` is drawn as a picture, alone or before the emoji style selector.
pub fn is_pictograph(c: char) -> bool {
    matches!(c,
        '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | '↔'..='↙' | '↩' | '↪' | '\u{231a}'..='\u{2328}' | '\u{23cf}'..='\u{23fa}'
        | 'Ⓜ' | '▪' | '▫' | '▶' | '◀' | '◻'..='◾' | '\u{2600}'..='\u{27bf}' | '⤴' | '⤵' | '⬅'..='⬇' | '⬛' | '⬜'
        | '⭐' | '⭕' | '〰' | '〽' | '㊗' | '㊙' | '\u{1f000}'..='\u{1faff}')
}

const ZWJ: char = '\u{200d}';
const EMOJI_STYLE: char = '\u{fe0f}';

/// The breaks a terminal or a pager may act on.
fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match text.find(is_break) {
            None => rest.take(),
            Some(at) => {
                let wide = if text[at..].starts_with("\r\n") {
                    2
                } else {
                    text[at..].chars().next().expect("a break was found here").len_utf8()
                };
                rest = Some(&text[at + wide..]);
                Some(&text[..at])
            }
        }
    })
}

/// Returns the safe form of `text` in at most `limit` bytes.
fn shown(text: &str, limit: usize) -> String {
    if text.len() <= limit && text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return text.to_owned();
    }
    // What is shown is cut at the limit anyway; the slack leaves room for what shrinks.
    let head = &text[..boundary(text, limit * 8)];
    let mut out = plain(head, limit);
    if out.chars().any(|c| c as u32 > 0x2ff) {
        out = without_piles(out);
    }
    if out.len() > limit || head.len() < text.len() {
        out.truncate(boundary(&out, limit.saturating_sub(MORE.len_utf8())));
        if limit >= MORE.len_utf8() {
            // The cut may fall inside a picture of several characters.
            while out.ends_with([ZWJ, EMOJI_STYLE]) {
                out.pop();
            }
            out.push(MORE);
        }
    }
    out
}

/// Writes each character of `text` in its visible form, until `limit` is passed.
fn plain(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit) + 8);
    let mut column = 0;
    let mut marks = 0;
    let mut previous = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if out.len() > limit {
            break;
        }
        let before = out.len();
        match c {
            ' '..='~' => out.push(c),
            '\t' => out.extend(std::iter::repeat_n(' ', 4 - column % 4)),
            '\r' if chars.peek() == Some(&'\n') => continue,
            _ if is_break(c) => out.push('⏎'),
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + c as u32).expect("control pictures stand at 2400")),
            '\u{7f}' => out.push('␡'),
            ZWJ => {
                let joins = previous.is_some_and(|p| is_pictograph(p) || is_skin(p));
                if joins && chars.peek().copied().is_some_and(is_pictograph) {
                    out.push(c);
                }
            }
            EMOJI_STYLE => {
                if previous.is_some_and(is_pictograph) {
                    out.push(c);
                    continue;
                }
            }
            _ if is_invisible(c) => {}
            _ => match bidi_name(c) {
                Some(name) => {
                    out.push('⟦');
                    out.push_str(name);
                    out.push('⟧');
                }
                None if has_no_face(c) => out.push_str(&format!("U+{:04X}", c as u32)),
                None if is_combining_mark(c) => {
                    if previous.is_none() || marks == 0 && out.ends_with(['⏎', '⟧']) {
                        out.push('◌');
                    }
                    if marks < MARKS {
                        out.push(c);
                    }
                    marks += 1;
                    previous = previous.or(Some('◌'));
                    continue;
                }
                None => out.push(c),
            },
        }
        if out.len() > before {
            marks = 0;
            previous = Some(c);
            column += out[before..].chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
        }
    }
    out
}

/// Cuts every grapheme at [`CELL`] bytes: conjoining letters can pile up without one combining mark.
fn without_piles(mut text: String) -> String {
    while text.graphemes(true).any(|g| g.len() > CELL) {
        text = text.graphemes(true).fold(String::with_capacity(text.len()), |mut out, grapheme| {
            if grapheme.len() > CELL {
                out.push_str(&grapheme[..boundary(grapheme, CELL / 2)]);
                while out.ends_with([ZWJ, EMOJI_STYLE]) {
                    out.pop();
                }
                out.push('·');
            } else {
                out.push_str(grapheme);
            }
            out
        });
    }
    text
}

/// Returns the last character boundary at or before byte `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}

fn is_skin(c: char) -> bool {
    ('\u{1f3fb}'..='\u{1f3ff}').contains(&c)
}

/// The names Unicode gives the controls of writing direction, as rustc's lint lists them.
fn bidi_name(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{61c}' => "ALM",
        '\u{200e}' => "LRM",
        '\u{200f}' => "RLM",
        '\u{202a}' => "LRE",
        '\u{202b}' => "RLE",
        '\u{202c}' => "PDF",
        '\u{202d}' => "LRO",
        '\u{202e}' => "RLO",
        '\u{2066}' => "LRI",
        '\u{2067}' => "RLI",
        '\u{2068}' => "FSI",
        '\u{2069}' => "PDI",
        _ => return None,
    })
}

/// Tells whether `c` has no agreed look: C1 controls, private use, unassigned, and format characters
/// that swallow the character after them.
fn has_no_face(c: char) -> bool {
    static FACELESS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^[\p{Cc}\p{Cn}\p{Co}\p{Cf}]").expect("the pattern is a constant"));
    match c as u32 {
        0x80..=0x9f => true,
        // Latin to Cyrillic, general punctuation, CJK and Hangul have a face wherever they are assigned.
        0xa0..=0x2ff
        | 0x400..=0x4ff
        | 0x2010..=0x2027
        | 0x3001..=0x303e
        | 0x3041..=0x3096
        | 0x4e00..=0x9fff
        | 0xac00..=0xd7a3
        | 0xff01..=0xff5e => false,
        _ => FACELESS.is_match(c.encode_utf8(&mut [0; 4])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, shown: &str) {
        assert_eq!(safe(text).as_str(), shown);
    }

    #[test]
    fn plain_text_passes_as_it_is() {
        check("信用卡怎么还款？", "信用卡怎么还款？");
        check("How to activate my card?", "How to activate my card?");
        check("“引号” … — ① ㎡", "“引号” … — ① ㎡");
    }

    #[test]
    fn controls_are_visible() {
        check("\u{1b}]52;c;YQ==\u{7}", "␛]52;c;YQ==␇");
        check("a\u{9b}31mb\u{7f}", "aU+009B31mb␡");
        check("a\tb\t你\tc", "a   b   你  c");
        check("一\r\n二\n三\u{2028}四\r五\u{85}六", "一⏎二⏎三⏎四⏎五⏎六");
    }

    #[test]
    fn overrides_are_named() {
        check("卡号\u{202e}321\u{202c}", "卡号⟦RLO⟧321⟦PDF⟧");
        check("\u{2066}a\u{2069}\u{61c}", "⟦LRI⟧a⟦PDI⟧⟦ALM⟧");
    }

    #[test]
    fn the_invisible_is_dropped_and_counted() {
        let text = "转\u{200b}人\u{feff}工\u{ad}\u{e0041}";
        check(text, "转人工");
        assert_eq!(hidden(text), 4);
        assert_eq!(hidden("👨\u{200d}👩 ❤\u{fe0f}\n"), 0);
    }

    #[test]
    fn pictures_stay_whole() {
        check("👨\u{200d}👩\u{200d}👧 👍🏻 ❤\u{fe0f}", "👨\u{200d}👩\u{200d}👧 👍🏻 ❤\u{fe0f}");
        check("a\u{200d}b\u{fe0f}", "ab");
    }

    #[test]
    fn a_pile_of_marks_is_cut() {
        let zalgo = format!("a{}", "\u{301}".repeat(500));
        assert_eq!(safe(&zalgo).as_str().chars().count(), 31);
        check("\u{301}a", "◌\u{301}a");
        let jamo = "\u{1100}".repeat(300);
        assert!(safe(&jamo).as_str().graphemes(true).all(|g| g.len() <= CELL));
    }

    #[test]
    fn what_has_no_face_shows_its_number() {
        check("\u{e000}\u{10ffff}\u{378}", "U+E000U+10FFFFU+0378");
    }

    #[test]
    fn a_giant_line_is_cut_with_a_mark() {
        let shown = safe(&"卡".repeat(100_000)).into_string();
        assert!(shown.len() <= LIMIT && shown.ends_with(MORE));
        assert_eq!(safe(&"a".repeat(LIMIT)).as_str().len(), LIMIT, "a text at the limit is whole");
    }

    #[test]
    fn a_block_keeps_its_lines() {
        let lines: Vec<_> = safe_block("在吗\r\n\n额度\u{1b}").into_iter().map(Safe::into_string).collect();
        assert_eq!(lines, ["在吗", "", "额度␛"]);
        let total: usize = safe_block(&"一行\n".repeat(10_000)).iter().map(|l| l.as_str().len() + 1).sum();
        assert!(total <= LIMIT + MORE.len_utf8());
    }

    fn hostile() -> impl Strategy<Value = String> {
        let nasty = prop_oneof![
            Just('\u{1b}'),
            Just(ZWJ),
            Just(EMOJI_STYLE),
            Just('\u{301}'),
            Just('👩'),
            Just('🏻'),
            Just('\u{1100}'),
            Just('\u{11a8}'),
            Just('\u{202e}'),
            Just('\u{600}'),
            Just('\r'),
            Just('\n'),
            Just('\t'),
            Just('信'),
            Just('a'),
            any::<char>(),
        ];
        prop_oneof![
            proptest::collection::vec(nasty, 0..60).prop_map(|chars| chars.into_iter().collect::<String>()),
            (any::<char>(), 0usize..3000).prop_map(|(c, n)| c.to_string().repeat(n)),
        ]
    }

    proptest! {
        #[test]
        fn nothing_that_acts_on_a_terminal_comes_out(text in hostile()) {
            let shown = safe(&text).into_string();
            prop_assert!(shown.len() <= LIMIT);
            for c in shown.chars() {
                prop_assert!(!c.is_control() && bidi_name(c).is_none() && !is_break(c), "{:?}", c);
                prop_assert!(!is_invisible(c) || c == ZWJ || c == EMOJI_STYLE, "{:?}", c);
            }
            prop_assert!(shown.graphemes(true).all(|g| g.len() <= CELL));
        }

        #[test]
        fn safe_text_is_safe_already(text in hostile()) {
            let once = safe(&text);
            prop_assert_eq!(safe(once.as_str()), once);
        }

        #[test]
        fn a_block_is_its_lines(text in hostile()) {
            for line in safe_block(&text) {
                prop_assert_eq!(safe(line.as_str()), line);
            }
        }
    }
}
