//! A query that does not read: at which column, what was expected, what stands there.

use crate::explain::gap::shown;
use crate::i18n::{Words, fill};
use crate::query::error::{Error, Expected};

/// Returns the sentence.
pub fn faulty(error: &Error, words: &Words) -> String {
    let t = &words.search;
    let expected = match &error.expected {
        Expected::Condition => t.condition.to_string(),
        Expected::Field => t.field.to_string(),
        Expected::Value => t.value.to_string(),
        Expected::Number => t.number.to_string(),
        Expected::Choice(known) => fill(t.choice, &[("known", &known.join(", "))]),
        Expected::Comparison => t.comparison.to_string(),
        Expected::Close => t.close.to_string(),
        Expected::Quote => t.quote.to_string(),
        Expected::Shallower => t.shallower.to_string(),
    };
    let found = match error.found.is_empty() {
        true => t.at_end.to_string(),
        false => fill(t.found_instead, &[("found", &shown(&error.found))]),
    };
    fill(t.faulty, &[("column", &error.column.to_string()), ("expected", &expected), ("found", &found)])
}
