//! Saying the same otherwise: the slips and habits of people who type, Chinese and English.
//!
//! A perturbation is a list of small changes to a text, each of which may be left out, so that a failure can be
//! shrunk to the change that matters. Meaning stays: digits keep their value, protected words are not touched.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::LazyLock;

use rand::Rng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::Serialize;

use crate::text::clean::chinese::simplified;
use crate::text::pinyin::syllables;
use crate::text::segment::{Segmenter, frequency};

/// The ways of saying the same otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 转帐: another character, or word, of the same sound.
    Homophone,
    /// 货款 for 贷款: a character that looks like it; `rn` for `m`.
    Alike,
    /// zhuanzhang: a word in its spelling.
    Pinyin,
    /// 轉賬.
    Traditional,
    /// Ａ１ and half-width stops.
    Width,
    /// A particle, or a letter of a long word, left out.
    Drop,
    /// Clauses or neighbouring signs in another order.
    Order,
    /// 那个, um: words that say nothing.
    Filler,
    /// Without stops, with too many, with blanks.
    Punctuation,
    Emoji,
}

impl Kind {
    pub const ALL: [Kind; 10] = [
        Kind::Homophone,
        Kind::Alike,
        Kind::Pinyin,
        Kind::Traditional,
        Kind::Width,
        Kind::Drop,
        Kind::Order,
        Kind::Filler,
        Kind::Punctuation,
        Kind::Emoji,
    ];

    /// Returns its word in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Homophone => "homophone",
            Kind::Alike => "alike",
            Kind::Pinyin => "pinyin",
            Kind::Traditional => "traditional",
            Kind::Width => "width",
            Kind::Drop => "drop",
            Kind::Order => "order",
            Kind::Filler => "filler",
            Kind::Punctuation => "punctuation",
            Kind::Emoji => "emoji",
        }
    }
}

/// One small change: what stands at `range` (bytes of the text) becomes `to`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub range: Range<usize>,
    pub to: String,
}

