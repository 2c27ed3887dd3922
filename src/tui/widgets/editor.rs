//! Many lines to write in: the policy, a guideline, a script. Undo of its own, line numbers, a marked line.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui_textarea::{CursorMove, Input, Key as AreaKey, TextArea, WrapMode};

use crate::text::safe::safe_block;
use crate::tui::cells;
use crate::tui::key::{Code, Key};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::paint;

/// A text of many lines being written.
#[derive(Debug, Clone)]
pub struct Editor {
    area: TextArea<'static>,
    /// Line breaks wrap long lines instead of scrolling sideways.
    wraps: bool,
    /// The line (from 0) that something is wrong with.
    wrong: Option<usize>,
    numbered: bool,
}

impl Editor {
    /// Returns an editor for text in lines that matter, such as YAML: numbered, never wrapped.
    pub fn code(text: &str) -> Self {
        Self { area: area_of(text), wraps: false, wrong: None, numbered: true }
    }

    /// Returns an editor for prose: wrapped, without numbers.
    pub fn prose(text: &str) -> Self {
        let mut area = area_of(text);
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        Self { area, wraps: true, wrong: None, numbered: false }
    }

    /// Returns what is written.
    pub fn text(&self) -> String {
        let mut text = self.area.lines().join("\n");
        if self.numbered && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    /// Returns the caret's line and character, from 0.
    pub fn position(&self) -> (usize, usize) {
        let cursor = self.area.cursor();
        (cursor.0, cursor.1)
    }

    /// Puts the caret on a line and a character, from 0.
    pub fn go(&mut self, line: usize, character: usize) {
        let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(small(line), small(character)));
    }

    /// Marks the line (from 0) that something is wrong with, or none.
    pub fn mark_wrong(&mut self, line: Option<usize>) {
        self.wrong = line;
    }

    /// Writes a text at the caret; what cannot be seen is left out.
    pub fn paste(&mut self, text: &str) {
        self.area.insert_str(clean(text));
    }

    /// Takes a key that writes, moves or undoes in the text; `false` leaves it to the keymap.
    pub fn key(&mut self, key: Key) -> bool {
        let plain = |key: AreaKey| Input { key, ctrl: false, alt: false, shift: false };
        let moved = |area: &mut TextArea, to: CursorMove| {
            let before = area.cursor();
            area.move_cursor(to);
            before != area.cursor()
        };
        let area = &mut self.area;
        match (key.code, key.ctrl, key.alt) {
            (Code::Char(c), false, false) => area.insert_char(c),
            (Code::Enter, false, false) => area.insert_newline(),
            (Code::Tab, false, false) if !key.shift => {
                area.insert_str("  ");
            }
            (Code::Backspace, false, false) => return area.input_without_shortcuts(plain(AreaKey::Backspace)),
            (Code::Delete, false, false) => return area.input_without_shortcuts(plain(AreaKey::Delete)),
            (Code::Char('z'), true, false) => return area.undo(),
            (Code::Char('y'), true, false) => return area.redo(),
            (Code::Left, false, false) => return moved(area, CursorMove::Back),
            (Code::Right, false, false) => return moved(area, CursorMove::Forward),
            (Code::Up, false, false) => return moved(area, CursorMove::Up),
            (Code::Down, false, false) => return moved(area, CursorMove::Down),
            (Code::Left, true, false) => return moved(area, CursorMove::WordBack),
            (Code::Right, true, false) => return moved(area, CursorMove::WordForward),
            (Code::Home, false, false) => return moved(area, CursorMove::Head),
            (Code::End, false, false) => return moved(area, CursorMove::End),
            (Code::Home, true, false) => {
                moved(area, CursorMove::Top);
                return moved(area, CursorMove::Head);
            }
            (Code::End, true, false) => {
                moved(area, CursorMove::Bottom);
                return moved(area, CursorMove::End);
            }
            (Code::PageUp, false, false) | (Code::Char('u'), true, false) => {
                area.scroll(ratatui_textarea::Scrolling::PageUp)
            }
            (Code::PageDown, false, false) | (Code::Char('d'), true, false) => {
                area.scroll(ratatui_textarea::Scrolling::PageDown);
            }
            _ => return false,
        }
        true
    }

