//! Reading a guard.

use crate::dialogue::error::GuardFault;
use crate::dialogue::guard::expr::{Expr, Op, Term};

const MAX_DEPTH: usize = 32;

/// Reads a guard; a fault comes with its offset in characters.
pub fn parse(text: &str) -> Result<Expr, (usize, GuardFault)> {
    let tokens = tokens(text)?;
    let end = text.chars().count();
    if tokens.is_empty() {
        return Err((0, GuardFault::Empty));
    }
    let mut reader = Reader { tokens, next: 0, end };
    let expr = reader.any(0)?;
    match reader.peek() {
        None => Ok(expr),
        Some(_) => Err(reader.unexpected()),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Number(f64),
    Op(Op),
    Range,
    Open,
    Close,
    ListOpen,
    ListClose,
    Comma,
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, (usize, GuardFault)> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let at = i;
        let c = chars[i];
        let next = chars.get(i + 1).copied();
        let two = |second: char| next == Some(second);
        let token = match c {
            c if c.is_whitespace() => {
                i += 1;
                continue;
            }
            '(' | '（' => Token::Open,
            ')' | '）' => Token::Close,
            '[' | '［' => Token::ListOpen,
            ']' | '］' => Token::ListClose,
            ',' | '，' | '、' => Token::Comma,
            '=' | '＝' => {
                i += usize::from(two('='));
                Token::Op(Op::Equal)
            }
            '!' | '！' if two('=') || two('＝') => {
                i += 1;
                Token::Op(Op::Unequal)
            }
            '≠' => Token::Op(Op::Unequal),
            '≤' => Token::Op(Op::AtMost),
            '≥' => Token::Op(Op::AtLeast),
            '<' | '＜' => {
                let equal = two('=') || two('＝');
                i += usize::from(equal);
                Token::Op(if equal { Op::AtMost } else { Op::Less })
            }
            '>' | '＞' => {
                let equal = two('=') || two('＝');
                i += usize::from(equal);
                Token::Op(if equal { Op::AtLeast } else { Op::Greater })
            }
            '.' if two('.') => {
                i += 1;
                Token::Range
            }
            '\'' | '"' | '“' | '「' => {
                let close = match c {
                    '“' => '”',
                    '「' => '」',
                    same => same,
                };
                let Some(len) = chars[i + 1..].iter().position(|&c| c == close) else {
                    return Err((at, GuardFault::OpenQuote));
                };
                let inner = chars[i + 1..i + 1 + len].iter().collect();
                i += len + 1;
                Token::Quoted(inner)
            }
            c if c.is_ascii_digit() || (c == '-' && next.is_some_and(|n| n.is_ascii_digit())) => {
                let (number, used) = number(&chars[i..]);
                match number {
                    // `30天` is a word that begins with a digit.
                    Some(number) if !chars.get(i + used).is_some_and(|&c| is_word(c)) => {
                        i += used - 1;
                        Token::Number(number)
                    }
                    _ => {
                        let used = word(&chars[i..]).max(1);
                        i += used - 1;
                        Token::Word(chars[at..at + used].iter().collect())
                    }
                }
            }
            c if is_word(c) => {
                let used = word(&chars[i..]);
                i += used - 1;
                Token::Word(chars[at..at + used].iter().collect())
            }
            other => return Err((at, GuardFault::UnknownSign(other))),
        };
        tokens.push((at, token));
        i += 1;
    }
    Ok(tokens)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '%' | '·')
}

/// Returns how many characters the word at the start has; a single point joins (`kb.bill`), two do not.
fn word(chars: &[char]) -> usize {
    let mut i = 0;
    while i < chars.len() {
        let joins = matches!(chars[i], '.' | '-') && i > 0 && chars.get(i + 1).is_some_and(|&c| is_word(c));
        if !is_word(chars[i]) && !joins {
            break;
        }
        i += 1;
    }
    i
}

