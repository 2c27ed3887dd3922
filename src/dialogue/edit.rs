//! Where the nodes of a YAML text stand, to the byte, so that one of them can be changed and the rest stay as written.

use crate::text::yaml::{Node, Value};

/// Returns the value of a key of a map.
pub(crate) fn get<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    pairs(node).iter().find(|(k, _)| is(k, key)).map(|(_, value)| value)
}

/// Returns the pairs of a map; none of anything else.
pub(crate) fn pairs(node: &Node) -> &[(Node, Node)] {
    if let Value::Map(pairs) = &node.value { pairs } else { &[] }
}

/// Tells whether a node is that word.
pub(crate) fn is(node: &Node, name: &str) -> bool {
    matches!(&node.value, Value::Text { text, .. } if text == name)
}

/// Returns where a node stands, in bytes.
pub(crate) fn place(text: &str, node: &Node) -> Option<usize> {
    let mut lines = text.split_inclusive('\n');
    let before: usize = lines.by_ref().take(node.line as usize - 1).map(str::len).sum();
    let line = lines.next()?;
    let within = line.char_indices().map(|(at, _)| at).nth(node.column as usize - 1)?;
    Some(before + within)
}

/// Returns the bytes a word takes where it stands, quotes too; `None` for what is no word on one line.
pub(crate) fn extent(text: &str, node: &Node) -> Option<(usize, usize)> {
    let Value::Text { text: name, plain } = &node.value else { return None };
    let start = place(text, node)?;
    let rest = &text[start..];
    if *plain {
        return rest.starts_with(name.as_str()).then_some((start, start + name.len()));
    }
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut signs = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = signs.next() {
        match c {
            '\n' => return None,
            '\\' if quote == '"' => _ = signs.next(),
            '\'' if quote == '\'' && signs.peek().is_some_and(|(_, next)| *next == '\'') => _ = signs.next(),
            c if c == quote => return Some((start, start + at + 1)),
            _ => {}
        }
    }
    None
}

/// Returns where the line of a place begins and the blanks before the place; `None` when more than blanks stand there.
pub(crate) fn line_of(text: &str, at: usize) -> Option<(usize, &str)> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let indent = &text[start..at];
    indent.chars().all(|c| c == ' ').then_some((start, indent))
}

/// Returns the text with a part put in.
pub(crate) fn inserted(text: &str, at: usize, part: &str) -> String {
    format!("{}{part}{}", &text[..at], &text[at..])
}

/// Tells whether two trees say the same, wherever they stand.
pub(crate) fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Text { text: one, .. }, Value::Text { text: other, .. }) => one == other,
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| same(a, b))
        }
        (Value::Map(one), Value::Map(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|((k, v), (l, w))| same(k, l) && same(v, w))
        }
        (one, other) => one == other,
    }
}
