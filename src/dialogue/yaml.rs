//! YAML as a tree that remembers where each node stood.
//!
//! Read once from the parser's events, so that every later fault (an unknown key, a guard that cannot be
//! read, a slot nobody fills) has its line and column, and so that `yes`, `9..18` and `0012` stay the words
//! the trainer wrote. Called by the readers of policies and scripts.

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use crate::dialogue::error::{Error, Wanted, What};
use crate::dialogue::nearest::nearest;

const MAX_DEPTH: usize = 64;
const MAX_NODES: usize = 250_000;

/// One node with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    pub value: Value,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    /// The words; `plain` when they stood without quotes.
    Text {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    /// In the order of the file.
    Map(Vec<(Node, Node)>),
}

/// Reads one YAML document.
pub fn read(text: &str) -> Result<Node, Error> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: Vec::new(), nodes: 0 };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return Err(fault(span, What::Empty)),
            Event::StreamStart | Event::DocumentStart(..) => {}
            event => {
                let node = reader.node(event, span, 0)?;
                return match node.value {
                    Value::Null => Err(node.fault(What::Empty)),
                    _ => Ok(node),
                };
            }
        }
    }
}

fn fault(span: Span, what: What) -> Error {
    Error { line: span.start.line().max(1) as u32, column: span.start.col() as u32 + 1, what }
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    anchors: Vec<(usize, Node)>,
    nodes: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Error> {
        loop {
            match self.parser.next_event() {
                None => return Ok((Event::StreamEnd, Span::default())),
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok(pair)) => return Ok(pair),
                Some(Err(e)) => {
                    return Err(Error {
                        line: e.marker().line().max(1) as u32,
                        column: e.marker().col() as u32 + 1,
                        what: What::Syntax(e.info()),
                    });
                }
            }
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Node, Error> {
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(fault(span, What::TooLarge));
        }
        let (value, anchor) = match event {
            Event::Alias(id) => {
                let found = self.anchors.iter().rev().find(|(known, _)| *known == id).map(|(_, node)| node.clone());
                let Some(mut node) = found else {
                    return Err(fault(span, What::Syntax(String::new())));
                };
                self.nodes += node.size();
                if self.nodes > MAX_NODES {
                    return Err(fault(span, What::TooLarge));
                }
                node.line = span.start.line().max(1) as u32;
                node.column = span.start.col() as u32 + 1;
                return Ok(node);
            }
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let value = if plain && (text.is_empty() || text == "~" || text == "null") {
                    Value::Null
                } else {
                    Value::Text { text: text.into_owned(), plain }
                };
                (value, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    match event {
                        Event::SequenceEnd => break,
                        Event::StreamEnd => return Err(fault(span, What::Syntax(String::new()))),
                        event => items.push(self.node(event, span, depth + 1)?),
                    }
                }
                (Value::List(items), anchor)
            }
            Event::MappingStart(_, anchor, _) => {
                let mut pairs: Vec<(Node, Node)> = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    match event {
                        Event::MappingEnd => break,
                        Event::StreamEnd => return Err(fault(span, What::Syntax(String::new()))),
                        event => {
                            let key = self.node(event, span, depth + 1)?;
                            let (event, span) = self.next()?;
                            let value = self.node(event, span, depth + 1)?;
                            let word = key.text()?;
                            if pairs.iter().any(|(known, _)| known.text().is_ok_and(|k| k == word)) {
                                return Err(key.fault(What::DoubleKey(word.to_owned())));
                            }
                            pairs.push((key, value));
                        }
                    }
                }
                (Value::Map(pairs), anchor)
            }
            _ => return Err(fault(span, What::Syntax(String::new()))),
        };
        let node = Node { line: span.start.line().max(1) as u32, column: span.start.col() as u32 + 1, value };
        if anchor != 0 {
            self.anchors.push((anchor, node.clone()));
        }
        Ok(node)
    }
}

impl Node {
    fn size(&self) -> usize {
        1 + match &self.value {
            Value::List(items) => items.iter().map(Node::size).sum(),
            Value::Map(pairs) => pairs.iter().map(|(k, v)| k.size() + v.size()).sum(),
            _ => 0,
        }
    }

    /// Returns the fault at this node.
    pub fn fault(&self, what: What) -> Error {
        Error { line: self.line, column: self.column, what }
    }

    /// Returns the fault that another kind of value belongs here.
    pub fn wanted(&self, wanted: Wanted) -> Error {
        self.fault(What::Wanted(wanted))
    }

    /// Returns the words of this node, trimmed by YAML only.
    pub fn text(&self) -> Result<&str, Error> {
        match &self.value {
            Value::Text { text, .. } => Ok(text),
            _ => Err(self.wanted(Wanted::Text)),
        }
    }

    /// Returns the words of this node or of each of its items.
    pub fn texts(&self) -> Result<Vec<String>, Error> {
        match &self.value {
            Value::List(items) => items.iter().map(|n| n.text().map(str::to_owned)).collect(),
            Value::Text { text, .. } => Ok(vec![text.clone()]),
            Value::Null => Ok(Vec::new()),
            Value::Map(_) => Err(self.wanted(Wanted::Texts)),
        }
    }

    /// Returns the items of a list.
    pub fn list(&self) -> Result<&[Node], Error> {
        match &self.value {
            Value::List(items) => Ok(items),
            Value::Null => Ok(&[]),
            _ => Err(self.wanted(Wanted::List)),
        }
    }