/// Reads `12`, `-3`, `0.6`, `9:30` (hours); returns how many characters were used.
fn number(chars: &[char]) -> (Option<f64>, usize) {
    let mut i = usize::from(chars[0] == '-');
    let digits = |i: &mut usize| {
        let from = *i;
        while chars.get(*i).is_some_and(char::is_ascii_digit) {
            *i += 1;
        }
        chars[from..*i].iter().collect::<String>()
    };
    let whole = digits(&mut i);
    let fraction = chars.get(i) == Some(&'.') && chars.get(i + 1).is_some_and(char::is_ascii_digit);
    if fraction {
        i += 1;
        digits(&mut i);
    } else if chars.get(i) == Some(&':') && chars.get(i + 1).is_some_and(char::is_ascii_digit) {
        i += 1;
        let minutes: f64 = digits(&mut i).parse().unwrap_or(0.0);
        return (whole.parse().ok().map(|h: f64| h + minutes / 60.0), i);
    }
    let text: String = chars[..i].iter().collect();
    (text.parse().ok(), i)
}

struct Reader {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
}

type Read<T> = Result<T, (usize, GuardFault)>;

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn take(&mut self) -> Read<Token> {
        let token = self.tokens.get(self.next).map(|(_, t)| t.clone()).ok_or((self.end, GuardFault::EndsEarly))?;
        self.next += 1;
        Ok(token)
    }

    fn unexpected(&self) -> (usize, GuardFault) {
        match self.tokens.get(self.next) {
            None => (self.end, GuardFault::EndsEarly),
            Some((at, token)) => (*at, GuardFault::Unexpected(token.show())),
        }
    }

    fn is_word(&self, words: &[&str]) -> bool {
        matches!(self.peek(), Some(Token::Word(word)) if words.contains(&word.as_str()))
    }

    fn any(&mut self, depth: usize) -> Read<Expr> {
        let mut parts = vec![self.all(depth)?];
        while self.is_word(&["or", "或", "或者"]) {
            self.next += 1;
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::Any(parts) })
    }

    fn all(&mut self, depth: usize) -> Read<Expr> {
        let mut parts = vec![self.one(depth)?];
        while self.is_word(&["and", "且", "并且"]) {
            self.next += 1;
            parts.push(self.one(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Expr::All(parts) })
    }

    fn one(&mut self, depth: usize) -> Read<Expr> {
        if depth > MAX_DEPTH {
            return Err((self.tokens.get(self.next).map_or(self.end, |(at, _)| *at), GuardFault::TooDeep));
        }
        if self.is_word(&["not", "非"]) {
            self.next += 1;
            return Ok(Expr::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.peek() == Some(&Token::Open) {
            let at = self.tokens[self.next].0;
            self.next += 1;
            let inner = self.any(depth + 1)?;
            return match self.peek() {
                Some(Token::Close) => {
                    self.next += 1;
                    Ok(inner)
                }
                None => Err((at, GuardFault::OpenBracket)),
                Some(_) => Err(self.unexpected()),
            };
        }
        self.atom()
    }

    fn atom(&mut self) -> Read<Expr> {
        let first = self.term()?;
        if let Term::Name(name) = &first {
            if self.is_word(&["set"]) {
                self.next += 1;
                return Ok(Expr::Set(name.clone()));
            }
            if self.is_word(&["unset"]) {
                self.next += 1;
                return Ok(Expr::Not(Box::new(Expr::Set(name.clone()))));
            }
            if self.is_word(&["in"]) {
                self.next += 1;
                return self.inside(name.clone());
            }
        }
        let mut parts = Vec::new();
        let mut left = first;
        while let Some(Token::Op(op)) = self.peek() {
            let op = *op;
            self.next += 1;
            let right = self.term()?;
            parts.push(Expr::Compare(left, op, right.clone()));
            left = right;
        }
        match parts.len() {
            0 => Err(self.unexpected()),
            1 => Ok(parts.remove(0)),
            _ => Ok(Expr::All(parts)),
        }
    }

    /// Reads what follows `name in`.
    fn inside(&mut self, name: String) -> Read<Expr> {
        match self.take()? {
            Token::Number(from) => {
                if self.peek() != Some(&Token::Range) {
                    return Err(self.unexpected());
                }
                self.next += 1;
                match self.take()? {
                    Token::Number(to) => Ok(Expr::Within(name, from, to)),
                    _ => {
                        self.next -= 1;
                        Err(self.unexpected())
                    }
                }
            }
            Token::Word(list) if name == "words" => Ok(Expr::Words(list)),
            Token::ListOpen => {
                let mut values = Vec::new();
                loop {
                    match self.take()? {
                        Token::Word(word) | Token::Quoted(word) => values.push(word),
                        Token::Number(number) => values.push(number.to_string()),
                        Token::Comma => {}
                        Token::ListClose => return Ok(Expr::OneOf(name, values)),
                        _ => {
                            self.next -= 1;
                            return Err(self.unexpected());
                        }
                    }
                }
            }
            _ => {
                self.next -= 1;
                Err(self.unexpected())
            }
        }
    }

    fn term(&mut self) -> Read<Term> {
        match self.take()? {
            Token::Word(word) => Ok(Term::Name(word)),
            Token::Quoted(text) => Ok(Term::Quoted(text)),
            Token::Number(number) => Ok(Term::Number(number)),
            _ => {
                self.next -= 1;
                Err(self.unexpected())
            }
        }
    }
}

impl Token {
    fn show(&self) -> String {
        match self {
            Token::Word(word) | Token::Quoted(word) => word.clone(),
            Token::Number(number) => number.to_string(),
            Token::Op(Op::Equal) => "=".into(),
            Token::Op(Op::Unequal) => "!=".into(),
            Token::Op(Op::Less) => "<".into(),
            Token::Op(Op::AtMost) => "<=".into(),
            Token::Op(Op::Greater) => ">".into(),
            Token::Op(Op::AtLeast) => ">=".into(),
            Token::Range => "..".into(),
            Token::Open => "(".into(),
            Token::Close => ")".into(),
            Token::ListOpen => "[".into(),
            Token::ListClose => "]".into(),
            Token::Comma => ",".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(n: &str) -> Term {
        Term::Name(n.into())
    }

    #[test]
    fn chains_ranges_lists_and_words_are_read() {
        assert_eq!(
            parse("1 <= it <= 50000").expect("chain"),
            Expr::All(vec![
                Expr::Compare(Term::Number(1.0), Op::AtMost, name("it")),
                Expr::Compare(name("it"), Op::AtMost, Term::Number(50000.0)),
            ])
        );
        assert_eq!(parse("hour in 9..18").expect("range"), Expr::Within("hour".into(), 9.0, 18.0));
        assert_eq!(parse("hour in 8:30..17:30").expect("range"), Expr::Within("hour".into(), 8.5, 17.5));
        assert_eq!(
            parse("aspect in [收益, 风险]").expect("list"),
            Expr::OneOf("aspect".into(), vec!["收益".into(), "风险".into()])
        );
        assert_eq!(
            parse("score >= 0.6 or words in 投诉词").expect("words"),
            Expr::Any(vec![Expr::Compare(name("score"), Op::AtLeast, Term::Number(0.6)), Expr::Words("投诉词".into())])
        );
        assert_eq!(
            parse("product = 稳盈30天 and not card set").expect("and"),
            Expr::All(vec![
                Expr::Compare(name("product"), Op::Equal, name("稳盈30天")),
                Expr::Not(Box::new(Expr::Set("card".into())))
            ])
        );
        assert_eq!(parse("term = 30天").expect("word"), Expr::Compare(name("term"), Op::Equal, name("30天")));
    }

    #[test]
    fn a_fault_points_at_its_character() {
        assert_eq!(parse("").expect_err("empty"), (0, GuardFault::Empty));
        assert_eq!(parse("aspect =").expect_err("ends"), (8, GuardFault::EndsEarly));
        assert_eq!(parse("风险 ? 1").expect_err("sign"), (3, GuardFault::UnknownSign('?')));
        assert_eq!(parse("(a = 1").expect_err("bracket"), (0, GuardFault::OpenBracket));
        assert_eq!(parse("a = 1 b").expect_err("rest"), (6, GuardFault::Unexpected("b".into())));
        assert_eq!(parse("a = 'x").expect_err("quote"), (4, GuardFault::OpenQuote));
        assert_eq!(parse("amount").expect_err("no comparison"), (6, GuardFault::EndsEarly));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_inside_the_text(text in "[a-c甲<>=!()\\[\\]0-9. ,'andorxset:-]{0,40}") {
            if let Err((at, _)) = parse(&text) {
                prop_assert!(at <= text.chars().count());
            }
        }

        #[test]
        fn depth_is_bounded(depth in 0usize..3000) {
            let text = format!("{}a = 1{}", "(".repeat(depth), ")".repeat(depth));
            prop_assert_eq!(parse(&text).is_ok(), depth <= MAX_DEPTH);
        }
    }
}
