//! One line to write in, with the terminal's real cursor at the caret, where input methods open their window.

use ratatui::Frame;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;

use crate::text::safe::safe;
use crate::tui::cells;
use crate::tui::key::{Code, Key};
use crate::tui::theme::{Role, Theme};
use crate::tui::widgets::paint;

/// A line of text being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    /// The caret's byte, always at a grapheme's edge.
    caret: usize,
    /// The whole text is a proposal: what is written next takes its place, moving or removing keeps it to be edited.
    proposed: bool,
}

impl Input {
    /// Returns a line that holds `text`, with the caret at its end.
    pub fn with(text: &str) -> Self {
        let mut input = Self::default();
        input.paste(text);
        input
    }

    /// Returns a line that proposes `text`: Enter takes it, writing replaces it, moving the caret edits it.
    pub fn proposing(text: &str) -> Self {
        Self { proposed: !text.is_empty(), ..Self::with(text) }
    }

    /// Returns what is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Tells whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Empties the line and returns what was written.
    pub fn take(&mut self) -> String {
        self.caret = 0;
        self.proposed = false;
        std::mem::take(&mut self.text)
    }

    /// Writes a text at the caret: line breaks become blanks, what cannot be seen is left out.
    pub fn paste(&mut self, text: &str) {
        self.make_way();
        let text = text.trim_end_matches(['\n', '\r']).replace(['\n', '\r', '\t'], " ");
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        self.text.insert_str(self.caret, safe(&text).as_str());
        self.caret += safe(&text).as_str().len();
        self.settle();
    }

    /// Takes a key that writes or moves the caret; `false` leaves it to the keymap.
    pub fn key(&mut self, key: Key) -> bool {
        if let Some(c) = key.text() {
            self.make_way();
            self.text.insert(self.caret, c);
            self.caret += c.len_utf8();
            self.settle();
            return true;
        }
        let before = (self.caret, self.text.len());
        match (key.code, key.ctrl, key.alt || key.shift) {
            (Code::Backspace, false, false) => self.remove(self.back(), self.caret),
            (Code::Delete, false, false) => self.remove(self.caret, self.forth()),
            (Code::Left, false, false) => self.caret = self.back(),
            (Code::Right, false, false) => self.caret = self.forth(),
            (Code::Left, true, false) => self.caret = self.word_back(),
            (Code::Right, true, false) => {
                self.caret = self.word_forth();
                self.settle();
            }
            (Code::Home, false, false) => self.caret = 0,
            (Code::End, false, false) => self.caret = self.text.len(),
            (Code::Char('u'), true, false) => self.remove(0, self.caret),
            _ => return false,
        }
        // What changes nothing here may mean something to the screen (Backspace, Home, Ctrl-Left …).
        std::mem::take(&mut self.proposed) || before != (self.caret, self.text.len())
    }

    /// Draws the line; when it has the keys, the caret is shown and kept in view.
    pub fn draw(&self, frame: &mut Frame, area: Rect, focused: bool, theme: &Theme) {
        let area = area.intersection(frame.area());
        if area.is_empty() {
            return;
        }
        let room = usize::from(area.width) - 1;
        let before = cells::tail(&self.text[..self.caret], room);
        let used = cells::width(before);
        let after = cells::head(&self.text[self.caret..], room + 1 - used);
        paint::clear(frame, Rect { height: 1, ..area }, if focused { Role::Text } else { Role::Dim }, theme);
        paint::line(frame, area, &[(Role::Text, before), (Role::Text, after)], theme);
        if focused {
            paint::tint(frame, Rect { height: 1, ..area }, Role::Word, theme);
            if self.proposed {
                let width = area.width.min(used as u16);
                paint::tint(frame, Rect { height: 1, width, ..area }, Role::Focus, theme);
            }
            paint::caret(frame, Rect { height: 1, ..area }, used as u16, 0);
        }
    }