    /// Returns the pairs of a map, in the order of the file.
    pub fn map(&self) -> Result<&[(Node, Node)], Error> {
        match &self.value {
            Value::Map(pairs) => Ok(pairs),
            Value::Null => Ok(&[]),
            _ => Err(self.wanted(Wanted::Map)),
        }
    }

    /// Returns the finite number written here, within bounds.
    pub fn number(&self, low: f64, high: f64) -> Result<f64, Error> {
        let number: f64 = self.text()?.trim().parse().map_err(|_| self.wanted(Wanted::Number))?;
        if !number.is_finite() {
            return Err(self.wanted(Wanted::Number));
        }
        if number < low || number > high { Err(self.fault(What::OutOfBounds { low, high })) } else { Ok(number) }
    }

    /// Returns the whole number written here, within bounds.
    pub fn whole(&self, low: u32, high: u32) -> Result<u32, Error> {
        let number: i64 = self.text()?.trim().parse().map_err(|_| self.wanted(Wanted::Whole))?;
        match u32::try_from(number) {
            Ok(n) if (low..=high).contains(&n) => Ok(n),
            _ => Err(self.fault(What::OutOfBounds { low: f64::from(low), high: f64::from(high) })),
        }
    }

    /// Returns whether `true` or `false` is written here.
    pub fn yes_or_no(&self) -> Result<bool, Error> {
        match self.text()? {
            "true" | "yes" | "是" => Ok(true),
            "false" | "no" | "否" => Ok(false),
            _ => Err(self.wanted(Wanted::YesOrNo)),
        }
    }
}

/// The pairs of a map whose keys are known beforehand.
pub struct Fields<'n> {
    at: &'n Node,
    pairs: &'n [(Node, Node)],
}

impl<'n> Fields<'n> {
    /// Returns the pairs of `node`, or the first key that is not in `known`, with the nearest one that is.
    pub fn of(node: &'n Node, known: &[&'static str]) -> Result<Self, Error> {
        let pairs = node.map()?;
        for (key, _) in pairs {
            let word = key.text()?;
            if !known.contains(&word) {
                let near = nearest(word, known.iter().copied()).map(str::to_owned);
                return Err(key.fault(What::UnknownKey { key: word.to_owned(), near, known: known.to_vec() }));
            }
        }
        Ok(Self { at: node, pairs })
    }

    /// Returns the value of a key; an empty value counts as absent.
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        self.pairs
            .iter()
            .find(|(k, v)| k.text().is_ok_and(|word| word == key) && v.value != Value::Null)
            .map(|(_, v)| v)
    }

    /// Returns the value of a key that must be there.
    pub fn need(&self, key: &'static str) -> Result<&'n Node, Error> {
        self.get(key).ok_or_else(|| self.at.fault(What::MissingKey(key)))
    }

    /// Returns the words of a key; empty when absent.
    pub fn texts(&self, key: &str) -> Result<Vec<String>, Error> {
        self.get(key).map_or(Ok(Vec::new()), Node::texts)
    }

    /// Returns the word of a key.
    pub fn text(&self, key: &str) -> Result<Option<String>, Error> {
        self.get(key).map(|n| n.text().map(str::to_owned)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_node_knows_its_place_in_characters() {
        let tree = read("你好:\n  - 甲\n  - {乙: 丙}\n").expect("good YAML");
        let list = &tree.map().expect("map")[0].1;
        let inner = &list.list().expect("list")[1];
        assert_eq!((inner.line, inner.column), (3, 5));
        let value = &inner.map().expect("map")[0].1;
        assert_eq!((value.line, value.column), (3, 9));
    }

    #[test]
    fn words_stay_words() {
        let tree = read("a: yes\nb: 0012\nc: 9..18\nd: ''\ne:\n").expect("good YAML");
        let texts: Vec<_> = tree.map().expect("map").iter().map(|(_, v)| v.text().ok()).collect();
        assert_eq!(texts, [Some("yes"), Some("0012"), Some("9..18"), Some(""), None]);
    }

    #[test]
    fn a_double_key_is_a_fault_at_its_second_place() {
        let fault = read("a: 1\nb: 2\na: 3\n").expect_err("double");
        assert_eq!((fault.line, fault.column), (3, 1));
        assert_eq!(fault.what, What::DoubleKey("a".into()));
    }

    #[test]
    fn broken_yaml_says_where() {
        let fault = read("a: [1, 2\nb: 3\n").expect_err("open list");
        assert!(matches!(fault.what, What::Syntax(_)), "{fault:?}");
        assert!(fault.line >= 2);
    }

    #[test]
    fn aliases_are_followed_but_do_not_explode() {
        let tree = read("a: &x [1, 2]\nb: *x\n").expect("alias");
        assert_eq!(tree.map().expect("map")[1].1.list().expect("list").len(), 2);
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for i in 1..12 {
            let p = i - 1;
            bomb.push_str(&format!("a{i}: &a{i} [*a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}]\n"));
        }
        assert_eq!(read(&bomb).expect_err("bomb").what, What::TooLarge);
    }

    #[test]
    fn what_sinks_without_end_is_refused() {
        let deep = format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000));
        let maps: String = (0..2000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
        assert!(read(&deep).is_err());
        assert_eq!(read(&maps).expect_err("deep").what, What::TooLarge);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_with_a_place(text in "[-a-c:{}\\[\\] \n'\"&*|>#，甲]{0,60}") {
            if let Err(fault) = read(&text) {
                prop_assert!(fault.line >= 1 && fault.column >= 1);
            }
        }
    }
}
