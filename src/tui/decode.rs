//! A terminal's bytes become keys and pastes; nothing half-received can block or swallow what follows.
//!
//! Called by the key thread of `terminal` alone. The library that draws can also read keys, but it waits
//! without end on half a sequence and keeps every later key to itself when the end of a paste is lost
//! (crossterm #793, #993, #1110), which a slow or dropped SSH line makes ordinary. So the bytes are read here:
//! [`Decoder::feed`] takes what came, [`Decoder::settle`] is called after a pause and decides what was left
//! open. Not here: reading, clocks, signals.

use crate::tui::key::{Code, Key};

/// What a terminal said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Key(Key),
    /// Text that was pasted, with its line ends as `\n`.
    Paste(String),
}

/// The longest control sequence that is waited for; a longer one is noise.
const LONGEST: usize = 64;

/// The largest paste that is kept; the rest is dropped.
const LARGEST_PASTE: usize = 16 << 20;

const PASTE_START: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// The state between two reads.
#[derive(Debug, Default)]
pub struct Decoder {
    /// Bytes of a sequence or character that is not complete.
    open: Vec<u8>,
    /// The paste being received.
    paste: Option<Vec<u8>>,
}

/// What the first bytes of the open ones are.
enum Step {
    /// So many bytes are dealt with, and said this.
    Took(usize, Option<Said>),
    /// So many bytes begin a paste.
    Paste(usize),
    /// More bytes are needed.
    More,
}

impl Decoder {
    /// Takes bytes as they came and returns what they say.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Said> {
        self.open.extend_from_slice(bytes);
        let mut said = Vec::new();
        let mut at = 0;
        while at < self.open.len() {
            if let Some(paste) = &mut self.paste {
                let rest = &self.open[at..];
                if let Some(end) = find(rest, PASTE_END) {
                    keep(paste, &rest[..end]);
                    at += end + PASTE_END.len();
                    said.push(pasted(self.paste.take().unwrap_or_default()));
                } else {
                    // The end mark may be cut in two by the read.
                    let tail = (1..PASTE_END.len()).rev().find(|n| rest.ends_with(&PASTE_END[..*n])).unwrap_or(0);
                    keep(paste, &rest[..rest.len() - tail]);
                    at = self.open.len() - tail;
                    break;
                }
                continue;
            }
            match step(&self.open[at..]) {
                Step::Took(n, what) => {
                    at += n;
                    said.extend(what);
                }
                Step::Paste(n) => {
                    at += n;
                    self.paste = Some(Vec::new());
                }
                Step::More => break,
            }
        }
        self.open.drain(..at);
        said
    }

    /// Tells whether something is half received, so that [`Decoder::settle`] should follow a pause.
    pub fn is_open(&self) -> bool {
        !self.open.is_empty() || self.paste.is_some()
    }

    /// Tells whether a paste is being received; its bytes may come slowly.
    pub fn is_pasting(&self) -> bool {
        self.paste.is_some()
    }

    /// Decides what was left open, after a pause: a lone Esc is the Esc key, half a sequence is noise, and a paste
    /// whose end was lost ends here.
    pub fn settle(&mut self) -> Vec<Said> {
        let open = std::mem::take(&mut self.open);
        if let Some(mut paste) = self.paste.take() {
            keep(&mut paste, &open);
            return vec![pasted(paste)];
        }
        match open.as_slice() {
            [0x1b] => vec![Said::Key(Key::plain(Code::Esc))],
            [0x1b, 0x1b] => vec![Said::Key(Key::plain(Code::Esc)); 2],
            [0x1b, b'['] => vec![Said::Key(Key { alt: true, ..Key::char('[') })],
            [0x1b, b'O'] => vec![Said::Key(Key { alt: true, ..Key::char('O') })],
            _ => Vec::new(),
        }
    }
}

