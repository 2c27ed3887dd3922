//! A text becomes a query, or says at which column what was expected.

use crate::domain::ids::ClusterId;
use crate::domain::mood::Mood;
use crate::domain::query::{Comparison, Figure, Query, Standing, Test};
use crate::domain::utterance::Language;
use crate::query::error::{Error, Expected};
use crate::query::lex::{Placed, Token, tokens};

/// How deep parentheses and negations may go.
const DEPTH: usize = 64;

/// The fields with the names trainers may write, English and Chinese.
pub const FIELDS: [(&str, &str); 9] = [
    ("intent", "意图"),
    ("guess", "猜测"),
    ("label", "标注"),
    ("by", "标注员"),
    ("text", "原文"),
    ("source", "来源"),
    ("lang", "语言"),
    ("mood", "情绪"),
    ("cluster", "簇"),
];

/// Reads a query.
pub fn parse(text: &str) -> Result<Query, Error> {
    let tokens = tokens(text)?;
    let end = text.chars().count() + 1;
    let mut parser = Parser { tokens: &tokens, at: 0, end, depth: 0 };
    let query = parser.any()?;
    match parser.peek() {
        None => Ok(query),
        Some(_) => Err(parser.fault(Expected::Condition)),
    }
}

struct Parser<'t> {
    tokens: &'t [Placed],
    at: usize,
    /// The column after the last character.
    end: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    /// Tells whether a word that joins conditions stands here.
    fn joins(&self, words: &[&str]) -> bool {
        // Before a colon it is a field, if an unknown one.
        let field = matches!(self.tokens.get(self.at + 1), Some((_, Token::Colon | Token::Compare(_))));
        matches!(self.peek(), Some(Token::Word(word)) if !field && words.contains(&word.to_lowercase().as_str()))
    }

    fn fault(&self, expected: Expected) -> Error {
        let found = match self.peek() {
            None => String::new(),
            Some(Token::Word(word) | Token::Quoted(word)) => word.clone(),
            Some(Token::Open) => "(".to_string(),
            Some(Token::Close) => ")".to_string(),
            Some(Token::Minus) => "-".to_string(),
            Some(Token::Colon) => ":".to_string(),
            Some(Token::Compare(sign)) => sign.to_string(),
        };
        Error { column: self.tokens.get(self.at).map_or(self.end, |(column, _)| *column), expected, found }
    }

    fn any(&mut self) -> Result<Query, Error> {
        let mut parts = vec![self.all()?];
        while self.joins(&["or", "或"]) {
            self.at += 1;
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Query::Any))
    }

    fn all(&mut self) -> Result<Query, Error> {
        let mut parts = vec![self.unit()?];
        loop {
            if self.joins(&["and", "且"]) {
                self.at += 1;
            } else if matches!(self.peek(), None | Some(Token::Close)) || self.joins(&["or", "或"]) {
                return Ok(one_or(parts, Query::All));
            }
            parts.push(self.unit()?);
        }
    }

    fn unit(&mut self) -> Result<Query, Error> {
        if self.depth == DEPTH {
            return Err(self.fault(Expected::Shallower));
        }
        self.depth += 1;
        let query = self.deeper();
        self.depth -= 1;
        query
    }

    fn deeper(&mut self) -> Result<Query, Error> {
        if self.joins(&["not", "非"]) || self.peek() == Some(&Token::Minus) {
            self.at += 1;
            return Ok(Query::Not(Box::new(self.unit()?)));
        }
        match self.peek() {
            Some(Token::Open) => {
                self.at += 1;
                let query = self.any()?;
                if self.peek() != Some(&Token::Close) {
                    return Err(self.fault(Expected::Close));
                }
                self.at += 1;
                Ok(query)
            }
            Some(Token::Quoted(words)) => {
                let test = Test::Text(words.clone());
                self.at += 1;
                Ok(Query::Is(test))
            }
            Some(Token::Word(_)) if !self.joins(&["or", "或", "and", "且"]) => self.test().map(Query::Is),
            _ => Err(self.fault(Expected::Condition)),
        }
    }

    /// Reads a word with what it is compared with; a word alone is sought in the text.
    fn test(&mut self) -> Result<Test, Error> {
        let Some(Token::Word(word)) = self.peek() else { return Err(self.fault(Expected::Condition)) };
        let (word, lower) = (word.clone(), word.to_lowercase());
        match self.tokens.get(self.at + 1) {
            Some((_, Token::Colon)) => {
                let known = FIELDS.iter().find(|(field, zh)| *field == lower || *zh == lower);
                let (field, _) = known.ok_or_else(|| self.fault(Expected::Field))?;
                self.at += 2;
                self.value(field)
            }
            Some((_, Token::Compare(sign))) => {
                let figure = Figure::named(&lower).ok_or_else(|| self.fault(Expected::Field))?;
                let comparison = Comparison::named(sign).ok_or_else(|| self.fault(Expected::Comparison))?;
                self.at += 2;
                Ok(Test::Figure(figure, comparison, self.number()?))
            }
            _ if Figure::named(&lower).is_some() => {
                self.at += 1;
                Err(self.fault(Expected::Comparison))
            }
            _ => {
                self.at += 1;
                Ok(Test::Text(word))
            }
        }
    }

    fn value(&mut self, field: &str) -> Result<Test, Error> {
        let (Some(Token::Word(value)) | Some(Token::Quoted(value))) = self.peek() else {
            return Err(self.fault(Expected::Value));
        };
        let value = value.clone();
        let choice = |words: Vec<&'static str>| Err(self.fault(Expected::Choice(words)));
        let test = match field {
            "intent" => Test::Intent(value),
            "guess" => Test::Guess(value),
            "by" => Test::By(value),
            "text" => Test::Text(value),
            "source" => Test::Source(value),
            "label" => match Standing::named(&value.to_lowercase()) {
                Some(standing) => Test::Label(standing),
                None => return choice(Standing::ALL.iter().map(|known| known.word()).collect()),
            },
            "mood" => match Mood::named(&value.to_lowercase()) {
                Some(mood) => Test::Mood(mood),
                None => return choice(Mood::ALL.iter().map(|known| known.word()).collect()),
            },
            "lang" => match Language::ALL.into_iter().find(|known| known.tag() == value.to_lowercase()) {
                Some(language) => Test::Language(language),
                None => return choice(Language::ALL.iter().map(|known| known.tag()).collect()),
            },
            _ => Test::Cluster(ClusterId(value.parse().map_err(|_| self.fault(Expected::Number))?)),
        };
        self.at += 1;
        Ok(test)
    }

    fn number(&mut self) -> Result<f64, Error> {
        let Some(Token::Word(word)) = self.peek() else { return Err(self.fault(Expected::Number)) };
        // Digits and a point alone: neither `inf` nor `1e9` is what a trainer writes.
        let plain = word.chars().all(|c| c.is_ascii_digit() || c == '.');
        let number = word
            .parse()
            .ok()
            .filter(|number: &f64| plain && number.is_finite())
            .ok_or_else(|| self.fault(Expected::Number))?;
        self.at += 1;
        Ok(number)
    }
}

fn one_or(mut parts: Vec<Query>, join: fn(Vec<Query>) -> Query) -> Query {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}