/// Returns a text with some changes made; they are apart and in order.
pub fn applied(text: &str, changes: &[Change]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for change in changes {
        out.push_str(&text[at..change.range.start]);
        out.push_str(&change.to);
        at = change.range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Returns a way of saying `text` otherwise, of one kind, drawn by `random`; `None` where there is none.
/// Nothing inside a `keep` is changed.
pub fn perturb(kind: Kind, text: &str, keep: &[String], random: &mut Xoshiro256PlusPlus) -> Option<Vec<Change>> {
    let kept: Vec<Range<usize>> = keep
        .iter()
        .filter(|word| !word.is_empty())
        .flat_map(|word| text.match_indices(word.as_str()).map(|(at, part)| at..at + part.len()).collect::<Vec<_>>())
        .collect();
    let free = |range: &Range<usize>| kept.iter().all(|k| range.end <= k.start || range.start >= k.end);
    let mut changes = match kind {
        Kind::Homophone => one(homophones(text), &free, random),
        Kind::Alike => one(alike(text), &free, random),
        Kind::Pinyin => one(pinyin(text), &free, random),
        Kind::Traditional => some(traditional(text), &free),
        Kind::Width => some(width(text), &free),
        Kind::Drop => one(drops(text), &free, random),
        Kind::Order => one(orders(text), &free, random),
        Kind::Filler => fillers(text, random),
        Kind::Punctuation => punctuation(text, random),
        Kind::Emoji => vec![Change { range: text.len()..text.len(), to: drawn(EMOJI, random) }],
    };
    changes.sort_by_key(|change| (change.range.start, change.range.end));
    (!changes.is_empty() && applied(text, &changes) != text).then_some(changes)
}

/// Draws one of the possible changes.
fn one(all: Vec<Change>, free: &dyn Fn(&Range<usize>) -> bool, random: &mut Xoshiro256PlusPlus) -> Vec<Change> {
    let fitting = some(all, free);
    fitting.choose(random).cloned().into_iter().collect()
}

fn some(all: Vec<Change>, free: &dyn Fn(&Range<usize>) -> bool) -> Vec<Change> {
    all.into_iter().filter(|change| free(&change.range)).collect()
}

fn drawn(list: &[&str], random: &mut Xoshiro256PlusPlus) -> String {
    list.choose(random).copied().unwrap_or_default().to_owned()
}

const EMOJI: &[&str] = &["🙏", "😊", "😭", "👍", "😅", "🤔", "❤️"];
const FILLERS_ZH: &[&str] = &["那个，", "嗯，", "请问一下，", "你好，", "麻烦问下，", "就是，"];
const ENDS_ZH: &[&str] = &["哈", "哦", "呀", "谢谢"];
const FILLERS_EN: &[&str] = &["um, ", "hi, ", "well, ", "so, ", "excuse me, ", "please, "];
const ENDS_EN: &[&str] = &[" please", " thanks", " ok?"];
const ENGLISH_SOUNDS: &[(&str, &str)] = &[
    ("your", "you're"),
    ("you're", "your"),
    ("to", "too"),
    ("too", "to"),
    ("their", "there"),
    ("there", "their"),
    ("it's", "its"),
    ("its", "it's"),
    ("where", "wear"),
    ("whether", "weather"),
    ("than", "then"),
    ("receive", "recieve"),
    ("for", "4"),
    ("you", "u"),
    ("are", "r"),
    ("please", "pls"),
    ("package", "pakage"),
    ("return", "retrun"),
    ("address", "adress"),
    ("delivery", "delievery"),
];

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn chars(text: &str) -> impl Iterator<Item = (Range<usize>, char)> + '_ {
    text.char_indices().map(|(at, c)| (at..at + c.len_utf8(), c))
}

/// Returns the Latin words of a text.
fn words(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let inside = c.is_ascii_alphabetic() || c == '\'';
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from..at, &text[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// Characters of the same sound that people write, by their syllable; the commonest first.
static SOUNDS: LazyLock<HashMap<String, Vec<char>>> = LazyLock::new(|| {
    let mut by_sound: BTreeMap<String, Vec<(u64, char)>> = BTreeMap::new();
    for c in '\u{4e00}'..='\u{9fa5}' {
        let word = c.to_string();
        let Some(count) = frequency(&word).filter(|count| *count >= 300) else { continue };
        if let Some(sound) = syllables(&word).pop() {
            by_sound.entry(sound).or_default().push((count, c));
        }
    }
    by_sound
        .into_iter()
        .map(|(sound, mut list)| {
            list.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            (sound, list.into_iter().map(|(_, c)| c).collect())
        })
        .collect()
});

fn homophones(text: &str) -> Vec<Change> {
    let mut all = Vec::new();
    for (range, c) in chars(text).filter(|(_, c)| is_han(*c) && !is_number(*c)) {
        let sound = syllables(&c.to_string()).pop().unwrap_or_default();
        let others = SOUNDS.get(&sound).map_or(&[][..], Vec::as_slice);
        let fitting = others.iter().filter(|o| **o != c && !is_number(**o)).take(3);
        all.extend(fitting.map(|o| Change { range: range.clone(), to: o.to_string() }));
    }
    for (range, word) in words(text) {
        let lower = word.to_lowercase();
        let found = ENGLISH_SOUNDS.iter().find(|(from, _)| *from == lower);
        all.extend(found.map(|(_, to)| Change { range, to: (*to).to_owned() }));
    }
    all
}

/// Tells whether a character counts; another one would be another sum.
fn is_number(c: char) -> bool {
    "零〇一二三四五六七八九十百千万亿两半".contains(c) || c.is_numeric()
}

static ALIKE: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    include_str!("../../../assets/dialogue/alike.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut pair = line.chars();
            Some((pair.next()?, pair.next()?))
        })
        .collect()
});

fn alike(text: &str) -> Vec<Change> {
    let mut all = Vec::new();
    for (range, c) in chars(text).filter(|(_, c)| !is_number(*c)) {
        for (a, b) in ALIKE.iter() {
            let other = if *a == c {
                *b
            } else if *b == c {
                *a
            } else {
                continue;
            };
            if !is_number(other) {
                all.push(Change { range: range.clone(), to: other.to_string() });
            }
        }
    }
    for (range, word) in words(text).into_iter().filter(|(_, word)| word.len() >= 4) {
        for (from, to) in [("m", "rn"), ("l", "1"), ("o", "0"), ("i", "l")] {
            if let Some(at) = word[1..].find(from) {
                let at = range.start + 1 + at;
                all.push(Change { range: at..at + from.len(), to: to.to_owned() });
            }
        }
    }
    all
}

