//! YAML as a tree that remembers where each node stood, and a text as YAML that every reader reads back the same.
//!
//! Read once from the parser's events, so that every later fault has its line and column, and so that `yes`, `9..18`
//! and `0012` stay the words that were written. Of a key written twice both values stay. Size, depth and aliases are
//! limited. Called by the readers of policies and scripts (`dialogue`) and of other makers' bots (`formats`), each of
//! which says in its own words what a node should have been.

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, Span, StrInput};

const MAX_DEPTH: usize = 64;

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

/// Why a text is no tree, with the place from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub line: u32,
    /// In characters.
    pub column: u32,
    /// The parser's own words; `None` when there is more nesting or more nodes than allowed.
    pub syntax: Option<String>,
}

/// Reads the first document of a text with at most so many nodes; `None` when it is empty.
pub fn read(text: &str, most: usize) -> Result<Option<Node>, Fault> {
    let mut reader = Reader { parser: Parser::new_from_str(text), anchors: Vec::new(), nodes: 0, most };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return Ok(None),
            Event::StreamStart | Event::DocumentStart(..) => {}
            event => return reader.node(event, span, 0).map(|node| Some(node).filter(|n| n.value != Value::Null)),
        }
    }
}

fn place(span: Span) -> (u32, u32) {
    (span.start.line().max(1) as u32, span.start.col() as u32 + 1)
}

fn too_large(span: Span) -> Fault {
    let (line, column) = place(span);
    Fault { line, column, syntax: None }
}

