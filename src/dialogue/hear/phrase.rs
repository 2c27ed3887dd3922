//! The few fixed things customers say to any bot: yes, no, cancel, once more, why, skip, the second one.

use std::sync::LazyLock;

use crate::dialogue::hear::fold::{bare, places, signless};
use crate::dialogue::hear::number::numbers;
use crate::dialogue::hear::words::Words;
use crate::dialogue::policy::phrases::lexicon;

/// Tells whether the text is one of `words`, give or take particles and signs.
pub fn is(folded: &str, words: &[String]) -> bool {
    let text = bare(folded);
    let whole = |text: &str| words.iter().any(|w| w == text);
    whole(text) || whole(&signless(text)) || whole(stripped(text))
}

/// Removes particles (吧, 谢谢, please) at both ends.
pub fn stripped(text: &str) -> &str {
    let mut text = bare(text);
    loop {
        let before = text;
        for particle in &lexicon().particles {
            // A particle alone is a word of its own. Most differ from the text in its very end, which is seen at once.
            if text.len() > particle.len() && text.as_bytes().last() == particle.as_bytes().last() {
                let end = text.len() - particle.len();
                if text.ends_with(particle.as_str()) && places(text, particle).any(|p| p.start == end) {
                    text = bare(&text[..end]);
                }
            }
            if text.len() > particle.len()
                && text.as_bytes().first() == particle.as_bytes().first()
                && text.starts_with(particle.as_str())
                && places(text, particle).any(|p| p.start == 0)
            {
                text = bare(&text[particle.len()..]);
            }
        }
        if text == before || text.is_empty() {
            return text;
        }
    }
}

/// Returns whether the text agrees or refuses; `None` when it does neither.
pub fn yes_or_no(folded: &str) -> Option<bool> {
    let words = lexicon();
    if is(folded, &words.no) {
        return Some(false);
    }
    if is(folded, &words.yes) {
        return Some(true);
    }
    // 好的，没问题 — several in a row, none of them a no.
    let parts: Vec<&str> = folded.split([',', '.', '!', ';', ' ']).map(str::trim).filter(|p| !p.is_empty()).collect();
    if parts.len() > 1 && parts.iter().any(|p| is(p, &words.no)) {
        let plain = parts.iter().all(|p| is(p, &words.no) || is(p, &words.cancel));
        return plain.then_some(false);
    }
    let plain = |p: &str| is(p, &words.yes) || words.particles.iter().any(|w| w == p);
    (parts.len() > 1 && parts.iter().all(|p| plain(p))).then_some(true)
}

/// Returns the place (from 0) of `count` that the text chooses: `2`, `二`, `第二个`, `最后一个`, `前者`, `the second one`.
pub fn choice(folded: &str, count: usize) -> Option<usize> {
    let words = lexicon();
    let text = bare(folded);
    if count == 0 {
        return None;
    }
    if is(text, &words.last) {
        return Some(count - 1);
    }
    if count == 2 && is(text, &words.former) {
        return Some(0);
    }
    if count == 2 && is(text, &words.latter) {
        return Some(1);
    }
    let mut inner = stripped(text);
    for prefix in &words.first {
        if inner.len() > prefix.len() && inner.starts_with(prefix.as_str()) {
            inner = bare(&inner[prefix.len()..]);
            break;
        }
    }
    for suffix in ["个", "项", "种", "号", "条", "st", "nd", "rd", "th"] {
        if let Some(rest) = inner.strip_suffix(suffix).map(bare) {
            let counts = !suffix.is_ascii() || rest.chars().all(|c| c.is_ascii_digit());
            inner = if counts && !rest.is_empty() { rest } else { inner };
        }
    }
    let english = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
    let plain = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let named = |names: &[&str]| names.iter().position(|name| *name == inner);
    let number = match numbers(inner).as_slice() {
        [only] if only.range == (0..inner.len()) && !only.money && only.value.fract() == 0.0 && only.value >= 1.0 => {
            Some(only.value as usize - 1)
        }
        _ => named(&english).or_else(|| named(&plain)),
    };
    number.filter(|n| *n < count)
}

/// Returns the first of the words that ask for a person which the text says and no negation precedes.
pub fn person_asked(folded: &str) -> Option<&'static str> {
    static HUMAN: LazyLock<Words> = LazyLock::new(|| Words::list(&lexicon().human));
    let negated = |start: usize| {
        let before = folded[..start].trim_end();
        lexicon().not_before.iter().any(|no| before.ends_with(no.as_str()))
    };
    let said = HUMAN.places(folded).filter(|(range, _)| !negated(range.start)).map(|(_, word)| word);
    said.min().map(|word| lexicon().human[word].as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::hear::fold::fold;
    use proptest::prelude::*;

    #[test]
    fn agreement_and_refusal_are_told_apart() {
        for yes in ["好的", "是的，谢谢", "OK", "可以的", "嗯嗯，好", "对。", "Yes, please"] {
            assert_eq!(yes_or_no(&fold(yes)), Some(true), "{yes}");
        }
        for no in ["不", "不用了，谢谢", "不可以", "No", "不是的"] {
            assert_eq!(yes_or_no(&fold(no)), Some(false), "{no}");
        }
        for neither in ["转账", "好不好用", "不知道", "是不是要手续费", "好的，我想查账单"] {
            assert_eq!(yes_or_no(&fold(neither)), None, "{neither}");
        }
    }

    #[test]
    fn a_menu_is_answered_by_number_or_ordinal() {
        for (text, place) in [
            ("1", 0),
            ("２", 1),
            ("二", 1),
            ("第三个", 2),
            ("选2", 1),
            ("③", 2),
            ("2.", 1),
            ("最后一个", 2),
            ("第一个吧", 0),
            ("the second one", 1),
            ("第2项", 1),
            ("二号", 1),
        ] {
            assert_eq!(choice(&fold(text), 3), Some(place), "{text}");
        }
        for none in ["4", "0", "第五个", "查账单", "2元", "12", "前者"] {
            assert_eq!(choice(&fold(none), 3), None, "{none}");
        }
        assert_eq!(choice("后者", 2), Some(1));
    }

    #[test]
    fn a_negated_wish_is_none() {
        assert_eq!(person_asked("我要转人工"), Some("转人工"));
        assert_eq!(person_asked("不要转人工"), None);
        assert_eq!(person_asked("i want a real person!"), Some("real person"));
    }

    proptest! {
        #[test]
        fn a_choice_lies_within_the_menu(text in ".{0,12}", count in 0usize..5) {
            if let Some(place) = choice(&fold(&text), count) {
                prop_assert!(place < count);
            }
        }
    }
}