    /// A proposal gives way to what is written in its place.
    fn make_way(&mut self) {
        if std::mem::take(&mut self.proposed) {
            self.take();
        }
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.caret = from;
        self.settle();
    }

    /// Two pieces may have joined into one grapheme; the caret goes behind it.
    fn settle(&mut self) {
        let edges = self.text.grapheme_indices(true).map(|(at, _)| at);
        self.caret = edges.into_iter().find(|at| *at >= self.caret).unwrap_or(self.text.len());
    }

    fn back(&self) -> usize {
        self.text[..self.caret].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn forth(&self) -> usize {
        self.text[self.caret..].graphemes(true).next().map_or(self.caret, |g| self.caret + g.len())
    }

    fn word_back(&self) -> usize {
        let mut words = self.text[..self.caret].unicode_word_indices();
        let start = words.next_back().map_or(0, |(at, _)| at);
        // A word may begin inside a grapheme; the caret never stands there.
        self.text.grapheme_indices(true).map(|(at, _)| at).take_while(|at| *at <= start).last().unwrap_or(0)
    }

    fn word_forth(&self) -> usize {
        let mut words = self.text[self.caret..].unicode_word_indices();
        words.next().map_or(self.text.len(), |(at, word)| self.caret + at + word.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn press(input: &mut Input, keys: &str) {
        for key in keys.split_whitespace() {
            input.key(Key::named(key).expect(key));
        }
    }

    #[test]
    fn writing_moving_and_removing() {
        let mut input = Input::with("退款");
        press(&mut input, "left 要 home 我 end backspace");
        assert_eq!(input.text(), "我退要");
        press(&mut input, "ctrl-u");
        assert!(input.is_empty());
        assert!(!input.key(Key::named("backspace").unwrap()), "an empty line leaves Backspace to the screen");
        assert!(!input.key(Key::named("enter").unwrap()));
    }

    #[test]
    fn a_proposal_is_replaced_by_writing_and_kept_by_moving() {
        let proposal = || Input::proposing("月供月息");
        let mut input = proposal();
        press(&mut input, "养 老");
        assert_eq!(input.text(), "养老");
        let mut input = proposal();
        input.paste("养老金");
        assert_eq!(input.text(), "养老金");
        let mut input = proposal();
        press(&mut input, "end 费");
        assert_eq!(input.text(), "月供月息费");
        let mut input = proposal();
        press(&mut input, "backspace 费");
        assert_eq!(input.text(), "月供月费");
        assert_eq!(proposal().take(), "月供月息");
    }

    #[test]
    fn a_paste_is_one_line_without_controls() {
        let mut input = Input::default();
        input.paste("一\n二\x1b[31m\u{202e}三\n");
        assert!(input.text().starts_with("一 二[31m"), "{}", input.text());
        assert!(!input.text().contains(['\x1b', '\u{202e}', '\n']));
    }

    #[test]
    fn a_word_that_begins_inside_a_grapheme_keeps_the_caret_before_it() {
        let mut input = Input::with("Σຳ");
        press(&mut input, "ctrl-left");
        assert_eq!(input.caret, 0);
    }

    proptest! {
        #[test]
        fn any_keys_keep_the_caret_at_an_edge(keys in prop::collection::vec(0usize..16, 0..60), text in "\\PC{0,12}") {
            const KEYS: [&str; 16] = ["left", "right", "home", "end", "backspace", "delete", "ctrl-u", "up", "ctrl-left",
                "ctrl-right", "a", "款", "\u{301}", "👩", "\u{200d}", "space"];
            let mut input = Input::with(&text);
            for key in keys {
                input.key(Key::named(KEYS[key]).unwrap());
                let edges: Vec<usize> = input.text.grapheme_indices(true).map(|(at, _)| at).collect();
                prop_assert!(input.caret == input.text.len() || edges.contains(&input.caret));
            }
        }
    }
}
