//! One key as the program knows it: a code and its modifiers, whatever terminal sent it.
//!
//! Made by `decode` from a terminal's bytes and by `keymap` from words such as `ctrl-left`. Full-width signs
//! and Chinese punctuation, which an input method sends when it was left on, are folded by [`Key::folded`] so
//! that they still work as commands. Not here: which action a key means (`keymap`).

use std::fmt;

/// What was pressed, without modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character as typed; its case is part of it.
    Char(char),
    /// A function key, from 1.
    F(u8),
    Enter,
    Tab,
    Backspace,
    Delete,
    Insert,
    Esc,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

/// One key press.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
    /// Never set for characters, whose case says it already.
    pub shift: bool,
}

/// The keys with a name of their own: code, word of the keymap, face on the screen.
const NAMED: [(Code, &str, &str); 16] = [
    (Code::Char(' '), "space", "Space"),
    (Code::Enter, "enter", "Enter"),
    (Code::Tab, "tab", "Tab"),
    (Code::Backspace, "backspace", "Bksp"),
    (Code::Delete, "delete", "Del"),
    (Code::Insert, "insert", "Ins"),
    (Code::Esc, "esc", "Esc"),
    (Code::Up, "up", "↑"),
    (Code::Down, "down", "↓"),
    (Code::Left, "left", "←"),
    (Code::Right, "right", "→"),
    (Code::Home, "home", "Home"),
    (Code::End, "end", "End"),
    (Code::PageUp, "pageup", "PgUp"),
    (Code::PageDown, "pagedown", "PgDn"),
    (Code::Char('-'), "minus", "-"),
];

impl Key {
    /// Returns the key without modifiers.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// Returns the key of a character.
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// Returns the key of a letter held with Ctrl.
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false, shift: false }
    }

    /// Returns the key that words such as `ctrl-left`, `F2`, `space` or `?` name.
    pub fn named(words: &str) -> Option<Self> {
        let mut key = Key::plain(Code::Esc);
        let mut rest = words;
        while let Some((head, tail)) = rest.split_once('-').filter(|(_, tail)| !tail.is_empty()) {
            match head.to_ascii_lowercase().as_str() {
                "ctrl" => key.ctrl = true,
                "alt" => key.alt = true,
                "shift" => key.shift = true,
                _ => return None,
            }
            rest = tail;
        }
        let lower = rest.to_ascii_lowercase();
        let mut chars = rest.chars();
        key.code = if let Some((code, ..)) = NAMED.iter().find(|(_, word, _)| *word == lower) {
            *code
        } else if let (Some(c), None) = (chars.next(), chars.next()) {
            Code::Char(if key.ctrl { c.to_ascii_lowercase() } else { c })
        } else {
            let number = lower.strip_prefix('f')?.parse().ok().filter(|n| (1..=24).contains(n))?;
            Code::F(number)
        };
        (!(key.shift && matches!(key.code, Code::Char(_)))).then_some(key)
    }

    /// Returns the key with full-width characters and Chinese punctuation turned into the keys they stand on.
    pub fn folded(self) -> Self {
        match self.code {
            Code::Char(c) => Key { code: Code::Char(half_width(c)), ..self },
            _ => self,
        }
    }

    /// Returns the character this key would write into a text; `None` for commands.
    pub fn text(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// Tells whether the key keeps its meaning while an input method is on: nothing but bare letters and signs fail.
    pub fn is_ime_safe(self) -> bool {
        match self.code {
            Code::Char(c) => self.ctrl || c == ' ' || c.is_ascii_digit(),
            _ => true,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        if self.alt {
            f.write_str("Alt-")?;
        }
        if self.shift {
            f.write_str("Shift-")?;
        }
        match (self.code, NAMED.iter().find(|(code, ..)| *code == self.code)) {
            (_, Some((_, _, face))) => f.write_str(face),
            (Code::Char(c), None) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            (Code::Char(c), None) => write!(f, "{c}"),
            (Code::F(n), None) => write!(f, "F{n}"),
            (_, None) => Ok(()),
        }
    }
}

/// Returns the ASCII character on the key that an input method turned into `c`.
fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '！'..='～' => char::from_u32(c as u32 - 0xfee0).expect("the full-width block mirrors ASCII"),
        '。' => '.',
        '、' => '/',
        '【' | '「' | '『' => '[',
        '】' | '」' | '』' => ']',
        '《' | '〈' => '<',
        '》' | '〉' => '>',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '·' => '`',
        '￥' | '¥' => '$',
        '…' => '^',
        '—' => '_',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_key() -> impl Strategy<Value = Key> {
        let named = (0..NAMED.len()).prop_map(|i| NAMED[i].0);
        let code =
            prop_oneof![named, (1u8..=24).prop_map(Code::F), "[!-~]".prop_map(|s| Code::Char(s.as_bytes()[0] as char))];
        (code, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(code, ctrl, alt, shift)| {
            let code = match code {
                Code::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
                other => other,
            };
            Key { code, ctrl, alt, shift: shift && !matches!(code, Code::Char(_)) }
        })
    }

    /// Writes a key in the words of the keymap.
    fn spelled(key: Key) -> String {
        let mut out = String::new();
        for (on, word) in [(key.ctrl, "ctrl-"), (key.alt, "Alt-"), (key.shift, "shift-")] {
            out.push_str(if on { word } else { "" });
        }
        match (key.code, NAMED.iter().find(|(code, ..)| *code == key.code)) {
            (_, Some((_, word, _))) => out.push_str(word),
            (Code::Char(c), _) => out.push(c),
            (Code::F(n), _) => out.push_str(&format!("F{n}")),
            _ => unreachable!("every other code is named"),
        }
        out
    }

    proptest! {
        #[test]
        fn every_key_can_be_named(key in any_key()) {
            prop_assert_eq!(Key::named(&spelled(key)), Some(key));
        }

        #[test]
        fn folding_twice_changes_nothing(c in any::<char>()) {
            let once = Key::char(c).folded();
            prop_assert_eq!(once.folded(), once);
        }

        #[test]
        fn naming_never_fails_badly(words in ".{0,12}") {
            let _ = Key::named(&words);
        }
    }

    #[test]
    fn an_input_method_left_on_still_gives_commands() {
        for (typed, meant) in
            [('１', '1'), ('／', '/'), ('？', '?'), ('：', ':'), ('　', ' '), ('【', '['), ('、', '/')]
        {
            assert_eq!(Key::char(typed).folded(), Key::char(meant));
        }
        assert_eq!(Key::char('退').folded(), Key::char('退'));
    }

    #[test]
    fn a_key_shows_its_face() {
        for (words, face) in
            [("ctrl-p", "Ctrl-P"), ("shift-tab", "Shift-Tab"), ("f1", "F1"), ("space", "Space"), ("u", "u")]
        {
            assert_eq!(Key::named(words).expect(words).to_string(), face);
        }
        assert_eq!(Key::named("shift-a"), None);
        assert_eq!(Key::named("hyper-a"), None);
        assert_eq!(Key::named("f99"), None);
    }
}
