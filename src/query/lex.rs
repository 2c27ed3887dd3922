//! Cutting a query into signs and words, each with its column.

use crate::query::error::{Error, Expected};

/// A piece of a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Open,
    Close,
    /// A minus before a condition.
    Minus,
    Colon,
    /// `<`, `<=`, `=`, `>=`, `>`.
    Compare(&'static str),
    Word(String),
    Quoted(String),
}

/// A piece with its column, from 1, in characters.
pub(super) type Placed = (usize, Token);

/// Returns the sign a full-width one stands for.
fn narrow(c: char) -> char {
    match c {
        '：' => ':',
        '（' => '(',
        '）' => ')',
        '＜' => '<',
        '＞' => '>',
        '＝' => '=',
        '“' | '”' | '＂' => '"',
        '－' => '-',
        '＼' => '\\',
        '｜' => '|',
        '\u{3000}' => ' ',
        other => other,
    }
}

/// Tells whether a character ends a word.
pub(super) fn is_sign(c: char) -> bool {
    let c = narrow(c);
    c.is_whitespace() || c.is_control() || matches!(c, '(' | ')' | ':' | '<' | '>' | '=' | '"' | '|' | '≤' | '≥')
}

/// Cuts a query.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Error> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = chars.get(at).copied().map(narrow) {
        let column = at + 1;
        let equal = chars.get(at + 1).copied().map(narrow) == Some('=');
        at += 1;
        let token = match first {
            ' ' => continue,
            c if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ':' => Token::Colon,
            '|' => Token::Word("or".to_string()),
            '=' => Token::Compare("="),
            '≤' => Token::Compare("<="),
            '≥' => Token::Compare(">="),
            '<' | '>' => {
                at += usize::from(equal);
                Token::Compare(match (first, equal) {
                    ('<', false) => "<",
                    ('<', true) => "<=",
                    (_, false) => ">",
                    (_, true) => ">=",
                })
            }
            // Within a word a minus is a letter like any other (`out-of-scope`).
            '-' => Token::Minus,
            '"' => {
                let (word, end) = quoted(&chars, at, column)?;
                at = end;
                Token::Quoted(word)
            }
            c if c.is_control() => return Err(Error { column, expected: Expected::Condition, found: String::new() }),
            _ => {
                let start = at - 1;
                while chars.get(at).is_some_and(|c| !is_sign(*c)) {
                    at += 1;
                }
                Token::Word(chars[start..at].iter().collect())
            }
        };
        found.push((column, token));
    }
    Ok(found)
}

/// Reads what stands in quotes from a place on; a backslash takes the next sign as it is.
fn quoted(chars: &[char], mut at: usize, column: usize) -> Result<(String, usize), Error> {
    let mut word = String::new();
    while let Some(c) = chars.get(at) {
        at += 1;
        match narrow(*c) {
            '"' => return Ok((word, at)),
            '\\' if at < chars.len() => {
                word.push(chars[at]);
                at += 1;
            }
            _ => word.push(*c),
        }
    }
    Err(Error { column, expected: Expected::Quote, found: word })
}
