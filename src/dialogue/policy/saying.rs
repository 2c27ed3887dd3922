//! What the bot may say at one place: variations with their conditions and placeholders.

use crate::dialogue::guard::expr::Guard;

/// The variations of one saying, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Saying {
    pub lines: Vec<Line>,
}

/// One variation.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub text: String,
    /// Said only while this holds.
    pub when: Option<Guard>,
    /// Said only there; preferred there to a line for all channels.
    pub channel: Option<String>,
    /// The line it stands on, from 1.
    pub at: u32,
}

impl Saying {
    /// Returns a saying of one plain line.
    pub fn plain(text: &str, at: u32) -> Self {
        Self { lines: vec![Line { text: text.to_owned(), when: None, channel: None, at }] }
    }

    /// Tells whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// One stretch of a text with placeholders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    Words(&'t str),
    /// The name between `<` and `>`, parts joined by points.
    Slot(&'t str),
}

/// Cuts a text into words and placeholders; a `<` that opens no name is a word.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut words = 0;
    while let Some(open) = rest[words..].find('<').map(|i| words + i) {
        let inner = &rest[open + 1..];
        match inner.find('>').map(|close| &inner[..close]).filter(|name| is_name(name)) {
            Some(name) => {
                if open > 0 {
                    pieces.push(Piece::Words(&rest[..open]));
                }
                pieces.push(Piece::Slot(name));
                rest = &inner[name.len() + 1..];
                words = 0;
            }
            None => words = open + 1,
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= 80
        && name
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '%')))
}

/// Replaces each placeholder by its value; names without one are collected and left out.
pub fn render(text: &str, value: &dyn Fn(&str) -> Option<String>, missing: &mut Vec<String>) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => out.push_str(words),
            Piece::Slot(name) => match value(name) {
                Some(value) => out.push_str(&value),
                None => missing.push(name.to_owned()),
            },
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_placeholders_and_other_angles_are_words() {
        assert_eq!(
            pieces("<product>的<aspect>：<kb.product.aspect>"),
            [
                Piece::Slot("product"),
                Piece::Words("的"),
                Piece::Slot("aspect"),
                Piece::Words("："),
                Piece::Slot("kb.product.aspect")
            ]
        );
        assert_eq!(pieces("a < b > c"), [Piece::Words("a < b > c")]);
        assert_eq!(pieces("1<2 <x>"), [Piece::Words("1<2 "), Piece::Slot("x")]);
    }

    proptest! {
        #[test]
        fn pieces_join_back(text in "[a<>.甲 ]{0,30}") {
            let joined: String = pieces(&text).iter().map(|p| match p {
                Piece::Words(w) => (*w).to_owned(),
                Piece::Slot(n) => format!("<{n}>"),
            }).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
