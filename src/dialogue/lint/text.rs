//! Faults of a single text: empty, too long, promising what nobody may promise.

use crate::dialogue::hear::fold::{fold, is_sign, places};
use crate::dialogue::lint::fault::FaultKind;
use crate::dialogue::policy::phrases::lexicon;
use crate::dialogue::policy::saying::{Piece, pieces};

/// An answer longer than this is not read.
pub const LONGEST: usize = 200;

/// A negation reaches this many characters.
const REACH: usize = 8;

/// Returns the faults of a text the bot may say; also for answers of the catalogue.
pub fn text_faults(text: &str) -> Vec<FaultKind> {
    let mut faults = Vec::new();
    let words = pieces(text).into_iter().map(|piece| match piece {
        Piece::Words(words) => words.chars().count(),
        Piece::Slot(_) => 0,
    });
    let characters = words.sum();
    if characters > LONGEST {
        faults.push(FaultKind::TooLong { characters, most: LONGEST });
    }
    let folded = fold(text);
    let mut told: Vec<&str> = Vec::new();
    for promise in &lexicon().promises {
        let promised = places(&folded, promise).any(|place| !negated(&folded[..place.start]));
        // 稳赚 within 稳赚不赔 is told once.
        if promised && !told.iter().any(|t| t.contains(promise.as_str()) || promise.contains(t)) {
            told.push(promise);
            faults.push(FaultKind::Promise { word: promise.clone() });
        }
    }
    faults
}

/// Tells whether a negation stands shortly before, in the same clause.
fn negated(before: &str) -> bool {
    let clause = before.rsplit(|c: char| is_sign(c) && c != ' ' && c != '-').next().unwrap_or(before);
    let start = clause.char_indices().rev().take(REACH).last().map_or(clause.len(), |(at, _)| at);
    let near = &clause[start..];
    lexicon()
        .negations
        .iter()
        .any(|no| if no.is_ascii() { places(clause, no).next().is_some() } else { near.contains(no.as_str()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promises(text: &str) -> Vec<String> {
        let word = |fault| match fault {
            FaultKind::Promise { word } => Some(word),
            _ => None,
        };
        text_faults(text).into_iter().filter_map(word).collect()
    }

    #[test]
    fn a_promise_is_found_unless_it_is_denied() {
        assert_eq!(promises("本产品保本，百分百放心"), ["保本", "百分百"]);
        assert_eq!(promises("稳赚不赔！").len(), 1);
        assert_eq!(promises("Returns are guaranteed."), ["guaranteed"]);
        for fine in [
            "<product>不保证本金，请按风险承受能力选择。",
            "理财产品不保本。",
            "我们无法保证收益",
            "本产品并非保本产品",
            "Returns are not guaranteed.",
            "a risky investment",
        ] {
            assert_eq!(promises(fine), [""; 0], "{fine}");
        }
        // A denial in another clause denies nothing.
        assert_eq!(promises("没有手续费，而且保本"), ["保本"]);
    }

    #[test]
    fn length_is_counted_without_placeholders() {
        let long = "字".repeat(201);
        assert_eq!(text_faults(&long), [FaultKind::TooLong { characters: 201, most: 200 }]);
        assert_eq!(text_faults(&format!("{}<product>", "字".repeat(200))), []);
    }
}
