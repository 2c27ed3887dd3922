//! A query becomes the text that reads back as the same query.

use crate::domain::query::{Query, Test};
use crate::query::lex::is_sign;

/// Words that join conditions.
const JOINING: [&str; 6] = ["or", "and", "not", "或", "且", "非"];

/// Returns a query as text.
pub fn print(query: &Query) -> String {
    let inner = |part: &Query| match part {
        Query::All(_) | Query::Any(_) => format!("({})", print(part)),
        Query::Not(_) | Query::Is(_) => print(part),
    };
    match query {
        Query::All(parts) => parts.iter().map(inner).collect::<Vec<_>>().join(" "),
        Query::Any(parts) => parts.iter().map(inner).collect::<Vec<_>>().join(" or "),
        Query::Not(part) => format!("-{}", inner(part)),
        Query::Is(test) => print_test(test),
    }
}

fn print_test(test: &Test) -> String {
    let (field, value) = match test {
        Test::Intent(name) => ("intent", word(name)),
        Test::Guess(name) => ("guess", word(name)),
        Test::Label(standing) => ("label", standing.word().to_string()),
        Test::By(name) => ("by", word(name)),
        Test::Text(words) => ("text", word(words)),
        Test::Source(name) => ("source", word(name)),
        Test::Language(language) => ("lang", language.tag().to_string()),
        Test::Mood(mood) => ("mood", mood.word().to_string()),
        Test::Cluster(id) if id.0 < 0 => ("cluster", format!("\"{id}\"")),
        Test::Cluster(id) => ("cluster", id.to_string()),
        Test::Figure(figure, comparison, than) => {
            return format!("{}{}{than}", figure.word(), comparison.word());
        }
    };
    format!("{field}:{value}")
}

/// Writes a value in quotes where it would not read as one word.
fn word(value: &str) -> String {
    let plain = !value.is_empty()
        && !value.starts_with(['-', '－'])
        && !value.chars().any(|c| is_sign(c) || matches!(c, '\\' | '＼' | '“' | '”' | '＂'))
        && !JOINING.contains(&value.to_lowercase().as_str());
    if plain {
        return value.to_string();
    }
    let mut out = String::from("\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\' | '“' | '”' | '＂' | '＼') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}