fn pinyin(text: &str) -> Vec<Change> {
    let mut all = Vec::new();
    let mut at = 0;
    for word in Segmenter::general().words(text) {
        let range = at..at + word.len();
        at = range.end;
        if word.chars().count() >= 2 && word.chars().all(|c| is_han(c) && !is_number(c)) {
            all.push(Change { range, to: syllables(word).concat() });
        }
    }
    // In English what is spelled is spelled shorter.
    let short = |word: &str| match word.to_lowercase().as_str() {
        "i am" => None,
        "want" => Some("wanna"),
        "because" => Some("cuz"),
        "information" => Some("info"),
        "account" => Some("acct"),
        "number" => Some("no."),
        "thanks" => Some("thx"),
        "before" => Some("b4"),
        _ => None,
    };
    all.extend(words(text).into_iter().filter_map(|(range, word)| Some(Change { range, to: short(word)?.to_owned() })));
    all
}

/// Traditional forms by their simplified one.
static TRADITIONAL: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for c in '\u{4e00}'..='\u{9fa5}' {
        let word = c.to_string();
        let plain = simplified(&word);
        let mut plain = plain.chars();
        if let (Some(simple), None) = (plain.next(), plain.next())
            && simple != c
        {
            table.entry(simple).or_insert(c);
        }
    }
    table
});

fn traditional(text: &str) -> Vec<Change> {
    let change = |(range, c)| TRADITIONAL.get(&c).map(|t| Change { range, to: t.to_string() });
    chars(text).filter_map(change).collect()
}

fn width(text: &str) -> Vec<Change> {
    let change = |(range, c): (Range<usize>, char)| {
        let to = match c {
            '，' => ',',
            '。' => '.',
            '？' => '?',
            '！' => '!',
            '：' => ':',
            c if c.is_ascii_graphic() => char::from_u32(c as u32 + 0xfee0)?,
            _ => return None,
        };
        Some(Change { range, to: to.to_string() })
    };
    chars(text).filter_map(change).collect()
}

fn drops(text: &str) -> Vec<Change> {
    let gone = |range| Change { range, to: String::new() };
    let particle = |c: char| "的了吗呢啊吧呀嘛么一下".contains(c) && c != '一' && c != '么';
    let mut all: Vec<Change> = chars(text).filter(|(_, c)| particle(*c)).map(|(range, _)| gone(range)).collect();
    for (range, word) in words(text) {
        if word.len() >= 5 && word.is_ascii() {
            let middle = range.start + word.len() / 2;
            all.push(gone(middle..middle + 1));
        } else if ["a", "the", "my", "please"].contains(&word.to_lowercase().as_str())
            && text[range.end..].starts_with(' ')
        {
            all.push(gone(range.start..range.end + 1));
        }
    }
    // A text of nothing says nothing.
    all.retain(|change| change.range.len() < text.len());
    all
}

fn orders(text: &str) -> Vec<Change> {
    let mut all = Vec::new();
    let sign = |c: char| matches!(c, '，' | ',');
    // Corrections (不是…，是…) and answers to several questions mean what they mean by their order.
    let corrects = ["不是", "not ", "改", "actually", "应该"].iter().any(|word| text.contains(word));
    if let Some((at, c)) = text.char_indices().find(|(_, c)| sign(*c))
        && !corrects
    {
        let (first, rest) = (&text[..at], text[at + c.len_utf8()..].trim_start());
        let end = rest.trim_end_matches(['？', '?', '！', '!', '。', '.']);
        let tail = &rest[end.len()..];
        if !first.is_empty() && !end.is_empty() {
            all.push(Change { range: 0..text.len(), to: format!("{end}，{first}{tail}") });
        }
    }
    // Two letters of a word changed places.
    for (range, word) in words(text).into_iter().filter(|(_, word)| word.len() >= 5 && word.is_ascii()) {
        let at = word.len() / 2;
        let (a, b) = (word.as_bytes()[at - 1], word.as_bytes()[at]);
        if a != b {
            let at = range.start + at;
            all.push(Change { range: at - 1..at + 1, to: format!("{}{}", b as char, a as char) });
        }
    }
    // Two characters inside a long word.
    let mut at = 0;
    for word in Segmenter::general().words(text) {
        let range = at..at + word.len();
        at = range.end;
        let inner: Vec<(usize, char)> = word.char_indices().collect();
        if inner.len() >= 3 && inner.iter().all(|(_, c)| is_han(*c) && !is_number(*c)) {
            let (second, third) = (inner[1], inner[2]);
            let end = range.start + third.0 + third.1.len_utf8();
            all.push(Change { range: range.start + second.0..end, to: format!("{}{}", third.1, second.1) });
        }
    }
    all
}

