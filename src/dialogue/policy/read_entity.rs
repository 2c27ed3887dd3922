//! Reading the entities of a policy.

use regex::{Regex, RegexBuilder};

use crate::dialogue::error::{Error, What};
use crate::dialogue::hear::words::Words;
use crate::dialogue::policy::design::{Entity, Kind};
use crate::dialogue::policy::read_saying::{guard, saying_of};
use crate::dialogue::yaml::Fields;
use crate::text::yaml::{Node, Value};

const KINDS: &[&str] = &["money", "number", "date", "text"];

pub(crate) fn entities(pairs: &[(Node, Node)]) -> Result<Vec<Entity>, Error> {
    pairs.iter().map(|(key, node)| entity(key, node)).collect()
}

fn entity(key: &Node, node: &Node) -> Result<Entity, Error> {
    let known = ["label", "values", "refer", "type", "valid", "retry", "match", "ask", "skip"];
    let fields = Fields::of(node, &known)?;
    let typed = match fields.get("type") {
        None => None,
        Some(node) => match node.text()? {
            word if KINDS.contains(&word) => Some(word),
            word => return Err(node.not_one_of(word, KINDS)),
        },
    };
    let kind = match (fields.get("values"), fields.get("match"), typed) {
        (Some(values), _, _) => Kind::Values(self::values(values)?),
        (None, Some(pattern), Some("text")) => Kind::TextMatch(regex(pattern)?),
        (None, Some(pattern), _) => Kind::Match(regex(pattern)?),
        (None, None, Some("money")) => Kind::Money,
        (None, None, Some("number")) => Kind::Number,
        (None, None, Some("date")) => Kind::Date,
        (None, None, Some(_)) => Kind::Text,
        (None, None, None) => return Err(node.fault(What::MissingKey("type"))),
    };
    let words = match &kind {
        Kind::Values(values) => Words::of(values.iter().enumerate().flat_map(|(place, (value, synonyms))| {
            std::iter::once(value).chain(synonyms).map(move |word| (place, word.as_str()))
        })),
        _ => Words::default(),
    };
    let refer = fields.texts("refer")?;
    Ok(Entity {
        name: key.text()?.to_owned(),
        label: fields.text("label")?,
        kind,
        words,
        pronouns: Words::list(&refer),
        refer,
        valid: fields.get("valid").map(guard).transpose()?,
        retry: saying_of(&fields, "retry")?,
        ask: saying_of(&fields, "ask")?,
        skip: fields.text("skip")?,
        line: key.line,
    })
}

/// Reads `{canonical: [synonyms]}` or a plain list of values.
fn values(node: &Node) -> Result<Vec<(String, Vec<String>)>, Error> {
    match &node.value {
        Value::List(items) => items.iter().map(|item| Ok((item.text()?.to_owned(), Vec::new()))).collect(),
        _ => node.map()?.iter().map(|(k, v)| Ok((k.text()?.to_owned(), v.texts()?))).collect(),
    }
}

fn regex(node: &Node) -> Result<Regex, Error> {
    let pattern = node.text()?;
    if pattern.len() > 1024 {
        return Err(node.fault(What::TooLarge));
    }
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(1 << 20)
        .build()
        .map_err(|fault| node.fault(What::Pattern(fault.to_string())))
}
