//! Finding an entity's values in a text.

use std::ops::Range;

use regex::Regex;

use crate::dialogue::hear::date::{dates, lone_day};
use crate::dialogue::hear::fold::{bare, fold, is_sign};
use crate::dialogue::hear::number::{numbers, show};
use crate::dialogue::hear::words::Words;
use crate::dialogue::policy::design::{Entity, Kind};
use crate::dialogue::policy::phrases::lexicon;

/// One value found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub value: String,
    /// Where, in the folded text.
    pub range: Range<usize>,
    /// It can be nothing else: a listed value, a match, a sum with its unit, a date.
    pub sure: bool,
}

/// Finds the values of an entity in a folded text, from left to right, the longest at each place.
pub fn values(entity: &Entity, folded: &str, today: &str) -> Vec<Found> {
    match &entity.kind {
        Kind::Values(values) => listed(values, &entity.words, folded),
        Kind::Money => {
            numbers(folded).into_iter().map(|n| Found { value: show(n.value), range: n.range, sure: n.money }).collect()
        }
        Kind::Number => {
            numbers(folded).into_iter().map(|n| Found { value: show(n.value), range: n.range, sure: false }).collect()
        }
        Kind::Date => {
            let found = dates(folded, today).into_iter();
            let mut found: Vec<Found> = found.map(|(range, value)| Found { value, range, sure: true }).collect();
            if found.is_empty() {
                let day = lone_day(bare(folded), today);
                found.extend(day.map(|value| Found { value, range: 0..folded.len(), sure: false }));
            }
            found
        }
        Kind::Text => Vec::new(),
        Kind::Match(regex) | Kind::TextMatch(regex) => matched(regex, folded),
    }
}

/// Returns what is left of a text given as a free answer; `None` when nothing is.
pub fn free(raw: &str) -> Option<String> {
    let mut text = raw.trim_matches(|c: char| is_sign(c) || is_sign(fold_char(c)));
    let lead = lexicon().lead.iter().filter(|lead| text.starts_with(lead.as_str()) && text.len() > lead.len());
    if let Some(lead) = lead.max_by_key(|lead| lead.len()) {
        text = text[lead.len()..].trim_start();
    }
    (!text.is_empty()).then(|| text.to_owned())
}

fn fold_char(c: char) -> char {
    fold(c.encode_utf8(&mut [0; 4])).chars().next().unwrap_or(c)
}

/// Returns the canonical value a word names exactly.
pub fn canonical<'e>(values: &'e [(String, Vec<String>)], folded: &str) -> Option<&'e str> {
    let names = |word: &str| fold(word) == folded;
    values.iter().find(|(value, synonyms)| names(value) || synonyms.iter().any(|s| names(s))).map(|(v, _)| v.as_str())
}

fn listed(values: &[(String, Vec<String>)], words: &Words, folded: &str) -> Vec<Found> {
    let mut all: Vec<(Range<usize>, &str)> =
        words.places(folded).map(|(range, value)| (range, values[value].0.as_str())).collect();
    // The longest at each place; the sort is stable, so the order of the file breaks ties.
    all.sort_by(|(a, _), (b, _)| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
    let mut end = 0;
    all.retain(|(range, _)| {
        let free = range.start >= end;
        if free {
            end = range.end;
        }
        free
    });
    all.into_iter().map(|(range, value)| Found { value: value.to_owned(), range, sure: true }).collect()
}

fn matched(regex: &Regex, folded: &str) -> Vec<Found> {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(caught) = regex.captures_at(folded, at) {
        let Some(part) = caught.get(1).or_else(|| caught.get(0)) else { break };
        let (start, end) = (part.start(), part.end());
        let inner = &folded[start..end];
        let cut = digit(inner.chars().next()) && digit(folded[..start].chars().next_back())
            || digit(inner.chars().next_back()) && digit(folded[end..].chars().next());
        let next = if cut || end == start { caught.get(0).map_or(start, |m| m.start()) } else { end };
        if !cut && end > start {
            found.push(Found { value: inner.to_owned(), range: start..end, sure: true });
            at = next.max(at + 1);
        } else {
            // Try again one character further, so that 90000 does not hide a later match.
            let step = folded[next..].chars().next().map_or(1, char::len_utf8);
            at = next + step;
        }
        while at < folded.len() && !folded.is_char_boundary(at) {
            at += 1;
        }
        if at > folded.len() {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::policy::read::read;

    fn check(entity: &str, text: &str, expected: &[&str]) {
        let yaml = format!("entities:\n  it: {entity}\n");
        let policy = read(&yaml).expect("an entity");
        let found: Vec<String> =
            values(&policy.entities[0], &fold(text), "2024-03-01").into_iter().map(|f| f.value).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_longest_value_wins_and_synonyms_give_the_canonical_one() {
        let products = "{values: {稳盈: [], 稳盈30天: [三十天理财], 白金信用卡: [白金卡, Platinum]}}";
        check(products, "稳盈30天怎么样", &["稳盈30天"]);
        check(products, "三十天理财和白金卡", &["稳盈30天", "白金信用卡"]);
        check(products, "PLATINUM card", &["白金信用卡"]);
        check(products, "platinums", &[]);
    }

    #[test]
    fn digits_of_a_match_never_touch_other_digits() {
        check(r"{match: '\d{4}'}", "尾号９０００", &["9000"]);
        check(r"{match: '\d{4}'}", "90000", &[]);
        check(r"{match: '\d{4}'}", "90000和1234", &["1234"]);
        check(r"{match: 'x*'}", "甲乙", &[]);
    }

    #[test]
    fn a_group_is_the_value() {
        check(r"{type: text, match: '给(\S+?)转'}", "给小王转500", &["小王"]);
    }

    #[test]
    fn a_free_answer_loses_its_lead_and_its_signs() {
        assert_eq!(free("给小王。"), Some("小王".into()));
        assert_eq!(free("Alice Wang!"), Some("Alice Wang".into()));
        assert_eq!(free("？！"), None);
    }
}
