//! Which language a text is in, as far as the program treats languages differently.
//!
//! Called by `clean`. Counts scripts and a few function words; a line of customer service is too short for
//! more. Not here: converting traditional characters (`clean::chinese`).

use std::borrow::Cow;

use crate::domain::utterance::Language;

/// Words that make a Latin text English even if short.
const ENGLISH: &[&str] = &[
    "the", "to", "my", "is", "how", "what", "i", "a", "do", "can", "not", "and", "you", "it", "for", "of", "in", "on",
    "me", "with", "please", "why", "when", "where", "have", "need", "want", "hello", "thanks", "thank", "card",
];

/// Words of other languages in Latin letters; two of them outweigh English ones.
const FOREIGN: &[&str] = &[
    "el",
    "la",
    "los",
    "las",
    "que",
    "como",
    "mi",
    "una",
    "por",
    "para",
    "le",
    "les",
    "des",
    "est",
    "je",
    "mon",
    "une",
    "pour",
    "der",
    "die",
    "das",
    "ich",
    "nicht",
    "und",
    "ist",
    "mein",
    "wie",
    "saya",
    "tidak",
    "bagaimana",
    "di",
    "yang",
    "il",
    "che",
    "non",
    "sono",
    "o",
    "meu",
    "nao",
    "voce",
];

/// Returns the language of `text`; tags such as `<phone>` do not count.
///
/// ```
/// use daoshi::{domain::utterance::Language, text::language::language};
/// assert_eq!(language("app闪退 login唔到"), Language::Cantonese);
/// ```
pub fn language(text: &str) -> Language {
    let mut han = 0;
    let mut other = 0;
    let mut accented = 0;
    let mut words = 0;
    let mut cantonese = false;
    let mut inside_word = false;
    let mut skip = 0;
    for (at, c) in text.char_indices() {
        if at < skip {
            continue;
        }
        let mut letter = false;
        match c {
            '<' => skip = tag_end(&text[at..]).map_or(0, |end| at + end),
            'a'..='z' | 'A'..='Z' => letter = true,
            '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{323af}' => {
                han += 1;
                cantonese = cantonese
                    || (c == '唔' && text[at + 3..].chars().next().is_some_and(|n| n > '\u{3400}' && n < '\u{fe00}'))
                    || is_cantonese(c);
            }
            '\u{c0}'..='\u{24f}' => {
                accented += 1;
                letter = true;
            }
            '\'' | '’' => letter = inside_word,
            '\0'..='\u{bf}' => {}
            _ if c.is_alphabetic() => other += 1,
            _ => {}
        }
        words += usize::from(letter && !inside_word);
        inside_word = letter;
    }
    // Kana and Hangul stand among Han characters, so they decide before Han does.
    if other > 0 && other * 3 >= han {
        return Language::Other;
    }
    if han > 0 && han >= words {
        return if cantonese { Language::Cantonese } else { Language::Chinese };
    }
    if words == 0 || accented > words {
        return Language::Other;
    }
    let (mut english, mut foreign) = (0, 0);
    for word in text.split(|c: char| !c.is_alphabetic()) {
        let known = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(word));
        english += usize::from(known(ENGLISH));
        foreign += usize::from(known(FOREIGN));
    }
    if foreign > english + usize::from(accented == 0) || accented > 0 && english == 0 {
        return Language::Other;
    }
    Language::English
}

/// Tells whether `c` stands in written Cantonese and hardly in Mandarin; 唔 does only before another character.
fn is_cantonese(c: char) -> bool {
    matches!(
        c,
        '嘅' | '咗'
            | '喺'
            | '冇'
            | '佢'
            | '咁'
            | '嚟'
            | '啲'
            | '嗰'
            | '乜'
            | '睇'
            | '嘢'
            | '噉'
            | '俾'
            | '攞'
            | '搵'
            | '哋'
            | '啱'
    )
}

/// Returns where a tag of ours (`<phone>`, `<emo:微笑>`) that starts `text` ends.
pub fn tag_end(text: &str) -> Option<usize> {
    let end = text.find('>')?;
    let name = text.get(1..end)?;
    let word = name.strip_prefix("emo:").map_or(name, |_| "emo");
    (!word.is_empty() && word.len() <= 10 && name.len() <= 40 && word.bytes().all(|b| b.is_ascii_lowercase()))
        .then_some(end + 1)
}

/// Returns where the first tag of ours from `from` on starts and ends.
pub fn next_tag(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut starts = text[from..].match_indices('<').map(|(at, _)| from + at);
    starts.find_map(|start| tag_end(&text[start..]).map(|length| (start, start + length)))
}

/// Returns `text` without its emoji (`<emo:微笑>`), which tell a mood and no subject; of emoji alone nothing is taken.
///
/// ```
/// use daoshi::text::language::without_emoji;
/// assert_eq!(without_emoji("在吗<emo:微笑>我的<phone>换了"), "在吗 我的<phone>换了");
/// assert_eq!(without_emoji("<emo:?>"), "<emo:?>");
/// ```
pub fn without_emoji(text: &str) -> Cow<'_, str> {
    let (mut said, mut rest, mut at) = (String::new(), 0, 0);
    while let Some((start, end)) = next_tag(text, at) {
        if text[start..].starts_with("<emo:") {
            said.push_str(&text[rest..start]);
            said.push(' ');
            rest = end;
        }
        at = end;
    }
    if rest == 0 {
        return Cow::Borrowed(text);
    }
    said.push_str(&text[rest..]);
    let said = said.trim();
    if said.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(said.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_taken_out_and_nothing_else() {
        for (text, left) in [
            ("好的<emo:微笑><emo:?>谢谢", "好的  谢谢"),
            ("<emo:发怒>太慢了", "太慢了"),
            ("<emo:?> <emo:发怒>", "<emo:?> <emo:发怒>"),
            ("a <b> <emo: 没完", "a <b> <emo: 没完"),
            ("", ""),
        ] {
            assert_eq!(without_emoji(text), left);
        }
    }

    #[test]
    fn scripts_and_markers_decide() {
        for (text, expected) in [
            ("请问提前还款要违约金吗", Language::Chinese),
            ("iPhone 15 Pro 分期", Language::Chinese),
            ("app閃退 login唔到", Language::Cantonese),
            ("我嘅卡唔見咗", Language::Cantonese),
            ("唔，好的", Language::Chinese),
            ("How to activate my card", Language::English),
            ("refund", Language::English),
            ("please help me 谢谢", Language::English),
            ("カードをなくしました", Language::Other),
            ("카드 분실", Language::Other),
            ("¿Cómo activo mi tarjeta?", Language::Other),
            ("comment est-ce que je peux annuler mon compte", Language::Other),
            ("12345", Language::Other),
            ("<phone>", Language::Other),
            ("<phone>是我的", Language::Chinese),
            ("", Language::Other),
        ] {
            assert_eq!(language(text), expected, "{text}");
        }
    }
}
