//! What the readers of policies and scripts make of a tree: words, lists, numbers, tables with known keys, or the
//! fault at its place.

use std::collections::HashSet;

use crate::dialogue::error::{Error, Wanted, What};
use crate::dialogue::nearest::nearest;
use crate::text::yaml::{self, Node, Value};

const MAX_NODES: usize = 250_000;

/// Reads one document, in which no key stands twice.
pub fn read(text: &str) -> Result<Node, Error> {
    let tree = yaml::read(text, MAX_NODES).map_err(|fault| Error {
        line: fault.line,
        column: fault.column,
        what: fault.syntax.map_or(What::TooLarge, What::Syntax),
    })?;
    let tree = tree.ok_or(Error { line: 1, column: 1, what: What::Empty })?;
    tree.once()?;
    Ok(tree)
}

impl Node {
    /// Refuses a key that stands twice in one map, and one that is no word.
    fn once(&self) -> Result<(), Error> {
        match &self.value {
            Value::List(items) => items.iter().try_for_each(Node::once),
            Value::Map(pairs) => {
                let mut seen = HashSet::new();
                for (key, value) in pairs {
                    let word = key.text()?;
                    if !seen.insert(word) {
                        return Err(key.fault(What::DoubleKey(word.to_owned())));
                    }
                    value.once()?;
                }
                Ok(())
            }
            _ => Ok(()),
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

    /// Returns the fault that a word here is none of a few, with the nearest.
    pub fn not_one_of(&self, word: &str, known: &[&'static str]) -> Error {
        let near = nearest(word, known.iter().copied()).map(str::to_owned);
        self.fault(What::NotOneOf { word: word.to_owned(), near, known: known.to_vec() })
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
}