fn fillers(text: &str, random: &mut Xoshiro256PlusPlus) -> Vec<Change> {
    let english = !text.chars().any(is_han) && text.chars().any(|c| c.is_ascii_alphabetic());
    let (starts, ends) = if english { (FILLERS_EN, ENDS_EN) } else { (FILLERS_ZH, ENDS_ZH) };
    let mut changes = vec![Change { range: 0..0, to: drawn(starts, random) }];
    if random.r#gen() {
        let end = text.trim_end_matches(['？', '?', '！', '!', '。', '.']).len();
        changes.push(Change { range: end..end, to: drawn(ends, random) });
    }
    changes
}

fn punctuation(text: &str, random: &mut Xoshiro256PlusPlus) -> Vec<Change> {
    let signs = |c: char| matches!(c, '，' | '。' | '？' | '！' | '?' | '!');
    let found: Vec<Range<usize>> = chars(text).filter(|(_, c)| signs(*c)).map(|(range, _)| range).collect();
    match random.gen_range(0..3) {
        // A clause break becomes a blank; the end is simply left out.
        0 if !found.is_empty() => found
            .into_iter()
            .map(|range| {
                let to = if range.end == text.len() { "" } else { " " };
                Change { range, to: to.to_owned() }
            })
            .collect(),
        1 => vec![Change { range: text.len()..text.len(), to: drawn(&["！！", "...", "~", "。。。"], random) }],
        _ => vec![
            Change { range: 0..0, to: " ".into() },
            Change { range: text.len()..text.len(), to: drawn(&["?", "？", "…"], random) },
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;

    fn drawn_of(kind: Kind, text: &str, keep: &[String], seed: u64) -> Option<String> {
        let changes = perturb(kind, text, keep, &mut Xoshiro256PlusPlus::seed_from_u64(seed))?;
        Some(applied(text, &changes))
    }

    #[test]
    fn each_kind_has_something_to_do_with_a_chinese_and_an_english_sentence() {
        for kind in Kind::ALL {
            let all: Vec<String> =
                (0..8).filter_map(|seed| drawn_of(kind, "我要转账了，账单怎么查询银行卡的？", &[], seed)).collect();
            assert!(!all.is_empty(), "{kind:?}");
        }
        for kind in Kind::ALL.into_iter().filter(|kind| !matches!(kind, Kind::Traditional)) {
            let text = "I want to return my package, where is your address?";
            assert!((0..8).any(|seed| drawn_of(kind, text, &[], seed).is_some()), "{kind:?}");
        }
    }

    #[test]
    fn the_sound_is_the_same_and_sums_stay() {
        for seed in 0..40 {
            let text = "转账五百块给小王";
            let other = drawn_of(Kind::Homophone, text, &["小王".into()], seed).expect("a homophone");
            assert_eq!(syllables(&other), syllables(text), "{other}");
            assert!(other.contains("小王") && other.contains("五百"), "{other}");
        }
        assert_eq!(drawn_of(Kind::Traditional, "转账", &[], 0).as_deref(), Some("轉賬"));
        assert_eq!(drawn_of(Kind::Width, "6608", &[], 0).as_deref(), Some("６６０８"));
    }

    proptest! {
        #[test]
        fn changes_are_apart_and_leave_what_must_stay(
            text in "[转账给小王5百，。？a-z ]{0,20}|[a-zA-Z ,.?]{0,30}|\\PC{0,12}", seed in 0u64..1000, at in 0usize..10,
        ) {
            let kind = Kind::ALL[at];
            if let Some(changes) = perturb(kind, &text, &["小王".into()], &mut Xoshiro256PlusPlus::seed_from_u64(seed)) {
                for pair in changes.windows(2) {
                    prop_assert!(pair[0].range.end <= pair[1].range.start);
                }
                let other = applied(&text, &changes);
                prop_assert_ne!(&other, &text);
                if kind != Kind::Order {
                    prop_assert_eq!(other.matches("小王").count() >= text.matches("小王").count(), true);
                }
            }
        }
    }
}
