//! Turns one line of a pack into one of the many sentences it stands for.
//!
//! `(a|b|)` picks a branch, groups nest, `<name>` is a value: a list of `words.yaml`, or a number made by `identity`.
//! The composer calls this for every clause; what a clause is for is decided there, not here.

use std::collections::{BTreeMap, BTreeSet};

use rand::Rng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::identity;

/// The word lists a line may name.
pub type Words = BTreeMap<String, Vec<String>>;

/// Values that stay the same through one conversation: a person has one phone and lives in one city.
const KEPT: &[&str] = &[
    "phone",
    "id",
    "card_no",
    "tail",
    "order",
    "policy",
    "email",
    "name",
    "plate",
    "city",
    "family",
    "insurance",
    "mortgage",
    "product",
    "size",
    "colour",
];

/// What one conversation has mentioned so far.
#[derive(Default)]
pub struct Memory(BTreeMap<String, String>);

/// Writes one sentence of `line`.
pub fn expand(line: &str, words: &Words, memory: &mut Memory, rng: &mut Xoshiro256PlusPlus) -> String {
    let mut seen = BTreeSet::new();
    let mut out = String::new();
    write_branch(line, words, memory, &mut seen, rng, &mut out);
    out
}

fn write_branch(
    text: &str,
    words: &Words,
    memory: &mut Memory,
    seen: &mut BTreeSet<String>,
    rng: &mut Xoshiro256PlusPlus,
    out: &mut String,
) {
    let mut rest = text;
    while let Some(at) = rest.find(['(', '<']) {
        out.push_str(&rest[..at]);
        if rest[at..].starts_with('(') {
            let close = at + matching(&rest[at..]);
            let branches = split_top(&rest[at + 1..close]);
            let branch = branches.choose(rng).copied().unwrap_or("");
            write_branch(branch, words, memory, seen, rng, out);
            rest = &rest[close + 1..];
        } else {
            let close = at + rest[at..].find('>').expect("packs are checked: every < is closed");
            let name = &rest[at + 1..close];
            let value = value_of(name, words, memory, seen, rng);
            out.push_str(&value);
            rest = &rest[close + 1..];
        }
    }
    out.push_str(rest);
}

fn value_of(
    name: &str,
    words: &Words,
    memory: &mut Memory,
    seen: &mut BTreeSet<String>,
    rng: &mut Xoshiro256PlusPlus,
) -> String {
    let first_here = seen.insert(name.to_owned());
    if first_here
        && KEPT.contains(&name)
        && let Some(kept) = memory.0.get(name)
    {
        return kept.clone();
    }
    let mut value = draw(name, words, memory, seen, rng);
    for _ in 0..4 {
        if first_here || memory.0.get(name) != Some(&value) {
            break;
        }
        value = draw(name, words, memory, seen, rng);
    }
    if first_here && KEPT.contains(&name) {
        memory.0.insert(name.to_owned(), value.clone());
    }
    value
}

fn draw(
    name: &str,
    words: &Words,
    memory: &mut Memory,
    seen: &mut BTreeSet<String>,
    rng: &mut Xoshiro256PlusPlus,
) -> String {
    let Some(list) = words.get(name) else {
        return identity::make(name, words, rng).unwrap_or_else(|| panic!("no list and no number is called <{name}>"));
    };
    let pick = list.choose(rng).expect("packs are checked: no list is empty");
    let mut out = String::new();
    write_branch(pick, words, memory, seen, rng, &mut out);
    out
}

/// Returns the offset of the bracket that closes the one `text` starts with.
fn matching(text: &str) -> usize {
    let mut depth = 0;
    for (at, sign) in text.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    panic!("a bracket is not closed in {text}")
}

fn split_top(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut branches) = (0, 0, Vec::new());
    for (at, sign) in text.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 0 => {
                branches.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    branches.push(&text[from..]);
    branches
}

/// Returns true for one throw in `share`.
pub fn chance(rng: &mut Xoshiro256PlusPlus, share: f64) -> bool {
    rng.gen_bool(share.clamp(0.0, 1.0))
}
