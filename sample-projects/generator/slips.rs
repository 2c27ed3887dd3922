//! What hands and keyboards do to a sentence: other words, slips, missing particles, wide digits, capitals.

use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::grammar::chance;
use crate::pack::{Language, Table};

/// Replaces each match of the table with a chance of `share`; the longest match wins and nothing is replaced twice.
pub fn replace(text: &str, table: &Table, share: f64, rng: &mut Xoshiro256PlusPlus) -> String {
    if share <= 0.0 || table.0.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'next: while let Some(first) = rest.chars().next() {
        for (from, to) in &table.0 {
            if rest.starts_with(from.as_str()) && starts_word(&out, from) {
                match to.choose(rng) {
                    Some(other) if chance(rng, share) => out.push_str(other),
                    _ => out.push_str(from),
                }
                rest = &rest[from.len()..];
                continue 'next;
            }
        }
        out.push(first);
        rest = &rest[first.len_utf8()..];
    }
    out
}

/// Latin words are only replaced from their beginning.
fn starts_word(before: &str, from: &str) -> bool {
    !from.starts_with(|sign: char| sign.is_ascii_alphanumeric())
        || !before.ends_with(|sign: char| sign.is_ascii_alphanumeric() || sign == '\'')
}

const ZH_ASKS: &[&str] = &[
    "怎",
    "咋",
    "如何",
    "什么",
    "啥",
    "多少",
    "多久",
    "多长",
    "吗",
    "能不能",
    "可不可以",
    "是不是",
    "有没有",
    "要不要",
    "哪",
    "几",
    "呢",
    "为何",
    "可否",
    "能否",
    "好不好",
    "行不行",
];
const EN_ASKS: &[&str] = &[
    "how", "what", "when", "where", "why", "who", "which", "can ", "could", "do ", "does", "is ", "are ", "will",
    "would", "any ", "has ", "have you", "did ",
];

/// Returns true when the line is a question.
pub fn asks(text: &str, language: Language) -> bool {
    match language {
        Language::Zh => ZH_ASKS.iter().any(|word| text.contains(word)),
        Language::En => {
            let low = text.to_lowercase();
            let last = low.rsplit(['.', '!', '?', ',']).map(str::trim).find(|part| !part.is_empty()).unwrap_or("");
            EN_ASKS.iter().any(|word| last.starts_with(word))
        }
    }
}

/// Mends what composing by parts gets wrong: two question forms in one clause, doubled spaces.
pub fn tidy(text: &str, language: Language, rng: &mut Xoshiro256PlusPlus) -> String {
    match language {
        Language::Zh => {
            let particle =
                text.ends_with(['吗', '么', '嘛', '不']) && !text.ends_with("什么") && !text.ends_with("要不");
            let body: String =
                if particle { text.chars().take(text.chars().count() - 1).collect() } else { String::new() };
            let double =
                ZH_ASKS.iter().filter(|word| !["几", "吗", "呢"].contains(*word)).any(|word| body.contains(word));
            if particle && double && chance(rng, 0.9) {
                body
            } else {
                text.replace("给给", "给").replace("我我", "我")
            }
        }
        Language::En => text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ,", ",").replace(" ?", "?"),
    }
}

/// Writes Latin letters and digits in full width.
pub fn widen(text: &str) -> String {
    text.chars()
        .map(|sign| match sign {
            ' ' => '\u{3000}',
            '0'..='9' | 'A'..='Z' | 'a'..='z' | '?' | '!' | ',' => {
                char::from_u32(u32::from(sign) + 0xFEE0).unwrap_or(sign)
            }
            _ => sign,
        })
        .collect()
}

/// Returns the text with its first letter in upper case.
pub fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

/// Writes English the way this person does: all small without apostrophes, shouting, or as taught.
pub fn english_case(text: &str, lower: bool, shouts: bool) -> String {
    if shouts {
        return text.to_uppercase();
    }
    if lower {
        return text.to_lowercase().replace('\'', "");
    }
    let text = format!(" {text} ").replace(" i ", " I ").replace(" i'", " I'");
    capital(text.trim())
}
