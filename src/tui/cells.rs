//! Text measured and cut in terminal columns: a Chinese character takes two, a combining mark none.
//!
//! Called by every widget. Widths come from the same tables the drawing library uses, so what is measured is
//! what is drawn. Everything that is cut, padded or wrapped here is made safe first (`text::safe`), so no
//! imported text can move the cursor or change a colour. Not here: colours (`theme`) or where a text stands.

use ratatui::buffer::CellWidth;
use unicode_segmentation::UnicodeSegmentation;

use crate::text::language::without_emoji;
use crate::text::safe::{safe, safe_block};

/// The mark of a text that was cut.
const CUT: &str = "…";

/// Returns how many columns a text takes.
pub fn width(text: &str) -> usize {
    text.graphemes(true).map(columns).sum()
}

/// Columns of a name made of a text.
const NAME: usize = 40;

/// Returns a text as a name: its first words without emoji and without the marks at its end.
pub fn named(text: &str) -> String {
    cut(&without_emoji(text), NAME).trim_end_matches(['?', '？', '。', '…', ' ']).to_string()
}

/// Returns `text`, made safe and cut to at most `columns`; a cut text ends in `…`.
pub fn cut(text: &str, columns: usize) -> String {
    let text = safe(text);
    let text = text.as_str();
    if width(text) <= columns {
        return text.to_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let mut out = head(text, columns - 1).to_owned();
    out.push_str(CUT);
    out
}

/// Returns `text` cut and padded on the right to exactly `columns`.
pub fn fit(text: &str, columns: usize) -> String {
    let mut out = cut(text, columns);
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(width(&out))));
    out
}

/// Returns `text` cut and padded on the left to exactly `columns`, as figures stand.
pub fn fit_right(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let mut out = " ".repeat(columns.saturating_sub(width(&text)));
    out.push_str(&text);
    out
}

/// Returns the longest beginning of `text` that takes at most `columns`.
pub fn head(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += self::columns(grapheme);
        if used > columns {
            return &text[..at];
        }
    }
    text
}

/// Returns the longest end of `text` that takes at most `columns`.
pub fn tail(text: &str, columns: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += self::columns(grapheme);
        if used > columns {
            return &text[at + grapheme.len()..];
        }
    }
    text
}

/// Breaks `text`, made safe, into lines of at most `columns`: between words, between Chinese characters, and
/// never before a sign that may not begin a line, unless nothing else fits.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    for paragraph in safe_block(text) {
        wrap_line(paragraph.as_str(), columns, &mut lines);
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

fn wrap_line(text: &str, columns: usize, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces(text) {
        let wide = width(piece);
        if used + width(piece.trim_end()) > columns && used > 0 {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0;
        }
        if wide > columns {
            // A word longer than the line is cut wherever it must be.
            for grapheme in piece.graphemes(true) {
                let wide = self::columns(grapheme);
                if used + wide > columns {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push_str(grapheme);
                used += wide;
            }
        } else {
            line.push_str(piece);
            used += wide;
        }
    }
    lines.push(line.trim_end().to_owned());
}

/// Splits a line into the pieces that stay together; joined they are the line.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut previous = "";
    for (at, grapheme) in text.grapheme_indices(true) {
        let breaks = at > start
            && !opens(previous)
            && !closes(grapheme)
            && (previous == " " && grapheme != " " || is_wide(previous) || is_wide(grapheme) && grapheme != " ");
        if breaks {
            pieces.push(&text[start..at]);
            start = at;
        }
        previous = grapheme;
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

fn is_wide(grapheme: &str) -> bool {
    columns(grapheme) > 1
}

/// Signs that may not end a line.
fn opens(grapheme: &str) -> bool {
    matches!(grapheme, "（" | "《" | "「" | "『" | "【" | "“" | "‘" | "(" | "[" | "¥" | "￥")
}

/// Signs that may not begin a line.
fn closes(grapheme: &str) -> bool {
    matches!(
        grapheme,
        "，" | "。"
            | "、"
            | "；"
            | "："
            | "？"
            | "！"
            | "）"
            | "》"
            | "」"
            | "』"
            | "】"
            | "”"
            | "’"
            | "…"
            | "—"
            | "·"
            | "%"
            | "％"
            | ","
            | "."
            | ";"
            | ":"
            | "?"
            | "!"
            | ")"
            | "]"
            | " "
    )
}

/// Returns the columns of one grapheme as the drawing library gives them; a control takes none, for it is not drawn.
fn columns(grapheme: &str) -> usize {
    if grapheme.chars().any(char::is_control) { 0 } else { usize::from(grapheme.cell_width()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn a_text_becomes_a_name() {
        assert_eq!(named("在吗在吗？？<emo:微笑>"), "在吗在吗");
        assert_eq!(named("where is my parcel?"), "where is my parcel");
        assert_eq!(named(&"还款".repeat(20)), "还款".repeat(9) + "还");
        assert_eq!(named("？？…"), "");
    }

    #[test]
    fn a_chinese_text_is_cut_at_a_whole_character() {
        assert_eq!(cut("提前还款要收违约金吗", 9), "提前还款…");
        assert_eq!(cut("提前还款要收违约金吗", 8), "提前还…");
        assert_eq!(fit("提前还款", 6), "提前… ");
        assert_eq!(fit_right("×96", 6), "   ×96");
        assert_eq!(cut("退款", 0), "");
        assert_eq!(tail("abc退款", 5), "c退款");
    }

    #[test]
    fn no_line_begins_with_a_closing_sign() {
        assert_eq!(wrap("您好，请问您要办理什么业务？", 8), ["您好，请", "问您要办", "理什么业", "务？"]);
        assert_eq!(wrap("一二三四，五", 8), ["一二三", "四，五"]);
        assert_eq!(wrap("please hold the line", 10), ["please", "hold the", "line"]);
    }

    #[test]
    fn an_escape_sequence_never_comes_out() {
        assert!(!cut("\x1b[31m红", 10).contains('\x1b'));
        assert!(wrap("a\x1b]52;c;xx\x07\u{202e}b", 10).iter().all(|l| !l.contains(['\x1b', '\x07', '\u{202e}'])));
    }

    proptest! {
        #[test]
        fn fitted_text_has_exactly_its_columns(text in "\\PC{0,30}", columns in 0usize..40) {
            prop_assert_eq!(width(&fit(&text, columns)), columns);
            prop_assert_eq!(width(&fit_right(&text, columns)), columns);
        }

        #[test]
        fn wrapped_lines_stay_inside_and_keep_every_character(text in "[a-z 退款您好，。？！（）]{0,60}", columns in 4usize..30) {
            let lines = wrap(&text, columns);
            prop_assert!(lines.iter().all(|line| width(line) <= columns));
            let kept: String = lines.concat().split(' ').collect();
            let meant: String = text.split(' ').collect();
            prop_assert_eq!(kept, meant);
        }

        #[test]
        fn pieces_join_back(text in "[a-z 退款，。（）]{0,40}") {
            prop_assert_eq!(pieces(&text).concat(), text);
        }

        #[test]
        fn a_text_drawn_takes_the_columns_measured(text in "\\PC{1,12}") {
            let safe = fit(&text, 40);
            let mut buffer = Buffer::empty(Rect::new(0, 0, 60, 1));
            let (end, _) = buffer.set_stringn(0, 0, &safe, 60, Style::new());
            prop_assert_eq!(usize::from(end), 40);
        }
    }
}
