//! YAML as a tree whose nodes know their line; tolerant, since files of others are told about, not refused.
//!
//! Words stay words (`yes` is no truth value, as in YAML 1.2), quotes are remembered, of a key written twice both
//! values stay. Size, depth and aliases are limited.

use std::path::Path;

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use crate::domain::storybook::Told;
use crate::formats::error::Error;

const MAX_DEPTH: usize = 64;
const MAX_NODES: usize = 2_000_000;

/// One node with its line, from 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub line: u32,
    pub value: Value,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Word {
        text: String,
        /// Without quotes and on one line: `true` may be a truth value.
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// Reads the first document of a file; `None` when it is empty.
pub(super) fn read(path: &Path, text: &str) -> Result<Option<Node>, Error> {
    let mut reader = Reader { path, parser: Parser::new_from_str(text), anchors: Vec::new(), nodes: 0 };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return Ok(None),
            Event::StreamStart | Event::DocumentStart(..) => {}
            event => return reader.node(event, span, 0).map(|node| Some(node).filter(|n| n.value != Value::Null)),
        }
    }
}

struct Reader<'t> {
    path: &'t Path,
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
                Some(Err(error)) => {
                    return Err(Error::Yaml {
                        path: self.path.to_owned(),
                        line: error.marker().line().max(1) as u64,
                        column: error.marker().col() as u64 + 1,
                        what: error.info(),
                    });
                }
            }
        }
    }

    fn fault(&self, span: Span, what: &str) -> Error {
        let (line, column) = (span.start.line().max(1) as u64, span.start.col() as u64 + 1);
        Error::Yaml { path: self.path.to_owned(), line, column, what: what.to_owned() }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Node, Error> {
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(self.fault(span, "too large"));
        }
        let line = span.start.line().max(1) as u32;
        let (value, anchor) = match event {
            Event::Alias(id) => {
                let found = self.anchors.iter().rev().find(|(known, _)| *known == id).map(|(_, node)| node.clone());
                let Some(node) = found else { return Err(self.fault(span, "unknown alias")) };
                self.nodes += node.size();
                if self.nodes > MAX_NODES {
                    return Err(self.fault(span, "too large"));
                }
                return Ok(Node { line, ..node });
            }
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let null = plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if null { Value::Null } else { Value::Word { text: text.into_owned(), plain } };
                (value, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    match event {
                        Event::SequenceEnd => break,
                        Event::StreamEnd => return Err(self.fault(span, "unfinished list")),
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
                        Event::StreamEnd => return Err(self.fault(span, "unfinished map")),
                        event => {
                            let key = self.node(event, span, depth + 1)?;
                            let (event, span) = self.next()?;
                            pairs.push((key, self.node(event, span, depth + 1)?));
                        }
                    }
                }
                (Value::Map(pairs), anchor)
            }
            _ => return Err(self.fault(span, "unexpected end")),
        };
        let node = Node { line, value };
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
            Value::Map(pairs) => pairs.iter().map(|(key, value)| key.size() + value.size()).sum(),
            _ => 0,
        }
    }

    /// Returns the words of a scalar.
    pub fn word(&self) -> Option<&str> {
        match &self.value {
            Value::Word { text, .. } => Some(text.trim()),
            _ => None,
        }
    }

    /// Returns the items of a list; a single value is a list of itself, nothing is an empty one.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// Returns the pairs of a map.
    pub fn pairs(&self) -> &[(Node, Node)] {
        match &self.value {
            Value::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// Returns the value of a key; a null counts as a value.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.pairs().iter().find(|(known, _)| known.word() == Some(key)).map(|(_, value)| value)
    }

    /// Returns the words under a key.
    pub fn word_of(&self, key: &str) -> Option<String> {
        self.get(key).and_then(Node::word).map(str::to_owned)
    }

    /// Returns the words of a list under a key, or the one word.
    pub fn words_of(&self, key: &str) -> Vec<String> {
        let items = self.get(key).map_or(&[][..], Node::items);
        items.iter().filter_map(|item| item.word().map(str::to_owned)).collect()
    }

    /// Returns whether `true` or `false` stands under a key.
    pub fn truth_of(&self, key: &str) -> Option<bool> {
        match self.get(key)?.told() {
            Told::Bool(yes) => Some(yes),
            _ => None,
        }
    }

    /// Returns the value as rules tell it.
    pub fn told(&self) -> Told {
        match &self.value {
            Value::Null => Told::Null,
            Value::Word { text, plain: true, .. } => match text.as_str() {
                "true" | "True" | "TRUE" => Told::Bool(true),
                "false" | "False" | "FALSE" => Told::Bool(false),
                word => match word.parse::<f64>() {
                    Ok(number) if number.is_finite() && word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                        Told::Number(number)
                    }
                    _ => Told::Text(text.clone()),
                },
            },
            Value::Word { text, .. } => Told::Text(text.clone()),
            Value::List(items) => Told::List(items.iter().map(Node::told).collect()),
            Value::Map(_) => Told::Some,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words_and_lines_are_known() {
        let node = read(Path::new("a.yml"), "a: yes\nb: 'true'\nc: true\nd: [1, ~]\n# e\nf: |\n  - x\na: 2\n");
        let node = node.expect("reads").expect("holds something");
        assert_eq!(node.get("a").map(Node::told), Some(Told::Text("yes".into())));
        assert_eq!(node.get("b").map(Node::told), Some(Told::Text("true".into())));
        assert_eq!(node.get("c").map(Node::told), Some(Told::Bool(true)));
        assert_eq!(node.get("d").map(Node::told), Some(Told::List(vec![Told::Number(1.0), Told::Null])));
        assert_eq!(node.pairs().len(), 6, "a key written twice stays twice");
        assert_eq!((node.pairs()[4].0.line, node.get("f").map(|f| f.line)), (6, Some(7)));
        assert_eq!(read(Path::new("a.yml"), "# nothing\n").expect("reads"), None);
        assert!(read(Path::new("a.yml"), "a: [").is_err());
    }
}
