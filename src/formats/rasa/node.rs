//! What the readers of other makers' bots make of a tree of YAML; tolerant, since files of others are told about, not
//! refused. Words stay words (`yes` is no truth value, as in YAML 1.2).

use std::path::Path;

use crate::domain::storybook::Told;
use crate::formats::error::Error;
use crate::text::yaml::{self, Node, Value};

const MAX_NODES: usize = 2_000_000;

/// Reads the first document of a file; `None` when it is empty.
pub(super) fn read(path: &Path, text: &str) -> Result<Option<Node>, Error> {
    yaml::read(text, MAX_NODES).map_err(|fault| Error::Yaml {
        path: path.to_owned(),
        line: u64::from(fault.line),
        column: u64::from(fault.column),
        what: fault.syntax.unwrap_or_else(|| "too large".to_owned()),
    })
}

impl Node {
    /// Returns the words of a scalar.
    pub fn word(&self) -> Option<&str> {
        match &self.value {
            Value::Text { text, .. } => Some(text.trim()),
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
            Value::Text { text, plain: true } => match text.as_str() {
                "true" | "True" | "TRUE" => Told::Bool(true),
                "false" | "False" | "FALSE" => Told::Bool(false),
                word => match word.parse::<f64>() {
                    Ok(number) if number.is_finite() && word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                        Told::Number(number)
                    }
                    _ => Told::Text(text.clone()),
                },
            },
            Value::Text { text, .. } => Told::Text(text.clone()),
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