fn keep(paste: &mut Vec<u8>, bytes: &[u8]) {
    let room = LARGEST_PASTE.saturating_sub(paste.len());
    paste.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

fn pasted(bytes: Vec<u8>) -> Said {
    let text = String::from_utf8_lossy(&bytes);
    Said::Paste(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

fn step(bytes: &[u8]) -> Step {
    match bytes {
        [] => Step::More,
        [0x1b] => Step::More,
        // A second Esc ends the first.
        [0x1b, 0x1b, ..] if bytes.len() > 2 => Step::Took(1, Some(Said::Key(Key::plain(Code::Esc)))),
        [0x1b, 0x1b] => Step::More,
        [0x1b, b'[', rest @ ..] => control(rest),
        [0x1b, b'O', rest @ ..] => match rest {
            [] => Step::More,
            [last, ..] => Step::Took(3, keypad(*last).map(|code| Said::Key(Key::plain(code)))),
        },
        // Operating system, device and application strings: answers to questions, never keys.
        [0x1b, b']' | b'P' | b'_' | b'^' | b'X', rest @ ..] => string(rest),
        [0x1b, rest @ ..] => match character(rest) {
            Step::Took(n, Some(Said::Key(key))) => Step::Took(n + 1, Some(Said::Key(Key { alt: true, ..key }))),
            Step::Took(n, other) => Step::Took(n + 1, other),
            more => more,
        },
        _ => character(bytes),
    }
}

/// Reads `ESC [` parameters, final byte.
fn control(rest: &[u8]) -> Step {
    // The Linux console sends `ESC [ [ A` for F1.
    if let [b'[', ..] = rest {
        return match rest {
            [_, letter @ b'A'..=b'E', ..] => Step::Took(4, Some(Said::Key(Key::plain(Code::F(letter - b'A' + 1))))),
            [_, _, ..] => Step::Took(4, None),
            _ => Step::More,
        };
    }
    let Some(end) = rest.iter().position(|b| !(0x20..=0x3f).contains(b)) else {
        return if rest.len() > LONGEST { Step::Took(2 + rest.len(), None) } else { Step::More };
    };
    let (parameters, last, taken) = (&rest[..end], rest[end], 2 + end + 1);
    if !(0x40..=0x7e).contains(&last) {
        // A control inside a sequence breaks it off; read on from there.
        return Step::Took(2 + end, None);
    }
    if bytes_are(parameters, last, PASTE_START) {
        return Step::Paste(taken);
    }
    if last == b'M' && parameters.is_empty() {
        // An old mouse report: three bytes follow. Mouse is never asked for, but may be left on by another program.
        return if rest.len() < end + 4 { Step::More } else { Step::Took(taken + 3, None) };
    }
    Step::Took(taken, sequence(parameters, last).map(Said::Key))
}

fn bytes_are(parameters: &[u8], last: u8, whole: &[u8]) -> bool {
    whole.len() == parameters.len() + 3 && &whole[2..whole.len() - 1] == parameters && whole[whole.len() - 1] == last
}

/// Names the key of a complete sequence; `None` for reports and everything unknown.
fn sequence(parameters: &[u8], last: u8) -> Option<Key> {
    let text = std::str::from_utf8(parameters).ok()?;
    if text.starts_with(['<', '=', '>', '?']) {
        return None;
    }
    let mut numbers = text.split(';').map(|part| part.split(':').next().unwrap_or("").parse::<u32>().ok());
    let first = numbers.next().flatten();
    let modifiers = numbers.next().flatten();
    let code = match last {
        b'~' => match first? {
            1 | 7 => Code::Home,
            2 => Code::Insert,
            3 => Code::Delete,
            4 | 8 => Code::End,
            5 => Code::PageUp,
            6 => Code::PageDown,
            n @ 11..=15 => Code::F(n as u8 - 10),
            n @ 17..=21 => Code::F(n as u8 - 11),
            n @ 23..=26 => Code::F(n as u8 - 12),
            n @ 28..=29 => Code::F(n as u8 - 13),
            n @ 31..=34 => Code::F(n as u8 - 14),
            // `CSI 27 ; modifiers ; code ~`: xterm's other way to send modified characters.
            27 => coded(numbers.next().flatten()?)?,
            _ => return None,
        },
        b'u' => coded(first?)?,
        b'Z' => return Some(Key { shift: true, ..Key::plain(Code::Tab) }),
        // `CSI 24;80R` is a cursor report; the key F3 has 1 there.
        b'P'..=b'S' if first.is_some_and(|n| n != 1) => return None,
        _ => lettered(last)?,
    };
    let bits = modifiers.unwrap_or(1).saturating_sub(1);
    let mut key = Key { code, shift: bits & 1 != 0, alt: bits & 2 != 0, ctrl: bits & 4 != 0 };
    if let Code::Char(c) = code {
        let c = if key.shift && !key.ctrl { c.to_ascii_uppercase() } else { c };
        key = Key { code: Code::Char(if key.ctrl { c.to_ascii_lowercase() } else { c }), shift: false, ..key };
    }
    Some(key)
}

fn lettered(last: u8) -> Option<Code> {
    Some(match last {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'P'..=b'S' => Code::F(last - b'P' + 1),
        _ => return None,
    })
}

/// Names the key of `ESC O` and a letter: arrows and the keypad in application mode.
fn keypad(last: u8) -> Option<Code> {
    match last {
        b'M' => Some(Code::Enter),
        b'I' => Some(Code::Tab),
        b'j'..=b'y' => Some(Code::Char(b"*+,-./0123456789"[(last - b'j') as usize] as char)),
        _ => lettered(last),
    }
}

fn coded(number: u32) -> Option<Code> {
    Some(match number {
        9 => Code::Tab,
        13 => Code::Enter,
        27 => Code::Esc,
        127 | 8 => Code::Backspace,
        _ => Code::Char(char::from_u32(number).filter(|c| !c.is_control())?),
    })
}

/// Skips a string up to its terminator.
fn string(rest: &[u8]) -> Step {
    let bell = rest.iter().position(|b| *b == 0x07).map(|at| (at, 1));
    let closed = find(rest, b"\x1b\\").map(|at| (at, 2));
    match bell.into_iter().chain(closed).min() {
        Some((at, wide)) => Step::Took(2 + at + wide, None),
        None if rest.len() > LARGEST_PASTE => Step::Took(2 + rest.len(), None),
        None => Step::More,
    }
}

/// Reads one character or control key.
fn character(bytes: &[u8]) -> Step {
    let key = match bytes[0] {
        b'\r' | b'\n' => Key::plain(Code::Enter),
        b'\t' => Key::plain(Code::Tab),
        0x7f | 0x08 => Key::plain(Code::Backspace),
        0x00 => Key::ctrl(' '),
        0x1b => Key::plain(Code::Esc),
        byte @ 0x01..=0x1a => Key::ctrl((byte - 1 + b'a') as char),
        byte @ 0x1c..=0x1f => Key::ctrl((byte - 0x1c + b'\\') as char),
        byte @ 0x20..=0x7e => Key::char(byte as char),
        first => {
            let length = match first {
                0xc2..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf4 => 4,
                _ => return Step::Took(1, None),
            };
            let have = &bytes[..bytes.len().min(length)];
            return match std::str::from_utf8(have) {
                Ok(text) => {
                    Step::Took(length, text.chars().next().filter(|c| !c.is_control()).map(|c| Said::Key(Key::char(c))))
                }
                Err(error) if error.error_len().is_none() => Step::More,
                Err(_) => Step::Took(1, None),
            };
        }
    };
    Step::Took(1, Some(Said::Key(key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(bytes: &[u8], keys: &[&str]) {
        let mut decoder = Decoder::default();
        let mut said = decoder.feed(bytes);
        said.extend(decoder.settle());
        let want: Vec<Said> = keys.iter().map(|k| Said::Key(Key::named(k).expect(k))).collect();
        assert_eq!(said, want, "{}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn keys_of_common_terminals_are_known() {
        check(b"a", &["a"]);
        check("退款".as_bytes(), &["退", "款"]);
        check(b"\x1b[A\x1bOB\x1b[1;5C", &["up", "down", "ctrl-right"]);
        check(b"\x1bOP\x1b[12~\x1b[15~\x1b[24~\x1b[[C", &["f1", "f2", "f5", "f12", "f3"]);
        check(
            b"\x1b[1;2P\x1b[Z\x1b[3~\x1b[5~\x1b[6;5~",
            &["shift-f1", "shift-tab", "delete", "pageup", "ctrl-pagedown"],
        );
        check(b"\x10\x1a\x7f\r\t ", &["ctrl-p", "ctrl-z", "backspace", "enter", "tab", "space"]);
        check(b"\x1bx\x1b[27;5;13~\x1b[97;5u", &["alt-x", "ctrl-enter", "ctrl-a"]);
        check(b"\x1c", &["ctrl-\\"]);
    }

    #[test]
    fn a_lone_escape_waits_for_the_pause_and_then_is_the_key() {
        let mut decoder = Decoder::default();
        assert!(decoder.feed(b"\x1b").is_empty());
        assert!(decoder.is_open());
        assert_eq!(decoder.settle(), [Said::Key(Key::plain(Code::Esc))]);
        assert!(!decoder.is_open());
    }

    #[test]
    fn a_split_sequence_and_a_split_character_come_together() {
        let mut decoder = Decoder::default();
        assert!(decoder.feed(b"\x1b[1;").is_empty());
        assert_eq!(decoder.feed(b"5D"), [Said::Key(Key::named("ctrl-left").unwrap())]);
        let you = "你".as_bytes();
        assert!(decoder.feed(&you[..2]).is_empty());
        assert_eq!(decoder.feed(&you[2..]), [Said::Key(Key::char('你'))]);
    }

    #[test]
    fn half_a_sequence_is_forgotten_and_later_keys_live() {
        let mut decoder = Decoder::default();
        assert!(decoder.feed(b"\x1b[1;5").is_empty());
        assert!(decoder.settle().is_empty());
        assert_eq!(decoder.feed(b"q"), [Said::Key(Key::char('q'))]);
    }

    #[test]
    fn a_paste_is_one_event_however_it_is_cut() {
        let bytes = "\x1b[200~一行\r两行\x1b[31m\r\n\x1b[201~z".as_bytes();
        for cut in 0..bytes.len() {
            let mut decoder = Decoder::default();
            let mut said = decoder.feed(&bytes[..cut]);
            said.extend(decoder.feed(&bytes[cut..]));
            assert_eq!(said, [Said::Paste("一行\n两行\x1b[31m\n".into()), Said::Key(Key::char('z'))], "cut at {cut}");
        }
    }

    #[test]
    fn a_paste_whose_end_was_lost_ends_at_the_pause() {
        let mut decoder = Decoder::default();
        assert!(decoder.feed(b"\x1b[200~half\x1b[20").is_empty());
        assert!(decoder.is_pasting());
        assert_eq!(decoder.settle(), [Said::Paste("half\x1b[20".into())]);
        assert_eq!(decoder.feed(b"q"), [Said::Key(Key::char('q'))]);
    }

    #[test]
    fn late_answers_and_mouse_reports_are_no_keys() {
        check(
            b"\x1b[?62;c\x1b[24;80R\x1b]11;rgb:00/00/00\x07\x1bP1$r\x1b\\\x1b[<0;3;4Mx\x1b[M !!y\x1b[Iz",
            &["x", "y", "z"],
        );
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_leave_the_decoder_alive(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..24), 0..12)
        ) {
            let mut decoder = Decoder::default();
            for piece in &pieces {
                decoder.feed(piece);
            }
            decoder.settle();
            prop_assert_eq!(decoder.feed(b"k"), vec![Said::Key(Key::char('k'))]);
        }

        #[test]
        fn cutting_a_text_does_not_change_it(text in "[^\\x00-\\x1f\\x7f-\\x9f]{0,20}", cut in 0usize..60) {
            let bytes = text.as_bytes();
            let cut = cut.min(bytes.len());
            let mut decoder = Decoder::default();
            let mut said = decoder.feed(&bytes[..cut]);
            said.extend(decoder.feed(&bytes[cut..]));
            let want: Vec<Said> = text.chars().map(|c| Said::Key(Key::char(c))).collect();
            prop_assert_eq!(said, want);
        }
    }
}