    /// Draws the text; when it has the keys, the caret is the terminal's own.
    pub fn draw(&self, frame: &mut Frame, area: Rect, focused: bool, theme: &Theme) {
        let area = area.intersection(frame.area());
        if area.is_empty() {
            return;
        }
        let mut shown = self.area.clone();
        shown.set_style(theme.of(Role::Text));
        shown.set_cursor_line_style(ratatui::style::Style::new());
        // The terminal's own cursor is shown instead.
        shown.set_cursor_style(ratatui::style::Style::new());
        if self.numbered {
            shown.set_line_number_style(theme.of(Role::Dim));
        }
        frame.render_widget(&shown, area);
        let (top, left) = shown.scroll_offset();
        let margin = if self.numbered { shown.line_number_width() } else { 0 };
        if let Some(wrong) = self.wrong.and_then(|line| line.checked_sub(usize::from(top)))
            && let Some(row) = paint::rows(area).nth(wrong)
            && !self.wraps
        {
            paint::tint(frame, row, Role::Bad, theme);
        }
        if focused {
            let at = self.area.screen_cursor();
            let row = at.row.saturating_sub(usize::from(top));
            let column = self.column(&at, margin).saturating_sub(usize::from(left));
            paint::caret(frame, area, column as u16, row as u16);
        }
    }

    /// Returns the caret's column from the left edge of the text before scrolling.
    fn column(&self, at: &ratatui_textarea::ScreenCursor, margin: u16) -> usize {
        if self.wraps {
            return usize::from(margin) + at.col;
        }
        let (line, character) = self.position();
        let line = self.area.lines().get(line).map_or("", String::as_str);
        let before = line.char_indices().nth(character).map_or(line, |(at, _)| &line[..at]);
        usize::from(margin) + cells::width(before)
    }
}

fn area_of(text: &str) -> TextArea<'static> {
    let mut lines: Vec<String> = clean(text).split('\n').map(str::to_owned).collect();
    if lines.len() > 1 && lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let mut area = TextArea::new(lines);
    area.set_tab_length(2);
    area
}

/// Leaves out what cannot be seen; a text longer than the safe limit is cleaned line by line.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "  ");
    let lines = text.split('\n').map(|line| {
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        safe_block(&line).first().map(|safe| safe.as_str().to_owned()).unwrap_or_default()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::Terminal;
    use ratatui::backend::{Backend, TestBackend};

    use crate::tui::theme::Depth;

    fn caret_of(editor: &Editor, width: u16, height: u16) -> (u16, u16) {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let theme = Theme::named("dark", Depth::True).unwrap();
        terminal.draw(|frame| editor.draw(frame, frame.area(), true, &theme)).unwrap();
        let position = terminal.backend_mut().get_cursor_position().unwrap();
        (position.x, position.y)
    }

    #[test]
    fn the_terminal_cursor_stands_at_the_caret() {
        let mut editor = Editor::code("intents:\n  - 退款\n");
        editor.go(1, 5);
        let margin = 3;
        assert_eq!(caret_of(&editor, 40, 5), (margin + 6, 1));
        editor.key(Key::char('货'));
        assert_eq!(caret_of(&editor, 40, 5), (margin + 8, 1));
        assert_eq!(editor.text(), "intents:\n  - 退货款\n");
    }

    #[test]
    fn it_undoes_and_redoes_by_itself() {
        let mut editor = Editor::prose("");
        editor.paste("一行\n两行");
        assert!(editor.key(Key::ctrl('z')));
        assert_eq!(editor.text(), "");
        assert!(editor.key(Key::ctrl('y')));
        assert_eq!(editor.text(), "一行\n两行");
        assert!(!editor.key(Key::named("F9").unwrap()));
    }

    #[test]
    fn a_pasted_escape_sequence_is_harmless() {
        let mut editor = Editor::code("");
        editor.paste("a: \x1b]52;c;eA==\x07b\u{202e}\n\tc: 1");
        assert!(!editor.text().contains(['\x1b', '\x07', '\u{202e}', '\t']));
        assert!(editor.text().contains("\n  c: 1"));
    }

    proptest! {
        #[test]
        fn what_is_opened_is_what_is_saved(lines in prop::collection::vec("[ -~退款，。]{0,20}", 1..8)) {
            let text = format!("{}\n", lines.join("\n"));
            prop_assume!(text != "\n" && !text.ends_with("\n\n"));
            prop_assert_eq!(Editor::code(&text).text(), text);
        }

        #[test]
        fn every_size_draws(width in 1u16..60, height in 1u16..12, text in "[ -~退款\n]{0,80}", line in 0usize..9) {
            for mut editor in [Editor::code(&text), Editor::prose(&text)] {
                editor.go(line, 7);
                editor.mark_wrong(Some(line));
                let (x, y) = caret_of(&editor, width, height);
                prop_assert!(x < width && y < height);
            }
        }
    }
}
