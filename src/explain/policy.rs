//! Faults of a policy or a rehearsal as a text, with line and column.

use crate::dialogue::error::{Error, GuardFault, What};
use crate::dialogue::lint::fault::Fault;
use crate::dialogue::script::replay::Failure;
use crate::explain::told::told;
use crate::i18n::{Words, fill};
use crate::text::safe::safe;

/// Returns the sentence for a text that cannot be read.
pub fn error(error: &Error, words: &Words) -> String {
    let t = &words.trouble;
    let what = match &error.what {
        What::Syntax(what) => safe(what).into_string(),
        What::Empty => t.empty.to_string(),
        What::TooLarge => t.too_large.to_string(),
        What::UnknownKey { key, near, known } => {
            let said = fill(t.unknown_key, &[("key", safe(key).as_str()), ("known", &known.join(", "))]);
            with_near(said, near.as_deref(), words)
        }
        What::DoubleKey(key) => fill(t.double_key, &[("key", safe(key).as_str())]),
        What::MissingKey(key) => fill(t.missing_key, &[("key", key)]),
        What::Wanted(kind) => fill(t.wanted, &[("kind", words.design.kinds[*kind as usize])]),
        What::NotOneOf { word, near, known } => {
            let said = fill(t.not_one_of, &[("word", safe(word).as_str()), ("known", &known.join(", "))]);
            with_near(said, near.as_deref(), words)
        }
        What::Guard(fault) => fill(t.guard, &[("what", safe(&guard(fault, words)).as_str())]),
        What::Pattern(what) => fill(t.pattern, &[("what", safe(what).as_str())]),
        What::OutOfBounds { low, high } => {
            fill(t.out_of_bounds, &[("low", &low.to_string()), ("high", &high.to_string())])
        }
    };
    fill(t.at, &[("line", &error.line.to_string()), ("column", &error.column.to_string()), ("what", &what)])
}

/// Returns the sentence for a fault of a policy, with its line.
pub fn fault(fault: &Fault, words: &Words) -> String {
    let what = told(&fault.kind, "fault", words.dialogue.faults, words);
    fill(words.dialogue.line, &[("line", &fault.line.to_string()), ("what", &what)])
}

/// Returns the sentence for a fault of an intent's answers.
pub fn answer_fault(intent: &str, fault: &Fault, words: &Words) -> String {
    let what = told(&fault.kind, "fault", words.dialogue.faults, words);
    fill(words.proof.answer_fault, &[("intent", safe(intent).as_str()), ("what", &what)])
}

/// Returns the sentence for an expectation of a rehearsal that did not hold.
pub fn failure(failure: &Failure, words: &Words) -> String {
    told(failure, "failure", words.dialogue.failures, words)
}

fn with_near(said: String, near: Option<&str>, words: &Words) -> String {
    match near {
        Some(near) => {
            let space = if words.lang == crate::i18n::Lang::En { " " } else { "" };
            format!("{said}{space}{}", fill(words.trouble.near, &[("near", safe(near).as_str())]))
        }
        None => said,
    }
}

fn guard(fault: &GuardFault, words: &Words) -> String {
    let d = &words.design;
    match fault {
        GuardFault::Empty => d.guard_empty.to_string(),
        GuardFault::UnknownSign(sign) => fill(d.guard_sign, &[("what", &sign.to_string())]),
        GuardFault::EndsEarly => d.guard_ends.to_string(),
        GuardFault::Unexpected(what) => fill(d.guard_unexpected, &[("what", what)]),
        GuardFault::OpenQuote => d.guard_quote.to_string(),
        GuardFault::OpenBracket => d.guard_bracket.to_string(),
        GuardFault::TooDeep => d.guard_deep.to_string(),
    }
}
