//! Where lines go: data to stdout, words to stderr; everything passes `text::safe`.

use std::io::{IsTerminal, Write};

use crate::i18n::{Words, fill};
use crate::text::safe::safe;

/// The two streams and the language spoken on them.
#[derive(Clone, Copy)]
pub struct Printer {
    pub words: &'static Words,
}

impl Printer {
    /// Prints a line of data; tabs stay, since they part its fields.
    pub fn data(&self, line: &str) {
        let fields: Vec<String> = line.split('\t').map(|field| safe(field).to_string()).collect();
        // A reader that closed the pipe has what it wanted.
        let _ = writeln!(std::io::stdout().lock(), "{}", fields.join("\t"));
    }

    /// Prints a value as one line of JSON.
    pub fn json(&self, value: &serde_json::Value) {
        // JSON escapes what could drive a terminal, but for C1 and bidi signs, which `escape` takes.
        let _ = writeln!(std::io::stdout().lock(), "{}", escape(&value.to_string()));
    }

    /// Prints text of our own making that has several lines (completions, man page, XML).
    pub fn raw(&self, text: &[u8]) {
        let _ = std::io::stdout().lock().write_all(text);
    }

    /// Prints a file that holds imported text: as it is into a pipe or a file, made safe on a terminal.
    pub fn file(&self, text: &[u8]) {
        if std::io::stdout().is_terminal() {
            String::from_utf8_lossy(text).lines().for_each(|line| self.data(line));
        } else {
            self.raw(text);
        }
    }

    /// Prints words for people.
    pub fn word(&self, line: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{}", safe(line));
    }

    /// Prints a phrase with its gaps filled.
    pub fn say(&self, phrase: &str, gaps: &[(&str, &str)]) {
        self.word(&fill(phrase, gaps));
    }

    /// Tells whether a person watches the words.
    pub fn watched(&self) -> bool {
        std::io::stderr().is_terminal()
    }
}

/// Writes signs JSON leaves bare but a terminal would obey as `\u` escapes.
fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            _ => out.push(c),
        }
    }
    out
}

/// Writes a share as a percentage with one digit.
pub fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// Writes a score with three digits.
pub fn score(score: f64) -> String {
    format!("{score:.3}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn json_stays_json_and_holds_no_sign_a_terminal_obeys() {
        let value = serde_json::json!({"text": "a\u{1b}[31m\u{9b}b\u{202e}"});
        let line = super::escape(&value.to_string());
        assert!(line.is_ascii());
        assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap(), value);
    }
}