fn broken(span: Span, what: &str) -> Fault {
    Fault { syntax: Some(what.to_owned()), ..too_large(span) }
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    anchors: Vec<(usize, Node)>,
    nodes: usize,
    most: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Fault> {
        loop {
            match self.parser.next_event() {
                None => return Ok((Event::StreamEnd, Span::default())),
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok(pair)) => return Ok(pair),
                Some(Err(error)) => {
                    return Err(Fault {
                        line: error.marker().line().max(1) as u32,
                        column: error.marker().col() as u32 + 1,
                        syntax: Some(error.info()),
                    });
                }
            }
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Node, Fault> {
        self.nodes += 1;
        if depth > MAX_DEPTH || self.nodes > self.most {
            return Err(too_large(span));
        }
        let (line, column) = place(span);
        let (value, anchor) = match event {
            Event::Alias(id) => {
                let found = self.anchors.iter().rev().find(|(known, _)| *known == id).map(|(_, node)| node.clone());
                let Some(node) = found else { return Err(broken(span, "unknown alias")) };
                self.nodes += node.size();
                if self.nodes > self.most {
                    return Err(too_large(span));
                }
                return Ok(Node { line, column, ..node });
            }
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let null = plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                (if null { Value::Null } else { Value::Text { text: text.into_owned(), plain } }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    match event {
                        Event::SequenceEnd => break,
                        Event::StreamEnd => return Err(broken(span, "unfinished list")),
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
                        Event::StreamEnd => return Err(broken(span, "unfinished map")),
                        event => {
                            let key = self.node(event, span, depth + 1)?;
                            let (event, span) = self.next()?;
                            pairs.push((key, self.node(event, span, depth + 1)?));
                        }
                    }
                }
                (Value::Map(pairs), anchor)
            }
            _ => return Err(broken(span, "unexpected end")),
        };
        let node = Node { line, column, value };
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
}

/// Returns a word as YAML: bare where no reader can take it for anything else, else quoted.
pub fn word(text: &str) -> String {
    let plain = text.starts_with(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || "_/.-？，。！".contains(c));
    let lower = text.to_ascii_lowercase();
    let reserved = ["y", "n", "yes", "no", "true", "false", "on", "off", "null", "nan", "inf"];
    if plain && !reserved.contains(&lower.as_str()) { text.to_owned() } else { quoted(text) }
}

/// Returns a text between double quotes, with escapes every reader knows.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if hard(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Tells whether a letter ends a line somewhere, or is one that YAML does not print. All of them have four digits.
pub fn hard(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(untagged)]
    enum Either {
        One(String),
        Many(Vec<String>),
    }

    fn tree(text: &str) -> Node {
        read(text, 1_000).expect("good YAML").expect("it holds something")
    }

    fn pairs(node: &Node) -> &[(Node, Node)] {
        match &node.value {
            Value::Map(pairs) => pairs,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_node_knows_its_place_in_characters_and_a_key_written_twice_stays_twice() {
        let tree = tree("你好: 甲\n# 说明\n乙: |\n  - 丙\n你好: [1, ~]\n");
        let places: Vec<(u32, u32)> = pairs(&tree).iter().map(|(key, _)| (key.line, key.column)).collect();
        assert_eq!(places, [(1, 1), (3, 1), (5, 1)]);
        let value = &pairs(&tree)[0].1;
        assert_eq!((value.line, value.column), (1, 5));
    }

    #[test]
    fn aliases_are_followed_but_do_not_explode_and_depth_is_limited() {
        assert_eq!(pairs(&tree("a: &x [1, 2]\nb: *x\n"))[1].1.size(), 3);
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for i in 1..12 {
            let p = i - 1;
            bomb.push_str(&format!("a{i}: &a{i} [*a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}]\n"));
        }
        assert_eq!(read(&bomb, 250_000).expect_err("bomb").syntax, None);
        let maps: String = (0..2000).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
        assert_eq!(read(&maps, 250_000).expect_err("deep").syntax, None);
        let deep = format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(&deep, 250_000).is_err());
    }

    #[test]
    fn nothing_is_no_tree_and_broken_text_says_where() {
        assert_eq!(read("# nothing\n", 10), Ok(None));
        let fault = read("a: [1, 2\nb: 3\n", 100).expect_err("open list");
        assert!(fault.syntax.is_some() && fault.line >= 2, "{fault:?}");
    }

    fn sign() -> impl Strategy<Value = char> {
        prop_oneof![
            4 => any::<char>(),
            2 => prop::sample::select("\0\u{7}\u{85}\u{9f}\u{a0}\u{200b}\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}\u{10ffff}\t\r\n".chars().collect::<Vec<_>>()),
            3 => prop::sample::select(" :#'\"\\\\/-[]{},&*!|>%@`~?.=<0123eExXoOyYnN_甲，。？！".chars().collect::<Vec<_>>()),
        ]
    }

    fn text() -> impl Strategy<Value = String> {
        let signs = prop::collection::vec(sign(), 0..12).prop_map(|signs| signs.into_iter().collect());
        let words = prop::sample::select(
            &["null", "~", "true", "No", "on", "1e3", ".inf", "NaN", "0x1", "2024-01-01", "<<"][..],
        );
        prop_oneof![8 => signs, 1 => words.prop_map(str::to_owned)]
    }

    proptest! {
        #[test]
        fn what_is_written_every_reader_reads_back(text in text(), other in text()) {
            for write in [quoted, word] {
                let written = format!("a: [{}, {}]\n? {}\n: {}\n", write(&text), write(&other), write("b"), write(&text));
                let wanted = BTreeMap::from([
                    ("a".to_owned(), Either::Many(vec![text.clone(), other.clone()])),
                    ("b".to_owned(), Either::One(text.clone())),
                ]);
                let one: BTreeMap<String, Either> = serde_yaml::from_str(&written).map_err(|e| TestCaseError::fail(format!("{e}: {written:?}")))?;
                prop_assert_eq!(&one, &wanted, "{}", written);
                let two: BTreeMap<String, Either> = serde_saphyr::from_str(&written).map_err(|e| TestCaseError::fail(format!("{e}: {written:?}")))?;
                prop_assert_eq!(&two, &wanted, "{}", written);
                let tree = read(&written, 100).expect("good YAML").expect("it holds something");
                let own = |node: &Node| node.value == Value::Text { text: text.clone(), plain: !write(&text).starts_with('"') };
                prop_assert!(own(&pairs(&tree)[1].1), "{}", written);
            }
        }

        #[test]
        fn any_text_is_read_or_refused_with_a_place(text in "[-a-c:{}\\[\\] \n'\"&*|>#，甲]{0,60}") {
            if let Err(fault) = read(&text, 250_000) {
                prop_assert!(fault.line >= 1 && fault.column >= 1);
            }
        }
    }
}
